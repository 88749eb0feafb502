"""Which recordings lie in the files and folders that a user names, and where their results belong."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.core.recording import Recording
from ictal.io.formats import FORMATS, known_suffix, main_file, read

_BIDS_ENDING = "_eeg"
_LATER_PARTS = {r"-\d+\.fif$": ".fif", r"_split-\d+(?=.*\.fif$)": "_split-01"}
_NOT_RAW = {"derivatives", "sourcedata", "stimuli", "code"}


@dataclass(frozen=True, slots=True)
class FoundRecording:
    """A recording, or one animal of it, and the place of its results.

    Parameters
    ----------
    path : Path
        The file to read.
    relative : Path
        The folder of its results inside the output folder; it mirrors where the file lies.
    stem : str
        What the names of its results begin with; the name of an animal stands at its end.
    animal : str, optional
        Which animal is meant, of a file that holds several.
    channels : tuple of str
        Those of the animal.

    Examples
    --------
    >>> found = FoundRecording(Path("in/a/night.edf"), Path("a"), "night")
    >>> found.output("out", "_events.tsv").as_posix()
    'out/a/night_events.tsv'
    >>> found.pick_animal("m1", ["EEG1"]).output("out", "_events.tsv").as_posix()
    'out/a/night_m1_events.tsv'
    """

    path: Path
    relative: Path
    stem: str
    animal: str | None = None
    channels: tuple[str, ...] = ()

    @property
    def file_stem(self) -> str:
        """What the names of results of the whole file begin with."""
        return self.stem if self.animal is None else self.stem.removesuffix(f"_{self.animal}")

    @property
    def table_beside(self) -> Path:
        """Where a BIDS events table of the recording would lie beside it, or one of the animal."""
        animal = "" if self.animal is None else f"_{self.animal}"
        return self.path.with_name(f"{result_stem(self.path)}{animal}_events.tsv")

    def pick_animal(self, animal: str, channels: Sequence[str]) -> FoundRecording:
        """Return one animal of the file."""
        return replace(self, stem=f"{self.file_stem}_{animal}", animal=animal, channels=tuple(channels))

    def read(self) -> Recording:
        """Open it; of an animal its channels alone. See :func:`ictal.io.formats.read`."""
        return read(self.path, channels=None if self.animal is None else self.channels)

    def output(self, folder: Path | str, ending: str) -> Path:
        """Return where the result with this ending belongs."""
        return Path(folder) / self.relative / f"{self.stem}{ending}"


def find_recordings(paths: Iterable[Path | str]) -> tuple[FoundRecording, ...]:
    """Return every recording in some files and folders, sorted within each, once.

    Folders are searched to the bottom, without hidden ones and those that BIDS keeps for other things. Of a BIDS data
    set only the EEG of its subjects is taken. Of a recording in several files the header counts. Where two results
    would have the same name, all results mirror the folder that the inputs share, and files of one folder that differ
    in their suffix alone keep it: ``night_edf`` and ``night_bdf``.

    Parameters
    ----------
    paths : iterable of path
        Files, folders, BIDS data sets.

    Raises
    ------
    RecordingError
        If a path does not exist, or a folder holds no recording.
    """
    found: dict[Path, FoundRecording] = {}
    for path in map(Path, paths):
        for recording in _find_in(path):
            found.setdefault(_full(recording.path), recording)
    recordings = tuple(found.values())
    if not _clashes(recordings):
        return recordings
    apart = _mirror_shared_folder(recordings)
    alike = {recording for same in _clashes(apart) for recording in same}
    return tuple(
        replace(recording, stem=recording.path.name.replace(".", "_")) if recording in alike else recording
        for recording in apart
    )


def split_animals(
    recordings: Iterable[FoundRecording], animals: Mapping[str, Sequence[str]]
) -> tuple[FoundRecording, ...]:
    """Return each animal of each recording as a recording of its own; the recordings themselves where none is named.

    Parameters
    ----------
    recordings : iterable of FoundRecording
    animals : mapping of str to sequence of str
        Name → channels; see :func:`ictal.io.animals.parse_animals`.

    Examples
    --------
    >>> cage = FoundRecording(Path("cage.edf"), Path(), "cage")
    >>> [one.stem for one in split_animals([cage], {"m1": ["EEG1"], "m2": ["EEG2"]})]
    ['cage_m1', 'cage_m2']
    """
    if not animals:
        return tuple(recordings)
    return tuple(one.pick_animal(name, channels) for one in recordings for name, channels in animals.items())


def reference_for(found: FoundRecording) -> Path | None:
    """Return the BIDS events table beside a recording, or ``None`` if there is none; an animal has one of its own."""
    return found.table_beside if found.table_beside.is_file() else None


def result_stem(path: Path) -> str:
    """Return what the names of results begin with: the name without its suffix and without the ``_eeg`` of BIDS.

    Examples
    --------
    >>> result_stem(Path("night.edf")), result_stem(Path("sub-01_task-rest_eeg.fif.gz"))
    ('night', 'sub-01_task-rest')
    """
    suffix = known_suffix(path)
    name = path.name[: -len(suffix)] if suffix is not None else path.stem
    return name.removesuffix(_BIDS_ENDING)


def _find_in(path: Path) -> list[FoundRecording]:
    if path.is_dir():
        is_bids = (path / "dataset_description.json").is_file()
        files = _find_bids(path) if is_bids else _find_files(path)
        found = [FoundRecording(file, file.parent.relative_to(path), result_stem(file)) for file in files]
        if not found:
            what = f"*{_BIDS_ENDING} file under sub-*" if is_bids else "recording"
            raise RecordingError(f"the folder holds no {what}; known formats are {', '.join(FORMATS)}", file=path)
        return found
    if not path.exists() and not path.is_symlink():
        raise RecordingError("there is no such file or folder", file=path)
    file = main_file(path)
    return [FoundRecording(file, Path(), result_stem(file))]


def _find_bids(root: Path) -> list[Path]:
    files = [file for subject in sorted(root.glob("sub-*")) if subject.is_dir() for file in _find_files(subject)]
    return [file for file in files if file.name.lower().removesuffix(known_suffix(file) or "").endswith(_BIDS_ENDING)]


def _find_files(folder: Path) -> list[Path]:
    return sorted(_walk(folder), key=lambda file: file.parts)


def _walk(folder: Path) -> Iterator[Path]:
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _NOT_RAW]
        for name in names:
            file = Path(parent, name)
            if not name.startswith(".") and known_suffix(file) and main_file(file) == file and not _continues(file):
                yield file


def _continues(file: Path) -> bool:
    """Whether a FIF file is a later part of one that was too large, which is read with its first part."""
    firsts = {re.sub(pattern, first, file.name) for pattern, first in _LATER_PARTS.items()} - {file.name}
    return any(file.with_name(first).exists() for first in firsts)


def _clashes(recordings: Iterable[FoundRecording]) -> list[list[FoundRecording]]:
    by_result: dict[Path, list[FoundRecording]] = defaultdict(list)
    for recording in recordings:
        by_result[recording.relative / recording.stem].append(recording)
    return [same for same in by_result.values() if len(same) > 1]


def _mirror_shared_folder(recordings: tuple[FoundRecording, ...]) -> tuple[FoundRecording, ...]:
    folders = [_full(recording.path).parent for recording in recordings]
    shared = os.path.commonpath(folders)
    return tuple(
        replace(recording, relative=folder.relative_to(shared))
        for recording, folder in zip(recordings, folders, strict=True)
    )


def _full(path: Path) -> Path:
    # Links stay as they are: two of them may share their content and be two recordings all the same.
    return Path(os.path.normpath(path.absolute()))
