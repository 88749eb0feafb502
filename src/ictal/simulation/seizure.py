"""Focal seizures that evolve in frequency, amplitude and place, and the slowing after them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError, check_option, check_positive
from ictal.core.recording import Signal
from ictal.core.spans import Span
from ictal.simulation.head import below, cortex, radial_fields
from ictal.simulation.sources import narrow_power, shaped_noise

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
_POSTICTAL_BACKGROUND = 0.4


@dataclass(frozen=True, slots=True)
class Seizure:
    """One focal seizure.

    Parameters
    ----------
    onset, duration : float
        Seconds.
    focus : str
        The electrode above the place where it begins, in its canonical name.
    start_frequency, stop_frequency : float
        Hz at either end; the rhythm slows from one to the other, faster at first.
    crossing : float
        Share of the seizure after which the mirror region of the other hemisphere joins; 1 keeps it on one side.
    fast_share : float
        Height of the irregular 8–30 Hz activity that rides on the rhythm, as a share of the rhythm's.
    postictal : float
        Seconds until the slowing that follows has worn off.

    Raises
    ------
    ParameterError
        If a time or a frequency is not above 0, the focus is none of the 19 electrodes, or a share is not in 0 to 1.

    Examples
    --------
    >>> Seizure(onset=60.0, duration=40.0, focus="T7").stop
    100.0
    """

    onset: float
    duration: float
    focus: str = "T7"
    start_frequency: float = 7.0
    stop_frequency: float = 2.5
    crossing: float = 0.4
    fast_share: float = 0.15
    postictal: float = 60.0

    def __post_init__(self) -> None:
        for name in ("duration", "start_frequency", "stop_frequency", "postictal"):
            check_positive(f"seizure {name}", getattr(self, name))
        check_option("seizure focus", self.focus, SCALP_19)
        for name in ("crossing", "fast_share"):
            if not 0 <= getattr(self, name) <= 1:
                raise ParameterError(f"seizure {name}: {getattr(self, name)!r} is not allowed; it must be 0 to 1.")

    @property
    def stop(self) -> float:
        """The end in seconds."""
        return self.onset + self.duration

    @property
    def span(self) -> Span:
        """Onset and stop in seconds."""
        return (self.onset, self.stop)


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


def ictal_signal(seizure: Seizure, sampling_rate: float, rng: np.random.Generator) -> Signal:
    """Return what the 19 electrodes see of a seizure, with a root mean square near 1 at the focus when it is full.

    A front of recruitment walks over the cortex away from the focus and, after the crossing, away from its mirror
    image; recruited cortex discharges surface-negative, later the farther away it is.

    Returns
    -------
    ndarray of float32, shape (19, n_samples)
        Samples from the onset to the stop; multiply by µV.
    """
    phase, envelope = seizure_progress(seizure, sampling_rate, rng)
    share = np.linspace(0.0, 1.0, len(phase))
    radians_per_second = np.gradient(phase) * sampling_rate
    signal = np.zeros((len(SCALP_19), len(phase)))
    for place, start, gain in _patches(seizure):
        distance, fields = _patch(place, _FOCUS_WIDTH)
        arrival = start + distance / _SPREAD_SPEED
        recruited = np.clip((share * seizure.duration - arrival[:, np.newaxis]) / _RECRUITMENT_SECONDS + 0.5, 0.0, 1.0)
        lag = np.outer(distance / _CONDUCTION_SPEED, radians_per_second)
        own_lag = 0.5 * shaped_noise(len(distance), len(phase), sampling_rate, narrow_power(0.0, 0.5), rng)
        own_gain = np.exp(0.3 * shaped_noise(len(distance), len(phase), sampling_rate, narrow_power(0.0, 0.5), rng))
        discharges = recruited * own_gain * ictal_rhythm(phase - lag - own_lag, _LAST_SHARPNESS * share)
        fast = seizure.fast_share * shaped_noise(1, len(phase), sampling_rate, narrow_power(15.0, 6.0), rng)
        signal -= gain * fields @ (discharges + recruited * fast)
    return (signal * envelope).astype(np.float32)


def slowing_signal(seizure: Seizure, sampling_rate: float, rng: np.random.Generator) -> Signal:
    """Return the irregular delta that follows a seizure over its hemisphere and wears off.

    Returns
    -------
    ndarray of float32, shape (19, n_samples)
        Samples from the stop on, over ``seizure.postictal`` seconds, with a root mean square near 1 above the focus at
        first; multiply by µV.
    """
    n_samples = round(seizure.postictal * sampling_rate)
    share = np.linspace(0.0, 1.0, n_samples)
    fading = np.clip(share * seizure.postictal / 2.0, 0.0, 1.0) * np.exp(-2.0 * share) * (1.0 - share)
    signal = np.zeros((len(SCALP_19), n_samples))
    for place, _, gain in _patches(seizure):
        _, fields = _patch(place, 1.5 * _FOCUS_WIDTH)
        delta = shaped_noise(1, n_samples, sampling_rate, narrow_power(1.5, 0.6), rng)
        signal += gain * np.outer(fields.sum(axis=1), fading * delta[0])
    return signal.astype(np.float32)


def suppress_background(signal: Signal, span: Span, postictal: float, sampling_rate: float) -> None:
    """Weaken a signal in place during a seizure, down to 40 % at its end, and let it recover afterwards.

    Parameters
    ----------
    signal : ndarray of float32, shape (n_channels, n_samples)
    span : (onset, stop)
        Seconds.
    postictal : float
        Seconds of recovery.
    sampling_rate : float
        Hz.
    """
    onset, stop = span
    first, last = round(onset * sampling_rate), round((stop + postictal) * sampling_rate)
    affected = signal[:, first:last]
    times = np.arange(first, first + affected.shape[1]) / sampling_rate
    gain = np.interp(times, [onset, stop, stop + postictal], [1.0, _POSTICTAL_BACKGROUND, 1.0])
    affected *= gain.astype(np.float32)


def onset_electrodes(focus: str) -> tuple[str, ...]:
    """Return the electrodes that see at least half of what the best one sees of a discharge at the focus.

    Examples
    --------
    >>> onset_electrodes("C3")
    ('C3',)
    """
    _, fields = _patch(below(focus), _FOCUS_WIDTH)
    seen = np.abs(fields.sum(axis=1))
    return tuple(name for name, strength in zip(SCALP_19, seen, strict=True) if strength >= 0.5 * seen.max())


def _patches(seizure: Seizure) -> list[tuple[Floats, float, float]]:
    """Return place, start in seconds and gain of the focus and of its mirror image, where the seizure gets there."""
    focus = below(seizure.focus)
    patches = [(focus, 0.0, 1.0)]
    if seizure.crossing < 1 and focus[0] != 0:
        patches.append((focus * [-1.0, 1.0, 1.0], seizure.crossing * seizure.duration, _MIRROR_GAIN))
    return patches


def _patch(place: Floats, width: float) -> tuple[Floats, Floats]:
    """Return the distance of each point of a patch of cortex from its middle, and the field of each point.

    Fields are weighted by a Gaussian of the distance and add up to 1 at the electrode that sees most.

    Returns
    -------
    distance, fields : ndarray, shapes (n_points,) and (19, n_points)
    """
    distance = np.linalg.norm(cortex() - place, axis=1)
    near = distance < 2.5 * width
    fields = radial_fields()[:, near] * np.exp(-0.5 * (distance[near] / width) ** 2)
    return distance[near], fields / np.abs(fields.sum(axis=1)).max()
