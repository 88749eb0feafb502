"""The event rules, one by one and together, in blocks of any size."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ictal.core.events import Event
from ictal.core.scores import Scores
from ictal.postprocessing.events import EventMachine, find_events
from ictal.postprocessing.settings import PostProcessing

NAN = float("nan")


def events_of(values: list[float], rules: PostProcessing, sizes: list[int] | None = None) -> list[Event]:
    machine = EventMachine(rules, start=0.0, step=1.0)
    found, position = [], 0
    for size in [*(sizes or []), len(values)]:
        found += machine.push(values[position : position + size])
        position += size
    return found + machine.finish()


def spans_of(values: list[float], rules: PostProcessing) -> list[tuple[float, float]]:
    return [event.span for event in events_of(values, rules)]


@pytest.mark.parametrize(
    ("values", "rules", "expected"),
    [
        ([0, 1, 1, 0], PostProcessing(), [(1, 3)]),
        ([0, 0.5, 0], PostProcessing(), [(1, 2)]),
        ([1, 1], PostProcessing(), [(0, 2)]),
        ([0.6, 0.9, 0.6, 0.4, 0.6], PostProcessing(threshold=0.8, release=0.5), [(1, 3)]),
        ([1, 0, 1], PostProcessing(merge_gap=1.0), [(0, 1), (2, 3)]),
        ([1, 0, 1], PostProcessing(merge_gap=1.5), [(0, 3)]),
        ([1, 0, 0, 1], PostProcessing(merge_gap=1.5), [(0, 1), (3, 4)]),
        ([1, NAN, 1], PostProcessing(merge_gap=9.0), [(0, 1), (2, 3)]),
        ([1, 0, 1, 1, 0, 1], PostProcessing(opening=2.0), [(2, 4)]),
        ([1, 1, 0, 1, 0, 1, 1], PostProcessing(opening=2.0, merge_gap=2.0), [(0, 2), (5, 7)]),
        ([1, 1, 0, 1, 0, 1, 1], PostProcessing(opening=2.0, merge_gap=3.5), [(0, 7)]),
        ([1, 0, 1], PostProcessing(opening=2.0, merge_gap=2.0), []),
        ([1, NAN, 1], PostProcessing(opening=2.0, merge_gap=9.0), []),
        ([0.6, 0.9, 0.6, 0.4], PostProcessing(threshold=0.8, release=0.5, opening=2.0), [(1, 3)]),
        ([1, 0, 1, 1, 1], PostProcessing(minimum_duration=3.0), [(2, 5)]),
        ([1, 0, 1, 1, 1], PostProcessing(minimum_duration=3.0, merge_gap=2.0), [(0, 5)]),
        ([1, 1, 1, 0, 1], PostProcessing(maximum_duration=2.0), [(4, 5)]),
        ([0, 0, 1, 0, 0], PostProcessing(smoothing=3.0, threshold=0.3), [(1, 4)]),
        ([NAN, NAN], PostProcessing(), []),
        ([], PostProcessing(), []),
    ],
)
def test_each_rule(values: list[float], rules: PostProcessing, expected: list[tuple[float, float]]) -> None:
    assert spans_of(values, rules) == expected


def test_confidence_is_the_mean_of_the_frames_above_the_level() -> None:
    (event,) = events_of([0.6, 0.1, 0.8], PostProcessing(merge_gap=5.0))
    assert event.confidence == pytest.approx(0.7)


def test_confidence_leaves_out_what_was_too_short_for_an_event() -> None:
    rules = PostProcessing(opening=2.0, merge_gap=9.0)
    (event,) = events_of([0.6, 0.6, 0.0, 1.0, 0.0, 0.8, 0.8, 0.8], rules)
    assert event.span == (0.0, 8.0)
    assert event.confidence == pytest.approx((2 * 0.6 + 3 * 0.8) / 5)


def test_an_event_is_given_as_soon_as_it_is_certain() -> None:
    machine = EventMachine(PostProcessing(merge_gap=2.0), start=0.0, step=1.0)
    assert machine.push([1.0, 0.0]) == []
    assert [event.span for event in machine.push([0.0])] == [(0.0, 1.0)]


def test_events_start_where_the_frames_start_and_end_with_the_recording() -> None:
    scores = Scores(np.array([[0.0, 1.0]] * 3), start=1.5, step=1.0)
    assert [event.span for event in find_events(scores, PostProcessing(), duration=4.0)] == [(1.5, 4.0)]


rules_strategy = st.builds(
    lambda smoothing, threshold, fall, opening, gap, shortest: PostProcessing(
        smoothing=smoothing,
        threshold=threshold,
        release=threshold * fall,
        opening=opening,
        merge_gap=gap,
        minimum_duration=shortest,
    ),
    st.floats(0, 8),
    st.floats(0.05, 1.0),
    st.floats(0.3, 1.0),
    st.one_of(st.just(0.0), st.floats(0, 4)),
    st.floats(0, 6),
    st.floats(0, 6),
)


@given(
    st.lists(st.one_of(st.floats(0, 1), st.just(NAN)), max_size=80),
    rules_strategy,
    st.lists(st.integers(0, 12), max_size=40),
)
@settings(max_examples=300, deadline=None)
def test_blocks_of_any_size_give_the_same_events(values: list[float], rules: PostProcessing, sizes: list[int]) -> None:
    assert events_of(values, rules, sizes) == events_of(values, rules)


@given(st.lists(st.floats(0, 1), max_size=60), st.floats(0.05, 1.0), st.integers(0, 5))
@settings(max_examples=200, deadline=None)
def test_equals_an_independent_rule_on_masks(values: list[float], threshold: float, gap: int) -> None:
    rules = PostProcessing(threshold=threshold, merge_gap=float(gap))
    mask: NDArray[np.bool_] = np.array(values) >= threshold
    on = np.flatnonzero(mask)
    for left, right in itertools.pairwise(on):
        if right - left - 1 < gap:
            mask[left:right] = True
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    expected = [(float(a), float(b)) for a, b in edges.reshape(-1, 2)]
    assert [event.span for event in events_of(values, rules)] == expected
