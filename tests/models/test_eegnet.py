"""EEGNet beside the common PyTorch version of it, and the limits of its weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from tests.models.oracle import Oracle

from ictal.models.eegnet import EEGNet, EEGNetConfig

PARTS = {
    "conv_temporal": "temporal.0",
    "bnorm_temporal": "temporal.1",
    "conv_spatial": "spatial.0",
    "bnorm_1": "spatial.1",
    "conv_separable_depth": "separable.0",
    "conv_separable_point": "separable.1",
    "bnorm_2": "separable.2",
    "final_layer.conv_classifier": "classifier",
}


def rename(key: str) -> str:
    published = next(part for part in PARTS if key.startswith(f"{part}."))
    return PARTS[published] + key.removeprefix(published)


def make_model(**settings: Any) -> EEGNet:
    torch.manual_seed(0)
    return EEGNet(EEGNetConfig(**{"n_channels": 3, **settings})).eval()


@pytest.fixture
def oracle(read_oracle: Callable[[str], Oracle]) -> Oracle:
    return read_oracle("eegnet_8_2")


@pytest.fixture
def published(oracle: Oracle) -> EEGNet:
    """A quarter of a second is half a second of the 128 Hz of the paper, in samples."""
    return oracle.load(make_model(n_channels=19, kernel=0.25, dense_limit=None), rename)


@pytest.mark.parametrize(("precision", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])
def test_published_weights_give_the_published_answer(
    oracle: Oracle, published: EEGNet, precision: torch.dtype, tolerance: float
) -> None:
    with torch.no_grad():
        logits = published.to(precision)(torch.from_numpy(oracle.signal).to(precision))[:, 0]
    np.testing.assert_allclose(logits, oracle.outputs["logits"], rtol=tolerance)
    limited = published.spatial[0].weight.detach()
    np.testing.assert_allclose(limited, oracle.outputs["spatial_weight_after_limit"], rtol=tolerance)


def test_without_the_limit_of_space_too(oracle: Oracle) -> None:
    model = oracle.load(
        make_model(n_channels=19, kernel=0.25, spatial_limit=None, dense_limit=None),
        lambda key: rename(key).replace("parametrizations.weight.original", "weight"),
    )
    with torch.no_grad():
        logits = model(torch.from_numpy(oracle.signal))[:, 0]
    np.testing.assert_allclose(logits, oracle.outputs["logits_without_spatial_limit"], rtol=1e-9)


def test_every_part_gives_the_published_maps(oracle: Oracle, published: EEGNet) -> None:
    layers = {
        "temporal_conv": published.temporal[0],
        "norm_temporal": published.temporal[1],
        "spatial_conv": published.spatial[0],
        "norm_1": published.spatial[1],
        "pool_1": published.spatial[3],
        "separable_depth": published.separable[0],
        "separable_point": published.separable[1],
        "norm_2": published.separable[2],
        "pool_2": published.separable[4],
    }
    assert layers.keys() == oracle.intermediates.keys()
    seen: dict[str, torch.Tensor] = {}
    for name, layer in layers.items():
        layer.register_forward_hook(lambda _, __, maps, name=name: seen.update({name: maps.clone()}))
    with torch.no_grad():
        published(torch.from_numpy(oracle.signal))
    for name, expected in oracle.intermediates.items():
        assert list(seen[name].shape) == expected["shape"]
        np.testing.assert_allclose(seen[name].flatten()[expected["sample_index"]], expected["sample"], atol=1e-9)


@pytest.mark.parametrize(("n_filters", "parameters"), [(8, 2_258), (4, 1_066)])
def test_parameter_count_is_the_published_one(n_filters: int, parameters: int) -> None:
    """EEGNet-8,2 and EEGNet-4,2 for the P300 data of the paper: 64 channels, 1 s at 128 Hz."""
    model = make_model(n_channels=64, sampling_rate=128.0, window=1.0, n_filters=n_filters, n_summaries=2 * n_filters)
    assert sum(parameter.numel() for parameter in model.parameters()) == parameters


def test_parameter_count_is_that_of_the_oracle(oracle: Oracle, published: EEGNet) -> None:
    assert sum(parameter.numel() for parameter in published.parameters()) == oracle.parameters


def test_filters_and_classes_grow_no_longer_than_their_limits() -> None:
    model = make_model()
    with torch.no_grad():
        for layer in (model.spatial[0], model.classifier):
            layer.parametrizations.weight.original.mul_(100.0)
    assert model.spatial[0].weight.flatten(1).norm(dim=1).tolist() == pytest.approx([1.0] * 16, rel=1e-5)
    assert model.classifier.weight.norm(dim=1).tolist() == pytest.approx([0.25] * 2, rel=1e-5)


def test_weights_over_the_limit_still_learn() -> None:
    model = make_model()
    with torch.no_grad():
        model.classifier.parametrizations.weight.original.mul_(100.0)
    model(torch.randn(2, 3, 1024))[:, 0, 1].sum().backward()
    assert model.classifier.parametrizations.weight.original.grad.abs().max() > 0


def test_filters_in_time_know_no_channel() -> None:
    """Channels in another order, with their filters in space in that order, give the same answer."""
    model, turned = make_model(), make_model()
    with torch.no_grad():
        weights = turned.spatial[0].parametrizations.weight.original
        weights.copy_(weights[:, :, [2, 0, 1]])
        signal = 50 * torch.randn(2, 3, 1024)
        torch.testing.assert_close(turned(signal[:, [2, 0, 1]]), model(signal))
        assert not torch.allclose(model(signal[:, [2, 0, 1]]), model(signal), atol=1e-4)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"window": 0.1, "sampling_rate": 200.0}, "20 samples at 200 Hz"),
        ({"dropout": 1.0}, "less than 1"),
        ({"spatial_limit": 0.0}, "greater than 0"),
        ({"kernels": 8}, "kernels"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        EEGNetConfig(**{"n_channels": 3, **settings})


@pytest.mark.parametrize("samples", [32, 40, 127, 128, 1000])
@pytest.mark.parametrize("kernel", [1, 7, 8])
def test_the_shortest_windows_are_answered(samples: int, kernel: int) -> None:
    model = make_model(
        n_channels=1, sampling_rate=1.0, window=float(samples), kernel=float(kernel), separable_kernel=kernel
    )
    with torch.no_grad():
        assert model(torch.zeros(1, 1, samples)).shape == (1, 1, 2)
