from typing import Any

import pytest
import torch

from ictal.core.errors import ParameterError
from ictal.detection.settings import Model
from ictal.training.network import build_network

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
