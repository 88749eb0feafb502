"""What seizures do to the signal: they weaken the background, discharge, and leave slowing behind."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19
from ictal.core.events import Event
from ictal.simulation.course import course_of, onset_electrodes
from ictal.simulation.head import CHANNELS
from ictal.simulation.layers import GainLayer, Transient, TransientLayer
from ictal.simulation.scene import Part, Scene
from ictal.simulation.seizure import KINDS, Seizure
from ictal.simulation.tracks import Track

Floats = NDArray[np.float64]

_EASIEST, _HARDEST = 22.0, 6.0
"""Ictal to background amplitude in dB at difficulty 0 and 1."""

_SLOWING_SHARE, _HIGHEST_SLOWING = 0.7, 2.0
"""Height of the slowing, of the seizure's, and at most of the background's."""


def seizures(scene: Scene) -> Part:
    """Return the discharges of all seizures, and the events that are the truth."""
    transients, rate = [], scene.sampling_rate
    for number, seizure in enumerate(scene.seizures):
        make = partial(discharge, seizure, height(scene), rate, scene.seed_for(f"seizure {number}"))
        transients.append(Transient(round(seizure.onset * rate), round(seizure.duration * rate), make))
    return Part((TransientLayer(transients),), tuple(map(event_of, scene.seizures)))


def slowing(scene: Scene) -> Part:
    """Return the delta after each seizure whose kind leaves it."""
    transients, rate = [], scene.sampling_rate
    microvolts = min(_SLOWING_SHARE * height(scene), _HIGHEST_SLOWING * scene.subject.rhythms.background_amplitude)
    for number, seizure in enumerate(scene.seizures):
        if course_of(seizure).aftermath is not None:
            make = partial(aftermath, seizure, microvolts, rate, scene.seed_for(f"slowing {number}"))
            transients.append(Transient(round(seizure.stop * rate), round(seizure.postictal * rate), make))
    return Part((TransientLayer(transients),))


def suppression(scene: Scene) -> Part:
    """Return what seizures do to the background, while they last and until all is as before."""
    gains = []
    for seizure in scene.seizures:
        left = course_of(seizure).background
        gains.append(Track(seizure.onset + left.times, left.values))
    return Part((GainLayer(gains, scene.sampling_rate),))


def height(scene: Scene) -> float:
    """Return how high seizures rise: root mean square in µV, at the electrode that sees most when they are full."""
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
    """Return what the electrodes see of one seizure, from its onset to its stop.

    Whatever its kind, its root mean square while it is full is `microvolts` at the electrode that sees most.
    """
    course = course_of(seizure)
    seen = course.discharge(sampling_rate, np.random.default_rng(seed))
    first, last = (round(second * sampling_rate) for second in course.full)
    powers = (seen[:, first:last] ** 2).mean(axis=1)
    scaled: Floats = seen * (microvolts / np.sqrt(powers.max()))
    return scaled


def aftermath(seizure: Seizure, microvolts: float, sampling_rate: float, seed: list[int]) -> Floats:
    """Return what the electrodes see after one seizure."""
    render = course_of(seizure).aftermath
    if render is None:
        return np.zeros((len(SCALP_19), round(seizure.postictal * sampling_rate)))
    return microvolts * render(sampling_rate, np.random.default_rng(seed))


def event_of(seizure: Seizure) -> Event:
    """Return the event that a reader should mark, with the channels over its place of onset, none if that is all."""
    electrodes = onset_electrodes(seizure)
    channels = () if electrodes == SCALP_19 else tuple(CHANNELS[SCALP_19.index(name)] for name in electrodes)
    return Event(seizure.onset, seizure.duration, KINDS[seizure.kind].event_type, channels=channels)
