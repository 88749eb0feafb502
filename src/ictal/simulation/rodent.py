"""Simulated cortical EEG of a mouse or rat: theta, movement, and seizures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError, check_option
from ictal.core.events import Annotations, Event
from ictal.simulation.electronics import Mains
from ictal.simulation.layers import GainLayer, Layer, NoiseLayer, Transient, TransientLayer
from ictal.simulation.muscle import burst_envelope
from ictal.simulation.noise import Noise, background_power, muscle_power, narrow_power, shaped_noise, white_power
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.rodent_seizures import ANIMAL_KINDS, AnimalSeizure, SpikeTrain, SpikeWave
from ictal.simulation.schedule import check_inside, check_request, random_onsets
from ictal.simulation.tracks import drifting, steady

Floats = NDArray[np.float64]

_SHARED = 0.8
_THETA_SHARE = 0.6
_MOVEMENTS_PER_MINUTE = 0.7
_MOVEMENT_HEIGHT = 2.5
_AMPLIFIER_NOISE = 2.0
_LINE_SHARE = 0.05


def simulate_animal(
    duration: float,
    *,
    seed: int,
    n_channels: int = 1,
    seizures: int | Sequence[SpikeTrain | SpikeWave] = 1,
    kind: str = "tonic-clonic",
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
    seizures : int or sequence of SpikeTrain or SpikeWave
        How many to place at random, at least a minute of recording each; or which ones.
    kind : str
        Of those that are placed at random, a name in :data:`~ictal.simulation.rodent_seizures.ANIMAL_KINDS`.
    sampling_rate : float
        Hz, at least 100.
    line_frequency : float
        Hz.

    Returns
    -------
    SimulatedRecording
        µV; `annotations` hold one event for each seizure, exact to the sample:
        ``sz`` for tonic-clonic ones, ``sz_gen_nm`` for spike-and-wave.

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
    place = ANIMAL_KINDS[check_option("kind of seizures", kind, ANIMAL_KINDS)]
    chosen = place(seizures, duration, rng) if isinstance(seizures, int) else tuple(seizures)
    check_inside((seizure.span for seizure in chosen), duration)
    n_samples = round(duration * sampling_rate)
    animal = np.random.default_rng([seed, 3])
    level = float(np.clip(60.0 * np.exp(0.3 * animal.standard_normal()), 30.0, 120.0))
    layers: list[Layer] = [
        *_resting_cortex(n_channels, duration, level, sampling_rate, seed),
        GainLayer([seizure.background for seizure in chosen], sampling_rate),
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
        Annotations((Event(one.onset, one.duration, one.event_type) for one in chosen), n_samples / sampling_rate),
        f"rodent phantom, seed {seed}, seizures {len(chosen)}",
    )


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


def _discharges(
    seizures: Sequence[AnimalSeizure], n_channels: int, level: float, sampling_rate: float, seed: int
) -> list[Transient]:
    """Return what all seizures add, of about the same size under every screw."""
    transients = []
    for number, seizure in enumerate(seizures):
        strengths = np.random.default_rng([seed, 8, number]).uniform(0.8, 1.0, n_channels)
        make = partial(_seen, seizure, level * seizure.height * strengths, sampling_rate, [seed, 9, number])
        transients.append(
            Transient(round(seizure.onset * sampling_rate), round(seizure.duration * sampling_rate), make)
        )
    return transients


def _seen(seizure: AnimalSeizure, microvolts: Floats, sampling_rate: float, seed: list[int]) -> Floats:
    return np.outer(microvolts, seizure.course(sampling_rate, np.random.default_rng(seed)))


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
