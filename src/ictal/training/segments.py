"""Segments of single channels, drawn from a prepared store for what learns without labels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor

from ictal.core.errors import ParameterError
from ictal.core.windows import WindowGrid
from ictal.data.portions import Portion
from ictal.data.store import Store
from ictal.data.windows import cut_windows
from ictal.models.braincodec import QUIETEST, standardise
from ictal.training.repeatable import mix_seed

_TRIES = 100
"""Flat segments in a row that are passed over before a store is taken to hold nothing else."""


class SegmentDraws:
    """Segments of equal length from some portions of a store, in a random order that the seed fixes.

    Each is of a subject, of a window of it, and of a channel of that, all drawn evenly; so the one with long recordings
    does not drown the others. Flat ones are passed over.

    Parameters
    ----------
    store : Store
        Its recordings may differ in channels, not in rate.
    portions : iterable of Portion
    length, step : float
        Seconds of a segment, and between the starts of two.
    seed : int

    Attributes
    ----------
    n_windows : int
        How many there are to draw from, of all channels at once.

    Raises
    ------
    ParameterError
        If the portions hold no segment.
    """

    def __init__(self, store: Store, portions: Iterable[Portion], length: float, *, step: float = 0.5, seed: int = 0):
        self._store = store
        self._windows = cut_windows(store.recordings, WindowGrid(length, step), portions=portions)
        self._seed = seed
        self.n_windows = len(self._windows)
        if not self.n_windows:
            raise ParameterError(f"portions: none holds {length:g} s of signal in one piece.")
        subject = self._windows.subject
        self._of_subject = [np.flatnonzero(subject == one) for one in np.unique(subject)]

    @property
    def fingerprint(self) -> str:
        """A hash of which windows there are, and of the seed."""
        digest = hashlib.sha256(str(self._seed).encode())
        for array in (self._windows.recording, self._windows.start):
            digest.update(np.ascontiguousarray(array).data)
        return digest.hexdigest()

    def draw(self, number: int, n: int) -> Tensor:
        """Return a batch of standardised segments; the same number gives the same ones.

        Parameters
        ----------
        number : int
            Of the batch.
        n : int

        Returns
        -------
        Tensor of float32, shape (n, 1, T)

        Raises
        ------
        ParameterError
            If there is nothing but flat signal.
        """
        rng = np.random.default_rng(mix_seed(self._seed, number))
        segments = torch.stack([self._draw_one(rng) for _ in range(n)])
        return standardise(segments[:, None]).signal

    def _draw_one(self, rng: np.random.Generator) -> Tensor:
        windows = self._windows
        for _ in range(_TRIES):
            chosen = rng.choice(self._of_subject[rng.integers(len(self._of_subject))])
            recording, start = windows.recording[chosen : chosen + 1], windows.start[chosen : chosen + 1]
            (signal,) = self._store.read_windows(recording, start, windows.length)
            segment = torch.from_numpy(signal[rng.integers(len(signal))])
            if segment.std() > QUIETEST:
                return segment
        raise ParameterError(f"portions: {_TRIES} segments in a row were flat; there is nothing to learn from.")
