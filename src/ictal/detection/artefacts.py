"""Artefacts, marked while the signal passes by on its way to the detector."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ictal.core.artefacts import Artefact
from ictal.core.recording import Recording, RecordingView, Signal
from ictal.core.windows import WindowGrid
from ictal.preprocessing.artefacts import RULES, join_frames, mark_frames

_UNJUDGED = 255

SPOILED_SHARE = 0.5
"""A window is not analysed where at least this share of the channels is an artefact for at least half of it."""


class ArtefactWatch(RecordingView):
    """The recording as it is; each second that is read is judged on the way, so that marks cost no second pass.

    Parameters
    ----------
    inner : Recording
        As recorded, before any filter.

    Examples
    --------
    >>> watch = ArtefactWatch(Recording.from_array(np.zeros((1, 1280)), 256.0, ["Fz"]))
    >>> signal = watch.read()
    >>> watch.artefacts()
    (Artefact(start=0.0, stop=5.0, channel='Fz', kind='flat'),)
    """

    def __init__(self, inner: Recording) -> None:
        super().__init__(inner)
        self._length = RULES.frame_length(inner.sampling_rate)
        n_frames = inner.n_samples // self._length
        self._marks: NDArray[np.uint8] = np.full((len(inner.channels), n_frames), _UNJUDGED, np.uint8)

    def read_samples(self, first: int, last: int) -> Signal:
        signal = self.inner.read_samples(first, last)
        begin, end = -(-first // self._length), last // self._length
        if begin < end and (self._marks[:, begin:end] == _UNJUDGED).any():
            whole = signal[:, begin * self._length - first : end * self._length - first]
            self._marks[:, begin:end] = mark_frames(whole, self.sampling_rate)
        return signal

    def artefacts(self) -> tuple[Artefact, ...]:
        """Return the stretches found; seconds that were never read, as beside a gap, are taken for signal."""
        return join_frames(self._judged, self.channels, self.sampling_rate)

    def spoiled(self, grid: WindowGrid, n_windows: int) -> NDArray[np.bool_]:
        """Return which windows of a grid hold too little signal to be analysed, shape (n_windows,)."""
        bad = (self._judged > 0).mean(axis=0) >= SPOILED_SHARE
        if not bad.any():
            return np.zeros(n_windows, dtype=bool)
        seconds = self._length / self.sampling_rate
        until = np.concatenate([[0.0], np.cumsum(bad) * seconds])
        edges = np.arange(len(until)) * seconds
        starts = np.arange(n_windows) * grid.step
        inside = np.interp(starts + grid.length, edges, until) - np.interp(starts, edges, until)
        return np.asarray(inside >= grid.length / 2 - 1e-9)

    @property
    def _judged(self) -> NDArray[np.uint8]:
        return np.where(self._marks == _UNJUDGED, 0, self._marks).astype(np.uint8)


def watch_used(recording: Recording, used: Sequence[int]) -> ArtefactWatch:
    """Return the used channels of a recording, watched; the others are not read where the recording allows that.

    A channel that shares its label with another cannot be picked by name; then all are read.
    """
    labels = [recording.channels[i] for i in used]
    if len(set(recording.channels)) == len(recording.channels):
        return ArtefactWatch(recording.select(labels))
    return ArtefactWatch(recording)
