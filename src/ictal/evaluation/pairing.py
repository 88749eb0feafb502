"""Which table of a detector belongs to which table of a reader, and to which subject both belong."""

from __future__ import annotations

import fnmatch
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ictal.core.errors import ParameterError, RecordingError, check_option

MISSING = ("error", "negative")
"""What a reference without a hypothesis is: an error, or a recording in which nothing was detected."""

TABLE_ENDINGS = ("_events.tsv", ".tsv", "_events.json")
"""How event tables end. The first ending that a tree has is the one that counts there."""

OTHER_TABLES = ("channels.tsv", "electrodes.tsv", "participants.tsv", "samples.tsv", "scans.tsv", "sessions.tsv")
"""Tables of BIDS that hold no events."""

SUBJECT_FROM = {
    "sub": "sub-… in its path",
    "folder": "its first folder, for want of sub-… in its path",
    "file": "its own name, for want of a folder or sub-… in its path",
}
"""Where the subject of a recording is known from."""

_NO_RESULTS = frozenset(("derivatives", "sourcedata", "stimuli", "code"))
_SUBJECT = re.compile(r"(?:^|[/_])(sub-[0-9A-Za-z]+)")
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Pair:
    """A recording as two tables see it.

    Attributes
    ----------
    name : str
        Where the reference lies in its tree, without the ending: ``sub-01/eeg/sub-01_run-01``.
    subject : str
        Who was recorded.
    subject_from : str
        How that is known: a name of :data:`SUBJECT_FROM`.
    reference : str
        The table of the reader.
    hypothesis : str or None
        The table of the detector, where there is one.
    """

    name: str
    subject: str
    subject_from: str
    reference: str
    hypothesis: str | None


@dataclass(frozen=True, slots=True)
class Pairing:
    """All pairs of two trees, sorted by name, and the hypotheses that have no reference."""

    pairs: tuple[Pair, ...]
    without_reference: tuple[str, ...] = ()

    @property
    def missing(self) -> tuple[str, ...]:
        """The references that have no hypothesis."""
        return tuple(pair.reference for pair in self.pairs if pair.hypothesis is None)


def pair_tables(reference: Path | str, hypothesis: Path | str, subjects: str | None = None) -> Pairing:
    """Find the tables of two trees that belong together, or take two files as one pair.

    A hypothesis lies at the relative path of its reference. One that lies elsewhere is found by its name without the
    ending, if no other table of either tree has that name.

    Parameters
    ----------
    reference, hypothesis : path
        Two files or two folders.
    subjects : str, optional
        Only the subjects whose name matches; ``*`` and ``?`` stand for any letters.

    Raises
    ------
    RecordingError
        If a path does not exist, a folder holds no events table, or no subject matches.
    ParameterError
        If one is a file and the other a folder.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for name in ("reader/chb01/chb01_03.tsv", "detector/chb01_03_events.tsv"):
    ...         Path(folder, name).parent.mkdir(parents=True)
    ...         Path(folder, name).touch()
    ...     (pair,) = pair_tables(f"{folder}/reader", f"{folder}/detector").pairs
    >>> pair.name, pair.subject, pair.subject_from
    ('chb01/chb01_03', 'chb01', 'folder')
    """
    kinds = [_is_folder(path) for path in (reference, hypothesis)]
    if kinds[0] != kinds[1]:
        folder, file = (reference, hypothesis) if kinds[0] else (hypothesis, reference)
        raise ParameterError(f"reference and hypothesis: {folder} is a folder and {file} a file; give two of a kind.")
    if not kinds[0]:
        name = _table_name(Path(reference).name)
        return Pairing((Pair(name, *subject_of(name), str(reference), str(hypothesis)),))
    readers, detectors = find_tables(reference, hypothesis), find_tables(hypothesis, reference)
    partners = _match(readers, detectors)
    pairs = [
        Pair(name, *subject_of(name), table, None if name not in partners else detectors[partners[name]])
        for name, table in readers.items()
    ]
    alone = detectors.keys() - set(partners.values())
    if subjects is None:
        return Pairing(tuple(pairs), tuple(detectors[name] for name in sorted(alone)))
    wanted = [pair for pair in pairs if fnmatch.fnmatchcase(pair.subject, subjects)]
    if not wanted:
        some = ", ".join(dict.fromkeys(pair.subject for pair in pairs[:50]))
        raise RecordingError(f"no subject matches {subjects!r}; there are {some}", file=reference)
    left = (name for name in sorted(alone) if fnmatch.fnmatchcase(subject_of(name)[0], subjects))
    return Pairing(tuple(wanted), tuple(detectors[name] for name in left))


