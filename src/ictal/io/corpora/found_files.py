"""What is known of the recordings in a folder from their files alone: which there are, their names and lengths."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from ictal.core.errors import IctalWarning, RecordingError
from ictal.io.corpora.corpus import CorpusRecording, Remark
from ictal.io.corpora.lengths import read_edf_length
from ictal.io.corpora.listing import compare_lengths, relative_name
from ictal.io.discover import find_recordings, result_stem
from ictal.io.formats import read

EDF_SUFFIXES = (".edf", ".bdf")

_SLIP = 1.0
"""Seconds by which lengths may differ: many are written as whole seconds."""


def find_files(root: Path) -> list[Path]:
    """Return every recording of a known format in a folder and below it, sorted; none is no error."""
    try:
        return [found.path for found in find_recordings([root])]
    except RecordingError:
        return []


def name_files(root: Path, files: Iterable[Path]) -> dict[Path, str]:
    """Return a name for each file, by where it lies in the folder; only those that share it keep their suffix.

    Examples
    --------
    >>> list(name_files(Path("a"), [Path("a/b/c.edf"), Path("a/d.edf"), Path("a/d.bdf")]).values())
    ['b/c', 'd.edf', 'd.bdf']
    """
    full = {file: Path(relative_name(root, file)) for file in files}
    short = {file: path.with_name(result_stem(path)).as_posix() for file, path in full.items()}
    counts = Counter(short.values())
    return {file: name if counts[name] == 1 else full[file].as_posix() for file, name in short.items()}


def first_folder(root: Path, file: Path) -> str:
    """Return the first folder below `root` that a file is in, or ``""`` if it lies in `root` itself.

    Examples
    --------
    >>> first_folder(Path("a"), Path("a/mouse 1/day 2/night.edf")), first_folder(Path("a"), Path("a/night.edf"))
    ('mouse 1', '')
    """
    parts = file.relative_to(root).parts if file.is_relative_to(root) else ()
    return parts[0] if len(parts) > 1 else ""


def find_length(file: Path) -> float | None:
    """Return the seconds of a recording by its header, or ``None`` if it is not there.

    Raises
    ------
    RecordingError
        If the file cannot be read.
    """
    if not file.exists():
        return None
    if file.suffix.lower() in EDF_SUFFIXES:
        length = read_edf_length(file)
        return None if length is None else length.duration
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IctalWarning)
        return read(file).duration


def compare_files(root: Path, recordings: Iterable[CorpusRecording]) -> list[Remark]:
    """Return which files are missing, and which EDF files are not as long as the annotations say, each file once."""
    by_file = {recording.path: recording for recording in recordings}
    compared = [file for file in by_file if file.suffix.lower() in EDF_SUFFIXES or not file.exists()]
    return compare_lengths(root, (by_file[file] for file in compared), _SLIP)
