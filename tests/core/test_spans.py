"""Arithmetic of spans against sets of small integers."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from ictal.core.spans import Span, complement_spans, intersect_spans, merge_spans, total_time

SPANS = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda ends: (float(ends[0]), float(ends[1]))))


def cells(spans: list[Span] | tuple[Span, ...]) -> set[int]:
    return {cell for start, stop in spans for cell in range(int(start), int(stop))}


@given(SPANS)
def test_merging_keeps_the_covered_time_sorted_and_apart(spans: list[Span]) -> None:
    merged = merge_spans(spans)
    assert cells(merged) == cells(spans)
    assert all(left[1] < right[0] for left, right in itertools.pairwise(merged))
    assert total_time(spans) == len(cells(spans))


@given(SPANS, SPANS)
def test_intersection_is_the_time_in_both(spans: list[Span], others: list[Span]) -> None:
    assert cells(intersect_spans(spans, others)) == cells(spans) & cells(others)


@given(SPANS, st.integers(0, 30), st.integers(0, 30))
def test_complement_is_the_rest_of_the_stretch(spans: list[Span], start: int, stop: int) -> None:
    expected = set(range(start, stop)) - cells(spans)
    assert cells(complement_spans(spans, float(start), float(stop))) == expected


def test_spans_closer_than_the_gap_are_joined() -> None:
    assert merge_spans([(0.0, 1.0), (2.0, 3.0)], gap=1.0) == ((0.0, 3.0),)
    assert merge_spans([(0.0, 1.0), (2.1, 3.0)], gap=1.0) == ((0.0, 1.0), (2.1, 3.0))
