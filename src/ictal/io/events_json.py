"""Events as JSON, with whatever else should travel with them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.io.atomic import atomic_write
from ictal.io.events_tsv import DATE_FORMAT
from ictal.io.json_file import read_json_file

FORMAT = "ictal-events"
VERSION = 1


def write_events_json(
    path: Path | str,
    annotations: Annotations,
    *,
    start_time: datetime | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> None:
    """Write events with the fields of the SzCORE table, in full precision, and free metadata.

    Parameters
    ----------
    path : path
        The file; it appears when it is complete.
    annotations : Annotations
        What happened; a recording without an event has an empty list.
    start_time : datetime, optional
        When the recording began. It is left out unless given, since a date helps to identify a patient.
    metadata : mapping, optional
        Anything that JSON can hold: the detector, its settings.

    Raises
    ------
    OutputError
        If the file cannot be written.
    ParameterError
        If JSON cannot hold the metadata.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     found = Annotations([Event(10.0, 30.5)], 3600.0)
    ...     write_events_json(f"{folder}/a.json", found, metadata={"detector": "line-length"})
    ...     read_events_json(f"{folder}/a.json") == (found, {"detector": "line-length"})
    True
    """
    content = {
        "format": FORMAT,
        "version": VERSION,
        "dateTime": None if start_time is None else start_time.strftime(DATE_FORMAT),
        "recordingDuration": annotations.duration,
        "events": [encode_event(event) for event in annotations],
        "metadata": dict(metadata) if metadata is not None else {},
    }
    try:
        text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ParameterError(f"metadata: JSON cannot hold it: {error}.") from None
    with atomic_write(path, "w") as file:
        file.write(text + "\n")


def read_events_json(path: Path | str) -> tuple[Annotations, dict[str, Any]]:
    """Read what :func:`write_events_json` wrote.

    Returns
    -------
    Annotations, dict
        The events and the metadata.

    Raises
    ------
    RecordingError
        If the file is not such a file; the field at fault is named.
    """
    content = read_json_file(path, "an events file", FORMAT, VERSION)
    try:
        duration = _seconds(content, "recordingDuration")
        events = [decode_event(fields) for fields in _typed(content, "events", list)]
        return Annotations(events, duration), _typed(content, "metadata", dict)
    except ParameterError as error:
        raise RecordingError(str(error), file=path) from None


def encode_event(event: Event) -> dict[str, Any]:
    """Return one event under the names of the SzCORE columns.

    Examples
    --------
    >>> encode_event(Event(1.0, 2.0, channels=("T7",)))
    {'onset': 1.0, 'duration': 2.0, 'eventType': 'sz', 'confidence': None, 'channels': ['T7']}
    """
    return {
        "onset": float(event.onset),
        "duration": float(event.duration),
        "eventType": event.event_type,
        "confidence": None if event.confidence is None else float(event.confidence),
        "channels": list(event.channels),
    }


def decode_event(fields: Any) -> Event:
    """Return the event that :func:`encode_event` wrote.

    Raises
    ------
    ParameterError
        If a field is missing or of the wrong kind.
    """
    if not isinstance(fields, dict):
        raise ParameterError(f"events: {fields!r} is not allowed; each event is an object.")
    confidence = fields.get("confidence")
    return Event(
        onset=_seconds(fields, "onset"),
        duration=_seconds(fields, "duration"),
        event_type=_typed(fields, "eventType", str),
        confidence=None if confidence is None else _seconds(fields, "confidence"),
        channels=tuple(str(name) for name in _typed(fields, "channels", list)),
    )


def _seconds(fields: dict[str, Any], name: str) -> float:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ParameterError(f"{name}: {value!r} is not allowed; it must be a finite number.")
    return float(value)


def _typed(fields: dict[str, Any], name: str, kind: type) -> Any:
    value = fields.get(name)
    if not isinstance(value, kind):
        raise ParameterError(f"{name}: {value!r} is not allowed; it must be of type {kind.__name__}.")
    return value
