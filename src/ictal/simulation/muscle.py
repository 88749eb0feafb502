"""What muscles add: bursts over temples, forehead and neck, and what convulsions fill the signal with.

References
----------
Goncharova et al., EMG contamination of EEG: spectral and topographical characteristics, Clin. Neurophysiol. 2003
(frontal muscle is slower than temporal). Theodore et al., The secondarily generalized tonic-clonic seizure: a
videotape analysis, Neurology 1994, and Conradsen et al., Dynamics of muscle activation during tonic-clonic seizures,
Epilepsy Res. 2013 (muscle rises through the tonic phase; clonic bursts come ever more slowly).
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19, Electrode
from ictal.core.events import Event
from ictal.core.spans import Span
from ictal.simulation.bilateral import jerk_times, phases
from ictal.simulation.layers import Transient, TransientLayer
from ictal.simulation.leadfield import SHELL_RADII
from ictal.simulation.noise import muscle_power, narrow_power, shaped_noise
from ictal.simulation.projection import planted, soft_fields
from ictal.simulation.scene import Part, Scene
from ictal.simulation.schedule import random_onsets
from ictal.simulation.seizure import Seizure

Floats = NDArray[np.float64]

MUSCLES = {
    "left temporalis": (("F9", "F7", "FT7", "T7"), 55.0),
    "right temporalis": (("F10", "F8", "FT8", "T8"), 55.0),
    "left frontalis": (("Fp1", "AF7", "AF3"), 35.0),
    "right frontalis": (("Fp2", "AF8", "AF4"), 35.0),
    "left neck": (("PO7", "PO9", "O1"), 50.0),
    "right neck": (("PO8", "PO10", "O2"), 50.0),
}
"""Over which places each muscle lies, and where the spectrum of its potentials peaks in Hz."""

_DEPTH = 0.9
"""Of a muscle, as a share of the radius of the scalp."""

_STAGE_RATES = {"wake": 1.0, "n1": 0.3, "n2": 0.05, "n3": 0.02, "rem": 0.1}
"""Bursts as a share of those awake."""

_SHARES = (0.27, 0.27, 0.17, 0.17, 0.06, 0.06)
"""Of the bursts that each muscle has."""

_BURST_SECONDS, _BURST_SPREAD, _BURST_RANGE = 1.5, 0.9, (0.25, 25.0)
_TENSE_RATE, _TENSE_GAIN = 15.0, 2.0
"""Bursts a minute, and how much larger than at rest they are, while a seizure makes the body tense."""

_CONVULSION_GAIN = 4.0
_JERK_DELAY, _JERK_WIDTH = 0.04, 0.05
"""Seconds by which muscle follows the cortex in a clonic jerk, and the standard deviation of its activity."""

_TONIC_RISE = 0.5
"""Share of the tonic phase after which muscles contract fully."""

_LAST_TONE = 0.4
"""Share of the tonic contraction that is left when the clonic phase begins."""

Burst = tuple[Transient, Event]


def muscle(scene: Scene) -> Part:
    """Return bursts of muscle, each of one muscle: more and larger in seizures, and all muscles in convulsions."""
    bursts = resting_bursts(scene)
    for number, seizure in enumerate(scene.seizures):
        rng = np.random.default_rng([*scene.seed_for("tense muscle"), number])
        if convulses(seizure):
            bursts.append(convulsion(scene, seizure, rng))
        else:
            tense = (seizure.stop - seizure.duration / 2, seizure.stop)
            onsets = random_onsets([tense], _TENSE_RATE * seizure.muscle, rng)
            bursts += [random_burst(scene, onset, _TENSE_GAIN, rng) for onset in onsets]
    return Part((TransientLayer(transient for transient, _ in bursts),), tuple(event for _, event in bursts))


def resting_bursts(scene: Scene) -> list[Burst]:
    """Return the bursts of a subject who is not in a seizure: many awake, few asleep."""
    bursts = []
    for stage, share in _STAGE_RATES.items():
        rng = scene.stream(f"muscle {stage}")
        onsets = random_onsets(scene.states.spans(stage), share * scene.subject.habits.muscle_rate, rng)
        bursts += [random_burst(scene, onset, 1.0, rng) for onset in onsets]
    return bursts


def random_burst(scene: Scene, onset: float, gain: float, rng: np.random.Generator) -> Burst:
    """Return one burst of one muscle."""
    name, rate = str(rng.choice(list(MUSCLES), p=_SHARES)), scene.sampling_rate
    duration = float(np.clip(_BURST_SECONDS * np.exp(_BURST_SPREAD * rng.standard_normal()), *_BURST_RANGE))
    height = gain * scene.subject.habits.muscle_amplitude * np.exp(0.4 * rng.standard_normal())
    length = round(duration * rate)
    make = partial(burst, name, height, length, rate, int(rng.integers(2**31)))
    return Transient(round(onset * rate), length, make), planted(scene, "muscle", onset, duration, fibre_fields(name))


def convulsion(scene: Scene, seizure: Seizure, rng: np.random.Generator) -> Burst:
    """Return all muscles in a convulsion, from the beginning of its tonic phase to the end of the seizure."""
    (start, _), _ = convulsive_phases(seizure)
    first, length = (
        round(second * scene.sampling_rate) for second in (seizure.onset + start, seizure.duration - start)
    )
    height = _CONVULSION_GAIN * scene.subject.habits.muscle_amplitude * seizure.muscle
    make = partial(convulse, seizure, height, length, scene.sampling_rate, int(rng.integers(2**31)))
    fields = np.hstack([fibre_fields(name) for name in MUSCLES])
    event = planted(scene, "muscle", seizure.onset + start, seizure.duration - start, fields)
    return Transient(first, length, make), event


def convulses(seizure: Seizure) -> bool:
    """Whether all muscles contract in a seizure: it is tonic, or becomes bilateral."""
    return seizure.kind == "tonic" or (seizure.kind == "focal-to-bilateral" and seizure.crossing < 1)


def convulsive_phases(seizure: Seizure) -> tuple[Span, Floats]:
    """Return the tonic phase of a seizure that convulses, and when it jerks after that.

    Returns
    -------
    (start, stop), jerks : tuple of float, ndarray of shape (n_jerks,)
        Seconds after the onset.
    """
    if seizure.kind == "tonic":
        return (0.0, seizure.duration), np.zeros(0)
    return phases(seizure)[0], jerk_times(seizure) + _JERK_DELAY


def burst(name: str, height: float, length: int, sampling_rate: float, seed: int) -> Floats:
    """Return one burst of one muscle, shape (19, length)."""
    rng = np.random.default_rng(seed)
    effort = np.exp(0.4 * shaped_noise(1, length, sampling_rate, narrow_power(0.0, 3.0), rng)[0])
    return contraction([name], height * burst_envelope(length) * effort, sampling_rate, rng)


def convulse(seizure: Seizure, height: float, length: int, sampling_rate: float, seed: int) -> Floats:
    """Return all muscles in a convulsion, shape (19, length)."""
    rng = np.random.default_rng(seed)
    envelope = convulsion_envelope(*convulsive_phases(seizure), length, sampling_rate, rng)
    return contraction(list(MUSCLES), height * envelope, sampling_rate, rng)


def contraction(names: Sequence[str], envelope: Floats, sampling_rate: float, rng: np.random.Generator) -> Floats:
    """Return what the electrodes see of muscles that contract together.

    Parameters
    ----------
    names : sequence of str
        Names in :data:`MUSCLES`.
    envelope : ndarray, shape (n_samples,)
        Root mean square in µV at the electrode that sees most of a muscle.
    sampling_rate : float
        Hz.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (19, n_samples)
    """
    seen = np.zeros((len(SCALP_19), len(envelope)))
    for name in names:
        fields = fibre_fields(name)
        power = muscle_power(MUSCLES[name][1])
        seen += fields @ (shaped_noise(fields.shape[1], len(envelope), sampling_rate, power, rng) * envelope)
    return seen


def convulsion_envelope(
    tonic: Span, jerks: Floats, n_samples: int, sampling_rate: float, rng: np.random.Generator
) -> Floats:
    """Return how strongly muscles contract: ever more in the tonic phase, then in jerks, tone being lost between them.

    Parameters
    ----------
    tonic : (start, stop)
        Seconds; the envelope begins at its start.
    jerks : ndarray, shape (n_jerks,)
        Seconds.
    n_samples : int
    sampling_rate : float
        Hz.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, shape (n_samples,)
        0 to about 1.5.

    Examples
    --------
    >>> envelope = convulsion_envelope((0.0, 10.0), np.array([12.0]), 5120, 256.0, np.random.default_rng(0))
    >>> envelope[[0, 2000, 5100]].round(1)
    array([0., 1., 0.])
    """
    times = tonic[0] + np.arange(n_samples) / sampling_rate
    full, limp = tonic[0] + _TONIC_RISE * (tonic[1] - tonic[0]), tonic[1] + (tonic[1] - tonic[0])
    knots = [tonic[0], full, tonic[1], tonic[1] + 0.3, max(limp, tonic[1] + 0.4)]
    envelope: Floats = np.interp(times, knots, [0.0, 1.0, 1.0, _LAST_TONE, 0.0])
    for jerk in jerks:
        near = slice(*np.searchsorted(times, [jerk - 4 * _JERK_WIDTH, jerk + 4 * _JERK_WIDTH]))
        envelope[near] += np.exp(0.2 * rng.standard_normal() - 0.5 * ((times[near] - jerk) / _JERK_WIDTH) ** 2)
    return envelope


def burst_envelope(n_samples: int, ramp_share: float = 0.2) -> Floats:
    """Return a window that rises, stays at 1 and falls, each ramp a share of the whole, shape (n_samples,)."""
    position = np.linspace(0.0, 1.0, n_samples)
    edge = np.clip(np.minimum(position, 1.0 - position) / ramp_share, 0.0, 1.0)
    envelope: Floats = np.sin(0.5 * np.pi * edge) ** 2
    return envelope


@functools.cache
def fibre_fields(name: str) -> Floats:
    """Return how the fibres of a muscle are seen, 1 where they are seen most together.

    The potentials of neighbouring fibres are independent, so that electrodes over one muscle do not see the same.

    Returns
    -------
    ndarray, shape (19, n_fibres)
        Under each place of the muscle one bundle that runs level, and one upright.
    """
    places, moments = [], []
    for place in MUSCLES[name][0]:
        outwards = Electrode(place).position
        level = np.array([-outwards[1], outwards[0], 0.0]) / np.hypot(outwards[0], outwards[1])
        places += 2 * [_DEPTH * SHELL_RADII[-1] * outwards]
        moments += [level, np.cross(outwards, level)]
    fields = soft_fields(places, moments)
    scaled: Floats = fields / np.sqrt((fields**2).sum(axis=1).max())
    return scaled
