"""How long a recording is, as its EDF header says, and which of its events lie inside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.io.corpora.corpus import Remark
from ictal.io.edf_header import read_header


@dataclass(frozen=True, slots=True)
class EdfLength:
    """What the header of an EDF file says about time.

    Parameters
    ----------
    duration : float
        Seconds of signal.
    clock : int, optional
        When it began, in seconds after midnight.
    oddities : tuple of str
        What was mended in the header.
    """

    duration: float
    clock: int | None
    oddities: tuple[str, ...] = ()


def read_edf_length(path: Path) -> EdfLength | None:
    """Return what the header of an EDF file says about time, or ``None`` where there is no file.

    Raises
    ------
    RecordingError
        If there is a file, but no EDF.
    """
    try:
        with path.open("rb", buffering=0) as file:
            header, findings = read_header(file, path.stat().st_size, path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}", file=path) from error
    moment = header.start_time
    clock = None if moment is None else moment.hour * 3600 + moment.minute * 60 + moment.second
    oddities = tuple(f"{finding.field}: {finding.text}" for finding in findings)
    return EdfLength(header.n_records * header.record_duration, clock, oddities)


def keep_inside(events: Iterable[Event], duration: float, name: str) -> tuple[Annotations, tuple[Remark, ...]]:
    """Return events over the length of a recording, cut at its ends, and what was cut or left out.

    Parameters
    ----------
    events : iterable of Event
    duration : float
        Seconds of the recording.
    name : str
        Of the recording, for the remarks.

    Examples
    --------
    >>> kept, remarks = keep_inside([Event(10.0, 30.0), Event(70.0, 5.0)], 25.0, "night")
    >>> kept.events
    (Event(onset=10.0, duration=15.0, event_type='sz', confidence=None, channels=()),)
    >>> [remark.kind for remark in remarks]
    ['beyond-end', 'beyond-end']
    """
    kept: list[Event] = []
    remarks: list[Remark] = []
    for event in events:
        onset, stop = max(event.onset, 0.0), min(event.stop, duration)
        if (onset, stop) == event.span:
            kept.append(event)
            continue
        said = f"{event.event_type} from {event.onset:g} to {event.stop:g} s of a recording of {duration:g} s"
        if onset < stop:
            kept.append(Event(onset, stop - onset, event.event_type, event.confidence, event.channels))
        done = "cut at its end" if onset < stop else "left out"
        remarks.append(Remark("beyond-end", name, f"{said} came; it is {done}."))
    return Annotations(kept, duration), tuple(remarks)
