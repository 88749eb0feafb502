"""Muscles that stay tense for a minute or so: a jaw that is clenched, a forehead that frowns, a stiff neck."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.spans import Span
from ictal.simulation.contacts import random_spells
from ictal.simulation.layers import Transient, TransientLayer
from ictal.simulation.muscle import MUSCLES, burst_envelope, contraction, fibre_fields
from ictal.simulation.noise import narrow_power, shaped_noise
from ictal.simulation.projection import planted
from ictal.simulation.scene import Part, Scene

Floats = NDArray[np.float64]

_SECONDS: Span = (20.0, 120.0)
_SPREAD = 0.5
"""Standard deviation of the logarithm of the height of a stretch."""

_TOGETHER = (
    ("left temporalis", "right temporalis"),
    ("left frontalis", "right frontalis"),
    ("left temporalis",),
    ("right temporalis",),
    ("left neck", "right neck"),
    tuple(MUSCLES),
)
_TOGETHER_SHARES = (0.2, 0.2, 0.08, 0.07, 0.1, 0.35)
_UNREST = 0.3


def tension(scene: Scene) -> Part:
    """Return stretches in which some muscles do not relax.

    References
    ----------
    Goncharova et al., EMG contamination of EEG: spectral and topographical characteristics, Clin. Neurophysiol. 2003
    (weak contractions, not seen as bursts, raise the spectrum from 15 Hz on).
    """
    rng, habits, rate = scene.stream("tension"), scene.subject.habits, scene.sampling_rate
    transients, events = [], []
    for start, stop in random_spells(scene.duration, habits.tension_share, _SECONDS, rng):
        names = _TOGETHER[int(rng.choice(len(_TOGETHER), p=_TOGETHER_SHARES))]
        height = habits.tension_amplitude * float(np.exp(_SPREAD * rng.standard_normal()))
        length = round((stop - start) * rate)
        make = partial(tense, names, height, length, rate, int(rng.integers(2**31)))
        transients.append(Transient(round(start * rate), length, make))
        fields = np.hstack([fibre_fields(name) for name in names])
        events.append(planted(scene, "muscle", start, stop - start, fields))
    return Part((TransientLayer(transients),), tuple(events))


def tense(names: tuple[str, ...], height: float, length: int, sampling_rate: float, seed: int) -> Floats:
    """Return muscles that are tense, more and less so, shape (19, length)."""
    rng = np.random.default_rng(seed)
    effort = np.exp(_UNREST * shaped_noise(1, length, sampling_rate, narrow_power(0.0, 0.3), rng)[0])
    return contraction(names, height * burst_envelope(length, ramp_share=0.05) * effort, sampling_rate, rng)
