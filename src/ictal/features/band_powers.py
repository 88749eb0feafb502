"""The power of the bands of the EEG."""

from __future__ import annotations

from collections.abc import Iterable

from array_api_compat import array_namespace

from ictal.features.stft import Array
from ictal.features.welch import band_columns, welch

BANDS: dict[str, tuple[float, float]] = {
    "delta": (0.5, 4.0),
    "theta": (4.0, 8.0),
    "alpha": (8.0, 13.0),
    "beta": (13.0, 30.0),
    "gamma": (30.0, 50.0),
}
"""Hz. Kane et al., A revised glossary of terms most commonly used by clinical electroencephalographers, Clin.
Neurophysiol. Practice 2017; without gaps between them, and gamma up to where the mains begin."""


def band_powers(
    signal: Array, sampling_rate: float, bands: Iterable[tuple[float, float]] = tuple(BANDS.values()), *, segment: int
) -> Array:
    """Return the power of a signal in bands.

    Parameters
    ----------
    signal : array, shape (..., n_samples)
        µV.
    sampling_rate : float
        Hz.
    bands : iterable of (float, float)
        Hz; each from its first frequency on and below its second.
    segment : int
        Samples of a segment of :func:`ictal.features.welch.welch`.

    Returns
    -------
    array, shape (..., n_bands)
        µV²; of a sine of amplitude A, A²/2.

    Raises
    ------
    ParameterError
        If the signal is shorter than a segment, or a band has no frequency of it.

    Examples
    --------
    >>> import numpy as np
    >>> sine = 10 * np.sin(2 * np.pi * 10 * np.arange(1024) / 256)
    >>> band_powers(sine, 256.0, segment=512).round(3)
    array([ 0.,  0., 50.,  0.,  0.])
    """
    return sum_bands(welch(signal, sampling_rate, segment), bands, sampling_rate, segment)


def sum_bands(spectrum: Array, bands: Iterable[tuple[float, float]], sampling_rate: float, segment: int) -> Array:
    """Return the power in bands, shape (..., n_bands), from a spectrum of shape (..., n_frequencies) in µV²/Hz.

    Examples
    --------
    >>> import numpy as np
    >>> sum_bands(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), [(1.0, 3.0)], sampling_rate=8.0, segment=8)
    array([5.])
    """
    xp = array_namespace(spectrum)
    sums = [xp.sum(spectrum[..., band_columns(*band, sampling_rate, segment)], axis=-1) for band in bands]
    return xp.stack(sums, axis=-1) * (sampling_rate / segment)
