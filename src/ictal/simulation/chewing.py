"""What the jaw adds: chewing, at meals and as an automatism in focal seizures.

References
----------
Tatum, Dworetzky and Schomer, Artifact and recording concepts in EEG, J. Clin. Neurophysiol. 2011: chewing gives
bursts over both temples once or twice a second; the tip of the tongue is negative to its root, so that its movement
makes slow waves that are largest in front. Maestri et al., Oroalimentary automatisms in temporal lobe seizures,
Epilepsia 2008 (chewing begins some ten seconds after the onset of the seizure).
"""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.layers import Transient, TransientLayer
from ictal.simulation.muscle import burst_envelope, contraction, fibre_fields
from ictal.simulation.noise import narrow_power, shaped_noise
from ictal.simulation.projection import planted, soft_fields
from ictal.simulation.scene import Part, Scene
from ictal.simulation.schedule import random_onsets

Floats = NDArray[np.float64]

_JAW = ("left temporalis", "right temporalis")
_GAIN = 3.0
"""Of the temporalis when it chews, over a burst at rest."""

_RATE, _BOUT_SECONDS = (1.0, 2.0), (3.0, 20.0)
_BOUTS_AT_ONCE, _PAUSE = (1, 5), (2.0, 12.0)
_ACTIVE_SHARE = 0.45
"""Of each cycle in which the muscle is active."""

_TONGUE, _TONGUE_AXIS = (0.0, 0.045, -0.055), (0.0, -0.7, -0.7)
"""Metres from the middle of the head, and the direction in which a rising tip pushes the potential."""

_TONGUE_HEIGHT = (15.0, 60.0)
_AUTOMATISM_SHARE, _AUTOMATISM_DELAY = 0.5, (8.0, 20.0)
"""Of focal seizures in which the subject chews, and seconds from their onset until then."""


def chewing(scene: Scene) -> Part:
    """Return bouts of chewing while awake, and in half of the focal seizures."""
    rng, habits = scene.stream("chewing"), scene.subject.habits
    transients, events = [], []
    for onset, duration in meals(scene, rng) + automatisms(scene):
        length, height = round(duration * scene.sampling_rate), _GAIN * habits.muscle_amplitude
        make = partial(chew, height, length, scene.sampling_rate, int(rng.integers(2**31)))
        transients.append(Transient(round(onset * scene.sampling_rate), length, make))
        events.append(planted(scene, "chewing", onset, duration, np.hstack([fibre_fields(name) for name in _JAW])))
    return Part((TransientLayer(transients),), tuple(events))


def meals(scene: Scene, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Return onset and duration in seconds of bouts of chewing while awake, several at once as at a meal."""
    awake, bouts = scene.states.spans("wake"), []
    per_minute = scene.subject.habits.chewing_rate / (sum(_BOUTS_AT_ONCE) / 2) / 60
    for meal in random_onsets(awake, per_minute, rng):
        onset = meal
        for _ in range(rng.integers(*_BOUTS_AT_ONCE, endpoint=True)):
            duration = rng.uniform(*_BOUT_SECONDS)
            if any(start <= onset and onset + duration <= stop for start, stop in awake):
                bouts.append((onset, duration))
            onset += duration + rng.uniform(*_PAUSE)
    return bouts


def automatisms(scene: Scene) -> list[tuple[float, float]]:
    """Return onset and duration in seconds of chewing in focal seizures that last long enough."""
    bouts = []
    for number, seizure in enumerate(scene.seizures):
        rng = np.random.default_rng([*scene.seed_for("automatisms"), number])
        onset = seizure.onset + rng.uniform(*_AUTOMATISM_DELAY)
        duration = min(rng.uniform(*_BOUT_SECONDS), seizure.stop - onset)
        chews = rng.random() < _AUTOMATISM_SHARE * seizure.muscle and seizure.kind == "focal-temporal"
        if chews and duration >= _BOUT_SECONDS[0]:
            bouts.append((onset, duration))
    return bouts


def chew(height: float, length: int, sampling_rate: float, seed: int) -> Floats:
    """Return one bout of chewing, shape (19, length).

    Parameters
    ----------
    height : float
        Root mean square in µV of the temporalis at its strongest.
    length : int
        Samples.
    sampling_rate : float
        Hz.
    seed : int
    """
    rng = np.random.default_rng(seed)
    hurry, effort, idle = shaped_noise(3, length, sampling_rate, narrow_power(0.0, 0.6), rng)
    phase = 2 * np.pi * np.cumsum(rng.uniform(*_RATE) * np.exp(0.12 * hurry)) / sampling_rate
    threshold = np.cos(np.pi * _ACTIVE_SHARE)
    bites = np.clip((np.cos(phase) - threshold) / (1 - threshold), 0.0, 1.0) * np.exp(0.3 * effort)
    bout = burst_envelope(length, ramp_share=0.1)
    seen = rng.uniform(*_TONGUE_HEIGHT) * np.outer(
        tongue_field(), bout * (np.cos(phase - rng.uniform(1.0, 2.5)) + idle)
    )
    for name in _JAW:
        seen += contraction([name], rng.uniform(0.6, 1.0) * height * bout * bites, sampling_rate, rng)
    return seen


def tongue_field() -> Floats:
    """Return how the tip of the tongue is seen when it goes up, -1 where most, shape (19,)."""
    field = soft_fields([_TONGUE], [_TONGUE_AXIS])[:, 0]
    scaled: Floats = field / np.abs(field).max()
    return scaled
