"""Sharp deflections, counted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


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
