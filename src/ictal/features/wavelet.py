"""Continuous wavelet transforms of numpy or torch arrays, computed at the samples that are kept.

A wavelet is an array of odd length with its middle in the middle. Two families are here: complex Morlet wavelets by
their formula, as mne has them, and wavelets by the procedure of PyWavelets, which reads a table of their running
integral in whole steps and so is off by up to half a sample.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from array_api_compat import array_namespace
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.features.stft import Array

Wavelet: TypeAlias = NDArray[np.complexfloating]

TABLE_POINTS = 2**12
"""Of the table of a running integral in PyWavelets."""

TABLE_END = 8.0
"""Where that table begins and ends."""

REAL_CENTRES = {"morl": 0.8125, "mexh": 0.25}
"""Cycles per unit at which PyWavelets sees these wavelets."""


def cwt(
    signal: Array,
    sampling_rate: float,
    frequencies: Sequence[float] | NDArray[np.floating],
    *,
    n_cycles: float | Sequence[float] = 7.0,
    zero_mean: bool = True,
    hop: int = 1,
) -> Array:
    """Return the transform with complex Morlet wavelets.

    Parameters
    ----------
    signal : array, shape (..., n_samples)
        µV; outside there are zeros.
    sampling_rate : float
        Hz.
    frequencies : sequence of float
        Hz.
    n_cycles : float or sequence of float
        Width of the wavelet, for all frequencies or each.
    zero_mean : bool
        Whether wavelets of few cycles are corrected so that they do not see an offset.
    hop : int
        Samples between two that are kept.

    Returns
    -------
    array of complex, shape (..., n_frequencies, n_kept)
        At the samples 0, hop, 2 hop, …; the others are never computed.

    Raises
    ------
    ParameterError
        If a frequency, a number of cycles or the hop is not positive.

    References
    ----------
    Tallon-Baudry et al., Oscillatory gamma-band activity induced by a visual search task in humans, J. Neurosci. 1997.
    Equal to ``mne.time_frequency.tfr_array_morlet`` with `decim`; longer wavelets than the signal are allowed.

    Examples
    --------
    >>> sine = np.sin(2 * np.pi * 8 * np.arange(1024) / 256)
    >>> abs(cwt(sine, 256.0, [4.0, 8.0, 16.0], hop=256))[:, 2].round(1)
    array([0. , 7.9, 0. ])
    """
    cycles = np.broadcast_to(np.asarray(n_cycles, np.float64), len(frequencies))
    wavelets = [
        make_morlet(frequency, sampling_rate, n, zero_mean=zero_mean)
        for frequency, n in zip(frequencies, cycles, strict=True)
    ]
    return convolve_kept(signal, wavelets, hop)


def cwt_as_pywavelets(
    signal: Array,
    sampling_rate: float,
    frequencies: Sequence[float] | NDArray[np.floating],
    wavelet: str = "cmor1.5-1.0",
    *,
    hop: int = 1,
) -> Array:
    """Return the transform as PyWavelets computes it.

    Parameters
    ----------
    signal : array, shape (..., n_samples)
        µV; outside there are zeros.
    sampling_rate : float
        Hz.
    frequencies : sequence of float
        Hz; a scale is the centre of the wavelet over the frequency, in samples.
    wavelet : str
        ``morl``, ``mexh`` or ``cmorB-C``: complex Morlet of bandwidth B and centre C.
    hop : int
        Samples between two that are kept.

    Returns
    -------
    array of complex, shape (..., n_frequencies, n_kept)
        At the samples 0, hop, 2 hop, …; the imaginary part of real wavelets is 0.

    Raises
    ------
    ParameterError
        If the wavelet is unknown, or a frequency or the hop is not positive.

    References
    ----------
    Lee et al., PyWavelets: A Python package for wavelet analysis, JOSS 2019. Equal to ``pywt.cwt`` of a signal in
    double precision; for single precision it reads its table in rounded steps: at some frequencies another wavelet.

    Examples
    --------
    >>> sine = np.sin(2 * np.pi * 8 * np.arange(1024) / 256)
    >>> abs(cwt_as_pywavelets(sine, 256.0, [4.0, 8.0, 16.0], hop=256))[:, 2].round(1)
    array([0. , 2.8, 0. ])
    """
    wavelets = [make_tabulated(wavelet, frequency, sampling_rate) for frequency in frequencies]
    return convolve_kept(signal, wavelets, hop)


def convolve_kept(signal: Array, wavelets: Sequence[Wavelet], hop: int = 1) -> Array:
    """Return the convolution with each wavelet at every `hop`-th sample, shape (..., n_wavelets, n_kept).

    In the product of two spectra the parts that fall together when samples are left out are added up first, so that the
    inverse transform is as short as what is kept.

    Raises
    ------
    ParameterError
        If the hop is not positive or a wavelet has an even length.

    Examples
    --------
    >>> convolve_kept(np.array([1.0, 0.0, 0.0, 2.0]), [np.array([3.0, 4.0, 5.0])], hop=3).real.round(6)
    array([[4., 8.]])
    """
    if hop < 1:
        raise ParameterError(f"hop: {hop} came; it must be at least 1 sample.")
    if any(len(wavelet) % 2 == 0 for wavelet in wavelets):
        raise ParameterError("wavelets: one of even length came; they must have a middle.")
    xp = array_namespace(signal)
    n_samples = signal.shape[-1]
    seen = [trim_wavelet(wavelet, n_samples - 1) for wavelet in wavelets]
    n_inverse = find_fast_length(-(-(n_samples + max(map(len, seen)) // 2) // hop))
    spectrum = xp.fft.fft(xp.astype(signal, _complex_of(xp, signal)), n=n_inverse * hop)
    rows = []
    for wavelet in seen:
        around_zero = np.zeros(n_inverse * hop, np.complex128)
        around_zero[np.arange(len(wavelet)) - len(wavelet) // 2] = wavelet
        gains = xp.asarray(np.fft.fft(around_zero) / hop, dtype=spectrum.dtype, device=signal.device)
        folded = xp.sum(xp.reshape(spectrum * gains, (*spectrum.shape[:-1], hop, n_inverse)), axis=-2)
        rows.append(xp.fft.ifft(folded)[..., : -(-n_samples // hop)])
    return xp.stack(rows, axis=-2)


def make_morlet(frequency: float, sampling_rate: float, n_cycles: float = 7.0, *, zero_mean: bool = True) -> Wavelet:
    """Return a complex Morlet wavelet out to five standard deviations, with the squared norm 2.

    Raises
    ------
    ParameterError
        If the frequency or the number of cycles is not positive.

    Examples
    --------
    >>> make_morlet(8.0, 256.0).shape
    (357,)
    """
    if not (frequency > 0 and n_cycles > 0):
        raise ParameterError(f"wavelet: {n_cycles:g} cycles of {frequency:g} Hz came; both must be above 0.")
    deviation = n_cycles / (2 * np.pi * frequency)
    reach = int(np.ceil(5 * deviation * sampling_rate)) - 1
    times = np.arange(-reach, reach + 1) / sampling_rate
    offset = np.exp(-2 * (np.pi * frequency * deviation) ** 2) if zero_mean else 0.0
    wavelet = (np.exp(2j * np.pi * frequency * times) - offset) * np.exp(-0.5 * (times / deviation) ** 2)
    scaled: Wavelet = wavelet * (np.sqrt(2) / np.linalg.norm(wavelet))
    return scaled


def make_tabulated(name: str, frequency: float, sampling_rate: float) -> Wavelet:
    """Return a wavelet as the differences of its running integral, read from a table as PyWavelets does.

    Raises
    ------
    ParameterError
        If the name is unknown or the frequency is not positive.

    Examples
    --------
    >>> make_tabulated("morl", 8.0, 256.0).shape
    (419,)
    """
    points = np.linspace(-TABLE_END, TABLE_END, TABLE_POINTS)
    values, centre = _mother_of(name, points)
    if not frequency > 0:
        raise ParameterError(f"wavelet: {frequency:g} Hz came; it must be above 0.")
    step = points[1] - points[0]
    integral = np.conj(np.cumsum(values) * step)
    scale = centre * sampling_rate / frequency
    places = (np.arange(scale * 2 * TABLE_END + 1) / (scale * step)).astype(int)
    read = integral[places[places < TABLE_POINTS]][::-1]
    differences: Wavelet = -np.sqrt(scale) * np.diff(read, prepend=0, append=0)
    return differences if len(differences) % 2 == 1 else np.pad(differences, (1, 0))


def trim_wavelet(wavelet: Wavelet, reach: int) -> Wavelet:
    """Return the middle of a wavelet, at most `reach` samples to each side.

    Examples
    --------
    >>> trim_wavelet(np.arange(7), 2)
    array([1, 2, 3, 4, 5])
    """
    beyond = max(len(wavelet) // 2 - reach, 0)
    return wavelet[beyond : len(wavelet) - beyond]


def find_fast_length(n_samples: int) -> int:
    """Return the smallest product of 2, 3 and 5 that is not below a number: Fourier transforms are fast there.

    Examples
    --------
    >>> [find_fast_length(n) for n in (7, 97, 128)]
    [8, 100, 128]
    """
    length = n_samples
    while True:
        rest = length
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return length
        length += 1


def _mother_of(name: str, points: NDArray[np.float64]) -> tuple[NDArray[np.inexact], float]:
    """Return the values of a wavelet of PyWavelets, and its centre in cycles per unit."""
    complex_morlet = re.fullmatch(r"cmor(\d+\.?\d*)-(\d+\.?\d*)", name)
    if complex_morlet is not None:
        bandwidth, centre = map(float, complex_morlet.groups())
        if bandwidth > 0 and centre > 0:
            envelope = np.exp(-(points**2) / bandwidth) / np.sqrt(np.pi * bandwidth)
            return envelope * np.exp(2j * np.pi * centre * points), centre
    if name not in REAL_CENTRES:
        raise ParameterError(f"wavelet: {name!r} is not allowed; allowed are 'morl', 'mexh' and 'cmor1.5-1.0'.")
    bell = np.exp(-(points**2) / 2)
    values = bell * np.cos(5 * points) if name == "morl" else bell * (1 - points**2) * 2 / (np.sqrt(3) * np.pi**0.25)
    return values, REAL_CENTRES[name]


def _complex_of(xp: Array, signal: Array) -> Array:
    """Return the complex type of the precision of a signal."""
    return xp.complex64 if signal.dtype == xp.float32 else xp.complex128
