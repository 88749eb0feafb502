"""EEGWaveNet on an hour of 18 leads, a window of 4 s every second."""

from __future__ import annotations

import numpy as np
import torch
from ratios import compare

from ictal.detection.library import load_bundled
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig

RATE = 256
signal = np.random.default_rng(0).normal(0, 30, (18, 3600 * RATE)).astype(np.float32)
network = EEGWaveNet(EEGWaveNetConfig(n_channels=18)).eval()
scorer = load_bundled("eegwavenet-untrained").scorer(18)


def blocks(seconds: int) -> list[np.ndarray]:
    """Cut the hour into blocks that overlap by the 3 s that a window reaches back."""
    return [signal[:, s * RATE : min(s + seconds + 3, 3600) * RATE] for s in range(0, 3597, seconds)]


def dense_runtime() -> None:
    for block in blocks(300):
        scorer.push(block)


@torch.no_grad()
def dense_torch() -> None:
    for block in blocks(300):
        network(torch.from_numpy(np.ascontiguousarray(block))[None])


@torch.no_grad()
def windowed_torch() -> None:
    windows = torch.from_numpy(signal).unfold(1, 4 * RATE, RATE).transpose(0, 1)
    for batch in windows.split(256):
        network(batch.contiguous())


compare(
    "one hour",
    {
        "dense, ONNX Runtime": dense_runtime,
        "dense, torch": dense_torch,
        "window by window, torch": windowed_torch,
    },
    repeats=5,
)