def check_pairing(pairing: Pairing, missing: str) -> None:
    """Refuse tables that have no partner.

    Parameters
    ----------
    pairing : Pairing
        From :func:`pair_tables`.
    missing : {"error", "negative"}
        Whether a reference without a hypothesis is refused.

    Raises
    ------
    RecordingError
        If a hypothesis has no reference, or a reference no hypothesis where that is an error; the files are named.
    """
    check_option("missing", missing, MISSING)
    alone, absent = pairing.without_reference, pairing.missing
    if missing == "error" and absent:
        mend = "; '--missing negative' takes that as nothing detected"
        others = f"; and no reference is there for {_list_some(alone)}" if alone else ""
        raise RecordingError(f"no hypothesis is there for {_list_some(absent)}{mend}{others}")
    if alone:
        raise RecordingError(
            f"no reference is there for {_list_some(alone)}; "
            "a reference has the same relative path, or the same name if no other table has it"
        )


def find_tables(root: Path | str, other: Path | str | None = None) -> dict[str, str]:
    """Return the event tables of a tree, sorted by name.

    Hidden folders and those that BIDS keeps for other things are left out; of a BIDS data set only the folders of
    subjects are searched.

    Parameters
    ----------
    root : path
        A folder.
    other : path, optional
        A folder that is no part of the tree even where it lies in it, as results beside the recordings do.

    Returns
    -------
    dict of str to str
        Relative path without the ending → path.

    Raises
    ------
    RecordingError
        If there is no table, or two have one name.
    """
    top = Path(root)
    is_bids = (top / "dataset_description.json").is_file()
    files = list(_walk(str(top), "", is_bids, None if other is None else Path(other).resolve()))
    for ending in TABLE_ENDINGS:
        tables = [(inside, path) for inside, path in files if inside.endswith(ending)]
        if tables:
            break
    else:
        raise RecordingError(f"the folder holds no events table (*{', *'.join(TABLE_ENDINGS)})", file=root)
    named: dict[str, str] = {}
    for inside, path in sorted(tables):
        name = _table_name(inside)
        if name in named:
            raise RecordingError(f"is for the same recording as {named[name]}; keep one of them", file=path)
        named[name] = path
    return named


def subject_of(name: str) -> tuple[str, str]:
    """Return who was recorded, and how that is known: a name of :data:`SUBJECT_FROM`.

    Examples
    --------
    >>> subject_of("ses-01/sub-07_run-01"), subject_of("chb01/chb01_03"), subject_of("night")
    (('sub-07', 'sub'), ('chb01', 'folder'), ('night', 'file'))
    """
    said = _SUBJECT.search(name)
    if said is not None:
        return said[1], "sub"
    folder, slash, _ = name.partition("/")
    return (folder, "folder") if slash else (name, "file")


def _is_folder(path: Path | str) -> bool:
    if not Path(path).exists():
        raise RecordingError("there is no such file or folder", file=path)
    return Path(path).is_dir()


def _walk(folder: str, inside: str, is_bids: bool, other: Path | None) -> Iterator[tuple[str, str]]:
    """Yield the relative and the whole path of everything that may be a table, as text: trees are large."""
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith("."):
                continue
            if entry.is_dir(follow_symlinks=False):
                is_other = other is not None and name == other.name and Path(entry.path).resolve() == other
                is_left_out = is_bids and not inside and not name.startswith("sub-")
                if not is_other and not is_left_out and name not in _NO_RESULTS:
                    yield from _walk(entry.path, f"{inside}{name}/", is_bids, other)
            elif name.endswith((".tsv", ".json")) and not name.endswith(OTHER_TABLES) and (inside or not is_bids):
                yield inside + name, entry.path


def _table_name(file: str) -> str:
    name = file[: file.rindex(".")] if "." in file else file
    return name.removesuffix("_events").removesuffix("_eeg")


def _match(readers: Mapping[str, str], detectors: Mapping[str, str]) -> dict[str, str]:
    """Return reference → hypothesis by name."""
    partners = {name: name for name in readers if name in detectors}
    if len(partners) == len(readers) == len(detectors):
        return partners
    reader_of, detector_of = _by_stem(readers), _by_stem(detectors)
    for stem, name in reader_of.items():
        partner = detector_of.get(stem)
        if partner is not None and name not in partners and partner not in readers:
            partners[name] = partner
    return partners


def _by_stem(names: Iterable[str]) -> dict[str, str]:
    """Return stem → name for the stems that occur once."""
    stems = {name: name.rpartition("/")[2] for name in names}
    often = Counter(stems.values())
    return {stem: name for name, stem in stems.items() if often[stem] == 1}


def _list_some(files: tuple[str, ...]) -> str:
    listed = ", ".join(files[:_NAMED])
    return listed if len(files) <= _NAMED else f"{len(files)} files, the first {listed}"
