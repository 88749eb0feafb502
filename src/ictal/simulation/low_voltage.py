"""Frontal seizures that begin with flattening and low-voltage fast activity."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.course import Course
from ictal.simulation.focal import edges, mirror_regions, slow
from ictal.simulation.ictal_waves import discharge_together
from ictal.simulation.regions import Region, spread
from ictal.simulation.seizure import Seizure
from ictal.simulation.tracks import Track

Floats = NDArray[np.float64]

_SPREAD_SPEED, _REACH = 0.015, 0.035
_FLAT_SHARE, _FULL_SHARE = 0.05, 0.6
_FIRST_HEIGHT = 0.15
_LEAST_BACKGROUND, _LAST_BACKGROUND = 0.25, 0.5
_LAST_SHARPNESS = 5.0

_SHARES = np.array([0.0, 0.2, 0.35, 0.55, 0.8, 1.0])
_SLOWED = np.array([0.0, 0.12, 0.38, 0.62, 0.85, 1.0])
"""How far, on a logarithmic scale, the rhythm has slowed down at each of the shares of the seizure."""


def low_voltage_fast(seizure: Seizure) -> Course:
    """Return a seizure whose fast activity grows out of a flattened EEG and slows to alpha, theta and delta.

    The background flattens everywhere within half a second. The mirror region joins at the crossing.

    References
    ----------
    Perucca, Dubeau and Gotman, Intracranial electroencephalographic seizure-onset patterns: effect of underlying
    pathology, Brain 2014. Bonini et al., Frontal lobe seizures: from clinical semiology to localization, Epilepsia
    2014 (hyperkinetic seizures).
    """
    seconds = seizure.duration
    regions = spread(seizure.focus, _SPREAD_SPEED, _REACH) + mirror_regions(seizure, _SPREAD_SPEED, _REACH)
    ratio = seizure.stop_frequency / seizure.start_frequency
    frequency = Track(_SHARES * seconds, seizure.start_frequency * ratio**_SLOWED)
    background = Track(
        np.array([0.0, 0.5, 0.3 * seconds + 0.5, seconds, seconds + seizure.postictal]),
        np.array([1.0, _LEAST_BACKGROUND, _LEAST_BACKGROUND, _LAST_BACKGROUND, 1.0]),
    )
    return Course(
        regions,
        frequency,
        background,
        full=(_FULL_SHARE * seconds, seconds - 1.0),
        discharge=partial(discharge, seizure, regions, frequency),
        aftermath=partial(slow, seizure),
    )


def discharge(
    seizure: Seizure, regions: tuple[Region, ...], frequency: Track, sampling_rate: float, rng: np.random.Generator
) -> Floats:
    """Return what the electrodes see of the discharge, shape (19, n_samples)."""
    n_samples = round(seizure.duration * sampling_rate)
    times = np.arange(n_samples) / sampling_rate
    share = times / seizure.duration
    growth = _FIRST_HEIGHT ** (1 - np.clip((share - _FLAT_SHARE) / (_FULL_SHARE - _FLAT_SHARE), 0, 1))
    return discharge_together(
        regions,
        frequency.read(0, n_samples, sampling_rate),
        growth * edges(times, seizure.duration),
        _LAST_SHARPNESS * np.clip(share - 0.3, 0, 1),
        sampling_rate,
        rng,
        jitter=0.1,
        fast_share=seizure.fast_share,
    )
