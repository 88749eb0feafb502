"""What a reader said of one recording, as the truth that a detector is taught by.

An accepted event is a seizure, with its edges as the reader left them. A rejected one is background: what looks like a
seizure and is none is what a detector has most to learn from. Of an undecided one nobody knows what it is, so its time
is neither. What lies outside of all events is background where everything is decided; where something is not, the
reader is not through, and nobody knows. A recording without any decision tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ictal.core.events import Annotations, Event
from ictal.core.spans import Span, intersect_spans
from ictal.data.schemes import without_spans
from ictal.review.items import Item


@dataclass(frozen=True, slots=True)
class Said:
    """What a reader said of one recording.

    Parameters
    ----------
    seizures : tuple of Event
        Accepted.
    background : tuple of Event
        Rejected, or accepted as something else than a seizure.
    undecided : tuple of Event

    Examples
    --------
    >>> said = Said((Event(10.0, 20.0),), (Event(50.0, 5.0),), (Event(25.0, 10.0),))
    >>> said.is_complete, said.known(60.0)
    (False, ((10.0, 30.0), (50.0, 55.0)))
    >>> Said((Event(10.0, 20.0),)).known(60.0)
    ((0.0, 60.0),)
    """

    seizures: tuple[Event, ...] = ()
    background: tuple[Event, ...] = ()
    undecided: tuple[Event, ...] = ()

    @property
    def decided(self) -> tuple[Event, ...]:
        """All that was decided, by onset."""
        return tuple(sorted((*self.seizures, *self.background), key=lambda event: event.span))

    @property
    def is_complete(self) -> bool:
        """Whether something was decided, and nothing is left to decide."""
        return bool(self.decided) and not self.undecided

    def known(self, duration: float) -> tuple[Span, ...]:
        """Return the time of so many seconds of which it is known what it is.

        Where events overlap, what is a seizure is known whatever else was proposed there; what is background is not
        while something undecided lies over it.
        """
        if self.is_complete:
            return ((0.0, duration),)
        open_spans = [event.span for event in self.undecided]
        quiet = without_spans((event.span for event in self.background), open_spans)
        return intersect_spans([*quiet, *(event.span for event in self.seizures)], [(0.0, duration)])

    def reference(self, duration: float) -> Annotations:
        """Return the seizures; what they do not cover is background as far as it is known."""
        return Annotations(self.seizures, duration)


def hear(items: Iterable[Item]) -> Said:
    """Return what a reader said, from all items of a recording; events that the reader took back are nothing.

    Examples
    --------
    >>> taken, left = Event(10.0, 20.0), Event(50.0, 5.0)
    >>> items = [Item("night", "p1", "line-length", taken, taken, "accepted"), Item("night", "p2", "", left, left)]
    >>> hear(items)
    Said(seizures=(Event(onset=10.0, duration=20.0, event_type='sz', confidence=None, channels=()),), background=(), \
undecided=(Event(onset=50.0, duration=5.0, event_type='sz', confidence=None, channels=()),))
    """
    by_verdict: dict[str, list[Event]] = {"seizures": [], "background": [], "undecided": []}
    for item in items:
        if item.verdict == "accepted":
            by_verdict["seizures" if item.event.is_seizure else "background"].append(item.event)
        elif item.verdict == "rejected":
            by_verdict["background"].append(item.event)
        elif item.verdict == "undecided":
            by_verdict["undecided"].append(item.event)
    return Said(**{name: tuple(events) for name, events in by_verdict.items()})
