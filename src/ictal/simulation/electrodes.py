"""What single electrodes add: sweat, pops and lost contacts.

References
----------
Tatum, Dworetzky and Schomer, Artifact and recording concepts in EEG, J. Clin. Neurophysiol. 2011: sweat sways below
0.5 Hz, a pop is an abrupt rise at one electrode with a slower fall.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19, Electrode
from ictal.core.spans import Span, intersect_spans
from ictal.simulation.contacts import fault_shares, log_uniform, random_spells
from ictal.simulation.electronics import AMPLIFIER_NOISE, high_pass
from ictal.simulation.layers import Transient, TransientLayer
from ictal.simulation.muscle import burst_envelope
from ictal.simulation.noise import shaped_noise
from ictal.simulation.projection import ProjectedLayer, nearness, planted
from ictal.simulation.scene import Part, Scene
from ictal.simulation.schedule import random_onsets

Floats = NDArray[np.float64]

_WET_SPOTS = 6
_SPOT_WIDTH = (20.0, 40.0)
"""Degrees; every second spot is at one electrode alone."""

_HOT_SECONDS = (300.0, 1500.0)
_POP_HEIGHT, _POP_FALL, _POP_PAUSE = (50.0, 400.0), (0.2, 1.0), (0.3, 6.0)
_LOSS_SECONDS = (5.0, 300.0)
_HEADBOX_SHARE = 0.12
_HUM_SHARE, _HUM_HEIGHT = 0.65, (5.0, 80.0)
_RAIL = 2800.0
"""µV at which the amplifier saturates."""

_SATURATED_SECONDS = (0.2, 1.5)
_RECOVERY_SECONDS = 6.0
_SEIZURE_MARGIN = 30.0


def sweat(scene: Scene) -> Part:
    """Return the slow sway of sweating skin under single electrodes and groups, coming and going over minutes."""
    rng, habits = scene.stream("sweat"), scene.subject.habits
    hot = random_spells(scene.duration, habits.sweat_share, _HOT_SECONDS, rng)
    layers, events = [], []
    for spot in range(_WET_SPOTS):
        middle = SCALP_19[rng.integers(len(SCALP_19))]
        width = rng.uniform(*_SPOT_WIDTH) if spot % 2 else 0.0
        field = nearness(Electrode(middle).position, width)
        height = habits.sweat_amplitude * np.exp(0.4 * rng.standard_normal())
        transients = []
        for start, stop in hot:
            low, high = np.sort(rng.uniform(start, stop, 2)).tolist()
            length = round((high - low) * scene.sampling_rate)
            make = partial(sway, height, length, scene.sampling_rate, int(rng.integers(2**31)))
            transients.append(Transient(round(low * scene.sampling_rate), length, make))
            events.append(planted(scene, "sweat", low, high - low, field))
        layers.append(ProjectedLayer(field[:, np.newaxis], TransientLayer(transients)))
    return Part(tuple(layers), tuple(events))


def sway(height: float, length: int, sampling_rate: float, seed: int) -> Floats:
    """Return the sway of one wet spot, with a root mean square of `height` at its strongest, shape (1, length)."""
    noise = shaped_noise(1, length, sampling_rate, sweat_power, np.random.default_rng(seed))
    swaying: Floats = height * noise * burst_envelope(length, ramp_share=0.3)
    return swaying


def sweat_power(frequencies: Floats) -> Floats:
    """Return the spectrum of sweating skin behind the amplifier's high-pass: 0.05 to 0.5 Hz."""
    power: Floats = frequencies**2 / (frequencies**2 + 0.16**2) / (1 + (frequencies / 0.25) ** 6)
    return power


def pops(scene: Scene) -> Part:
    """Return electrode pops: sudden steps at one electrode that fall back, often in series."""
    rng, rate, shares = scene.stream("pops"), scene.sampling_rate, fault_shares(scene)
    transients, events = [], []
    for onset in random_onsets([(0.0, scene.duration)], scene.subject.habits.pop_rate / 60, rng):
        electrode = int(rng.choice(len(SCALP_19), p=shares))
        count, fall = int(rng.geometric(0.35)), rng.uniform(*_POP_FALL)
        onsets = np.cumsum([0.0, *rng.uniform(*_POP_PAUSE, count - 1)])
        heights = rng.choice([-1.0, 1.0]) * np.array([log_uniform(_POP_HEIGHT, rng) for _ in range(count)])
        length = round((onsets[-1] + 5 * fall) * rate)
        make = partial(pop_series, electrode, onsets, heights, fall, length, rate)
        transients.append(Transient(round(onset * rate), length, make))
        events.append(planted(scene, "pop", onset, onsets[-1] + fall, np.eye(len(SCALP_19))[electrode]))
    return Part((TransientLayer(transients),), tuple(events))


