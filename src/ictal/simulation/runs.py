"""Rhythmic runs that look like the beginning of a seizure and never evolve.

References
----------
Tatum et al., Normal variants and unusual patterns in adults and children, J. Clin. Neurophysiol. 2006. Kane et al., A
revised glossary of terms most commonly used by clinical electroencephalographers, Clin. Neurophysiol. Pract. 2017.
Husain, Review of neonatal EEG, Am. J. Electroneurodiagnostic Technol. 2005 (anterior slow dysrhythmia).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ictal.core.errors import check_option
from ictal.core.events import Event
from ictal.core.spans import complement_spans, intersect_spans
from ictal.simulation.cycles import SINE, Contour, steady_rhythm
from ictal.simulation.patches import channels_seeing, field_over
from ictal.simulation.planted import Planted, planted_inside, planted_part
from ictal.simulation.scene import Part, Scene
from ictal.simulation.schedule import random_onsets
from ictal.simulation.stretches import away_from_seizures, pattern_stretches


@dataclass(frozen=True, slots=True)
class RunKind:
    """One kind of rhythmic run.

    Parameters
    ----------
    stages : tuple of str
        When it is seen, names in :data:`ictal.simulation.states.STAGES`.
    frequencies, seconds : (lowest, highest)
        Hz, and how long a run lasts.
    places : tuple of tuple of str
        Groups of electrodes; each run is above one group.
    gain : float
        Its height against the subject's usual run; below 0 where it is surface-positive.
    contour : Contour
    width : float
        Standard deviation in metres of the patch under each electrode.
    """

    stages: tuple[str, ...]
    frequencies: tuple[float, float]
    seconds: tuple[float, float]
    places: tuple[tuple[str, ...], ...]
    gain: float = 1.0
    contour: Contour = SINE
    width: float = 0.022


RUNS = {
    "temporal-theta": RunKind(("wake", "n1"), (5.0, 7.0), (5.0, 60.0), (("T7",), ("T8",)), contour=Contour(0.4, 2.6)),
    "wicket": RunKind(("wake", "n1", "rem"), (6.0, 11.0), (5.0, 12.0), (("T7",), ("T8",)), 1.2, Contour(0.35, 0.0)),
    "temporal-alpha": RunKind(
        ("wake",), (8.0, 12.0), (5.0, 30.0), (("T7", "P7"), ("T8", "P8")), 0.8, Contour(0.1, 0.0)
    ),
    "subclinical-theta": RunKind(
        ("wake",), (5.0, 7.0), (20.0, 60.0), (("P3", "P4", "P7", "P8"),), 1.2, Contour(0.3, 0.5)
    ),
    "hypersynchrony": RunKind(
        ("n1",), (3.0, 4.8), (5.0, 15.0), (("F3", "Fz", "F4", "C3", "C4"),), 3.0, Contour(0.1, 0.0), 0.03
    ),
    "14-and-6": RunKind(("n1", "n2"), (13.0, 14.5), (0.5, 1.5), (("P7",), ("P8",)), -1.0, Contour(0.35, 0.0), 0.03),
    "anterior-slow": RunKind(("n2", "rem"), (1.5, 2.5), (5.0, 10.0), (("Fp1", "Fp2", "F3", "F4"),), 1.5),
}
"""Rhythmic mid-temporal theta of drowsiness, wickets, temporal alpha, subclinical rhythmic theta of older adults,
hypnagogic hypersynchrony of children, 14 Hz positive bursts of adolescents (the one that is short), anterior slow
dysrhythmia of neonates."""

_APART = 5.0


def rhythmic_runs(scene: Scene) -> Part:
    """Return the runs of a subject in the stages that bring them, away from seizures, patterns and each other."""
    rng, epilepsy = scene.stream("rhythmic-runs"), scene.subject.epilepsy
    kinds = [RUNS[check_option("run kind", name, RUNS)] for name in epilepsy.run_kinds]
    runs: list[Planted] = []
    for stage, start, stop in scene.states.stages:
        possible = [kind for kind in kinds if stage in kind.stages]
        drawn = [
            run(possible[int(rng.integers(len(possible)))], onset, scene, rng)
            for onset in random_onsets([(start, stop)] if possible else [], epilepsy.run_rate / 60, rng)
        ]
        runs += planted_inside(drawn, [(start, stop)], apart=0.0)
    free = complement_spans(pattern_stretches(scene), 0.0, scene.duration)
    return planted_part(planted_inside(runs, intersect_spans(free, away_from_seizures(scene)), _APART))


def run(kind: RunKind, onset: float, scene: Scene, rng: np.random.Generator) -> Planted:
    """Return one run of a kind."""
    field = field_over(kind.places[int(rng.integers(len(kind.places)))], kind.width)
    height = scene.subject.epilepsy.run_amplitude * kind.gain * np.exp(0.25 * rng.standard_normal())
    span = (onset, onset + rng.uniform(*kind.seconds))
    rhythm = steady_rhythm(span, rng.uniform(*kind.frequencies), np.zeros(1), kind.contour, rng)
    start, stop = rhythm.span
    event = Event(start, stop - start, "rhythmic-run", channels=channels_seeing(field))
    return Planted(tuple(rhythm.transients(-height * field[:, np.newaxis], scene.sampling_rate)), event)
