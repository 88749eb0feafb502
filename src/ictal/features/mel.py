"""Mel bands: frequencies in the steps of hearing."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.features.stft import Array, find_frequencies

Values: TypeAlias = NDArray[np.float64]

HERTZ_PER_MEL = 200 / 3
"""Of the Slaney scale, up to `BREAK`."""

BREAK = 1000.0
"""Hz; above it 27 mel are a factor of 6.4."""

MEL_PER_NEPER = 27 / np.log(6.4)


def make_mel_bands(
    n_bands: int,
    n_fft: int,
    sampling_rate: float,
    *,
    low: float = 0.0,
    high: float | None = None,
    htk: bool = False,
    normalised: bool = True,
) -> Values:
    """Return the weights that gather the power of a Fourier transform in mel bands.

    Parameters
    ----------
    n_bands : int
        Triangles, each from the middle of the one before to the middle of the one after.
    n_fft : int
        Points of the transform.
    sampling_rate : float
        Hz.
    low, high : float, optional
        Hz, where the first band begins and the last one ends; half of the sampling rate where `high` is not given.
    htk : bool
        Whether the scale is that of HTK. That of Slaney's toolbox is linear below 1000 Hz, which is all of EEG.
    normalised : bool
        Whether each triangle has the area 1 (over Hz) and not the height 1.

    Returns
    -------
    ndarray, shape (n_bands, n_fft // 2 + 1)
        Bands narrower than the steps of the transform may be empty.

    Raises
    ------
    ParameterError
        If the band is empty or there is none.

    References
    ----------
    Slaney, Auditory Toolbox, 1998; Young et al., The HTK Book. Equal to ``librosa.filters.mel``.

    Examples
    --------
    >>> make_mel_bands(2, 8, 8.0, normalised=False).round(2)
    array([[0.  , 0.75, 0.5 , 0.  , 0.  ],
           [0.  , 0.  , 0.5 , 0.75, 0.  ]])
    """
    end = sampling_rate / 2 if high is None else high
    if n_bands < 1 or not 0 <= low < end:
        raise ParameterError(
            f"mel: {n_bands} bands from {low:g} to {end:g} Hz came; allowed is at least one band and 0 ≤ low < high."
        )
    corners = find_mel_corners(n_bands, low, end, htk=htk)
    widths = np.diff(corners)
    ramps = corners[:, None] - find_frequencies(n_fft, sampling_rate)
    rising, falling = -ramps[:-2] / widths[:-1, None], ramps[2:] / widths[1:, None]
    triangles = np.minimum(rising, falling)
    bands = np.where(triangles > 0, triangles, 0.0)
    return bands * (2.0 / (corners[2:] - corners[:-2]))[:, None] if normalised else bands


def find_mel_corners(n_bands: int, low: float, high: float, *, htk: bool = False) -> Values:
    """Return where mel bands begin, are highest and end: band ``i`` at the corners ``i``, ``i + 1`` and ``i + 2``, Hz.

    Examples
    --------
    >>> find_mel_corners(3, 0.0, 40.0).round(6).tolist()
    [0.0, 10.0, 20.0, 30.0, 40.0]
    """
    lowest, highest = hertz_to_mel(np.array([low, high]), htk=htk)
    return mel_to_hertz(np.linspace(lowest, highest, n_bands + 2), htk=htk)


def gather_bands(power: Array, bands: Values) -> Array:
    """Return the power of bands, shape (..., n_bands, n_segments), from that of frequencies.

    Parameters
    ----------
    power : array, shape (..., n_frequencies, n_segments)
        For example ``power_of(stft(signal, window, hop))``.
    bands : ndarray, shape (n_bands, n_frequencies)
        From :func:`make_mel_bands`.

    Examples
    --------
    >>> gather_bands(np.ones((5, 1)), make_mel_bands(2, 8, 8.0, normalised=False))
    array([[1.25],
           [1.25]])
    """
    xp = array_namespace(power)
    return xp.asarray(bands, dtype=power.dtype, device=power.device) @ power


def hertz_to_mel(frequencies: Values, *, htk: bool = False) -> Values:
    """Return mel from Hz.

    Examples
    --------
    >>> hertz_to_mel(np.array([200.0, 6400.0])).round(6).tolist()
    [3.0, 42.0]
    """
    if htk:
        return np.log10(1 + frequencies / 700) * 2595
    above = BREAK / HERTZ_PER_MEL + np.log(np.maximum(frequencies, BREAK) / BREAK) * MEL_PER_NEPER
    return np.where(frequencies < BREAK, frequencies / HERTZ_PER_MEL, above)


def mel_to_hertz(mel: Values, *, htk: bool = False) -> Values:
    """Return Hz from mel.

    Examples
    --------
    >>> mel_to_hertz(np.array([3.0, 42.0])).round(6).tolist()
    [200.0, 6400.0]
    """
    if htk:
        return 700 * (10.0 ** (mel / 2595) - 1)
    above = BREAK * np.exp((np.maximum(mel, BREAK / HERTZ_PER_MEL) - BREAK / HERTZ_PER_MEL) / MEL_PER_NEPER)
    return np.where(mel < BREAK / HERTZ_PER_MEL, mel * HERTZ_PER_MEL, above)
