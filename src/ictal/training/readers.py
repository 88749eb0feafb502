"""What windows are read from beside a store: signals in memory, and several sources as one."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations
from ictal.data.loader import BatchSet, WindowReader
from ictal.data.prepared import PreparedRecording
from ictal.data.windows import WindowTable

Signal = NDArray[np.float32]


class SignalsInMemory:
    """Prepared recordings whose signals are arrays.

    Parameters
    ----------
    recordings : sequence of PreparedRecording
    signals : sequence of ndarray of float32, shape (n_channels, n_samples)
        In µV; NaN in gaps.

    Raises
    ------
    ParameterError
        If a signal is not as long as its recording, or has other channels.

    Examples
    --------
    >>> from ictal.core.events import Annotations
    >>> night = PreparedRecording("night", "anna", "1", "", ("C3",), 1.0, 6, Annotations((), 6.0))
    >>> reader = SignalsInMemory([night], [np.arange(6, dtype=np.float32)[None]])
    >>> reader.read_windows([0, 0], [0, 3], 2).tolist()
    [[[0.0, 1.0]], [[3.0, 4.0]]]
    """

    def __init__(self, recordings: Sequence[PreparedRecording], signals: Sequence[Signal]) -> None:
        for one, signal in zip(recordings, signals, strict=True):
            if signal.shape != (len(one.channels), one.n_samples):
                raise ParameterError(
                    f"signals: {signal.shape} came for {one.name}; allowed is ({len(one.channels)}, {one.n_samples})."
                )
        self.recordings: tuple[PreparedRecording, ...] = tuple(recordings)
        self._signals = tuple(signals)

    def read_windows(self, recordings: ArrayLike, starts: ArrayLike, length: int) -> Signal:
        """Return windows, shape (n, n_channels, length)."""
        pairs = zip(np.asarray(recordings).tolist(), np.asarray(starts).tolist(), strict=True)
        return np.stack([self._signals[number][:, start : start + length] for number, start in pairs])


class WindowsInMemory:
    """Windows that were cut already, of one or more persons; the array is not copied.

    Each person is a recording in which the windows follow each other; they need not have done so.

    Parameters
    ----------
    signal : ndarray, shape (n_windows, n_channels, length)
        In µV, of any type of numbers; mapped from a file perhaps.
    persons : sequence of str, length n_windows
        Whose each window is.
    channels : tuple of str
    sampling_rate : float
        Hz.

    Examples
    --------
    >>> signal = np.arange(3.0)[:, None, None].repeat(4, axis=2)
    >>> reader = WindowsInMemory(signal, ["anna", "ben", "anna"], ("C3",), 1.0)
    >>> table = reader.tabulate(np.array([0, 1, 0]), ("bckg", "sz"))
    >>> table.recording.tolist(), table.start.tolist()
    ([0, 1, 0], [0, 0, 4])
    >>> reader.read_windows([1, 0], [0, 4], 4)[:, 0, 0].tolist()
    [1.0, 2.0]
    """

    def __init__(
        self, signal: NDArray[Any], persons: Sequence[str], channels: tuple[str, ...], sampling_rate: float
    ) -> None:
        self._signal, self._length = signal, int(signal.shape[2])
        names = list(dict.fromkeys(persons))
        self._person = np.array([names.index(person) for person in persons], np.int32)
        self._rows = tuple(np.flatnonzero(self._person == number) for number in range(len(names)))
        lengths = [len(rows) * self._length for rows in self._rows]
        self.recordings: tuple[PreparedRecording, ...] = tuple(
            PreparedRecording(
                name, name, "1", "", channels, sampling_rate, n_samples, Annotations((), n_samples / sampling_rate)
            )
            for name, n_samples in zip(names, lengths, strict=True)
        )

    def tabulate(self, labels: NDArray[np.integer[Any]], classes: tuple[str, ...]) -> WindowTable:
        """Return the table of all windows, in the order of the array.

        Parameters
        ----------
        labels : ndarray of int, shape (n_windows,) or (n_windows, n_frames)
        classes : tuple of str
            Class 0 comes first.
        """
        start = np.empty(len(self._signal), np.int64)
        for rows in self._rows:
            start[rows] = np.arange(len(rows)) * self._length
        return WindowTable(self.recordings, self._person, start, labels.astype(np.int8), self._length, classes)

    def read_windows(self, recordings: ArrayLike, starts: ArrayLike, length: int) -> Signal:
        """Return windows, shape (n, n_channels, length)."""
        if length != self._length:
            raise ParameterError(f"length: {length} is not allowed; the windows have {self._length} samples.")
        pairs = zip(np.asarray(recordings).tolist(), np.asarray(starts).tolist(), strict=True)
        rows = [int(self._rows[number][start // length]) for number, start in pairs]
        return np.asarray(self._signal[rows], dtype=np.float32)


class JoinedReader:
    """Several readers as one; the recordings of the first come first.

    Parameters
    ----------
    readers : sequence of WindowReader
        With the same number of channels and the same rate.

    Raises
    ------
    ParameterError
        If they differ.
    """

    def __init__(self, readers: Sequence[WindowReader]) -> None:
        self._readers = tuple(readers)
        self.recordings: tuple[PreparedRecording, ...] = tuple(chain.from_iterable(one.recordings for one in readers))
        self._firsts = np.cumsum([0, *(len(one.recordings) for one in readers[:-1])])
        kinds = sorted({(len(one.channels), one.sampling_rate) for one in self.recordings})
        if len(kinds) > 1:
            told = " and ".join(f"{n} channels at {rate:g} Hz" for n, rate in kinds)
            raise ParameterError(f"recordings: {told} came; windows of both do not fit into one network.")
        self._n_channels = kinds[0][0]

    def read_windows(self, recordings: ArrayLike, starts: ArrayLike, length: int) -> Signal:
        """Return windows, shape (n, n_channels, length)."""
        numbers, firsts = np.asarray(recordings, np.int64), np.asarray(starts, np.int64)
        of = np.searchsorted(self._firsts, numbers, side="right") - 1
        windows = np.empty((len(numbers), self._n_channels, length), np.float32)
        for number, reader in enumerate(self._readers):
            own = of == number
            if own.any():
                windows[own] = reader.read_windows(numbers[own] - self._firsts[number], firsts[own], length)
        return windows


def join_windows(sets: Sequence[BatchSet]) -> BatchSet:
    """Return windows of several sources as one table, those of the first source first.

    Parameters
    ----------
    sets : sequence of BatchSet
        Windows of the same length and the same classes.

    Raises
    ------
    ParameterError
        If they differ in that, in their channels or in their rate.
    """
    tables = [one.windows for one in sets]
    first = tables[0]
    for other in tables[1:]:
        if (other.length, other.classes) != (first.length, first.classes):
            told = " and ".join(f"{one.length} samples of {', '.join(one.classes)}" for one in (first, other))
            raise ParameterError(f"windows: {told} came; they do not fit into one training.")
    reader = JoinedReader([one.reader for one in sets])
    before = np.cumsum([0, *(len(one.recordings) for one in tables[:-1])])
    table = WindowTable(
        recordings=reader.recordings,
        recording=np.concatenate(
            [one.recording + np.int32(add) for one, add in zip(tables, before, strict=True)]
        ).astype(np.int32),
        start=np.concatenate([one.start for one in tables]),
        labels=np.concatenate([one.labels for one in tables]),
        length=first.length,
        classes=first.classes,
    )
    return BatchSet(reader, table)


def take_windows(windows: BatchSet, rows: ArrayLike) -> BatchSet:
    """Return some of the windows of a source."""
    return BatchSet(windows.reader, windows.windows.take(rows))
