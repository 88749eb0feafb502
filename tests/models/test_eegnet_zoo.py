"""The EEGNet of the spectrogram study beside its public code, and what of it was not taken over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from tests.models.oracle import Oracle, make_signal

from ictal.models.eegnet_zoo import EEGNetZoo, EEGNetZooConfig

PARTS = {
    "conv1": "mix.0",
    "batchnorm1": "mix.2",
    "conv2": "read.1",
    "batchnorm2": "read.3",
    "conv3": "read.7",
    "batchnorm3": "read.9",
    "fc1": "classifier",
}


def rename(key: str) -> str:
    part, _, rest = key.partition(".")
    return f"{PARTS[part]}.{rest}"


def make_model(**settings: Any) -> EEGNetZoo:
    torch.manual_seed(0)
    return EEGNetZoo(EEGNetZooConfig(**{"n_channels": 3, **settings})).eval()


@pytest.fixture
def oracle(read_oracle: Callable[[str], Oracle]) -> Oracle:
    return read_oracle("eegnet_spectrogram_seed")


@pytest.fixture
def published(oracle: Oracle) -> EEGNetZoo:
    return oracle.load(make_model(n_channels=20, n_classes=3, norm_eps=0.0), rename)


@pytest.mark.parametrize(("precision", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])
def test_published_weights_give_the_published_answer(
    oracle: Oracle, published: EEGNetZoo, precision: torch.dtype, tolerance: float
) -> None:
    signal = torch.from_numpy(make_signal((2, 20, 5120), 256.0)).to(precision)
    seen: dict[str, torch.Tensor] = {}
    layers = {
        "channel_conv (before ELU)": published.mix[0],
        "norm_1": published.mix[2],
        "conv_2 (before ELU)": published.read[1],
        "norm_2": published.read[3],
        "pool_2": published.read[5],
        "conv_3 (before ELU)": published.read[7],
        "norm_3": published.read[9],
        "pool_3": published.read,
        "classifier (before sigmoid)": published.classifier,
    }
    assert layers.keys() == oracle.intermediates.keys()
    for name, layer in layers.items():
        layer.register_forward_hook(lambda _, __, maps, name=name: seen.update({name: maps.clone()}))
    with torch.no_grad():
        logits = published.to(precision)(signal)[:, 0]
    np.testing.assert_allclose(logits, oracle.outputs["logits"], rtol=tolerance)
    np.testing.assert_allclose(torch.sigmoid(logits), oracle.outputs["prob"], rtol=tolerance)
    np.testing.assert_allclose(
        seen["pool_3"].flatten(1), oracle.outputs["features_2560"], rtol=tolerance, atol=tolerance
    )
    for name, expected in oracle.intermediates.items():
        values = seen[name].flatten()[expected["sample_index"]]
        np.testing.assert_allclose(values, expected["sample"], rtol=tolerance, atol=tolerance)


def test_parameter_count_is_the_published_one(oracle: Oracle, published: EEGNetZoo) -> None:
    assert sum(parameter.numel() for parameter in published.parameters()) == oracle.parameters == 8_843


def test_dropout_ends_with_training() -> None:
    model, signal = make_model(window=1.0), torch.randn(2, 3, 256)
    with torch.no_grad():
        assert torch.equal(model(signal), model(signal))
        model.train()
        assert not torch.equal(model(signal), model(signal))


def test_a_mixture_that_is_flat_has_an_answer_and_gradients() -> None:
    model = make_model().train()
    model(torch.zeros(2, 3, 5120))[:, 0, 0].sum().backward()
    assert all(parameter.grad is not None and parameter.grad.isfinite().all() for parameter in model.parameters())


@pytest.mark.parametrize("samples", [12, 13, 15, 16, 99, 1024])
def test_the_shortest_windows_are_answered(samples: int) -> None:
    model = make_model(sampling_rate=1.0, window=float(samples))
    with torch.no_grad():
        assert model(torch.zeros(1, 3, samples)).shape == (1, 1, 2)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"sampling_rate": 1.0, "window": 11.0}, "11 samples at 1 Hz.* at least 12"),
        ({"norm_eps": -1.0}, "greater than or equal to 0"),
        ({"eps": 0.0}, "eps"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        EEGNetZooConfig(**{"n_channels": 3, **settings})
