"""What seizures do to the signal: they weaken the background, discharge, and leave slowing behind."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19
from ictal.core.events import Event
from ictal.simulation.focal import ictal_signal, onset_electrodes, slowing_signal
from ictal.simulation.head import CHANNELS
from ictal.simulation.layers import GainLayer, Transient, TransientLayer
from ictal.simulation.scene import Part, Scene
from ictal.simulation.seizure import KINDS, Seizure
from ictal.simulation.tracks import Track

Floats = NDArray[np.float64]

_EASIEST, _HARDEST = 22.0, 6.0
"""Ictal to background amplitude in dB at difficulty 0 and 1."""

_SLOWING_SHARE = 0.7
_POSTICTAL_BACKGROUND = 0.4


def seizures(scene: Scene) -> Part:
    """Return the discharges of all seizures, and the events that are the truth."""
    transients, rate = [], scene.sampling_rate
    for number, seizure in enumerate(scene.seizures):
        make = partial(discharge, seizure, height(scene), rate, scene.seed_for(f"seizure {number}"))
        transients.append(Transient(round(seizure.onset * rate), round(seizure.duration * rate), make))
    return Part((TransientLayer(transients),), tuple(map(event_of, scene.seizures)))


def slowing(scene: Scene) -> Part:
    """Return the delta after each seizure."""
    transients, rate = [], scene.sampling_rate
    for number, seizure in enumerate(scene.seizures):
        make = partial(aftermath, seizure, height(scene), rate, scene.seed_for(f"slowing {number}"))
        transients.append(Transient(round(seizure.stop * rate), round(seizure.postictal * rate), make))
    return Part((TransientLayer(transients),))


def suppression(scene: Scene) -> Part:
    """Return what seizures do to the background: down to 40 % at their end, and slowly back."""
    gains = []
    for seizure in scene.seizures:
        times = np.array([seizure.onset, seizure.stop, seizure.stop + seizure.postictal])
        gains.append(Track(times, np.array([1.0, _POSTICTAL_BACKGROUND, 1.0])))
    return Part((GainLayer(gains, scene.sampling_rate),))


def height(scene: Scene) -> float:
    """Return how high seizures rise in µV, at the electrode that sees most when they are full."""
    return scene.subject.rhythms.background_amplitude * float(10 ** (ictal_decibels(scene.difficulty) / 20))


def ictal_decibels(difficulty: float) -> float:
    """Return the height of seizures over the background in dB of amplitude, 22 at difficulty 0 and 6 at 1.

    Examples
    --------
    >>> ictal_decibels(0.0), ictal_decibels(1.0)
    (22.0, 6.0)
    """
    return _EASIEST + (_HARDEST - _EASIEST) * difficulty


def discharge(seizure: Seizure, microvolts: float, sampling_rate: float, seed: list[int]) -> Floats:
    """Return what the electrodes see of one seizure, from its onset to its stop."""
    return microvolts * ictal_signal(seizure, sampling_rate, np.random.default_rng(seed))


def aftermath(seizure: Seizure, microvolts: float, sampling_rate: float, seed: list[int]) -> Floats:
    """Return what the electrodes see after one seizure."""
    return _SLOWING_SHARE * microvolts * slowing_signal(seizure, sampling_rate, np.random.default_rng(seed))


def event_of(seizure: Seizure) -> Event:
    """Return the event that a reader should mark, with the channels over its place of onset."""
    channels = tuple(CHANNELS[SCALP_19.index(name)] for name in onset_electrodes(seizure.focus))
    return Event(seizure.onset, seizure.duration, KINDS[seizure.kind], channels=channels)
