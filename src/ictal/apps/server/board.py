"""What the server holds: the recordings, what is proposed for them, the readers, and what was answered lately."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from ictal.apps.console import RESEARCH_ONLY
from ictal.apps.server.messages import DecisionRequest
from ictal.apps.server.pace import measure_pace
from ictal.apps.server.privacy import Privacy, name_recordings
from ictal.apps.server.shelf import Place, Shelf, UnreachableError, identify
from ictal.apps.server.showing import read_event
from ictal.apps.server.turns import Turns
from ictal.core.errors import IctalError
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.experiments.review_runs import Run, RunQueue, list_runnable
from ictal.io.discover import FoundRecording
from ictal.io.scores_file import read_scores
from ictal.preprocessing.display import DISPLAY_BAND
from ictal.review.decision import Decision
from ictal.review.display_montages import list_montages
from ictal.review.folder import ReviewFolder
from ictal.review.items import Item
from ictal.review.night import encode_night, read_night
from ictal.review.page_cache import PageCache
from ictal.review.page_codec import encode_page
from ictal.review.proposals import RECORD, SCORES, TABLE, Proposals, read_proposals
from ictal.review.reader import Reader
from ictal.review.signal_page import SignalQuery, read_page

_N_AT_ONCE = 8
"""Headers that are read at once: a slow disk is waited for, not worked for."""

_FIRST_PAGE = 10.0
"""Seconds; reading some of a file loads what filters it, so that the reader need not wait for that."""


class UnknownItemError(IctalError):
    """The page asked for an item that is not there."""


@dataclass(frozen=True)
class ReviewSettings:
    """How a review is shown and what runs in it.

    Parameters
    ----------
    results : Path or None
        What ``ictal detect`` wrote.
    show_identity : bool
        Whether names and dates may be shown.
    mapping : mapping of str to str
        What odd labels mean: label → electrode or lead.
    detector : str or None
        Explains items of which no record says who found them; ``None`` chooses by the recording.
    """

    results: Path | None = None
    show_identity: bool = False
    mapping: Mapping[str, str] = field(default_factory=dict)
    detector: str | None = None


@dataclass(frozen=True)
class _Known:
    """What was proposed when it was read, and from where."""

    stamp: tuple[object, ...]
    had_results: bool
    proposals: Proposals


class ReviewBoard:
    """All that the pages of a review ask for; every method may be called by many threads at once.

    Parameters
    ----------
    found : sequence of FoundRecording
        What is reviewed.
    folder : ReviewFolder
        Where decisions are kept.
    readers : sequence of str
        Who decides.
    settings : ReviewSettings
    """

    research = RESEARCH_ONLY

    def __init__(
        self, found: Sequence[FoundRecording], folder: ReviewFolder, readers: Sequence[str], settings: ReviewSettings
    ) -> None:
        titles = name_recordings(found, show_identity=settings.show_identity)
        others = {folder.path: "the folder of the review"}
        if settings.results is not None:
            others[settings.results] = "the results"
        self.settings = settings
        self.folder = folder
        self.privacy = Privacy(titles, others, show_identity=settings.show_identity)
        self.shelf = Shelf(titles)
        self.answers = PageCache()
        self.turns = Turns()
        self.durations: dict[str, float] = {}
        self.readers: dict[str, Reader] = {}
        self._proposals: dict[str, _Known] = {}
        named = [] if settings.detector is None else [settings.detector]
        self.runs = RunQueue(folder.detected, list_runnable(named))
        self._lock = threading.Lock()
        self._looking = threading.Lock()
        for name in readers:
            self.reader(name)

    def reader(self, name: str) -> Reader:
        """Return a reader, also one who decided before and is not named now."""
        with self._lock:
            if name not in self.readers:
                self.readers[name] = Reader(name, self.folder, self.list_proposed, self.durations)
            return self.readers[name]

    def open(self, place: Place) -> Recording:
        """Return a recording; see :meth:`ictal.apps.server.shelf.Place.open`."""
        recording = place.open()
        self.durations[place.name] = recording.duration
        return recording

    def open_all(self) -> dict[str, Recording | IctalError]:
        """Return every recording, or why it cannot be opened, by id; several are opened at once."""

        def look(place: Place) -> Recording | IctalError:
            try:
                return self.open(place)
            except IctalError as problem:
                return problem

        places = self.shelf.places
        with ThreadPoolExecutor(_N_AT_ONCE) as pool:
            return dict(zip((place.id for place in places), pool.map(look, places), strict=True))

    def montages(self, recording: Recording) -> tuple[str, ...]:
        """Return the montages that can be made of a recording."""
        return list_montages(recording, self.settings.mapping)

    def warm_up(self) -> None:
        """Open every recording, read a first page, and write the tables of every reader: one for each recording."""
        opened = self.open_all()
        for place in self.shelf.places:
            recording = opened[place.id]
            if isinstance(recording, Recording):
                first = SignalQuery(0.0, _FIRST_PAGE, self.montages(recording)[0], *DISPLAY_BAND)
                with contextlib.suppress(IctalError):
                    self.signal(place, first)
                break
        for reader in tuple(self.readers.values()):
            with contextlib.suppress(IctalError):
                reader.write_tables()

    def proposals(self, place: Place) -> Proposals:
        """Return what is proposed for a recording; its tables are read again when they have changed.

        While the disk of the recording or that of the results is gone, it is what was proposed before.
        """
        stamp = self._stamp_tables(place)
        with self._lock:
            known = self._proposals.get(place.id)
        has_results = self._has_results()
        if known is not None and (known.stamp == stamp or known.had_results > has_results or not _is_reachable(place)):
            return known.proposals
        read = read_proposals(
            place.found,
            place.name,
            self.settings.results,
            self.folder.detected,
            duration=self.durations.get(place.name),
        )
        with self._lock:
            self._proposals[place.id] = _Known(stamp, has_results, read)
        return read

    def scores(self, place: Place, fingerprint: str | None = None) -> Scores | None:
        """Return the probabilities behind the proposals, if they can be read, and are of the detector that is meant."""
        proposals = self.proposals(place)
        if proposals.scores is None or fingerprint not in (None, proposals.fingerprint):
            return None
        with contextlib.suppress(IctalError):
            return read_scores(proposals.scores)
        return None

    def list_proposed(self) -> list[Item]:
        """Return all that is proposed, recording by recording."""
        return [item for place in self.shelf.places for item in self.proposals(place).items]

    def items(self, reader: str) -> list[Item]:
        """Return how all items stand for a reader."""
        return [item for item in self.reader(reader).items() if self.shelf.holds(identify(item.recording))]

    def pace(self, reader: str) -> float | None:
        """Return how many seconds an item took this reader lately."""
        return measure_pace(self.reader(reader).decisions)

    def signal(self, place: Place, query: SignalQuery) -> bytes:
        """Return a page of EEG as it travels; see :func:`ictal.review.signal_page.read_page`."""
        recording = self.open(place)
        asked = ("signal", place.id, place.stamp(), query)
        return self.answers.get(asked, lambda: encode_page(read_page(recording, query, self.settings.mapping)))

    def night(self, place: Place, n_columns: int) -> bytes:
        """Return a whole recording at a glance; see :func:`ictal.review.night.read_night`."""
        recording, tables = self.open(place), self._stamp_tables(place)
        # A disk that is not there now must not come back as an empty folder in its place.
        kept = self.folder.night / f"{place.id}-{n_columns}.npz" if self.folder.path.is_dir() else None

        def look() -> bytes:
            scores, threshold = self.scores(place), self.proposals(place).threshold
            mapping = self.settings.mapping
            night = read_night(recording, scores, n_columns, mapping=mapping, cache=kept, threshold=threshold)
            return encode_night(night)

        asked = ("night", place.id, place.stamp(), tables, n_columns)
        with self._looking:
            return self.answers.get(asked, look)

    def start_run(self, place: Place, detector: str) -> Run:
        """Run a detector on a recording; see :meth:`ictal.experiments.review_runs.RunQueue.start`."""
        self.open(place)
        if not self.folder.path.is_dir():
            raise UnreachableError("the folder of the review cannot be reached")
        return self.runs.start(place.found, detector, self.settings.mapping)

    def find_item(self, reader: str, place: Place, name: str) -> Item:
        """Return how one item stands for a reader.

        Raises
        ------
        UnknownItemError
            If there is none of that name.
        """
        for item in self.reader(reader).items():
            if (item.recording, item.name) == (place.name, name):
                return item
        raise UnknownItemError("there is no such item")

    def decide(self, reader: str, said: DecisionRequest) -> Item:
        """Keep a decision; see :meth:`ictal.review.reader.Reader.decide`."""
        place = self.shelf.find(said.recording)
        decision = Decision(
            said.key, place.name, said.item, said.revision, said.verdict, read_event(said.event), said.comment
        )
        return self.reader(reader).decide(decision)

    def undo(self, reader: str, key: str) -> tuple[Item, str]:
        """Take the last decision back; see :meth:`ictal.review.reader.Reader.undo`."""
        return self.reader(reader).undo(key)

    def _has_results(self) -> bool:
        return self.settings.results is not None and self.settings.results.is_dir()

    def _stamp_tables(self, place: Place) -> tuple[object, ...]:
        """Return what changes when a table of proposals does."""
        folders = [folder for folder in (self.folder.detected, self.settings.results) if folder is not None]
        files = [place.found.output(folder, ending) for folder in folders for ending in (TABLE, SCORES, RECORD)]
        files.append(place.found.table_beside)
        return (*map(_stamp, files), self.durations.get(place.name))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _is_reachable(place: Place) -> bool:
    return place.found.path.exists()
