"""Any data set in the form of BIDS that SzCORE asks for: EEG and an events table for each run of each subject.

Of a data set only the EEG of its subjects is taken: what lies in ``derivatives``, or was detected and lies in another
folder, is not looked at.

References
----------
BIDS specification, "Electroencephalography": https://bids-specification.readthedocs.io.
Dan et al., SzCORE: seizure community open-source research evaluation framework, Epilepsia 2025.
"""

from __future__ import annotations

import csv
import itertools
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from ictal.core.errors import RecordingError
from ictal.io.corpora.corpus import Corpus, CorpusFormat, CorpusRecording, Remark
from ictal.io.corpora.found_files import EDF_SUFFIXES, compare_files
from ictal.io.corpora.lengths import read_edf_length
from ictal.io.corpora.lines import read_lines
from ictal.io.corpora.listing import Found, read_each
from ictal.io.corpora.szcore_tables import read_marks
from ictal.io.events_tsv import DATE_FORMAT, MISSING
from ictal.io.formats import known_suffix, main_file

_TABLE = "_events.tsv"
_SIGNAL = re.compile(r"_i?eeg$")
_SESSION = re.compile(r"_(ses-[^_]+)")
_SLIP = 1.0
"""Seconds by which clock times may overlap: they are written as whole seconds."""


class Run(NamedTuple):
    """One run of a subject: what the names of its files begin with, and which of them are there."""

    folder: Path
    name: str
    subject: str
    has_table: bool
    signal: Path | None


def fits_bids(root: Path) -> bool:
    """Whether a folder holds EEG or an events table of a subject."""
    return next(_walk_runs(root), None) is not None


def list_bids(root: Path) -> Corpus:
    """Return the recordings with an events table, whether the signal is there or not, by subject, session and run.

    A recording is as long as its table says (``recordingDuration``), else its ``_eeg.json``, else its EDF header.
    Signals without a table are left out: nobody says what happened in them. `split` is the column of that name in
    ``participants.tsv``. `start` follows from ``dateTime`` of the tables, where the runs of a session can have been
    recorded one after the other; a date that stands for all of them is none.

    Parameters
    ----------
    root : Path
        The folder with ``sub-…``.

    Raises
    ------
    RecordingError
        If `root` holds no EEG of a subject.
    """
    runs = sorted(_walk_runs(root), key=lambda run: (run.folder.as_posix(), len(run.name), run.name))
    if not runs:
        raise RecordingError("holds no EEG of a subject; needed are sub-*/**/*_events.tsv or *_eeg.edf", file=root)
    remarks = [
        Remark("no-table", run.name, "has no events table, so that nobody says what happened in it; it is left out.")
        for run in runs
        if not run.has_table
    ]
    splits, odd = _read_splits(root / "participants.tsv", dict.fromkeys(run.subject for run in runs))
    recordings, unread = read_each(root, (run for run in runs if run.has_table), lambda run: _read_run(run, splits))
    placed, out_of_order = _place_in_sessions(recordings)
    remarks += [*odd, *unread, *out_of_order, *compare_files(root, placed)]
    return Corpus("bids", root, placed, tuple(remarks))


BIDS = CorpusFormat(
    title="A data set in the form of BIDS (SzCORE)",
    licence="see its dataset_description.json",
    citation="Dan et al., SzCORE, Epilepsia 2025, doi 10.1111/epi.18113",
    fits=fits_bids,
    list_recordings=list_bids,
)
"""See :func:`list_bids`."""


def _walk_runs(root: Path) -> Iterator[Run]:
    for subject in sorted(root.glob("sub-*")):
        for parent, folders, names in os.walk(subject):
            folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
            yield from _group_runs(Path(parent), subject.name, names)


def _group_runs(folder: Path, subject: str, names: Sequence[str]) -> Iterator[Run]:
    tables = {name.removesuffix(_TABLE) for name in names if name.endswith(_TABLE)}
    signals: dict[str, Path] = {}
    for name in sorted(names):
        file = folder / name
        suffix = known_suffix(file)
        stem = name[: -len(suffix)] if suffix is not None else ""
        if _SIGNAL.search(stem) and main_file(file) == file:
            signals.setdefault(_SIGNAL.sub("", stem), file)
    for name in {*tables, *signals}:
        if name.startswith(subject) and not name.startswith("."):
            yield Run(folder, name, subject, name in tables, signals.get(name))


