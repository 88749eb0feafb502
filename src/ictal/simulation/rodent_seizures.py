"""Seizures of rodents: tonic-clonic trains of spikes, and the spike-and-wave discharges of absence epilepsy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import check_positive
from ictal.core.spans import Span
from ictal.simulation.focal import edges
from ictal.simulation.ictal_waves import run_phase, spike_and_wave
from ictal.simulation.schedule import random_spans
from ictal.simulation.tracks import Track, steady

Floats = NDArray[np.float64]

_TRAIN_SECONDS, _WAVE_SECONDS = (10.0, 60.0), (2.0, 20.0)
_TONIC_SHARE, _TONIC_HEIGHT = 0.3, 0.6
_LEAST_BACKGROUND = 0.4
_WAVE_JITTER, _WAVE_HEIGHT = 0.04, 1.25
_WAVE_RAMP, _GROWTH_SECONDS, _FIRST_HEIGHT = 0.1, 1.0, 0.6


@dataclass(frozen=True, slots=True)
class SpikeTrain:
    """A tonic-clonic seizure of an animal: fast spikes that grow, then larger ones that slow down.

    Parameters
    ----------
    onset, duration : float
        Seconds.
    start_rate, stop_rate : float
        Spikes a second at either end.
    height : float
        Of the clonic spikes, in root mean squares of the background.
    postictal : float
        Seconds of flattened EEG after it.

    Raises
    ------
    ParameterError
        If a value is not above 0.

    Examples
    --------
    >>> SpikeTrain(onset=30.0, duration=20.0).span
    (30.0, 50.0)
    """

    event_type: ClassVar[str] = "sz"

    onset: float
    duration: float
    start_rate: float = 7.0
    stop_rate: float = 2.5
    height: float = 6.0
    postictal: float = 30.0

    def __post_init__(self) -> None:
        for name in ("duration", "start_rate", "stop_rate", "height", "postictal"):
            check_positive(f"spike train {name}", getattr(self, name))

    @property
    def background(self) -> Track:
        """What is left of the background: 40 % at the stop, all of it before and long after."""
        return Track(
            np.array([self.onset, self.stop, self.stop + self.postictal]), np.array([1.0, _LEAST_BACKGROUND, 1.0])
        )

    @property
    def stop(self) -> float:
        """The end in seconds."""
        return self.onset + self.duration

    @property
    def span(self) -> Span:
        """Onset and stop in seconds."""
        return (self.onset, self.stop)

    def course(self, sampling_rate: float, rng: np.random.Generator) -> Floats:
        """Return the discharge, as :func:`spike_train` does."""
        return spike_train(self, sampling_rate, rng)


@dataclass(frozen=True, slots=True)
class SpikeWave:
    """One discharge: abrupt at both ends, regular, and slowing a little; the background is as before at once.

    Parameters
    ----------
    onset, duration : float
        Seconds.
    start_rate, stop_rate : float
        Spikes a second at either end.
    height : float
        Of its peaks, in root mean squares of the background.

    Raises
    ------
    ParameterError
        If a value is not above 0.

    References
    ----------
    Marescaux, Vergnes and Depaulis, Genetic absence epilepsy in rats from Strasbourg: a review, J. Neural Transm.
    Suppl. 1992 (7 to 11 Hz, about 20 s). Coenen and van Luijtelaar, Genetic animal models for absence epilepsy: a
    review of the WAG/Rij strain of rats, Behav. Genet. 2003 (7 to 10 Hz, 1 to 45 s, slowing within a discharge).

    Examples
    --------
    >>> SpikeWave(onset=30.0, duration=8.0).span
    (30.0, 38.0)
    """

    event_type: ClassVar[str] = "sz_gen_nm"
    background: ClassVar[Track] = steady(1.0)

    onset: float
    duration: float
    start_rate: float = 9.0
    stop_rate: float = 7.5
    height: float = 5.0

    def __post_init__(self) -> None:
        for name in ("duration", "start_rate", "stop_rate", "height"):
            check_positive(f"spike-and-wave {name}", getattr(self, name))

    @property
    def stop(self) -> float:
        """The end in seconds."""
        return self.onset + self.duration

    @property
    def span(self) -> Span:
        """Onset and stop in seconds."""
        return (self.onset, self.stop)

    def course(self, sampling_rate: float, rng: np.random.Generator) -> Floats:
        """Return the discharge, as :func:`spike_waves` does."""
        return spike_waves(self, sampling_rate, rng)


AnimalSeizure = SpikeTrain | SpikeWave
"""Any seizure of a rodent."""


def place_spike_trains(count: int, duration: float, rng: np.random.Generator) -> tuple[SpikeTrain, ...]:
    """Return spike trains of 10 to 60 s at random places.

    Their rate falls from 5–8 to 2–3 a second; they rise to 4–7.5 root mean squares of the background, which is 3 to 6
    times its mean amplitude.

    Parameters
    ----------
    count : int
        0 or more.
    duration : float
        Seconds; at least 60 for each.
    rng : numpy.random.Generator

    Raises
    ------
    ParameterError
        If there is not enough time, or the count is below 0.
    """
    return tuple(
        SpikeTrain(
            onset=start,
            duration=round(stop - start, 2),
            start_rate=float(rng.uniform(5.0, 8.0)),
            stop_rate=float(rng.uniform(2.0, 3.0)),
            height=float(rng.uniform(4.0, 7.5)),
        )
        for start, stop in random_spans(count, duration, *_TRAIN_SECONDS, rng)
    )


def place_spike_waves(count: int, duration: float, rng: np.random.Generator) -> tuple[SpikeWave, ...]:
    """Return discharges of 2 to 20 s at random places.

    They begin with 8 to 10 spikes a second, slow by a tenth to a fifth, and are 3 to 6 root mean squares of the
    background high.

    Parameters
    ----------
    count : int
        0 or more.
    duration : float
        Seconds; at least 60 for each.
    rng : numpy.random.Generator

    Raises
    ------
    ParameterError
        If there is not enough time, or the count is below 0.
    """
    placed = []
    for start, stop in random_spans(count, duration, *_WAVE_SECONDS, rng):
        start_rate = float(rng.uniform(8.0, 10.0))
        stop_rate = start_rate * float(rng.uniform(0.8, 0.9))
        height = float(rng.uniform(3.0, 6.0))
        placed.append(SpikeWave(start, round(stop - start, 2), start_rate, stop_rate, height))
    return tuple(placed)


ANIMAL_KINDS: dict[str, Callable[[int, float, np.random.Generator], tuple[AnimalSeizure, ...]]] = {
    "tonic-clonic": place_spike_trains,
    "spike-wave": place_spike_waves,
}
"""Kind of seizures → places so many at random in so many seconds."""


def spike_times(train: SpikeTrain, rng: np.random.Generator) -> Floats:
    """Return when spikes peak, in seconds after the onset, shape (n_spikes,).

    The rate falls geometrically; intervals vary by a tenth.

    Examples
    --------
    >>> times = spike_times(SpikeTrain(0.0, 20.0, start_rate=8.0, stop_rate=2.0), np.random.default_rng(0))
    >>> bool(times[1] - times[0] < times[-1] - times[-2])
    True
    """
    times = []
    now = 0.05
    while now < train.duration - 0.25:
        times.append(now)
        rate = train.start_rate * (train.stop_rate / train.start_rate) ** (now / train.duration)
        now += (1 + 0.1 * np.clip(rng.standard_normal(), -3, 3)) / rate
    return np.array(times)


def spike_train(train: SpikeTrain, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return the spikes of one seizure: sharp and negative, each with a slow wave behind it, the clonic ones 1 high.

    Returns
    -------
    ndarray, shape (n_samples,)
        From the onset to the stop.
    """
    course = np.zeros(round(train.duration * sampling_rate))
    for peak in spike_times(train, rng):
        growth = min(peak / (_TONIC_SHARE * train.duration), 1.0)
        height = (_TONIC_HEIGHT + (1 - _TONIC_HEIGHT) * growth) * rng.uniform(0.85, 1.1)
        first = max(round((peak - 0.04) * sampling_rate), 0)
        last = min(first + round(0.28 * sampling_rate), len(course))
        course[first:last] += height * _spike(np.arange(first, last) / sampling_rate - peak)
    return course


def _spike(offsets: Floats) -> Floats:
    shape: Floats = -np.exp(-0.5 * (offsets / 0.01) ** 2) + 0.35 * np.exp(-0.5 * ((offsets - 0.09) / 0.04) ** 2)
    return shape


def spike_waves(discharge: SpikeWave, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return one discharge from its onset to its stop, with negative peaks about 1 high.

    Returns
    -------
    ndarray, shape (n_samples,)
    """
    n_samples = round(discharge.duration * sampling_rate)
    times = np.arange(n_samples) / sampling_rate
    frequency = np.interp(times, [0.0, discharge.duration], [discharge.start_rate, discharge.stop_rate])
    waves = -spike_and_wave(run_phase(frequency, sampling_rate, _WAVE_JITTER, rng), _WAVE_HEIGHT)
    growth = _FIRST_HEIGHT + (1 - _FIRST_HEIGHT) * np.clip(times / _GROWTH_SECONDS, 0, 1)
    peak = spike_and_wave(np.linspace(0.0, 2 * np.pi, 200), _WAVE_HEIGHT).max()
    course: Floats = waves / peak * growth * edges(times, discharge.duration, ramp=_WAVE_RAMP)
    return course
