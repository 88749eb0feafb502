"""Wave forms of seizures, and how regions of cortex discharge together."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.noise import narrow_power, shaped_noise
from ictal.simulation.regions import Region, mixing, recruitment

Floats = NDArray[np.float64]

_RECRUITMENT_SECONDS = 2.0
_SWELL, _OWN_SWELL = 0.15, 0.3
"""Standard deviation of the logarithm of the height of waves: of all regions together, and of each by itself."""

_SLOW_WAVE = 0.7
"""Height of the slow wave after polyspikes, which are 1 high."""

_FAST = narrow_power(15.0, 6.0)


def run_phase(frequency: Floats, sampling_rate: float, jitter: float, rng: np.random.Generator) -> Floats:
    """Return the phase of a rhythm whose cycles vary in length as real ones do.

    Parameters
    ----------
    frequency : ndarray, shape (n_samples,)
        Hz.
    sampling_rate : float
        Hz.
    jitter : float
        Standard deviation of the logarithm of the frequency.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n_samples,)
        Radians.
    """
    wander = shaped_noise(1, len(frequency), sampling_rate, narrow_power(0.0, 1.0), rng)[0]
    phase: Floats = 2 * np.pi * np.cumsum(frequency * np.exp(jitter * wander)) / sampling_rate
    return phase


def ictal_rhythm(phase: Floats, sharpness: NDArray[np.generic] | float) -> Floats:
    """Return a rhythm that is a sine at sharpness 0 and repeated spikes with slow waves when it grows.

    Parameters
    ----------
    phase : ndarray
        Radians; a spike peaks at each multiple of 2π.
    sharpness : array-like
        0 to about 6, of the shape of `phase` or broadcast to it.

    Returns
    -------
    ndarray of the shape of `phase`
        Root mean square about 1.

    Examples
    --------
    >>> wave = ictal_rhythm(np.linspace(0, 2 * np.pi, 100, endpoint=False), 0.0)
    >>> bool(np.isclose(np.mean(wave**2), 1.0))
    True
    """
    strength = np.asarray(sharpness, dtype=np.float64)
    cosine = np.cos(phase)
    spike = np.exp(strength * (cosine - 1))
    mean = np.i0(strength) * np.exp(-strength)
    width = np.sqrt(np.maximum(np.i0(2 * strength) * np.exp(-2 * strength) - mean**2, 1e-12))
    share = np.clip(strength / 3, 0, 1)
    spiky = (0.8 * share / width) * (spike - mean)
    wave: Floats = np.sqrt(2) * ((1 - share) * cosine - 0.6 * share * np.cos(phase - 2.2)) + spiky
    return wave


def spike_and_wave(phase: Floats, wave_height: float = 1.5) -> Floats:
    """Return a spike and a dome-shaped slow wave in each cycle, as in absences.

    A third of the cycle goes to the spike and the trough behind it, the rest to the wave.

    Parameters
    ----------
    phase : ndarray
        Radians; a spike peaks at each multiple of 2π.
    wave_height : float
        Of the spike's.

    Returns
    -------
    ndarray of the shape of `phase`
        Without offset.
    """
    spike, trough, wave = (
        _bump(phase - 2 * np.pi * place, width) for place, width in ((0.0, 0.045), (0.13, 0.05), (0.52, 0.17))
    )
    shape: Floats = spike - 0.35 * trough + wave_height * wave
    return shape


def polyspikes(since: Floats, interval: Floats) -> Floats:
    """Return bursts of spikes, each with a slow wave after it, as in the clonic phase of a convulsion.

    Parameters
    ----------
    since, interval : ndarray
        Seconds since the burst began, and from it to the next one.
    """
    burst = np.minimum(interval, 0.33)
    spikes = np.exp(5.0 * (np.cos(2 * np.pi * 11.0 * (since - 0.06)) - 1))
    gate = np.exp(-0.5 * ((since / burst - 0.3) / 0.25) ** 2)
    wave = np.exp(-0.5 * ((since / interval - 0.65) / 0.14) ** 2)
    shape: Floats = gate * spikes + _SLOW_WAVE * wave
    return shape


def discharge_together(
    regions: Sequence[Region],
    frequency: Floats,
    envelope: Floats,
    sharpness: Floats | float,
    sampling_rate: float,
    rng: np.random.Generator,
    *,
    jitter: float = 0.15,
    unrest: float = 0.5,
    fast_share: float = 0.0,
    recruitment_seconds: float = _RECRUITMENT_SECONDS,
) -> Floats:
    """Return what the electrodes see of a rhythm that some regions join one after the other.

    Parameters
    ----------
    regions : sequence of Region
    frequency, envelope : ndarray, shape (n_samples,)
        Hz, and root mean square, from the onset of the seizure.
    sharpness : ndarray of shape (n_samples,), or float
        Of :func:`ictal_rhythm`.
    sampling_rate : float
        Hz.
    rng : numpy.random.Generator
    jitter : float
        How irregular cycles are, as in :func:`run_phase`.
    unrest : float
        Radians by which each region strays from the others.
    fast_share : float
        Height of irregular 8–30 Hz activity that rides on the rhythm, as a share of the rhythm's.
    recruitment_seconds : float
        How long a region takes to join.

    Returns
    -------
    ndarray, shape (19, n_samples)
        µV for regions that discharge with 1 µV.
    """
    n_samples, slow = len(frequency), narrow_power(0.0, 0.5)
    phase = run_phase(frequency, sampling_rate, jitter, rng)
    swell = np.exp(_SWELL * shaped_noise(1, n_samples, sampling_rate, narrow_power(0.0, 1.0), rng)[0])
    strays, swells, fast = (
        shaped_noise(len(regions), n_samples, sampling_rate, power, rng) for power in (slow, slow, _FAST)
    )
    lags = np.array([[region.lag] for region in regions]) * (2 * np.pi * frequency)
    waves = ictal_rhythm(phase - lags - unrest * strays, sharpness) + fast_share * fast
    joined = recruitment(regions, np.arange(n_samples) / sampling_rate, recruitment_seconds)
    seen: Floats = mixing(regions) @ (joined * np.exp(_OWN_SWELL * swells) * waves) * (envelope * swell)
    return seen


def delta(regions: Sequence[Region], envelope: Floats, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return irregular slow waves of some regions, each by itself, shape (19, n_samples)."""
    waves = shaped_noise(len(regions), len(envelope), sampling_rate, narrow_power(1.5, 0.6), rng)
    seen: Floats = mixing(regions) @ waves * envelope
    return seen


def _bump(phase: Floats, width: float) -> Floats:
    """Return bells around each multiple of 2π, 1 high and without offset, `width` cycles in standard deviation."""
    steepness = 1 / (2 * np.pi * width) ** 2
    shape: Floats = np.exp(steepness * (np.cos(phase) - 1)) - np.i0(steepness) * np.exp(-steepness)
    return shape
