"""NEDC OVLP: an event is found when anything of its label overlaps it."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Sequence

from ictal.scoring.nedc_events import BCKG, SEIZ, LabelEvent, check_same_end, events_of
from ictal.scoring.nedc_result import LabelResult, NedcResult


def score_ovlp(reference: Sequence[LabelEvent], hypothesis: Sequence[LabelEvent]) -> NedcResult:
    """Count events by any overlap.

    A reference event that an event of its label overlaps is a hit, else a miss; a hypothesis event that no event of its
    label overlaps is a false alarm. One long event may hit many, and many may hit one, at no cost.

    Parameters
    ----------
    reference, hypothesis : sequence of LabelEvent
        Chains as of :func:`~ictal.scoring.nedc_events.label_events`.

    Raises
    ------
    ParameterError
        If they are not of one length.

    Examples
    --------
    >>> from ictal.scoring.nedc_events import seizure_events
    >>> found = score_ovlp(seizure_events([(10, 20)], 60.0), seizure_events([(19, 40), (50, 55)], 60.0))
    >>> found.seiz.hits, found.seiz.misses, found.seiz.false_alarms
    (1, 0, 1)
    """
    check_same_end(reference, hypothesis)
    n_seiz, seiz_hits, seiz_alarms = _count(events_of(reference, SEIZ), events_of(hypothesis, SEIZ))
    n_bckg, bckg_hits, bckg_alarms = _count(events_of(reference, BCKG), events_of(hypothesis, BCKG))
    duration = reference[-1].stop
    return NedcResult(
        _result(n_seiz, seiz_hits, seiz_alarms, tn=bckg_hits, duration=duration),
        _result(n_bckg, bckg_hits, bckg_alarms, tn=seiz_hits, duration=duration),
    )


def which_overlap(events: Sequence[LabelEvent], others: Sequence[LabelEvent]) -> list[bool]:
    """Return for each event whether any of the others starts before its stop and stops after its start.

    Of the others that start before an event stops, the one that lasts longest decides.

    Examples
    --------
    >>> which_overlap([LabelEvent(0, 2, "seiz"), LabelEvent(3, 4, "seiz")], [LabelEvent(2, 9, "seiz")])
    [False, True]
    """
    ordered = sorted(others)
    starts = [other.start for other in ordered]
    latest = list(itertools.accumulate((other.stop for other in ordered), max))
    met = []
    for start, stop, _ in events:
        n_before = bisect_left(starts, stop)
        met.append(n_before > 0 and latest[n_before - 1] > start)
    return met


def _count(reference: Sequence[LabelEvent], hypothesis: Sequence[LabelEvent]) -> tuple[int, int, int]:
    hits = sum(which_overlap(reference, hypothesis))
    false_alarms = len(hypothesis) - sum(which_overlap(hypothesis, reference))
    return len(reference), hits, false_alarms


def _result(targets: int, hits: int, false_alarms: int, tn: int, duration: float) -> LabelResult:
    misses = targets - hits
    return LabelResult(targets, hits, misses, false_alarms, false_alarms, misses, false_alarms, tn, duration)
