"""SzCORE as its published programs count it, events taken as they come, to the last bit.

Two programs, two sets of functions:

- timescoring 0.0.7: :func:`score_events` and :func:`score_samples`. Nothing is sorted, joined or clipped beforehand: a
  nested event shortens its host, an event past the end is a false alarm, a negative time counts from the back of the
  recording, an event in which no sample falls is a false alarm even inside a seizure.
- The dataset tool, szcore-evaluation 0.0.7: :func:`whole_seconds` truncates the rows of a file,
  :func:`hypothesis_seconds` fits the hypothesis to the length of its reference, the counts of the two functions above
  are added up for each subject, and :func:`average_defined` averages the subjects. :data:`EVENT` and :data:`SAMPLE`
  score one recording so.

:mod:`ictal.scoring.szcore` mends the events first and is what ictal prints unless asked.

References
----------
Dan et al., SzCORE: seizure community open-source research evaluation framework, Epilepsia 2025.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from ictal.core.spans import Span, merge_spans
from ictal.scoring.counts import Counts
from ictal.scoring.rules import Rule
from ictal.scoring.szcore import EVENT_RATE, SZCORE, EventSettings, count_pieces, count_samples, split_long

SAMPLING_RATE = 256.0
"""Hz of the signals of SzCORE, at which the length of a recording is counted."""


def score_events(
    reference: Sequence[Span],
    hypothesis: Sequence[Span],
    duration: float,
    settings: EventSettings = SZCORE,
    sampling_rate: float = SAMPLING_RATE,
) -> Counts:
    """Count events as timescoring does.

    Parameters
    ----------
    reference, hypothesis : sequence of (start, stop)
        Seconds, in the order of the file.
    duration : float
        Length of the recording in seconds.
    settings : EventSettings
        Tolerances and lengths.
    sampling_rate : float
        Hz; the length is first taken in samples of this rate, then in tenths of a second.

    Returns
    -------
    Counts
        Pieces of events.

    Examples
    --------
    An event inside another ends it, and what follows is lost:

    >>> score_events([(1000.0, 1300.0), (1050.0, 1100.0)], [(1250.0, 1260.0)], duration=3600.0).true_positives
    0
    """
    wanted, claimed = (cut_pieces(events, settings) for events in (reference, hypothesis))
    return count_pieces(wanted, claimed, _count_samples(duration, sampling_rate, EVENT_RATE), settings)


def score_samples(
    reference: Iterable[Span], hypothesis: Iterable[Span], duration: float, sampling_rate: float = SAMPLING_RATE
) -> Counts:
    """Count seconds of seizure as timescoring does: the ends of each event are rounded, halves to the even second.

    Parameters
    ----------
    reference, hypothesis : iterable of (start, stop)
        Seconds.
    duration : float
        Length of the recording in seconds.
    sampling_rate : float
        Hz; the length is first taken in samples of this rate, then in seconds.

    Returns
    -------
    Counts
        Seconds, those of background included.

    Examples
    --------
    >>> score_samples([(10.0, 20.0)], [(12.4, 12.6)], duration=60.0).true_positives
    1
    """
    n_seconds = _count_samples(duration, sampling_rate, 1)
    wanted, claimed = (
        [_take(round(start), round(stop), n_seconds) for start, stop in events] for events in (reference, hypothesis)
    )
    return count_samples(wanted, claimed, n_seconds)


def cut_pieces(events: Iterable[Span], settings: EventSettings = SZCORE) -> list[Span]:
    """Join neighbours of the list that are less than the gap apart, whatever their order, and split what is long.

    The later row of the list gives the end of a joined event.

    Examples
    --------
    >>> cut_pieces([(2000.0, 2050.0), (1000.0, 1050.0)])
    [(2000.0, 1050.0)]
    """
    joined: list[Span] = []
    for start, stop in events:
        if joined and start - joined[-1][1] < settings.minimum_gap:
            joined[-1] = (joined[-1][0], stop)
        else:
            joined.append((start, stop))
    return split_long(joined, settings.maximum_duration)


def whole_seconds(rows: Iterable[tuple[float, float]], duration: float) -> tuple[Span, ...]:
    """Return the seizure seconds of a file as the dataset tool reads them.

    Onset, end and length of the recording are truncated: 0.9 s of seizure may vanish. What lies past the end is cut
    off. A negative onset counts from the back, so that the event is lost unless it ends before 0 too.

    Parameters
    ----------
    rows : iterable of (onset, duration)
        Seconds; the rows that are not background, in any order.
    duration : float
        Length of the recording in seconds, as the first row of the file says.

    Returns
    -------
    tuple of (start, stop)
        Sorted and apart, on whole seconds.

    Examples
    --------
    >>> whole_seconds([(10.9, 20.2), (50.2, 0.7)], duration=3600.9)
    ((10.0, 31.0),)
    """
    n_seconds = int(duration)
    runs = merge_spans(_take(int(onset), int(onset + length), n_seconds) for onset, length in rows)
    return tuple((float(first), float(last)) for first, last in runs)


def hypothesis_seconds(
    rows: Iterable[tuple[float, float]], duration: float, reference_duration: float, tolerance: float = 0.0
) -> tuple[Span, ...]:
    """Return the seizure seconds of a hypothesis, fitted to the length of its reference.

    Lengths are compared in whole seconds. A difference beyond the tolerance counts as no detection at all; within it,
    the hypothesis is cut, or taken as silent where it says nothing.

    Parameters
    ----------
    rows : iterable of (onset, duration)
        Seconds; the rows of the hypothesis that are not background.
    duration, reference_duration : float
        Seconds, as hypothesis and reference say.
    tolerance : float
        Seconds by which they may differ.

    Returns
    -------
    tuple of (start, stop)
        Sorted and apart, on whole seconds.

    Examples
    --------
    >>> hypothesis_seconds([(90.0, 20.0)], duration=110.0, reference_duration=100.5, tolerance=10.0)
    ((90.0, 100.0),)
    >>> hypothesis_seconds([(90.0, 20.0)], duration=110.0, reference_duration=100.5)
    ()
    """
    if abs(int(duration) - int(reference_duration)) > tolerance:
        return ()
    length = float(int(reference_duration))
    return tuple((start, min(stop, length)) for start, stop in whole_seconds(rows, duration) if start < length)


def average_defined(values: Iterable[float]) -> tuple[float, float]:
    """Return mean and population standard deviation over subjects, undefined values left out.

    Examples
    --------
    >>> average_defined([0.0, 1.0, math.nan])
    (0.5, 0.5)
    >>> average_defined([math.nan])
    (nan, nan)
    """
    defined = [value for value in values if not math.isnan(value)]
    if not defined:
        return math.nan, math.nan
    mean = math.fsum(defined) / len(defined)
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in defined) / len(defined))


def score_file_events(reference: Iterable[Span], hypothesis: Iterable[Span], duration: float) -> Counts:
    """Count events as the dataset tool does for a reference and a hypothesis of the same length.

    Examples
    --------
    >>> score_file_events([(109.7, 110.2), (200.2, 210.2)], [(110.2, 205.2)], duration=3600.0).true_positives
    2
    """
    return score_events(_truncate(reference, duration), _truncate(hypothesis, duration), int(duration))


def score_file_samples(reference: Iterable[Span], hypothesis: Iterable[Span], duration: float) -> Counts:
    """Count seconds as the dataset tool does for a reference and a hypothesis of the same length.

    Examples
    --------
    >>> score_file_samples([(10.9, 20.9)], [(10.1, 15.1)], duration=60.9).true_positives
    5
    """
    return score_samples(_truncate(reference, duration), _truncate(hypothesis, duration), int(duration))


def _truncate(events: Iterable[Span], duration: float) -> tuple[Span, ...]:
    return whole_seconds(((start, stop - start) for start, stop in events), duration)


def _take(first: int, last: int, n_samples: int) -> tuple[int, int]:
    """The samples that ``[first:last]`` takes of so many; what is negative counts from the back."""
    start, stop, _ = slice(first, last).indices(n_samples)
    return start, stop


def _count_samples(duration: float, sampling_rate: float, rate: float) -> int:
    return round(round(duration * sampling_rate) / sampling_rate * rate)


EVENT = Rule("szcore", "SzCORE event-based (szcore-evaluation 0.0.7)", "events", score_file_events)
SAMPLE = Rule(
    "sample",
    "SzCORE sample-based, 1 Hz (szcore-evaluation 0.0.7)",
    "seconds",
    score_file_samples,
    seconds_per_count=1.0,
)
