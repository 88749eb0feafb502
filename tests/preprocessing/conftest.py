"""The reference numbers of the filters, and the signal they were made from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

from ictal.core.recording import Recording

Oracle = dict[str, NDArray[np.float64]]
Formula = Callable[[float, int, int], NDArray[np.float64]]


@pytest.fixture(scope="session")
def oracle(test_data: Path) -> Oracle:
    """What scipy and numpy made of the formula signal."""
    with np.load(test_data / "oracles" / "preprocessing" / "filters.npz") as arrays:
        return {name: arrays[name] for name in arrays}


@pytest.fixture(scope="session")
def formula() -> Formula:
    """The signal by formula: ``formula(rate, n_samples, ordinal)``, two channels."""

    def make(rate: float, n_samples: int, ordinal: int) -> NDArray[np.float64]:
        time, channel = np.arange(n_samples) / rate, np.arange(2)[:, None]
        waves = 50 * np.sin(2 * np.pi * (3 + 2 * channel) * time) + 20 * np.sin(2 * np.pi * 0.2 * time)
        waves = waves + 15 * np.sin(2 * np.pi * 50 * time) + 10 * np.sin(2 * np.pi * 60 * time + channel)
        return waves + 30 * hash_noise(channel * n_samples + np.arange(n_samples), ordinal) + 5 * channel

    return make


def hash_noise(index: NDArray[np.int64], ordinal: int) -> NDArray[np.float64]:
    """Numbers in [-1, 1) from a hash of their place."""
    x = (index.astype(np.uint64) + np.uint64(0x9E3779B9 * (ordinal + 1) % 2**32)).astype(np.uint32)
    x ^= x >> np.uint32(16)
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> np.uint32(13)
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> np.uint32(16)
    return x / 2.0**31 - 1


@pytest.fixture(scope="session")
def recording(oracle: Oracle) -> Recording:
    """The formula signal at 256 Hz."""
    return Recording.from_array(oracle["x"], 256.0)


@pytest.fixture(scope="session")
def assert_close() -> Callable[..., None]:
    """Equal to one millionth of the range of what is expected, and to what float32 can hold."""

    def check(found: ArrayLike, expected: ArrayLike, tolerance: float = 1e-6) -> None:
        np.testing.assert_allclose(found, expected, rtol=2.5e-7, atol=tolerance * float(np.ptp(expected)))

    return check
