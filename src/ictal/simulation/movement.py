"""What movement adds: of the head on its pillow and of the cables, by the subject or from outside.

References
----------
Tatum, Dworetzky and Schomer, Artifact and recording concepts in EEG, J. Clin. Neurophysiol. 2011: patting, breathing
machines and swaying cables make rhythms at the electrodes that are touched, without the field that brain would have
and without the evolution of a seizure.
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19, Electrode
from ictal.core.events import Event
from ictal.simulation.contacts import log_uniform
from ictal.simulation.layers import Transient, TransientLayer
from ictal.simulation.muscle import MUSCLES, burst_envelope, contraction
from ictal.simulation.noise import narrow_power, shaped_noise
from ictal.simulation.projection import nearness, planted
from ictal.simulation.scene import Part, Scene
from ictal.simulation.schedule import random_onsets

Floats = NDArray[np.float64]

_STAGE_RATES = {"wake": 1.0, "n1": 0.6, "n2": 0.25, "n3": 0.1, "rem": 0.25}
"""Movements as a share of those awake."""

_SECONDS, _HEIGHT = (1.0, 6.0), (40.0, 300.0)
_MUSCLE_GAIN = 1.5
_SEIZURE_RATES = {"focal-temporal": 3.0, "focal-to-bilateral": 8.0, "low-voltage-fast": 20.0, "tonic": 3.0}
"""Kind of seizure → movements a minute, after the first third and where it makes the body as tense as can be."""

_TOUCHED_WIDTH = (25.0, 60.0)
"""Degrees around one electrode that move."""

_PATTING_SECONDS, _PATTING_RATE, _PATTING_HEIGHT = (6.0, 60.0), (1.0, 3.0), (25.0, 120.0)
_RESTS = ("O1", "O2", "P7", "P8", "T7", "T8")
"""Electrodes on which a head may lie."""


def movement(scene: Scene) -> Part:
    """Return movements of head and cables: large slow swings of several electrodes, with muscle."""
    onsets = []
    for stage, share in _STAGE_RATES.items():
        rng = scene.stream(f"movement {stage}")
        rate = share * scene.subject.habits.movement_rate / 60
        onsets += [(onset, rng) for onset in random_onsets(scene.states.spans(stage), rate, rng)]
    for number, seizure in enumerate(scene.seizures):
        rng = np.random.default_rng([*scene.seed_for("movement in seizures"), number])
        tense = (seizure.onset + seizure.duration / 3, seizure.stop)
        rate = _SEIZURE_RATES.get(seizure.kind, 0.0) * seizure.muscle
        onsets += [(onset, rng) for onset in random_onsets([tense], rate, rng)]
    moves = [random_move(scene, onset, rng) for onset, rng in onsets]
    return Part((TransientLayer(transient for transient, _ in moves),), tuple(event for _, event in moves))


def random_move(scene: Scene, onset: float, rng: np.random.Generator) -> tuple[Transient, Event]:
    """Return one movement."""
    rate, duration = scene.sampling_rate, float(rng.uniform(*_SECONDS))
    touched = touched_electrodes(str(rng.choice(SCALP_19)), rng)
    length, height = round(duration * rate), log_uniform(_HEIGHT, rng)
    tense = _MUSCLE_GAIN * scene.subject.habits.muscle_amplitude * rng.uniform(0.3, 1.0)
    make = partial(swing, height * touched, tense, length, rate, int(rng.integers(2**31)))
    return Transient(round(onset * rate), length, make), planted(scene, "movement", onset, duration, touched)


def swing(heights: Floats, muscle: float, length: int, sampling_rate: float, seed: int) -> Floats:
    """Return the electrodes that swing, half together and half by themselves, and the muscles that move the head.

    Parameters
    ----------
    heights : ndarray, shape (19,)
        Root mean square in µV of each electrode's swing; its sign is that of the common part.
    muscle : float
        Root mean square in µV.
    length : int
        Samples.
    sampling_rate : float
        Hz.
    seed : int

    Returns
    -------
    ndarray, shape (19, length)
    """
    rng = np.random.default_rng(seed)
    swings = shaped_noise(len(heights) + 1, length, sampling_rate, swing_power, rng)
    window = burst_envelope(length, ramp_share=0.3)
    seen: Floats = heights[:, np.newaxis] * (swings[0] + swings[1:]) * np.sqrt(0.5) * window
    names = list(rng.choice(list(MUSCLES), 3, replace=False))
    seen += contraction(names, muscle * window, sampling_rate, rng)
    return seen


def swing_power(frequencies: Floats) -> Floats:
    """Return the spectrum of swaying cables: most below 2 Hz."""
    power: Floats = frequencies**2 / (frequencies**2 + 0.3**2) / (1 + (frequencies / 1.2) ** 4)
    return power


def patting(scene: Scene) -> Part:
    """Return bouts of a steady rhythm of 1 to 3 Hz at the electrodes on which the head lies."""
    rng, rate = scene.stream("patting"), scene.sampling_rate
    transients, events = [], []
    for onset in random_onsets([(0.0, scene.duration)], scene.subject.habits.patting_rate / 60, rng):
        duration = log_uniform(_PATTING_SECONDS, rng)
        touched = touched_electrodes(str(rng.choice(_RESTS)), rng)
        length, height = round(duration * rate), rng.uniform(*_PATTING_HEIGHT)
        make = partial(pat, height * touched, rng.uniform(*_PATTING_RATE), length, rate, int(rng.integers(2**31)))
        transients.append(Transient(round(onset * rate), length, make))
        events.append(planted(scene, "patting", onset, duration, touched))
    return Part((TransientLayer(transients),), tuple(events))


def pat(heights: Floats, frequency: float, length: int, sampling_rate: float, seed: int) -> Floats:
    """Return a rhythm from outside, each electrode with a shape of its own, shape (19, length).

    Parameters
    ----------
    heights : ndarray, shape (19,)
        µV of each electrode.
    frequency : float
        Hz; a hand keeps it to some hundredths.
    length : int
        Samples.
    sampling_rate : float
        Hz.
    seed : int
    """
    rng = np.random.default_rng(seed)
    hurry, force = shaped_noise(2, length, sampling_rate, narrow_power(0.0, 0.2), rng)
    phase = 2 * np.pi * np.cumsum(frequency * np.exp(0.04 * hurry)) / sampling_rate
    window = burst_envelope(length, ramp_share=min(0.5, 0.5 * sampling_rate / length))
    orders = np.array([1, 2, 3])[:, np.newaxis, np.newaxis]
    sizes, lags = rng.uniform(0.0, 1.0, (3, len(heights), 1)) / orders, rng.uniform(-0.6, 0.6, (3, len(heights), 1))
    sizes[0] = 1.0
    waves = (sizes * np.cos(orders * phase + lags)).sum(axis=0)
    patted: Floats = heights[:, np.newaxis] * waves * window * np.exp(0.15 * force)
    return patted


def touched_electrodes(middle: str, rng: np.random.Generator) -> Floats:
    """Return how strongly each electrode moves when those around one are touched: each contact in its own way.

    Returns
    -------
    ndarray, shape (19,)
        -1 to 1, the largest of size 1.
    """
    near = nearness(Electrode(middle).position, rng.uniform(*_TOUCHED_WIDTH))
    contact = np.exp(0.5 * rng.standard_normal(len(near))) * np.where(rng.random(len(near)) < 0.25, -1.0, 1.0)
    touched = near * contact
    scaled: Floats = touched / np.abs(touched).max()
    return scaled
