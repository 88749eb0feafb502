"""SeizeIT1: long recordings of adults in presurgical evaluation, as KU Leuven ships them.

Beside each ``P_IDxx_rN.edf`` stands ``P_IDxx_rN_a1.tsv``, the seizures of the first annotation; others (``_a2``) are
not read. What its comments say of the patient, and on which side and where a seizure began, is left out.

References
----------
Chatzichristos et al., SeizeIT1, KU Leuven RDR 2023, doi 10.48804/P5Q0OJ.
Rule for seizures without an end: as SzCORE converts them, Dan et al., Epilepsia 2025,
https://github.com/esl-epfl/epilepsy2bids.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.core.events import SEIZURE, Event
from ictal.io.corpora.corpus import Corpus, CorpusFormat, CorpusRecording, Remark
from ictal.io.corpora.lengths import keep_inside, read_edf_length
from ictal.io.corpora.lines import read_lines
from ictal.io.corpora.listing import Found, compare_lengths, read_each, relative_name, remark_overlaps

SEIZURE_TYPES = {
    "FIA": "sz_foc_ia",
    "FIAS": "sz_foc_ia",
    "FA": "sz_foc_a",
    "FAS": "sz_foc_a",
    "FBTC": "sz_foc_f2b",
    "FBTCS": "sz_foc_f2b",
}
"""Letters of a type → SzCORE type: focal with impaired awareness, focal aware, focal to bilateral tonic-clonic."""

UNKNOWN_STOP_DURATION = 30.0
"""Seconds that a seizure is taken to last where nobody could say when it ended."""

UNKNOWN_STOP_CONFIDENCE = 0.5

_TABLES = "P_ID*/P_ID*_r*_a1.tsv"
_UNSAID = ("", "none", "nan", "n/a")


def fits_seizeit1(root: Path) -> bool:
    """Whether a folder holds the seizures of a recording."""
    return any(root.glob(_TABLES))


def list_seizeit1(root: Path) -> Corpus:
    """Return the recordings of SeizeIT1 by patient and number.

    A recording is as long as its EDF file; without it, as far as its last seizure goes, which may be 0 s. A table
    without rows says that there is no seizure. All recordings of a patient are of one session.

    Parameters
    ----------
    root : Path
        The folder with ``P_ID01``, …; patients and signals may be missing.

    Raises
    ------
    RecordingError
        If `root` is not SeizeIT1.
    """
    if not fits_seizeit1(root):
        raise RecordingError(f"is not SeizeIT1; needed is {_TABLES}", file=root)
    recordings, remarks = read_each(root, sorted(root.glob(_TABLES), key=_place), lambda table: _read(root, table))
    remarks += [*compare_lengths(root, recordings, math.inf), *_remark_unmarked(root)]
    return Corpus("seizeit1", root, recordings, tuple(remarks))


def decode_seizures(
    lines: Sequence[str], name: str = "", path: Path | None = None
) -> tuple[tuple[Event, ...], tuple[Remark, ...]]:
    """Decode a table: comments, then start, stop, type and where it began, separated by tabs.

    Parameters
    ----------
    lines : sequence of str
    name : str
        Of the recording, for the remarks.
    path : Path, optional
        For errors.

    Raises
    ------
    RecordingError
        If a row cannot be understood; the line is named.

    Examples
    --------
    >>> lines = ["# Seizure Type: FIAS", "100\\t160\\tFIA\\tHem:L, Orig:Temp, bhe: 0", "300\\tNone\\tFA\\tHem:R"]
    >>> events, remarks = decode_seizures(lines)
    >>> [(event.onset, event.duration, event.event_type, event.confidence) for event in events]
    [(100.0, 60.0, 'sz_foc_ia', None), (300.0, 30.0, 'sz_foc_a', 0.5)]
    >>> [remark.kind for remark in remarks]
    ['no-offset']
    """
    events = []
    remarks = []
    for number, line in enumerate(lines, start=1):
        if not line or line.startswith("#"):
            continue
        start, stop, said = _decode_row(line, path, number)
        kind = re.sub("[^A-Z]", "", said.upper())
        event_type = SEIZURE_TYPES.get(kind, SEIZURE)
        if kind not in SEIZURE_TYPES:
            remarks.append(Remark("unknown-type", name, f"{said!r} is no type of the corpus; it is read as a seizure."))
        if stop is None:
            text = f"the seizure at {start:g} s has no end; it is taken to last {UNKNOWN_STOP_DURATION:g} s."
            remarks.append(Remark("no-offset", name, text))
            events.append(Event(start, UNKNOWN_STOP_DURATION, event_type, UNKNOWN_STOP_CONFIDENCE))
        else:
            events.append(Event(start, stop - start, event_type))
    return tuple(events), tuple(remarks)


def _decode_row(line: str, path: Path | None, number: int) -> tuple[float, float | None, str]:
    """Return start, stop and type."""
    field = f"line {number}"
    cells = [cell.strip() for cell in line.split("\t")]
    if len(cells) < 3:
        problem = f"{len(cells)} cells came; start, stop and type are needed, with tabs between"
        raise RecordingError(problem, file=path, field=field)
    try:
        start = float(cells[0])
        stop = None if cells[1].lower() in _UNSAID else float(cells[1])
    except ValueError:
        start, stop = math.nan, None
    last = start + UNKNOWN_STOP_DURATION if stop is None else stop
    if not 0 <= start < last < math.inf:
        problem = f"{cells[0]!r} to {cells[1]!r} is not allowed; needed are seconds, the stop after the start"
        raise RecordingError(problem, file=path, field=field)
    return start, stop, cells[2]


def _read(root: Path, table: Path) -> Found:
    name = table.name.removesuffix("_a1.tsv")
    signal = table.with_name(f"{name}.edf")
    events, odd = decode_seizures(read_lines(table), name, table)
    length = read_edf_length(signal)
    duration = max((event.stop for event in events), default=0.0) if length is None else length.duration
    annotations, outside = keep_inside(events, duration, name)
    remarks = [*odd, *outside, *remark_overlaps(annotations, name)]
    if length is None:
        text = f"nothing says how long it is; {duration:g} s, to the end of its last seizure, are taken."
        remarks.append(Remark("no-length", name, text))
    return CorpusRecording(name, signal, table.parent.name, "1", annotations), remarks


def _place(table: Path) -> tuple[int, ...]:
    """Return what sorts tables: by the numbers of patient and recording."""
    return tuple(map(int, re.findall(r"\d+", table.name)))


def _remark_unmarked(root: Path) -> list[Remark]:
    signals = (path for path in sorted(root.glob("P_ID*/P_ID*_r*.edf")))
    unmarked = (path for path in signals if not path.with_name(f"{path.stem}_a1.tsv").is_file())
    text = "there is no table of seizures beside it; the recording is left out."
    return [Remark("unmarked", relative_name(root, path), text) for path in unmarked]


SEIZEIT1 = CorpusFormat(
    title="SeizeIT1",
    licence="Custom KU Leuven: restricted, on request; not to be passed on",
    citation="Chatzichristos et al., SeizeIT1, KU Leuven RDR 2023, doi 10.48804/P5Q0OJ",
    fits=fits_seizeit1,
    list_recordings=list_seizeit1,
)
