"""Detected events beside a reader's: hits, misses, false alarms by any overlap."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.events import Annotations, Event

RULE = (
    "A reference seizure is a hit if any detected event overlaps it, however briefly, and a miss if none does; "
    "a detected event that overlaps no reference seizure is a false alarm."
)


@dataclass(frozen=True)
class Comparison:
    """How detected events and reference seizures meet.

    Attributes
    ----------
    hits, misses : tuple of Event
        Reference seizures that were found, and that were not.
    true_detections, false_alarms : tuple of Event
        Detected events that overlap a reference seizure, and that overlap none.
    """

    hits: tuple[Event, ...]
    misses: tuple[Event, ...]
    true_detections: tuple[Event, ...]
    false_alarms: tuple[Event, ...]


def compare_events(detected: Annotations, reference: Annotations) -> Comparison:
    """Compare detected events with the seizures of a reference by any overlap.

    Parameters
    ----------
    detected, reference : Annotations
        Events that are no seizures do not count.

    Examples
    --------
    >>> found = compare_events(
    ...     Annotations([Event(12.0, 5.0), Event(60.0, 5.0)], 100.0),
    ...     Annotations([Event(10.0, 30.0), Event(80.0, 10.0)], 100.0),
    ... )
    >>> len(found.hits), len(found.misses), len(found.false_alarms)
    (1, 1, 1)
    """
    claims, truths = detected.seizures.events, reference.seizures.events
    found, claimed = which_overlap(truths, claims), which_overlap(claims, truths)
    return Comparison(
        hits=tuple(itertools.compress(truths, found)),
        misses=tuple(itertools.compress(truths, ~found)),
        true_detections=tuple(itertools.compress(claims, claimed)),
        false_alarms=tuple(itertools.compress(claims, ~claimed)),
    )


def which_overlap(events: Sequence[Event], others: Sequence[Event]) -> NDArray[np.bool_]:
    """Return which events share more than an edge with any of the others, shape (n_events,).

    Examples
    --------
    >>> which_overlap([Event(0.0, 2.0), Event(2.5, 1.0)], [Event(2.0, 1.0)]).tolist()
    [False, True]
    """
    starts, stops = _edges(events)
    other_starts, other_stops = _edges(others)
    return np.asarray(((starts[:, None] < other_stops) & (other_starts < stops[:, None])).any(axis=1))


def _edges(events: Sequence[Event]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    spans = np.array([event.span for event in events], dtype=np.float64).reshape(-1, 2)
    return spans[:, 0], spans[:, 1]
