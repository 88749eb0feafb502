"""Seizures that a reader marked in the file itself, found by what the annotations say."""

from __future__ import annotations

import fnmatch
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ictal.core.errors import IctalWarning, ParameterError, located
from ictal.core.events import SEIZURE, Annotations, Event
from ictal.core.recording import Recording


def seizure_events(recording: Recording, labels: Sequence[str]) -> Annotations:
    """Return the seizures among the annotations of a recording.

    Parameters
    ----------
    recording : Recording
        Its annotations are searched.
    labels : sequence of str
        Texts that mean a seizure, capital or small letters alike; ``*`` and ``?`` stand for any letters. A label
        ``START:STOP`` means one seizure from each start mark to the next stop mark. A text that is equal to the label
        is found first, even if it holds ``*``, ``?`` or ``:``.

    Returns
    -------
    Annotations
        Events of type ``sz``, or of the kind of seizure that the text itself names (``sz_foc_ia``).

    Raises
    ------
    ParameterError
        If a label is empty.

    Warns
    -----
    IctalWarning
        If a start has no stop or a stop no start; such marks are left out.

    Examples
    --------
    >>> marked = Annotations([Event(10.0, 0.0, "Sz start"), Event(42.0, 0.0, "Sz end")], duration=60.0)
    >>> rec = Recording.from_array([0.0] * 60, 1.0, annotations=marked)
    >>> seizure_events(rec, ["sz start:sz end"]).events
    (Event(onset=10.0, duration=32.0, event_type='sz', confidence=None, channels=()),)
    """
    found: dict[Event, None] = {}
    for label in labels:
        found |= dict.fromkeys(_find(recording, label.strip()))
    return Annotations(found, recording.duration)


def _find(recording: Recording, label: str) -> Iterable[Event]:
    equal = _matching(recording, label, patterns=False)
    start, colon, stop = (part.strip() for part in label.partition(":"))
    if not start or (colon and not stop):
        raise ParameterError(f"seizure label: {label!r} is not allowed; give TEXT or START:STOP.")
    if colon and not equal:
        return _pair(recording, label, _matching(recording, start), _matching(recording, stop))
    return [_as_seizure(event) for event in equal + _matching(recording, label)]


def _matching(recording: Recording, label: str, *, patterns: bool = True) -> list[Event]:
    wanted = label.casefold()
    events = [(event, event.event_type.strip().casefold()) for event in recording.annotations]
    return [event for event, text in events if text == wanted or (patterns and fnmatch.fnmatchcase(text, wanted))]


def _as_seizure(event: Event) -> Event:
    return event if event.is_seizure else replace(event, event_type=SEIZURE)


def _pair(recording: Recording, label: str, starts: list[Event], stops: list[Event]) -> Iterable[Event]:
    marks = sorted([(event.onset, 0) for event in starts] + [(event.onset, 1) for event in stops])
    begun: float | None = None
    for onset, is_stop in marks:
        if is_stop and begun is not None:
            yield Event(begun, onset - begun)
            begun = None
        elif is_stop:
            _leave_out(recording, label, f"the stop at {onset:g} s has no start")
        else:
            if begun is not None:
                _leave_out(recording, label, f"the start at {begun:g} s has no stop")
            begun = onset
    if begun is not None:
        _leave_out(recording, label, f"the start at {begun:g} s has no stop")


def _leave_out(recording: Recording, label: str, problem: str) -> None:
    place = f"annotations of {label!r}"
    warnings.warn(located(f"{problem}; it is left out", file=recording.source, field=place), IctalWarning, stacklevel=4)
