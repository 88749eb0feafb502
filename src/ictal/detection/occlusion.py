"""What an answer loses when part of the signal is taken away: a lead, a stretch of time, a band of frequencies.

Each function takes an answer, from signals of shape (n_signals, n_leads, n_samples) to one number for each, and one
signal. What it returns is the answer to the signal as it is, less the answer to what is left: above 0 where the part
spoke for a seizure, below 0 where it spoke against one.

References
----------
Zeiler and Fergus, Visualizing and understanding convolutional networks, ECCV 2014 (occlusion).
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError

Values = NDArray[np.float64]
Signal = NDArray[Any]

Answer = Callable[[NDArray[Any]], NDArray[Any]]
"""From signals, shape (n_signals, n_leads, n_samples), to one number for each, shape (n_signals,)."""

SLOPE = 0.5
"""Hz over which a band that is removed fades in and out at its edges."""

_MOST_VALUES = 2**23
"""Values in the changed copies of a signal that are held at once."""


def occlude_leads(answer: Answer, signal: Signal) -> Values:
    """Return what losing each lead costs; a lost lead is zero, as a masked one is.

    Parameters
    ----------
    answer : callable
        From signals, shape (n_signals, n_leads, n_samples), to one number for each.
    signal : ndarray, shape (n_leads, n_samples)

    Returns
    -------
    ndarray, shape (n_leads,)

    Examples
    --------
    >>> heights = lambda signals: np.abs(signals).sum(axis=(1, 2))
    >>> occlude_leads(heights, np.array([[1.0, -1.0], [3.0, 0.0]]))
    array([2., 3.])
    """
    return occlude_groups(answer, signal, [[lead] for lead in range(len(signal))])


def occlude_groups(answer: Answer, signal: Signal, groups: Sequence[Sequence[int]]) -> Values:
    """Return what losing each group of leads at once costs, shape (n_groups,).

    Examples
    --------
    >>> highest = lambda signals: np.abs(signals).max(axis=(1, 2))
    >>> twice_the_same = np.array([[3.0], [3.0], [1.0]])
    >>> occlude_leads(highest, twice_the_same), occlude_groups(highest, twice_the_same, [[0, 1], [2]])
    (array([0., 0., 0.]), array([2., 0.]))
    """
    return _cost(answer, signal, (_without_rows(signal, group) for group in groups))


def occlude_stretches(answer: Answer, signal: Signal, edges: Sequence[int], *, each_lead: bool = False) -> Values:
    """Return what losing each stretch of time costs; a straight line between its ends stands for what is lost.

    Parameters
    ----------
    answer, signal
        As for :func:`occlude_leads`.
    edges : sequence of int
        Where stretches begin and end: the first lasts from sample ``edges[0]`` to before sample ``edges[1]``.
    each_lead : bool
        Whether leads are looked at one by one; otherwise a stretch is lost in all of them at once.

    Returns
    -------
    ndarray, shape (1, n_stretches) or (n_leads, n_stretches)

    Raises
    ------
    ParameterError
        If edges are outside the signal or do not rise.

    Examples
    --------
    >>> heights = lambda signals: np.abs(signals).sum(axis=(1, 2))
    >>> occlude_stretches(heights, np.array([[0.0, 0.0, 5.0, 0.0, 0.0, 0.0]]), [1, 4, 6])
    array([[5., 0.]])
    """
    n_leads, n_samples = signal.shape
    spans = list(itertools.pairwise(edges))
    if not spans or edges[0] < 0 or edges[-1] > n_samples or any(stop <= start for start, stop in spans):
        raise ParameterError(
            f"edges: {list(edges)!r} is not allowed; they must rise from 0 or more to {n_samples} samples or less."
        )
    row_groups = [[lead] for lead in range(n_leads)] if each_lead else [list(range(n_leads))]
    changed = (_without_stretch(signal, rows, *span) for rows in row_groups for span in spans)
    return _cost(answer, signal, changed).reshape(len(row_groups), len(spans))


def occlude_bands(answer: Answer, signal: Signal, sampling_rate: float, bands: Sequence[tuple[float, float]]) -> Values:
    """Return what losing each band of frequencies costs; see :func:`remove_band`.

    Parameters
    ----------
    answer, signal
        As for :func:`occlude_leads`.
    sampling_rate : float
        Hz.
    bands : sequence of (low, high)
        Hz, as the values of :data:`ictal.core.attribution.BANDS`.

    Returns
    -------
    ndarray, shape (n_bands,)

    Raises
    ------
    ParameterError
        If a band does not rise.

    Examples
    --------
    >>> power = lambda signals: (signals**2).mean(axis=(1, 2))
    >>> theta = np.sin(2 * np.pi * 6.0 * np.arange(1024) / 256.0)[None]
    >>> occlude_bands(power, theta, 256.0, [(1.0, 4.0), (4.0, 8.0), (8.0, 13.0)]).round(1)
    array([0. , 0.5, 0. ])
    """
    return _cost(answer, signal, (remove_band(signal, sampling_rate, *band) for band in bands))


def remove_band(signal: Signal, sampling_rate: float, low: float, high: float) -> Signal:
    """Return a signal without a band of frequencies, of the same shape and type.

    The spectrum of the signal and its mirror image, which follow on each other without a step, is faded to nothing
    between `low` and `high`, each edge over :data:`SLOPE` Hz outside the band.

    Parameters
    ----------
    signal : ndarray, shape (..., n_samples)
    sampling_rate, low, high : float
        Hz.

    Raises
    ------
    ParameterError
        If `low` is not below `high`.

    Examples
    --------
    >>> mixed = np.sin(np.arange(512) * 0.1) + np.sin(np.arange(512) * 1.0)
    >>> slow = remove_band(mixed, 2 * np.pi * 10, 5.0, 20.0)
    >>> bool(np.abs(slow[50:-50] - np.sin(np.arange(512) * 0.1)[50:-50]).max() < 0.05)
    True
    """
    if not 0 <= low < high:
        raise ParameterError(f"band: {low!r} to {high!r} Hz is not allowed; it must rise from 0 or more.")
    n_samples = signal.shape[-1]
    mirrored = np.concatenate([signal, signal[..., ::-1]], axis=-1)
    frequencies = np.fft.rfftfreq(2 * n_samples, 1 / sampling_rate)
    outside = np.maximum(low - frequencies, frequencies - high)
    kept = 0.5 - 0.5 * np.cos(np.pi * np.clip(outside / SLOPE, 0.0, 1.0))
    left = np.fft.irfft(np.fft.rfft(mirrored, axis=-1) * kept, 2 * n_samples, axis=-1)
    return np.asarray(left[..., :n_samples].astype(signal.dtype))


def _without_rows(signal: Signal, rows: Sequence[int]) -> Signal:
    changed = signal.copy()
    changed[list(rows)] = 0.0
    return changed


def _without_stretch(signal: Signal, rows: Sequence[int], start: int, stop: int) -> Signal:
    """Return the signal with a line from the sample before to the sample after; level where one of them is missing."""
    n_samples = signal.shape[1]
    before, after = signal[rows, max(start - 1, 0)], signal[rows, min(stop, n_samples - 1)]
    if start == 0:
        before = after
    if stop == n_samples:
        after = before
    if start == 0 and stop == n_samples:
        before = after = np.zeros_like(before)
    share = np.arange(1, stop - start + 1) / (stop - start + 1)
    changed = signal.copy()
    changed[rows, start:stop] = before[:, None] + (after - before)[:, None] * share
    return changed


def _cost(answer: Answer, signal: Signal, changed: Iterable[Signal]) -> Values:
    """Return how far the answer falls for each of some changed copies, which are made few at a time."""
    n_at_once = max(_MOST_VALUES // max(signal.size, 1), 1)
    whole: float | None = None
    drops: list[Values] = []
    for copies in _batches(changed, n_at_once):
        batch = copies if whole is not None else [signal, *copies]
        answers = np.asarray(answer(np.stack(batch)), dtype=np.float64)
        if whole is None:
            whole, answers = float(answers[0]), answers[1:]
        drops.append(whole - answers)
    return np.concatenate(drops) if drops else np.empty(0)


def _batches(signals: Iterable[Signal], size: int) -> Iterator[list[Signal]]:
    left = iter(signals)
    while batch := list(itertools.islice(left, size)):
        yield batch
