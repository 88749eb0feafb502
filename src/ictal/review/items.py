"""What there is to decide, and how it stands after a reader's decisions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ictal.core.events import Event
from ictal.review.decision import Decision, Verdict

READER = "reader"
"""Where an item comes from that no detector proposed."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to decide: what was proposed, and what a reader said of it.

    Parameters
    ----------
    recording : str
        The place of the recording's results.
    name : str
        Unique within the recording.
    origin : str
        The detector or table that proposed it; :data:`READER` for an event that a reader made.
    proposed : Event or None
        As it was proposed; ``None`` for an event that a reader made.
    event : Event
        As it stands.
    verdict : str
        See :data:`ictal.review.decision.VERDICTS`.
    comment : str
        What the reader wrote.
    revision : int
        How many decisions on it there are.
    """

    recording: str
    name: str
    origin: str
    proposed: Event | None
    event: Event
    verdict: Verdict = "undecided"
    comment: str = ""
    revision: int = 0

    @property
    def is_decided(self) -> bool:
        """Whether nothing is left to say of it."""
        return self.verdict != "undecided"


def propose(recording: str, origin: str, events: Iterable[Event]) -> tuple[Item, ...]:
    """Return proposed events as items, undecided; an event keeps its name as long as its edges and type stay.

    Examples
    --------
    >>> [item.name for item in propose("night", "line-length", [Event(12.0, 30.5), Event(12.0, 30.5)])]
    ['12.00+30.50-sz', '12.00+30.50-sz-2']
    """
    items: dict[str, Item] = {}
    for event in events:
        name = base = f"{event.onset:.2f}+{event.duration:.2f}-{event.event_type}"
        n_alike = 1
        while name in items:
            n_alike += 1
            name = f"{base}-{n_alike}"
        items[name] = Item(recording, name, origin, event, event)
    return tuple(items.values())


def apply_decisions(proposed: Iterable[Item], decisions: Sequence[Decision]) -> dict[tuple[str, str], Item]:
    """Return how each item stands after a reader's decisions, by recording and name.

    A decision on something that is not proposed, or no more, makes an item: an event of the reader's own, or of a
    detector that has been run anew since. Nothing that was decided gets lost.

    Examples
    --------
    >>> (one,) = propose("night", "line-length", [Event(12.0, 30.0)])
    >>> said = Decision("k1", "night", one.name, 0, "rejected", one.event)
    >>> apply_decisions([one], [said])[one.recording, one.name].verdict
    'rejected'
    """
    items = {(item.recording, item.name): item for item in proposed}
    for decision in decisions:
        place = (decision.recording, decision.item)
        before = items.get(place)
        if before is None:
            before = Item(decision.recording, decision.item, READER, None, decision.event)
        items[place] = replace(
            before,
            event=decision.event,
            verdict=decision.verdict,
            comment=decision.comment,
            revision=before.revision + 1,
        )
    return items


def last_to_undo(decisions: Sequence[Decision]) -> Decision | None:
    """Return the last decision that has not been taken back, or ``None``; undoing is not undone.

    Examples
    --------
    >>> first = Decision("k1", "night", "p1", 0, "accepted", Event(12.0, 30.0))
    >>> second = Decision("k2", "night", "p1", 1, "undecided", Event(12.0, 30.0), undoes="k1")
    >>> last_to_undo([first]).key, last_to_undo([first, second])
    ('k1', None)
    """
    undone = {decision.undoes for decision in decisions if decision.undoes}
    standing = (one for one in reversed(decisions) if not one.undoes and one.key not in undone)
    return next(standing, None)
