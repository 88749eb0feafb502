"""Line length, also called arc length: how far the pen travels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def line_length(signal: NDArray[np.floating], sampling_rate: float, window: int, hop: int) -> NDArray[np.float64]:
    """Return the line length per second of every whole window.

    Parameters
    ----------
    signal : ndarray, shape (n_channels, n_samples)
        µV.
    sampling_rate : float
        Hz.
    window, hop : int
        Samples; `window` must be a multiple of `hop`, so that windows share the sums of their hops.

    Returns
    -------
    ndarray of float64, shape (n_channels, n_windows, 1)
        µV/s; the steps between neighbouring samples inside the window, added up, over its length.

    References
    ----------
    Esteller et al., Line length: an efficient feature for seizure onset detection, EMBC 2001.

    Examples
    --------
    >>> line_length(np.array([[0.0, 1.0, 0.0, 1.0, 0.0]]), 4.0, window=4, hop=4)
    array([[[3.]]])
    """
    steps = np.abs(np.diff(signal, axis=-1, append=signal[:, -1:]))
    totals = sum_windows(steps, window, hop)
    # The step that leads out of a window is not its own: without it a window is the same in any block.
    leading_out = steps[:, window - 1 :: hop][:, : totals.shape[1]]
    return ((totals - leading_out) * (sampling_rate / window))[:, :, None]


def sum_windows(values: NDArray[np.floating], window: int, hop: int) -> NDArray[np.float64]:
    """Add up `values` over every whole window, hop by hop, shape (n_channels, n_windows).

    Examples
    --------
    >>> sum_windows(np.array([[1.0, 2.0, 3.0, 4.0]]), window=2, hop=1)
    array([[3., 5., 7.]])
    """
    n_hops = values.shape[-1] // hop
    per_hop = values[:, : n_hops * hop].reshape(len(values), n_hops, hop).sum(axis=2, dtype=np.float64)
    overlap = window // hop
    n_windows = max(n_hops - overlap + 1, 0)
    totals = np.zeros((len(values), n_windows))
    for offset in range(overlap):
        totals += per_hop[:, offset : offset + n_windows]
    return totals
