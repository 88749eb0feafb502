from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import Tensor

from ictal.features.pictures import PictureFront, PictureFrontConfig, make_resizer


class Levels(PictureFront):
    """The power of sample t of a channel is what stands in it, in all four rows."""

    frequencies = np.arange(1.0, 5.0)
    times = np.arange(8) / 4

    def power(self, signal: Tensor) -> Tensor:
        return signal[:, :, None].expand(-1, -1, 4, -1)


def make_front(**settings: Any) -> Levels:
    config = PictureFrontConfig(**{"n_channels": 5, "sampling_rate": 4.0, "window": 2.0, "high": 2.0, **settings})
    return Levels(config, (4, 8))


def random_power(seed: int = 0) -> Tensor:
    return torch.rand(2, 5, 8, generator=torch.Generator().manual_seed(seed)) * 100


@pytest.mark.parametrize(
    ("scale", "expected"),
    [("power", [0.0, 1.0, 100.0]), ("decibel", [-60.0, 0.0, 20.0]), ("log", [0.0, np.log(2), np.log(101)])],
)
def test_scales(scale: str, expected: list[float]) -> None:
    power = torch.tensor([0.0, 1.0, 100.0]).repeat(1, 5, 3)[:, :, :8]
    pictures = make_front(size=None, scale=scale)(power)
    np.testing.assert_allclose(pictures[0, 0, 3, :3], expected, rtol=1e-6)


def test_each_picture_has_its_own_z_score() -> None:
    power = random_power()
    power[1] *= 1000
    pictures = make_front(scale="z-score")(power)
    torch.testing.assert_close(pictures.mean(dim=(2, 3)), torch.zeros(2, 5), rtol=0.0, atol=1e-4)
    torch.testing.assert_close(pictures.std(dim=(2, 3)), torch.ones(2, 5), rtol=1e-2, atol=0.0)


def test_a_tiled_z_score_keeps_what_differs_between_channels() -> None:
    power = random_power()
    power[:, 0] *= 1000
    tiled = make_front(scale="z-score", tiled=True, size=None)(power)
    first = tiled[:, 0, :4, :8].mean()
    assert first > 0.5
    torch.testing.assert_close(tiled.sum(dim=(2, 3)), torch.zeros(2, 1), rtol=0.0, atol=1e-3)


def test_a_picture_without_contrast_is_zeros() -> None:
    signal = torch.zeros(1, 5, 8, requires_grad=True)
    pictures = make_front(scale="z-score")(signal)
    pictures.sum().backward()
    torch.testing.assert_close(pictures, torch.zeros(1, 5, 100, 100), rtol=0.0, atol=1e-3)
    assert signal.grad is not None and signal.grad.isfinite().all()


def test_tiles_lie_row_by_row_and_the_rest_is_zero() -> None:
    power = torch.arange(1.0, 6.0)[None, :, None].expand(1, 5, 8)
    front = make_front(scale="power", tiled=True, size=None)
    assert front.config.grid == (2, 3)
    assert front.shape == (1, 8, 24)
    assert front(power)[0, 0, ::4, ::8].tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 0.0]]


def test_tiles_fill_the_size_and_the_border_is_zero() -> None:
    pictures = make_front(scale="power", tiled=True, size=(9, 32))(torch.ones(1, 5, 8))
    assert pictures.shape == (1, 1, 9, 32)
    assert pictures[0, 0, :4, :30].eq(1).all()
    assert not pictures[0, 0, 8].any()
    assert not pictures[0, 0, :, 30:].any()


@pytest.mark.parametrize(
    ("n_channels", "grid"), [(1, (1, 1)), (2, (1, 2)), (4, (2, 2)), (18, (4, 5)), (19, (4, 5)), (20, (4, 5))]
)
def test_the_grid_is_as_square_as_can_be(n_channels: int, grid: tuple[int, int]) -> None:
    assert PictureFrontConfig(n_channels=n_channels, tiled=True).grid == grid


def test_one_channel_is_its_own_tile() -> None:
    assert make_front(n_channels=1, tiled=True)(torch.ones(2, 1, 8)).shape == (2, 1, 100, 100)


@given(n_from=st.integers(1, 30), n_to=st.integers(1, 30))
def test_resizing_keeps_what_is_even_and_the_mean_of_what_is_shrunk(n_from: int, n_to: int) -> None:
    matrix = make_resizer(n_from, n_to)
    np.testing.assert_allclose(matrix.sum(axis=1), 1.0)
    if n_to <= n_from:
        np.testing.assert_allclose(matrix.mean(axis=0), 1 / n_from)


@pytest.mark.parametrize("size", [(8, 16), (7, 100), (4, 8)])
def test_enlarging_is_linear_interpolation(size: tuple[int, int]) -> None:
    power = random_power()
    expected = torch.nn.functional.interpolate(make_front(size=None)(power), size, mode="bilinear")
    torch.testing.assert_close(make_front(size=size)(power), expected, rtol=0.0, atol=1e-5)


@pytest.mark.parametrize("size", [(2, 4), (3, 5), (1, 1)])
def test_shrinking_is_the_mean_over_areas(size: tuple[int, int]) -> None:
    power = random_power()
    native = make_front(size=None)(power)
    shrunk = make_front(size=size)(power)
    torch.testing.assert_close(shrunk.mean(dim=(2, 3)), native.mean(dim=(2, 3)), rtol=1e-5, atol=0.0)
    if size == (2, 4):
        torch.testing.assert_close(shrunk, torch.nn.functional.avg_pool2d(native, 2), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"low": 30.0, "high": 20.0}, "low 30 and high 20 Hz came"),
        ({"high": 129.0}, "≤ 128 Hz"),
        ({"n_channels": 20, "tiled": True, "size": (3, 100)}, "4 × 5 pictures must fit in"),
        ({"scale": "bel"}, "decibel"),
        ({"hop": 1.0}, "hop"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        PictureFrontConfig(**{"n_channels": 2, **settings})


def test_what_follows_from_the_settings_is_not_stored() -> None:
    assert make_front().state_dict() == {}
