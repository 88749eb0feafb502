"""Files that are there whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Literal

from ictal.core.errors import OutputError, located

_FULL = "the disk is full; free some space or choose another output folder"
_FORBIDDEN = "permission denied; choose a folder that you may write to"
MENDS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: "the file would be larger than this system allows; choose another output folder",
    errno.EACCES: _FORBIDDEN,
    errno.EPERM: _FORBIDDEN,
    errno.EROFS: "the file system is read-only; choose another output folder",
    errno.ENOENT: "its folder does not exist; make the folder first",
    errno.ENOTDIR: "a part of the path is a file and not a folder; choose another output folder",
    errno.EEXIST: "there is a file where a folder is needed; remove it or choose another output folder",
    errno.EISDIR: "is a folder; give the name of a file",
    errno.ENAMETOOLONG: "the name is too long for this file system; choose a shorter one",
}
"""What to say, and how to mend it, for each reason why the system refuses to write."""


@contextlib.contextmanager
def atomic_write(path: Path | str, mode: Literal["wb", "w"] = "wb") -> Iterator[IO[Any]]:
    """Open a file for writing that appears under its name only when it is complete.

    The bytes go to a hidden file in the same folder, which takes the place of `path` at the end. Whatever stops the
    writing, Ctrl-C included, the hidden file is removed and an older `path` is left as it was.

    Parameters
    ----------
    path : path
        Where the file shall be; its folder must exist.
    mode : {"wb", "w"}
        Bytes, or text in UTF-8 with ``\\n`` at the end of lines.

    Raises
    ------
    OutputError
        If the system refuses to write. Errors from other files that are opened meanwhile pass unchanged.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_write(Path(folder, "events.tsv"), "w") as file:
    ...         n = file.write("onset\\n")
    ...     Path(folder, "events.tsv").read_text()
    'onset\\n'
    """
    target = Path(path)
    hidden = target.with_name(f".{secrets.token_hex(8)}.part")
    file: IO[Any] | None = None
    try:
        text = {"encoding": "utf-8", "newline": "\n"} if mode == "w" else {}
        file = hidden.open(mode.replace("w", "x"), **text)  # type: ignore[call-overload]
        yield file
        file.flush()
        os.fsync(file.fileno())
        file.close()
        hidden.replace(target)
    except BaseException as error:
        with contextlib.suppress(OSError):
            if file is not None:
                file.close()
        with contextlib.suppress(OSError):
            hidden.unlink()
        if isinstance(error, OSError) and _is_about(error, hidden):
            raise refused_output(error, target) from error
        raise


def ensure_folder(path: Path | str) -> Path:
    """Make a folder with its parents, and make sure that files can be written into it.

    Raises
    ------
    OutputError
        If the folder cannot be made or not be written, before any work is done in vain.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ensure_folder(Path(folder, "results", "sub-01")).name
    'sub-01'
    """
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise refused_output(error, folder) from error
    return folder


def refused_output(error: OSError, path: Path | str) -> OutputError:
    """Return the one line that says why `path` cannot be written and what helps.

    Examples
    --------
    >>> str(refused_output(OSError(errno.ENOSPC, "No space left on device"), "night.tsv"))
    'night.tsv: the disk is full; free some space or choose another output folder'
    """
    reason = f"cannot be written: {error.strerror or error}"
    return OutputError(located(MENDS.get(error.errno or 0, reason), file=path))


def _is_about(error: OSError, hidden: Path) -> bool:
    # A failed write carries no file name; a failed open or replace carries the one it was about.
    return error.filename is None or Path(os.fsdecode(error.filename)) == hidden
