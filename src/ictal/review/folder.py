"""The folder of a review: where everything lies, what is reviewed, and who may review it."""

from __future__ import annotations

import json
import os
import re
import secrets
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from ictal.core.errors import OutputError, ParameterError, RecordingError, located
from ictal.io.atomic import atomic_write, ensure_folder, refused_output
from ictal.io.discover import FoundRecording
from ictal.io.json_file import read_json_file

FORMAT = "ictal review"
VERSION = 1

LONGEST_NAME = 60
"""Characters in the name of a reader; of any script, it still fits into the 255 bytes of a folder's name."""

PATIENCE = 10.0
"""Seconds to wait for another program that writes to the same file."""

_SHORTEST_TOKEN = 32
_LETTERS_AND_DIGITS = ("L", "M", "Nd")


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What is reviewed: the recordings, and the folder of their results if there was one."""

    recordings: tuple[FoundRecording, ...]
    results: Path | None = None


class ReviewFolder:
    """The folder that keeps a review.

    Parameters
    ----------
    path : path
        Nothing is made and nothing is looked at yet; see :meth:`create` and :meth:`open`.

    Examples
    --------
    >>> folder = ReviewFolder("ictal-review")
    >>> folder.journal("anna").as_posix()
    'ictal-review/readers/anna/journal.jsonl'
    >>> folder.table("anna", "sub-01/eeg/sub-01_task-sz").as_posix()
    'ictal-review/readers/anna/events/sub-01/eeg/sub-01_task-sz_events.tsv'
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)

    @classmethod
    def create(cls, path: Path | str) -> ReviewFolder:
        """Return the folder of a review, and make it where there is none.

        Raises
        ------
        OutputError
            If it cannot be made, or cannot be written to.
        """
        folder = cls(path)
        ensure_folder(folder.path)
        ensure_folder(folder.readers)
        return folder

    @classmethod
    def open(cls, path: Path | str) -> ReviewFolder:
        """Return the folder of a review that is there.

        Raises
        ------
        RecordingError
            If there is none.
        """
        folder = cls(path)
        if not folder.review.is_file():
            raise RecordingError(f"is no folder of `ictal review`; it has no {folder.review.name}", file=path)
        return folder

    @property
    def review(self) -> Path:
        """What is reviewed."""
        return self.path / "review.json"

    @property
    def readers(self) -> Path:
        """Where each reader has a folder."""
        return self.path / "readers"

    @property
    def detected(self) -> Path:
        """What detectors found on behalf of the page, in the layout of ``ictal detect``."""
        return self.path / "detected"

    @property
    def night(self) -> Path:
        """Overviews of whole recordings."""
        return self.path / "night"

    @property
    def reader_names(self) -> tuple[str, ...]:
        """Those who have decided something so far."""
        journals = self.readers.glob("*/journal.jsonl")
        return tuple(sorted(name for journal in journals if is_reader_name(name := journal.parent.name)))

    def journal(self, reader: str) -> Path:
        """Return where the decisions of a reader are kept."""
        return self.readers / check_reader_name(reader) / "journal.jsonl"

    def events(self, reader: str) -> Path:
        """Return the folder of a reader's tables, which mirrors the recordings."""
        return self.readers / check_reader_name(reader) / "events"

    def table(self, reader: str, place: str) -> Path:
        """Return where the table of a reader for one recording lies.

        Raises
        ------
        ParameterError
            If the place lies outside of the folder.
        """
        return self.events(reader) / f"{check_place(place)}_events.tsv"

    def write_review(self, recordings: Iterable[FoundRecording], results: Path | None = None) -> None:
        """Say what is reviewed; what was reviewed before stays listed.

        Raises
        ------
        ParameterError
            If the folder belongs to the review of another recording with a place of the same name, or of other
            channels of an animal, whose decisions would be taken for decisions on this one.
        OutputError
            If the file cannot be written.
        """
        with held_by_one(self.review):
            before = self.read_review() if self.review.exists() else Reviewed(())
            listed = {place_of(found): found for found in before.recordings}
            for found in recordings:
                known = listed.setdefault(place_of(found), found)
                if known.path.exists() and found.path.exists() and not known.path.samefile(found.path):
                    raise ParameterError(
                        f"recordings: {found.path} came; {self.path} holds the review of {known.path}, whose results "
                        "have the same name; choose another folder for this review."
                    )
                if known.channels != found.channels:
                    raise ParameterError(
                        f"animal: {_tell_channels(found)} came; {self.path} holds the review of "
                        f"{_tell_channels(known)}; choose another folder for this review."
                    )
                listed[place_of(found)] = found
            content = {
                "format": FORMAT,
                "version": VERSION,
                "results": None if results is None else self._encode_path(results),
                "recordings": [self._encode_recording(found) for _, found in sorted(listed.items())],
            }
            with atomic_write(self.review, "w") as file:
                json.dump(content, file, indent=1)

    def read_review(self) -> Reviewed:
        """Return what is reviewed; files are found too where the folder has been moved together with them.

        Raises
        ------
        RecordingError
            If the file that says it is missing or damaged.
        """
        content = read_json_file(self.review, "the list of a review", FORMAT, VERSION)
        try:
            results = content["results"]
            return Reviewed(
                tuple(self._decode_recording(values) for values in content["recordings"]),
                None if results is None else self._decode_path(results),
            )
        except (KeyError, TypeError, ValueError) as problem:
            raise RecordingError(f"does not list what is reviewed: {problem!r}", file=self.review) from None

    def tokens(self, readers: Sequence[str]) -> dict[str, str]:
        """Return the secret word of each reader; who has one keeps it, so that an open page goes on after a restart.

        Parameters
        ----------
        readers : sequence of str
            See :func:`check_reader_name`.

        Raises
        ------
        ParameterError
            If a name is not allowed, or differs from another in its capitals alone.
        OutputError
            If the file of tokens, which its owner alone may read, cannot be written.
        """
        names = [check_reader_name(reader) for reader in readers]
        path = self.path / "tokens.json"
        with held_by_one(path):
            kept = _read_tokens(path)
            _refuse_alike({*names, *kept, *self.reader_names})
            tokens = {name: kept[name] if name in kept else secrets.token_urlsafe(24) for name in names}
            with atomic_write(path, "w") as file:
                Path(file.name).chmod(0o600)
                json.dump(kept | tokens, file, ensure_ascii=False, indent=1)
        return tokens

    def _encode_path(self, path: Path) -> dict[str, str | None]:
        try:
            relative = Path(os.path.relpath(path.absolute(), self.path.absolute())).as_posix()
        except ValueError:
            relative = None
        return {"relative": relative, "absolute": os.path.normpath(path.absolute())}

    def _decode_path(self, values: dict[str, Any]) -> Path:
        if values["relative"] is not None:
            near = Path(os.path.normpath(self.path.absolute() / values["relative"]))
            if near.exists():
                return near
        return Path(values["absolute"])

    def _encode_recording(self, found: FoundRecording) -> dict[str, Any]:
        values: dict[str, Any] = {"place": place_of(found), **self._encode_path(found.path)}
        if found.animal is not None:
            values |= {"animal": found.animal, "channels": found.channels}
        return values

    def _decode_recording(self, values: dict[str, Any]) -> FoundRecording:
        place = Path(check_place(values["place"]))
        found = FoundRecording(self._decode_path(values), place.parent, place.name)
        if "animal" not in values:
            return found
        return replace(found, animal=values["animal"], channels=_check_labels(values["channels"]))


