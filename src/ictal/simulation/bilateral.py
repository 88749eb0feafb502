"""Focal seizures that become bilateral tonic-clonic: a focus, a tonic phase, jerks ever more slowly, then silence."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19
from ictal.core.spans import Span
from ictal.simulation.course import Course
from ictal.simulation.focal import edges
from ictal.simulation.ictal_waves import delta, discharge_together, polyspikes
from ictal.simulation.noise import narrow_power, shaped_noise
from ictal.simulation.regions import Region, everywhere, mixing, spread
from ictal.simulation.seizure import Seizure
from ictal.simulation.tracks import Track

Floats = NDArray[np.float64]

_SPREAD_SPEED, _REACH = 0.01, 0.04
_GENERALISING_SPEED = 0.05
"""m/s at which the whole cortex is recruited when the seizure becomes bilateral."""

TONIC_SHARE = 0.3
"""Share of the bilateral phase that is tonic, before it becomes clonic."""

_RECRUITING = (18.0, 9.0)
"""Hz of the epileptic recruiting rhythm of the tonic phase, at either end."""

_FIRST_JERKS = 4.0
"""Clonic jerks a second at first; they slow to the seizure's last frequency."""

_FOCAL_SLOWING, _OVERLAP, _STRAY = 0.8, 1.0, 0.02

_SILENCE_SHARE, _LONGEST_SILENCE = 0.3, 60.0
"""How long the EEG is flat after the end, of the postictal time and in seconds."""

_SILENCE = 0.12
"""Share of the background that is left then."""


def bilateral(seizure: Seizure) -> Course:
    """Return a seizure that begins at a focus, becomes bilateral at its crossing, and ends abruptly in a flat EEG.

    References
    ----------
    Gastaut and Broughton, Epileptic Seizures, 1972 (recruiting rhythm near 10 Hz, then slow waves that interrupt it).
    Lhatoo et al., An electroclinical case-control study of sudden unexpected death in epilepsy, Ann. Neurol. 2010, and
    Surges et al., Postictal generalized EEG suppression, Neurology 2011 (how long it is flat: 40 s on average).
    """
    seconds, (tonic, clonic) = seizure.duration, phases(seizure)
    regions = spread(seizure.focus, _SPREAD_SPEED, _REACH) + whole_cortex(tonic[0])
    background = Track(
        np.array([0.0, tonic[0], clonic[0], seconds, seconds + silence(seizure), seconds + seizure.postictal]),
        np.array([1.0, 0.7, 0.3, _SILENCE, _SILENCE, 1.0]),
    )
    return Course(
        regions,
        _frequency(seizure),
        background,
        full=(clonic[0] + 0.2 * (seconds - clonic[0]), seconds - 0.5),
        discharge=partial(discharge, seizure),
        aftermath=partial(aftermath, seizure),
    )


def phases(seizure: Seizure) -> tuple[Span, Span]:
    """Return start and stop of the tonic and of the clonic phase, in seconds after the onset.

    Examples
    --------
    >>> phases(Seizure(0.0, 100.0, "focal-to-bilateral", crossing=0.5))
    ((50.0, 65.0), (65.0, 100.0))
    """
    start = seizure.crossing * seizure.duration
    turn = start + TONIC_SHARE * (seizure.duration - start)
    return (start, turn), (turn, seizure.duration)


def jerk_times(seizure: Seizure) -> Floats:
    """Return when the body jerks in the clonic phase, in seconds after the onset, shape (n_jerks,)."""
    _, (start, stop) = phases(seizure)
    moments = np.linspace(start, stop, 20_000)
    rate = _FIRST_JERKS * (seizure.stop_frequency / _FIRST_JERKS) ** ((moments - start) / max(stop - start, 1e-9))
    jerks = np.cumsum(rate) * (moments[1] - moments[0])
    times: Floats = moments[np.searchsorted(jerks, np.arange(int(jerks[-1])))]
    return times


def silence(seizure: Seizure) -> float:
    """Return how many seconds the EEG is flat after the end."""
    return min(_SILENCE_SHARE * seizure.postictal, _LONGEST_SILENCE)


