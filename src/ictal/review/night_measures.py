"""What is measured in a window of two seconds: power, line length, artefacts."""

from __future__ import annotations

import functools
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ictal.core.recording import Signal
from ictal.preprocessing.artefacts import RULES, mark_frames
from ictal.preprocessing.products import multiply_columns, multiply_rows
from ictal.review.display_montages import DisplayLeads

Reals = NDArray[np.float64]

FREQUENCIES: Reals = np.arange(1.0, 61.0) / 2
"""Hz, of the rows of the spectrogram; even steps, as readers of density spectral arrays are used to."""

_QUIETEST = 1e-6
"""µV²/Hz; what a flat lead counts for."""


class Measures(NamedTuple):
    """Figures of some windows.

    Attributes
    ----------
    line_length : ndarray, shape (n_windows,)
        µV/s, the median over the good leads; NaN where there is none.
    artefacts : ndarray, shape (n_windows,)
        Share of the seconds of all channels that are flat, clipped or disconnected; NaN where a window is too short.
    power : ndarray, shape (n_sides, n_frequencies, n_windows)
        dB of 1 µV²/Hz, of the mean over the good leads of each side.
    """

    line_length: Reals
    artefacts: Reals
    power: Reals


def measure_windows(
    windows: Signal, sampling_rate: float, leads: DisplayLeads, sides: NDArray[np.bool_], frequencies: Reals
) -> Measures:
    """Measure some windows.

    Parameters
    ----------
    windows : ndarray of float32, shape (n_channels, n_windows, n_samples)
        µV, as recorded, without gaps.
    sampling_rate : float
        Hz.
    leads : DisplayLeads
        In which line length and power are measured; those in which an artefact is seen do not count.
    sides : ndarray of bool, shape (n_sides, n_leads)
        Which leads each side has.
    frequencies : ndarray, shape (n_frequencies,)
        Hz.
    """
    n_channels, n_windows, length = windows.shape
    frame = RULES.frame_length(sampling_rate)
    n_frames = length // frame
    judged = windows[:, :, : n_frames * frame].reshape(n_channels, n_windows * n_frames * frame)
    marked = mark_frames(judged, sampling_rate).reshape(n_channels, n_windows, n_frames) > 0
    shares = marked.mean(axis=(0, 2)) if marked.size else np.full(n_windows, np.nan)
    bad = leads.feels.astype(np.int64) @ marked.any(axis=2) > 0
    seen = multiply_columns(leads.weights.astype(np.float32), windows.reshape(n_channels, -1)).reshape(-1, length)
    lengths = np.abs(np.diff(seen, axis=1)).sum(axis=1) * (sampling_rate / max(1, length - 1))
    power = measure_power(seen, sampling_rate, frequencies).reshape(len(leads.labels), n_windows, -1)
    return Measures(_median_of_good(lengths.reshape(-1, n_windows), bad), shares, _mean_of_sides(power, bad, sides))


def measure_power(signal: Signal, sampling_rate: float, frequencies: Reals) -> NDArray[np.float32]:
    """Return the power spectral density of windows, seen through a Hann window.

    Parameters
    ----------
    signal : ndarray of float32, shape (n_windows, n_samples)
        µV.
    sampling_rate : float
        Hz.
    frequencies : ndarray, shape (n_frequencies,)
        Hz.

    Returns
    -------
    ndarray of float32, shape (n_windows, n_frequencies)
        µV²/Hz.

    Examples
    --------
    >>> alpha = np.sin(2 * np.pi * 10.0 * np.arange(512) / 256.0, dtype=np.float32)
    >>> power = measure_power(20 * alpha[None], 256.0, np.array([5.0, 10.0, 20.0]))
    >>> power.round(1) + 0.0
    array([[  0. , 267.2,   0. ]], dtype=float32)
    """
    waves = _waves(signal.shape[1], sampling_rate, tuple(frequencies.tolist()))
    parts = multiply_rows(signal, waves)
    real, imaginary = parts[:, : len(frequencies)], parts[:, len(frequencies) :]
    return np.asarray(real**2 + imaginary**2, dtype=np.float32)


@functools.lru_cache(maxsize=8)
def _waves(length: int, sampling_rate: float, frequencies: tuple[float, ...]) -> NDArray[np.float32]:
    """Return what each sample adds to the cosine and to the sine of each frequency, shape (length, 2 · n).

    The mean of the window is taken off, it is tapered, and the square of the sum is a density.
    """
    taper = np.hanning(length + 2)[1:-1]
    turns = np.outer(np.arange(length), 2 * np.pi * np.array(frequencies) / sampling_rate)
    waves = taper[:, None] * np.concatenate([np.cos(turns), np.sin(turns)], axis=1)
    waves -= waves.mean(axis=0)
    waves *= np.sqrt(2 / (sampling_rate * np.sum(taper**2)))
    return np.asarray(waves, dtype=np.float32)


def _median_of_good(values: NDArray[np.float32], bad: NDArray[np.bool_]) -> Reals:
    """Return the median over the leads that are not bad, shape (n_windows,); NaN where all are."""
    ordered = np.sort(np.where(bad, np.inf, values), axis=0)
    n_good = (~bad).sum(axis=0)
    middle = np.stack([np.maximum(n_good - 1, 0) // 2, n_good // 2])
    medians = np.take_along_axis(ordered, np.minimum(middle, len(ordered) - 1), axis=0).mean(axis=0)
    return np.where(n_good > 0, medians, np.nan)


def _mean_of_sides(power: NDArray[np.float32], bad: NDArray[np.bool_], sides: NDArray[np.bool_]) -> Reals:
    """Return the mean power over the good leads of each side in dB, shape (n_sides, n_frequencies, n_windows)."""
    means = []
    for side in sides:
        good = (~bad & side[:, None]).astype(np.float32)
        count = good.sum(axis=0)
        total = np.einsum("lwf,lw->fw", power, good)
        means.append(10 * np.log10(total / np.maximum(count, 1) + _QUIETEST))
        means[-1][:, count == 0] = np.nan
    return np.array(means, dtype=np.float64)
