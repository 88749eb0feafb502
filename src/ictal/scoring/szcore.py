"""The two scoring rules of SzCORE, on sorted and mended events.

Events may come in any order, overlap, lie inside each other or reach outside the recording: they are sorted, joined
where they overlap and clipped to the recording, and empty ones are dropped. So wherever events come sorted, disjoint,
inside the recording and longer than a sample of the rule (0.1 s for events, 1 s for seconds), the counts are those of
the reference implementation, timescoring. What differs elsewhere is listed under each rule;
:mod:`ictal.scoring.compatible` keeps to the reference implementation there too.

References
----------
Dan et al., SzCORE: seizure community open-source research evaluation framework, Epilepsia 2025.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ictal.core.errors import ParameterError
from ictal.core.spans import Span, merge_spans
from ictal.scoring.counts import Counts
from ictal.scoring.rules import Rule

EVENT_RATE = 10
"""Samples per second on which overlaps of events are measured."""

_MARGIN = 1e-6
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class EventSettings:
    """What counts as one event and how near is near enough.

    Parameters
    ----------
    start_tolerance, end_tolerance : float
        Seconds before and after a reference event in which a detection still belongs to it.
    minimum_overlap : float
        The share of the reference event with its tolerances that must be exceeded to detect it, 0 to 1; 0 asks for any
        overlap.
    maximum_duration : float
        Seconds; longer events are split into pieces of this length and a rest.
    minimum_gap : float
        Seconds; events that are less apart are joined.

    Raises
    ------
    ParameterError
        If a number is not allowed.
    """

    start_tolerance: float = 30.0
    end_tolerance: float = 60.0
    minimum_overlap: float = 0.0
    maximum_duration: float = 300.0
    minimum_gap: float = 90.0

    def __post_init__(self) -> None:
        for name in ("start_tolerance", "end_tolerance", "minimum_gap"):
            value = getattr(self, name)
            if not 0 <= value < math.inf:
                raise ParameterError(f"{name}: {value!r} is not allowed; it must be finite seconds, 0 or more.")
        if not 0 <= self.minimum_overlap <= 1:
            raise ParameterError(f"minimum_overlap: {self.minimum_overlap!r} is not allowed; it must be 0 to 1.")
        if not self.maximum_duration >= 1 / EVENT_RATE:
            raise ParameterError(
                f"maximum_duration: {self.maximum_duration!r} is not allowed; "
                f"it must be {1 / EVENT_RATE} s, one sample of the rule, or more."
            )


SZCORE = EventSettings()
"""The settings of the framework and its challenge."""


def score_events(
    reference: Iterable[Span], hypothesis: Iterable[Span], duration: float, settings: EventSettings = SZCORE
) -> Counts:
    """Count detected, missed and false events.

    Events less than 90 s apart are joined and those longer than 300 s split, in reference and hypothesis. A piece of
    the reference is detected if any hypothesis lies in it, the 30 s before it or the 60 s after it. A piece of the
    hypothesis that touches no such window of a detected piece is a false alarm.

    Parameters
    ----------
    reference, hypothesis : iterable of (start, stop)
        Seconds; any order, overlaps and ends outside the recording are mended first.
    duration : float
        Length of the recording in seconds; it is taken in whole tenths of a second.
    settings : EventSettings
        Tolerances and lengths.

    Returns
    -------
    Counts
        Pieces of events. True positives and false negatives are pieces of the reference, false positives pieces of the
        hypothesis.

    Raises
    ------
    ParameterError
        If the duration is not finite seconds, or an event begins or ends at NaN.

    Notes
    -----
    It differs from timescoring only where timescoring takes events as they come:

    - Unsorted and nested events: timescoring joins neighbours of the list and lets the later row end the joined event.
    - What lies outside the recording: timescoring counts it as a false alarm, or from the back where it is negative.
    - A hypothesis in which no sample at 10 Hz falls (up to 0.1 s): timescoring always calls it a false alarm; here it
      counts as the sample that it begins in. One of no length at all is dropped. (The rest of a split event, if no
      sample falls in it, is a false alarm here too.)

    Examples
    --------
    >>> counts = score_events([(600.0, 660.0)], [(610.0, 640.0), (3000.0, 3010.0)], duration=3600.0)
    >>> counts.sensitivity, counts.precision, counts.false_positives_per_day
    (1.0, 0.5, 24.0)
    """
    n_samples = _count_samples(duration, EVENT_RATE)
    wanted = join_close(sort_events(reference, duration), settings.minimum_gap)
    claimed = join_close(sort_events(hypothesis, duration), settings.minimum_gap)
    claimed = [_at_least_a_sample(event, n_samples) for event in claimed]
    return count_pieces(
        split_long(wanted, settings.maximum_duration),
        split_long(claimed, settings.maximum_duration),
        n_samples,
        settings,
    )


def score_samples(reference: Iterable[Span], hypothesis: Iterable[Span], duration: float) -> Counts:
    """Count seconds of seizure that were found, missed and wrongly claimed.

    A second is seizure when more than half of it is.

    Parameters
    ----------
    reference, hypothesis : iterable of (start, stop)
        Seconds; any order, overlaps and ends outside the recording are mended first.
    duration : float
        Length of the recording in seconds; a last second counts when more than half of it was recorded.

    Returns
    -------
    Counts
        Seconds, those of background included.

    Raises
    ------
    ParameterError
        If the duration is not finite seconds, or an event begins or ends at NaN.

    Notes
    -----
    As in timescoring, events of a second or more begin and end at the nearest whole second, exactly half going to the
    even one; where two such events share a second, each speaks for itself. It differs from timescoring in two points:

    - Shorter events: a second is seizure when all events together cover more than half of it. timescoring rounds the
      ends of each, so that 0.2 s can make a second, and 0.9 s in two parts none.
    - Ends outside the recording are clipped. timescoring counts negative ones from the back.

    Examples
    --------
    >>> score_samples([(10.4, 20.0)], [(12.0, 22.6)], duration=60.0)
    Counts(true_positives=8, false_positives=3, false_negatives=2, duration=60.0, true_negatives=47)
    """
    n_seconds = _count_samples(duration, 1)
    wanted = seizure_seconds(sort_events(reference, duration))
    claimed = seizure_seconds(sort_events(hypothesis, duration))
    return count_samples(wanted, claimed, n_seconds)


def sort_events(events: Iterable[Span], duration: float) -> list[Span]:
    """Clip events to the recording, sort them, drop the empty ones and join those that overlap.

    Events that only touch stay apart.

    Examples
    --------
    >>> sort_events([(50.0, 70.0), (10.0, 20.0), (12.0, 15.0), (5.0, 5.0)], duration=60.0)
    [(10.0, 20.0), (50.0, 60.0)]
    """
    inside: list[Span] = []
    for start, stop in events:
        if math.isnan(start) or math.isnan(stop):
            raise ParameterError(f"event: from {start!r} to {stop!r} is not allowed; both must be seconds.")
        clipped = (max(start, 0.0), min(stop, duration))
        if clipped[0] < clipped[1]:
            inside.append(clipped)
    inside.sort()
    return join_close(inside, 0.0)


def join_close(events: Sequence[Span], gap: float) -> list[Span]:
    """Join sorted events that are less than `gap` seconds apart.

    Examples
    --------
    >>> join_close([(0.0, 10.0), (99.9, 110.0), (200.0, 210.0)], gap=90.0)
    [(0.0, 110.0), (200.0, 210.0)]
    """
    joined: list[Span] = []
    for start, stop in events:
        if joined and start - joined[-1][1] < gap:
            joined[-1] = (joined[-1][0], max(joined[-1][1], stop))
        else:
            joined.append((start, stop))
    return joined


def split_long(events: Iterable[Span], maximum: float) -> list[Span]:
    """Split events that are longer than `maximum` seconds into pieces of that length and a rest.

    Examples
    --------
    >>> split_long([(0.0, 700.0)], maximum=300.0)
    [(0.0, 300.0), (300.0, 600.0), (600.0, 700.0)]
    """
    pieces: list[Span] = []
    for start, stop in events:
        while stop - start > maximum:
            pieces.append((start, start + maximum))
            start += maximum
        pieces.append((start, stop))
    return pieces


def count_pieces(
    reference: Sequence[Span], hypothesis: Sequence[Span], n_samples: int, settings: EventSettings
) -> Counts:
    """Count hits and false alarms among events that are already joined and split.

    Parameters
    ----------
    reference, hypothesis : sequence of (start, stop)
        Seconds. Their ends are rounded to samples at 10 Hz as Python slices, so that negative ones count from the back.
    n_samples : int
        Length of the recording at 10 Hz.
    settings : EventSettings
        Tolerances and the overlap that is asked for.

    Returns
    -------
    Counts
        Pieces.
    """
    record = n_samples / EVENT_RATE
    claims = [_round_to_samples(start, stop, n_samples) for start, stop in hypothesis]
    claimed = _Cover(claims)
    found = []
    for start, stop in reference:
        start, stop = max(0.0, start - settings.start_tolerance), min(record, stop + settings.end_tolerance)
        window = _round_to_samples(start, stop, n_samples)
        overlap = claimed.overlap(*window) / EVENT_RATE
        if overlap and overlap / (stop - start) > settings.minimum_overlap + _MARGIN:
            found.append(window)
    detected = _Cover(found)
    false_alarms = sum(not detected.overlap(*claim) for claim in claims)
    return Counts(len(found), false_alarms, len(reference) - len(found), record)


def seizure_seconds(events: Sequence[Span]) -> tuple[Span, ...]:
    """Return the seconds that sorted, disjoint events make seizure, as ranges ``(first, last + 1)``.

    Examples
    --------
    >>> seizure_seconds([(0.6, 3.4), (7.1, 7.4), (7.6, 7.9)])
    ((1, 3), (7, 8))
    """
    short = [event for event in events if event[1] - event[0] < 1 - _ROUNDING]
    seconds: list[Span] = [(round(start), round(stop)) for start, stop in events if stop - start >= 1 - _ROUNDING]
    if short:
        cover = _Cover(events)
        seconds += [span for event in short for span in _filled_seconds(event, cover)]
    return merge_spans(seconds)


def count_samples(reference: Iterable[Span], hypothesis: Iterable[Span], n_samples: int) -> Counts:
    """Compare two sets of samples, each given as ranges ``(first, last + 1)`` inside the recording.

    Examples
    --------
    >>> count_samples([(0, 4)], [(2, 5)], n_samples=10)
    Counts(true_positives=2, false_positives=1, false_negatives=2, duration=10.0, true_negatives=5)
    """
    wanted, claimed = _Cover(reference), _Cover(hypothesis)
    hits = sum(wanted.overlap(first, last) for first, last in claimed.spans)
    missed, false_alarms = wanted.total() - hits, claimed.total() - hits
    return Counts(hits, false_alarms, missed, float(n_samples), n_samples - hits - missed - false_alarms)


class _Cover:
    """What a list of spans covers, to be asked for the part between two points."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self.spans = merge_spans(spans)
        self._stops = [stop for _, stop in self.spans]

    def overlap(self, start: float, stop: float) -> float:
        shared: float = 0
        if stop <= start:
            return shared
        for position in range(bisect_right(self._stops, start), len(self.spans)):
            first, last = self.spans[position]
            if first >= stop:
                break
            shared += min(last, stop) - max(first, start)
        return shared

    def total(self) -> float:
        return sum(stop - start for start, stop in self.spans)


