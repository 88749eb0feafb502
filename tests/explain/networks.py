"""Networks whose reasons are known by hand, and stretches to ask them about."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ictal.detection.stretch import Stretch

RATE = 128.0
WINDOW, HOP = 256, 128
LEADS = ("Fp1-F7", "F7-T7", "T7-P7", "P7-O1")
LEAD, HERTZ = 2, 10.0
"""What :class:`ReadsOneWave` reads: T7-P7 at 10 Hz."""


class ReadsOneWave(nn.Module):
    """The power of one lead at one frequency is the logit of a seizure; nothing else counts."""

    n_classes = 2
    kind = "waveform"

    def __init__(self, window: int = WINDOW) -> None:
        super().__init__()
        angles = 2 * torch.pi * HERTZ * torch.arange(window) / RATE
        fade = torch.hann_window(window)
        self.waves: Tensor
        self.register_buffer("waves", torch.stack([fade * angles.cos(), fade * angles.sin()]) / window)

    def forward(self, signal: Tensor) -> Tensor:
        power = (signal[:, LEAD] @ self.waves.T).square().sum(dim=1)
        return torch.stack([torch.zeros_like(power), power], dim=1).unsqueeze(1)


def make_stretch(signal: NDArray[Any], window: int = WINDOW, hop: int = HOP) -> Stretch:
    """A stretch of one-frame windows from 60 s on, all of them asked about."""
    n_windows = (signal.shape[1] - window) // hop + 1
    return Stretch(
        signal=signal.astype(np.float32),
        sampling_rate=RATE,
        start=60.0,
        leads=LEADS[: len(signal)],
        window=window,
        hop=hop,
        n_frames=1,
        asked=slice(0, n_windows),
        span=(60.0 + (window - hop) / 2 / RATE, 60.0 + ((window - hop) / 2 + n_windows * hop) / RATE),
    )


def make_burst(start: float, stop: float, seconds: float = 10.0, seed: int = 0) -> NDArray[Any]:
    """Noise in four leads, and in all of them 10 Hz from `start` to `stop`."""
    times = np.arange(int(seconds * RATE)) / RATE
    noise = np.random.default_rng(seed).normal(0, 2.0, (len(LEADS), len(times)))
    return np.asarray(noise + 30 * np.sin(2 * np.pi * HERTZ * times) * ((times >= start) & (times < stop)))
