"""Which stretches of a long recording are looked at, so that a whole night is seen in a second or two."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.recording import Recording, Signal
from ictal.preprocessing.artefacts import RULES

_FRAMES_A_WINDOW = 2
"""Seconds, so that artefacts are judged as everywhere; two of them tell frequencies half a Hz apart."""

_MOST_NUMBERS = 36_000_000
"""Samples of all channels together that are looked at: every fifteenth second of a day of 23 channels at 256 Hz."""

_WINDOWS_A_BLOCK = 64


@dataclass(frozen=True, eq=False)
class NightWindows:
    """Windows of equal length, and the column of the night to which each belongs.

    Parameters
    ----------
    length : int
        Samples of a window.
    n_columns : int
        Of equal length, over the whole recording.
    per_column : int
        Windows of a column without gaps.
    starts, columns : ndarray of int, shape (n_windows,)
        The first sample of each window, and its column; sorted.
    covers : bool
        Whether the windows leave nothing out.
    """

    length: int
    n_columns: int
    per_column: int
    starts: NDArray[np.int64]
    columns: NDArray[np.int64]
    covers: bool

    def describe(self, recording: Recording) -> str:
        """Return how much is looked at, in words.

        Examples
        --------
        >>> recording = Recording.from_array(np.zeros((1, 7200)), 2.0, ["C3"])
        >>> place_windows(recording, 60, most_numbers=720).describe(recording)
        '2 s of every 20 s'
        """
        if self.covers:
            return "all of it"
        every = recording.duration / self.n_columns / self.per_column
        return f"{self.length / recording.sampling_rate:.3g} s of every {every:.3g} s"

    def average(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean of each column, those that are not a number left out.

        Parameters
        ----------
        values : ndarray, shape (..., n_windows)

        Returns
        -------
        ndarray, shape (..., n_columns)
            NaN where a column has no value.
        """
        rows = values.reshape(math.prod(values.shape[:-1]), values.shape[-1])
        known = np.isfinite(rows)
        sums, counts = np.zeros((2, len(rows), self.n_columns))
        for row, is_known, total, count in zip(rows, known, sums, counts, strict=True):
            columns = self.columns[is_known]
            total[:] = np.bincount(columns, row[is_known], self.n_columns)
            count[:] = np.bincount(columns, minlength=self.n_columns)
        means = np.divide(sums, counts, out=np.full_like(sums, np.nan), where=counts > 0)
        return means.reshape(*values.shape[:-1], self.n_columns)


def place_windows(recording: Recording, n_columns: int, most_numbers: int = _MOST_NUMBERS) -> NightWindows:
    """Return windows spread evenly over a recording and over each of its columns, none of them in a gap.

    Parameters
    ----------
    recording : Recording
        Of the channels that will be looked at.
    n_columns : int
        At most; there are fewer where they would be shorter than a window.
    most_numbers : int
        Samples of all channels together; each column has a window all the same.

    Examples
    --------
    >>> place_windows(Recording.from_array(np.zeros((1, 10)), 1.0, ["C3"]), 2).starts
    array([0, 1, 5, 6])
    """
    n_samples = recording.n_samples
    length = min(_FRAMES_A_WINDOW * RULES.frame_length(recording.sampling_rate), max(1, n_samples))
    n_columns = max(1, min(n_columns, n_samples // length))
    edges = np.arange(n_columns + 1) * n_samples // n_columns
    affordable = most_numbers // (len(recording.channels) * length * n_columns)
    per_column = max(1, min(affordable, -(-n_samples // (n_columns * length))))
    covers = per_column * n_columns * length >= n_samples
    offsets = np.linspace(0, 1, per_column) if covers else (np.arange(per_column) + 0.5) / per_column
    room = np.diff(edges) - length
    starts = edges[:-1, None] + np.rint(offsets * room[:, None]).astype(np.int64)
    if not covers:
        hop = np.diff(edges)[:, None] / per_column
        starts = np.floor(edges[:-1, None] + hop * np.arange(per_column) + (hop - length) / 2).astype(np.int64)
    columns = np.repeat(np.arange(n_columns), per_column)
    starts, columns = _move_out_of_gaps(recording, starts.reshape(-1), columns, edges, length)
    return NightWindows(length, n_columns, per_column, starts, columns, covers)


def _move_out_of_gaps(
    recording: Recording, starts: NDArray[np.int64], columns: NDArray[np.int64], edges: NDArray[np.int64], length: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return windows of which those that would touch a gap lie beside it in their column, or are left out."""
    if not recording.gaps:
        return starts, columns
    segments = np.array(recording.segments, dtype=np.int64).reshape(-1, 2)
    segments = segments[segments[:, 1] - segments[:, 0] >= length]
    if not len(segments):
        return starts[:0], columns[:0]
    # The nearest place in the segment before, and in the one after.
    number = np.searchsorted(segments[:, 0], starts, side="right") - 1
    before, after = segments[np.maximum(number, 0)], segments[np.minimum(number + 1, len(segments) - 1)]
    places = np.stack([np.clip(starts, near[:, 0], near[:, 1] - length) for near in (before, after)])
    nearest = places[np.abs(places - starts).argmin(axis=0), np.arange(len(starts))]
    is_inside = (nearest >= edges[columns]) & (nearest + length <= edges[columns + 1])
    kept = np.unique(np.stack([nearest, columns])[:, is_inside], axis=1)
    return kept[0], kept[1]


def read_windows(recording: Recording, windows: NightWindows) -> Iterator[Signal]:
    """Read the windows, a block of them at a time; where they are close, what is between them is read along.

    Yields
    ------
    ndarray of float32, shape (n_channels, n_windows, n_samples of a window)
    """
    length = windows.length
    for first in range(0, len(windows.starts), _WINDOWS_A_BLOCK):
        starts = windows.starts[first : first + _WINDOWS_A_BLOCK]
        begin, end = int(starts[0]), int(starts[-1]) + length
        if end - begin <= 2 * len(starts) * length:
            block = recording.read_samples(begin, end)
            yield np.ascontiguousarray(
                np.lib.stride_tricks.sliding_window_view(block, length, axis=1)[:, starts - begin]
            )
        else:
            yield np.stack([recording.read_samples(start, start + length) for start in starts.tolist()], axis=1)
