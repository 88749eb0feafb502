"""What a simulated seizure is, and the kinds there are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError, check_option, check_positive
from ictal.core.spans import Span
from ictal.simulation.schedule import random_spans
from ictal.simulation.subject import Subject

KINDS = {
    "focal-temporal": "sz_foc_ia",
    "focal-to-bilateral": "sz_foc_f2b",
    "absence": "sz_gen_nm_typical",
    "tonic": "sz_gen_m_tonic",
}
"""Kind → its event type, a name of HED-SCORE."""


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
    start_frequency, stop_frequency : float
        Hz at either end; the rhythm slows from one to the other, faster at first.
    crossing : float
        Share of the seizure after which the mirror region of the other hemisphere joins; 1 keeps it on one side.
    fast_share : float
        Height of the irregular 8–30 Hz activity that rides on the rhythm, as a share of the rhythm's.
    postictal : float
        Seconds until the slowing that follows has worn off.
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
    start_frequency: float = 7.0
    stop_frequency: float = 2.5
    crossing: float = 0.4
    fast_share: float = 0.15
    postictal: float = 60.0
    muscle: float = 1.0

    def __post_init__(self) -> None:
        for name in ("duration", "start_frequency", "stop_frequency", "postictal"):
            check_positive(f"seizure {name}", getattr(self, name))
        check_option("seizure kind", self.kind, KINDS)
        check_option("seizure focus", self.focus, SCALP_19)
        for name in ("crossing", "fast_share", "muscle"):
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


def place_seizures(count: int, duration: float, subject: Subject, seed: int) -> tuple[Seizure, ...]:
    """Return seizures of one subject, one at a random place in each of `count` equal parts of a recording.

    Parameters
    ----------
    count : int
        0 or more.
    duration : float
        Seconds; at least 60 for each seizure.
    subject : Subject
        Whose kind, focus, typical duration and frequency the seizures have, each varying by some tenths.
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
    typical = epilepsy.seizure_duration
    placed = []
    for start, stop in random_spans(count, duration, 0.7 * typical, 1.3 * typical, rng):
        start_frequency = epilepsy.seizure_frequency * rng.uniform(0.85, 1.15)
        placed.append(
            Seizure(
                onset=start,
                duration=round(stop - start, 2),
                kind=epilepsy.kind,
                focus=epilepsy.focus,
                start_frequency=start_frequency,
                stop_frequency=start_frequency * rng.uniform(0.25, 0.4),
                crossing=float(rng.uniform(0.2, 0.6)),
                fast_share=float(rng.uniform(0.05, 0.4)),
            )
        )
    return tuple(placed)
