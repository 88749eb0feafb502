"""Time courses of what the phantom's sources do: rhythms, noise, blinks, muscle, mains.

Each is a pure function of a random generator and a few physiological numbers; the head says where it is seen.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.recording import Signal

Floats = NDArray[np.float64]
Power = Callable[[Floats], Floats]
"""Power, on any scale, at frequencies in Hz."""

_HIGH_PASS = 0.16
"""Hz; the usual time constant of 1 s of a clinical amplifier."""


def shaped_noise(n_rows: int, n_samples: int, sampling_rate: float, power: Power, rng: np.random.Generator) -> Signal:
    """Return independent rows of Gaussian noise with a given power spectrum and a root mean square of 1.

    The random spectrum is drawn directly, so that one inverse transform a row is all it takes.

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
    ndarray of float32, shape (n_rows, n_samples)

    Examples
    --------
    >>> noise = shaped_noise(2, 1000, 100.0, narrow_power(10.0, 0.5), np.random.default_rng(0))
    >>> noise.shape, noise.dtype
    ((2, 1000), dtype('float32'))
    """
    from scipy import fft

    length = fft.next_fast_len(n_samples, real=True)
    density = power(np.asarray(fft.rfftfreq(length, 1 / sampling_rate), dtype=np.float64))
    density[0] = 0.0
    amplitude = (np.sqrt(density / density.sum()) * length / 2).astype(np.float32)
    rows = np.empty((n_rows, n_samples), dtype=np.float32)
    for row in rows:
        spectrum = rng.standard_normal(2 * len(amplitude), dtype=np.float32).view(np.complex64)
        spectrum *= amplitude
        row[:] = fft.irfft(spectrum, length)[:n_samples]
    return rows


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
        through_amplifier: Floats = squared / (squared + _HIGH_PASS**2)
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


def slow_gain(n_samples: int, sampling_rate: float, spread: float, seconds: float, rng: np.random.Generator) -> Signal:
    """Return a gain around 1 that drifts over `seconds`, log-normal with standard deviation `spread`.

    Returns
    -------
    ndarray of float32, shape (n_samples,)
    """
    knots = int(n_samples / sampling_rate) + 2
    drift = shaped_noise(1, knots, 1.0, lambda f: 1 / (f**2 + (1 / seconds) ** 2), rng)[0]
    return interpolate_track(np.arange(knots), np.exp(spread * drift), n_samples, sampling_rate)


def interpolate_track(times: ArrayLike, values: ArrayLike, n_samples: int, rate: float) -> Signal:
    """Return a piecewise linear track through `values` at `times` in seconds, shape (n_samples,)."""
    track: Signal = np.interp(np.arange(n_samples) / rate, np.asarray(times, float), np.asarray(values, float)).astype(
        np.float32
    )
    return track


def eye_closures(duration: float, rng: np.random.Generator, mean_seconds: float = 25.0) -> list[tuple[float, float]]:
    """Return stretches with closed eyes: alpha is seen then, blinks are seen in between.

    Examples
    --------
    >>> spans = eye_closures(300.0, np.random.default_rng(0))
    >>> all(start < stop <= 300.0 for start, stop in spans)
    True
    """
    closed: list[tuple[float, float]] = []
    position = float(rng.exponential(mean_seconds))
    while position < duration:
        stop = position + 2.0 + float(rng.exponential(mean_seconds))
        closed.append((position, min(stop, duration)))
        position = stop + 2.0 + float(rng.exponential(mean_seconds))
    return closed


def blink(sampling_rate: float, rise: float = 0.13) -> Signal:
    """Return one blink: up in `rise` seconds, down more slowly, peak 1.

    Examples
    --------
    >>> shape = blink(256.0)
    >>> float(shape.max().round(3)), len(shape) / 256.0 < 0.8
    (1.0, True)
    """
    times = np.arange(round(5.5 * rise * sampling_rate)) / (sampling_rate * rise)
    shape: Signal = (times**3 * np.exp(3 * (1 - times))).astype(np.float32)
    return shape


def burst_envelope(n_samples: int, ramp_share: float = 0.2) -> Signal:
    """Return a window that rises, stays at 1 and falls, each ramp a share of the whole, shape (n_samples,)."""
    position = np.linspace(0.0, 1.0, n_samples)
    edge = np.clip(np.minimum(position, 1.0 - position) / ramp_share, 0.0, 1.0)
    envelope: Signal = (np.sin(0.5 * np.pi * edge) ** 2).astype(np.float32)
    return envelope


def mains(n_samples: int, sampling_rate: float, frequency: float, rng: np.random.Generator) -> Signal:
    """Return line noise and its quadrature, with a second harmonic, wandering by some hundredths of a Hz as grids do.

    Any phase at any electrode is a sum of the two rows. What lies above half the sampling rate is left out, as an
    amplifier's filter does.

    Returns
    -------
    ndarray of float32, shape (2, n_samples)
    """
    knots = np.arange(int(n_samples / sampling_rate) + 2)
    wander = np.cumsum(0.02 * shaped_noise(1, len(knots), 1.0, lambda f: 1 / (f**2 + 0.05**2), rng)[0])
    phase = 2 * np.pi * np.interp(np.arange(n_samples) / sampling_rate, knots, frequency * knots + wander)
    rows = np.zeros((2, n_samples), dtype=np.float32)
    for order, height in ((1, 1.0), (2, 0.2)):
        if order * frequency < sampling_rate / 2:
            rows += height * np.stack([np.sin(order * phase), np.cos(order * phase)])
    return rows


def random_onsets(duration: float, per_minute: float, rng: np.random.Generator) -> Floats:
    """Return sorted onsets of a Poisson process in seconds."""
    count = rng.poisson(per_minute * duration / 60)
    onsets: Floats = np.sort(rng.uniform(0.0, duration, count))
    return onsets
