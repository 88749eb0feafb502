"""Chains of label events: what they keep of the rows, and what they refuse."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.spans import merge_spans
from ictal.scoring.nedc_events import (
    BCKG,
    SEIZ,
    LabelEvent,
    check_same_end,
    events_of,
    label_events,
    same_time,
    seizure_events,
)

LENGTH = 60.0
TICKS = st.integers(0, 16 * int(LENGTH))
SPANS = st.lists(st.tuples(TICKS, TICKS), max_size=8).map(lambda ends: [(a / 16, b / 16) for a, b in ends if a < b])


@given(SPANS)
def test_a_chain_has_no_break_from_zero_to_the_end_and_its_labels_alternate(spans: list[tuple[float, float]]) -> None:
    chain = seizure_events(spans, LENGTH)
    assert (chain[0].start, chain[-1].stop) == (0.0, LENGTH)
    for one, following in itertools.pairwise(chain):
        assert one.stop == following.start
        assert one.label != following.label


@given(SPANS)
def test_well_formed_seizures_are_kept_as_they_are(spans: list[tuple[float, float]]) -> None:
    merged = merge_spans(spans)
    chain = seizure_events(merged, LENGTH)
    assert [(start, stop) for start, stop, _ in events_of(chain, SEIZ)] == list(merged)
    assert all(start < stop for start, stop, _ in chain)


@given(SPANS, st.randoms())
def test_the_order_of_rows_that_do_not_start_together_does_not_matter(spans: list[tuple[float, float]], random) -> None:
    spans = list({start: (start, stop) for start, stop in spans}.values())
    shuffled = random.sample(spans, len(spans))
    assert seizure_events(shuffled, LENGTH) == seizure_events(spans, LENGTH)


def test_a_file_without_rows_is_one_background_event() -> None:
    assert label_events([], LENGTH) == [LabelEvent(0.0, LENGTH, BCKG)]
    assert label_events([], 0.0) == [LabelEvent(0.0, 0.0, BCKG)]


def test_a_gap_below_the_fourth_decimal_is_none() -> None:
    assert len(seizure_events([(0.0, 5.0), (5.00004, LENGTH)], LENGTH)) == 1
    assert len(seizure_events([(0.0, 5.0), (5.00006, LENGTH)], LENGTH)) == 3


def test_overlapping_rows_leave_a_filler_that_goes_back_in_time() -> None:
    assert seizure_events([(10, 30), (20, 40)], LENGTH)[2] == (30, 20, BCKG)


@pytest.mark.parametrize("row", [(5.0, 5.0, SEIZ), (5.0, 4.0, SEIZ), (math.nan, 4.0, SEIZ), (0.0, math.inf, BCKG)])
def test_rows_that_are_no_stretch_of_time_are_refused(row: tuple[float, float, str]) -> None:
    with pytest.raises(ParameterError, match="stop after it starts"):
        label_events([row], LENGTH)


def test_unknown_labels_are_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match=r"'sz' is not allowed; allowed are 'seiz', 'bckg'"):
        label_events([(0.0, 1.0, "sz")], LENGTH)


@pytest.mark.parametrize("duration", [-1.0, math.nan, math.inf])
def test_impossible_durations_are_refused(duration: float) -> None:
    with pytest.raises(ParameterError, match="duration"):
        label_events([], duration)


@given(st.floats(0.01, 1e5), st.floats(-2e-3, 2e-3))
def test_times_are_compared_as_they_are_written(time: float, shift: float) -> None:
    assert same_time(time, time + shift) == (f"{time:.4f}" == f"{time + shift:.4f}")


def test_ends_that_differ_are_refused_by_both_names() -> None:
    check_same_end(label_events([], 600.0), label_events([], 600.00001))
    with pytest.raises(ParameterError, match=r"ends at 590\.0 s; it must end with the reference, at 600\.0 s"):
        check_same_end(label_events([], 600.0), label_events([], 590.0))
