"""Any overlap, against every pair looked at, on rows of every kind."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ictal.core.spans import merge_spans
from ictal.scoring.nedc_events import BCKG, SEIZ, LabelEvent, events_of, seizure_events
from ictal.scoring.nedc_ovlp import score_ovlp, which_overlap

LENGTH = 60.0
TICKS = st.integers(0, 8 * int(LENGTH))
SPANS = st.lists(st.tuples(TICKS, TICKS), max_size=8).map(lambda ends: [(a / 8, b / 8) for a, b in ends if a < b])
EVENTS = st.lists(st.builds(LabelEvent, TICKS, TICKS, st.just(SEIZ)), max_size=8)


@given(EVENTS, EVENTS)
def test_overlap_is_that_of_every_pair_whatever_their_order_and_direction(
    events: list[LabelEvent], others: list[LabelEvent]
) -> None:
    expected = [any(other.stop > event.start and other.start < event.stop for other in others) for event in events]
    assert which_overlap(events, others) == expected


@given(SPANS, SPANS)
def test_every_event_is_counted_once(reference: list, hypothesis: list) -> None:
    truths, claims = seizure_events(reference, LENGTH), seizure_events(hypothesis, LENGTH)
    result = score_ovlp(truths, claims)
    for label, found, other in ((SEIZ, result.seiz, result.bckg), (BCKG, result.bckg, result.seiz)):
        assert found.hits + found.misses == found.targets == len(events_of(truths, label))
        assert 0 <= found.false_alarms <= len(events_of(claims, label))
        assert (found.insertions, found.deletions) == (found.fp, found.fn) == (found.false_alarms, found.misses)
        assert found.tn == other.hits


@given(SPANS, SPANS)
def test_the_misses_of_one_are_the_false_alarms_of_the_other(reference: list, hypothesis: list) -> None:
    one, other = seizure_events(reference, LENGTH), seizure_events(hypothesis, LENGTH)
    assert score_ovlp(one, other).seiz.misses == score_ovlp(other, one).seiz.false_alarms


@given(SPANS)
def test_a_reader_agrees_with_himself(spans: list) -> None:
    chain = seizure_events(merge_spans(spans), LENGTH)
    result = score_ovlp(chain, chain)
    assert result.seiz.hits == len(events_of(chain, SEIZ))
    assert result.summary.fp == result.summary.fn == 0


@given(SPANS, SPANS, st.tuples(TICKS, TICKS))
def test_one_more_claim_never_costs_a_hit(reference: list, hypothesis: list, extra: tuple[int, int]) -> None:
    start, stop = min(extra) / 8, max(extra) / 8 + 1
    truths = seizure_events(merge_spans(reference), LENGTH + 2)
    before = score_ovlp(truths, seizure_events(merge_spans(hypothesis), LENGTH + 2))
    after = score_ovlp(truths, seizure_events(merge_spans([*hypothesis, (start, stop)]), LENGTH + 2))
    assert after.seiz.hits >= before.seiz.hits


def test_touching_is_not_overlapping() -> None:
    result = score_ovlp(seizure_events([(10, 20)], LENGTH), seizure_events([(20, 30)], LENGTH))
    assert (result.seiz.hits, result.seiz.misses, result.seiz.false_alarms) == (0, 1, 1)
