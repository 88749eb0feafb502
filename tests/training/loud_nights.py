"""Nights in which a seizure is louder, and a network that hears it: small enough to be trained in a second.

As a script it trains for tests that need a process of its own: ``loud_nights.py FOLDER SEED [READS]``, killed, where
that is said, when so many batches have been read.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from ictal.core.events import Annotations, Event
from ictal.core.windows import WindowGrid
from ictal.data.loader import WindowLoader
from ictal.data.prepared import PreparedRecording
from ictal.data.windows import WindowTable, cut_windows
from ictal.training.fit import Fitted, fit
from ictal.training.settings import TrainingSettings

RATE, SECONDS, N_CHANNELS = 32.0, 80.0, 2


class LoudNights:
    """Two nights of two subjects in memory, which count how often they are read."""

    def __init__(self, killed_after: int | None = None) -> None:
        seizure = Annotations([Event(20.0, 20.0)], SECONDS)
        n_samples = round(SECONDS * RATE)
        self.recordings = tuple(
            PreparedRecording(name, name, "1", "", ("C3", "C4"), RATE, n_samples, seizure) for name in ("anna", "ben")
        )
        self.signal = np.random.default_rng(0).normal(0.0, 1.0, (2, N_CHANNELS, n_samples)).astype(np.float32)
        self.signal[..., round(20 * RATE) : round(40 * RATE)] *= 3.0
        self.n_reads = 0
        self._killed_after = killed_after

    def read_windows(self, recordings: Any, starts: Any, length: int) -> np.ndarray:
        """Return windows."""
        self.n_reads += 1
        if self.n_reads == self._killed_after:
            os.kill(os.getpid(), signal.SIGKILL)
        pairs = zip(recordings, starts, strict=True)
        return np.stack([self.signal[number, :, start : start + length] for number, start in pairs])


class Loudness(nn.Module):
    """Logits from the power of a window, through a norm and a dropout."""

    n_classes = 2

    def __init__(self, seed: int = 0) -> None:
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.filters = nn.Conv1d(N_CHANNELS, 4, 3)
            self.norm = nn.BatchNorm1d(4)
            self.dropout = nn.Dropout(0.25)
            self.head = nn.Linear(4, 2)

    def forward(self, signal: torch.Tensor) -> torch.Tensor:
        """Return logits, shape (B, 1, 2)."""
        power = self.filters(signal).square().mean(dim=2)
        logits: torch.Tensor = self.head(self.dropout(self.norm(power)))
        return logits[:, None]


def cut_nights(reader: LoudNights) -> WindowTable:
    """Return the windows, a second apart."""
    return cut_windows(reader.recordings, WindowGrid(4.0, 1.0))


def loss_of(network: nn.Module) -> dict[str, float]:
    """Say how a network does on all windows."""
    reader = LoudNights()
    windows = cut_nights(reader)
    signal = torch.from_numpy(reader.read_windows(windows.recording, windows.start, windows.length))
    labels = torch.from_numpy(windows.labels.astype(np.int64))
    with torch.no_grad():
        return {"loss": float(nn.functional.cross_entropy(network(signal)[:, 0], labels))}


def settings(**other: Any) -> TrainingSettings:
    """Return settings that touch all there is: dropout, the mean of the weights, a schedule, patience, clipping."""
    chosen = {
        "epochs": 4,
        "batch_size": 8,
        "optimizer": {"optimizer": "adam", "lr": 0.02},
        "schedule": {"schedule": "plateau", "patience": 0, "warm_up": 0.5},
        "monitor": "loss",
        "patience": 3,
        "ema": 0.9,
        "clip": 1.0,
        "accelerator": "cpu",
    }
    return TrainingSettings.model_validate({**chosen, **other})


def fit_loudness(reader: LoudNights | None = None, **other: Any) -> Fitted:
    """Fit it; what is no setting goes to `fit`."""
    reader = LoudNights() if reader is None else reader
    of_fit = {key: other.pop(key) for key in list(other) if key not in TrainingSettings.model_fields}
    of_fit.setdefault("validate", loss_of)
    return fit(Loudness(), WindowLoader(reader, cut_nights(reader)), settings(**other), **of_fit)


if __name__ == "__main__":
    _folder, _seed, *_reads = sys.argv[1:]
    _reader = LoudNights(killed_after=int(_reads[0]) if _reads else None)
    fit_loudness(_reader, seed=int(_seed), folder=Path(_folder))
