"""What a reader takes away: the corrected table, every decision as CSV, the recording with its events as EDF+."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.io.edf_annotate import copy_with_events
from ictal.io.events_tsv import encode_events
from ictal.review.items import Item

CSV_COLUMNS = (
    "recording",
    "onset",
    "duration",
    "type",
    "confidence",
    "channels",
    "verdict",
    "origin",
    "comment",
    "proposed_onset",
    "proposed_duration",
    "proposed_type",
)
"""The columns of the CSV; seconds, and empty cells where there is nothing to say."""


def encode_tsv(items: Iterable[Item], duration: float, start_time: datetime | None = None) -> str:
    """Return what a reader accepted in one recording as the text of a SzCORE table; a date only where one is given.

    Raises
    ------
    ParameterError
        If the items are of several recordings, or a text cannot stand in a table.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> said = Item("night", "p1", "line-length", None, Event(12.0, 30.0, confidence=0.9), "accepted")
    >>> encode_tsv([said], 60.0).splitlines()[1].split("\\t")[:4]
    ['12.00', '30.00', 'sz', '0.90']
    """
    return encode_events(accepted_events(items, duration), start_time)


def encode_csv(items: Iterable[Item], name_recording: Callable[[str], str] = str) -> str:
    """Return all that a reader said, of any number of recordings, as comma-separated text.

    Items that the reader made and took back are left out; lines end as RFC 4180 wants it. `name_recording` says what a
    recording is called, which may name somebody; its place, where it is not given.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> said = Item("night", "p1", "line-length", Event(12.0, 30.0), Event(13.5, 28.5), "accepted", "clear")
    >>> encode_csv([said]).splitlines()[1]
    'night,13.5,28.5,sz,,,accepted,line-length,clear,12.0,30.0,sz'
    """
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(CSV_COLUMNS)
    shown = [item for item in items if item.verdict != "withdrawn"]
    for item in sorted(shown, key=lambda item: (item.recording, item.event.span)):
        table.writerow(_encode_item(item, name_recording(item.recording)))
    return text.getvalue()


def export_edf(path: Path | str, items: Iterable[Item], recording: Recording, *, keep_identity: bool = False) -> None:
    """Write a recording with what a reader accepted as annotations.

    Of an EDF or BDF file the samples are copied to the byte, with the annotations that it has, as EDF+ or BDF+; any
    other recording becomes EDF+ with the accepted events alone.

    Parameters
    ----------
    path : path
        The copy; it appears when it is complete. :func:`edf_suffix` says how it should end.
    items : iterable of Item
        Of one recording, as the reader left them.
    recording : Recording
        As it was read, without filter or montage.
    keep_identity : bool
        Keep the patient field, the recording field and the date. Annotations that the file has already stay as they
        are in any case, and may name somebody.

    Raises
    ------
    OutputError
        If the file cannot be written, or is the recording itself.
    RecordingError
        If the recording cannot be read or copied.
    ParameterError
        If the items are of several recordings.
    """
    copy_with_events(recording, path, accepted_events(items, recording.duration), keep_identity=keep_identity)


def edf_suffix(recording: Recording) -> str:
    """Return how the name of the copy of a recording ends: that of a BDF file is a BDF file.

    Examples
    --------
    >>> edf_suffix(Recording.from_array([[0.0, 1.0]], 1.0))
    '.edf'
    """
    source = recording.source
    return ".bdf" if source is not None and source.suffix.lower() == ".bdf" else ".edf"


def accepted_events(items: Iterable[Item], duration: float) -> Annotations:
    """Return what a reader accepted in one recording, as it was corrected.

    Raises
    ------
    ParameterError
        If the items are of several recordings.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> said = [
    ...     Item("night", "p1", "line-length", None, Event(12.0, 30.0), verdict) for verdict in ("accepted", "rejected")
    ... ]
    >>> len(accepted_events(said, 60.0))
    1
    """
    said: Sequence[Item] = tuple(items)
    recordings = {item.recording for item in said}
    if len(recordings) > 1:
        raise ParameterError(f"items: those of {len(recordings)} recordings came; allowed are those of one.")
    return Annotations((item.event for item in said if item.verdict == "accepted"), duration)


def _encode_item(item: Item, recording: str) -> tuple[object, ...]:
    event, proposed = item.event, item.proposed
    first = ("", "", "") if proposed is None else (proposed.onset, proposed.duration, proposed.event_type)
    confidence = "" if event.confidence is None else event.confidence
    said = (item.verdict, item.origin, item.comment)
    return (
        recording,
        event.onset,
        event.duration,
        event.event_type,
        confidence,
        ",".join(event.channels),
        *said,
        *first,
    )
