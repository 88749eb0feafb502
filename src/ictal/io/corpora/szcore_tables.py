"""Events tables of SzCORE and BIDS beside the recordings of a corpus: what was odd in them becomes remarks."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

from ictal.core.errors import IctalWarning
from ictal.core.events import Annotations
from ictal.io.corpora.corpus import Remark
from ictal.io.corpora.lengths import keep_inside
from ictal.io.corpora.listing import remark_overlaps
from ictal.io.event_types import is_known_type
from ictal.io.events_tsv import read_events

_LENGTH_UNKNOWN = "recordingDuration: is missing"


def read_marks(
    table: Path, name: str, find_length: Callable[[], float | None]
) -> tuple[Annotations, tuple[Remark, ...]]:
    """Return the events of a table inside its recording, and what was odd.

    Parameters
    ----------
    table : Path
        What :func:`~ictal.io.events_tsv.read_events` reads.
    name : str
        Of the recording, for the remarks.
    find_length : callable
        Seconds of the recording, or ``None``; asked only where the table does not say it.

    Raises
    ------
    RecordingError
        If the table cannot be understood.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder, "a_events.tsv")
    ...     n = table.write_text("onset\\tduration\\teventType\\n3\\t10\\tsz\\n50\\t20\\tnap\\n")
    ...     annotations, remarks = read_marks(table, "a", lambda: 60.0)
    >>> [event.span for event in annotations], [remark.kind for remark in remarks]
    ([(3.0, 13.0), (50.0, 60.0)], ['beyond-end', 'unknown-type'])
    """
    marked, said = _read(table, None)
    remarks: list[Remark] = []
    if any(text.startswith(_LENGTH_UNKNOWN) for text in said):
        length = find_length()
        if length is not None:
            marked, said = _read(table, length)
        else:
            said = [text for text in said if not text.startswith(_LENGTH_UNKNOWN)]
            text = f"nothing says how long it is; it is taken to end with its last event, at {marked.duration:g} s."
            remarks.append(Remark("unknown-length", name, text))
    annotations, outside = keep_inside(marked, marked.duration, name)
    remarks += [Remark("mended", name, f"{text}.") for text in said]
    return annotations, (*remarks, *outside, *remark_types(annotations, name), *remark_overlaps(annotations, name))


def remark_types(annotations: Annotations, name: str) -> list[Remark]:
    """Return one remark for each kind of event that SzCORE does not name."""
    unknown = dict.fromkeys(event.event_type for event in annotations if not is_known_type(event.event_type))
    text = "{!r} is no type of SzCORE; it is kept as it is."
    return [Remark("unknown-type", name, text.format(event_type)) for event_type in unknown]


def _read(table: Path, duration: float | None) -> tuple[Annotations, list[str]]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", IctalWarning)
        annotations = read_events(table, duration=duration)
    return annotations, [str(warning.message).removeprefix(f"{table}: ") for warning in caught]
