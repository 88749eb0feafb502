"""Oracles of published networks: weights and inputs from closed formulas, outputs as the originals gave them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray


def hash_uniform(n: int, stream: int) -> NDArray[np.float64]:
    """The first `n` numbers in [-1, 1) of one stream of the oracles' hash."""
    x = (np.arange(n, dtype=np.uint64) + 0x9E3779B9 * (stream + 1)) & 0xFFFFFFFF
    x ^= x >> np.uint64(16)
    x = (x * 0x85EBCA6B) & 0xFFFFFFFF
    x ^= x >> np.uint64(13)
    x = (x * 0xC2B2AE35) & 0xFFFFFFFF
    x ^= x >> np.uint64(16)
    return x / 2.0**31 - 1.0


def make_signal(shape: tuple[int, int, int], sampling_rate: float) -> NDArray[np.float64]:
    """The oracles' input: one sine for each channel of each example, and hashed noise."""
    batch, channels, samples = shape
    b, c, t = np.ogrid[:batch, :channels, :samples]
    noise = hash_uniform(batch * channels * samples, 1_000_000).reshape(shape)
    return np.sin(2 * np.pi * (0.5 + 0.7 * c + 0.3 * b) * t / sampling_rate) + 0.5 * noise


@pytest.fixture
def read_oracle(test_data: Path) -> Callable[[str], Any]:
    """Read an oracle by name: published state, input, outputs and intermediates."""

    def read(name: str) -> SimpleNamespace:
        folder = test_data / "oracles" / "models"
        description = json.loads((folder / f"{name}.json").read_text())
        state = {
            tensor["original_key"]: tensor["offset"]
            + tensor["scale"] * hash_uniform(int(np.prod(tensor["shape"])), tensor["k"]).reshape(tensor["shape"])
            for tensor in description["tensors"]
        }
        signal = make_signal(tuple(description["input"]["shape"]), description["input"]["fs"])
        with np.load(folder / f"{name}.npz") as arrays:
            outputs = dict(arrays)
        return SimpleNamespace(
            state=state,
            signal=signal,
            outputs=outputs,
            parameters=description["parameters"],
            intermediates=description["intermediates"],
        )

    return read
