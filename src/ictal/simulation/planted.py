"""Things that pass and are known: a piece of signal together with the event that it is."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from ictal.core.events import Event
from ictal.core.spans import Span, merge_spans
from ictal.simulation.layers import Transient, TransientLayer
from ictal.simulation.scene import Part


@dataclass(frozen=True, eq=False, slots=True)
class Planted:
    """Something that passes.

    Parameters
    ----------
    transients : tuple of Transient
        What the electrodes see of it.
    event : Event
        What is true while it lasts.
    """

    transients: tuple[Transient, ...]
    event: Event


def planted_part(planted: Iterable[Planted]) -> Part:
    """Return one layer of all transients, and the events in the order in which they came."""
    things = list(planted)
    layer = TransientLayer(transient for thing in things for transient in thing.transients)
    return Part((layer,), tuple(thing.event for thing in things))


def planted_inside(planted: Iterable[Planted], spans: Iterable[Span], apart: float) -> list[Planted]:
    """Return those that are wholly inside one of some spans, and begin a while after the last one that was kept ended.

    Parameters
    ----------
    planted : iterable of Planted
        Sorted by onset.
    spans : iterable of (start, stop)
        Seconds.
    apart : float
        Seconds.

    Examples
    --------
    >>> things = [Planted((), Event(onset, 2.0, "spike")) for onset in (0.0, 1.0, 3.0, 9.0)]
    >>> [thing.event.onset for thing in planted_inside(things, [(0.0, 10.0)], apart=0.5)]
    [0.0, 3.0]
    """
    allowed = merge_spans(spans)
    starts = [start for start, _ in allowed]
    kept: list[Planted] = []
    for thing in planted:
        number = bisect_right(starts, thing.event.onset) - 1
        inside = number >= 0 and thing.event.stop <= allowed[number][1]
        if inside and (not kept or thing.event.onset >= kept[-1].event.stop + apart):
            kept.append(thing)
    return kept
