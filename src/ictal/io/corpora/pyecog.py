"""Annotations of PyEcog, which are in seconds of the clock, and the telemetry of animals that they are about.

PyEcog exports one table for a project: ``Animal ID,label,start,stop,confidence,notes`` with Unix times. The recordings
of an animal are in the folder that has its name; each says when it began: by a ``.meta`` beside it, by ``M`` and the
Unix time at the beginning of its name, or by the header of an EDF.

References
----------
Cornford et al., PyEcog, https://github.com/KullmannLab/pyecog2: ``export_annotations`` and ``create_metafile_from_h5``.
"""

from __future__ import annotations

import json
import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from ictal.core.errors import IctalWarning, RecordingError
from ictal.core.events import SEIZURE, Annotations, Event
from ictal.io.array_files import open_array_file
from ictal.io.arrays import ArrayFileRecording, ArrayLayout
from ictal.io.corpora.array_recording import ArrayCorpusRecording
from ictal.io.corpora.corpus import CorpusRecording, Remark
from ictal.io.corpora.delimited import read_columns
from ictal.io.corpora.found_files import find_files, first_folder, name_files
from ictal.io.corpora.lines import read_lines
from ictal.io.corpora.listing import refused, remark_overlaps
from ictal.io.corpora.szcore_tables import remark_types
from ictal.io.events_tsv import decode_event_type
from ictal.io.formats import read

COLUMNS = ("animal id", "label", "start", "stop")
"""What an exported table begins with, in small letters."""

PREDICTED = "(auto)"
"""What labels begin with that a classifier of PyEcog gave, not a reader."""

_UNIX_NAME = re.compile(r"M(\d{10})(?!\d)")


class Mark(NamedTuple):
    """One row of the table: Unix seconds."""

    animal: str
    label: str
    start: float
    stop: float
    confidence: float | None = None


class Telemetry(NamedTuple):
    """One recording and when it began, in Unix seconds; `layout` where it is kept as arrays."""

    path: Path
    animal: str
    start: float
    duration: float
    layout: ArrayLayout | None = None


def find_exports(root: Path) -> list[Path]:
    """Return the tables of annotations in a folder, known by their columns."""
    tables = sorted(root.glob("*.[cC][sS][vV]")) if root.is_dir() else []
    return [path for path in tables if path.is_file() and _begins_like_an_export(path)]


def read_export(path: Path) -> tuple[tuple[Mark, ...], list[Remark]]:
    """Read an exported table; notes may hold commas. What a classifier predicted is left out, with a remark.

    Raises
    ------
    RecordingError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "annotations.csv")
    ...     row = "rat 3,seizure,1456063228.5,1456063290.0,inf,long, generalised"
    ...     n = file.write_text(f"Animal ID,label,start,stop,confidence,notes\\n{row}\\n")
    ...     read_export(file)[0]
    (Mark(animal='rat 3', label='seizure', start=1456063228.5, stop=1456063290.0, confidence=None),)
    """
    marks: list[Mark] = []
    remarks: list[Remark] = []
    n_predicted = 0
    for number, line in enumerate(read_lines(path)[1:], start=2):
        cells = [cell.strip() for cell in line.split(",", maxsplit=5)]
        if not line:
            continue
        try:
            animal, label, start, stop = cells[0], cells[1], float(cells[2]), float(cells[3])
            confidence = float(cells[4]) if len(cells) > 4 and cells[4] else None
            if not 0 <= stop - start < float("inf"):
                raise ValueError(f"it lasts {stop - start:g} s")
        except (IndexError, ValueError) as error:
            said = "too few cells" if isinstance(error, IndexError) else str(error)
            remarks.append(Remark("odd-row", path.name, f"line {number}: {said}; it is left out."))
            continue
        n_predicted += label.startswith(PREDICTED)
        known = confidence if confidence is not None and 0 <= confidence <= 1 else None
        if not label.startswith(PREDICTED):
            marks.append(Mark(animal, label, start, stop, known))
    if n_predicted:
        text = f"{n_predicted} rows are labelled {PREDICTED}, so that no reader marked them; they are left out."
        remarks.append(Remark("predicted", path.name, text))
    return tuple(marks), remarks


def list_pyecog(
    root: Path, seizure_labels: Sequence[str], utc_offset: float
) -> tuple[list[CorpusRecording], list[Remark]]:
    """Return the recordings of each animal with its annotations.

    Parameters
    ----------
    root : Path
        The folder with the exported tables, and a folder for each animal.
    seizure_labels : sequence of str
        Labels that mean a seizure, besides those that say so; ``*`` and ``?`` stand for any letters.
    utc_offset : float
        Hours that the clock of EDF files was ahead of universal time.
    """
    marks: dict[str, list[Mark]] = defaultdict(list)
    remarks: list[Remark] = []
    for path in find_exports(root):
        found, odd = read_export(path)
        remarks += odd
        for mark in found:
            marks[mark.animal].append(mark)
    telemetry, odd = find_telemetry(root, utc_offset)
    remarks += odd
    names = name_files(root, [recording.path for recording in telemetry])
    recordings: list[CorpusRecording] = []
    for animal in dict.fromkeys([*(recording.animal for recording in telemetry), *marks]):
        own = [recording for recording in telemetry if recording.animal == animal]
        placed, odd = _place_marks(own, names, marks[animal], seizure_labels)
        recordings += placed
        remarks += odd
        n_lost = sum(not any(_overlaps(mark, recording) for recording in own) for mark in marks[animal])
        if n_lost:
            text = f"{n_lost} of {len(marks[animal])} annotations are of a time without recording; they are left out."
            remarks.append(Remark("no-recording", animal, text))
    return recordings, remarks


