"""Oracles of published networks: weights and inputs from closed formulas, outputs as the originals gave them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

NetworkT = TypeVar("NetworkT", bound=nn.Module)


def hash_uniform(n: int, stream: int) -> NDArray[np.float64]:
    """The first `n` numbers in [-1, 1) of one stream of the oracles' hash."""
    x = (np.arange(n, dtype=np.uint64) + 0x9E3779B9 * (stream + 1)) & 0xFFFFFFFF
    x ^= x >> np.uint64(16)
    x = (x * 0x85EBCA6B) & 0xFFFFFFFF
    x ^= x >> np.uint64(13)
    x = (x * 0xC2B2AE35) & 0xFFFFFFFF
    x ^= x >> np.uint64(16)
    return x / 2.0**31 - 1.0


def make_signal(shape: Sequence[int], sampling_rate: float) -> NDArray[np.float64]:
    """The oracles' input: one sine for each channel of each example, and hashed noise."""
    batch, channels, samples = shape
    b, c, t = np.ogrid[:batch, :channels, :samples]
    noise = hash_uniform(batch * channels * samples, 1_000_000).reshape(shape)
    return np.sin(2 * np.pi * (0.5 + 0.7 * c + 0.3 * b) * t / sampling_rate) + 0.5 * noise


def make_state(tensors: Sequence[Mapping[str, Any]], key: str = "original_key") -> dict[str, NDArray[np.float64]]:
    """The weights of an oracle by the published key or by `name`; by name too where there is no published key."""
    return {
        tensor.get(key, tensor["name"]): tensor["offset"]
        + tensor["scale"] * hash_uniform(int(np.prod(tensor["shape"])), tensor["k"]).reshape(tensor["shape"])
        for tensor in tensors
    }


@dataclass(frozen=True)
class Oracle:
    """What a published network answers.

    Attributes
    ----------
    state : dict of str to array
        Weights in the published order, by the published key, or by name where the original has no keys.
    signal : array or None
        The input where the description gives one shape and a rate; otherwise the test calls `make_signal`.
    outputs : dict of str to array
        Float64.
    description : dict
        All that the file says.
    """

    state: dict[str, NDArray[np.float64]]
    signal: NDArray[np.float64] | None
    outputs: dict[str, NDArray[Any]]
    description: dict[str, Any]

    @property
    def parameters(self) -> int:
        """How many numbers the original trains."""
        return int(self.description["parameters"])

    @property
    def intermediates(self) -> dict[str, Any]:
        """What the original says on the way: `shape`, `sample_index` and `sample` of each map."""
        return dict(self.description["intermediates"])

    def load(self, network: NetworkT, rename: Callable[[str], str] = str) -> NetworkT:
        """Return the network with the weights, in evaluation and float64.

        Keys are renamed. The axes behind the first may be split otherwise: a convolution over all that is left is a
        dense layer.
        """
        own = network.double().eval().state_dict()
        state = {key: value for key, value in own.items() if key.endswith("num_batches_tracked")}
        for key, value in self.state.items():
            given = torch.from_numpy(value)
            theirs = own.get(rename(key), given)
            same = (len(given), given[0].numel()) == (len(theirs), theirs[0].numel())
            state[rename(key)] = given.reshape(theirs.shape) if same else given
        network.load_state_dict(state)
        return network


def read_oracle(test_data: Path, name: str) -> Oracle:
    """Read an oracle by name."""
    folder = test_data / "oracles" / "models"
    description = json.loads((folder / f"{name}.json").read_text())
    given = description.get("input", {})
    signal = make_signal(given["shape"], given["fs"]) if {"shape", "fs"} <= given.keys() else None
    with np.load(folder / f"{name}.npz") as arrays:
        outputs = dict(arrays)
    return Oracle(make_state(description.get("tensors", [])), signal, outputs, description)
