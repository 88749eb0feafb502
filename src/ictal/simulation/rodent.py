"""Simulated cortical EEG of a mouse or rat: theta, movement, and seizures that are trains of spikes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError, check_positive
from ictal.core.events import Annotations, Event
from ictal.core.spans import Span
from ictal.simulation.electronics import Mains
from ictal.simulation.layers import GainLayer, Layer, NoiseLayer, Transient, TransientLayer
from ictal.simulation.muscle import burst_envelope
from ictal.simulation.noise import Noise, background_power, muscle_power, narrow_power, shaped_noise, white_power
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.schedule import check_inside, check_request, random_onsets, random_spans
from ictal.simulation.tracks import Track, drifting, steady

Floats = NDArray[np.float64]

_SHORTEST, _LONGEST = 10.0, 60.0
_SHARED = 0.8
_THETA_SHARE = 0.6
_MOVEMENTS_PER_MINUTE = 0.7
_MOVEMENT_HEIGHT = 2.5
_AMPLIFIER_NOISE = 2.0
_LINE_SHARE = 0.05
_TONIC_SHARE = 0.3
_TONIC_HEIGHT = 0.6
_POSTICTAL_BACKGROUND = 0.4


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
    def stop(self) -> float:
        """The end in seconds."""
        return self.onset + self.duration

    @property
    def span(self) -> Span:
        """Onset and stop in seconds."""
        return (self.onset, self.stop)


def simulate_animal(
    duration: float,
    *,
    seed: int,
    n_channels: int = 1,
    seizures: int | Sequence[SpikeTrain] = 1,
    sampling_rate: float = 500.0,
    line_frequency: float = 50.0,
) -> SimulatedRecording:
    """Return simulated cortical EEG of one rodent.

    Parameters
    ----------
    duration : float
        Seconds.
    seed : int
        0 or more; the same seed and settings give the same samples.
    n_channels : int
        Screws over the cortex, 1 or more; most of what they see is shared.
    seizures : int or sequence of SpikeTrain
        How many to place at random, at least a minute of recording each; or which ones.
    sampling_rate : float
        Hz, at least 100.
    line_frequency : float
        Hz.

    Returns
    -------
    SimulatedRecording
        µV; `annotations` hold one event of type ``sz`` for each seizure, exact to the sample.

    Raises
    ------
    ParameterError
        If a value is out of its range, or the seizures do not fit into the recording.

    Examples
    --------
    >>> rec = simulate_animal(60.0, seed=2, seizures=[SpikeTrain(20.0, 15.0)])
    >>> rec.channels, rec.annotations[0].stop
    (('EEG1',), 35.0)
    """
    check_request(duration, seed, sampling_rate, line_frequency)
    if n_channels < 1:
        raise ParameterError(f"n_channels: {n_channels!r} is not allowed; it must be 1 or more.")
    rng = np.random.default_rng([seed, 2])
    chosen = place_spike_trains(seizures, duration, rng) if isinstance(seizures, int) else tuple(seizures)
    check_inside((train.span for train in chosen), duration)
    n_samples = round(duration * sampling_rate)
    animal = np.random.default_rng([seed, 3])
    level = float(np.clip(60.0 * np.exp(0.3 * animal.standard_normal()), 30.0, 120.0))
    layers: list[Layer] = [
        *_resting_cortex(n_channels, duration, level, sampling_rate, seed),
        GainLayer([_weakened(train) for train in chosen], sampling_rate),
        TransientLayer(_discharges(chosen, n_channels, level, sampling_rate, seed)),
        TransientLayer(_movements(n_channels, duration, level, sampling_rate, seed)),
        Mains(np.tile([_LINE_SHARE * level, 0.0], (n_channels, 1)), line_frequency, sampling_rate, steady(0.0)),
        NoiseLayer(
            _AMPLIFIER_NOISE * np.eye(n_channels),
            Noise(n_channels, sampling_rate, white_power, [seed, 4]),
            sampling_rate,
        ),
    ]
    return SimulatedRecording(
        layers,
        n_samples,
        sampling_rate,
        tuple(f"EEG{number + 1}" for number in range(n_channels)),
        Annotations((Event(train.onset, train.duration) for train in chosen), n_samples / sampling_rate),
        f"rodent phantom, seed {seed}, seizures {len(chosen)}",
    )


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
        for start, stop in random_spans(count, duration, _SHORTEST, _LONGEST, rng)
    )


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


def _resting_cortex(
    n_channels: int, duration: float, level: float, sampling_rate: float, seed: int
) -> list[NoiseLayer]:
    """Return 1/f background, most of it shared, with theta that comes and goes; together `level` µV."""
    rng = np.random.default_rng([seed, 5])
    exponent, theta = rng.uniform(1.5, 2.2), rng.uniform(6.0, 8.5)
    size = level / np.sqrt(1 + _THETA_SHARE**2)
    mixing = np.column_stack([np.full(n_channels, _SHARED), np.sqrt(1 - _SHARED**2) * np.eye(n_channels)])
    cortex = Noise(n_channels + 1, sampling_rate, background_power(exponent), [seed, 6])
    rhythm = Noise(1, sampling_rate, narrow_power(theta, bandwidth=0.6), [seed, 7])
    coming_and_going = drifting(duration, spread=0.5, seconds=20.0, rng=rng)
    return [
        NoiseLayer(size * mixing, cortex, sampling_rate),
        NoiseLayer(np.full((n_channels, 1), size * _THETA_SHARE), rhythm, sampling_rate, [coming_and_going]),
    ]


def _weakened(train: SpikeTrain) -> Track:
    """Return what is left of the background: 40 % when the seizure stops, all of it before and long after."""
    return Track(
        np.array([train.onset, train.stop, train.stop + train.postictal]), np.array([1.0, _POSTICTAL_BACKGROUND, 1.0])
    )


def _discharges(
    trains: Sequence[SpikeTrain], n_channels: int, level: float, sampling_rate: float, seed: int
) -> list[Transient]:
    """Return the spikes of all seizures, of about the same size under every screw."""
    transients = []
    for number, train in enumerate(trains):
        strengths = np.random.default_rng([seed, 8, number]).uniform(0.8, 1.0, n_channels)
        make = partial(_seen, train, level * train.height * strengths, sampling_rate, [seed, 9, number])
        transients.append(Transient(round(train.onset * sampling_rate), round(train.duration * sampling_rate), make))
    return transients


def _seen(train: SpikeTrain, microvolts: Floats, sampling_rate: float, seed: list[int]) -> Floats:
    return np.outer(microvolts, spike_train(train, sampling_rate, np.random.default_rng(seed)))


def _movements(n_channels: int, duration: float, level: float, sampling_rate: float, seed: int) -> list[Transient]:
    """Return stretches of slow swings with muscle on top, as when the animal grooms or pulls at its cable."""
    rng = np.random.default_rng([seed, 10])
    transients = []
    for number, onset in enumerate(random_onsets([(0.0, duration)], _MOVEMENTS_PER_MINUTE, rng)):
        length = round(rng.uniform(0.5, 5.0) * sampling_rate)
        microvolts = _MOVEMENT_HEIGHT * level * rng.uniform(0.4, 1.0)
        make = partial(_movement, n_channels, length, microvolts, sampling_rate, [seed, 11, number])
        transients.append(Transient(round(onset * sampling_rate), length, make))
    return transients


def _movement(n_channels: int, length: int, microvolts: float, sampling_rate: float, seed: list[int]) -> Floats:
    rng = np.random.default_rng(seed)
    swings = shaped_noise(n_channels, length, sampling_rate, narrow_power(1.5, bandwidth=1.0), rng)
    muscle = shaped_noise(n_channels, length, sampling_rate, muscle_power(), rng)
    seen: Floats = microvolts * burst_envelope(length) * (swings + 0.3 * muscle)
    return seen
