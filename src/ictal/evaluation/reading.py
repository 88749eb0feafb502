"""Two tables of one recording become spans that every rule can score; what is odd in them is mended by stated rules.

The rules stand in :data:`ictal.evaluation.notes.KINDS`; what cannot be mended is refused with file and line.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.core.events import Event
from ictal.core.spans import Span, merge_spans
from ictal.evaluation.notes import Notes
from ictal.evaluation.pairing import Pair
from ictal.io.event_types import is_known_type
from ictal.io.events_json import read_events_json
from ictal.io.events_tsv import EventRow, EventTable, decode_event_type, read_event_table
from ictal.io.formats import read

TOLERANCE = 1.0
"""Seconds that the lengths of reference and hypothesis may differ by."""

ROUNDING = 0.02
"""Seconds that an event may end behind its recording unsaid: tables have two decimals."""

_RECORDING_ENDINGS = tuple(f"{bids}{suffix}" for bids in ("_eeg", "") for suffix in (".edf", ".EDF", ".bdf", ".BDF"))


@dataclass(frozen=True, slots=True)
class MarkedRecording:
    """A recording with the seizures that a reader marked and those that a detector found.

    Attributes
    ----------
    name, subject : str
        See :class:`ictal.evaluation.pairing.Pair`.
    duration : float
        Seconds.
    reference, hypothesis : tuple of (start, stop)
        Seconds; sorted, disjoint, inside the recording.
    has_hypothesis : bool
        Whether a detector said anything at all about it.
    """

    name: str
    subject: str
    duration: float
    reference: tuple[Span, ...]
    hypothesis: tuple[Span, ...]
    has_hypothesis: bool = True


def read_pair(pair: Pair, notes: Notes, tolerance: float = TOLERANCE) -> MarkedRecording:
    """Read the two tables of a recording.

    Parameters
    ----------
    pair : Pair
        Where they are.
    notes : Notes
        Takes what was odd.
    tolerance : float
        Seconds that the two lengths may differ by; within it that of the reference counts.

    Raises
    ------
    RecordingError
        If a table cannot be read, a seizure has a negative length, the lengths differ by more, or nothing says how
        long the recording is.
    """
    reference = read_table(pair.reference)
    hypothesis = EventTable((), None) if pair.hypothesis is None else read_table(pair.hypothesis)
    duration = _find_duration(pair, reference, hypothesis, notes)
    if hypothesis.duration is not None and abs(hypothesis.duration - duration) > tolerance:
        problem = (
            f"is for a recording of {hypothesis.duration:.10g} s; its reference {pair.reference} is for one of "
            f"{duration:.10g} s; allowed is a difference of {tolerance:g} s"
        )
        raise RecordingError(problem, file=pair.hypothesis, field="recordingDuration")
    if pair.hypothesis is None:
        notes.add("missing", pair.reference)
        found: tuple[Span, ...] = ()
    else:
        found = seizure_spans(pair.hypothesis, hypothesis, duration, notes)
    marked = seizure_spans(pair.reference, reference, duration, notes)
    return MarkedRecording(pair.name, pair.subject, duration, marked, found, pair.hypothesis is not None)


def read_table(path: str) -> EventTable:
    """Read an events table, a ``.json`` file as ictal's own."""
    if not path.lower().endswith(".json"):
        return read_event_table(path)
    events, _ = read_events_json(path)
    rows = (EventRow(line, event.onset, event.duration, event.event_type) for line, event in enumerate(events, 1))
    return EventTable(tuple(rows), events.duration)


def seizure_spans(path: str, table: EventTable, duration: float, notes: Notes) -> tuple[Span, ...]:
    """Return when there are seizures: sorted, disjoint, inside the recording.

    Parameters
    ----------
    path : str
        The table's file, for notes.
    table : EventTable
        Its rows.
    duration : float
        Length of the recording in seconds.
    notes : Notes
        Takes what was odd.

    Raises
    ------
    RecordingError
        If a seizure has a negative length.

    Examples
    --------
    >>> table = EventTable((EventRow(2, 50.0, 20.0, "sz"), EventRow(3, 4.0, 1.0, "sz_foc")), 60.0)
    >>> notes = Notes()
    >>> seizure_spans("a.tsv", table, 60.0, notes)
    ((4.0, 5.0), (50.0, 60.0))
    >>> [note.kind for note in notes]
    ['out-of-order', 'beyond-end']
    """
    found: list[tuple[float, float, int]] = []
    before = float("-inf")
    for row in table.rows:
        if not _is_seizure(row.event_type):
            if not _is_known(row.event_type):
                notes.add("unknown-type", path, line=row.line, came=repr(row.event_type))
            continue
        span = _cut(path, row, duration, notes)
        if span is None:
            continue
        if row.onset < before:
            notes.add("out-of-order", path, line=row.line)
        before = row.onset
        found.append((*span, row.line))
    found.sort()
    for (_, stop, _), (start, _, line) in itertools.pairwise(found):
        if start < stop:
            notes.add("overlap", path, line=line)
    return merge_spans((start, stop) for start, stop, _ in found)


def _cut(path: str, row: EventRow, duration: float, notes: Notes) -> Span | None:
    """Return what of a seizure lies in the recording."""
    if row.duration is not None and row.duration < 0:
        problem = f"{row.duration:g} is not allowed; a seizure lasts 0 s or more"
        raise RecordingError(problem, file=path, field=f"line {row.line}: duration")
    if not row.duration:
        notes.add("no-duration", path, line=row.line)
        return None
    start, stop = row.onset, row.onset + row.duration
    if stop <= 0 or start >= duration:
        notes.add("outside", path, line=row.line, came=f"{start:g} to {stop:g} s of {duration:g} s")
        return None
    if start < 0:
        notes.add("negative-onset", path, line=row.line, came=f"{start:g} s")
    if stop > duration + ROUNDING:
        notes.add("beyond-end", path, line=row.line, came=f"{stop:g} s of {duration:g} s")
    return max(start, 0.0), min(stop, duration)


@lru_cache(maxsize=1024)
def _is_seizure(text: str) -> bool:
    return Event(0.0, 0.0, decode_event_type(text)).is_seizure


@lru_cache(maxsize=1024)
def _is_known(text: str) -> bool:
    return is_known_type(decode_event_type(text))


def _find_duration(pair: Pair, reference: EventTable, hypothesis: EventTable, notes: Notes) -> float:
    """Return the length that the reference says, else the recording beside it, else the hypothesis."""
    if reference.duration is not None:
        return reference.duration
    beside = _recording_beside(Path(pair.reference))
    if beside is not None:
        notes.add("length-from-recording", pair.reference)
        return read(beside).duration
    if hypothesis.duration is not None:
        notes.add("length-from-hypothesis", pair.reference)
        return hypothesis.duration
    problem = "nothing says how long the recording is: neither this table, an EDF or BDF beside it, nor a hypothesis"
    raise RecordingError(problem, file=pair.reference, field="recordingDuration")


def _recording_beside(table: Path) -> Path | None:
    stem = table.stem.removesuffix("_events").removesuffix("_eeg")
    files = (table.with_name(stem + ending) for ending in _RECORDING_ENDINGS)
    return next((file for file in files if file.is_file()), None)
