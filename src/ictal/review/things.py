"""What readers may agree on: what was proposed to all of them, and what they added."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ictal.core.events import Event
from ictal.core.spans import Span
from ictal.review.items import Item

Answer = Literal["seizure", "no seizure", "undecided"]
"""What a reader says of a thing."""


@dataclass(frozen=True, slots=True)
class Said:
    """One item as one reader left it."""

    reader: str
    item: Item

    @property
    def is_seizure(self) -> bool:
        """Whether the reader calls it a seizure: accepted, with a type of seizure."""
        return self.item.verdict == "accepted" and self.item.event.is_seizure


@dataclass(frozen=True, slots=True)
class Thing:
    """What readers may agree on: one proposal, or events that readers added and that are one, or both.

    Parameters
    ----------
    said : tuple of Said
        All that readers said of it.
    """

    said: tuple[Said, ...]

    @property
    def recording(self) -> str:
        """The place of the recording's results."""
        return self._first.recording

    @property
    def name(self) -> str:
        """The name of what was proposed, or of the first event where none was."""
        return self._first.name

    @property
    def event(self) -> Event:
        """The event as it was proposed, or the first one where none was."""
        return self._first.event if self._first.proposed is None else self._first.proposed

    @property
    def _first(self) -> Item:
        return min(
            (one.item for one in self.said), key=lambda item: (item.proposed is None, item.event.span, item.name)
        )

    def answer(self, reader: str) -> Answer:
        """Return what a reader says of it; who added nothing here says that there is no seizure."""
        own = [one for one in self.said if one.reader == reader]
        if any(one.is_seizure for one in own):
            return "seizure"
        return "undecided" if any(not one.item.is_decided for one in own) else "no seizure"

    def span(self, reader: str) -> Span:
        """Return from when to when a reader who calls it a seizure sees it, in seconds."""
        events = [one.item.event for one in self.said if one.reader == reader and one.is_seizure]
        return min(event.onset for event in events), max(event.stop for event in events)


def gather_things(readers: Mapping[str, Sequence[Item]]) -> list[Thing]:
    """Put together what readers said of the same things.

    A thing is each proposal, and each seizure that a reader added. Added seizures that overlap are one thing. An added
    seizure is one thing with a proposal that it overlaps and that its reader rejected: the reader drew it anew. What a
    reader added and took back, or added as something else than a seizure, is none.

    Parameters
    ----------
    readers : mapping of str to sequence of Item
        Reader → all items as the reader left them.

    Returns
    -------
    list of Thing
        By recording and time.

    Examples
    --------
    >>> own = [
    ...     Item("night", name, "reader", None, Event(onset, 10.0), "accepted") for name, onset in (("a", 5), ("b", 9))
    ... ]
    >>> (thing,) = gather_things({"anna": own[:1], "ben": own[1:], "cleo": []})
    >>> [thing.answer(reader) for reader in ("anna", "ben", "cleo")]
    ['seizure', 'seizure', 'no seizure']
    """
    said = [Said(reader, item) for reader, items in readers.items() for item in items]
    proposed = {(one.item.recording, one.item.name) for one in said if one.item.proposed is not None}
    proposals: defaultdict[str, defaultdict[str, list[Said]]] = defaultdict(lambda: defaultdict(list))
    added: defaultdict[str, list[Said]] = defaultdict(list)
    for one in said:
        if (one.item.recording, one.item.name) in proposed:
            proposals[one.item.recording][one.item.name].append(one)
        elif one.is_seizure or not one.item.is_decided:
            added[one.item.recording].append(one)
    things: list[Thing] = []
    for recording in sorted({*proposals, *added}):
        groups = _join([*proposals[recording].values()], added[recording])
        things += sorted((Thing(tuple(group)) for group in groups), key=lambda thing: thing.event.span)
    return things


def _join(groups: list[list[Said]], added: Iterable[Said]) -> list[list[Said]]:
    """Return the groups with what was added; groups that one of those belongs to are one from then on."""
    for one in added:
        belongs = [any(_is_same(one, other) for other in group) for group in groups]
        joined = [one, *itertools.chain.from_iterable(itertools.compress(groups, belongs))]
        groups = [group for group, is_joined in zip(groups, belongs, strict=True) if not is_joined] + [joined]
    return groups


def _is_same(added: Said, other: Said) -> bool:
    proposed = other.item.proposed
    if proposed is None:
        return _overlap(added.item.event, other.item.event)
    return other.reader == added.reader and other.item.verdict == "rejected" and _overlap(added.item.event, proposed)


def _overlap(event: Event, other: Event) -> bool:
    return event.onset == other.onset or (event.onset < other.stop and other.onset < event.stop)
