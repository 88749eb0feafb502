"""What muscles add: bursts over the temples and the forehead."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.head import muscle_fields
from ictal.simulation.layers import Transient, TransientLayer
from ictal.simulation.noise import muscle_power, shaped_noise
from ictal.simulation.scene import Part, Scene
from ictal.simulation.schedule import random_onsets

Floats = NDArray[np.float64]

_TENSE_RATE, _TENSE_GAIN = 15.0, 2.0
"""Bursts a minute, and how much larger than at rest they are, while a seizure makes the body tense."""


def muscle(scene: Scene) -> Part:
    """Return bursts of muscle on either side by itself; in the second half of a seizure more and larger."""
    habits, rate = scene.subject.habits, scene.sampling_rate
    resting, tense = scene.stream("muscle"), scene.stream("tense muscle")
    stretches = [((0.0, scene.duration), habits.muscle_rate, 1.0, resting)]
    stretches += [
        ((seizure.stop - seizure.duration / 2, seizure.stop), _TENSE_RATE * seizure.muscle, _TENSE_GAIN, tense)
        for seizure in scene.seizures
    ]
    transients = []
    for span, bursts_a_minute, gain, rng in stretches:
        for onset in random_onsets([span], bursts_a_minute, rng):
            length = round(rng.uniform(0.4, 5.0) * rate)
            height = gain * habits.muscle_amplitude * np.exp(0.4 * rng.standard_normal())
            field = height * muscle_fields()[rng.integers(len(muscle_fields()))]
            seed = int(rng.integers(2**31))
            transients.append(Transient(round(onset * rate), length, partial(burst, field, length, rate, seed)))
    return Part((TransientLayer(transients),))


def burst(field: Floats, length: int, sampling_rate: float, seed: int) -> Floats:
    """Return one burst of the fibres of a muscle, shape (n_electrodes, length)."""
    fibres = shaped_noise(field.shape[1], length, sampling_rate, muscle_power(), np.random.default_rng(seed))
    seen: Floats = field @ (fibres * burst_envelope(length))
    return seen


def burst_envelope(n_samples: int, ramp_share: float = 0.2) -> Floats:
    """Return a window that rises, stays at 1 and falls, each ramp a share of the whole, shape (n_samples,)."""
    position = np.linspace(0.0, 1.0, n_samples)
    edge = np.clip(np.minimum(position, 1.0 - position) / ramp_share, 0.0, 1.0)
    envelope: Floats = np.sin(0.5 * np.pi * edge) ** 2
    return envelope
