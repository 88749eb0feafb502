"""Siena: scalp EEG of 14 adults with focal epilepsy, as PhysioNet ships it.

The lists of seizures give times of day, and the header of each EDF file says when it began. The lists say that too,
but wrongly in two places, and end some seconds before the files; so the header goes before the list.

References
----------
Detti, Siena Scalp EEG Database, PhysioNet 2020, doi 10.13026/5d4a-j060.
Detti, Vatti, Zabalo Manrique de Lara, EEG synchronization analysis for seizure prediction, Processes 2020.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.core.events import SEIZURE, Event
from ictal.io.corpora.corpus import Corpus, CorpusFormat, CorpusRecording, Remark
from ictal.io.corpora.lengths import EdfLength, keep_inside, read_edf_length
from ictal.io.corpora.lines import read_lines
from ictal.io.corpora.listing import remark_missing
from ictal.io.corpora.siena_lists import (
    ListedSeizure,
    find_file_name,
    parse_seizure_list,
    place_seizure,
    read_clock,
)

SEIZURE_TYPES = {"IAS": "sz_foc_ia", "WIAS": "sz_foc_a", "FBTC": "sz_foc_f2b"}
"""What ``subject_info.csv`` calls the seizures of a patient: focal with impaired awareness, without, and becoming
bilateral tonic-clonic."""

HEADER_STARTS = {"PN05-3": "06.01.13", "PN14-3": "19.17.45"}
"""When two files begin by their headers; the lists say 06.01.23 and 16.17.45, the latter three hours too early."""

_SUBJECT = "PN[0-9][0-9]"
_LIST = "[Ss]eizures-list-PN*.txt"
_NUMBERS = re.compile(r"\d+")
_DAY = 86400
_LONGEST_SEIZURE = 3600
"""Seconds; what is longer by the list is a time that was mistyped."""
_LARGEST_SLIP = 30
"""Seconds by which lists and headers may differ in where a file ends; most lists are 0, 10 or 20 s early."""


def fits_siena(root: Path) -> bool:
    """Whether a folder holds the list of seizures of a patient."""
    return any(root.glob(f"{_SUBJECT}/{_LIST}"))


def list_siena(root: Path, headers: Path | str | None = None) -> Corpus:
    """Return the recordings of Siena, those of each patient in the order of their numbers.

    When a file begins and how long it is, its header says; without the file, the table `headers`; else the list, whose
    ends are up to 20 s too early. Dates are not in the corpus, so that `start` is not known. Every file of the owner
    holds a seizure; one that the list does not name, such as a filtered copy, is left out.

    Parameters
    ----------
    root : Path
        The folder with ``subject_info.csv`` and one folder for each patient; patients and signals may be missing.
    headers : path, optional
        A table, separated by tabs, with the columns ``source_edf``, ``edf_start_time`` (hh.mm.ss) and ``duration_s``.

    Raises
    ------
    RecordingError
        If `root` holds no list of seizures, or `headers` cannot be understood.
    """
    if not fits_siena(root):
        raise RecordingError("holds no list of Siena, such as PN00/Seizures-list-PN00.txt", file=root)
    lengths = {} if headers is None else read_header_table(Path(headers))
    remarks: list[Remark] = []
    patients = _read_patients(root / "subject_info.csv", remarks)
    in_records = [Path(line).stem for line in read_lines(root / "RECORDS")] if (root / "RECORDS").exists() else []
    known = {*lengths, *in_records, *(path.stem for path in root.glob(f"{_SUBJECT}/PN*.edf"))}
    recordings: list[CorpusRecording] = []
    for subject in sorted({path.name for path in root.glob(_SUBJECT)} | {name[:4] for name in known if name}):
        files = sorted((name for name in known if name[:4] == subject), key=number_of_file)
        try:
            patient = _Patient(root / subject, patients.get(subject, {}), files, lengths)
        except RecordingError as error:
            remarks.append(Remark("missing-file", subject, f"{error.problem}; its recordings are left out."))
            continue
        recordings += patient.list_recordings()
        remarks += patient.remarks
    missing: dict[str, list[bool]] = defaultdict(list)
    for recording in recordings:
        missing[recording.subject].append(not recording.path.exists())
    remarks += remark_missing(missing)
    return Corpus("siena", root, tuple(recordings), tuple(remarks))


SIENA = CorpusFormat(
    title="Siena Scalp EEG Database",
    licence="CC BY 4.0",
    citation="Detti, Siena Scalp EEG Database, PhysioNet 2020, doi 10.13026/5d4a-j060",
    fits=fits_siena,
    list_recordings=list_siena,
)
"""See :func:`list_siena`."""


def number_of_file(name: str) -> tuple[int, ...]:
    """Return the numbers in the name of a file, by which files are sorted.

    Examples
    --------
    >>> sorted(["PN10-10", "PN10-4.5.6", "PN10-2"], key=number_of_file)
    ['PN10-2', 'PN10-4.5.6', 'PN10-10']
    """
    return tuple(map(int, _NUMBERS.findall(name)))


def read_header_table(path: Path) -> dict[str, EdfLength]:
    """Read what the headers of files say from a table; see `headers` of :func:`list_siena`.

    Raises
    ------
    RecordingError
        If a column is missing, or a cell cannot be understood; the line is named.
    """
    lengths: dict[str, EdfLength] = {}
    for number, row in enumerate(csv.DictReader(read_lines(path), delimiter="\t"), start=2):
        clock, _ = read_clock(str(row.get("edf_start_time")))
        try:
            duration = float(str(row.get("duration_s")))
        except ValueError:
            duration = 0.0
        if clock is None or not duration > 0 or row.get("source_edf") is None:
            raise RecordingError(
                "needed are source_edf, edf_start_time (hh.mm.ss) and duration_s", file=path, field=f"line {number}"
            )
        lengths[Path(row["source_edf"]).stem] = EdfLength(duration, clock)
    return lengths


def _read_patients(path: Path, remarks: list[Remark]) -> dict[str, dict[str, str]]:
    """Return the rows of ``subject_info.csv`` by patient."""
    try:
        rows = csv.DictReader(read_lines(path), skipinitialspace=True)
    except RecordingError as error:
        text = f"{error.problem}; which kind of seizures the patients have is not known."
        remarks.append(Remark("missing-file", path.name, text))
        return {}
    return {row["patient_id"]: row for row in rows if row.get("patient_id")}


class _Patient:
    """One folder of the corpus; what is odd comes to its remarks."""

    def __init__(
        self, folder: Path, info: Mapping[str, str], files: Sequence[str], headers: Mapping[str, EdfLength]
    ) -> None:
        self.folder = folder
        self.subject = folder.name
        self.headers = headers
        path = next(iter(sorted(folder.glob(_LIST))), folder / f"Seizures-list-{folder.name}.txt")
        listed, remarks = parse_seizure_list(read_lines(path), path.name)
        self.remarks = list(remarks)
        self.seizures = self._group_by_file(listed, files)
        self.event_type = self._find_type(info.get("seizure", ""))
        said = info.get("number_seizures", "")
        if said and said != str(len(listed)):
            self._remark("conflict", self.subject, f"{said} seizures by subject_info.csv, {len(listed)} in the list")

    def list_recordings(self) -> list[CorpusRecording]:
        """Return the recordings whose seizures can be placed."""
        recordings = []
        for name in sorted(self.seizures, key=number_of_file):
            if not self.seizures[name]:
                self._remark("not-in-list", name, "the list has no seizure of this file; it is left out")
                continue
            length = self._find_length(name)
            if length is None or length.clock is None:
                text = "nothing here says when it begins and ends, so that its seizures have no place; it is left out"
                self._remark("unknown-start", name, text)
                continue
            events = self._place_seizures(name, length.clock, length.duration)
            annotations, cut = keep_inside(events, length.duration, name)
            self.remarks += cut
            recordings.append(CorpusRecording(name, self._path(name), self.subject, "1", annotations))
        return recordings

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.edf"

    def _remark(self, kind: str, subject_of: str, text: str) -> None:
        self.remarks.append(Remark(kind, subject_of, f"{text}."))

    def _find_type(self, kind: str) -> str:
        if kind and kind not in SEIZURE_TYPES:
            known = ", ".join(SEIZURE_TYPES)
            self._remark("unknown-type", self.subject, f"seizures are of kind {kind!r}, not of {known}; taken as sz")
        return SEIZURE_TYPES.get(kind, SEIZURE)

    def _group_by_file(self, listed: Iterable[ListedSeizure], files: Sequence[str]) -> dict[str, list[ListedSeizure]]:
        grouped: dict[str, list[ListedSeizure]] = {name: [] for name in files}
        for seizure in listed:
            name = find_file_name(seizure.file, self.subject, seizure.number, files)
            if name != seizure.file.removesuffix(".edf"):
                said = f"the list writes {seizure.file!r} for seizure {seizure.number}"
                self._remark("file-name", name, f"{said}; {name}.edf is taken")
            grouped.setdefault(name, []).append(seizure)
        return grouped

    def _find_length(self, name: str) -> EdfLength | None:
        """Return when a file begins and how long it is, by the best source there is."""
        begins, ends = next((seizure.registration for seizure in self.seizures[name]), (None, None))
        header = self._read_header(name)
        clock, source = (header.clock, "its header") if header is not None else (None, "")
        if clock is None:
            clock, source = read_clock(HEADER_STARTS.get(name, ""))[0], "the header of the owner's file"
        if clock is None:
            clock = begins
        if clock is None:
            return None
        if begins not in (None, clock):
            self._remark("conflict", name, f"the list and {source} differ in the start time; the latter is taken")
        by_list = None if ends is None else (ends - clock) % _DAY
        if header is None:
            return None if by_list is None else EdfLength(float(by_list), clock)
        if by_list is not None and abs(by_list - header.duration) > _LARGEST_SLIP:
            text = f"it is {header.duration:g} s long by its header, {by_list} s by the list; the former is taken"
            self._remark("length", name, text)
        return EdfLength(header.duration, clock)

    def _read_header(self, name: str) -> EdfLength | None:
        try:
            header = read_edf_length(self._path(name))
        except RecordingError as error:
            self._remark("unreadable", name, f"{error.problem}; its signal cannot be read")
            header = None
        if header is None:
            return self.headers.get(name)
        for oddity in header.oddities:
            self._remark("header", name, oddity)
        return header

    def _place_seizures(self, name: str, clock: int, duration: float) -> Iterator[Event]:
        for seizure in self.seizures[name]:
            onset, length, oddity = place_seizure(seizure, clock, duration)
            if oddity:
                self._remark("odd-time", name, f"seizure {seizure.number}: {oddity}")
            if length <= _LONGEST_SEIZURE:
                yield Event(float(onset), float(length), self.event_type)
            else:
                text = f"seizure {seizure.number} would last {length} s; it is left out"
                self._remark("odd-time", name, text)
