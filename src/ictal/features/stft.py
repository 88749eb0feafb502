"""The short-time Fourier transform of numpy or torch arrays."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import numpy as np
from array_api_compat import array_namespace, is_torch_array
from numpy.typing import NDArray

from ictal.core.errors import ParameterError, check_option

Array: TypeAlias = Any
"""A numpy array or a torch tensor; what goes in comes out."""

Scaling: TypeAlias = Literal["spectrum", "density", "none"]


def stft(
    signal: Array,
    window: NDArray[np.floating],
    hop: int,
    *,
    n_fft: int | None = None,
    scaling: Scaling = "spectrum",
    sampling_rate: float = 1.0,
    remove_mean: bool = False,
) -> Array:
    """Return the Fourier transform of every whole segment of a signal.

    Parameters
    ----------
    signal : array, shape (..., n_samples)
        µV. To have segments centred on the samples instead, see :func:`pad_centred`.
    window : ndarray, shape (length,)
        Weights of a segment, for example :func:`hann`.
    hop : int
        Samples between the starts of two segments.
    n_fft : int, optional
        Points of the transform, segments being filled up with zeros; the length of a segment where it is not given.
    scaling : {"spectrum", "density", "none"}
        Of a sine of amplitude A the spectrum is A/2; the square of a density is µV²/Hz, of both sides.
    sampling_rate : float
        Hz; used by densities alone.
    remove_mean : bool
        Whether each segment loses its mean first.

    Returns
    -------
    array of complex, shape (..., n_frequencies, n_segments)
        Row ``i`` is the frequency ``i * sampling_rate / n_fft``.

    Raises
    ------
    ParameterError
        If the hop is no positive number, the window is longer than the signal or than `n_fft`, or the scaling unknown.

    References
    ----------
    Scaled as ``scipy.signal.stft``; "none" is the scale of librosa.

    Examples
    --------
    >>> sine = 10 * np.cos(2 * np.pi * 8 * np.arange(256) / 256)
    >>> abs(stft(sine, hann(128), hop=64)).round(3)[:6]
    array([[0. , 0. , 0. ],
           [0. , 0. , 0. ],
           [0. , 0. , 0. ],
           [2.5, 2.5, 2.5],
           [5. , 5. , 5. ],
           [2.5, 2.5, 2.5]])
    """
    n_points = len(window) if n_fft is None else n_fft
    if len(window) > n_points:
        raise ParameterError(f"n_fft: {n_points} points came for a window of {len(window)}; it must not be smaller.")
    xp = array_namespace(signal)
    segments = cut_segments(signal, len(window), hop)
    if remove_mean:
        segments = segments - xp.mean(segments, axis=-1, keepdims=True)
    weights = window * find_scale(window, scaling, sampling_rate)
    spectra = xp.fft.rfft(segments * _like(weights, signal), n=n_points)
    return xp.permute_dims(spectra, (*range(spectra.ndim - 2), spectra.ndim - 1, spectra.ndim - 2))


def power_of(spectra: Array) -> Array:
    """Return the squared magnitude of complex numbers.

    Examples
    --------
    >>> power_of(np.array([3 + 4j]))
    array([25.])
    """
    xp = array_namespace(spectra)
    return xp.real(spectra) ** 2 + xp.imag(spectra) ** 2


def cut_segments(signal: Array, length: int, hop: int) -> Array:
    """Return every whole segment, shape (..., n_segments, length), as a view of the signal.

    Raises
    ------
    ParameterError
        If the signal is shorter than a segment, or the hop or the length is no positive number.

    Examples
    --------
    >>> cut_segments(np.arange(5), length=3, hop=2)
    array([[0, 1, 2],
           [2, 3, 4]])
    """
    if hop < 1 or length < 1:
        raise ParameterError(f"segments: length {length} and hop {hop} came; both must be at least 1 sample.")
    if signal.shape[-1] < length:
        raise ParameterError(f"signal: {signal.shape[-1]} samples came; a segment of {length} does not fit in.")
    if is_torch_array(signal):
        return signal.unfold(-1, length, hop)
    return np.lib.stride_tricks.sliding_window_view(signal, length, axis=-1)[..., ::hop, :]


def pad_centred(signal: Array, length: int, hop: int) -> Array:
    """Return a signal with zeros around it, so that segments are centred on the samples 0, hop, 2 hop, …

    At the end there are so many zeros that no sample is left out, as ``scipy.signal.stft`` does it.

    Examples
    --------
    >>> pad_centred(np.ones(3), length=4, hop=4)
    array([0., 0., 1., 1., 1., 0., 0., 0.])
    """
    xp = array_namespace(signal)
    around = length // 2
    filling = -(signal.shape[-1] + 2 * around - length) % hop
    before, after = (
        xp.zeros((*signal.shape[:-1], n), dtype=signal.dtype, device=signal.device) for n in (around, around + filling)
    )
    return xp.concat([before, signal, after], axis=-1)


def hann(length: int) -> NDArray[np.float64]:
    """Return the periodic Hann window.

    Examples
    --------
    >>> hann(4).round(3).tolist()
    [0.0, 0.5, 1.0, 0.5]
    """
    return 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)


def find_scale(window: NDArray[np.floating], scaling: Scaling, sampling_rate: float = 1.0) -> float:
    """Return what a window is multiplied with.

    Raises
    ------
    ParameterError
        If the scaling is unknown.

    Examples
    --------
    >>> find_scale(hann(128), "spectrum")
    0.015625
    """
    check_option("scaling", scaling, ("spectrum", "density", "none"))
    if scaling == "spectrum":
        return float(1 / window.sum())
    return float(1 / np.sqrt(sampling_rate * (window**2).sum())) if scaling == "density" else 1.0


def find_frequencies(n_fft: int, sampling_rate: float) -> NDArray[np.float64]:
    """Return the frequencies of the rows of a transform, Hz.

    Examples
    --------
    >>> find_frequencies(4, 256.0).tolist()
    [0.0, 64.0, 128.0]
    """
    return np.arange(n_fft // 2 + 1, dtype=np.float64) * (sampling_rate / n_fft)


def _like(values: NDArray[np.floating], signal: Array) -> Array:
    """Return numbers of the kind, the precision and the place of a signal; whole numbers have no precision."""
    xp = array_namespace(signal)
    precision = signal.dtype if xp.isdtype(signal.dtype, "real floating") else xp.float64
    return xp.asarray(values, dtype=precision, device=signal.device)
