"""Events and annotations: what happened when, over a known stretch of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.core.spans import Span, intersect_spans, merge_spans, total_time

SEIZURE = "sz"
BACKGROUND = "bckg"


@dataclass(frozen=True, slots=True)
class Event:
    """One row of a BIDS events table.

    Parameters
    ----------
    onset, duration : float
        Seconds; the event is ``[onset, onset + duration)``.
    event_type : str
        A HED-SCORE name: ``sz``, ``sz_foc_ia``, ``bckg``, or a free text from the file.
    confidence : float, optional
        Between 0 and 1; ``None`` where nobody said.
    channels : tuple of str
        The channels that carry the event; empty means all or unknown.

    Examples
    --------
    >>> Event(10.0, 30.0).stop
    40.0
    """

    onset: float
    duration: float
    event_type: str = SEIZURE
    confidence: float | None = None
    channels: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not np.isfinite(self.onset) or not np.isfinite(self.duration) or self.duration < 0:
            raise ParameterError(
                f"event: onset {self.onset!r} and duration {self.duration!r} are not allowed; "
                "both must be finite seconds and the duration not negative."
            )

    @property
    def stop(self) -> float:
        """The end of the event in seconds."""
        return self.onset + self.duration

    @property
    def span(self) -> Span:
        """The event as a ``(start, stop)`` pair."""
        return (self.onset, self.stop)

    @property
    def is_seizure(self) -> bool:
        """Whether the type is ``sz`` or one of its kinds (``sz_…``)."""
        return self.event_type == SEIZURE or self.event_type.startswith(SEIZURE + "_")


@dataclass(frozen=True)
class Annotations:
    """Ordered events over a known span.

    Parameters
    ----------
    events : iterable of Event
        In any order; they are kept sorted by onset.
    duration : float
        Seconds that were looked at, from 0.

    Examples
    --------
    >>> night = Annotations([Event(10.0, 5.0), Event(2.0, 1.0)], duration=20.0)
    >>> [event.onset for event in night]
    [2.0, 10.0]
    >>> night.mask(1.0).sum()
    np.int64(6)
    """

    events: tuple[Event, ...] = field(default=())
    duration: float = 0.0

    def __init__(self, events: Iterable[Event] = (), duration: float = 0.0) -> None:
        if not 0 <= duration < float("inf"):
            raise ParameterError(f"duration: {duration!r} is not allowed; it must be finite seconds, 0 or more.")
        object.__setattr__(self, "events", tuple(sorted(events, key=lambda event: event.span)))
        object.__setattr__(self, "duration", float(duration))

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    def __getitem__(self, index: int) -> Event:
        return self.events[index]

    @property
    def seizures(self) -> Annotations:
        """Only the events that are seizures."""
        return replace_events(self, (event for event in self.events if event.is_seizure))

    @property
    def spans(self) -> tuple[Span, ...]:
        """The time that the events cover, overlaps joined."""
        return merge_spans(event.span for event in self.events)

    @property
    def total_time(self) -> float:
        """Seconds that the events cover, overlaps counted once."""
        return total_time(self.spans)

    def mask(self, rate: float) -> NDArray[np.bool_]:
        """Return which bins of ``1 / rate`` seconds the events cover by more than half.

        Parameters
        ----------
        rate : float
            Bins per second; 1.0 gives the SzCORE seconds.

        Returns
        -------
        ndarray of bool, shape (ceil(duration * rate),)

        References
        ----------
        Dan et al., SzCORE, Epilepsia 2025: "a second is seizure when more than 50 % of it is".
        """
        n_bins = int(np.ceil(self.duration * rate - 1e-9))
        covered = np.zeros(n_bins)
        for start, stop in intersect_spans(self.spans, [(0.0, self.duration)]):
            first, last = int(start * rate), min(int(stop * rate), n_bins - 1)
            covered[first + 1 : last] += 1.0
            if first == last:
                covered[first] += (stop - start) * rate
            else:
                covered[first] += first + 1 - start * rate
                covered[last] += stop * rate - last
        return covered > 0.5 + 1e-9

    def merge(self, gap: float) -> Annotations:
        """Join neighbouring events of one type that are less than `gap` seconds apart.

        The joined event has the highest confidence and the channels of both.
        """
        merged: list[Event] = []
        for event in self.events:
            last = merged[-1] if merged else None
            if last is not None and last.event_type == event.event_type and event.onset - last.stop < max(gap, 1e-9):
                merged[-1] = join_events(last, event)
            else:
                merged.append(event)
        return replace_events(self, merged)

    def overlap(self, other: Annotations) -> tuple[Span, ...]:
        """Return the time that events of both cover."""
        return intersect_spans(self.spans, other.spans)


def replace_events(annotations: Annotations, events: Iterable[Event]) -> Annotations:
    """Return annotations over the same span with other events."""
    return Annotations(events, annotations.duration)


def join_events(first: Event, second: Event) -> Event:
    """Return the one event that spans both, with the higher confidence and all channels.

    Examples
    --------
    >>> join_events(Event(0.0, 2.0, confidence=0.4), Event(3.0, 1.0, confidence=0.9))
    Event(onset=0.0, duration=4.0, event_type='sz', confidence=0.9, channels=())
    """
    known = [event.confidence for event in (first, second) if event.confidence is not None]
    onset, stop = min(first.onset, second.onset), max(first.stop, second.stop)
    return replace(
        first,
        onset=onset,
        duration=stop - onset,
        confidence=max(known) if known else None,
        channels=tuple(dict.fromkeys(first.channels + second.channels)),
    )
