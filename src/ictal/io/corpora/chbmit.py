"""CHB-MIT: scalp EEG of children with epilepsy, 24 cases, as PhysioNet ships it.

What the summaries say is taken. The ``.seizures`` files beside the recordings are compared with them; where the two
differ (chb24_21 alone) there is a remark. The files of chb24 have no clock times, and ten of them are in no summary:
they hold no seizure that anybody marked.

References
----------
Shoeb, Application of machine learning to epileptic seizure onset detection and treatment, PhD thesis, MIT 2009.
Guttag, CHB-MIT scalp EEG database, PhysioNet 2010, doi 10.13026/C2K01R.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

from ictal.core.errors import RecordingError
from ictal.core.events import Event
from ictal.core.spans import Span
from ictal.io.corpora.chbmit_summary import ListedFile, parse_summary
from ictal.io.corpora.corpus import Corpus, CorpusFormat, CorpusRecording, Remark
from ictal.io.corpora.lengths import EdfLength, keep_inside, read_edf_length
from ictal.io.corpora.lines import read_lines
from ictal.io.corpora.listing import remark_missing
from ictal.io.corpora.wfdb_annotations import read_seizure_marks

SAME_PERSON = {"chb21": ("chb01", "2")}
"""Cases that are somebody again, and which session of theirs: chb21 is the girl of chb01, a year and a half later."""

_CASE = "chb[0-9][0-9]"
_NAME = re.compile(r"chb\d\d[a-z]?_\d+\+?")
_PART = re.compile(r"chb\d\d([a-z])_")
_LARGEST_SLIP = 1.0
"""Seconds by which clock times and lengths may differ, as they are written in whole seconds."""
_DAY = 86400


def fits_chb_mit(root: Path) -> bool:
    """Whether a folder holds the summary of a case."""
    return any(root.glob(f"{_CASE}/{_CASE}-summary.txt"))


def list_chb_mit(root: Path, sizes: Path | str | None = None) -> Corpus:
    """Return the recordings of CHB-MIT in the order of its summaries.

    Each recording is as long as its EDF header says; without the file, as its size in `sizes` says; else as the clock
    times in the summary say, to within a second. The three parts of chb17 (a, b, c) are sessions of their own. Files
    that ``RECORDS`` does not name are left out, unless a summary does.

    Parameters
    ----------
    root : Path
        The folder with ``RECORDS`` and one folder for each case; cases and signals may be missing.
    sizes : path, optional
        A table of the EDF files, without header: name in the corpus, tab, bytes; what follows is passed over.

    Raises
    ------
    RecordingError
        If `root` holds no case, or `sizes` cannot be understood.
    """
    if not fits_chb_mit(root):
        raise RecordingError("holds no summary of CHB-MIT, such as chb01/chb01-summary.txt", file=root)
    known_sizes = {} if sizes is None else read_sizes(Path(sizes))
    in_records = _read_names(root / "RECORDS")
    cases = {path.name for path in root.glob(_CASE) if path.is_dir()} | {name.parent.name for name in in_records}
    recordings: list[CorpusRecording] = []
    remarks: list[Remark] = []
    for case in sorted(cases):
        names = [name.stem for name in in_records if name.parent.name == case]
        try:
            recordings += _list_case(root / case, names, known_sizes, remarks)
        except RecordingError as error:
            summary = f"{case}/{case}-summary.txt"
            remarks.append(Remark("missing-file", summary, f"{error.problem}; the recordings of {case} are left out."))
    remarks += _compare_with_list(_read_names(root / "RECORDS-WITH-SEIZURES"), recordings)
    missing: dict[str, list[bool]] = defaultdict(list)
    for recording in recordings:
        missing[recording.path.parent.name].append(not recording.path.exists())
    remarks += remark_missing(missing)
    return Corpus("chb-mit", root, tuple(recordings), tuple(remarks))


CHB_MIT = CorpusFormat(
    title="CHB-MIT Scalp EEG Database",
    licence="ODC-By 1.0",
    citation="Guttag, CHB-MIT Scalp EEG Database, PhysioNet 2010, doi 10.13026/C2K01R",
    fits=fits_chb_mit,
    list_recordings=list_chb_mit,
)
"""See :func:`list_chb_mit`."""


def place_by_clock(clocks: Sequence[int | None], durations: Sequence[float]) -> tuple[float | None, ...]:
    """Return when each file begins, in seconds after the first, from clock times without dates.

    It is the earliest that the clock allows: a file that would begin before the last one ends is of the next day. Days
    on which nothing begins cannot be seen.

    Parameters
    ----------
    clocks : sequence of int or None
        Seconds after midnight, in the order of recording.
    durations : sequence of float
        Seconds.

    Examples
    --------
    >>> place_by_clock([82800, 3600, None, 3590], [7200.0, 3600.0, 60.0, 60.0])
    (0.0, 7200.0, None, 93590.0)
    """
    starts: list[float | None] = []
    origin = next((clock for clock in clocks if clock is not None), 0)
    free_from = 0.0
    for clock, duration in zip(clocks, durations, strict=True):
        if clock is None:
            starts.append(None)
            continue
        earliest = free_from - _LARGEST_SLIP
        start = earliest + (clock - origin - earliest) % _DAY
        starts.append(start)
        free_from = start + duration
    return tuple(starts)


def length_from_size(n_bytes: int, n_signals: int, sampling_rate: int) -> tuple[int, int]:
    """Return the seconds in an EDF file of data records of one second, and the bytes after the last of them.

    Examples
    --------
    >>> length_from_size(42399744, 23, 256)
    (3600, 0)
    """
    return divmod(n_bytes - 256 * (n_signals + 1), 2 * n_signals * sampling_rate)


def read_sizes(path: Path) -> dict[str, int]:
    """Return the bytes of each file in a table of names and sizes.

    Raises
    ------
    RecordingError
        If a line holds no size; the line is named.
    """
    sizes: dict[str, int] = {}
    for number, line in enumerate(read_lines(path), start=1):
        name, *cells = line.split("\t")
        if not name:
            continue
        if not cells or not cells[0].strip().isdecimal():
            raise RecordingError("holds no size in bytes after a name and a tab", file=path, field=f"line {number}")
        sizes[name.strip()] = int(cells[0])
    return sizes


def _read_names(path: Path) -> list[PurePosixPath]:
    return [PurePosixPath(line) for line in read_lines(path) if line] if path.exists() else []


def _list_case(
    folder: Path, in_records: Sequence[str], sizes: Mapping[str, int], remarks: list[Remark]
) -> list[CorpusRecording]:
    """Return the recordings of one case; what is odd is added to the remarks."""
    listed, odd = parse_summary(read_lines(folder / f"{folder.name}-summary.txt"))
    remarks += odd
    files = _add_unlisted(folder, listed, in_records, remarks)
    for file in listed:
        remarks += _compare_with_marks(folder, file)
    remarks += _find_same_times(files)
    durations = [_find_length(folder, file, sizes, remarks) for file in files]
    starts = _place_in_sessions(files, durations)
    recordings = []
    for file, duration in zip(files, durations, strict=True):
        events = (Event(start, stop - start) for start, stop in file.seizures)
        annotations, cut = keep_inside(events, duration, file.name)
        remarks += cut
        subject, _ = SAME_PERSON.get(folder.name, (folder.name, ""))
        path = folder / f"{file.name}.edf"
        recordings.append(
            CorpusRecording(file.name, path, subject, _session_of(file), annotations, start=starts[file.name])
        )
    return recordings


def _session_of(file: ListedFile) -> str:
    part = _PART.match(file.name)
    _, session = SAME_PERSON.get(file.name[:5], ("", "1"))
    return session if part is None else part[1]


def _place_in_sessions(files: Sequence[ListedFile], durations: Sequence[float]) -> dict[str, float | None]:
    """Return when each file begins in its session, by its name."""
    starts: dict[str, float | None] = {}
    for session in dict.fromkeys(map(_session_of, files)):
        rows = [(file, length) for file, length in zip(files, durations, strict=True) if _session_of(file) == session]
        placed = place_by_clock([file.start for file, _ in rows], [length for _, length in rows])
        starts |= dict(zip((file.name for file, _ in rows), placed, strict=True))
    return starts


def _add_unlisted(
    folder: Path, listed: Sequence[ListedFile], in_records: Sequence[str], remarks: list[Remark]
) -> Sequence[ListedFile]:
    """Return the files of a summary, and those that are not in it, but in ``RECORDS``, or without one in the folder."""
    known = {file.name for file in listed}
    here = {path.stem for path in folder.glob("*.edf") if not path.name.startswith(".")}
    named = set(in_records) if in_records else {name for name in here if _NAME.fullmatch(name)}
    for name in sorted(here - known - named):
        remarks.append(Remark("foreign-file", name, "is no file of the corpus; it is left out."))
    added = []
    for name in sorted(named - known):
        seizures, odd = _read_marks(folder, name)
        remarks += odd
        said = f"its .seizures file gives {len(seizures)}" if seizures else "it is taken to hold no seizure"
        remarks.append(Remark("not-in-summary", name, f"is in no summary; {said}."))
        first = listed[0] if listed else ListedFile(name, ())
        added.append(ListedFile(name, first.channels, first.sampling_rate, seizures=seizures))
    has_clock = any(file.start is not None for file in listed)
    return [*listed, *added] if has_clock else sorted([*listed, *added], key=lambda file: file.name)


def _find_length(folder: Path, file: ListedFile, sizes: Mapping[str, int], remarks: list[Remark]) -> float:
    """Return the seconds of a file by the best source there is."""
    by_clock = file.duration
    exact, odd = _measure(folder, file, sizes)
    remarks += odd
    if exact is not None:
        if by_clock is not None and abs(exact - by_clock) > _LARGEST_SLIP:
            text = f"the file is {exact:g} s long, by its clock times {by_clock} s; the former is taken."
            remarks.append(Remark("length", file.name, text))
        return exact
    if by_clock is not None:
        return float(by_clock)
    last = max((stop for _, stop in file.seizures), default=0.0)
    text = f"nothing here says how long it is; it is taken to end with its last seizure, at {last:g} s."
    remarks.append(Remark("unknown-length", file.name, text))
    return last


def _measure(folder: Path, file: ListedFile, sizes: Mapping[str, int]) -> tuple[float | None, list[Remark]]:
    """Return the seconds of a file by its header or by its size, and what was odd."""
    try:
        edf = read_edf_length(folder / f"{file.name}.edf")
    except RecordingError as error:
        return None, [Remark("unreadable", file.name, f"{error.problem}; its signal cannot be read.")]
    if edf is not None:
        return edf.duration, _judge_header(file, edf)
    n_bytes = sizes.get(f"{folder.name}/{file.name}.edf")
    if n_bytes is None or not file.channels:
        return None, []
    length, rest = length_from_size(n_bytes, len(file.channels), file.sampling_rate)
    text = f"{rest} bytes after the last data record are passed over."
    return float(length), [Remark("trailing-bytes", file.name, text)] if rest else []


def _judge_header(file: ListedFile, edf: EdfLength) -> list[Remark]:
    remarks = [Remark("header", file.name, f"{oddity}.") for oddity in edf.oddities]
    if None not in (edf.clock, file.start) and edf.clock != file.start:
        remarks.append(
            Remark("conflict", file.name, "header and summary differ in the start time; the summary's is taken.")
        )
    return remarks


def _read_marks(folder: Path, name: str) -> tuple[tuple[Span, ...], list[Remark]]:
    path = folder / f"{name}.edf.seizures"
    try:
        return (read_seizure_marks(path) if path.exists() else ()), []
    except RecordingError as error:
        return (), [Remark("unreadable", path.name, f"{error.problem}; it is passed over.")]


def _compare_with_marks(folder: Path, file: ListedFile) -> list[Remark]:
    """Say where the ``.seizures`` file of a recording, if there is one, differs from the summary."""
    marked, odd = _read_marks(folder, file.name)
    if odd or not (folder / f"{file.name}.edf.seizures").exists() or marked == file.seizures:
        return odd
    text = f"the summary has seizures at {_show(file.seizures)}, the .seizures file at {_show(marked)}"
    return [Remark("conflict", file.name, f"{text}; the summary is taken.")]


def _find_same_times(files: Sequence[ListedFile]) -> list[Remark]:
    """Say which files of a case name a seizure at the very same seconds."""
    holders: dict[Span, list[str]] = defaultdict(list)
    for file in files:
        for seizure in file.seizures:
            holders[seizure].append(file.name)
    return [
        Remark(
            "same-times", name, f"its seizure at {_show([seizure])} has the times of one in {names[0]}; both are kept."
        )
        for seizure, names in holders.items()
        for name in names[1:]
    ]


def _compare_with_list(named: Iterable[PurePosixPath], recordings: Sequence[CorpusRecording]) -> list[Remark]:
    """Say where ``RECORDS-WITH-SEIZURES`` names other recordings than those with seizures."""
    names = {path.stem for path in named}
    remarks = []
    for recording in recordings:
        has_seizures = len(recording.annotations) > 0
        if names and has_seizures != (recording.name in names):
            said = "does not name it, but it has seizures" if has_seizures else "names it, but it has no seizure"
            remarks.append(Remark("conflict", recording.name, f"RECORDS-WITH-SEIZURES {said}; the summary is taken."))
    return remarks


def _show(spans: Iterable[Span]) -> str:
    return ", ".join(f"{start:g}–{stop:g} s" for start, stop in spans)
