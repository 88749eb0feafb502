"""Which time of a patient a detector is adapted on, and which is left to judge it by.

Hours are hours of signal: gaps do not count, and recordings follow each other without a pause. What a detector is
judged by comes after the last sample that it was adapted on, in the same recording at least a window later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ictal.core.errors import ParameterError, check_option, check_positive
from ictal.core.spans import Span, complement_spans, intersect_spans, merge_spans, total_time
from ictal.data.portions import Portion
from ictal.data.prepared import PreparedRecording
from ictal.training.finetune_settings import PROTOCOLS

_ROUNDING = 1e-6
_HALVINGS = 60


class TooShortError(ParameterError):
    """A patient has too little for a protocol; the message says what is missing."""


@dataclass(frozen=True, slots=True)
class Stretches:
    """The time of one patient.

    Attributes
    ----------
    used : tuple of Portion
        What a detector is adapted on.
    left : tuple of Portion
        What it is judged by; later than all of `used`.
    """

    used: tuple[Portion, ...]
    left: tuple[Portion, ...]


def choose_stretches(
    recordings: Sequence[PreparedRecording], protocol: str, hours: float, window: float, *, must_leave: bool = True
) -> Stretches:
    """Return what a detector is adapted on and judged by.

    Parameters
    ----------
    recordings : sequence of PreparedRecording
        Those of one patient, in the order of time.
    protocol : {"first-hour", "first-seizure"}
        ``first-hour``: the first `hours`, whether there is a seizure in them or not. ``first-seizure``: so many hours
        that end with the first seizure, or the first hours where it lies in them; what is before is not used at all.
    hours : float
        How much is used.
    window : float
        Seconds of a window of the detector.
    must_leave : bool
        Whether something must be left to judge by.

    Raises
    ------
    TooShortError
        If there is no seizure where the protocol needs one, or too little is there.
    ParameterError
        If there is no such protocol, or no time is asked for.

    Examples
    --------
    >>> from ictal.core.events import Annotations, Event
    >>> events = Annotations([Event(9000.0, 60.0)], 14400.0)
    >>> night = PreparedRecording("a", "anna", "1", "", ("C3",), 1.0, 14400, events)
    >>> [(one.start, one.stop) for one in choose_stretches([night], "first-hour", 1.0, 4.0).used]
    [(0.0, 3600.0)]
    >>> chosen = choose_stretches([night], "first-seizure", 1.0, 4.0)
    >>> [(one.start, one.stop) for one in (*chosen.used, *chosen.left)]
    [(5460.0, 9060.0), (9064.0, 14400.0)]
    """
    check_option("protocol", protocol, PROTOCOLS)
    seconds = 3600.0 * check_positive("hours", hours)
    clock = _Clock(recordings)
    stop = seconds
    if protocol == "first-seizure":
        seizure = next(clock.ends_of_seizures(), None)
        if seizure is None:
            raise TooShortError(f"first-seizure: there is no seizure in {_tell(clock.total)}.")
        stop = max(seizure, seconds)
    if stop > clock.total - (window if must_leave else 0.0) + _ROUNDING:
        last = "the first seizure ends with them" if stop > seconds else f"{hours:g} h are to be adapted on"
        nothing = "; nothing is left to judge by" if must_leave else ""
        raise TooShortError(f"{protocol}: {_tell(clock.total)} are there, and {last}{nothing}.")
    used = tuple(clock.portions(stop - seconds, stop))
    return Stretches(used, _find_left(protocol, recordings, used, window, must_leave=must_leave))


def stretch_around(recording: PreparedRecording, hours: float, window: float, *, must_leave: bool = True) -> Stretches:
    """Return equal margins around the seizures of a recording, so wide that they are so many hours together.

    Parameters
    ----------
    recording : PreparedRecording
        With the seizures that are given.
    hours, window, must_leave
        As in :func:`choose_stretches`.

    Raises
    ------
    TooShortError
        If there is no seizure, or too little is there.

    Examples
    --------
    >>> from ictal.core.events import Annotations, Event
    >>> events = Annotations([Event(4000.0, 60.0), Event(9000.0, 60.0)], 14400.0)
    >>> night = PreparedRecording("a", "anna", "1", "", ("C3",), 1.0, 14400, events)
    >>> [(one.start, one.stop) for one in stretch_around(night, 1.0, 4.0).used]
    [(3130.0, 4930.0), (8130.0, 9930.0)]
    """
    seconds = 3600.0 * check_positive("hours", hours)
    spans = _seizures_of(recording)
    if not spans:
        raise TooShortError("events: no seizure is given.")
    low, high = 0.0, recording.duration
    for _ in range(_HALVINGS):
        margin = (low + high) / 2
        low, high = (low, margin) if total_time(_widen(spans, margin, recording)) > seconds else (margin, high)
    used = tuple(
        Portion(recording.name, recording.subject, round(start, 6), round(stop, 6))
        for start, stop in _widen(spans, low, recording)
    )
    return Stretches(used, _find_left("events", [recording], used, window, must_leave=must_leave))


class _Clock:
    """Seconds of signal, counted through all recordings of a patient."""

    def __init__(self, recordings: Sequence[PreparedRecording]) -> None:
        self._recordings = recordings
        self._spans: list[tuple[int, Span, float]] = []
        self.total = 0.0
        for number, one in enumerate(recordings):
            for start, stop in complement_spans(one.gaps, 0.0, one.duration):
                self._spans.append((number, (start, stop), self.total))
                self.total += stop - start

    def ends_of_seizures(self) -> Iterator[float]:
        """Yield when each seizure of which there is signal ends."""
        for number, own in enumerate(self._recordings):
            for seizure in _seizures_of(own):
                ends = [
                    begun + min(stop, seizure[1]) - start
                    for of, (start, stop), begun in self._spans
                    if of == number and start < seizure[1] and seizure[0] < stop
                ]
                if ends:
                    yield ends[-1]

    def portions(self, begin: float, end: float) -> Iterator[Portion]:
        """Yield what lies between two times, one portion for each recording; its gaps are inside."""
        for number, one in enumerate(self._recordings):
            inside = [
                (start + max(begin - begun, 0.0), min(stop, start + end - begun))
                for of, (start, stop), begun in self._spans
                if of == number and begun < end - _ROUNDING and begun + stop - start > begin + _ROUNDING
            ]
            if inside:
                yield Portion(one.name, one.subject, inside[0][0], inside[-1][1])


def _seizures_of(recording: PreparedRecording) -> tuple[Span, ...]:
    return intersect_spans(recording.annotations.seizures.spans, [(0.0, recording.duration)])


def _widen(spans: Sequence[Span], margin: float, recording: PreparedRecording) -> tuple[Span, ...]:
    widened = merge_spans((start - margin, stop + margin) for start, stop in spans)
    return intersect_spans(widened, [(0.0, recording.duration)])


def _find_left(
    protocol: str,
    recordings: Sequence[PreparedRecording],
    used: Sequence[Portion],
    window: float,
    *,
    must_leave: bool,
) -> tuple[Portion, ...]:
    """Return all that comes after what is used and has room for a window."""
    names = [one.name for one in recordings]
    last = names.index(used[-1].recording)
    left = []
    for number in range(last, len(recordings)):
        one, start = recordings[number], used[-1].stop + window if number == last else 0.0
        if one.duration - start >= window - _ROUNDING:
            left.append(Portion(one.name, one.subject, start, one.duration))
    if must_leave and not left:
        raise TooShortError(f"{protocol}: nothing is left after it to judge by.")
    return tuple(left)


def _tell(seconds: float) -> str:
    return f"{seconds / 3600.0:.2f} h of signal"