def find_telemetry(root: Path, utc_offset: float) -> tuple[list[Telemetry], list[Remark]]:
    """Return the recordings below a folder with the times they began, by animal and time, and what cannot be placed."""
    arrays = {path.with_suffix("") for path in root.rglob("*") if path.suffix.lower() in (".h5", ".meta")}
    edfs = find_files(root)
    sources = [*((_read_telemetry, path) for path in sorted(arrays)), *((_read_edf, path) for path in edfs)]
    found: list[Telemetry] = []
    remarks: list[Remark] = []
    for read_one, path in sources:
        try:
            found.append(read_one(root, path, utc_offset))
        except RecordingError as error:
            remarks.append(refused(root, error))
    if any(_UNIX_NAME.match(path.name) is None for path in edfs):
        text = f"the clocks of EDF files are taken to be {utc_offset:g} h ahead of universal time; see utc_offset."
        remarks.append(Remark("time-zone", ".", text))
    return sorted(found, key=lambda recording: (recording.animal, recording.start)), remarks


def _begins_like_an_export(path: Path) -> bool:
    try:
        return tuple(name.lower() for name in read_columns(path)[: len(COLUMNS)]) == COLUMNS
    except RecordingError:
        return False


def _read_telemetry(root: Path, stem: Path, utc_offset: float) -> Telemetry:
    """Return what ``.meta`` says of a file of arrays, or else the file itself; their clock is universal time."""
    del utc_offset
    path, meta = stem.with_name(f"{stem.name}.h5"), stem.with_name(f"{stem.name}.meta")
    said = _read_meta(meta) if meta.is_file() else {}
    named = _UNIX_NAME.match(stem.name)
    start = said.get("start_timestamp_unix", named.group(1) if named is not None else None)
    duration = said.get("duration")
    layout = ArrayLayout(unit="uV")
    if path.is_file():
        file = open_array_file(path)
        variables = sorted((name for name in file.shapes if name.endswith("/data")), key=lambda name: (len(name), name))
        layout = ArrayLayout(unit="uV", variables=variables, channels=[name.split("/")[-2] for name in variables])
        duration = ArrayFileRecording(file, layout).duration
    try:
        animal = first_folder(root, path)
        return Telemetry(path, animal if animal else stem.name, float(start), float(duration), layout)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        problem = (
            f"it began at {start!r} and lasts {duration!r} s; needed are a .meta that says both, or M and ten digits"
        )
        raise RecordingError(problem, file=path) from None


def _read_meta(path: Path) -> Mapping[str, Any]:
    try:
        said = json.loads(path.read_bytes())
    except (OSError, ValueError):
        raise RecordingError("is no JSON", file=path) from None
    if not isinstance(said, dict) or said.get("data_format") != "h5":
        raise RecordingError("is not about an h5 file of PyEcog, the only kind that is read", file=path)
    return said


def _read_edf(root: Path, path: Path, utc_offset: float) -> Telemetry:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IctalWarning)
        recording = read(path)
    folder = first_folder(root, path)
    named = _UNIX_NAME.match(path.name)
    if named is not None:
        start = float(named.group(1))
    elif recording.start_time is not None:
        start = recording.start_time.replace(tzinfo=UTC).timestamp() - utc_offset * 3600.0
    else:
        raise RecordingError("does not say when it began", file=path)
    return Telemetry(path, folder if folder else path.stem, start, recording.duration)


def _place_marks(
    own: Sequence[Telemetry], names: Mapping[Path, str], marks: Sequence[Mark], seizure_labels: Sequence[str]
) -> tuple[list[CorpusRecording], list[Remark]]:
    """Return the recordings of one animal; a mark that goes on in the next file is a part of both."""
    recordings: list[CorpusRecording] = []
    remarks: list[Remark] = []
    for telemetry in own:
        name = names[telemetry.path]
        events = list(_cut_marks(telemetry, marks, seizure_labels))
        annotations = Annotations(events, telemetry.duration)
        remarks += [*remark_types(annotations, name), *remark_overlaps(annotations, name)]
        start = telemetry.start - own[0].start
        common = (name, telemetry.path, telemetry.animal, telemetry.animal, annotations, "", start)
        layout = telemetry.layout
        recordings.append(CorpusRecording(*common) if layout is None else ArrayCorpusRecording(*common, layout=layout))
    return recordings, remarks


def _cut_marks(telemetry: Telemetry, marks: Sequence[Mark], seizure_labels: Sequence[str]) -> Iterator[Event]:
    for mark in marks:
        if _overlaps(mark, telemetry):
            onset = max(mark.start - telemetry.start, 0.0)
            stop = min(mark.stop - telemetry.start, telemetry.duration)
            is_seizure = any(fnmatchcase(mark.label.casefold(), label.casefold()) for label in seizure_labels)
            kind = SEIZURE if is_seizure else decode_event_type(mark.label)
            yield Event(onset, stop - onset, kind, mark.confidence)


def _overlaps(mark: Mark, telemetry: Telemetry) -> bool:
    stop = telemetry.start + telemetry.duration
    if mark.start == mark.stop:
        return telemetry.start <= mark.start < stop
    return max(mark.start, telemetry.start) < min(mark.stop, stop)
