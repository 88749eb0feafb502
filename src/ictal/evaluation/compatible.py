"""Two tables of one recording as the dataset tool of SzCORE reads them, its odd ways included.

What it does with odd files differs from :mod:`ictal.evaluation.reading`: a hypothesis that is missing, has no row, or
is for a recording of another length counts as no detection; times are truncated to whole seconds; every event that is
not background is a seizure, and an event of a type that the framework does not list stops the run.

References
----------
szcore-evaluation 0.0.7, with timescoring 0.0.7 and epilepsy2bids 0.0.7.
"""

from __future__ import annotations

from ictal.core.errors import RecordingError
from ictal.core.events import BACKGROUND
from ictal.core.spans import Span
from ictal.evaluation.notes import Notes
from ictal.evaluation.pairing import Pair
from ictal.evaluation.reading import MarkedRecording, read_table
from ictal.io.event_types import SZCORE_TYPES
from ictal.io.events_tsv import EventTable
from ictal.scoring.compatible import hypothesis_seconds, whole_seconds

TOLERANCE = 0.0
"""Whole seconds that the lengths of reference and hypothesis may differ by."""

_TYPES = frozenset(SZCORE_TYPES)


def read_pair_as_tool(pair: Pair, notes: Notes, tolerance: float = TOLERANCE) -> MarkedRecording:
    """Read the two tables of a recording; spans are on whole seconds.

    Parameters
    ----------
    pair : Pair
        Where they are.
    notes : Notes
        Takes what counted as no detection.
    tolerance : float
        Seconds that the two lengths may differ by.

    Raises
    ------
    RecordingError
        Where the tool stops: a type that it does not know, a reference without a row or of less than a second, a
        duration that is missing.
    """
    reference = read_table(pair.reference)
    rows = _rows(pair.reference, reference)
    if reference.duration is None or reference.duration < 1:
        came = "no row" if not reference.rows else f"a recordingDuration of {reference.duration}"
        raise RecordingError(
            f"{came} came; needed is a length of 1 s or more, in at least one row", file=pair.reference
        )
    duration = reference.duration
    marked = whole_seconds(rows, duration)
    found: tuple[Span, ...] = ()
    if pair.hypothesis is None:
        notes.add("missing", pair.reference)
    else:
        hypothesis = read_table(pair.hypothesis)
        claimed = _rows(pair.hypothesis, hypothesis)
        length = hypothesis.duration
        if length is None or abs(int(length) - int(duration)) > tolerance:
            came = "no length" if length is None else f"{length:.10g} s"
            notes.add("other-length", pair.hypothesis, came=f"{came}, reference {duration:.10g} s")
        else:
            found = hypothesis_seconds(claimed, length, duration, tolerance)
    return MarkedRecording(pair.name, pair.subject, float(int(duration)), marked, found, pair.hypothesis is not None)


def _rows(path: str, table: EventTable) -> list[tuple[float, float]]:
    """Return onset and duration of every row that is not background."""
    rows = []
    for row in table.rows:
        if row.event_type not in _TYPES:
            problem = f"{row.event_type!r} is not allowed; the dataset tool of SzCORE stops at types it does not list"
            raise RecordingError(problem, file=path, field=f"line {row.line}: eventType")
        if row.event_type == BACKGROUND:
            continue
        if row.duration is None:
            problem = "is missing; the dataset tool of SzCORE needs the length of every seizure"
            raise RecordingError(problem, file=path, field=f"line {row.line}: duration")
        rows.append((row.onset, row.duration))
    return rows
