"""Which events of a detector are false alarms, and what was there instead."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.events import BACKGROUND, Annotations
from ictal.core.spans import Span, merge_spans
from ictal.scoring.szcore import SZCORE, join_close, score_events, sort_events, split_long

Values = NDArray[np.float64]

FILLED_SHARE = 0.1
"""What fills less than this share of a false alarm is not its cause."""

_STEP = 1.0


def find_false_alarms(reference: Iterable[Span], hypothesis: Iterable[Span], duration: float) -> tuple[Span, ...]:
    """Return the pieces of a hypothesis that :func:`ictal.scoring.szcore.score_events` counts as false alarms.

    Parameters
    ----------
    reference, hypothesis : iterable of (start, stop)
        Seconds, in any order.
    duration : float
        Length of the recording in seconds.

    Examples
    --------
    >>> find_false_alarms([(600.0, 660.0)], [(610.0, 640.0), (3000.0, 3310.0)], duration=3600.0)
    ((3000.0, 3300.0), (3300.0, 3310.0))
    """
    wanted = list(reference)
    claimed = join_close(sort_events(hypothesis, duration), SZCORE.minimum_gap)
    pieces = split_long(claimed, SZCORE.maximum_duration)
    # Any overlap is a hit, so that a piece is judged by itself as it is among others.
    return tuple(piece for piece in pieces if score_events(wanted, [piece], duration).false_positives)


def find_cause(alarm: Span, planted: Annotations) -> str:
    """Say what a false alarm was, from all that is known to have been there.

    Of the types of events that fill at least :data:`FILLED_SHARE` of the alarm, it is the one that is least to be
    expected there: the fewest stretches of the same length, anywhere in the recording, hold as much of it. So chewing
    for half a minute goes before the sleep stage of an hour around it, and nobody has to say which types are
    suspicious. Of equals it is the one that fills the most.

    Parameters
    ----------
    alarm : (start, stop)
        Seconds.
    planted : Annotations
        Events of all types; seizures and background are no causes.

    Returns
    -------
    str
        The type of event; ``bckg`` where no type fills enough of the alarm.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> night = [Event(0.0, 900.0, "sleep-n2"), Event(500.0, 20.0, "chewing"), Event(0.0, 3600.0, "bckg")]
    >>> [find_cause(alarm, Annotations(night, 3600.0)) for alarm in [(505.0, 530.0), (100.0, 130.0), (2000.0, 2010.0)]]
    ['chewing', 'sleep-n2', 'bckg']
    """
    start, stop = alarm
    others = np.arange(0.0, planted.duration - (stop - start) + _STEP / 2, _STEP)
    ranked = []
    for event_type, spans in _spans_by_type(planted).items():
        filled = float(np.diff(covered_until(spans, [start, stop]))[0])
        if filled < FILLED_SHARE * (stop - start):
            continue
        elsewhere = covered_until(spans, others + (stop - start)) - covered_until(spans, others)
        ranked.append((int((elsewhere >= filled - 1e-9).sum()), -filled, event_type))
    return min(ranked)[2] if ranked else BACKGROUND


def count_causes(recordings: Iterable[tuple[Sequence[Span], Annotations]]) -> dict[str, int]:
    """Count the causes of the false alarms of many recordings, the most frequent first.

    Parameters
    ----------
    recordings : iterable of (alarms, planted)
        See :func:`find_cause`.

    Returns
    -------
    dict of str to int
    """
    causes = Counter(find_cause(alarm, planted) for alarms, planted in recordings for alarm in alarms)
    return dict(sorted(causes.items(), key=lambda item: (-item[1], item[0])))


def covered_until(spans: Sequence[Span], times: ArrayLike) -> Values:
    """Return how many seconds some spans cover from 0 up to each time.

    Parameters
    ----------
    spans : sequence of (start, stop)
        Seconds; sorted, disjoint, from 0 on.
    times : array-like, shape (n,)
        Seconds, 0 or more.

    Returns
    -------
    ndarray, shape (n,)

    Examples
    --------
    >>> covered_until([(2.0, 4.0), (10.0, 11.0)], [0.0, 3.0, 10.0, 60.0])
    array([0., 1., 2., 3.])
    """
    turns = np.array([0.0, *chain.from_iterable(spans)])
    lengths = np.diff(turns)
    lengths[::2] = 0.0  # the time before each span
    until = np.concatenate([[0.0], np.cumsum(lengths)])
    return np.asarray(np.interp(np.asarray(times, dtype=np.float64), turns, until))


def _spans_by_type(planted: Annotations) -> dict[str, tuple[Span, ...]]:
    by_type: defaultdict[str, list[Span]] = defaultdict(list)
    for event in planted:
        if not event.is_seizure and event.event_type != BACKGROUND:
            by_type[event.event_type].append((max(event.onset, 0.0), min(event.stop, planted.duration)))
    return {event_type: merge_spans(spans) for event_type, spans in by_type.items()}
