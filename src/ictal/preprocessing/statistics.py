"""Statistics of whole recordings, read block by block in bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ictal.core.recording import Recording, RecordingView, Signal

PerChannel = NDArray[np.float64]
Keys = NDArray[np.uint32]

BLOCK_NUMBERS = 2**22
"""Numbers read at a time: 16 MiB."""

HELD_NUMBERS = 2**25
"""Recordings of up to so many numbers are held while their median is found: 128 MiB, two hours of 18 channels."""

_HALF_KEY = 2**16
_SIGN = np.uint32(2**31)


def signal_blocks(recording: Recording) -> Iterator[Signal]:
    """Yield the recording without its gaps, in blocks of at most ``BLOCK_NUMBERS`` numbers."""
    length = max(1, BLOCK_NUMBERS // max(1, len(recording.channels)))
    for first, last in recording.segments:
        for start in range(first, last, length):
            yield recording.read_samples(start, min(start + length, last))


def find_mean_and_deviation(recording: Recording) -> tuple[PerChannel, PerChannel]:
    """Return the mean and the population standard deviation of every channel, in one pass.

    References
    ----------
    Chan, Golub and LeVeque, Updating formulae and a pairwise algorithm for computing sample variances, 1979.
    """
    n_channels = len(recording.channels)
    count, mean, squares = 0, np.zeros(n_channels), np.zeros(n_channels)
    for block in signal_blocks(recording):
        n_new = block.shape[1]
        centre = block.mean(axis=1, dtype=np.float64)
        shift = centre - mean
        squares += ((block - centre[:, None]) ** 2).sum(axis=1) + shift**2 * (count * n_new / (count + n_new))
        count += n_new
        mean += shift * (n_new / count)
    return mean, np.sqrt(squares / max(count, 1))


def find_median_and_mad(recording: Recording, held: int = HELD_NUMBERS) -> tuple[PerChannel, PerChannel]:
    """Return the median and the median absolute deviation of every channel, exact for float32.

    Recordings of up to `held` numbers are read once. Longer ones are read four times: the middle values are found by
    their upper and then their lower sixteen bits, first of the signal, then of its distance from the median.

    References
    ----------
    Knuth, The Art of Computer Programming 3, section 5.2.5 (radix methods).
    """
    n_channels = len(recording.channels)
    if sum(last - first for first, last in recording.segments) == 0:
        return np.zeros(n_channels), np.zeros(n_channels)
    if recording.n_samples * n_channels <= held:
        signal = np.concatenate(list(signal_blocks(recording)), axis=1)
        median = np.array([find_middle(row) for row in signal])
        mad = np.array([find_middle(find_distance(row, centre)) for row, centre in zip(signal, median, strict=True)])
        return median, mad
    median = _select_middle(recording, None)
    return median, _select_middle(recording, median)


def find_middle(numbers: Signal) -> PerChannel:
    """Return the median along the last axis, in double precision where it is the mean of two numbers.

    Examples
    --------
    >>> find_middle(np.array([[4, 1, 2, 9]], np.float32))
    array([3.])
    """
    ranks = ((numbers.shape[-1] - 1) // 2, numbers.shape[-1] // 2)
    ordered = np.partition(numbers, ranks, axis=-1)
    middle: PerChannel = (ordered[..., ranks[0]].astype(np.float64) + ordered[..., ranks[1]]) / 2
    return middle


def find_distance(signal: Signal, centre: PerChannel | float) -> Signal:
    """Return how far every number is from the centre."""
    return np.asarray(np.abs(signal - np.asarray(centre)), dtype=np.float32)


def _select_middle(recording: Recording, centre: PerChannel | None) -> PerChannel:
    """Return the median of every channel, or of its distance from `centre`, in two passes."""
    n_samples = sum(last - first for first, last in recording.segments)
    ranks = np.array([(n_samples - 1) // 2, n_samples // 2])
    upper = np.zeros((len(recording.channels), _HALF_KEY), np.int64)
    for keys in _key_blocks(recording, centre):
        for counts, row in zip(upper, keys, strict=True):
            counts += np.bincount(row >> 16, minlength=_HALF_KEY)
    below = upper.cumsum(axis=1)
    buckets = np.array([np.searchsorted(row, ranks, side="right") for row in below])
    lower = np.zeros((*buckets.shape, _HALF_KEY), np.int64)
    for keys in _key_blocks(recording, centre):
        for (channel, index), bucket in np.ndenumerate(buckets):
            row = keys[channel]
            lower[channel, index] += np.bincount(row[row >> 16 == bucket] & 0xFFFF, minlength=_HALF_KEY)
    middles = np.empty(buckets.shape, np.uint32)
    for (channel, index), bucket in np.ndenumerate(buckets):
        rank = ranks[index] - (below[channel, bucket] - upper[channel, bucket])
        middles[channel, index] = bucket * _HALF_KEY + np.searchsorted(lower[channel, index].cumsum(), rank, "right")
    return np.asarray(_from_keys(middles).mean(axis=1, dtype=np.float64))


def _key_blocks(recording: Recording, centre: PerChannel | None) -> Iterator[Keys]:
    for block in signal_blocks(recording):
        yield _to_keys(block if centre is None else find_distance(block, centre[:, None]))


def _to_keys(signal: Signal) -> Keys:
    """Return whole numbers that sort as the floats do: negative ones inverted, positive ones above them."""
    bits = signal.view(np.uint32)
    return np.where(bits >= _SIGN, ~bits, bits | _SIGN)


def _from_keys(keys: Keys) -> Signal:
    return np.where(keys >= _SIGN, keys ^ _SIGN, ~keys).view(np.float32)


class ScaledRecording(RecordingView):
    """A recording minus a centre, in units of a spread, both taken from all of it.

    The statistics are taken when the recording is first read, and kept.
    """

    def __init__(self, inner: Recording, measure: Callable[[Recording], tuple[PerChannel, PerChannel]]) -> None:
        super().__init__(inner)
        self._measure = measure

    @cached_property
    def statistics(self) -> tuple[PerChannel, PerChannel]:
        """Centre and spread of every channel in µV, each of shape (n_channels,)."""
        return self._measure(self.inner)

    def read_samples(self, first: int, last: int) -> Signal:
        centre, spread = self.statistics
        return rescale(self.inner.read_samples(first, last), centre[:, None], spread[:, None])


def rescale(signal: Signal, centre: PerChannel, spread: PerChannel) -> Signal:
    """Return the distance from `centre` in units of `spread`; a channel without spread is 0.

    Examples
    --------
    >>> rescale(np.array([[1, 3], [5, 5]], np.float32), np.array([[2.0], [5.0]]), np.array([[0.5], [0.0]]))
    array([[-2.,  2.],
           [ 0.,  0.]], dtype=float32)
    """
    factor = np.divide(1.0, spread, out=np.zeros_like(spread), where=spread > 0)
    return np.asarray((signal - centre) * factor, dtype=np.float32)
