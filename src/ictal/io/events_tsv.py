"""Event tables as SzCORE and BIDS write them: tab-separated text, one event a row.

References
----------
Dan et al., SzCORE: seizure community open-source research evaluation framework, Epilepsia 2025.
BIDS specification, "Events": ``onset`` and ``duration`` in seconds from the start of the recording.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ictal.core.errors import IctalWarning, ParameterError, RecordingError, located
from ictal.core.events import BACKGROUND, SEIZURE, Annotations, Event
from ictal.io.atomic import atomic_write
from ictal.io.event_lines import Header, read_lines

COLUMNS = ("onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration")
"""The columns of SzCORE, in their order."""

TYPE_NAMES = {"seizure": SEIZURE, "seiz": SEIZURE, "background": BACKGROUND}
"""Other names for seizure and background in the tables of BIDS data sets and of NEDC."""

DATE_FORMAT = "%Y-%m-%d %H:%M:%S"
MISSING = "n/a"
ALL_CHANNELS = "all"

Tell = Callable[[str, str], None]
"""Takes what was mended, and where it stands."""


class EventRow(NamedTuple):
    """One row of a table as it stands.

    Attributes
    ----------
    line : int
        Its line in the file; the header is line 1.
    onset : float
        Seconds.
    duration : float or None
        Seconds, which may be negative; ``None`` where the table does not say.
    event_type : str
        As the file spells it; :func:`decode_event_type` gives our name.
    """

    line: int
    onset: float
    duration: float | None
    event_type: str


class EventTable(NamedTuple):
    """The rows of a table in the order of the file, and the length of the recording in seconds if they say it."""

    rows: tuple[EventRow, ...]
    duration: float | None


class UnderstoodTable(NamedTuple):
    """What could be understood of a table.

    Attributes
    ----------
    events : tuple of (int, Event)
        Line and event, in the order of the file, background rows too.
    notes : tuple of str
        What was mended or not understood, with its line and column; the file is not named.
    duration : float or None
        Length of the recording in seconds, if the rows say it.
    """

    events: tuple[tuple[int, Event], ...]
    notes: tuple[str, ...]
    duration: float | None


def write_events(path: Path | str, annotations: Annotations, start_time: datetime | None = None) -> None:
    """Write a SzCORE events table.

    A table without a seizure and without a background row gets the row ``0.00 <duration> bckg`` over the whole
    recording.

    Parameters
    ----------
    path : path
        The table; it appears when it is complete.
    annotations : Annotations
        Times are written with two decimals.
    start_time : datetime, optional
        When the recording began. It is left out unless given, since a date helps to identify a patient.

    Raises
    ------
    OutputError
        If the file cannot be written.
    ParameterError
        If a text holds a tab or a line end, which no table can hold.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_events(f"{folder}/a.tsv", Annotations([Event(10.0, 30.5, confidence=0.9)], 3600.0))
    ...     print(Path(folder, "a.tsv").read_text().splitlines()[1].split("\\t"))
    ['10.00', '30.50', 'sz', '0.90', 'n/a', 'n/a', '3600.00']
    """
    text = encode_events(annotations, start_time)
    with atomic_write(path, "w") as file:
        file.write(text)


def encode_events(annotations: Annotations, start_time: datetime | None = None) -> str:
    """Return the text of the table that :func:`write_events` writes."""
    rows = [encode_row(event, annotations.duration, start_time) for event in table_events(annotations)]
    return "".join("\t".join(row) + "\n" for row in [COLUMNS, *rows])


def table_events(annotations: Annotations) -> tuple[Event, ...]:
    """Return the events that a table shows: with a background row where nothing else says that there is no seizure.

    Examples
    --------
    >>> table_events(Annotations((), duration=60.0))
    (Event(onset=0.0, duration=60.0, event_type='bckg', confidence=None, channels=()),)
    """
    if any(event.is_seizure or event.event_type == BACKGROUND for event in annotations):
        return annotations.events
    return (Event(0.0, annotations.duration, BACKGROUND), *annotations.events)


def encode_row(event: Event, recording_duration: float, start_time: datetime | None) -> tuple[str, ...]:
    """Return the cells of one event, in the order of :data:`COLUMNS`."""
    row = (
        f"{event.onset:.2f}",
        f"{event.duration:.2f}",
        event.event_type,
        MISSING if event.confidence is None else f"{event.confidence:.2f}",
        ",".join(event.channels) if event.channels else MISSING,
        MISSING if start_time is None else start_time.strftime(DATE_FORMAT),
        f"{recording_duration:.2f}",
    )
    for column, cell in zip(COLUMNS, row, strict=True):
        if any(mark in cell for mark in "\t\r\n"):
            raise ParameterError(f"{column}: {cell!r} is not allowed; a cell cannot hold a tab or a line end.")
    return row


def read_events(path: Path | str, *, duration: float | None = None) -> Annotations:
    """Read an events table of SzCORE or BIDS.

    Read too are Windows line ends, a byte order mark, rows in any order, columns in any order, further columns, and
    the kind of event under any of :data:`ictal.io.event_lines.TYPE_COLUMNS`. A background row over the whole recording
    says that there is no event, and is read as none; other background rows are kept.

    Parameters
    ----------
    path : path
        The table.
    duration : float, optional
        Length of the recording in seconds, for tables that do not say it; it goes before what the table says.

    Raises
    ------
    RecordingError
        If a row cannot be understood; file, line and column are named.

    Warns
    -----
    IctalWarning
        If neither the table nor `duration` says how long the recording is (the last event is taken for its end), or
        an event has no duration, or one that is not a seizure has a negative one (it is read as 0 s long).

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "sub-01_events.tsv")
    ...     n = file.write_text("onset\\tduration\\ttrial_type\\n3.5\\t10\\tseizure\\n")
    ...     read_events(file, duration=60.0).events
    (Event(onset=3.5, duration=10.0, event_type='sz', confidence=None, channels=()),)
    """
    rows = _read_rows(path)
    events = [row.event(_warn_of(path)) for row in rows]
    length = duration if duration is not None else _said_duration(rows)
    if length is None:
        length = max((event.stop for event in events), default=0.0)
        problem = "is missing; the recording is taken to end with its last event"
        warnings.warn(located(problem, file=path, field="recordingDuration"), IctalWarning, stacklevel=2)
    return Annotations((event for event in events if not _says_no_event(event, length)), length)


def read_event_table(path: Path | str) -> EventTable:
    """Read an events table without judging its events: for those who have rules of their own for odd ones.

    Parameters
    ----------
    path : path
        The table; what :func:`read_events` reads.

    Returns
    -------
    EventTable
        The rows in the order of the file, their types as the file spells them.

    Raises
    ------
    RecordingError
        If a row cannot be understood; file, line and column are named.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "sub-01_events.tsv")
    ...     n = file.write_text("onset\\tduration\\ttrial_type\\n3.5\\tn/a\\tseizure\\n")
    ...     read_event_table(file)
    EventTable(rows=(EventRow(line=2, onset=3.5, duration=None, event_type='seizure'),), duration=None)
    """
    rows = _read_rows(path)
    table = tuple(EventRow(row.line, row.onset(), row.number("duration", low=-math.inf), row.kind()) for row in rows)
    return EventTable(table, _said_duration(rows))


def read_understood(path: Path | str) -> UnderstoodTable:
    """Read what can be understood of an events table; odd rows are told and do not stop the others.

    Parameters
    ----------
    path : path
        The table; what :func:`read_events` reads.

    Raises
    ------
    RecordingError
        If the file cannot be read or its first line is no header: nothing of it is understood.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "sub-01_events.tsv")
    ...     n = file.write_text("onset\\tduration\\ttrial_type\\n3.5\\t10\\tseizure\\nsoon\\t10\\tseizure\\n")
    ...     table = read_understood(file)
    >>> len(table.events), table.notes
    (1, ("line 3: onset: 'soon' is not allowed; allowed is a finite number from -inf to inf, or n/a",))
    """
    header, lines = read_lines(path)
    events: list[tuple[int, Event]] = []
    notes: list[str] = []
    said: list[_Row] = []
    for number, cells in lines:
        try:
            row = _Row(path, number, cells, header)
            events.append((number, row.event(lambda problem, place: notes.append(located(problem, field=place)))))
            _said_duration([*said, row])
            said = said if row.text("recordingDuration") is None else [row]
        except RecordingError as refusal:
            notes.append(located(refusal.problem, field=refusal.field))
    return UnderstoodTable(tuple(events), tuple(notes), _said_duration(said))


def _warn_of(path: Path | str) -> Tell:
    def warn(problem: str, place: str) -> None:
        warnings.warn(located(problem, file=path, field=place), IctalWarning, stacklevel=6)

    return warn


def _said_duration(rows: list[_Row]) -> float | None:
    said = None
    for row in rows:
        value = row.number("recordingDuration")
        if None not in (said, value) and value != said:
            raise row.refusal("recordingDuration", f"{value:g}", f"{said:g} as in the rows before")
        said = said if value is None else value
    return said


def _says_no_event(event: Event, duration: float) -> bool:
    return event.event_type == BACKGROUND and event.onset == 0 and event.stop >= duration - 0.01


class _Row:
    """One line of a table, which knows where it stands."""

    __slots__ = ("_cells", "_header", "_path", "line")

    def __init__(self, path: Path | str, line: int, cells: list[str], header: Header) -> None:
        if len(cells) > header.n_cells:
            problem = f"{len(cells)} columns came; the first line has {header.n_cells}"
            raise RecordingError(problem, file=path, field=f"line {line}")
        self.line = line
        self._path = path
        self._cells = cells
        self._header = header

    def cell(self, column: str) -> str:
        place = self._header.places.get(column, len(self._cells))
        return self._cells[place].strip() if place < len(self._cells) else ""

    def text(self, column: str) -> str | None:
        cell = self.cell(column)
        return None if cell.lower() in ("", MISSING) else cell

    def number(self, column: str, low: float = 0.0, high: float = math.inf) -> float | None:
        text = self.text(column)
        if text is None:
            return None
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and low <= value <= high):
            raise self.refusal(column, text, f"a finite number from {low:g} to {high:g}, or {MISSING}")
        return value

    def kind(self) -> str:
        column = self._header.type_column
        kind = self.text(column)
        if kind is None:
            raise self.refusal(column, self.cell(column), "the kind of event")
        return kind

    def onset(self) -> float:
        onset = self.number("onset", low=-math.inf)
        if onset is None:
            raise self.refusal("onset", self.cell("onset"), "a number of seconds")
        return onset

    def event(self, tell: Tell) -> Event:
        kind = self.kind()
        channels = self.text("channels")
        event = Event(
            onset=self.onset(),
            duration=0.0,
            event_type=decode_event_type(kind),
            confidence=self.number("confidence", high=1.0),
            channels=() if channels in (None, ALL_CHANNELS) else split_names(channels),
        )
        return replace(event, duration=self._duration(event.is_seizure, tell))

    def _duration(self, of_a_seizure: bool, tell: Tell) -> float:
        """Return the duration; one that cannot be is refused for a seizure and mended for everything else."""
        duration = self.number("duration", low=0.0 if of_a_seizure else -math.inf)
        if duration is not None and duration >= 0:
            return duration
        tell(f"{self.cell('duration')!r} came; the event is read as 0 s long", self.place("duration"))
        return 0.0

    def place(self, column: str) -> str:
        return f"line {self.line}: {column}"

    def refusal(self, column: str, came: str, allowed: str) -> RecordingError:
        problem = f"{came!r} is not allowed; allowed is {allowed}"
        return RecordingError(problem, file=self._path, field=self.place(column))


def _read_rows(path: Path | str) -> list[_Row]:
    header, lines = read_lines(path)
    return [_Row(path, number, cells, header) for number, cells in lines]


def decode_event_type(text: str) -> str:
    """Return the name that ictal uses for a kind of event.

    Examples
    --------
    >>> decode_event_type("Seizure"), decode_event_type("sz-foc-ia"), decode_event_type("eyes closed")
    ('sz', 'sz_foc_ia', 'eyes closed')
    """
    if text.startswith(f"{SEIZURE}-"):
        return text.replace("-", "_")
    return TYPE_NAMES.get(text.lower(), text)


def split_names(text: str) -> tuple[str, ...]:
    """Return the names in a list that is separated by commas.

    Examples
    --------
    >>> split_names("T3, T5,")
    ('T3', 'T5')
    """
    return tuple(name.strip() for name in text.split(",") if name.strip())
