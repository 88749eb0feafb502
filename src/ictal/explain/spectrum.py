"""From time to time and frequency: a gradient of the signal, shared among the waves that the signal is made of."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]

COLUMN = 0.25
"""Seconds of a column of every attribution."""

SEGMENT = 4
"""Columns of the segments whose waves are told apart: 1 s, so 1 Hz."""

_BEYOND = 2


def share_among_waves(signal: ArrayLike, gradient: ArrayLike, sampling_rate: float) -> tuple[Values, Values]:
    """Return the product of signal and gradient, told apart by frequency and time.

    What signal × gradient add up to over a second, the waves of both add up to, by Parseval: as if the network were
    given a transform and its inverse as a first layer, and the relevance of that layer is read.

    Parameters
    ----------
    signal, gradient : array-like, shape (n_leads, n_samples)
    sampling_rate : float
        Hz.

    Returns
    -------
    ndarray, shape (n_leads, n_frequencies, n_columns)
        Columns of :data:`COLUMN` seconds; the sum over all of it is that of signal × gradient.
    ndarray, shape (n_frequencies,)
        Hz.

    References
    ----------
    Vielhaben, Lapuschkin, Montavon and Samek, Explainable AI for time series via virtual inspection layers, Pattern
    Recognition 2024.

    Examples
    --------
    >>> wave = np.sin(2 * np.pi * 10 * np.arange(1024) / 256)[None]
    >>> shares, hertz = share_among_waves(wave, wave, 256.0)
    >>> float(hertz[shares.sum(axis=(0, 2)).argmax()]), round(float(shares.sum() / (wave**2).sum()), 6)
    (10.0, 1.0)
    """
    waves, hertz = _transform(signal, sampling_rate)
    gradients, _ = _transform(gradient, sampling_rate, evenly=True)
    return _fold_edges((waves * gradients.conj()).real * _counts(hertz, sampling_rate)), hertz


def size_of_waves(gradient: ArrayLike, sampling_rate: float) -> tuple[Values, Values]:
    """Return how large the gradient is at each frequency and time; shapes are those of :func:`share_among_waves`.

    Examples
    --------
    >>> sizes, hertz = size_of_waves(np.ones((2, 512)), 256.0)
    >>> sizes.shape, float(hertz[-1])
    ((2, 129, 8), 128.0)
    """
    gradients, hertz = _transform(gradient, sampling_rate)
    return _fold_edges(np.abs(gradients) * np.sqrt(_counts(hertz, sampling_rate))), hertz


def gather_columns(values: ArrayLike, sampling_rate: float) -> Values:
    """Return the sums of samples in columns of :data:`COLUMN` seconds, shape (..., n_columns).

    Examples
    --------
    >>> gather_columns(np.ones((1, 160)), 256.0)
    array([[64., 64., 32.]])
    """
    array = np.asarray(values, dtype=np.float64)
    n_samples = array.shape[-1]
    column = np.minimum(np.arange(n_samples) / sampling_rate / COLUMN, count_columns(n_samples, sampling_rate) - 1)
    starts = np.flatnonzero(np.diff(column.astype(int), prepend=-1))
    return np.asarray(np.add.reduceat(array, starts, axis=-1))


def count_columns(n_samples: int, sampling_rate: float) -> int:
    """Return the number of columns, the last one begun perhaps.

    Examples
    --------
    >>> count_columns(256, 256.0), count_columns(257, 256.0)
    (4, 5)
    """
    return max(math.ceil(n_samples / sampling_rate / COLUMN - 1e-9), 1)


def _transform(
    values: ArrayLike, sampling_rate: float, *, evenly: bool = False
) -> tuple[NDArray[np.complex128], Values]:
    """Return the waves of segments around each column and two beyond both ends, and their frequencies.

    With `evenly` samples that more windows cover count less in each, so that all of them count once.
    """
    array = np.asarray(values, dtype=np.float64)
    n_samples = array.shape[1]
    length = max(round(SEGMENT * COLUMN * sampling_rate), 2)
    columns = np.arange(-_BEYOND, count_columns(n_samples, sampling_rate) + _BEYOND)
    starts = np.round((columns + 0.5) * COLUMN * sampling_rate - length / 2).astype(int)
    samples = starts[:, None] + np.arange(length) + length * _BEYOND
    padded = np.pad(array, ((0, 0), (length * _BEYOND, length * _BEYOND)))
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    if evenly:
        weights = np.broadcast_to(window**2, samples.shape)
        covered = np.bincount(samples.ravel(), weights.ravel(), minlength=padded.shape[1])
        inside = slice(length * _BEYOND, length * _BEYOND + n_samples)
        padded[:, inside] /= covered[inside]
    waves = np.fft.rfft(padded[:, samples] * window, axis=2).swapaxes(1, 2)
    return waves, np.asarray(np.fft.rfftfreq(length, 1.0 / sampling_rate), dtype=np.float64)


def _counts(hertz: Values, sampling_rate: float) -> Values:
    """Return how often the waves of a frequency count in a sum over samples, shape (n_frequencies, 1)."""
    length = max(round(SEGMENT * COLUMN * sampling_rate), 2)
    alone = (hertz == 0.0) | (np.arange(len(hertz)) * 2 == length)
    return np.asarray(np.where(alone, 1.0, 2.0) / length)[:, None]


def _fold_edges(values: Values) -> Values:
    """Add what was found beyond both ends to the first and the last column."""
    inside = values[..., _BEYOND:-_BEYOND].copy()
    inside[..., 0] += values[..., :_BEYOND].sum(axis=-1)
    inside[..., -1] += values[..., -_BEYOND:].sum(axis=-1)
    return inside
