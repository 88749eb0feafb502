"""A file that is somewhere else: what its owner says about it, what of it has come, and whether that is right."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ictal.core.errors import IctalError, located

PART = ".part"
VALIDATOR = ".part.etag"


class DownloadError(IctalError):
    """A file cannot be had from a server, or it is not the one that was promised."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on a server, and what its owner says about it.

    Parameters
    ----------
    path : str
        Relative to the folder that it is put into, with ``/`` between the parts.
    address : str
        Where it is.
    size : int, optional
        Bytes, if the owner's list says so.
    checksum : str
        ``"sha256:…"`` or ``"md5:…"`` in lower-case hexadecimal digits; empty: the owner gives none.
    """

    path: str
    address: str
    size: int | None = None
    checksum: str = ""


class Part:
    """What has come of a file, beside where it shall be, and the mark of the version that it is of."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.path = target.with_name(target.name + PART)
        self.validator = target.with_name(target.name + VALIDATOR)

    def size(self) -> int:
        """Return how many bytes are there."""
        return self.path.stat().st_size if self.path.exists() else 0

    def can_go_on(self, file: RemoteFile) -> bool:
        """Return whether more bytes may be added: it is not too long, and a mix of versions would be noticed."""
        fits = file.size is None or self.size() <= file.size
        return fits and (bool(file.checksum) or self.validator.exists())

    def ask_for_the_rest(self) -> dict[str, str]:
        """Return the fields of a request for what is missing, if the file is still the same.

        References
        ----------
        RFC 9110, 13.1.5 If-Range and 14.2 Range.
        """
        if not self.size():
            return {}
        same = {"If-Range": self.validator.read_text("latin-1")} if self.validator.exists() else {}
        return {"Range": f"bytes={self.size()}-", **same}

    def remember(self, headers: Mapping[str, str]) -> None:
        """Keep the mark of the version that a server sends; a weak one does not promise the same bytes."""
        tag = headers.get("ETag", "")
        mark = tag if tag.startswith('"') else headers.get("Last-Modified", "")
        if mark:
            self.validator.write_text(mark, "latin-1")

    def finish(self) -> None:
        """Give the file its name."""
        self.path.replace(self.target)
        self.validator.unlink(missing_ok=True)

    def remove(self) -> None:
        """Forget what has come."""
        self.path.unlink(missing_ok=True)
        self.validator.unlink(missing_ok=True)


def safe_target(folder: Path, path: str) -> Path:
    """Return where a file of a server's list is put, inside of `folder` on every system.

    Raises
    ------
    DownloadError
        If the path would lead elsewhere, or is not one.

    Examples
    --------
    >>> safe_target(Path("data"), "chb01/chb01_01.edf").as_posix()
    'data/chb01/chb01_01.edf'
    """
    parts = path.split("/")
    strange = any(letter in path for letter in '\\:*?"<>|') or not path.isprintable()
    # Windows drops blanks and dots at the end of a name: ".. " would be "..".
    if strange or any(part.rstrip(". ") == "" for part in parts) or path.endswith((PART, VALIDATOR)):
        raise DownloadError(located("a list must not name such a path", file=repr(path)))
    return folder.joinpath(*parts)


def find_fault(path: Path, file: RemoteFile) -> str:
    """Return in which way a file on the disk is not the one of the list; empty if it is."""
    size = path.stat().st_size if path.exists() else 0
    if file.size is not None and size != file.size:
        return f"has {size} bytes where the list says {file.size}"
    if not file.checksum:
        return "" if path.exists() else "has no bytes"
    algorithm, _, expected = file.checksum.partition(":")
    found = checksum_of(path, algorithm) if path.exists() else ""
    return "" if found == expected else f"has another {algorithm} check-sum than the list says"


def checksum_of(path: Path, algorithm: str) -> str:
    """Return the check-sum of a file in hexadecimal digits."""
    with path.open("rb") as opened:
        return hashlib.file_digest(opened, lambda: hashlib.new(algorithm, usedforsecurity=False)).hexdigest()
