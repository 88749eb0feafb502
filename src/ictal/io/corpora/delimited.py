"""Tables of text whose columns are separated by tabs, commas or semicolons, as spreadsheets save them."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import NamedTuple

from ictal.core.errors import RecordingError
from ictal.io.corpora.lines import decode_text

_HEADER_BYTES = 1 << 14


class Delimited(NamedTuple):
    """A table: its columns, what separates them, and the cells of each row by column, with its line in the file."""

    columns: tuple[str, ...]
    delimiter: str
    rows: tuple[tuple[int, dict[str, str]], ...]


def read_delimited(path: Path) -> Delimited:
    """Read a table; cells that are missing at the end of a row are empty.

    Raises
    ------
    RecordingError
        If the file cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "animals.csv")
    ...     n = file.write_text("animal;channels\\nm1; EEG1,EEG2\\nm2\\n")
    ...     read_delimited(file).rows
    ((2, {'animal': 'm1', 'channels': 'EEG1,EEG2'}), (3, {'animal': 'm2', 'channels': ''}))
    """
    first, *lines = [*_read_lines(path), ""]
    columns, delimiter = split_header(first)
    rows = []
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter), start=2):
            if any(cell.strip() for cell in cells):
                padded = [*(cell.strip() for cell in cells), *[""] * len(columns)]
                rows.append((number, dict(zip(columns, padded, strict=False))))
    except csv.Error as error:
        raise RecordingError(f"is no table: {error}", file=path) from None
    return Delimited(columns, delimiter, tuple(rows))


def read_columns(path: Path) -> tuple[str, ...]:
    """Return the columns of a table without reading the rest.

    Raises
    ------
    RecordingError
        If the file cannot be read.
    """
    return split_header(next(iter(_read_lines(path, _HEADER_BYTES)), ""))[0]


def split_header(line: str) -> tuple[tuple[str, ...], str]:
    """Return the columns of a first line and what separates them: the most frequent of the three.

    Examples
    --------
    >>> split_header('file,start,"end, s"')
    (('file', 'start', 'end, s'), ',')
    """
    delimiter = max("\t;,", key=line.count)
    return tuple(name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])), delimiter


def _read_lines(path: Path, n_bytes: int = -1) -> list[str]:
    """Return lines with the blanks around them: a tab at the beginning is an empty cell."""
    try:
        with path.open("rb") as file:
            return decode_text(file.read(n_bytes)).splitlines()
    except FileNotFoundError:
        raise RecordingError("there is no such file", file=path) from None
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}", file=path) from error
