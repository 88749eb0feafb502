"""EEGCNN1D beside its public code, and the one logit that stands beside a constant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from tests.models.oracle import Oracle

from ictal.models.eegcnn1d import EEGCNN1D, EEGCNN1DConfig

PARTS = {f"conv{i}": f"blocks.{3 * (i - 1)}" for i in (1, 2, 3, 4)} | {"fc1": "classifier.0", "fc2": "classifier.3"}


def rename(key: str) -> str:
    part, _, rest = key.partition(".")
    return f"{PARTS[part]}.{rest}"


def make_model(**settings: Any) -> EEGCNN1D:
    torch.manual_seed(0)
    return EEGCNN1D(EEGCNN1DConfig(**{"n_channels": 1, **settings})).eval()


@pytest.fixture
def oracle(read_oracle: Callable[[str], Oracle]) -> Oracle:
    return read_oracle("eegcnn1d")


@pytest.fixture
def published(oracle: Oracle) -> EEGCNN1D:
    return oracle.load(make_model(), rename)


@pytest.mark.parametrize(("precision", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])
def test_published_weights_give_the_published_answer(
    oracle: Oracle, published: EEGCNN1D, precision: torch.dtype, tolerance: float
) -> None:
    layers = {f"conv_{i} (before ReLU)": published.blocks[3 * i - 3] for i in (1, 2, 3, 4)}
    layers |= {f"pool_{i}": published.blocks[3 * i - 1] for i in (1, 2, 3, 4)}
    layers |= {"dense_1 (before ReLU)": published.classifier[0]}
    assert layers.keys() == oracle.intermediates.keys()
    seen: dict[str, torch.Tensor] = {}
    for name, layer in layers.items():
        layer.register_forward_hook(lambda _, __, maps, name=name: seen.update({name: maps.clone()}))
    with torch.no_grad():
        logits = published.to(precision)(torch.from_numpy(oracle.signal).to(precision))[:, 0]
    np.testing.assert_allclose(logits[:, 1:], oracle.outputs["logits"], rtol=tolerance, atol=tolerance)
    for name, expected in oracle.intermediates.items():
        values = seen[name].flatten()[expected["sample_index"]]
        np.testing.assert_allclose(values, expected["sample"], rtol=tolerance, atol=tolerance)


def test_parameter_count_is_the_published_one(oracle: Oracle) -> None:
    assert sum(parameter.numel() for parameter in make_model().parameters()) == oracle.parameters == 1_999_873


def test_cross_entropy_of_both_is_binary_cross_entropy_of_the_one() -> None:
    with torch.no_grad():
        logits = make_model(window=1.0)(torch.randn(6, 1, 128))[:, 0]
    labels = torch.arange(6) % 2
    assert logits[:, 0].tolist() == [0.0] * 6
    torch.testing.assert_close(
        torch.nn.functional.cross_entropy(logits, labels),
        torch.nn.functional.binary_cross_entropy_with_logits(logits[:, 1], labels.float()),
    )


def test_three_classes_have_two_numbers_beside_the_constant() -> None:
    with torch.no_grad():
        logits = make_model(window=1.0, n_classes=3)(torch.randn(6, 1, 128))[:, 0]
    assert logits.shape == (6, 3)
    assert logits[:, 0].tolist() == [0.0] * 6
    assert (logits[:, 1] - logits[:, 2]).abs().min() > 0


@pytest.mark.parametrize("samples", [16, 17, 31, 100])
def test_the_shortest_windows_are_answered(samples: int) -> None:
    model = make_model(n_channels=3, sampling_rate=1.0, window=float(samples))
    with torch.no_grad():
        assert model(torch.zeros(2, 3, samples)).shape == (2, 1, 2)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"window": 0.1, "sampling_rate": 150.0}, r"window 0\.1 s gives 15 columns.* at least 16"),
        ({"kernel": 3}, "kernel"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        EEGCNN1DConfig(**{"n_channels": 1, **settings})
