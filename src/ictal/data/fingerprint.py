"""What a prepared signal depends on, as one key: the bytes that were read and the settings of the chain.

The bytes are hashed whole, where and under whatever name they lie. So that a second run need not read a corpus again,
the hash of each recording is kept beside the size and the time of change of its files, in a file of the store that
holds nothing else: it may be deleted, and need not be given away with the store.
"""

from __future__ import annotations

import glob
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.core.version import __version__
from ictal.io.atomic import atomic_write, refused_output
from ictal.preprocessing.chain import Chain

SEEN_FILE = ".inputs.jsonl"
STORAGE = 1
"""Version of how signals lie in their files."""

_DATA_FILE = re.compile(rb"^DataFile=(.*?)\r?$", re.MULTILINE)
"""Where the header of BrainVision says that the samples lie; ``$b`` is its own name."""

Stamp = tuple[tuple[int, int], ...]
"""Size in bytes and time of the last change in ns, of each file of a recording."""


@dataclass(frozen=True, slots=True)
class SeenInput:
    """The hash of the files of a recording, and what they looked like from outside when it was taken."""

    name: str
    stamp: Stamp
    sha256: str


def find_files(path: Path) -> tuple[Path, ...]:
    """Return the files that the samples of a recording are read from.

    Examples
    --------
    >>> [file.name for file in find_files(Path("night.edf"))]
    ['night.edf']
    """
    suffix = path.suffix.lower()
    others: list[Path] = []
    if suffix == ".vhdr" and path.exists():
        named = _DATA_FILE.findall(path.read_bytes())
        others = [path.with_name(name.decode("utf-8", "replace").strip().replace("$b", path.stem)) for name in named]
    elif suffix == ".set":
        others = [path.with_suffix(".fdt")]
    elif suffix == ".fif":
        stem = glob.escape(path.stem)
        later = [*path.parent.glob(f"{stem}-*.fif"), *path.parent.glob(f"{stem.replace('_split-01', '_split-*')}.fif")]
        others = sorted({*later} - {path})
    return (path, *(file for file in others if file.exists()))


def take_stamp(path: Path) -> Stamp:
    """Return size and time of change of the files of a recording.

    Raises
    ------
    RecordingError
        If one cannot be found.
    """
    try:
        looks = [file.stat() for file in find_files(path)]
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}", file=path) from None
    return tuple((look.st_size, look.st_mtime_ns) for look in looks)


def hash_input(path: Path) -> str:
    """Return the SHA-256 of a recording: that of its file, or of the digests of its files in a row.

    Raises
    ------
    RecordingError
        If a file cannot be read.
    """
    digests = [hash_file(file) for file in find_files(path)]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits.

    Raises
    ------
    RecordingError
        If it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}", file=path) from None


def make_key(input_hash: str, channels: Sequence[str], chain: Chain) -> str:
    """Return what a prepared signal is called: another input, chain or version of ictal gives another key.

    Parameters
    ----------
    input_hash : str
        From :func:`hash_input`.
    channels : sequence of str
        Those that are read of the file; none means all.
    chain : Chain

    Examples
    --------
    >>> make_key("00", (), Chain()) == make_key("00", (), Chain(steps=[{"step": "montage"}]))
    False
    """
    settings = chain.model_dump(mode="json")
    depends_on = json.dumps([STORAGE, __version__, input_hash, list(channels), settings], sort_keys=True)
    return hashlib.sha256(depends_on.encode()).hexdigest()[:32]


def read_seen(folder: Path) -> dict[str, SeenInput]:
    """Return the hashes that earlier runs took, by name of the recording; a line that was cut short is left out."""
    try:
        lines = (folder / SEEN_FILE).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    seen: dict[str, SeenInput] = {}
    for line in lines:
        try:
            name, stamp, sha256 = json.loads(line)
            seen[name] = SeenInput(name, tuple((int(size), int(changed)) for size, changed in stamp), sha256)
        except (ValueError, TypeError):
            continue
    return seen


def add_seen(folder: Path, seen: SeenInput) -> None:
    """Write one hash behind the others at once, so that a run that is killed need not take it again.

    Raises
    ------
    OutputError
        If the system refuses to write.
    """
    path = folder / SEEN_FILE
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(_line(seen))
    except OSError as error:
        raise refused_output(error, path) from error


def write_seen(folder: Path, seen: Iterable[SeenInput]) -> None:
    """Write these hashes in place of all that are there.

    Raises
    ------
    OutputError
        If the system refuses to write.
    """
    with atomic_write(folder / SEEN_FILE, "w") as file:
        file.writelines(map(_line, seen))


def _line(seen: SeenInput) -> str:
    return json.dumps([seen.name, seen.stamp, seen.sha256], ensure_ascii=False) + "\n"
