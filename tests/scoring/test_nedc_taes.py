"""Shares of events, against the text of the rule followed literally with sets of seconds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.spans import merge_spans
from ictal.scoring.nedc_events import BCKG, SEIZ, LabelEvent, events_of, seizure_events
from ictal.scoring.nedc_taes import score_taes

LENGTH = 40.0
TICKS = st.integers(0, 4 * int(LENGTH))
SPANS = st.lists(st.tuples(TICKS, TICKS), max_size=9).map(lambda ends: [(a / 4, b / 4) for a, b in ends if a < b])
CELLS = st.sets(st.integers(0, 11)).map(lambda cells: merge_spans([(5.0 * cell, 5.0 * cell + 5) for cell in cells]))


@given(SPANS, SPANS)
def test_counts_are_those_of_the_rule_read_aloud(reference: list, hypothesis: list) -> None:
    truths, claims = seizure_events(reference, LENGTH), seizure_events(hypothesis, LENGTH)
    result = score_taes(truths, claims)
    for label, found in ((SEIZ, result.seiz), (BCKG, result.bckg)):
        expected = read_aloud(events_of(truths, label), events_of(claims, label))
        assert (found.hits, found.misses, found.false_alarms) == pytest.approx(expected, abs=1e-9)


def read_aloud(reference: list[LabelEvent], hypothesis: list[LabelEvent]) -> tuple[float, float, float]:
    hits = misses = alarms = 0.0
    open_truths, open_claims = set(range(len(reference))), set(range(len(hypothesis)))
    for i, truth in enumerate(reference):
        overlapped = any(claim.stop > truth.start and claim.start < truth.stop for claim in hypothesis)
        if i not in open_truths or not overlapped:
            continue
        for j, claim in enumerate(hypothesis):
            if j not in open_claims or not seconds(claim) & seconds(truth):
                continue
            open_truths.discard(i)
            open_claims.discard(j)
            hit, alarm = cover(truth, claim)
            hits, misses, alarms = hits + hit, misses + 1 - hit, alarms + alarm
            if claim.stop >= truth.stop:
                for later in range(i + 1, len(reference)):
                    if seconds(reference[later]) & seconds(claim):
                        open_truths.discard(later)
                        misses += 1
            else:
                for later in range(j + 1, len(hypothesis)):
                    if seconds(hypothesis[later]) & seconds(truth):
                        open_claims.discard(later)
                        hit, alarm = cover(truth, hypothesis[later])
                        hits, misses, alarms = hits + hit, misses - hit, alarms + alarm
    return hits, misses + len(open_truths), alarms + len(open_claims)


def seconds(event: LabelEvent) -> set[int]:
    return set(range(int(event.start), int(event.stop) + 1))


def cover(truth: LabelEvent, claim: LabelEvent) -> tuple[float, float]:
    length = truth.stop - truth.start
    if claim.start < truth.start and claim.stop > truth.stop:
        return 1.0, min(1.0, (claim.stop - claim.start) / length - 1.0)
    if claim.start <= truth.start and claim.stop <= truth.stop:
        return (claim.stop - truth.start) / length, min(1.0, (truth.start - claim.start) / length)
    if claim.stop >= truth.stop:
        return (truth.stop - claim.start) / length, min(1.0, (claim.stop - truth.stop) / length)
    return (claim.stop - claim.start) / length, 0.0


@given(SPANS, SPANS)
def test_true_negatives_are_the_hits_of_the_other_label(reference: list, hypothesis: list) -> None:
    result = score_taes(seizure_events(reference, LENGTH), seizure_events(hypothesis, LENGTH))
    assert (result.seiz.tn, result.bckg.tn) == (result.bckg.hits, result.seiz.hits)
    for found in (result.seiz, result.bckg):
        assert (found.insertions, found.deletions) == (found.fp, found.fn) == (found.false_alarms, found.misses)


@given(CELLS, CELLS)
def test_hits_and_misses_are_the_targets_where_events_are_seconds_apart(reference: tuple, hypothesis: tuple) -> None:
    reference = tuple((start + 1.5, stop) for start, stop in reference)
    hypothesis = tuple((start + 1.5, stop) for start, stop in hypothesis)
    found = score_taes(seizure_events(reference, 60.0), seizure_events(hypothesis, 60.0)).seiz
    assert found.hits + found.misses == pytest.approx(found.targets)
    assert 0 <= found.hits <= found.targets + 1e-9
    assert 0 <= found.false_alarms <= len(hypothesis)


@given(CELLS)
def test_a_reader_agrees_with_himself(spans: tuple) -> None:
    chain = seizure_events(tuple((start + 1.5, stop) for start, stop in spans), 60.0)
    found = score_taes(chain, chain).seiz
    assert (found.hits, found.misses, found.false_alarms) == (len(spans), 0.0, 0.0)


def test_one_claim_over_three_seizures_misses_two() -> None:
    found = score_taes(seizure_events([(5, 10), (15, 20), (25, 30)], LENGTH), seizure_events([(5, 30)], LENGTH)).seiz
    assert (found.hits, found.misses, found.false_alarms) == (1.0, 2.0, 1.0)


def test_fragments_of_one_seizure_add_up() -> None:
    found = score_taes(seizure_events([(10, 20)], LENGTH), seizure_events([(11, 13), (15, 18)], LENGTH)).seiz
    assert (found.hits, found.misses, found.false_alarms) == (0.5, 0.5, 0.0)
