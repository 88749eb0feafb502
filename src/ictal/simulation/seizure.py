"""What a simulated seizure is, and the kinds there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ictal.core.electrodes import SCALP_19, Electrode
from ictal.core.errors import ParameterError, check_option, check_positive
from ictal.core.spans import Span
from ictal.simulation.schedule import random_spans
from ictal.simulation.subject import Subject

_FRONTAL = ("F3", "F4", "F7", "F8", "Fp1", "Fp2", "Fz")
_NEONATAL = ("C3", "C4", "T7", "T8", "O1", "O2", "P7", "P8", "Cz")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of seizures.

    Parameters
    ----------
    event_type : str
        A name of HED-SCORE.
    course : str
        Address of a function that returns the :class:`~ictal.simulation.course.Course` of a seizure.
    durations : (shortest, longest)
        Seconds that are typical.
    frequencies : (start, stop)
        Hz that are typical of either end; rhythms slow from one to the other.
    postictal : (shortest, longest)
        Seconds until all is as before, typically.
    muscle : float
        0 to 1: how tense it makes the body.
    crossing : (earliest, latest)
        Shares of the seizure after which the other hemisphere joins, typically.
    crosses : float
        0 to 1: the share of seizures in which it does.
    slow_shares : (lowest, highest)
        Heights of the irregular delta that goes with the rhythm, as shares of the rhythm's, typically.
    foci : tuple of str
        Electrodes above places where it begins; of no meaning where it begins everywhere.
    """

    event_type: str
    course: str
    durations: Span
    frequencies: tuple[float, float]
    postictal: Span
    muscle: float
    crossing: Span = (0.2, 0.6)
    crosses: float = 1.0
    slow_shares: Span = (0.0, 0.5)
    foci: tuple[str, ...] = SCALP_19


KINDS = {
    "focal-temporal": Kind(
        "sz_foc_ia",
        "ictal.simulation.focal:focal",
        (30.0, 110.0),
        (6.5, 2.2),
        (40.0, 120.0),
        1.0,
        crosses=0.7,
        slow_shares=(0.0, 1.0),
    ),
    "focal-to-bilateral": Kind(
        "sz_foc_f2b",
        "ictal.simulation.bilateral:bilateral",
        (60.0, 120.0),
        (6.5, 1.0),
        (120.0, 240.0),
        1.0,
        (0.2, 0.45),
    ),
    "absence": Kind(
        "sz_gen_nm_typical",
        "ictal.simulation.generalised:absence",
        (5.0, 20.0),
        (3.6, 2.6),
        (0.0, 0.0),
        0.0,
        slow_shares=(0.0, 0.2),
    ),
    "tonic": Kind(
        "sz_gen_m_tonic", "ictal.simulation.generalised:tonic", (10.0, 25.0), (20.0, 10.0), (10.0, 25.0), 0.6
    ),
    "neonatal": Kind(
        "sz_foc_ua_nm",
        "ictal.simulation.neonatal:neonatal",
        (30.0, 180.0),
        (2.0, 0.9),
        (10.0, 40.0),
        0.1,
        crosses=0.3,
        slow_shares=(0.0, 0.3),
        foci=_NEONATAL,
    ),
    "low-voltage-fast": Kind(
        "sz_foc_ia_m_hyperkinetic",
        "ictal.simulation.low_voltage:low_voltage_fast",
        (20.0, 70.0),
        (25.0, 2.2),
        (20.0, 80.0),
        1.0,
        (0.15, 0.4),
        foci=_FRONTAL,
    ),
}
"""The kinds of seizures."""

_TEMPO = (0.5, 1.35)


