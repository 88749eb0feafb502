"""A plain folder of recordings with one table of all events, or with an events table beside each recording.

The last resort: whatever the files are, as long as somebody wrote down what happened in them. See
:data:`~ictal.io.corpora.event_sheets.COLUMNS` for what the columns of the one table may be called.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from ictal.core.errors import IctalError, RecordingError
from ictal.io.corpora.corpus import Corpus, CorpusFormat, CorpusRecording, Remark
from ictal.io.corpora.event_sheets import SheetRow, find_sheet, group_rows, mark_rows, read_sheet, remark_silence
from ictal.io.corpora.found_files import compare_files, find_files, find_length, first_folder, name_files
from ictal.io.corpora.listing import Found, read_each, relative_name
from ictal.io.corpora.szcore_tables import read_marks
from ictal.io.discover import result_stem

_TABLE = "_events.tsv"
_BY_TABLE = "by the table"
_BY_FOLDER = "by the first sub-folder"
_BY_FILE = "each its own, as nothing says whose it is"


def fits_folder(root: Path) -> bool:
    """Whether a folder holds a table of events, or an events table beside where a recording would be."""
    if not root.is_dir():
        return False
    try:
        return find_sheet(root) is not None or next(root.rglob(f"*{_TABLE}"), None) is not None
    except IctalError:
        return True


def list_folder(root: Path, events: str | None = None) -> Corpus:
    """Return the recordings in a folder and below it, with what a table says happened in them.

    The subject of a recording is what a column of the table says; else the first sub-folder that it is in; else the
    recording itself, which is safe only where no two are of one subject. A remark says which.

    With one table of all events, a recording that no row names had none. With tables beside the recordings, one
    without a table is left out. A recording is as long as its table says, else its header.

    Parameters
    ----------
    root : Path
    events : str, optional
        The table of all events, relative to `root`; found by its columns where not given.

    Raises
    ------
    RecordingError
        If there is no table, or several and none is named.
    """
    path = find_sheet(root, events)
    files = find_files(root)
    recordings, remarks = _list_by_tables(root, files) if path is None else _list_by_sheet(root, path, files)
    if not recordings and not remarks:
        problem = "holds neither a table of events nor a recording with an events table beside it"
        raise RecordingError(problem, file=root)
    odd = (*_count_subjects(remarks), *compare_files(root, recordings))
    return Corpus("folder", root, tuple(recordings), odd)


FOLDER = CorpusFormat(
    title="A folder of recordings and a table of events",
    licence="its owner's",
    citation="none",
    fits=fits_folder,
    list_recordings=list_folder,
)
"""See :func:`list_folder`."""


def _list_by_sheet(root: Path, path: Path, files: Sequence[Path]) -> tuple[Sequence[CorpusRecording], list[Remark]]:
    sheet = read_sheet(path)
    grouped, remarks = group_rows(sheet, root, files)
    names = name_files(root, grouped)
    n_tables = sum(_table_beside(file).is_file() for file in files)
    remarks += remark_silence(sheet, grouped)
    if n_tables:
        text = f"{n_tables} recordings have an events table of their own beside them, which is not looked at."
        remarks.append(Remark("ignored", path.name, text))
    recordings, odd = read_each(
        root, grouped, lambda file: _make_from_rows(file, names[file], grouped[file], first_folder(root, file))
    )
    return recordings, [*remarks, *odd]


def _make_from_rows(file: Path, name: str, rows: Sequence[SheetRow], folder: str) -> Found:
    subjects = tuple(dict.fromkeys(row.subject for row in rows if row.subject))
    splits = tuple(dict.fromkeys(row.split for row in rows if row.split))
    if len(subjects) > 1:
        problem = f"the table names {len(subjects)} subjects for it, but not whose which channel is"
        raise RecordingError(problem, file=file)
    if len(splits) > 1:
        raise RecordingError(f"the table puts it into {' and '.join(splits)}", file=file)
    subject, how = (subjects[0], _BY_TABLE) if subjects else _find_subject(name, folder)
    annotations, remarks = mark_rows(rows, lambda: find_length(file), name)
    recording = CorpusRecording(name, file, subject, name, annotations, "".join(splits))
    return recording, (*remarks, Remark("subject", name, how))


def _list_by_tables(root: Path, files: Sequence[Path]) -> tuple[Sequence[CorpusRecording], list[Remark]]:
    tables = {file: _table_beside(file) for file in files}
    remarks = [
        Remark("no-table", relative_name(root, file), "has no events table beside it; it is left out.")
        for file, table in tables.items()
        if not table.is_file()
    ]
    taken = set(tables.values())
    lone = [table for table in sorted(root.rglob(f"*{_TABLE}")) if table not in taken and _is_raw(root, table)]
    signals = {file: table for file, table in tables.items() if table.is_file()}
    signals |= {table.with_name(f"{table.name.removesuffix(_TABLE)}.edf"): table for table in lone}
    names = name_files(root, signals)
    recordings, odd = read_each(root, signals, lambda file: _make_from_table(root, file, names[file], signals[file]))
    return recordings, [*remarks, *odd]


def _make_from_table(root: Path, file: Path, name: str, table: Path) -> Found:
    annotations, remarks = read_marks(table, name, lambda: find_length(file))
    subject, how = _find_subject(name, first_folder(root, file))
    return CorpusRecording(name, file, subject, name, annotations), (*remarks, Remark("subject", name, how))


def _find_subject(name: str, folder: str) -> tuple[str, str]:
    return (folder, _BY_FOLDER) if folder else (name, _BY_FILE)


def _count_subjects(remarks: Sequence[Remark]) -> list[Remark]:
    """Return the remarks with a single one on whose the recordings are."""
    counts = Counter(remark.text for remark in remarks if remark.kind == "subject")
    said = "; ".join(f"{count} {how}" for how, count in counts.items())
    whose = [Remark("subject", ".", f"whose the recordings are: {said}.")] if counts else []
    return [*whose, *(remark for remark in remarks if remark.kind != "subject")]


def _table_beside(file: Path) -> Path:
    return file.with_name(f"{result_stem(file)}{_TABLE}")


def _is_raw(root: Path, table: Path) -> bool:
    folders = table.relative_to(root).parts[:-1]
    return not any(folder.startswith(".") or folder == "derivatives" for folder in folders)
