"""A recording that says of itself that it is simulated."""

from __future__ import annotations

from ictal.core.events import Annotations
from ictal.core.recording import Recording, Signal


class SimulatedRecording(Recording):
    """Simulated EEG held in memory, with the exact truth as its annotations.

    Parameters
    ----------
    signal : ndarray of float32, shape (n_channels, n_samples)
        µV; kept, not copied.
    sampling_rate : float
        Hz.
    channels : tuple of str
        One label a row.
    annotations : Annotations
        What was put into the signal.
    description : str
        How it was made; it becomes the note that every reader sees.
    """

    def __init__(
        self,
        signal: Signal,
        sampling_rate: float,
        channels: tuple[str, ...],
        annotations: Annotations,
        description: str,
    ) -> None:
        self._signal = signal
        self.sampling_rate = sampling_rate
        self.channels = channels
        self.n_samples = signal.shape[1]
        self.annotations = annotations
        self.notes = (f"simulated EEG: {description}",)

    def read_samples(self, first: int, last: int) -> Signal:
        return self._signal[:, first:last].copy()