def _round_to_samples(start: float, stop: float, n_samples: int) -> tuple[int, int]:
    first, last, _ = slice(round(start * EVENT_RATE), round(stop * EVENT_RATE)).indices(n_samples)
    return first, last


def _filled_seconds(event: Span, cover: _Cover) -> Iterator[Span]:
    """The seconds around a short event of which all events fill more than half, or half if the event rounds to it."""
    rounded = range(round(event[0]), round(event[1]))
    for second in range(math.floor(event[0]), math.ceil(event[1])):
        half = 0.5 - _ROUNDING if second in rounded else 0.5 + _ROUNDING
        if cover.overlap(second, second + 1) > half:
            yield second, second + 1


def _at_least_a_sample(event: Span, n_samples: int) -> Span:
    first, last = _round_to_samples(*event, n_samples)
    if first < last:
        return event
    sample = min(math.floor(event[0] * EVENT_RATE), n_samples - 1)
    return sample / EVENT_RATE, (sample + 1) / EVENT_RATE


def _count_samples(duration: float, rate: float) -> int:
    if not 0 <= duration < math.inf:
        raise ParameterError(f"duration: {duration!r} is not allowed; it must be finite seconds, 0 or more.")
    return round(duration * rate)


EVENT = Rule("szcore", "SzCORE event-based (timescoring 0.0.7)", "events", score_events)
SAMPLE = Rule(
    "sample", "SzCORE sample-based, 1 Hz (timescoring 0.0.7)", "seconds", score_samples, seconds_per_count=1.0
)
