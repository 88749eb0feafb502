"""The residual baseline: its size, what a block adds up, and how far it looks."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError

from ictal.models.resnet1d import ResidualBlock, ResNet1D, ResNet1DConfig


def make_model(**settings: Any) -> ResNet1D:
    torch.manual_seed(0)
    return ResNet1D(ResNet1DConfig(**{"n_channels": 3, "window": 1.0, "widths": (8, 16, 16), **settings})).eval()


@pytest.mark.parametrize(("n_channels", "parameters"), [(1, 504_258), (18, 504_258 + 17 * 64 * (8 + 1))])
def test_parameter_count_is_that_of_the_paper(n_channels: int, parameters: int) -> None:
    """A further channel is read by the first convolution and by the way around it."""
    model = make_model(n_channels=n_channels, widths=(64, 128, 128))
    assert sum(parameter.numel() for parameter in model.parameters()) == parameters


def test_a_block_without_a_path_is_the_way_around_it() -> None:
    block, maps = ResidualBlock(4, 4).eval(), torch.randn(2, 4, 1, 50)
    with torch.no_grad():
        block.path[-1].weight.zero_()
        block.path[-1].bias.zero_()
        torch.testing.assert_close(block(maps), torch.relu(maps / (1 + block.around[0].eps) ** 0.5))


def test_a_sample_is_seen_by_the_columns_that_reach_it() -> None:
    """Kernels 8, 5 and 3 look 3 + 2 + 1 samples back and 4 + 2 + 1 ahead."""
    block, maps = ResidualBlock(1, 2).eval().double(), torch.randn(1, 1, 1, 60, dtype=torch.float64)
    maps.requires_grad_()
    block.path(maps)[0, 0, 0, 30].backward()
    assert maps.grad is not None
    reached = maps.grad[0, 0, 0].nonzero()[:, 0]
    assert 24 <= reached[0] <= reached[-1] <= 37
    (gradient,) = torch.autograd.grad(block.path[:2](maps)[0, 0, 0, 30], maps)
    assert gradient[0, 0, 0].nonzero()[:, 0].tolist() == list(range(27, 35))


def test_the_mean_does_not_care_when_a_wave_comes() -> None:
    model, signal = make_model(), torch.zeros(1, 3, 256)
    signal[..., 60:90] = torch.randn(3, 30)
    with torch.no_grad():
        torch.testing.assert_close(model(signal.roll(80, dims=2)), model(signal))
        assert (model(signal.flip(1)) - model(signal)).abs().max() > 1e-5


@pytest.mark.parametrize("samples", [1, 2, 7, 100])
def test_any_window_is_answered(samples: int) -> None:
    model = make_model(sampling_rate=1.0, window=float(samples), n_classes=3)
    with torch.no_grad():
        assert model(torch.zeros(2, 3, samples)).shape == (2, 1, 3)


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"widths": ()}, "at least 1"), ({"widths": (8, 0)}, "greater than 0"), ({"depth": 3}, "depth")],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        ResNet1DConfig(**{"n_channels": 3, **settings})
