"""Focal seizures that evolve in frequency, amplitude and place, and the slowing after them."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.course import Course
from ictal.simulation.ictal_waves import delta, discharge_together
from ictal.simulation.regions import Region, mirrored, spread
from ictal.simulation.seizure import Seizure
from ictal.simulation.tracks import Track

Floats = NDArray[np.float64]

_SPREAD_SPEED = 0.008
"""m/s at which cortex next to the focus is recruited."""

_REACH, _POSTICTAL_REACH = 0.035, 0.05
"""Metres over which discharges, and the slowing after them, become weaker."""

_MIRROR_GAIN = 0.8
_LAST_SHARPNESS = 6.0
_LEAST_BACKGROUND = 0.4


def focal(seizure: Seizure) -> Course:
    """Return a seizure whose rhythm begins at a focus and becomes slower, higher, sharper and wider.

    Theta gives way to delta, faster at first. A front of recruitment walks over the cortex away from the focus and,
    after the crossing, away from its mirror image. Discharges grow for nearly half of the time, to twice their first
    height.

    References
    ----------
    Risinger et al., Ictal localization of temporal lobe seizures with scalp/sphenoidal recordings, Neurology 1989.
    Kramer et al., Human seizures self-terminate across spatial scales via a critical transition, PNAS 2012 (slowing).
    """
    seconds = seizure.duration
    regions = spread(seizure.focus, _SPREAD_SPEED, _REACH) + mirror_regions(seizure, _SPREAD_SPEED, _REACH)
    background = Track(np.array([0.0, seconds, seconds + seizure.postictal]), np.array([1.0, _LEAST_BACKGROUND, 1.0]))
    frequency = slowing_down(seizure.start_frequency, seizure.stop_frequency, seconds)
    return Course(
        regions,
        frequency,
        background,
        full=(0.5 * seconds, seconds - 1.0),
        discharge=partial(evolve, seizure, regions, frequency),
        aftermath=partial(slow, seizure),
    )


def evolve(
    seizure: Seizure, regions: tuple[Region, ...], frequency: Track, sampling_rate: float, rng: np.random.Generator
) -> Floats:
    """Return what the electrodes see of the discharge, shape (19, n_samples)."""
    n_samples = round(seizure.duration * sampling_rate)
    times = np.arange(n_samples) / sampling_rate
    share = times / seizure.duration
    return discharge_together(
        regions,
        frequency.read(0, n_samples, sampling_rate),
        (0.5 + 0.5 * np.clip(share / 0.45, 0, 1)) * edges(times, seizure.duration),
        _LAST_SHARPNESS * share,
        sampling_rate,
        rng,
        fast_share=seizure.fast_share,
    )


def slow(seizure: Seizure, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return the irregular delta that follows over the hemisphere of the focus, and wears off."""
    regions = spread(seizure.focus, 1.0, _POSTICTAL_REACH) + mirror_regions(seizure, 1.0, _POSTICTAL_REACH)
    return delta(regions, wearing_off(seizure.postictal, sampling_rate), sampling_rate, rng)


def mirror_regions(seizure: Seizure, speed: float, reach: float) -> tuple[Region, ...]:
    """Return the regions around the mirror image of the focus, none if the seizure does not get there."""
    other = mirrored(seizure.focus)
    if seizure.crossing == 1 or other == seizure.focus:
        return ()
    return spread(other, speed, reach, start=seizure.crossing * seizure.duration, gain=_MIRROR_GAIN)


def slowing_down(start_frequency: float, stop_frequency: float, seconds: float) -> Track:
    """Return a frequency that falls from one value to another, faster at first.

    Examples
    --------
    >>> slowing_down(8.0, 2.0, 60.0).read(0, 3, 1 / 30).round(2)
    array([8., 3., 2.])
    """
    share = np.linspace(0.0, 1.0, 41)
    return Track(share * seconds, start_frequency * (stop_frequency / start_frequency) ** np.sqrt(share))


def wearing_off(seconds: float, sampling_rate: float) -> Floats:
    """Return an envelope that rises within two seconds and wears off over a time, shape (n_samples,)."""
    n_samples = round(seconds * sampling_rate)
    share = np.linspace(0.0, 1.0, n_samples)
    fading: Floats = np.clip(share * seconds / 2.0, 0.0, 1.0) * np.exp(-2.0 * share) * (1.0 - share)
    return fading


def edges(times: Floats, duration: float, ramp: float = 0.5) -> Floats:
    """Return an envelope that rises from 0 and falls to 0 within `ramp` seconds at either end of a seizure."""
    envelope: Floats = np.clip(times / ramp, 0, 1) * np.clip((duration - times) / ramp, 0, 1)
    return envelope
