"""Which of the time that a reader decided on a detector is adapted on, and which it is judged by.

Adapted on are decided events, and as much of what is around them as is asked for. Judged by are recordings in which
everything is decided: for one patient what comes later, for several those of other patients.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ictal.core.errors import ParameterError, check_positive
from ictal.core.events import Event
from ictal.core.spans import Span, complement_spans, intersect_spans, merge_spans, total_time
from ictal.data.portions import Portion
from ictal.data.prepared import PreparedRecording
from ictal.experiments.said import Said
from ictal.training.stretches import Stretches, TooShortError

FEWEST_PATIENTS = 3
"""With fewer, a detector that is adapted to some of them cannot be judged by others."""

_HALVINGS = 60
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class DecidedRecording:
    """A recording as a detector looks at it, and what a reader said of it.

    Parameters
    ----------
    prepared : PreparedRecording
    said : Said
    """

    prepared: PreparedRecording
    said: Said

    def known(self, stop: float) -> tuple[Span, ...]:
        """Return the time before `stop` of which the reader said what it is, without gaps."""
        signal = complement_spans(self.prepared.gaps, 0.0, min(self.prepared.duration, stop))
        return intersect_spans(self.said.known(self.prepared.duration), signal)


@dataclass(frozen=True, slots=True)
class TaughtTime:
    """Which time teaches, and which judges.

    Attributes
    ----------
    stretches : Stretches
    n_seizures, n_background : int
        Decided events that are adapted on.
    """

    stretches: Stretches
    n_seizures: int
    n_background: int


def split_in_time(
    reviewed: Sequence[DecidedRecording], hours: float, window: float, *, must_leave: bool = True
) -> TaughtTime:
    """Adapt on the first two thirds of the decisions on one patient, and judge by what comes after them.

    Parameters
    ----------
    reviewed : sequence of DecidedRecording
        In the order of time.
    hours : float
        How much is adapted on: all those events, even if they are more, and margins around them.
    window : float
        Seconds of a window of the detector.
    must_leave : bool
        Whether something must be left to judge by; else all decisions are adapted on.

    Raises
    ------
    TooShortError
        If there are too few decisions, or nothing that comes later is decided to the end.

    Examples
    --------
    >>> from ictal.core.events import Annotations
    >>> said = Said((Event(60.0, 20.0), Event(600.0, 20.0)), (Event(300.0, 10.0),))
    >>> night = PreparedRecording("a", "anna", "1", "", ("C3",), 1.0, 900, said.reference(900.0))
    >>> time = split_in_time([DecidedRecording(night, said)], 130 / 3600, 4.0)
    >>> [(one.start, one.stop) for one in (*time.stretches.used, *time.stretches.left)]
    [(26.666667, 113.333333), (266.666667, 310.0), (314.0, 900.0)]
    """
    decisions = [(number, event) for number, one in enumerate(reviewed) for event in one.said.decided]
    n_left = max(1, round(len(decisions) / 3)) if must_leave else 0
    learned = decisions[: len(decisions) - n_left]
    if not learned:
        raise TooShortError(
            f"review: {len(decisions)} decided events came; 2 are needed, one to adapt on and one to judge by, or 1 "
            "and later recordings to judge by."
        )
    events = [tuple(event for number, event in learned if number == own) for own in range(len(reviewed))]
    last = learned[-1][0]
    cut = max(event.stop for event in events[last])
    stops = [cut if must_leave and number == last else one.prepared.duration for number, one in enumerate(reviewed)]
    used = _stretch_around(reviewed, events, stops, hours, window)
    begins = {number: cut + window if number == last else 0.0 for number in range(last, len(reviewed))}
    left = [_from(reviewed[number], start, window) for number, start in begins.items() if must_leave]
    found = tuple(portion for portion in left if portion is not None)
    if must_leave and not found:
        raise TooShortError(
            f"review: nothing is left to judge by: after the first {len(learned)} of {len(decisions)} decided events "
            "nothing is decided to its end; decide the rest, or name later recordings to judge by."
        )
    return _sum_up(reviewed, events, Stretches(used, found))


def split_by_patient(
    reviewed: Mapping[str, Sequence[DecidedRecording]], held_out: Sequence[str], hours: float, window: float
) -> TaughtTime:
    """Adapt on the decisions on some patients, and judge by others.

    Parameters
    ----------
    reviewed : mapping of str to sequence of DecidedRecording
        The recordings of each patient.
    held_out : sequence of str
        Those to judge by.
    hours, window
        As in :func:`split_in_time`.

    Raises
    ------
    TooShortError
        If in no recording of those that are held out everything is decided.
    """
    taught = [one for patient, own in reviewed.items() if patient not in held_out for one in own]
    events = [one.said.decided for one in taught]
    used = _stretch_around(taught, events, [one.prepared.duration for one in taught], hours, window)
    left = [_from(one, 0.0, window) for patient in held_out for one in reviewed[patient]]
    found = tuple(portion for portion in left if portion is not None)
    if not found:
        raise TooShortError(
            f"review: nothing is left to judge by: in no recording of {', '.join(held_out)}, who are held out, "
            "everything is decided."
        )
    return _sum_up(taught, events, Stretches(used, found))


def hold_out(patients: Sequence[str]) -> tuple[str, ...]:
    """Return the last third by name, who are judged by and not adapted on.

    Raises
    ------
    ParameterError
        If there are too few.

    Examples
    --------
    >>> hold_out(["sub-03", "sub-01", "sub-02"])
    ('sub-03',)
    """
    names = sorted(patients)
    if len(names) < FEWEST_PATIENTS:
        raise ParameterError(
            f"review: decisions on {' and '.join(names)} came; with fewer than {FEWEST_PATIENTS} patients none can be "
            "held out to judge by, so name the recordings of one of them."
        )
    return tuple(names[len(names) - round(len(names) / 3) :])


def _stretch_around(
    reviewed: Sequence[DecidedRecording],
    events: Sequence[Sequence[Event]],
    stops: Sequence[float],
    hours: float,
    window: float,
) -> tuple[Portion, ...]:
    """Return equal margins around events, so wide that they are so many hours together, of time that is known."""
    seconds = 3600.0 * check_positive("hours", hours)
    known = [one.known(stop) for one, stop in zip(reviewed, stops, strict=True)]

    def widen(margin: float) -> list[tuple[Span, ...]]:
        around = (merge_spans((event.onset - margin, event.stop + margin) for event in own) for own in events)
        return [intersect_spans(wide, own) for wide, own in zip(around, known, strict=True)]

    low, high = 0.0, max(stops)
    for _ in range(_HALVINGS):
        margin = (low + high) / 2
        low, high = (low, margin) if sum(map(total_time, widen(margin))) > seconds else (margin, high)
    used = tuple(
        Portion(one.prepared.name, one.prepared.subject, round(start, 6), round(stop, 6))
        for one, spans in zip(reviewed, widen(low), strict=True)
        for start, stop in spans
        if stop - start >= window - _ROUNDING
    )
    if not used:
        raise TooShortError(f"review: no decided event is as long as a window of {window:g} s, so none can be learned.")
    return used


def _from(one: DecidedRecording, start: float, window: float) -> Portion | None:
    """Return a recording from some time on, if everything is decided in it and there is room for a window."""
    if not one.said.is_complete or one.prepared.duration - start < window - _ROUNDING:
        return None
    return Portion(one.prepared.name, one.prepared.subject, start, one.prepared.duration)


def _sum_up(
    reviewed: Sequence[DecidedRecording], events: Sequence[Sequence[Event]], stretches: Stretches
) -> TaughtTime:
    n_seizures = sum(event in one.said.seizures for one, own in zip(reviewed, events, strict=True) for event in own)
    return TaughtTime(stretches, n_seizures, sum(map(len, events)) - n_seizures)
