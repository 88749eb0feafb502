"""What is left of a map when the weights are not what was learned."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.explain.randomisation import check_randomisation, randomise_weights


class Weighing(nn.Module):
    """A network in which each input counts as much as its weight."""

    n_classes = 2

    def __init__(self) -> None:
        super().__init__()
        self.weights = nn.Parameter(torch.arange(100.0))
        self.last = nn.Linear(1, 1)

    def forward(self, values: Tensor) -> Tensor:
        """Return the weighted sum."""
        out: Tensor = self.last((values * self.weights).sum(dim=1, keepdim=True))
        return out


def by_weight(network: nn.Module) -> Attribution:
    return Attribution(network.weights.detach().numpy()[None, None], 0.0, 1.0)  # type: ignore[operator]


def by_signal(network: nn.Module) -> Attribution:
    return Attribution(np.arange(100.0)[None, None], 0.0, 1.0)


def test_a_map_of_the_weights_passes_and_one_of_the_signal_does_not() -> None:
    network = Weighing()
    passes = check_randomisation(by_weight, network, by_weight(network), n_draws=3)
    assert passes.passed
    assert abs(passes.similarities[-1]) < 0.3
    fails = check_randomisation(by_signal, network, by_signal(network))
    assert not fails.passed
    assert fails.similarities == pytest.approx([1.0] * len(fails.depths))


def test_a_map_that_turns_over_keeps_its_sizes() -> None:
    signs = np.where(np.arange(100) % 2, 1.0, -1.0)
    original = Attribution((signs * np.arange(100.0))[None, None], 0.0, 1.0)
    turned = Attribution(-original.values, 0.0, 1.0)
    found = check_randomisation(lambda network: turned, Weighing(), original, depths=(1.0,))
    assert found.similarities[0] == pytest.approx(1.0)
    assert found.signed[0] == pytest.approx(-1.0)


def test_what_was_learned_is_lost_from_the_last_layer_down() -> None:
    network = nn.Sequential(*(nn.Linear(6, 6) for _ in range(4)))
    for depth, n_changed in ((0.0, 1), (0.25, 1), (0.5, 2), (0.75, 3), (1.0, 4)):
        other = randomise_weights(network, depth)
        changed = [not torch.equal(a.weight, b.weight) for a, b in zip(network, other, strict=True)]
        assert changed == [False] * (4 - n_changed) + [True] * n_changed


def test_values_stay_and_the_network_too() -> None:
    network = nn.Sequential(nn.Conv1d(3, 8, 5), nn.BatchNorm1d(8), nn.ReLU())
    before = {name: value.clone() for name, value in network.state_dict().items()}
    other = randomise_weights(network, 1.0, seed=3)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    for one, mixed in zip(network.parameters(), other.parameters(), strict=True):
        assert torch.equal(one.abs().flatten().sort().values, mixed.abs().flatten().sort().values)


def test_networks_with_rectifiers_go_on_answering() -> None:
    network = nn.Sequential(nn.Linear(50, 60), nn.ReLU(), nn.Linear(60, 60), nn.ReLU(), nn.Linear(60, 1))
    with torch.no_grad():
        for layer in network[2::2]:
            layer.weight.sub_(0.5)
    inputs = torch.randn(20, 50)
    spreads = [randomise_weights(network, 1.0, seed)(inputs).std().item() for seed in range(5)]
    assert min(spreads) > 0.0


def test_a_seed_gives_the_same_weights() -> None:
    network = nn.Linear(10, 10)
    one, same, other = (randomise_weights(network, 1.0, seed).weight for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_weights_of_frozen_networks_are_randomised() -> None:
    network = nn.Linear(10, 10).requires_grad_(requires_grad=False)
    assert not torch.equal(randomise_weights(network, 1.0).weight, network.weight)


def test_a_map_that_says_nothing_any_more_is_like_no_other() -> None:
    original = Attribution(np.arange(10.0)[None, None], 0.0, 1.0)
    found = check_randomisation(lambda network: Attribution(np.zeros((1, 1, 10)), 0.0, 1.0), Weighing(), original)
    assert found.similarities[-1] == 0.0


@pytest.mark.parametrize("depths", [(), (0.5, 0.2), (0.5, 1.5)])
def test_depths_that_are_none_are_refused(depths: tuple[float, ...]) -> None:
    with pytest.raises(ParameterError, match="depth"):
        check_randomisation(by_weight, Weighing(), by_weight(Weighing()), depths=depths)


def test_a_network_without_weights_is_refused() -> None:
    with pytest.raises(ParameterError, match="no weights"):
        randomise_weights(nn.ReLU(), 1.0)
