"""The text of an events table: which columns it has, and the cells of each line."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from ictal.core.errors import RecordingError

TYPE_COLUMNS = ("eventType", "event_type", "trial_type", "value")
"""Where the kind of event may stand; the first that a table has is read."""

_BLOCK = 1 << 16


class Header(NamedTuple):
    """The first line of a table: how many cells, and where those stand that are read."""

    n_cells: int
    places: dict[str, int]
    type_column: str


def read_lines(path: Path | str) -> tuple[Header, list[tuple[int, list[str]]]]:
    """Read the header of a table, and the number and cells of every other line that is not empty.

    Parameters
    ----------
    path : path
        Tab-separated text in UTF-8, with any line ends, with or without a byte order mark.

    Returns
    -------
    header : Header
    lines : list of (int, list of str)
        The header is line 1. A line may have more or fewer cells than the header.

    Raises
    ------
    RecordingError
        If the file cannot be read, is no text, or lacks a column that is needed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "sub-01_events.tsv")
    ...     n = file.write_text("onset\\tduration\\tvalue\\n3.5\\t10\\tseizure\\n")
    ...     read_lines(file)[1]
    [(2, ['3.5', '10', 'seizure'])]
    """
    lines = _read_text(path).split("\n")
    header = _decode_header(lines[0])
    if header is None:
        columns = ", ".join(repr(name.strip()) for name in lines[0].split("\t"))
        raise RecordingError(
            f"the columns {columns} came; "
            f"needed are 'onset', 'duration' and one of {', '.join(map(repr, TYPE_COLUMNS))}, separated by tabs",
            file=path,
            field="line 1",
        )
    numbered = enumerate(lines[1:], start=2)
    return header, [(number, line.split("\t")) for number, line in numbered if line and not line.isspace()]


@lru_cache(maxsize=64)
def _decode_header(line: str) -> Header | None:
    """Return the columns, or ``None`` if one that is needed is missing; the tables of a data set have one header."""
    names = [name.strip() for name in line.split("\t")]
    type_column = next((name for name in TYPE_COLUMNS if name in names), None)
    if type_column is None or not {"onset", "duration"} <= set(names):
        return None
    return Header(len(names), {name: place for place, name in enumerate(names)}, type_column)


def _read_text(path: Path | str) -> str:
    try:
        text = _read_bytes(path).decode()
    except FileNotFoundError:
        raise RecordingError("there is no such file", file=path) from None
    except UnicodeDecodeError:
        raise RecordingError("is not text in UTF-8; an events table is tab-separated text", file=path) from None
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}", file=path) from error
    text = text.removeprefix("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _read_bytes(path: Path | str) -> bytes:
    """Read a small file without the buffers of a file object, in a third of the time: data sets hold thousands."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        content = os.read(descriptor, _BLOCK)
        while block := os.read(descriptor, _BLOCK):
            content += block
        return content
    finally:
        os.close(descriptor)
