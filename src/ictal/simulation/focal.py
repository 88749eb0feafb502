"""Focal seizures that evolve in frequency, amplitude and place, and the slowing after them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19
from ictal.simulation.head import below
from ictal.simulation.noise import narrow_power, shaped_noise
from ictal.simulation.patches import patch
from ictal.simulation.seizure import Seizure

Floats = NDArray[np.float64]

_SPREAD_SPEED = 0.008
"""m/s at which cortex next to the focus is recruited."""

_CONDUCTION_SPEED = 1.0
"""m/s at which one discharge travels over recruited cortex."""

_FOCUS_WIDTH = 0.022
"""Standard deviation in metres of the patch of cortex that a focus recruits."""

_MIRROR_GAIN = 0.8
_RECRUITMENT_SECONDS = 2.0
_LAST_SHARPNESS = 6.0


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
    spike = np.exp(strength * (np.cos(phase) - 1))
    mean = np.i0(strength) * np.exp(-strength)
    spread = np.sqrt(np.maximum(np.i0(2 * strength) * np.exp(-2 * strength) - mean**2, 1e-12))
    spiky = (spike - mean) / spread
    sine = np.sqrt(2) * np.cos(phase)
    slow_wave = np.sqrt(2) * np.cos(phase - 2.2)
    share = np.clip(strength / 3, 0, 1)
    wave: Floats = (1 - share) * sine + share * (0.8 * spiky - 0.6 * slow_wave)
    return wave


def seizure_progress(seizure: Seizure, sampling_rate: float, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the phase and the envelope of the discharge at the focus.

    Cycles vary in length by a sixth or so, as real ones do. The envelope starts at a third, is full after half of the
    time and stops within half a second.

    Returns
    -------
    phase, envelope : ndarray, shape (n_samples,)
        Radians, and 0 to about 1; samples from the onset to the stop.
    """
    n_samples = round(seizure.duration * sampling_rate)
    times = np.arange(n_samples) / sampling_rate
    share = times / seizure.duration
    frequency = seizure.start_frequency * (seizure.stop_frequency / seizure.start_frequency) ** np.sqrt(share)
    jitter, swell = shaped_noise(2, n_samples, sampling_rate, narrow_power(0.0, 1.0), rng)
    phase = 2 * np.pi * np.cumsum(frequency * np.exp(0.15 * jitter)) / sampling_rate
    growth = (0.35 + 0.65 * np.clip(share / 0.45, 0, 1)) * np.exp(0.15 * swell)
    ramps = np.clip(times / 0.5, 0, 1) * np.clip((seizure.duration - times) / 0.5, 0, 1)
    return phase, growth * ramps


def ictal_signal(seizure: Seizure, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return what the 19 electrodes see of a seizure, with a root mean square near 1 at the focus when it is full.

    A front of recruitment walks over the cortex away from the focus and, after the crossing, away from its mirror
    image; recruited cortex discharges surface-negative, later the farther away it is.

    Returns
    -------
    ndarray, shape (19, n_samples)
        Samples from the onset to the stop; multiply by µV.
    """
    phase, envelope = seizure_progress(seizure, sampling_rate, rng)
    share = np.linspace(0.0, 1.0, len(phase))
    radians_per_second = np.gradient(phase) * sampling_rate
    signal = np.zeros((len(SCALP_19), len(phase)))
    for place, start, gain in _patches(seizure):
        distance, fields = patch(place, _FOCUS_WIDTH)
        arrival = start + distance / _SPREAD_SPEED
        recruited = np.clip((share * seizure.duration - arrival[:, np.newaxis]) / _RECRUITMENT_SECONDS + 0.5, 0.0, 1.0)
        lag = np.outer(distance / _CONDUCTION_SPEED, radians_per_second)
        own_lag = 0.5 * shaped_noise(len(distance), len(phase), sampling_rate, narrow_power(0.0, 0.5), rng)
        own_gain = np.exp(0.3 * shaped_noise(len(distance), len(phase), sampling_rate, narrow_power(0.0, 0.5), rng))
        discharges = recruited * own_gain * ictal_rhythm(phase - lag - own_lag, _LAST_SHARPNESS * share)
        fast = seizure.fast_share * shaped_noise(1, len(phase), sampling_rate, narrow_power(15.0, 6.0), rng)
        signal -= gain * fields @ (discharges + recruited * fast)
    return signal * envelope


def slowing_signal(seizure: Seizure, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return the irregular delta that follows a seizure over its hemisphere and wears off.

    Returns
    -------
    ndarray, shape (19, n_samples)
        Samples from the stop on, over ``seizure.postictal`` seconds, with a root mean square near 1 above the focus at
        first; multiply by µV.
    """
    n_samples = round(seizure.postictal * sampling_rate)
    share = np.linspace(0.0, 1.0, n_samples)
    fading = np.clip(share * seizure.postictal / 2.0, 0.0, 1.0) * np.exp(-2.0 * share) * (1.0 - share)
    signal = np.zeros((len(SCALP_19), n_samples))
    for place, _, gain in _patches(seizure):
        _, fields = patch(place, 1.5 * _FOCUS_WIDTH)
        delta = shaped_noise(1, n_samples, sampling_rate, narrow_power(1.5, 0.6), rng)
        signal += gain * np.outer(fields.sum(axis=1), fading * delta[0])
    return signal


def onset_electrodes(focus: str) -> tuple[str, ...]:
    """Return the electrodes that see at least half of what the best one sees of a discharge at the focus.

    Examples
    --------
    >>> onset_electrodes("C3")
    ('C3',)
    """
    _, fields = patch(below(focus), _FOCUS_WIDTH)
    seen = np.abs(fields.sum(axis=1))
    return tuple(name for name, strength in zip(SCALP_19, seen, strict=True) if strength >= 0.5 * seen.max())


def _patches(seizure: Seizure) -> list[tuple[Floats, float, float]]:
    """Return place, start in seconds and gain of the focus and of its mirror image, where the seizure gets there."""
    focus = below(seizure.focus)
    patches = [(focus, 0.0, 1.0)]
    if seizure.crossing < 1 and focus[0] != 0:
        patches.append((focus * [-1.0, 1.0, 1.0], seizure.crossing * seizure.duration, _MIRROR_GAIN))
    return patches
