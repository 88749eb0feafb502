"""Helsinki: EEG of 79 neonates at term, each second marked by three raters, as Zenodo ships it.

Rater A's marks were corrected after the first release; the file ``annotations_2017_A_fixed.csv`` is taken where it is
there. The three tables and ``annotations_2017.mat`` say the same; the tables are read, and the ``.mat`` without them.

References
----------
Stevenson et al., A dataset of neonatal EEG recordings with seizure annotations, Scientific Data 2019,
doi 10.1038/sdata.2019.39; the files: Zenodo, doi 10.5281/zenodo.2547147 and 10.5281/zenodo.4940267.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import RecordingError, check_option
from ictal.core.events import Annotations, Event
from ictal.io.corpora.corpus import Corpus, CorpusFormat, CorpusRecording, Remark
from ictal.io.corpora.lines import read_lines
from ictal.io.corpora.listing import Found, compare_lengths, read_each

RATERS = ("A", "B", "C")

CONSENSUS = {"unanimous": 3, "majority": 2, "any": 1}
"""How many of the three raters must have marked a second."""

TABLES = {
    "A": ("annotations_2017_A_fixed.csv", "annotations_2017_A.csv"),
    "B": ("annotations_2017_B.csv",),
    "C": ("annotations_2017_C.csv",),
}
"""The table of each rater; the first that is there is read."""

MATLAB_FILE = "annotations_2017.mat"

_SLIP = 1.0
"""Seconds by which lengths may differ: the marks are of whole seconds."""

Marks = NDArray[np.int8]
"""A rater's marks, shape (n_seconds, n_neonates): 1 seizure, 0 none, -1 where there is no recording (any more)."""


def fits_helsinki(root: Path) -> bool:
    """Whether a folder holds the marks of a rater."""
    names = [name for names in TABLES.values() for name in names]
    return any((root / name).is_file() for name in (*names, MATLAB_FILE))


def list_helsinki(root: Path, rater: str = "unanimous") -> Corpus:
    """Return the recordings of the 79 neonates with the marks of one rater or of a consensus.

    Parameters
    ----------
    root : Path
        The folder with ``eeg1.edf`` … and the marks; signals may be missing.
    rater : {"unanimous", "majority", "any", "A", "B", "C"}
        Whose seizures: of seconds that all three raters marked, which is the consensus of the paper; two or three;
        one at least; or of one rater alone. Neighbouring seconds are one seizure.

    Raises
    ------
    ParameterError
        If there is no such rater.
    RecordingError
        If marks that are needed are missing or cannot be understood.
    """
    check_option("rater", rater, (*CONSENSUS, *RATERS))
    if not fits_helsinki(root):
        raise RecordingError(f"holds no marks of Helsinki; needed is {TABLES['B'][0]} or another", file=root)
    marks, remarks = _read_marks(root, RATERS if rater in CONSENSUS else (rater,))
    n_needed = CONSENSUS.get(rater, 1)
    n_neonates = max(table.shape[1] for table in marks.values())
    recordings, odd = read_each(
        root, range(1, n_neonates + 1), lambda number: _make_recording(root, number, marks, n_needed)
    )
    remarks += [*odd, *compare_lengths(root, recordings, _SLIP), *_remark_unmarked(root, n_neonates)]
    return Corpus("helsinki", root, recordings, tuple(remarks))


def agreed_seconds(votes: Sequence[NDArray[np.bool_]], n_needed: int) -> NDArray[np.bool_]:
    """Return the seconds that enough raters marked.

    Parameters
    ----------
    votes : sequence of ndarray of bool, each of shape (n_seconds,)
        One for each rater.
    n_needed : int
        How many must agree.

    Returns
    -------
    ndarray of bool, shape (n_seconds,)

    Examples
    --------
    >>> agreed_seconds([np.array([True, True, False]), np.array([False, True, False])], 2)
    array([False,  True, False])
    """
    return np.asarray(np.sum(votes, axis=0) >= n_needed)


