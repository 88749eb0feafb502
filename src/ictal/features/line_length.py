"""Line length, also called arc length: how far the pen travels."""

from __future__ import annotations

from array_api_compat import array_namespace, is_numpy_array

from ictal.features.stft import Array


def line_length(signal: Array, sampling_rate: float, window: int, hop: int) -> Array:
    """Return the line length per second of every whole window.

    Parameters
    ----------
    signal : array, shape (..., n_samples)
        µV.
    sampling_rate : float
        Hz.
    window, hop : int
        Samples; `window` must be a multiple of `hop`, so that windows share the sums of their hops.

    Returns
    -------
    array, shape (..., n_windows, 1)
        µV/s; the steps between neighbouring samples inside the window, added up, over its length. In the precision of
        :func:`sum_windows`.

    References
    ----------
    Esteller et al., Line length: an efficient feature for seizure onset detection, EMBC 2001.

    Examples
    --------
    >>> import numpy as np
    >>> line_length(np.array([[0.0, 1.0, 0.0, 1.0, 0.0]]), 4.0, window=4, hop=4)
    array([[[3.]]])
    """
    xp = array_namespace(signal)
    steps = xp.abs(xp.diff(signal, axis=-1, append=signal[..., -1:]))
    totals = sum_windows(steps, window, hop)
    # The step that leads out of a window is not its own: without it a window is the same in any block.
    leading_out = steps[..., window - 1 :: hop][..., : totals.shape[-1]]
    return ((totals - leading_out) * (sampling_rate / window))[..., None]


def sum_windows(values: Array, window: int, hop: int) -> Array:
    """Add up `values` over every whole window, hop by hop, shape (..., n_windows).

    Sums of numpy arrays are in double precision; those of torch stay in their own, as not every device has another.

    Examples
    --------
    >>> import numpy as np
    >>> sum_windows(np.array([[1.0, 2.0, 3.0, 4.0]]), window=2, hop=1)
    array([[3., 5., 7.]])
    """
    xp = array_namespace(values)
    n_hops = values.shape[-1] // hop
    hops = xp.reshape(values[..., : n_hops * hop], (*values.shape[:-1], n_hops, hop))
    per_hop = xp.sum(hops, axis=-1, dtype=xp.float64 if is_numpy_array(values) else None)
    overlap = window // hop
    n_windows = max(n_hops - overlap + 1, 0)
    return sum(per_hop[..., offset : offset + n_windows] for offset in range(overlap))
