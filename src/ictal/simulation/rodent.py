"""Simulated cortical EEG of a mouse or rat: theta, movement, and seizures that are trains of spikes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError, check_positive
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording, Signal
from ictal.core.spans import Span
from ictal.simulation.artefacts import add_at
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.schedule import check_inside, check_request, random_spans
from ictal.simulation.seizure import suppress_background
from ictal.simulation.sources import (
    background_power,
    burst_envelope,
    mains,
    muscle_power,
    narrow_power,
    random_onsets,
    shaped_noise,
    slow_gain,
)

Floats = NDArray[np.float64]

_SHORTEST, _LONGEST = 10.0, 60.0
_SHARED = 0.8
_THETA_SHARE = 0.6
_MOVEMENTS_PER_MINUTE = 0.7
_MOVEMENT_HEIGHT = 2.5
_AMPLIFIER_NOISE = 2.0
_TONIC_SHARE = 0.3
_TONIC_HEIGHT = 0.6


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
) -> Recording:
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
    Recording
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
    streams = np.random.default_rng([seed, 2]).spawn(5)
    chosen = place_spike_trains(seizures, duration, streams[0]) if isinstance(seizures, int) else tuple(seizures)
    check_inside((train.span for train in chosen), duration)
    n_samples = round(duration * sampling_rate)

    level = float(np.clip(60.0 * np.exp(0.3 * streams[1].standard_normal()), 30.0, 120.0))
    signal = level * _resting_cortex(n_channels, n_samples, sampling_rate, streams[1])
    for train, stream in zip(chosen, streams[2].spawn(len(chosen)), strict=True):
        suppress_background(signal, train.span, train.postictal, sampling_rate)
        spikes = level * train.height * spike_train(train, sampling_rate, stream)
        strengths = stream.uniform(0.8, 1.0, (n_channels, 1)).astype(np.float32)
        add_at(signal, round(train.onset * sampling_rate), strengths * spikes)
    _add_movement(signal, level, sampling_rate, streams[3])
    signal += 0.05 * level * mains(n_samples, sampling_rate, line_frequency, streams[4])[0]
    signal += _AMPLIFIER_NOISE * streams[4].standard_normal(signal.shape, dtype=np.float32)
    return SimulatedRecording(
        signal,
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


def spike_train(train: SpikeTrain, sampling_rate: float, rng: np.random.Generator) -> Signal:
    """Return the spikes of one seizure: sharp and negative, each with a slow wave behind it, the clonic ones 1 high.

    Returns
    -------
    ndarray of float32, shape (1, n_samples)
        Samples from the onset to the stop.
    """
    signal = np.zeros((1, round(train.duration * sampling_rate)), dtype=np.float32)
    for peak in spike_times(train, rng):
        growth = min(peak / (_TONIC_SHARE * train.duration), 1.0)
        height = (_TONIC_HEIGHT + (1 - _TONIC_HEIGHT) * growth) * rng.uniform(0.85, 1.1)
        first = max(round((peak - 0.04) * sampling_rate), 0)
        offsets = np.arange(first, first + round(0.28 * sampling_rate)) / sampling_rate - peak
        add_at(signal, first, (height * _spike(offsets)).astype(np.float32)[np.newaxis])
    return signal


def _spike(offsets: Floats) -> Floats:
    shape: Floats = -np.exp(-0.5 * (offsets / 0.01) ** 2) + 0.35 * np.exp(-0.5 * ((offsets - 0.09) / 0.04) ** 2)
    return shape


def _resting_cortex(n_channels: int, n_samples: int, sampling_rate: float, rng: np.random.Generator) -> Signal:
    """Return 1/f background with theta that comes and goes, root mean square near 1, shape (n_channels, n_samples)."""
    exponent, theta = rng.uniform(1.5, 2.2), rng.uniform(6.0, 8.5)
    cortex = shaped_noise(n_channels + 1, n_samples, sampling_rate, background_power(exponent), rng)
    rhythm = shaped_noise(1, n_samples, sampling_rate, narrow_power(theta, bandwidth=0.6), rng)[0]
    rhythm *= slow_gain(n_samples, sampling_rate, spread=0.5, seconds=20.0, rng=rng)
    signal = _SHARED * cortex[:1] + np.sqrt(1 - _SHARED**2) * cortex[1:] + _THETA_SHARE * rhythm
    scaled: Signal = (signal / np.sqrt(1 + _THETA_SHARE**2)).astype(np.float32)
    return scaled


def _add_movement(signal: Signal, level: float, sampling_rate: float, rng: np.random.Generator) -> None:
    """Add stretches of slow swings with muscle on top, as when the animal grooms or pulls at its cable."""
    n_channels, n_samples = signal.shape
    for onset in random_onsets(n_samples / sampling_rate, _MOVEMENTS_PER_MINUTE, rng):
        length = round(rng.uniform(0.5, 5.0) * sampling_rate)
        swings = shaped_noise(n_channels, length, sampling_rate, narrow_power(1.5, bandwidth=1.0), rng)
        muscle = shaped_noise(n_channels, length, sampling_rate, muscle_power(), rng)
        height = _MOVEMENT_HEIGHT * level * rng.uniform(0.4, 1.0)
        add_at(signal, round(onset * sampling_rate), height * burst_envelope(length) * (swings + 0.3 * muscle))
