"""Gaussian noise of any spectrum: in one piece, or endless and readable anywhere.

All of it is computed in double precision, so that another processor's rounding does not reach the 16 bits of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Power = Callable[[Floats], Floats]
"""Power, on any scale, at frequencies in Hz."""

HIGH_PASS = 0.16
"""Hz; the usual time constant of 1 s of a clinical amplifier."""

_INAUDIBLE = 1e-12
"""Power, as a share of the largest, below which a frequency is left out."""

_BLOCK_SECONDS = 64.0
_FADE_SHARE = 1 / 16


def shaped_noise(n_rows: int, n_samples: int, sampling_rate: float, power: Power, rng: np.random.Generator) -> Floats:
    """Return independent rows of Gaussian noise with a given power spectrum and a root mean square of 1.

    The random spectrum is drawn directly, at the frequencies that matter, so that one inverse transform a row is all
    it takes.

    Parameters
    ----------
    n_rows, n_samples : int
    sampling_rate : float
        Hz.
    power : callable
        Power at each frequency of an array in Hz.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n_rows, n_samples)

    Examples
    --------
    >>> shaped_noise(2, 1000, 100.0, narrow_power(10.0, 0.5), np.random.default_rng(0)).shape
    (2, 1000)
    """
    from scipy import fft

    length = fft.next_fast_len(max(n_samples, 2), real=True)
    density = power(np.asarray(fft.rfftfreq(length, 1 / sampling_rate), dtype=np.float64))
    density[0] = 0.0
    heard = density > _INAUDIBLE * density.max()
    amplitude = np.sqrt(density[heard] / density.sum()) * length / 2
    spectrum = np.zeros((n_rows, len(density)), dtype=np.complex128)
    spectrum[:, heard] = amplitude * rng.standard_normal((n_rows, 2 * len(amplitude))).view(np.complex128)
    noise: Floats = np.asarray(fft.irfft(spectrum, length, axis=1))[:, :n_samples]
    return noise


class Noise:
    """Endless rows of Gaussian noise with a root mean square of 1, the same wherever and in whatever order it is read.

    It is made in blocks of about a minute, each from a seed of its own, that fade into each other with constant power.

    Parameters
    ----------
    n_rows : int
    sampling_rate : float
        Hz.
    power : callable
        Power at each frequency of an array in Hz; nothing slower than 1/64 Hz is made.
    seed : sequence of int
        Each 0 or more.

    Examples
    --------
    >>> noise = Noise(2, 256.0, background_power(2.0), seed=[7])
    >>> late = noise.read(100_000, 100_100)
    >>> bool(np.array_equal(late, noise.read(99_000, 101_000)[:, 1000:1100]))
    True
    """

    def __init__(self, n_rows: int, sampling_rate: float, power: Power, seed: Sequence[int]) -> None:
        from scipy import fft

        self._shape = (n_rows, fft.next_fast_len(round(_BLOCK_SECONDS * sampling_rate), real=True))
        self._sampling_rate = sampling_rate
        self._power = power
        self._seed = tuple(seed)
        self._blocks: dict[int, Floats] = {}

    def read(self, first: int, last: int) -> Floats:
        """Return samples ``[first, last)`` of every row, shape (n_rows, last - first)."""
        n_rows, length = self._shape
        hop = length - self._fade_length
        rows = np.zeros((n_rows, last - first))
        for number in range((first - self._fade_length) // hop, (last - 1) // hop + 1):
            start = number * hop
            low, high = max(first, start), min(last, start + length)
            if low < high:
                rows[:, low - first : high - first] += self._block(number)[:, low - start : high - start]
        return rows

    @property
    def _fade_length(self) -> int:
        return round(_FADE_SHARE * self._shape[1])

    def _block(self, number: int) -> Floats:
        if number not in self._blocks:
            self._blocks = {kept: block for kept, block in self._blocks.items() if kept == number - 1}
            self._blocks[number] = self._make(number)
        return self._blocks[number]

    def _make(self, number: int) -> Floats:
        # The block before the first one has number -1.
        rng = np.random.default_rng([*self._seed, number + 1])
        n_rows, length = self._shape
        block = shaped_noise(n_rows, length, self._sampling_rate, self._power, rng)
        fade = np.sin(0.5 * np.pi * (np.arange(self._fade_length) + 0.5) / self._fade_length)
        block[:, : len(fade)] *= fade
        block[:, -len(fade) :] *= fade[::-1]
        return block


def background_power(exponent: float, knee: float = 1.0) -> Power:
    """Return the 1/f spectrum of resting cortex, flat below the knee, seen through an amplifier's high-pass.

    Parameters
    ----------
    exponent : float
        Power falls as ``f ** -exponent``.
    knee : float
        Hz.

    References
    ----------
    Donoghue et al., Parameterizing neural power spectra into periodic and aperiodic components, Nat. Neurosci. 2020.
    """

    def power(frequencies: Floats) -> Floats:
        squared = frequencies**2
        through_amplifier: Floats = squared / (squared + HIGH_PASS**2)
        return through_amplifier * (knee**2 + squared) ** (-exponent / 2)

    return power


def narrow_power(frequency: float, bandwidth: float) -> Power:
    """Return a narrow peak, whose noise waxes and wanes as alpha and theta do.

    Parameters
    ----------
    frequency, bandwidth : float
        Centre and standard deviation in Hz; spindles last about ``1 / (2 * bandwidth)`` s.
    """
    return lambda frequencies: np.exp(-0.5 * ((frequencies - frequency) / bandwidth) ** 2)


def muscle_power(peak: float = 70.0) -> Power:
    """Return the broad hump of the surface electromyogram, with its peak in Hz."""
    return lambda frequencies: (frequencies / peak) ** 4 * np.exp(4 * (1 - frequencies / peak))


def white_power(frequencies: Floats) -> Floats:
    """Return the same power at every frequency."""
    return np.ones_like(frequencies)
