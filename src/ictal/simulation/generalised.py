"""Seizures that begin everywhere at once: absences and tonic seizures."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.course import Course
from ictal.simulation.focal import edges, wearing_off
from ictal.simulation.ictal_waves import delta, discharge_together, run_phase, spike_and_wave
from ictal.simulation.noise import narrow_power, shaped_noise
from ictal.simulation.regions import Region, everywhere, mixing, recruitment
from ictal.simulation.seizure import Seizure
from ictal.simulation.tracks import Track

Floats = NDArray[np.float64]

_ABSENCE_JITTER, _ABSENCE_UNREST = 0.03, 0.1
_ABSENCE_BACKGROUND = 0.6
_TONIC_BACKGROUND = 0.25
_DECREMENT_SHARE, _LONGEST_DECREMENT = 0.12, 2.0
"""How long the EEG is flat before the fast rhythm of a tonic seizure, of the whole and in seconds."""


def frontal_regions(floor: float = 0.2) -> tuple[Region, ...]:
    """Return all regions, the frontal ones first and strongest: discharges are at the occiput some 20 ms later.

    References
    ----------
    Holmes, Brown and Tucker, Are "generalized" seizures truly generalized? Epilepsia 2004 (frontal maximum and lead).
    """
    return everywhere("AFz", speed=0.5, reach=0.04, floor=floor)


def absence(seizure: Seizure) -> Course:
    """Return a typical absence: spike-and-wave that begins and ends abruptly, slows a little and leaves nothing.

    References
    ----------
    Hirsch et al., ILAE definition of the idiopathic generalized epilepsy syndromes, Epilepsia 2022 (2.5 to 4 Hz, under
    30 s, slowing by less than 1 Hz). Sadleir et al., Electroclinical features of absence seizures, Neurology 2006.
    """
    seconds = seizure.duration
    frequency = Track(np.array([0.0, seconds]), np.array([seizure.start_frequency, seizure.stop_frequency]))
    background = Track(
        np.array([0.0, 0.3, seconds, seconds + 0.5]), np.array([1.0, _ABSENCE_BACKGROUND, _ABSENCE_BACKGROUND, 1.0])
    )
    discharge = partial(absence_discharge, seizure, frequency)
    return Course(frontal_regions(), frequency, background, (min(1.5, 0.3 * seconds), seconds - 0.5), discharge)


def absence_discharge(seizure: Seizure, frequency: Track, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return what the electrodes see of spike-and-wave, shape (19, n_samples)."""
    regions = frontal_regions()
    n_samples = round(seizure.duration * sampling_rate)
    times = np.arange(n_samples) / sampling_rate
    hertz = frequency.read(0, n_samples, sampling_rate)
    phase = run_phase(hertz, sampling_rate, _ABSENCE_JITTER, rng)
    strays = shaped_noise(len(regions), n_samples, sampling_rate, narrow_power(0.0, 0.5), rng)
    swell = np.exp(0.1 * shaped_noise(1, n_samples, sampling_rate, narrow_power(0.0, 1.0), rng)[0])
    lags = np.array([[region.lag] for region in regions]) * (2 * np.pi * hertz)
    waves = spike_and_wave(phase - lags - _ABSENCE_UNREST * strays) * recruitment(regions, times, seconds=0.3)
    growth = 0.7 + 0.3 * np.clip(times / 1.5, 0, 1)
    seen: Floats = mixing(regions) @ waves * (growth * swell * edges(times, seizure.duration, ramp=0.15))
    return seen


def tonic(seizure: Seizure) -> Course:
    """Return a tonic seizure: the EEG flattens, then a fast rhythm grows everywhere and slows, most in front.

    References
    ----------
    Brenner and Atkinson, Generalized paroxysmal fast activity: electroencephalographic and clinical features, Ann.
    Neurol. 1982. Gastaut et al., An electro-clinical study of generalized epileptic seizures of tonic expression,
    Epilepsia 1963.
    """
    seconds = seizure.duration
    flat = min(_DECREMENT_SHARE * seconds, _LONGEST_DECREMENT)
    times = np.array([0.0, flat, 0.75 * seconds, seconds])
    middle = seizure.start_frequency**0.4 * seizure.stop_frequency**0.6
    frequency = Track(
        times, np.array([seizure.start_frequency, seizure.start_frequency, middle, seizure.stop_frequency])
    )
    background = Track(
        np.array([0.0, 0.5, seconds, seconds + seizure.postictal]),
        np.array([1.0, _TONIC_BACKGROUND, _TONIC_BACKGROUND, 1.0]),
    )
    return Course(
        frontal_regions(),
        frequency,
        background,
        full=(0.6 * seconds, seconds - 0.5),
        discharge=partial(tonic_discharge, seizure, frequency, flat),
        aftermath=partial(tonic_aftermath, seizure),
    )


def tonic_discharge(
    seizure: Seizure, frequency: Track, flat: float, sampling_rate: float, rng: np.random.Generator
) -> Floats:
    """Return what the electrodes see of a fast rhythm that grows out of a flat EEG, shape (19, n_samples)."""
    n_samples = round(seizure.duration * sampling_rate)
    times = np.arange(n_samples) / sampling_rate
    growth = np.clip((times - 0.5 * flat) / (0.6 * seizure.duration - 0.5 * flat), 0.05, 1)
    return discharge_together(
        frontal_regions(),
        frequency.read(0, n_samples, sampling_rate),
        growth * edges(times, seizure.duration),
        1.5 * np.clip(times / seizure.duration, 0, 1) ** 2,
        sampling_rate,
        rng,
        jitter=0.12,
        unrest=0.4,
        fast_share=seizure.fast_share,
        recruitment_seconds=0.3,
    )


def tonic_aftermath(seizure: Seizure, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return the slow waves that follow everywhere, shape (19, n_samples)."""
    return delta(frontal_regions(floor=0.5), wearing_off(seizure.postictal, sampling_rate), sampling_rate, rng)
