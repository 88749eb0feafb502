"""The alignment by counting, against a table of costs filled cell by cell."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.scoring.nedc_dpalign import Edits, align, score_dpalign
from ictal.scoring.nedc_events import BCKG, SEIZ, LabelEvent, seizure_events
from ictal.scoring.nedc_result import Confusion

LABELS = (SEIZ, BCKG)
TICKS = st.integers(0, 40)
SPANS = st.lists(st.tuples(TICKS, TICKS), max_size=8).map(lambda ends: [(a, b) for a, b in ends if a < b])


def alternating(first: str, length: int) -> list[LabelEvent]:
    labels = itertools.cycle(LABELS if first == SEIZ else LABELS[::-1])
    return [LabelEvent(float(i), i + 1.0, label) for i, label in zip(range(length), labels, strict=False)]


def fill_and_walk_back(reference: list[str], hypothesis: list[str]) -> Edits:
    """The plain dynamic programme: unit costs; ties prefer substitution, then insertion, then deletion."""
    n, m = len(reference), len(hypothesis)
    cost = [[0] * (m + 1) for _ in range(n + 1)]
    for i, j in itertools.product(range(n + 1), range(m + 1)):
        if i and j:
            pair = cost[i - 1][j - 1] + (reference[i - 1] != hypothesis[j - 1])
            cost[i][j] = min(pair, cost[i][j - 1] + 1, cost[i - 1][j] + 1)
        else:
            cost[i][j] = i + j
    pairs: Counter[tuple[str, str]] = Counter()
    inserted: Counter[str] = Counter()
    deleted: Counter[str] = Counter()
    i, j = n, m
    while i or j:
        if i and j and cost[i][j] == cost[i - 1][j - 1] + (reference[i - 1] != hypothesis[j - 1]):
            i, j = i - 1, j - 1
            pairs[reference[i], hypothesis[j]] += 1
        elif j and cost[i][j] == cost[i][j - 1] + 1:
            j -= 1
            inserted[hypothesis[j]] += 1
        else:
            i -= 1
            deleted[reference[i]] += 1
    return Edits(
        Confusion(*(pairs[pair] for pair in itertools.product(LABELS, repeat=2))),
        (inserted[SEIZ], inserted[BCKG]),
        (deleted[SEIZ], deleted[BCKG]),
    )


@pytest.mark.parametrize("first", LABELS)
@pytest.mark.parametrize("other", LABELS)
def test_every_pair_of_short_chains_is_aligned_as_the_table_says(first: str, other: str) -> None:
    for n, m in itertools.product(range(1, 14), repeat=2):
        reference, hypothesis = alternating(first, n), alternating(other, m)
        expected = fill_and_walk_back([event.label for event in reference], [event.label for event in hypothesis])
        assert align(reference, hypothesis) == expected, (first, n, other, m)


@given(SPANS, SPANS)
def test_chains_of_any_rows_are_aligned_as_the_table_says(reference: list, hypothesis: list) -> None:
    truths, claims = seizure_events(reference, 40.0), seizure_events(hypothesis, 40.0)
    expected = fill_and_walk_back([event.label for event in truths], [event.label for event in claims])
    assert align(truths, claims) == expected


@given(SPANS, SPANS)
def test_every_event_is_paired_or_edited(reference: list, hypothesis: list) -> None:
    truths, claims = seizure_events(reference, 40.0), seizure_events(hypothesis, 40.0)
    result = score_dpalign(truths, claims)
    assert result.summary.targets == len(truths)
    assert result.summary.hits + result.summary.misses == len(truths)
    pairs = len(truths) - result.summary.deletions
    assert pairs + result.summary.insertions == len(claims)
    assert (result.seiz.fp, result.bckg.fp) == (result.seiz.insertions, result.bckg.insertions)
    assert (result.seiz.tn, result.bckg.tn) == (result.bckg.hits, result.seiz.hits)


def test_times_do_not_matter() -> None:
    early, late = seizure_events([(1, 2), (3, 4)], 40.0), seizure_events([(10, 20), (30, 35)], 40.0)
    assert score_dpalign(early, late).seiz.hits == 2


def test_a_hypothesis_of_another_length_is_answered() -> None:
    found = score_dpalign(seizure_events([(1, 2)], 40.0), seizure_events([(1, 2)], 30.0))
    assert (found.seiz.hits, found.seiz.duration) == (1, 40.0)
