"""A network is fitted."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from ictal.core.events import Annotations, Event
from ictal.core.windows import WindowGrid
from ictal.data.loader import WindowLoader
from ictal.data.prepared import PreparedRecording
from ictal.data.windows import cut_windows
from ictal.training.fit import fit
from ictal.training.settings import TrainingSettings


class Memory:
    """A night in memory, louder in the seizure."""

    def __init__(self) -> None:
        seizure = Annotations([Event(20.0, 20.0)], 60.0)
        self.recordings = (PreparedRecording("a", "anna", "1", "", ("C3", "C4"), 16.0, 960, seizure),)
        self.signal = np.random.default_rng(0).normal(0.0, 1.0, (2, 960)).astype(np.float32)
        self.signal[:, 320:640] *= 4.0

    def read_windows(self, recordings: np.ndarray, starts: np.ndarray, length: int) -> np.ndarray:
        return np.stack([self.signal[:, start : start + length] for start in starts])


class Loudness(nn.Module):
    """Two logits from the power of a window."""

    n_classes = 2

    def __init__(self) -> None:
        super().__init__()
        self.line = nn.Linear(1, 2)

    def forward(self, signal: torch.Tensor) -> torch.Tensor:
        return self.line(signal.square().mean(dim=(1, 2), keepdim=True).log())


def test_the_loss_falls() -> None:
    reader = Memory()
    windows = cut_windows(reader.recordings, WindowGrid(4.0, 1.0))
    settings = TrainingSettings(epochs=4, batch_size=8, optimizer={"optimizer": "adam", "lr": 0.1})
    fitted = fit(Loudness(), WindowLoader(reader, windows), settings)
    losses = [row["train/loss"] for row in fitted.history]
    assert losses[-1] < 0.5 * losses[0]
    assert fitted.best_epoch == 3
    assert not fitted.network.training
