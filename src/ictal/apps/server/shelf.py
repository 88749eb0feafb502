"""The recordings of the opened folder: each is opened when it is asked for, and again when its file comes back."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from ictal.core.errors import IctalError, RecordingError
from ictal.core.recording import Recording
from ictal.io.discover import FoundRecording
from ictal.review.folder import place_of

Stamp = tuple[int, int, int]
"""When a file was changed, how long it is, and which it is: another stamp is another file."""


class UnknownRecordingError(IctalError):
    """The page asked for a recording that is not on the shelf."""


class UnreachableError(IctalError):
    """What is asked for cannot be read at the moment."""


@dataclass(eq=False)
class Place:
    """A recording on the shelf.

    Attributes
    ----------
    id : str
        What it is called over HTTP; says nothing of its name.
    name : str
        What decisions call it: its folder and the stem of its results.
    title : str
        What is shown.
    found : FoundRecording
    """

    id: str
    name: str
    title: str
    found: FoundRecording
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _stamp: Stamp | None = None
    _opened: Recording | RecordingError = field(default_factory=lambda: RecordingError("was not opened"), repr=False)

    def stamp(self) -> Stamp:
        """Return what says whether the file is still the same.

        Raises
        ------
        UnreachableError
            If it cannot be reached.
        """
        try:
            status = self.found.path.stat()
        except OSError as problem:
            raise UnreachableError(f"{self.title}: cannot be reached: {problem.strerror}") from None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def open(self) -> Recording:
        """Return the recording; it is opened anew if its file has changed.

        Raises
        ------
        UnreachableError
            If its disk is gone.
        RecordingError
            If it is damaged.
        """
        stamp = self.stamp()
        with self._lock:
            if self._stamp != stamp:
                self._opened, self._stamp = _open(self.found), stamp
            if isinstance(self._opened, Recording):
                return self._opened
            raise RecordingError(self._opened.problem, field=self._opened.field, file=self.title)


def _open(found: FoundRecording) -> Recording | RecordingError:
    try:
        return found.read()
    except RecordingError as problem:
        return problem
    except Exception as fault:  # in one file shall not cost the review of the others
        return RecordingError(f"cannot be read: {type(fault).__name__} (a fault in ictal)")


class Shelf:
    """All recordings by id, in their order.

    Parameters
    ----------
    titles : mapping of FoundRecording to str
        From :func:`ictal.apps.server.privacy.name_recordings`.

    Examples
    --------
    >>> from pathlib import Path
    >>> shelf = Shelf({FoundRecording(Path("in/night.edf"), Path("in"), "night"): "recording 1"})
    >>> [(place.id, place.name) for place in shelf.places]
    [('4683da74507b', 'in/night')]
    """

    def __init__(self, titles: Mapping[FoundRecording, str]) -> None:
        self._by_id: dict[str, Place] = {}
        for found, title in titles.items():
            name = place_of(found)
            self._by_id[identify(name)] = Place(identify(name), name, title, found)

    @property
    def places(self) -> tuple[Place, ...]:
        """All of them."""
        return tuple(self._by_id.values())

    def find(self, id: str) -> Place:
        """Return a recording; the id is looked up and never becomes a path.

        Raises
        ------
        UnknownRecordingError
            If there is none of that id.
        """
        place = self._by_id.get(id)
        if place is None:
            raise UnknownRecordingError("there is no such recording")
        return place

    def holds(self, id: str) -> bool:
        """Whether there is a recording of that id."""
        return id in self._by_id


def identify(name: str) -> str:
    """Return what a recording is called over HTTP.

    Examples
    --------
    >>> identify("sub-01/eeg/sub-01_task-sz")
    '5e1b5fac8d2d'
    """
    return hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:12]
