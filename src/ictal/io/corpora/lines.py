"""The small text files of corpora, whoever wrote them."""

from __future__ import annotations

from pathlib import Path

from ictal.core.errors import RecordingError


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text file without the blanks around them.

    Line ends of any system, also mixed, a byte order mark, and letters in UTF-8 or Latin-1 are all read.

    Parameters
    ----------
    path : Path

    Raises
    ------
    RecordingError
        If the file is not there or cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "list.txt")
    ...     n = file.write_bytes(b"\\xef\\xbb\\xbfSeizure n 1 \\r\\nEnd time:03.18.36\\n")
    ...     read_lines(file)
    ['Seizure n 1', 'End time:03.18.36']
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise RecordingError("there is no such file", file=path) from None
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}", file=path) from error
    return [line.strip() for line in decode_text(data).splitlines()]


def decode_text(data: bytes) -> str:
    """Return bytes as text: UTF-8 where it is, with or without its mark, else Latin-1.

    Examples
    --------
    >>> decode_text(b"\\xef\\xbb\\xbfa"), decode_text("é".encode("latin-1"))
    ('a', 'é')
    """
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
