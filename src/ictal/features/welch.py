"""Welch's estimate of the power spectrum, as one product of matrices."""

from __future__ import annotations

import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.features.stft import Array, cut_segments, find_frequencies, find_scale, hann


def welch(signal: Array, sampling_rate: float, segment: int, *, basis: Array | None = None) -> Array:
    """Return the power spectrum of a signal: the mean over its segments, which overlap by half.

    The Fourier transform is a product with cosines and sines: exported graphs have no other, and segments are short.

    Parameters
    ----------
    signal : array, shape (..., n_samples)
        µV.
    sampling_rate : float
        Hz.
    segment : int
        Samples of a segment; each loses its mean and is weighted with a Hann window.
    basis : array, optional
        What :func:`make_basis` returns, as an array of the signal's kind; made anew where it is not given.

    Returns
    -------
    array, shape (..., n_frequencies)
        µV²/Hz, one-sided; column ``i`` is the frequency ``i * sampling_rate / segment``.

    Raises
    ------
    ParameterError
        If the signal is shorter than a segment.

    References
    ----------
    Welch, The use of fast Fourier transform for the estimation of power spectra, IEEE Trans. Audio Electroacoustics
    1967. Equal to ``scipy.signal.welch``.

    Examples
    --------
    >>> sine = 10 * np.sin(2 * np.pi * 8 * np.arange(512) / 256)
    >>> round(float(welch(sine, 256.0, segment=256).sum()), 3)
    50.0
    """
    xp = array_namespace(signal)
    segments = cut_segments(signal, segment, segment - segment // 2)
    centred = segments - xp.mean(segments, axis=-1, keepdims=True)
    if basis is None:
        basis = xp.asarray(make_basis(sampling_rate, segment), dtype=signal.dtype, device=signal.device)
    waves = xp.matmul(centred, basis)
    n_frequencies = segment // 2 + 1
    power = waves[..., :n_frequencies] ** 2 + waves[..., n_frequencies:] ** 2
    return xp.mean(power, axis=-2)


def make_basis(sampling_rate: float, segment: int) -> NDArray[np.float64]:
    """Return weighted cosines, and beside them sines, shape (segment, 2 n_frequencies).

    Examples
    --------
    >>> make_basis(256.0, segment=256).shape
    (256, 258)
    """
    window = hann(segment)
    turns = np.outer(np.arange(segment), np.arange(segment // 2 + 1)) % segment / segment
    both_sides = np.where((turns[1] > 0) & (turns[1] < 0.5), np.sqrt(2.0), 1.0)
    weights = window[:, None] * both_sides * find_scale(window, "density", sampling_rate)
    return np.concatenate([weights * np.cos(2 * np.pi * turns), weights * np.sin(2 * np.pi * turns)], axis=1)


def band_columns(low: float, high: float, sampling_rate: float, segment: int) -> slice:
    """Return the columns of a power spectrum whose frequencies are at least `low` and below `high`.

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> band_columns(8.0, 13.0, 256.0, segment=512)
    slice(16, 26, None)
    """
    frequencies = find_frequencies(segment, sampling_rate)
    first, last = (int(i) for i in np.searchsorted(frequencies, [low - 1e-9, high - 1e-9]))
    if first >= last:
        raise ParameterError(
            f"band: {low:g} to {high:g} Hz came; none of the frequencies of segments of {segment} samples at "
            f"{sampling_rate:g} Hz, every {sampling_rate / segment:g} Hz up to {frequencies[-1]:g} Hz, is inside."
        )
    return slice(first, last)
