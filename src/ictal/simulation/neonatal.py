"""Seizures of neonates: stereotyped, slow, over a small region, that may move to the other side."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.course import Course
from ictal.simulation.focal import edges, slowing_down, wearing_off
from ictal.simulation.ictal_waves import delta, discharge_together
from ictal.simulation.regions import Region, mirrored, spread
from ictal.simulation.seizure import Seizure
from ictal.simulation.tracks import Track

Floats = NDArray[np.float64]

_SPREAD_SPEED, _REACH = 0.004, 0.022
"""Unmyelinated cortex recruits slowly and not far."""

_MOVING_SECONDS = 8.0
_SHARPNESS = (9.0, 5.0)
_LEAST_BACKGROUND = 0.7


def neonatal(seizure: Seizure) -> Course:
    """Return a seizure of rhythmic sharp waves that are much alike and slow down; after the crossing the other side.

    References
    ----------
    Tsuchida et al., American Clinical Neurophysiology Society standardized EEG terminology for the description of
    continuous EEG monitoring in neonates, J. Clin. Neurophysiol. 2013. Pressler et al., The ILAE classification of
    seizures and the epilepsies: modification for seizures in the neonate, Epilepsia 2021.
    """
    seconds, regions = seizure.duration, neonatal_regions(seizure)
    frequency = slowing_down(seizure.start_frequency, seizure.stop_frequency, seconds)
    background = Track(
        np.array([0.0, 0.3 * seconds, seconds, seconds + seizure.postictal]),
        np.array([1.0, _LEAST_BACKGROUND, _LEAST_BACKGROUND, 1.0]),
    )
    return Course(
        regions,
        frequency,
        background,
        full=(0.35 * seconds, 0.9 * seconds),
        discharge=partial(discharge, seizure, regions, frequency),
        aftermath=partial(aftermath, seizure),
    )


def neonatal_regions(seizure: Seizure) -> tuple[Region, ...]:
    """Return the regions around the focus, and those around its mirror image that follow when it moves."""
    other, moving = mirrored(seizure.focus), seizure.crossing * seizure.duration
    if seizure.crossing == 1 or other == seizure.focus:
        return spread(seizure.focus, _SPREAD_SPEED, _REACH)
    left_behind = spread(seizure.focus, _SPREAD_SPEED, _REACH, stop=moving + _MOVING_SECONDS)
    return left_behind + spread(other, _SPREAD_SPEED, _REACH, start=moving)


def discharge(
    seizure: Seizure, regions: tuple[Region, ...], frequency: Track, sampling_rate: float, rng: np.random.Generator
) -> Floats:
    """Return what the electrodes see of the sharp waves, shape (19, n_samples)."""
    n_samples = round(seizure.duration * sampling_rate)
    times = np.arange(n_samples) / sampling_rate
    share = times / seizure.duration
    height = np.clip(0.4 + 0.6 * share / 0.35, 0, 1) * np.clip(1 - 0.4 * (share - 0.9) / 0.1, 0.6, 1)
    return discharge_together(
        regions,
        frequency.read(0, n_samples, sampling_rate),
        height * edges(times, seizure.duration),
        _SHARPNESS[0] + (_SHARPNESS[1] - _SHARPNESS[0]) * share,
        sampling_rate,
        rng,
        jitter=0.06,
        unrest=0.2,
        fast_share=0.3 * seizure.fast_share,
    )


def aftermath(seizure: Seizure, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return a little slowing at the focus, shape (19, n_samples)."""
    regions = spread(seizure.focus, 1.0, _REACH)
    return 0.4 * delta(regions, wearing_off(seizure.postictal, sampling_rate), sampling_rate, rng)
