"""Sharp deflections, counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ictal.features.line_length import line_length, sum_windows

SPIKE_SPACING = 1 / 16
"""Seconds; deflections closer than this are one. Rodent spike-wave runs at up to 9 Hz, below one spike in two bins."""


def arc_and_spikes(signal: NDArray[np.floating], sampling_rate: float, window: int, hop: int) -> NDArray[np.float64]:
    """Return what the rule of arc length and spike count looks at, for every whole window.

    Parameters
    ----------
    signal : ndarray, shape (n_channels, n_samples)
        µV, without offset.
    sampling_rate : float
        Hz.
    window, hop : int
        Samples; `window` must be a multiple of `hop`.

    Returns
    -------
    ndarray of float64, shape (n_channels, n_windows, 2 + n_bins)
        The arc length in µV/s, the mean absolute value in µV, and the height in µV of each deflection of the window,
        0 in bins without one.

    Examples
    --------
    >>> arc_and_spikes(np.eye(1, 32, 16) * 100.0, 32.0, window=32, hop=32).max()
    np.float64(200.0)
    """
    arcs = line_length(signal, sampling_rate, window, hop)
    sizes = sum_windows(np.abs(signal), window, hop)[:, :, None] / window
    bin_length = max(round(SPIKE_SPACING * sampling_rate), 1)
    peaks = [peak_heights(signal[:, i * hop : i * hop + window], bin_length) for i in range(arcs.shape[1])]
    heights = np.stack(peaks, axis=1) if peaks else np.zeros((len(signal), 0, window // bin_length))
    return np.concatenate([arcs, sizes, heights], axis=2)


def peak_heights(signal: NDArray[np.floating], bin_length: int) -> NDArray[np.float64]:
    """Return the height of the deflections, at most one in two neighbouring bins.

    Parameters
    ----------
    signal : ndarray, shape (n_channels, n_samples)
        µV, without offset.
    bin_length : int
        Samples; spikes closer than this are one.

    Returns
    -------
    ndarray of float64, shape (n_channels, n_bins)
        The largest absolute value of a bin where it is larger than that of the bin before and not smaller than that of
        the bin after; 0 elsewhere.

    Examples
    --------
    >>> peak_heights(np.array([[0.0, 5.0, 1.0, 0.0, 0.0, -3.0]]), bin_length=2)
    array([[5., 0., 3.]])
    """
    n_bins = signal.shape[-1] // bin_length
    bins = np.abs(signal[:, : n_bins * bin_length]).reshape(len(signal), n_bins, bin_length).max(axis=2)
    framed = np.pad(bins.astype(np.float64), ((0, 0), (1, 1)))
    middle, before, after = framed[:, 1:-1], framed[:, :-2], framed[:, 2:]
    return np.where((middle > before) & (middle >= after), middle, 0.0)
