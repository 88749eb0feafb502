"""Sharp deflections, counted."""

from __future__ import annotations

from array_api_compat import array_namespace, is_numpy_array, is_torch_array

from ictal.features.line_length import line_length, sum_windows
from ictal.features.stft import Array

SPIKE_SPACING = 1 / 16
"""Seconds; deflections closer than this are one. Rodent spike-wave runs at up to 9 Hz, below one spike in two bins."""

GAUSSIAN_MEDIAN = 0.6745
"""Half of all Gaussian noise is smaller than so many standard deviations."""


def spike_rate(signal: Array, sampling_rate: float, *, height: float = 4.0) -> Array:
    """Return how many spikes a second a window has.

    Parameters
    ----------
    signal : array, shape (..., n_samples)
        One window, without offset, in any unit.
    sampling_rate : float
        Hz.
    height : float
        A deflection of either polarity is a spike from this many times the standard deviation of the background, which
        is told from the median of absolute values: spikes hardly move it, whatever they are.

    Returns
    -------
    array, shape (...)
        Spikes per second.

    References
    ----------
    Quian Quiroga, Nadasdy and Ben-Shaul, Unsupervised spike detection and sorting with wavelets and superparamagnetic
    clustering, Neural Computation 2004, section 2.1: the threshold.

    Examples
    --------
    >>> import numpy as np
    >>> noise = np.random.default_rng(0).normal(size=512)
    >>> spike_rate(noise + 50 * (np.arange(512) % 64 == 32), 256.0)
    np.float64(4.0)
    """
    xp = array_namespace(signal)
    peaks = peak_heights(signal, _bin_length(sampling_rate))
    background = _median(xp.abs(signal)) / GAUSSIAN_MEDIAN
    spikes = peaks > (height * background)[..., None]
    return xp.sum(xp.astype(spikes, peaks.dtype), axis=-1) * (sampling_rate / signal.shape[-1])


def arc_and_spikes(signal: Array, sampling_rate: float, window: int, hop: int) -> Array:
    """Return what the rule of arc length and spike count looks at, for every whole window.

    Parameters
    ----------
    signal : array, shape (..., n_samples)
        µV, without offset.
    sampling_rate : float
        Hz.
    window, hop : int
        Samples; `window` must be a multiple of `hop`.

    Returns
    -------
    array, shape (..., n_windows, 2 + n_bins)
        The arc length in µV/s, the mean absolute value in µV, and the height in µV of each deflection of the window,
        0 in bins without one.

    Examples
    --------
    >>> import numpy as np
    >>> arc_and_spikes(np.eye(1, 32, 16) * 100.0, 32.0, window=32, hop=32).max()
    np.float64(200.0)
    """
    xp = array_namespace(signal)
    arcs = line_length(signal, sampling_rate, window, hop)
    sizes = sum_windows(xp.abs(signal), window, hop)[..., None] / window
    bin_length = _bin_length(sampling_rate)
    starts = range(0, arcs.shape[-2] * hop, hop)
    peaks = [peak_heights(signal[..., start : start + window], bin_length) for start in starts]
    heights = xp.stack(peaks, axis=-2) if peaks else xp.zeros((*arcs.shape[:-1], window // bin_length))
    return xp.concat([arcs, sizes, heights], axis=-1)


def peak_heights(signal: Array, bin_length: int) -> Array:
    """Return the height of the deflections, at most one in two neighbouring bins.

    Parameters
    ----------
    signal : array, shape (..., n_samples)
        µV, without offset.
    bin_length : int
        Samples; spikes closer than this are one.

    Returns
    -------
    array, shape (..., n_bins)
        The largest absolute value of a bin where it is larger than that of the bin before and not smaller than that of
        the bin after; 0 elsewhere. In the precision of :func:`ictal.features.line_length.sum_windows`.

    Examples
    --------
    >>> import numpy as np
    >>> peak_heights(np.array([[0.0, 5.0, 1.0, 0.0, 0.0, -3.0]]), bin_length=2)
    array([[5., 0., 3.]])
    """
    xp = array_namespace(signal)
    n_bins = signal.shape[-1] // bin_length
    cut = xp.reshape(xp.abs(signal[..., : n_bins * bin_length]), (*signal.shape[:-1], n_bins, bin_length))
    bins = xp.max(cut, axis=-1)
    outside = xp.zeros(
        (*bins.shape[:-1], 1), dtype=xp.float64 if is_numpy_array(bins) else bins.dtype, device=bins.device
    )
    framed = xp.concat([outside, xp.astype(bins, outside.dtype), outside], axis=-1)
    middle, before, after = framed[..., 1:-1], framed[..., :-2], framed[..., 2:]
    return xp.where((middle > before) & (middle >= after), middle, 0.0)


def _median(values: Array) -> Array:
    """Return the median of the last axis; of an even number of values, the mean of the two in the middle."""
    # Of the ways to sort that arrays share, the exporter of torch knows none.
    ordered = values.sort(dim=-1).values if is_torch_array(values) else array_namespace(values).sort(values, axis=-1)
    n_values = values.shape[-1]
    return (ordered[..., (n_values - 1) // 2] + ordered[..., n_values // 2]) / 2


def _bin_length(sampling_rate: float) -> int:
    """Return the samples of a bin that holds at most one spike."""
    return max(round(SPIKE_SPACING * sampling_rate), 1)
