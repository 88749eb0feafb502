"""One reader: the items as this reader sees them, and the decisions that change them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

from ictal.core.errors import IctalError, OutputError, ParameterError
from ictal.core.events import Annotations, Event
from ictal.io.atomic import refused_output
from ictal.io.events_tsv import MISSING, encode_row, write_events
from ictal.review.decision import Decision
from ictal.review.folder import ReviewFolder, check_place, check_reader_name
from ictal.review.items import Item, apply_decisions, last_to_undo
from ictal.review.journal import Journal

TOLERANCE = 0.01
"""Seconds that an event may seem to outlast its recording, since tables round its onset and duration to 0.01 s."""

Place = tuple[str, str]


class ConflictError(IctalError):
    """A decision was made without knowledge of a later one on the same item; it is not kept.

    Parameters
    ----------
    item : Item
        As it stands.
    """

    def __init__(self, item: Item) -> None:
        self.item = item
        super().__init__(
            f"item: {item.name!r} has been decided elsewhere meanwhile and is {item.verdict} now; decide again."
        )

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.item,)


class NothingToUndoError(IctalError):
    """There is no decision that could be taken back."""


class Reader:
    """What one reader says of the items of a review, kept in a journal and shown as tables of events.

    Any number of threads, and of programs on one folder, may use readers of one name at once.

    Parameters
    ----------
    name : str
        See :func:`ictal.review.folder.check_reader_name`.
    folder : ReviewFolder
    proposals : callable
        Gives the items as they were proposed; asked again each time, so that later ones are seen.
    durations : mapping of str to float, optional
        Seconds of each recording, by place, as far as they are known.

    Attributes
    ----------
    problems : dict of str to str
        Why the table of a recording could not be written, by place, without the name of the file. Its decisions are in
        the journal all the same; the table is tried again with each decision.

    Examples
    --------
    >>> import tempfile
    >>> from ictal.review.items import propose
    >>> (item,) = propose("night", "line-length", [Event(12.0, 30.0)])
    >>> with tempfile.TemporaryDirectory() as path:
    ...     reader = Reader("anna", ReviewFolder.create(path), lambda: [item], {"night": 60.0})
    ...     now = reader.decide(Decision("k1", "night", item.name, 0, "accepted", Event(13.0, 20.0)))
    ...     print(now.verdict, reader.folder.table("anna", "night").read_text().splitlines()[1].split("\\t")[:3])
    accepted ['13.00', '20.00', 'sz']
    """

    def __init__(
        self,
        name: str,
        folder: ReviewFolder,
        proposals: Callable[[], Iterable[Item]],
        durations: Mapping[str, float] | None = None,
    ) -> None:
        self.name = check_reader_name(name)
        self.folder = folder
        self.problems: dict[str, str] = {}
        self._proposals = proposals
        self._durations = {} if durations is None else durations
        self._journal = Journal(folder.journal(self.name))
        self._threads = threading.RLock()
        self._proposed: tuple[Item, ...] = ()
        self._decisions: tuple[Decision, ...] = ()
        self._items: dict[Place, Item] = {}

    @property
    def notes(self) -> tuple[str, ...]:
        """What could not be read of the journal."""
        return self._journal.notes

    @property
    def decisions(self) -> tuple[Decision, ...]:
        """All that this reader decided, in order."""
        return self._journal.decisions

    def items(self) -> tuple[Item, ...]:
        """Return all items as they stand, the proposed ones first, in the order of the proposals.

        Raises
        ------
        OutputError
            If the journal cannot be read.
        """
        proposed = tuple(self._proposals())
        with self._threads:
            return tuple(self._stand(proposed).values())

    def decide(self, decision: Decision) -> Item:
        """Keep a decision, and return its item as it stands then.

        When this returns, the decision is on disk. The same key again changes nothing.

        Raises
        ------
        ConflictError
            If the item has been decided meanwhile.
        ParameterError
            If the event does not lie within the recording, has no length, or cannot stand in a table; if the key was
            used for another decision.
        OutputError
            If the decision cannot be written. In all these cases nothing is kept.
        """
        proposed = tuple(self._proposals())
        with self._threads, self._journal.held():
            item = self._stand(proposed).get(_place(decision))
            kept = self._journal.append(decision, lambda _: self._check(decision, item))
            if not _says_the_same(kept, decision):
                raise ParameterError(f"key: {decision.key!r} is not allowed; it was used for another decision.")
            return self._show(kept, proposed)

    def undo(self, key: str) -> tuple[Item, str]:
        """Take back the last decision that stands, and return its item as it stands then, and the key taken back.

        An item has again the verdict, the event and the comment that it had before; an event of the reader's own is
        withdrawn. The same key again changes nothing.

        Parameters
        ----------
        key : str
            Of the undoing, which is a decision too.

        Raises
        ------
        NothingToUndoError
            If no decision is left.
        ParameterError
            If the key was used for a decision that takes back nothing.
        OutputError
            If it cannot be written; then nothing is taken back.
        """
        proposed = tuple(self._proposals())
        with self._threads, self._journal.held():
            self._stand(proposed)
            kept = self._journal.find(key)
            if kept is None:
                kept = self._journal.append(self._taking_back_last(key))
            if not kept.undoes:
                raise ParameterError(f"key: {key!r} is not allowed; it was used for another decision.")
            return self._show(kept, proposed), kept.undoes

    def write_tables(self) -> None:
        """Write the tables of all recordings; of one in which nothing is accepted, it says that it was background.

        Recordings are those of whom the duration is known or that have items. What cannot be written is told in
        :attr:`problems`.

        Raises
        ------
        OutputError
            If the folder of the reader cannot be written.
        """
        proposed = tuple(self._proposals())
        with self._threads, self._journal.held():
            self._write_tables({*self._durations, *(place for place, _ in self._stand(proposed))})

    def _stand(self, proposed: tuple[Item, ...]) -> dict[Place, Item]:
        """Return the items with all decisions applied; only those that are new are applied anew."""
        decisions = self._journal.decisions
        n_known = len(self._decisions)
        if proposed != self._proposed or decisions[:n_known] != self._decisions:
            self._items = _apply(proposed, decisions)
        elif new := decisions[n_known:]:
            touched = [self._items[place] for place in dict.fromkeys(map(_place, new)) if place in self._items]
            self._items |= _apply(touched, new)
        self._proposed, self._decisions = proposed, decisions
        return self._items

    def _check(self, decision: Decision, item: Item | None) -> None:
        check_place(decision.recording)
        if decision.undoes:
            raise ParameterError(f"undoes: {decision.undoes!r} is not allowed; a decision is taken back by undoing it.")
        if item is None and decision.revision:
            raise ParameterError(f"item: {decision.item!r} is not allowed; there is no such item.")
        if item is not None and item.revision != decision.revision:
            raise ConflictError(item)
        if decision.verdict == "withdrawn" and item is not None and item.proposed is not None:
            raise ParameterError("verdict: 'withdrawn' is not allowed; what was proposed can be rejected.")
        as_it_is = item is not None and item.event == decision.event
        if decision.verdict == "accepted" or not as_it_is:
            check_event(decision.event, self._durations.get(decision.recording))

    def _taking_back_last(self, key: str) -> Decision:
        decisions = self._decisions
        last = last_to_undo(decisions)
        if last is None:
            raise NothingToUndoError("undo: there is no decision left to take back.")
        now = self._items[_place(last)]
        earlier = [said for said in takewhile(lambda said: said is not last, decisions) if _place(said) == _place(last)]
        proposed = [item for item in self._proposed if (item.recording, item.name) == _place(last)]
        before = _apply(proposed, earlier).get(_place(last))
        if before is None:
            before = replace(now, verdict="withdrawn", comment="")
        return Decision(
            key, now.recording, now.name, now.revision, before.verdict, before.event, before.comment, last.key
        )

    def _show(self, kept: Decision, proposed: tuple[Item, ...]) -> Item:
        item = self._stand(proposed)[_place(kept)]
        self._write_tables({kept.recording, *self.problems})
        return item

    def _write_tables(self, places: Collection[str]) -> None:
        items: dict[str, list[Item]] = {place: [] for place in places}
        for item in self._items.values():
            if item.recording in items:
                items[item.recording].append(item)
        for place, there in items.items():
            known_end = max((item.event.stop for item in there), default=0.0)
            accepted = (item.event for item in there if item.verdict == "accepted")
            self._write_table(place, Annotations(accepted, self._durations.get(place, known_end)))

    def _write_table(self, place: str, events: Annotations) -> None:
        try:
            _write_into_folder(self.folder.table(self.name, place), events)
        except (OutputError, ValueError) as problem:
            named = f"{self.folder.events(self.name) / place}_events.tsv: "
            self.problems[place] = str(problem).removeprefix(named)
        else:
            self.problems.pop(place, None)


def check_event(event: Event, duration: float | None) -> None:
    """Check that an event can be accepted: it has a length, lies within its recording and can stand in a table.

    Parameters
    ----------
    event : Event
    duration : float or None
        Seconds of the recording, if they are known.

    Raises
    ------
    ParameterError
        If it cannot.

    Examples
    --------
    >>> check_event(Event(50.0, 20.0), 60.0)
    Traceback (most recent call last):
    ictal.core.errors.ParameterError: event: 50 to 70 s is not allowed; it must have a length and lie within 0 to 60 s.
    """
    end = float("inf") if duration is None else duration
    if not (0 <= event.onset < event.stop <= end + TOLERANCE):
        raise ParameterError(
            f"event: {event.onset:.10g} to {event.stop:.10g} s is not allowed; "
            f"it must have a length and lie within 0 to {end:.10g} s."
        )
    if event.confidence is not None and not 0 <= event.confidence <= 1:
        raise ParameterError(f"event: confidence {event.confidence!r} is not allowed; it must be from 0 to 1, or none.")
    if event.event_type.strip().lower() in ("", MISSING):
        raise ParameterError(f"event: type {event.event_type!r} is not allowed; it must be the kind of event.")
    try:
        "".join(encode_row(event, event.stop, None)).encode()
    except UnicodeEncodeError:
        raise ParameterError("event: its type or its channels are no text in UTF-8, as a table has it.") from None


def _place(decision: Decision) -> Place:
    return decision.recording, decision.item


def _apply(proposed: Iterable[Item], decisions: Sequence[Decision]) -> dict[Place, Item]:
    """Apply decisions; what was withdrawn while nobody proposed it is undecided where somebody does."""
    return {
        place: replace(item, verdict="undecided", event=item.proposed, comment="")
        if item.verdict == "withdrawn" and item.proposed is not None
        else item
        for place, item in apply_decisions(proposed, decisions).items()
    }


def _says_the_same(kept: Decision, decision: Decision) -> bool:
    return replace(kept, at=decision.at, revision=decision.revision) == decision


def _write_into_folder(path: Path, events: Annotations) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refused_output(error, path) from error
    write_events(path, events)
