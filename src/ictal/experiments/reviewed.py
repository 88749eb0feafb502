"""The recordings of a review that teach a detector: whose they are, and what one reader said of each."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from ictal.core.errors import IctalWarning, ParameterError, check_option
from ictal.data.persons import person_of
from ictal.experiments.said import Said, hear
from ictal.io.discover import FoundRecording, find_recordings
from ictal.review.folder import ReviewFolder, place_of
from ictal.review.proposals import read_proposals
from ictal.review.reader import Reader

_SUBJECT = re.compile(r"sub-[0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class HeardRecording:
    """A recording of a review, and what a reader said of it.

    Parameters
    ----------
    found : FoundRecording
    said : Said
    """

    found: FoundRecording
    said: Said

    @property
    def place(self) -> str:
        """What the review calls it."""
        return place_of(self.found)

    @property
    def patient(self) -> str:
        """Whose it is: as its BIDS name says, and which animal of a file; empty where nothing says it."""
        parts = (_SUBJECT.match(part) for part in reversed(self.found.path.parts))
        person = next((person_of(part.group()) for part in parts if part is not None), "")
        return person if self.found.animal is None else f"{person} {self.found.animal}".lstrip()


def read_review(
    path: Path | str, reader: str | None = None, recordings: Sequence[Path | str] = ()
) -> tuple[HeardRecording, ...]:
    """Read what a reader said of the recordings of a review; nothing is written.

    Parameters
    ----------
    path : path
        The folder of ``ictal review``.
    reader : str, optional
        Whose decisions; needed where several readers decided.
    recordings : sequence of path
        Files, or folders of them, that are taken, with all their animals; all of the review where none is given.

    Raises
    ------
    ParameterError
        If there is no such reader, or a recording is none of the review's.
    RecordingError
        If the folder is no review, or damaged.

    Warns
    -----
    IctalWarning
        If a decision or a proposed event cannot be read.
    """
    folder = ReviewFolder.open(path)
    reviewed = folder.read_review()
    wanted = _choose(reviewed.recordings, recordings)
    proposals = [read_proposals(one, place_of(one), reviewed.results, folder.detected) for one in wanted]
    proposed = tuple(chain.from_iterable(one.items for one in proposals))
    listener = Reader(_name_reader(folder, reader), folder, lambda: proposed)
    items = defaultdict(list)
    for item in listener.items():
        items[item.recording].append(item)
    unread = [f"{place_of(one)}: {note}" for one, own in zip(wanted, proposals, strict=True) for note in own.notes]
    for note in (*listener.notes, *unread):
        warnings.warn(f"review: {note}", IctalWarning, stacklevel=2)
    return tuple(HeardRecording(one, hear(items[place_of(one)])) for one in wanted)


def group_by_patient(heard: Sequence[HeardRecording]) -> dict[str, list[HeardRecording]]:
    """Return the recordings of which something was decided, by patient; all of one where no name says whose they are.

    Raises
    ------
    ParameterError
        If nothing is decided, or only some of the names say whose the recordings are.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> said = Said((Event(10.0, 20.0),))
    >>> names = ("sub-01/eeg/sub-01_task-sz_eeg.edf", "sub-02/eeg/sub-02_task-sz_eeg.edf")
    >>> heard = [HeardRecording(FoundRecording(Path(name), Path(), name[:6]), said) for name in names]
    >>> {patient: len(own) for patient, own in group_by_patient(heard).items()}
    {'sub-01': 1, 'sub-02': 1}
    """
    patients: dict[str, list[HeardRecording]] = defaultdict(list)
    for one in heard:
        if one.said.decided:
            patients[one.patient].append(one)
    if not patients:
        raise ParameterError(
            f"review: nothing is decided yet in {len(heard)} recordings, so there is nothing to learn."
        )
    if "" in patients and len(patients) > 1:
        told = ", ".join(one.place for one in patients[""])
        raise ParameterError(
            f"review: the names of {told} do not say whose they are, as those of others do; name the recordings of one "
            "patient."
        )
    return dict(patients)


def tell_unused(heard: HeardRecording) -> Iterator[str]:
    """Yield what of a recording is not used, and why.

    Examples
    --------
    >>> list(tell_unused(HeardRecording(FoundRecording(Path("night.edf"), Path(), "night"), Said())))
    ['night: nothing is decided; it is not used']
    """
    n_open = len(heard.said.undecided)
    events = "1 event is" if n_open == 1 else f"{n_open} events are"
    if not heard.said.decided:
        why = f"{events} undecided and nothing else" if n_open else "nothing is decided"
        yield f"{heard.place}: {why}; it is not used"
    elif n_open:
        yield f"{heard.place}: {events} undecided; of this recording nothing but decided events is used"


def _name_reader(folder: ReviewFolder, reader: str | None) -> str:
    names = folder.reader_names
    if not names:
        raise ParameterError(f"review: nobody has decided anything yet in {folder.path}.")
    if reader is not None:
        return check_option("reader", reader, names)
    if len(names) > 1:
        raise ParameterError(f"reader: {len(names)} have decided; say whose decisions teach: {', '.join(names)}.")
    return names[0]


def _choose(reviewed: Sequence[FoundRecording], recordings: Sequence[Path | str]) -> tuple[FoundRecording, ...]:
    """Return those of a review that are asked for."""
    if not recordings:
        return tuple(reviewed)
    known = defaultdict(list)
    for one in reviewed:
        known[one.path.resolve()].append(one)
    asked = {found.path.resolve(): found for found in find_recordings(recordings)}
    foreign = [str(asked[path].path) for path in asked if path not in known]
    if foreign:
        listed = ", ".join(place_of(one) for one in reviewed)
        raise ParameterError(f"recording: {', '.join(foreign)} is not allowed; the review is of {listed}.")
    return tuple(one for path in asked for one in known[path])
