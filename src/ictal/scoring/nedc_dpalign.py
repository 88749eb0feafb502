"""NEDC DPALIGN: the order of labels is compared, whenever they happened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ictal.scoring.nedc_events import SEIZ, LabelEvent
from ictal.scoring.nedc_result import Confusion, LabelResult, NedcResult


class Edits(NamedTuple):
    """What turns one sequence of labels into another."""

    pairs: Confusion
    inserted: tuple[int, int]
    """Labels of the hypothesis without a partner: seizures, backgrounds."""
    deleted: tuple[int, int]
    """Labels of the reference without a partner: seizures, backgrounds."""


def score_dpalign(reference: Sequence[LabelEvent], hypothesis: Sequence[LabelEvent]) -> NedcResult:
    """Count events by the fewest edits between the two sequences of labels; their times do not matter.

    An equal pair is a hit, an unequal pair or a deletion a miss, an insertion a false alarm.

    Parameters
    ----------
    reference, hypothesis : sequence of LabelEvent
        Chains as of :func:`~ictal.scoring.nedc_events.label_events`; this rule asks for no common end.

    Examples
    --------
    >>> from ictal.scoring.nedc_events import seizure_events
    >>> found = score_dpalign(seizure_events([(10, 20)], 60.0), seizure_events([(30, 32), (40, 50)], 60.0))
    >>> found.seiz.hits, found.seiz.misses, found.seiz.false_alarms
    (1, 0, 1)
    """
    pairs, inserted, deleted = align(reference, hypothesis)
    duration = reference[-1].stop
    return NedcResult(
        _result(pairs.seiz_seiz, pairs.seiz_bckg, inserted[0], deleted[0], pairs.bckg_bckg, duration),
        _result(pairs.bckg_bckg, pairs.bckg_seiz, inserted[1], deleted[1], pairs.seiz_seiz, duration),
        pairs,
    )


def align(reference: Sequence[LabelEvent], hypothesis: Sequence[LabelEvent]) -> Edits:
    """Return the alignment of two chains with the fewest edits, each of cost 1.

    Ties prefer a substitution, then an insertion, then a deletion, from the end backwards.

    Notes
    -----
    Two labels that alternate leave three alignments, so that no table of costs is filled. The shorter chain fits into a
    longer one, and into an equal one that starts alike, without a substitution. Chains of equal length that start
    differently are shifted by one at the cost of 2, unless to substitute each of one or two events costs no more.
    """
    n, m = len(reference), len(hypothesis)
    truth, claim = _composition(reference[0].label, n), _composition(hypothesis[0].label, m)
    if n > m:
        return Edits(Confusion(claim[0], 0, 0, claim[1]), (0, 0), (truth[0] - claim[0], truth[1] - claim[1]))
    if n < m or reference[0].label == hypothesis[0].label:
        return Edits(Confusion(truth[0], 0, 0, truth[1]), (claim[0] - truth[0], claim[1] - truth[1]), (0, 0))
    if n <= 2:
        return Edits(Confusion(0, truth[0], truth[1], 0), (0, 0), (0, 0))
    inserted, deleted = _composition(hypothesis[-1].label, 1), _composition(reference[0].label, 1)
    return Edits(Confusion(truth[0] - deleted[0], 0, 0, truth[1] - deleted[1]), inserted, deleted)


def _composition(first: str, length: int) -> tuple[int, int]:
    """How many seizures and backgrounds a chain of labels has that alternate from the first."""
    like_first, others = (length + 1) // 2, length // 2
    return (like_first, others) if first == SEIZ else (others, like_first)


def _result(hits: int, substitutions: int, insertions: int, deletions: int, tn: int, duration: float) -> LabelResult:
    misses = substitutions + deletions
    return LabelResult(hits + misses, hits, misses, insertions, insertions, deletions, insertions, tn, duration)