def place_of(found: FoundRecording) -> str:
    """Return the name of a recording in a review: the place of its results.

    Examples
    --------
    >>> place_of(FoundRecording(Path("in/a/night.edf"), Path("a"), "night"))
    'a/night'
    """
    return (found.relative / found.stem).as_posix()


def _tell_channels(found: FoundRecording) -> str:
    return f"{found.animal}={','.join(found.channels)}" if found.animal is not None else f"all of {found.path}"


def _check_labels(labels: Any) -> tuple[str, ...]:
    if not isinstance(labels, list) or not labels or not all(isinstance(label, str) for label in labels):
        raise ValueError(f"channels: {labels!r} is not allowed; allowed is a list of labels")
    return tuple(labels)


def check_place(place: str) -> str:
    """Return the place of a recording if it lies inside of the folder that it is added to.

    Raises
    ------
    ParameterError
        If it leads out of the folder, or is no path.
    """
    path = PurePosixPath(place)
    leads_out = path.is_absolute() or ".." in path.parts
    if leads_out or path.as_posix() != place or not path.name or "\0" in place or not _is_encodable(place):
        raise ParameterError(f"recording: {place!r} is not allowed; it must be the place of a recording's results.")
    return place


def _is_encodable(name: str) -> bool:
    try:
        os.fsencode(name)
    except UnicodeEncodeError:
        return False
    return True


def is_reader_name(name: str) -> bool:
    """Whether a reader may have this name, in this spelling."""
    allowed = all(sign in "-_. " or unicodedata.category(sign).startswith(_LETTERS_AND_DIGITS) for sign in name)
    inner = name == name.strip(". ")
    return 0 < len(name) <= LONGEST_NAME and allowed and inner and name == unicodedata.normalize("NFC", name)


def check_reader_name(name: str) -> str:
    """Return the name of a reader, which is the name of the reader's folder too.

    Raises
    ------
    ParameterError
        If it is not allowed.

    Examples
    --------
    >>> check_reader_name("Anna-Lena K. Öz")
    'Anna-Lena K. Öz'
    """
    spelt = unicodedata.normalize("NFC", name)
    if not is_reader_name(spelt):
        raise ParameterError(
            f"reader: {name!r} is not allowed; a name has 1 to {LONGEST_NAME} letters, digits, '-' and '_', "
            "with dots and spaces between them."
        )
    return spelt


@contextmanager
def held_by_one(path: Path) -> Iterator[None]:
    """Let no other thread or process write to a file; the lock is a file beside it.

    Raises
    ------
    OutputError
        If the lock cannot be made, or another program does not let go of it.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=PATIENCE, poll_interval=0.002)
    try:
        if not path.parent.is_dir():
            raise FileNotFoundError(2, "No such file or directory")
        lock.acquire()
    except Timeout:
        problem = f"another program has been writing to it for {PATIENCE:g} s; close that program and try again"
        raise OutputError(located(problem, file=path)) from None
    except OSError as error:
        raise refused_output(error, path) from error
    try:
        yield
    finally:
        lock.release()


def _read_tokens(path: Path) -> dict[str, str]:
    """Return the tokens that are good; in the place of others new ones are made."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(content, dict):
        return {}
    good = re.compile(rf"[\w-]{{{_SHORTEST_TOKEN},}}", re.ASCII)
    return {
        name: token
        for name, token in content.items()
        if is_reader_name(name) and isinstance(token, str) and good.fullmatch(token)
    }


def _refuse_alike(names: set[str]) -> None:
    seen: dict[str, str] = {}
    for name in sorted(names):
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            raise ParameterError(f"reader: {name!r} and {other!r} are not allowed together; use one spelling.")
