"""NEDC EPOCH: both sides are sampled every quarter of a second and the samples compared."""

from __future__ import annotations

import math
from collections.abc import Sequence

from ictal.scoring.nedc_events import BCKG, SEIZ, LabelEvent, check_same_end
from ictal.scoring.nedc_result import Confusion, LabelResult, NedcResult

EPOCH = 0.25
"""Seconds between samples; the first is in the middle of the first epoch."""


def score_epoch(reference: Sequence[LabelEvent], hypothesis: Sequence[LabelEvent]) -> NedcResult:
    """Count epochs of a quarter of a second.

    Parameters
    ----------
    reference, hypothesis : sequence of LabelEvent
        Chains as of :func:`~ictal.scoring.nedc_events.label_events`.

    Returns
    -------
    NedcResult
        Its ``fa_per_24h`` is in seconds of false alarm a day, not in events.

    Raises
    ------
    ParameterError
        If they are not of one length.

    Examples
    --------
    >>> from ictal.scoring.nedc_events import seizure_events
    >>> found = score_epoch(seizure_events([(10, 20)], 60.0), seizure_events([(15, 22)], 60.0))
    >>> found.seiz.hits, found.seiz.misses, found.seiz.false_alarms
    (20, 20, 8)
    """
    met = count_epochs(reference, hypothesis)
    duration = reference[-1].stop
    seiz = LabelResult(
        targets=met.seiz_seiz + met.seiz_bckg,
        hits=met.seiz_seiz,
        misses=met.seiz_bckg,
        false_alarms=met.bckg_seiz,
        insertions=met.bckg_seiz,
        deletions=met.seiz_bckg,
        fp=met.bckg_seiz,
        tn=met.bckg_bckg,
        duration=duration,
        seconds_per_count=EPOCH,
    )
    bckg = LabelResult(
        targets=met.bckg_seiz + met.bckg_bckg,
        hits=met.bckg_bckg,
        misses=met.bckg_seiz,
        false_alarms=0,
        insertions=0,
        deletions=0,
        fp=met.seiz_bckg,
        tn=met.seiz_seiz,
        duration=duration,
        seconds_per_count=EPOCH,
    )
    return NedcResult(seiz, bckg, met)


def count_epochs(reference: Sequence[LabelEvent], hypothesis: Sequence[LabelEvent]) -> Confusion:
    """Return how often each pair of labels meets at the times 0.125, 0.375, … up to the end of the reference.

    Nothing is sampled: between two edges of events all samples are alike, and are counted from their times.

    Raises
    ------
    ParameterError
        If reference and hypothesis are not of one length.
    """
    check_same_end(reference, hypothesis)
    n_samples = _samples_until(reference[-1].stop)
    truths, claims = _runs(reference, n_samples), _runs(hypothesis, n_samples)
    met = {(truth, claim): 0 for truth in (SEIZ, BCKG) for claim in (SEIZ, BCKG)}
    position = i = j = 0
    while position < n_samples:
        end, truth = truths[i]
        claim_end, claim = claims[j]
        stop = min(end, claim_end)
        met[truth, claim] += stop - position
        position = stop
        i += stop == end
        j += stop == claim_end
    return Confusion(*met.values())


def _runs(events: Sequence[LabelEvent], n_samples: int) -> list[tuple[int, str]]:
    """Return ``(end, label)`` of each run of samples; a sample belongs to the first event that reaches it."""
    runs: list[tuple[int, str]] = []
    reached = 0
    for _, stop, label in events:
        end = min(_samples_until(stop), n_samples)
        if end > reached:
            runs.append((end, label))
            reached = end
    if reached < n_samples:
        runs.append((n_samples, events[-1].label))
    return runs


def _samples_until(time: float) -> int:
    """How many samples are not after a time."""
    return max(math.floor(time / EPOCH - 0.5) + 1, 0)