def discharge(seizure: Seizure, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return what the electrodes see of all three phases, shape (19, n_samples)."""
    n_samples = round(seizure.duration * sampling_rate)
    times = np.arange(n_samples) / sampling_rate
    tonic, turn = phases(seizure)[0]
    seen = np.zeros((len(SCALP_19), n_samples))
    for start, stop, phase in (
        (0.0, turn, focal_discharge),
        (tonic, turn + _OVERLAP, tonic_discharge),
        (turn, seizure.duration, clonic_discharge),
    ):
        first, last = np.searchsorted(times, [start, stop])
        seen[:, first:last] += phase(seizure, times[first:last], sampling_rate, rng)
    return seen * edges(times, seizure.duration, ramp=0.3)


def focal_discharge(seizure: Seizure, times: Floats, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return the rhythm of the focus, that grows and is lost in the tonic phase, shape (19, n_samples)."""
    tonic, turn = phases(seizure)[0]
    envelope = (0.15 + 0.35 * times / max(tonic, 1.0)) * np.clip((turn - times) / (turn - tonic), 0, 1)
    frequency = np.interp(times, [0.0, tonic], [1.0, _FOCAL_SLOWING]) * seizure.start_frequency
    regions = spread(seizure.focus, _SPREAD_SPEED, _REACH)
    fast = seizure.fast_share
    return discharge_together(regions, frequency, envelope, 3.0, sampling_rate, rng, fast_share=fast)


def tonic_discharge(seizure: Seizure, times: Floats, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return the recruiting rhythm, that starts low and grows over the whole cortex, shape (19, n_samples)."""
    tonic, turn = phases(seizure)[0]
    share = (times - tonic) / (turn - tonic)
    envelope = (0.1 + 0.35 * share) * np.clip((turn + _OVERLAP - times) / _OVERLAP, 0, 1)
    frequency = _RECRUITING[0] * (_RECRUITING[1] / _RECRUITING[0]) ** share
    return discharge_together(whole_cortex(0.0), frequency, envelope, 0.8, sampling_rate, rng)


def clonic_discharge(seizure: Seizure, times: Floats, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return bursts of polyspikes and slow waves of the whole cortex, one with each jerk, shape (19, n_samples)."""
    regions, jerks = whole_cortex(0.0), jerk_times(seizure)
    number = np.searchsorted(jerks, times, side="right") - 1
    intervals = np.append(np.diff(jerks), 1 / seizure.stop_frequency)
    lags = np.array([[region.lag] for region in regions])
    strays = _STRAY * shaped_noise(len(regions), len(times), sampling_rate, narrow_power(0.0, 0.5), rng)
    heights = np.exp(0.15 * rng.standard_normal((len(regions), len(jerks))) + 0.15 * rng.standard_normal(len(jerks)))
    bursts = polyspikes(times - jerks[number] - lags - strays, intervals[number]) * heights[:, number]
    starts = np.flatnonzero(np.diff(number, prepend=-1))
    bursts -= (np.add.reduceat(bursts, starts, axis=1) / np.diff(starts, append=len(times)))[:, number]
    seen: Floats = mixing(regions) @ bursts * np.clip((times - jerks[0]) / 2.0, 0, 1)
    return seen


def aftermath(seizure: Seizure, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return delta of the whole cortex that comes out of the silence and wears off, shape (19, n_samples)."""
    n_samples = round(seizure.postictal * sampling_rate)
    times = np.arange(n_samples) / sampling_rate
    silent = silence(seizure)
    rising = np.clip((times - silent) / (0.2 * seizure.postictal), 0, 1)
    falling = np.clip((seizure.postictal - times) / (0.5 * seizure.postictal), 0, 1)
    regions = everywhere(seizure.focus, _GENERALISING_SPEED, reach=0.05, floor=0.6)
    return delta(regions, rising * falling, sampling_rate, rng)


def whole_cortex(start: float) -> tuple[Region, ...]:
    """Return all regions, recruited from `start` seconds after the onset on."""
    regions = everywhere("Fz", _GENERALISING_SPEED, reach=0.06, floor=0.4)
    return tuple(replace(region, start=start + region.start) for region in regions)


def _frequency(seizure: Seizure) -> Track:
    """Return the rhythm of the focus, then that of the tonic phase, then that of the jerks."""
    (tonic, turn), (_, stop) = phases(seizure)
    share = np.linspace(0.0, 1.0, 21)
    focal = seizure.start_frequency * np.array([1.0, _FOCAL_SLOWING])
    recruiting = _RECRUITING[0] * (_RECRUITING[1] / _RECRUITING[0]) ** share
    jerking = _FIRST_JERKS * (seizure.stop_frequency / _FIRST_JERKS) ** share
    times = np.concatenate([[0.0, tonic], tonic + share * (turn - tonic), turn + share * (stop - turn)])
    return Track(times, np.concatenate([focal, recruiting, jerking]))
