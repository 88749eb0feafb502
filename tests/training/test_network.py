from typing import Any

import pytest
import torch
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.detection.settings import Model
from ictal.models.foreign import ForeignNetwork
from ictal.training.network import FrontedNetwork, build_network, count_channels, describe_model, make_network

FACTS: dict[str, Any] = {"n_channels": 3, "n_classes": 2, "sampling_rate": 256.0, "window": 4.0, "hop": 1.0}


def test_the_same_seed_gives_the_same_weights_and_leaves_the_generator_alone() -> None:
    before = torch.random.get_rng_state()
    first, again, other = (build_network(Model(name="eegwavenet"), FACTS, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(before, torch.random.get_rng_state())
    weights = [torch.cat([value.flatten() for value in one.parameters()]) for one in (first, again, other)]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_what_follows_from_the_data_is_put_in() -> None:
    config: Any = build_network(Model(name="eegwavenet"), {**FACTS, "window": 8.0, "unknown": 1}, seed=0).config
    assert (config.n_channels, config.window, config.hop) == (3, 8.0, 1.0)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Model(name="line-length"), "model.name: 'line-length' is a rule, which has no weights"),
        (
            Model(name="eegwavenet", config={"n_channels": 18}),
            "n_channels: 18 is not allowed; it follows from the data: 3",
        ),
        (Model(name="eegwavenet", config={"widht": 1}), "model eegwavenet: model.config: 'widht' is not allowed"),
        (Model(name="eegwavnet"), "Did you mean 'eegwavenet'"),
    ],
)
def test_what_does_not_fit_is_refused(model: Model, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        build_network(model, FACTS, seed=0)


VIT = Model(name="vit", config={"n_patches": 4}, features={"features": "stft", "size": (32, 32), "segment": 0.5})


def test_a_network_of_pictures_stands_behind_its_features() -> None:
    network = build_network(VIT, FACTS, seed=0).eval()
    assert isinstance(network, FrontedNetwork)
    assert (network.n_classes, network.sampling_rate, network.receptive_field, network.frame_rate) == (2, 256, 4, 0.25)
    signal = 50 * torch.randn(2, 3, 1024)
    with torch.no_grad():
        expected = network.model(network.front(signal))
        assert torch.equal(network(signal), expected)
    assert expected.shape == (2, 1, 2)


def test_what_is_described_can_be_made_again() -> None:
    network = build_network(VIT, FACTS, seed=0).eval()
    described = describe_model(network, "vit")
    again = make_network(described, {}).eval()
    again.load_state_dict(network.state_dict())
    signal = 50 * torch.randn(2, 3, 1024)
    with torch.no_grad():
        assert torch.equal(again(signal), network(signal))
    assert count_channels(described) == 3


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Model(name="vit"), "model.features.features: None is not allowed; allowed are .*'stft'"),
        (Model(name="vit", features={"features": "stff"}), "Did you mean 'stft'"),
        (Model(name="vit", features={"features": "stft", "hight": 3}), "model.features: 'hight' is not allowed"),
        (Model(name="eegwavenet", features={"features": "stft"}), "eegwavenet reads the signal itself"),
        (Model(name="vit", features={"features": "components"}), "'components' is not allowed"),
    ],
)
def test_features_that_do_not_fit_are_refused(model: Model, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        build_network(model, FACTS, seed=0)


class Halves(nn.Module):
    """A network as braindecode has them."""

    def __init__(self, n_chans: int, n_outputs: int, n_times: int, sfreq: float, width: int = 4) -> None:
        super().__init__()
        self.told = (n_chans, n_outputs, n_times, sfreq)
        self.layers = nn.Sequential(
            nn.Conv1d(n_chans, width, 2, 2), nn.AdaptiveAvgPool1d(1), nn.Flatten(), nn.Linear(width, n_outputs)
        )

    def forward(self, signal: Tensor) -> Tensor:
        answer: Tensor = self.layers(signal)
        return answer


OWN = f"{__name__}:Halves"


def test_a_network_of_somebody_else_is_trained_as_ours() -> None:
    model = Model(name=OWN, config={"width": 6}, trust=True)
    network = build_network(model, FACTS, seed=0).eval()
    assert isinstance(network, ForeignNetwork)
    assert (network.network.told, network.network.layers[0].out_channels) == ((3, 2, 1024, 256.0), 6)
    assert network(torch.zeros(5, 3, 1024)).shape == (5, 1, 2)
    again = make_network(describe_model(network, OWN).model_copy(update={"trust": True}), {})
    again.load_state_dict(network.state_dict())


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (Model(name="mine.networks:Net"), "is code that is not of ictal; give --trust"),
        (Model(name="mine.networks:Net", trust=True), "model.name: mine.networks:Net: No module named 'mine'"),
        (Model(name="torch.nn:Net", trust=True), "has no attribute 'Net'"),
        (Model(name="torch.nn:Linear", trust=True), "missing 2 required positional arguments"),
        (Model(name="json:dumps", config={"obj": 1}, trust=True), "a str came; allowed is a torch.nn.Module"),
    ],
)
def test_code_that_is_not_trusted_or_fits_not_is_refused(model: Model, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        build_network(model, FACTS, seed=0)


def test_trust_is_never_written() -> None:
    assert "trust" not in Model(name="torch.nn:Linear", trust=True).model_dump(mode="json")
