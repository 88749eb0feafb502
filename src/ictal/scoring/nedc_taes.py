"""NEDC TAES, time-aligned event scoring: hits and false alarms are shares of the reference event."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from ictal.scoring.nedc_events import BCKG, SEIZ, LabelEvent, check_same_end, events_of
from ictal.scoring.nedc_ovlp import which_overlap
from ictal.scoring.nedc_result import LabelResult, NedcResult


def score_taes(reference: Sequence[LabelEvent], hypothesis: Sequence[LabelEvent]) -> NedcResult:
    """Count events by the share of the reference that they cover.

    A hypothesis event that covers a share of a reference event is that much of a hit, and its rest outside, measured in
    lengths of the reference event, a false alarm of at most 1. One that lasts into later reference events costs a miss
    for each. What meets nothing is a miss or a false alarm of 1.

    Parameters
    ----------
    reference, hypothesis : sequence of LabelEvent
        Chains as of :func:`~ictal.scoring.nedc_events.label_events`.

    Raises
    ------
    ParameterError
        If they are not of one length.

    Notes
    -----
    Who meets whom is decided on whole seconds, as in the original: a hypothesis event beside a reference event that is
    hit by another, in the same second but not overlapping, brings a slightly negative hit.

    Examples
    --------
    >>> from ictal.scoring.nedc_events import seizure_events
    >>> found = score_taes(seizure_events([(10, 20)], 60.0), seizure_events([(15, 22)], 60.0))
    >>> found.seiz.hits, found.seiz.misses, found.seiz.false_alarms
    (0.5, 0.5, 0.2)
    """
    check_same_end(reference, hypothesis)
    seiz = _Alignment(events_of(reference, SEIZ), events_of(hypothesis, SEIZ)).run()
    bckg = _Alignment(events_of(reference, BCKG), events_of(hypothesis, BCKG)).run()
    duration = reference[-1].stop
    return NedcResult(seiz.result(bckg.hits, duration), bckg.result(seiz.hits, duration))


class _Alignment:
    """One label: events are used up in the order of the reference, and counted as they are."""

    def __init__(self, reference: Sequence[LabelEvent], hypothesis: Sequence[LabelEvent]) -> None:
        self.reference = reference
        self.hypothesis = hypothesis
        self.missed = [True] * len(reference)
        self.unused = [True] * len(hypothesis)
        self.hits = self.misses = self.false_alarms = 0.0

    def run(self) -> _Alignment:
        truths, claims = _Seconds(self.reference), _Seconds(self.hypothesis)
        overlapped = which_overlap(self.reference, self.hypothesis)
        for index, event in enumerate(self.reference):
            if not (self.missed[index] and overlapped[index]):
                continue
            near = claims.meeting(event)
            for claim in near:
                if self.unused[claim]:
                    self.missed[index] = False
                    if self.hypothesis[claim].stop >= event.stop:
                        after = [other for other in truths.meeting(self.hypothesis[claim]) if other > index]
                        self.hit_one_of_many(event, claim, after)
                    else:
                        self.hit_by_many(event, [other for other in near if other >= claim])
        self.misses += sum(self.missed)
        self.false_alarms += sum(self.unused)
        return self

    def hit_one_of_many(self, event: LabelEvent, claim: int, after: Sequence[int]) -> None:
        """Count a reference event as covered, and those after it that the same hypothesis event meets as missed."""
        hit, alarm = self.cover(event, claim)
        for other in after:
            self.missed[other] = False
        self.hits += hit
        self.misses += 1.0 - hit + len(after)
        self.false_alarms += alarm

    def hit_by_many(self, event: LabelEvent, claims: Sequence[int]) -> None:
        """Count a reference event as covered by several hypothesis events together."""
        hits, alarms = zip(*(self.cover(event, claim) for claim in claims), strict=True)
        self.hits += sum(hits)
        self.misses += 1.0 - sum(hits)
        self.false_alarms += sum(alarms)

    def cover(self, event: LabelEvent, claim: int) -> tuple[float, float]:
        """Use up a hypothesis event; return what it covers in and outside a reference event, in lengths of that."""
        self.unused[claim] = False
        start, stop, _ = self.hypothesis[claim]
        length = event.stop - event.start
        inside = min(stop, event.stop) - max(start, event.start)
        outside = max(stop - event.stop, 0.0) + max(event.start - start, 0.0)
        return inside / length, min(outside / length, 1.0)

    def result(self, tn: float, duration: float) -> LabelResult:
        return LabelResult(
            len(self.reference),
            self.hits,
            self.misses,
            self.false_alarms,
            insertions=self.false_alarms,
            deletions=self.misses,
            fp=self.false_alarms,
            tn=tn,
            duration=duration,
        )


class _Seconds:
    """The whole seconds that events touch, their last one included."""

    def __init__(self, events: Sequence[LabelEvent]) -> None:
        self.firsts = [int(event.start) for event in events]
        self.lasts = [int(event.stop) for event in events]
        self.latest = list(itertools.accumulate(self.lasts, max))
        self.earliest = list(itertools.accumulate(reversed(self.firsts), min))[::-1]

    def meeting(self, event: LabelEvent) -> list[int]:
        """Return the indices of the events that touch a second that the given one touches, in order."""
        first, last = int(event.start), int(event.stop)
        candidates = range(bisect_left(self.latest, first), bisect_right(self.earliest, last))
        return [i for i in candidates if max(first, self.firsts[i]) <= min(last, self.lasts[i])]
