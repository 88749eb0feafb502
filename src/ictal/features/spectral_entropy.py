"""Spectral entropy: how evenly power is spread over frequencies."""

from __future__ import annotations

import math

from array_api_compat import array_namespace

from ictal.features.stft import Array
from ictal.features.welch import band_columns, welch

SILENCE = 1e-12
"""µV²/Hz, and share of the power; less counts as this, so that a flat line has an entropy: none."""


def spectral_entropy(
    signal: Array, sampling_rate: float, *, low: float = 0.5, high: float = 50.0, segment: int
) -> Array:
    """Return the entropy of the power spectrum of a signal, between 0 and 1.

    Parameters
    ----------
    signal : array, shape (..., n_samples)
        µV.
    sampling_rate : float
        Hz.
    low, high : float
        Hz; frequencies from the first on and below the second count.
    segment : int
        Samples of a segment of :func:`ictal.features.welch.welch`.

    Returns
    -------
    array, shape (...)
        1 where all frequencies have the same power, 0 where one has it all.

    Raises
    ------
    ParameterError
        If the signal is shorter than a segment, or no frequency of it counts.

    References
    ----------
    Inouye et al., Quantification of EEG irregularity by use of the entropy of the power spectrum, Electroencephalogr.
    Clin. Neurophysiol. 1991.

    Examples
    --------
    >>> import numpy as np
    >>> noise = np.random.default_rng(0).normal(size=25600)
    >>> sine = np.sin(2 * np.pi * 10 * np.arange(25600) / 256)
    >>> [round(float(spectral_entropy(signal, 256.0, segment=512)), 2) for signal in (noise, sine)]
    [1.0, 0.19]
    """
    columns = band_columns(low, high, sampling_rate, segment)
    return measure_entropy(welch(signal, sampling_rate, segment)[..., columns])


def measure_entropy(powers: Array) -> Array:
    """Return Shannon's entropy of shares of power, shape (...) from (..., n), over the highest there can be.

    Examples
    --------
    >>> import numpy as np
    >>> measure_entropy(np.array([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 0.0, 0.0]])).round(6)
    array([1. , 0.5])
    """
    xp = array_namespace(powers)
    total = xp.sum(powers, axis=-1, keepdims=True)
    shares = powers / xp.clip(total, min=SILENCE)
    nats = -xp.sum(shares * xp.log(xp.clip(shares, min=SILENCE)), axis=-1)
    return nats / math.log(max(powers.shape[-1], 2))