def pop_series(
    electrode: int, onsets: Floats, heights: Floats, fall: float, length: int, sampling_rate: float
) -> Floats:
    """Return pops of one electrode, with `fall` seconds until one is down to 37 %, shape (19, length)."""
    series = np.zeros((len(SCALP_19), length))
    for onset, height in zip(onsets, heights, strict=True):
        first = round(onset * sampling_rate)
        series[electrode, first:] += height * np.exp(-np.arange(length - first) / (fall * sampling_rate))
    return series


@dataclass(frozen=True, eq=False)
class CutLayer:
    """Electrodes that see nothing for a while.

    Parameters
    ----------
    losses : sequence of (electrodes, first, last)
        Rows of the signal, and the samples ``[first, last)``.
    """

    losses: Sequence[tuple[list[int], int, int]]

    def apply(self, signal: Floats, first: int) -> None:
        for electrodes, start, stop in self.losses:
            signal[electrodes, max(start - first, 0) : max(stop - first, 0)] = 0.0


def disconnection(scene: Scene) -> Part:
    """Return losses of one electrode, or of the headbox with all, that replace what these would have seen."""
    rate = scene.sampling_rate
    transients, losses, events = [], [], []
    for (start, stop), electrodes, seed in draw_losses(scene):
        first, length = round(start * rate), round((stop - start) * rate)
        make = partial(lost_signal, electrodes, length, rate, scene.line_frequency, seed)
        transients.append(Transient(first, length + round(_RECOVERY_SECONDS * rate), make))
        losses.append((electrodes, first, first + length))
        field = np.isin(np.arange(len(SCALP_19)), electrodes).astype(np.float64)
        events.append(planted(scene, "disconnection", start, stop - start, field))
    return Part((CutLayer(losses), TransientLayer(transients)), tuple(events))


def draw_losses(scene: Scene) -> list[tuple[Span, list[int], int]]:
    """Return when which electrodes are lost, and a seed; the headbox is not unplugged around a seizure."""
    rng, shares = scene.stream("disconnection"), fault_shares(scene)
    around = [(seizure.onset - _SEIZURE_MARGIN, seizure.stop + _SEIZURE_MARGIN) for seizure in scene.seizures]
    losses = []
    for onset in random_onsets([(0.0, scene.duration)], scene.subject.habits.disconnection_rate / 60, rng):
        span = (onset, onset + log_uniform(_LOSS_SECONDS, rng))
        electrode, seed = int(rng.choice(len(SCALP_19), p=shares)), int(rng.integers(2**31))
        if rng.random() >= _HEADBOX_SHARE:
            losses.append((span, [electrode], seed))
        elif not intersect_spans([span], around):
            losses.append((span, list(range(len(SCALP_19))), seed))
    return losses


def lost_signal(electrodes: list[int], length: int, sampling_rate: float, line_frequency: float, seed: int) -> Floats:
    """Return what lost electrodes show: saturated at both ends, between them flat or a hum, then the recovery.

    Parameters
    ----------
    electrodes : list of int
        Rows of the signal.
    length : int
        Samples for which they are lost.
    sampling_rate, line_frequency : float
        Hz.
    seed : int

    Returns
    -------
    ndarray, shape (19, length + recovery)
    """
    rng = np.random.default_rng(seed)
    tail = round(_RECOVERY_SECONDS * sampling_rate)
    course = np.zeros((len(SCALP_19), length + tail))
    humming = rng.random() < _HUM_SHARE
    times = np.arange(length) / sampling_rate
    for electrode in electrodes:
        rails = _RAIL * rng.choice([-1.0, 1.0], 2) * (1.0 if len(electrodes) == 1 else rng.uniform(0.1, 0.5, 2))
        edges = np.minimum(np.round(rng.uniform(*_SATURATED_SECONDS, 2) * sampling_rate).astype(int), length // 3)
        height, phase = log_uniform(_HUM_HEIGHT, rng), rng.uniform(0.0, 2 * np.pi)
        row = course[electrode]
        if humming:
            row[:length] = height * np.sin(2 * np.pi * line_frequency * times + phase)
            row[:length] += AMPLIFIER_NOISE * rng.standard_normal(length)
        row[edges[0] : length] += rails[0] * recovery(length - edges[0], sampling_rate)
        row[: edges[0]] = rails[0]
        row[length - edges[1] : length] = rails[1]
        row[length:] = rails[1] * recovery(tail, sampling_rate)
    return course


def recovery(n_samples: int, sampling_rate: float) -> Floats:
    """Return how the amplifier comes back after saturation, 1 at first."""
    return high_pass(np.ones(n_samples), sampling_rate)
