"""One table with the events of many recordings, as laboratories keep them in a spreadsheet.

A row names a recording and says when something began and ended in it, in seconds: ``file, onset, duration, eventType``
or ``fname, start, end`` or what else :data:`COLUMNS` knows, separated by tabs, commas or semicolons.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

from ictal.core.errors import RecordingError
from ictal.core.events import BACKGROUND, SEIZURE, Annotations, Event
from ictal.io.corpora.corpus import Remark
from ictal.io.corpora.delimited import read_columns, read_delimited
from ictal.io.corpora.lengths import keep_inside
from ictal.io.corpora.listing import remark_overlaps
from ictal.io.corpora.szcore_tables import remark_types
from ictal.io.discover import result_stem
from ictal.io.events_tsv import ALL_CHANNELS, MISSING, decode_event_type, split_names

COLUMNS = {
    "recording": ("recording", "file", "filename", "file_name", "fname", "filepath", "file_path", "path"),
    "onset": ("onset", "start", "start_time", "begin", "onset_s", "start_s"),
    "stop": ("end", "stop", "end_time", "stop_time", "offset", "end_s", "stop_s"),
    "duration": ("duration", "duration_s"),
    "event_type": ("eventtype", "event_type", "trial_type", "type", "label", "annotation"),
    "subject": (
        "subject",
        "subject_id",
        "participant_id",
        "patient",
        "patient_id",
        "animal",
        "animal_id",
        "mouse",
        "rat",
    ),
    "confidence": ("confidence",),
    "channels": ("channels", "channel"),
    "length": ("recordingduration", "recording_duration"),
    "split": ("split",),
}
"""What a column says → the names it may have, in small letters and with ``_`` for blanks; the first that is there."""

SUFFIXES = (".tsv", ".csv", ".txt")
_BESIDE = "_events.tsv"
_LONGEST_NAME = 240
"""Bytes that the name of a file may have, its suffix left out; systems allow 255."""


class SheetRow(NamedTuple):
    """One row: the recording and subject as it spells them, what happened, and what it says of the recording."""

    recording: str
    subject: str = ""
    event: Event | None = None
    length: float | None = None
    split: str = ""


class Sheet(NamedTuple):
    """A table with the events of many recordings.

    Attributes
    ----------
    path : Path
    columns : mapping of str to str
        What is said → the column that says it, as it is spelled.
    rows : tuple of SheetRow
    faults : mapping of str to str
        Recordings with a row that cannot be understood → line and problem of the first.
    """

    path: Path
    columns: Mapping[str, str]
    rows: tuple[SheetRow, ...]
    faults: Mapping[str, str]


def find_sheet(folder: Path, name: str | None = None) -> Path | None:
    """Return the table of events in a folder, or ``None`` if there is none.

    Parameters
    ----------
    folder : Path
    name : str, optional
        Of the table, where the folder holds several.

    Raises
    ------
    RecordingError
        If the one named is no such table, or several are there and none is named.
    """
    if name is not None:
        if find_columns(read_columns(folder / name)) is None:
            problem = "is no table of events; needed are columns for recording, onset, and end or duration"
            raise RecordingError(problem, file=folder / name)
        return folder / name
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() in SUFFIXES and path.is_file())
    sheets = [path for path in files if not path.name.endswith(_BESIDE) and _is_sheet(path)]
    if len(sheets) > 1:
        listed = ", ".join(path.name for path in sheets)
        raise RecordingError(f"holds several tables of events: {listed}; say which, as the option events", file=folder)
    return sheets[0] if sheets else None


def find_columns(header: Iterable[str]) -> dict[str, str] | None:
    """Return which column says what, or ``None`` where recording, onset, or end and duration are missing.

    Examples
    --------
    >>> find_columns(["fname", "Start", "end"])
    {'recording': 'fname', 'onset': 'Start', 'stop': 'end'}
    >>> find_columns(["onset", "duration"]) is None
    True
    """
    spelled = {name.strip().lower().replace(" ", "_").replace("-", "_"): name for name in header}
    found = {
        says: next(spelled[name] for name in names if name in spelled)
        for says, names in COLUMNS.items()
        if any(name in spelled for name in names)
    }
    return found if {"recording", "onset"} <= set(found) and {"stop", "duration"} & set(found) else None


def read_sheet(path: Path) -> Sheet:
    """Read a table of events; a row that cannot be understood is a fault of its recording, not of the others.

    A row without onset and end says that there is a recording, and no event in it.

    Raises
    ------
    RecordingError
        If the table cannot be read or lacks a column that is needed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "seizures.csv")
    ...     n = file.write_text("fname,start,end\\nnight.edf,10,42.5\\nday.edf,,\\nnoon.edf,1:20,1:30\\n")
    ...     sheet = read_sheet(file)
    >>> [(row.recording, row.event and row.event.span) for row in sheet.rows]
    [('night.edf', (10.0, 42.5)), ('day.edf', None)]
    >>> sheet.faults
    {'noon.edf': "line 4: start: '1:20' is no number; times are in seconds"}
    """
    table = read_delimited(path)
    columns = find_columns(table.columns)
    if columns is None:
        raise RecordingError("lacks a column for recording, onset, or end and duration", file=path, field="line 1")
    rows: list[SheetRow] = []
    faults: dict[str, str] = {}
    for number, said in table.rows:
        row = _Cells({says: said[name] for says, name in columns.items()}, columns, table.delimiter)
        recording = row.text("recording")
        if not recording:
            faults.setdefault("", f"line {number}: names no recording")
            continue
        try:
            rows.append(row.read())
        except ValueError as error:
            faults.setdefault(recording, f"line {number}: {error}")
    return Sheet(path, columns, tuple(rows), faults)


class _Cells:
    """The cells of one row by what they say."""

    def __init__(self, cells: Mapping[str, str], columns: Mapping[str, str], delimiter: str) -> None:
        self._cells = cells
        self._columns = columns
        self._has_decimal_comma = delimiter == ";"

    def read(self) -> SheetRow:
        return SheetRow(
            recording=self.text("recording"),
            subject=self.text("subject"),
            event=self._event(),
            length=self.number("length"),
            split=self.text("split"),
        )

    def text(self, says: str) -> str:
        cell = self._cells.get(says, "")
        return "" if cell.lower() == MISSING else cell

    def number(self, says: str) -> float | None:
        text = self.text(says)
        if not text:
            return None
        try:
            value = float(text.replace(",", ".") if self._has_decimal_comma else text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise ValueError(f"{self._columns[says]}: {text!r} is no number; times are in seconds")
        return value

    def _event(self) -> Event | None:
        onset, stop, duration = self.number("onset"), self.number("stop"), self.number("duration")
        if onset is None and stop is None:
            return None
        if onset is None or (stop is None and duration is None):
            raise ValueError("says when it begins or when it ends, but not both")
        length = duration if duration is not None else (stop if stop is not None else onset) - onset
        if length < 0:
            raise ValueError(f"ends {-length:g} s before it begins")
        if stop is not None and abs(onset + length - stop) > 1.0:
            raise ValueError(f"begins at {onset:g} s, lasts {length:g} s, but ends at {stop:g} s")
        kind = self.text("event_type")
        if not kind and "event_type" in self._columns:
            raise ValueError(f"{self._columns['event_type']}: is empty")
        channels = self.text("channels")
        return Event(
            onset=onset,
            duration=length,
            event_type=decode_event_type(kind) if kind else SEIZURE,
            confidence=self._confidence(),
            channels=() if channels.lower() == ALL_CHANNELS else split_names(channels),
        )

    def _confidence(self) -> float | None:
        text = self.text("confidence")
        if text in ("", "inf"):
            return None
        value = self.number("confidence")
        if value is not None and not 0 <= value <= 1:
            raise ValueError(f"{self._columns['confidence']}: {text!r} is not from 0 to 1")
        return value


def group_rows(sheet: Sheet, root: Path, files: Iterable[Path]) -> tuple[dict[Path, list[SheetRow]], list[Remark]]:
    """Return the rows of each file, also of those that no row names, and of those named that are not there.

    A row may name a file by its path in the folder, its name, or either without suffix, in capital or small letters; of
    a path on somebody's disk as many folders count as are here.

    Parameters
    ----------
    sheet : Sheet
    root : Path
        The folder that the paths in the table begin from.
    files : iterable of Path
        The recordings that are there.

    Returns
    -------
    dict of Path to list of SheetRow
        Without those that have a row that cannot be understood.
    list of Remark
    """
    grouped: dict[Path, list[SheetRow]] = {file: [] for file in files}
    index = _index_names(root, grouped)
    refused: dict[Path, str] = {}
    remarks: list[Remark] = []
    problems = dict(sheet.faults)
    places: dict[str, Path] = {}
    for recording in dict.fromkeys([*(row.recording for row in sheet.rows), *sheet.faults]):
        candidates = next((index[key] for key in _name_keys(recording) if key in index), [])
        if recording and not _is_name(recording):
            problems[recording] = f"{recording!r} is no name of a recording"
        if len(candidates) > 1:
            problems[recording] = f"{recording!r} could be any of {len(candidates)} files"
        if recording not in problems:
            places[recording] = candidates[0] if candidates else _place_missing(root, recording)
        else:
            refused |= dict.fromkeys(candidates, problems[recording])
            left_out, subject_of = ("recording", recording) if recording else ("row", sheet.path.name)
            remarks.append(Remark("unreadable", subject_of, f"{problems[recording]}; the {left_out} is left out."))
    for row in sheet.rows:
        if row.recording not in problems:
            grouped.setdefault(places[row.recording], []).append(row)
    return {file: rows for file, rows in grouped.items() if file not in refused}, remarks


def remark_silence(sheet: Sheet, grouped: Mapping[Path, Sequence[SheetRow]]) -> list[Remark]:
    """Return what is taken for granted where the table says nothing: the kind of its events, and recordings without."""
    remarks = []
    if "event_type" not in sheet.columns:
        text = "has no column for the kind of event; all are seizures."
        remarks.append(Remark("assumed-type", sheet.path.name, text))
    n_unnamed = sum(not rows for rows in grouped.values())
    if n_unnamed:
        text = f"{n_unnamed} of {len(grouped)} recordings are in no row; they are taken to hold no event."
        remarks.append(Remark("no-rows", sheet.path.name, text))
    return remarks


def mark_rows(
    rows: Sequence[SheetRow], find_length: Callable[[], float | None], name: str
) -> tuple[Annotations, tuple[Remark, ...]]:
    """Return the events of one recording, inside it, and what was odd.

    Parameters
    ----------
    rows : sequence of SheetRow
    find_length : callable
        Seconds of the recording, or ``None``; asked only where the table does not say it.
    name : str
        Of the recording, for the remarks.
    """
    events = [row.event for row in rows if row.event is not None]
    said = {row.length for row in rows if row.length is not None}
    remarks: list[Remark] = []
    if len(said) > 1:
        text = f"the table says {' and '.join(f'{value:g} s' for value in sorted(said))}; the longest is taken."
        remarks.append(Remark("conflict", name, text))
    known = max(said) if said else find_length()
    if known is None:
        known = max((event.stop for event in events), default=0.0)
        text = f"nothing says how long it is; it is taken to end with its last event, at {known:g} s."
        remarks.append(Remark("unknown-length", name, text))
    told = [event for event in events if not (event.event_type == BACKGROUND and event.duration >= known - 0.01)]
    annotations, outside = keep_inside(told, known, name)
    return annotations, (*remarks, *outside, *remark_types(annotations, name), *remark_overlaps(annotations, name))


def _index_names(root: Path, files: Iterable[Path]) -> dict[str, list[Path]]:
    """Return which files a name may mean; a name that one file has in full means no other."""
    exact: dict[str, list[Path]] = defaultdict(list)
    shorter: dict[str, list[Path]] = defaultdict(list)
    for file in files:
        path = file.relative_to(root) if file.is_relative_to(root) else file
        exact[_name_key(path.as_posix())].append(file)
        stem = result_stem(path)
        for name in {path.name, path.stem, stem, path.with_name(stem).as_posix(), path.with_suffix("").as_posix()}:
            shorter[_name_key(name)].append(file)
    return {**shorter, **exact}


def _place_missing(root: Path, recording: str) -> Path:
    """Return where a recording would be that is not there; of one that was on somebody's disk only the name counts."""
    named = PureWindowsPath(recording)
    path = root / (named.name if named.anchor else named.as_posix())
    return path if path.suffix else path.with_name(f"{path.name}.edf")


def _is_name(recording: str) -> bool:
    named = PureWindowsPath(recording)
    too_long = any(len(part.encode()) > _LONGEST_NAME for part in named.parts)
    return bool(named.name) and ".." not in named.parts and "\0" not in recording and not too_long


def _name_keys(recording: str) -> list[str]:
    named = PureWindowsPath(recording)
    if not named.anchor:
        return [_name_key(recording)]
    return [_name_key("/".join(named.parts[first:])) for first in range(1, len(named.parts))]


def _name_key(name: str) -> str:
    return PureWindowsPath(name).as_posix().casefold().removeprefix("./")


def _is_sheet(path: Path) -> bool:
    try:
        return find_columns(read_columns(path)) is not None
    except RecordingError:
        return False