def _read_run(run: Run, splits: Mapping[str, str]) -> Found:
    signal = run.signal if run.signal is not None else run.folder / f"{run.name}_eeg.edf"
    table = run.folder / f"{run.name}{_TABLE}"
    annotations, remarks = read_marks(table, run.name, lambda: _find_length(signal))
    session = _SESSION.search(run.name)
    named = session.group(1) if session is not None else "1"
    return CorpusRecording(run.name, signal, run.subject, named, annotations, splits.get(run.subject, "")), remarks


def _find_length(signal: Path) -> float | None:
    """Return the seconds that the sidecar of a signal, or else its header, says."""
    suffix = known_suffix(signal)
    sidecar = signal.with_name(signal.name[: -len(suffix)] + ".json") if suffix is not None else signal
    try:
        said = json.loads(sidecar.read_bytes())["RecordingDuration"]
        return float(said) if 0 < float(said) < float("inf") else None
    except (OSError, ValueError, KeyError, TypeError):
        length = read_edf_length(signal) if suffix in EDF_SUFFIXES else None
        return None if length is None else length.duration


def _read_splits(path: Path, subjects: Mapping[str, None]) -> tuple[dict[str, str], list[Remark]]:
    """Return the split of each subject, as far as ``participants.tsv`` says it."""
    if not path.is_file():
        return {}, []
    rows = list(csv.DictReader(read_lines(path), delimiter="\t"))
    if not rows or "participant_id" not in rows[0]:
        return {}, [Remark("unreadable", path.name, "has no column participant_id; it is not used.")]
    named = {str(row["participant_id"]): row for row in rows if row["participant_id"]}
    by_subject = {name if name.startswith("sub-") else f"sub-{name}": row for name, row in named.items()}
    remarks = []
    absent = [subject for subject in by_subject if subject not in subjects]
    if absent:
        text = f"{len(absent)} of {len(by_subject)} subjects have no folder here: {_name_some(absent)}."
        remarks.append(Remark("missing-subject", path.name, text))
    if "split" not in rows[0]:
        return {}, remarks
    splits = {subject: row["split"].strip() for subject, row in by_subject.items() if row["split"] is not None}
    unsaid = [subject for subject in subjects if splits.get(subject, "") in ("", MISSING)]
    if unsaid:
        text = f"{len(unsaid)} of {len(subjects)} subjects are in no split: {_name_some(unsaid)}."
        remarks.append(Remark("no-split", path.name, text))
    return {subject: split for subject, split in splits.items() if subject not in unsaid}, remarks


def _name_some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")


def _place_in_sessions(recordings: Sequence[CorpusRecording]) -> tuple[tuple[CorpusRecording, ...], list[Remark]]:
    """Return the recordings with their starts, where the clock times of a session make sense."""
    placed: list[CorpusRecording] = []
    overlapping: list[str] = []
    for (subject, session), grouped in itertools.groupby(recordings, lambda found: (found.subject, found.session)):
        runs = list(grouped)
        clocks = [_read_clock(run.path.with_name(f"{run.name}{_TABLE}")) for run in runs]
        known = [clock for clock in clocks if clock is not None]
        starts = [(clock - min(known)).total_seconds() for clock in known]
        if len(starts) < len(runs):
            placed += runs
        elif _overlap(starts, [run.duration for run in runs]):
            placed += runs
            overlapping.append(f"{subject} {session}")
        else:
            placed += [replace(run, start=start) for run, start in zip(runs, starts, strict=True)]
    text = "by their dateTime the runs of {} sessions overlap; when they began is taken as unknown: {}."
    remarks = [Remark("clock", ".", text.format(len(overlapping), _name_some(overlapping)))] if overlapping else []
    return tuple(placed), remarks


def _overlap(starts: Sequence[float], durations: Sequence[float]) -> bool:
    spans = sorted(zip(starts, durations, strict=True))
    return any(start + length > later + _SLIP for (start, length), (later, _) in itertools.pairwise(spans))


def _read_clock(table: Path) -> datetime | None:
    """Return when a recording began, by the first row of its table."""
    header, row, *_ = [*read_lines(table)[:2], "", ""]
    cells = dict(zip(header.split("\t"), row.split("\t"), strict=False))
    try:
        return datetime.strptime(cells.get("dateTime", ""), DATE_FORMAT)
    except ValueError:
        return None
