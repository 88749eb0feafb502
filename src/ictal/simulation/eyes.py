"""What the eyes add: blinks."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.head import eye_field
from ictal.simulation.layers import Transient, TransientLayer
from ictal.simulation.scene import Part, Scene
from ictal.simulation.schedule import random_onsets

Floats = NDArray[np.float64]


def blinks(scene: Scene) -> Part:
    """Return blinks while the eyes are open: positive at the front of the head, of varying height and speed."""
    rng = scene.stream("blinks")
    field = scene.subject.habits.blink_amplitude * eye_field()
    transients = []
    for onset in random_onsets(scene.states.eyes_open, scene.subject.habits.blink_rate, rng):
        shape = partial(blink, scene.sampling_rate, rise=rng.uniform(0.09, 0.13))
        make = partial(spread, rng.normal(1.0, 0.15) * field, shape)
        transients.append(Transient(round(onset * scene.sampling_rate), len(shape()), make))
    return Part((TransientLayer(transients),))


def spread(field: Floats, shape: partial[Floats]) -> Floats:
    """Return one wave as all electrodes see it."""
    return np.outer(field, shape())


def blink(sampling_rate: float, rise: float = 0.13) -> Floats:
    """Return one blink: up in `rise` seconds, down more slowly, peak 1.

    Examples
    --------
    >>> shape = blink(256.0)
    >>> float(shape.max().round(3)), len(shape) / 256.0 < 0.8
    (1.0, True)
    """
    times = np.arange(round(5.5 * rise * sampling_rate)) / (sampling_rate * rise)
    shape: Floats = times**3 * np.exp(3 * (1 - times))
    return shape
