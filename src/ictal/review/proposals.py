"""What is proposed for a recording: the events that a detector found, or those of the table beside it."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ictal.core.errors import RecordingError, located
from ictal.core.events import BACKGROUND
from ictal.io.discover import FoundRecording, reference_for
from ictal.io.events_tsv import UnderstoodTable, read_understood
from ictal.review.items import Item, propose

BESIDE = "events.tsv beside the recording"
"""The origin of events that no detector proposed."""

UNSIGNED = "events.tsv in the results"
"""The origin of events of which no record says who found them."""

TABLE, SCORES, RECORD = "_events.tsv", "_scores.npz", "_detection.json"
"""How the names of what a detection leaves behind end."""

_WHAT = "events table"
_MOST_NOTES = 20


@dataclass(frozen=True, slots=True)
class Proposals:
    """What there is to decide in a recording, and where it comes from.

    Parameters
    ----------
    items : tuple of Item
        Undecided; background rows are none.
    origin : str
        The detector, or in words the table; empty where nothing is proposed.
    notes : tuple of str
        What was not understood, with line and column; no file is named.
    scores : Path or None
        The probabilities of the same detection.
    detector, fingerprint : str or None
        Which detector ran, as its record says.
    threshold : float or None
        The probability from which the detector calls something an event.

    Examples
    --------
    >>> Proposals().items
    ()
    """

    items: tuple[Item, ...] = ()
    origin: str = ""
    notes: tuple[str, ...] = ()
    scores: Path | None = None
    detector: str | None = None
    fingerprint: str | None = None
    threshold: float | None = None


def read_proposals(
    found: FoundRecording,
    place: str,
    results: Path | str | None,
    detected: Path | str | None = None,
    *,
    duration: float | None = None,
) -> Proposals:
    """Read what is proposed for a recording; nothing is ever written.

    The first of these that is there counts: the table of a run from the page that came to its end, the table of the
    results, the table beside the recording. Rows that cannot be understood are told in the notes and do not stop the
    others.

    Parameters
    ----------
    found : FoundRecording
        The recording; its signal is not read.
    place : str
        What its items name it.
    results, detected : path, optional
        Folders in the layout of ``ictal detect``; `detected` goes before `results`.
    duration : float, optional
        Length of the recording in seconds; what the table or the record says, where it is not given.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder, "night_events.tsv")
    ...     n = table.write_text("onset\\tduration\\teventType\\n3.5\\t10\\tsz\\nsoon\\t10\\tsz\\n")
    ...     proposals = read_proposals(FoundRecording(Path("night.edf"), Path(), "night"), "night", folder)
    >>> [item.name for item in proposals.items], proposals.origin
    (['3.50+10.00-sz'], 'events.tsv in the results')
    >>> proposals.notes
    ("events table: line 3: onset: 'soon' is not allowed; allowed is a finite number from -inf to inf, or n/a",)
    """
    for folder in (detected, results):
        if folder is None or not os.path.lexists(found.output(folder, TABLE)):
            continue
        if folder != detected or _came_to_its_end(found.output(folder, RECORD)):
            return _read_detection(found, place, Path(folder), duration)
    beside = reference_for(found)
    if beside is None:
        return Proposals()
    items, notes = _read_table(beside, place, BESIDE, duration)
    return Proposals(items, BESIDE, notes)


def _read_detection(found: FoundRecording, place: str, folder: Path, duration: float | None) -> Proposals:
    record, problems = _read_record(found.output(folder, RECORD))
    detector, fingerprint = _who_ran(record)
    origin = UNSIGNED if detector is None else detector
    length = duration if duration is not None else _number(record, "recording_seconds")
    items, notes = _read_table(found.output(folder, TABLE), place, origin, length)
    scores = found.output(folder, SCORES)
    return Proposals(
        items,
        origin,
        (*problems, *notes),
        scores if scores.is_file() else None,
        detector,
        fingerprint,
        _number(record, "threshold"),
    )


def _came_to_its_end(record: Path) -> bool:
    return _read_record(record)[0].get("complete") is not False


def _read_table(
    path: Path, place: str, origin: str, duration: float | None
) -> tuple[tuple[Item, ...], tuple[str, ...]]:
    try:
        table = read_understood(path)
    except RecordingError as refusal:
        return (), (located(located(refusal.problem, field=refusal.field), field=_WHAT),)
    length = duration if duration is not None else table.duration
    told = [*table.notes, *_find_outside(table, length)]
    if len(told) > _MOST_NOTES:
        told[_MOST_NOTES:] = [f"{len(told) - _MOST_NOTES} more rows are odd"]
    events = (event for _, event in table.events if event.event_type != BACKGROUND)
    return propose(place, origin, events), tuple(located(note, field=_WHAT) for note in told)


def _find_outside(table: UnderstoodTable, duration: float | None) -> Iterator[str]:
    for line, event in table.events:
        if duration is not None and not 0 <= event.onset <= duration:
            problem = f"{event.onset:g} s is outside of the recording, which runs from 0 to {duration:g} s"
            yield located(problem, field=f"line {line}: onset")


def _read_record(path: Path) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    """Return the record of a detection, empty where it is absent or damaged, and what is to be told of it."""
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}, ()
    except (OSError, ValueError):
        record = None
    if not isinstance(record, dict):
        return {}, ("the record of the detection cannot be read; which detector ran is not known",)
    is_cut_short = record.get("complete") is False
    return record, ("the detection did not come to its end; 'ictal detect' takes it up again",) if is_cut_short else ()


def _who_ran(record: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return name and fingerprint, which stand as ``name fingerprint`` under ``run``."""
    run = record.get("run")
    said = run.get("detector") if isinstance(run, dict) else None
    if not isinstance(said, str) or not said.strip():
        return None, None
    name, _, fingerprint = said.strip().rpartition(" ")
    return (name, fingerprint) if name else (fingerprint, None)


def _number(record: Mapping[str, Any], key: str) -> float | None:
    value = record.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)
