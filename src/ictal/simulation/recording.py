"""A recording that says of itself that it is simulated, and is made while it is read."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ictal.core.events import Annotations
from ictal.core.recording import Recording, Signal
from ictal.simulation.layers import Layer

_STRETCH = 16384
"""Samples that are made at once. Stretches lie on a fixed grid, so that each sample is computed in one way only."""


class SimulatedRecording(Recording):
    """Simulated EEG with the exact truth as its annotations.

    Parameters
    ----------
    layers : sequence of Layer
        From the first to the last that shapes the signal.
    n_samples : int
    sampling_rate : float
        Hz.
    channels : tuple of str
        One label a row.
    annotations : Annotations
        The seizures.
    description : str
        How it was made; it becomes the note that every reader sees.
    truth : Annotations
        Everything that was planted: seizures, patterns, artefacts, stages of sleep.
    referenced : bool
        Whether the channels are against their average.
    """

    def __init__(
        self,
        layers: Sequence[Layer],
        n_samples: int,
        sampling_rate: float,
        channels: tuple[str, ...],
        annotations: Annotations,
        description: str,
        truth: Annotations | None = None,
        referenced: bool = False,
    ) -> None:
        self._layers = tuple(layers)
        self._referenced = referenced
        self._kept: tuple[int, Signal] | None = None
        self.sampling_rate = sampling_rate
        self.channels = channels
        self.n_samples = n_samples
        self.annotations = annotations
        self.truth = annotations if truth is None else truth
        self.notes = (f"simulated EEG: {description}",)

    def read_samples(self, first: int, last: int) -> Signal:
        signal = np.empty((len(self.channels), last - first), dtype=np.float32)
        for number in range(first // _STRETCH, -(-last // _STRETCH)):
            start = number * _STRETCH
            stretch = self._stretch(number)
            low, high = max(first, start), min(last, start + stretch.shape[1])
            signal[:, low - first : high - first] = stretch[:, low - start : high - start]
        return signal

    def _stretch(self, number: int) -> Signal:
        """Return one stretch of the grid; the last one made is kept."""
        if self._kept is None or self._kept[0] != number:
            start = number * _STRETCH
            signal: NDArray[np.float64] = np.zeros((len(self.channels), min(_STRETCH, self.n_samples - start)))
            for layer in self._layers:
                layer.apply(signal, start)
            if self._referenced:
                signal -= signal.mean(axis=0)
            self._kept = (number, signal.astype(np.float32))
        return self._kept[1]