@dataclass(frozen=True, slots=True)
class Seizure:
    """One seizure.

    Parameters
    ----------
    onset, duration : float
        Seconds.
    kind : str
        A name in :data:`KINDS`.
    focus : str
        The electrode above the place where it begins, in its canonical name.
    tempo : (start, stop)
        Its frequencies at either end, as shares of those that are typical of its kind.
    crossing : float
        Share of the seizure after which the mirror region of the other hemisphere joins, or the whole cortex where
        the kind becomes bilateral; 1 keeps it on one side.
    fast_share : float
        Height of the irregular 8–30 Hz activity that rides on the rhythm, as a share of the rhythm's.
    slow_share : float
        Height of the irregular delta of the whole cortex that goes with the rhythm, as a share of the rhythm's.
    postictal : float
        Seconds until the slowing that follows has worn off; without effect on kinds that leave none.
    muscle : float
        0 to 1: how tense it makes the body.

    Raises
    ------
    ParameterError
        If a time or a frequency is not above 0, the focus is none of the 19 electrodes, or a share is not in 0 to 1.

    Examples
    --------
    >>> Seizure(onset=60.0, duration=40.0, focus="T7").stop
    100.0
    """

    onset: float
    duration: float
    kind: str = "focal-temporal"
    focus: str = "T7"
    tempo: tuple[float, float] = (1.0, 1.0)
    crossing: float = 0.4
    fast_share: float = 0.15
    slow_share: float = 0.0
    postictal: float = 60.0
    muscle: float = 1.0

    def __post_init__(self) -> None:
        for name in ("duration", "postictal"):
            check_positive(f"seizure {name}", getattr(self, name))
        for share in self.tempo:
            check_positive("seizure tempo", share)
        check_option("seizure kind", self.kind, KINDS)
        check_option("seizure focus", self.focus, SCALP_19)
        for name in ("crossing", "fast_share", "slow_share", "muscle"):
            if not 0 <= getattr(self, name) <= 1:
                raise ParameterError(f"seizure {name}: {getattr(self, name)!r} is not allowed; it must be 0 to 1.")

    @property
    def stop(self) -> float:
        """The end in seconds."""
        return self.onset + self.duration

    @property
    def span(self) -> Span:
        """Onset and stop in seconds."""
        return (self.onset, self.stop)

    @property
    def start_frequency(self) -> float:
        """Hz at the onset."""
        return KINDS[self.kind].frequencies[0] * self.tempo[0]

    @property
    def stop_frequency(self) -> float:
        """Hz at the stop."""
        return KINDS[self.kind].frequencies[1] * self.tempo[1]


def place_seizures(count: int, duration: float, subject: Subject, seed: int) -> tuple[Seizure, ...]:
    """Return seizures of one subject, one at a random place in each of `count` equal parts of a recording.

    Parameters
    ----------
    count : int
        0 or more.
    duration : float
        Seconds; at least 60 for each seizure.
    subject : Subject
        Whose kind, focus, typical duration and frequency the seizures have, each varying by some tenths, as far as the
        kind can have them.
    seed : int
        0 or more.

    Raises
    ------
    ParameterError
        If there is not enough time, or the count is below 0.

    Examples
    --------
    >>> from ictal.simulation.populations import draw_subject
    >>> [first, second] = place_seizures(2, 600.0, draw_subject(0), seed=0)
    >>> first.stop < 300.0 < second.onset
    True
    """
    rng = np.random.default_rng([seed, 1])
    epilepsy = subject.epilepsy
    kind = KINDS[epilepsy.kind]
    tempo = epilepsy.seizure_frequency / kind.frequencies[0]
    usual = tempo if _TEMPO[0] <= tempo <= _TEMPO[1] else 1.0
    placed = []
    for start, stop in random_spans(count, duration, *_durations(kind, epilepsy.seizure_duration), rng):
        own = usual * rng.uniform(0.9, 1.1)
        placed.append(
            Seizure(
                onset=start,
                duration=round(stop - start, 2),
                kind=epilepsy.kind,
                focus=nearest(epilepsy.focus, kind.foci),
                tempo=(float(own), float(own * rng.uniform(0.85, 1.15))),
                crossing=float(rng.uniform(*kind.crossing)) if rng.uniform() < kind.crosses else 1.0,
                fast_share=float(rng.uniform(0.0, 0.3)),
                slow_share=float(np.interp(rng.uniform() ** 2, [0.0, 1.0], kind.slow_shares)),
                postictal=float(max(rng.uniform(*kind.postictal), 1.0)),
                muscle=kind.muscle,
            )
        )
    return tuple(placed)


def nearest(electrode: str, allowed: tuple[str, ...]) -> str:
    """Return the allowed electrode that is nearest to one.

    Examples
    --------
    >>> nearest("T7", ("F3", "F4", "F7"))
    'F7'
    """
    place = Electrode(electrode).position
    return min(allowed, key=lambda name: float(np.linalg.norm(Electrode(name).position - place)))


def _durations(kind: Kind, typical: float) -> Span:
    """Return the shortest and the longest seizure of a subject, as far as its kind can have them."""
    shortest, longest = max(0.7 * typical, kind.durations[0]), min(1.3 * typical, kind.durations[1])
    return (shortest, longest) if shortest < longest else kind.durations