def seconds_to_events(marked: NDArray[np.bool_]) -> tuple[Event, ...]:
    """Return one seizure for each run of marked seconds.

    Parameters
    ----------
    marked : ndarray of bool, shape (n_seconds,)

    Examples
    --------
    >>> [event.span for event in seconds_to_events(np.array([False, True, True, False, True]))]
    [(1.0, 3.0), (4.0, 5.0)]
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], marked, [False]]))).reshape(-1, 2)
    return tuple(Event(float(first), float(last - first)) for first, last in edges)


def decode_marks(lines: Sequence[str], path: Path | None = None) -> Marks:
    """Decode a rater's table: a header with the numbers of the neonates, then one line a second.

    Parameters
    ----------
    lines : sequence of str
    path : Path, optional
        For messages.

    Raises
    ------
    RecordingError
        If a cell is not 0, 1 or blank, or a line has too many or too few.

    Examples
    --------
    >>> decode_marks(["1,2", "0,1", "1,"])
    array([[ 0,  1],
           [ 1, -1]], dtype=int8)
    """
    rows = [[cell.strip() for cell in line.split(",")] for line in lines if line]
    header = [str(number) for number in range(1, len(rows[0]) + 1)] if rows else []
    if len(rows) < 2 or rows[0] != header:
        raise RecordingError("the numbers of the neonates are needed: 1,2,3 and so on", file=path, field="line 1")
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            problem = f"{len(row)} cells came; the first line has {len(header)}"
            raise RecordingError(problem, file=path, field=f"line {line}")
    cells = np.array(rows[1:])
    odd = np.argwhere(~np.isin(cells, ("0", "1", "")))
    if len(odd):
        row, column = odd[0]
        problem = f"{str(cells[row, column])!r} is not allowed; allowed are 0, 1 and nothing"
        raise RecordingError(problem, file=path, field=f"line {row + 2}: neonate {column + 1}")
    return np.where(cells == "", -1, cells == "1").astype(np.int8)


def read_matlab_marks(path: Path) -> dict[str, Marks]:
    """Read the marks of all three raters from the ``.mat`` file.

    Raises
    ------
    RecordingError
        If the file cannot be read, or is not the one of the corpus.
    """
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        cells = loadmat(path)["annotat_new"].ravel()
    except (OSError, ValueError, NotImplementedError, MatReadError) as error:
        raise RecordingError("cannot be read as a MATLAB file", file=path) from error
    except KeyError:
        raise RecordingError("holds no 'annotat_new'", file=path) from None
    if not len(cells) or any(cell.ndim != 2 or len(cell) != len(RATERS) for cell in cells):
        raise RecordingError("holds other shapes than 3 raters × seconds", file=path, field="annotat_new")
    marks = np.full((len(RATERS), max(cell.shape[1] for cell in cells), len(cells)), -1, np.int8)
    for number, cell in enumerate(cells):
        marks[:, : cell.shape[1], number] = cell
    return dict(zip(RATERS, marks, strict=True))


def _read_marks(root: Path, raters: Sequence[str]) -> tuple[Mapping[str, Marks], list[Remark]]:
    """Return the marks of some raters, from their tables or, where one is missing, from the ``.mat``."""
    here = {rater: [name for name in TABLES[rater] if (root / name).is_file()] for rater in raters}
    missing = [TABLES[rater][0] for rater, names in here.items() if not names]
    if not missing:
        remarks = [_remark_chosen(names) for names in here.values() if names[0] == TABLES["A"][-1] or len(names) > 1]
        return {rater: _read_table(root / names[0]) for rater, names in here.items()}, remarks
    if not (root / MATLAB_FILE).is_file():
        raise RecordingError(f"{', '.join(missing)} or {MATLAB_FILE} is needed and not there", file=root)
    text = f"{', '.join(missing)} is not there; {MATLAB_FILE} is read."
    every_mark = read_matlab_marks(root / MATLAB_FILE)
    return {rater: every_mark[rater] for rater in raters}, [Remark("missing-file", missing[0], text)]


def _read_table(path: Path) -> Marks:
    return decode_marks(read_lines(path), path)


def _remark_chosen(names: Sequence[str]) -> Remark:
    if len(names) > 1:
        return Remark("conflict", names[1], f"is not read, since {names[0]} corrects it.")
    return Remark("conflict", names[0], f"is read as it is; {TABLES['A'][0]}, which corrects it, is not there.")


def _make_recording(root: Path, number: int, marks: Mapping[str, Marks], n_needed: int) -> Found:
    name = f"eeg{number}"
    columns = {rater: _column(table, number, rater, root / f"{name}.edf") for rater, table in marks.items()}
    lengths = {rater: len(column) for rater, column in columns.items()}
    n_seconds = max(lengths.values())
    remarks = []
    if len(set(lengths.values())) > 1:
        said = ", ".join(f"{length} by {rater}" for rater, length in lengths.items())
        remarks.append(
            Remark("conflict", name, f"seconds marked are {said}; what one did not mark counts as no seizure.")
        )
    votes = [np.pad(column, (0, n_seconds - len(column))) for column in columns.values()]
    annotations = Annotations(seconds_to_events(agreed_seconds(votes, n_needed)), n_seconds)
    return CorpusRecording(name, root / f"{name}.edf", str(number), "1", annotations), remarks


def _column(table: Marks, number: int, rater: str, path: Path) -> NDArray[np.bool_]:
    """Return one neonate's marks, as long as they go."""
    column = table[:, number - 1] if number <= table.shape[1] else table[:0, 0]
    n_seconds = int(np.count_nonzero(column >= 0))
    if n_seconds == 0 or (column[:n_seconds] < 0).any():
        problem = "there are no marks" if n_seconds == 0 else "there are seconds without a mark before the last one"
        raise RecordingError(problem, file=path, field=f"rater {rater}")
    return column[:n_seconds] > 0


def _remark_unmarked(root: Path, n_neonates: int) -> list[Remark]:
    marked = {f"eeg{number}.edf" for number in range(1, n_neonates + 1)}
    unmarked = sorted({path.name for path in root.glob("eeg*.edf")} - marked)
    return [Remark("unmarked", name, "nobody's marks are there; the recording is left out.") for name in unmarked]


HELSINKI = CorpusFormat(
    title="Helsinki neonatal EEG",
    licence="CC BY 4.0",
    citation="Stevenson et al., Scientific Data 2019, doi 10.1038/sdata.2019.39",
    fits=fits_helsinki,
    list_recordings=list_helsinki,
)
