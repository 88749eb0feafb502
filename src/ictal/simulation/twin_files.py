"""The files of a twin: simulated EDFs where the corpus has real ones, and copies of its annotations beside them."""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from ictal.core.errors import IctalWarning, OutputError, RecordingError
from ictal.core.events import Annotations
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.io.corpora.chbmit_summary import parse_summary
from ictal.io.corpora.corpus import Corpus
from ictal.io.corpora.lines import read_lines
from ictal.io.corpora.siena import HEADER_STARTS, read_header_table
from ictal.io.corpora.siena_lists import find_file_name, parse_seizure_list, read_clock
from ictal.io.edf_header import read_header
from ictal.io.edf_records import open_file
from ictal.io.edf_write import Identity, write_edf
from ictal.simulation.twins import TWINS, PlannedTwin

MARK = "SIMULATED.txt"
"""What says in a twin that it is one."""

SIGNALS = {".edf", ".bdf", ".rec"}
"""Endings of files that are no annotations and are never copied."""

_FIRST_DAY = datetime(2000, 1, 1)
"""The day on which all recordings begin that have a time of day."""
_FIELD = "Startdate {day} simulated-{fingerprint} ictal X"
_SAID = re.compile(r"simulated-([0-9a-f]{12})")
_README = """\
Simulated EEG, made by `ictal simulate --like {like}`. Nobody was recorded, and no figure on it is evidence of clinical
performance.

The annotations are copies of those of {like}; the signals show simulated seizures at the times that they give.

Here are {n_files} of {n_all} recordings: {n_subjects} subjects, {hours:.2f} h, {n_seizures} seizures; {n_cut} are cut
at their end.

Electrodes beyond the 19 of the 10-20 system (FT9, FT10, F9, FC1 and so on) are interpolated from these by spherical
splines. ECG and whatever is no electrode is left out. Behind-the-ear channels are T7-P7 and T8-P8. The date in headers
is made up.
"""


def read_clocks(corpus: Corpus, lengths: Path | None = None) -> dict[str, int]:
    """Return when recordings began, by name, in seconds after midnight, where the corpus places anything by it.

    Parameters
    ----------
    corpus : Corpus
        CHB-MIT and Siena say it in their annotations.
    lengths : Path, optional
        The table of lengths that the corpus was listed with; that of Siena goes before its lists.
    """
    if corpus.name == "chb-mit":
        return _read_chb_mit_clocks(corpus.root)
    if corpus.name == "siena":
        table = {} if lengths is None else read_header_table(lengths)
        known = {name: length.clock for name, length in table.items() if length.clock is not None}
        headers = {name: read_clock(text)[0] for name, text in HEADER_STARTS.items()}
        listed = _read_siena_clocks(corpus)
        return listed | {name: clock for name, clock in headers.items() if clock is not None} | known
    return {}


def write_twin_frame(folder: Path | str, corpus: Corpus, planned: Sequence[PlannedTwin]) -> Path:
    """Write all of a twin but its signals: copies of the annotations, and the file that says that it is simulated.

    Folders that hold recordings of other subjects alone are left out, so that a small twin does not name them.

    Raises
    ------
    OutputError
        If the folder holds something else, lies inside the corpus, or a file cannot be written.
    """
    root = Path(folder)
    if root.resolve().is_relative_to(corpus.root.resolve()):
        raise OutputError(f"{root}: lies inside the corpus; choose another folder.")
    if root.is_dir() and any(root.iterdir()) and not (root / MARK).is_file():
        raise OutputError(f"{root}: the folder is not empty and holds no twin; choose another one.")
    ensure_folder(root)
    with atomic_write(root / MARK, "w") as file:
        file.write(describe_twin(corpus, planned))
    kept = {each.path.parent for each in planned}
    others = (
        {each.path.relative_to(corpus.root).parent for each in corpus}
        - kept
        - {parent for path in kept for parent in path.parents}
    )
    for path in find_annotations(corpus.root):
        relative = path.relative_to(corpus.root)
        if others.isdisjoint(relative.parents):
            (root / relative).parent.mkdir(parents=True, exist_ok=True)
            with atomic_write(root / relative) as file:
                file.write(path.read_bytes())
    return root


def find_annotations(root: Path) -> list[Path]:
    """Return every file of a corpus that is no signal, hidden ones left out."""
    visible = (
        path for path in root.rglob("*") if not any(part.startswith(".") for part in path.relative_to(root).parts)
    )
    return sorted(path for path in visible if path.is_file() and path.suffix.lower() not in SIGNALS)


def describe_twin(corpus: Corpus, planned: Sequence[PlannedTwin]) -> str:
    """Return what a reader of a twin should know first."""
    subjects = {each.name: each.subject for each in corpus}
    return _README.format(
        like=corpus.name,
        n_files=len(planned),
        n_all=len(corpus),
        n_subjects=len({subjects[each.name] for each in planned}),
        hours=sum(each.duration for each in planned) / 3600.0,
        n_seizures=sum(len(each.seizures) for each in planned),
        n_cut=sum(each.is_cut for each in planned),
    )


def write_twin(folder: Path | str, planned: PlannedTwin) -> Path:
    """Write one recording of a twin, unless it is there already.

    It is written a block at a time. Samples beyond the range of the amplifier are clipped, as amplifiers do. The header
    says that it is simulated, and by what; no seizure is marked in it, as in the owner's files.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    path = Path(folder) / planned.path
    if was_written(path, planned):
        return path
    ensure_folder(path.parent)
    start = None if planned.clock is None else _FIRST_DAY + timedelta(seconds=planned.clock)
    field = _FIELD.format(day="X" if start is None else "01-JAN-2000", fingerprint=planned.fingerprint)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IctalWarning)
        write_edf(
            path,
            planned.simulate(),
            Annotations((), planned.duration),
            start_time=start,
            identity=Identity(recording=field),
            physical_range=TWINS[planned.like].physical_range,
        )
    return path


def was_written(path: Path, planned: PlannedTwin) -> bool:
    """Whether a file is this very recording, whole."""
    try:
        with open_file(path) as file:
            header, findings = read_header(file, path.stat().st_size, path)
    except RecordingError:
        return False
    said = _SAID.search(header.recording)
    is_whole = header.n_records * header.record_duration == planned.duration and not findings
    return is_whole and said is not None and said[1] == planned.fingerprint


def _read_chb_mit_clocks(root: Path) -> dict[str, int]:
    clocks = {}
    for path in sorted(root.glob("chb[0-9][0-9]/*-summary.txt")):
        files, _ = parse_summary(read_lines(path))
        clocks.update({file.name: file.start for file in files if file.start is not None})
    return clocks


def _read_siena_clocks(corpus: Corpus) -> dict[str, int]:
    names: Mapping[str, list[str]] = {
        subject: [each.name for each in corpus if each.subject == subject] for subject in corpus.subjects
    }
    clocks: dict[str, int] = {}
    for subject, known in names.items():
        for path in sorted((corpus.root / subject).glob("[Ss]eizures-list-PN*.txt")):
            seizures, _ = parse_seizure_list(read_lines(path), path.name)
            for seizure in seizures:
                name = find_file_name(seizure.file, subject, seizure.number, known)
                if seizure.registration[0] is not None:
                    clocks.setdefault(name, seizure.registration[0])
    return clocks
