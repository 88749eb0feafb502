"""Hjorth's three parameters: size, speed and variety of a signal, told in the time domain."""

from __future__ import annotations

from array_api_compat import array_namespace

from ictal.features.stft import Array

STILL = 1e-12
"""µV², and squared ratio; less counts as this, so that a flat line has parameters."""


def hjorth(signal: Array, sampling_rate: float) -> Array:
    """Return activity, mobility and complexity of a signal.

    Parameters
    ----------
    signal : array, shape (..., n_samples)
        µV, at least 3 samples.
    sampling_rate : float
        Hz.

    Returns
    -------
    array, shape (..., 3)
        The variance in µV²; the standard deviation of the slope over that of the signal in 1/s, for a sine 2π times its
        frequency; and the mobility of the slope over that of the signal, for a sine 1 and for all else more.

    References
    ----------
    Hjorth, EEG analysis based on time domain properties, Electroencephalogr. Clin. Neurophysiol. 1970. Slopes are
    differences of neighbouring samples.

    Examples
    --------
    >>> import numpy as np
    >>> sine = 10 * np.sin(2 * np.pi * 2 * np.arange(2560) / 256)
    >>> (hjorth(sine, 256.0) / [1.0, 2 * np.pi, 1.0]).round(2)
    array([50.,  2.,  1.])
    """
    xp = array_namespace(signal)
    slope = (signal[..., 1:] - signal[..., :-1]) * sampling_rate
    bend = (slope[..., 1:] - slope[..., :-1]) * sampling_rate
    activity, of_slope, of_bend = (xp.clip(xp.var(values, axis=-1), min=STILL) for values in (signal, slope, bend))
    mobility = xp.sqrt(of_slope / activity)
    return xp.stack([activity, mobility, xp.sqrt(of_bend / of_slope) / mobility], axis=-1)
