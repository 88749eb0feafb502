"""Latencies and durations of detections on events whose errors are known, and against a plain search."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.spans import Span
from ictal.scoring.szcore import EventSettings, score_events
from ictal.scoring.timing import match_events, measure_timing

HOUR = 3600.0
UNJOINED = EventSettings(minimum_gap=0.0)


@st.composite
def apart(draw: st.DrawFn, gap: int) -> list[Span]:
    """Sorted events of 1 to 100 s with `gap` seconds and more between them."""
    events, position = [], 0
    for pause, length in draw(st.lists(st.tuples(st.integers(gap, 400), st.integers(1, 100)), max_size=6)):
        events.append((float(position + pause), float(position + pause + length)))
        position += pause + length
    return events


@given(apart(300), st.lists(st.tuples(st.integers(-29, 29), st.integers(-29, 29)), min_size=6, max_size=6))
def test_known_shifts_are_found_again(reference: list[Span], shifts: list[tuple[int, int]]) -> None:
    reference = [(start, stop + 60) for start, stop in reference]
    hypothesis = [(a + early, b + late) for (a, b), (early, late) in zip(reference, shifts, strict=False)]
    timing = measure_timing(reference, hypothesis, HOUR)
    expected = np.array(shifts[: len(reference)], dtype=float).reshape(-1, 2)
    assert np.array_equal(timing.onset_latency, expected[:, 0])
    assert np.array_equal(timing.offset_error, expected[:, 1])
    assert np.array_equal(timing.duration_error, expected[:, 1] - expected[:, 0])
    assert np.array_equal(timing.reference, np.array(reference).reshape(-1, 2))


@given(apart(0), apart(0))
def test_each_event_gets_the_hypothesis_that_shares_most_with_it(reference: list[Span], hypothesis: list[Span]) -> None:
    pairs = dict(match_events(reference, hypothesis))
    for position, (start, stop) in enumerate(reference):
        near = [claim for claim in hypothesis if claim[0] < stop + 60 and claim[1] > start - 30]
        assert (position in pairs) == bool(near)
        if near:
            seconds = set(range(int(start), int(stop)))
            shared = [len(seconds & set(range(int(a), int(b)))) for a, b in near]
            chosen = hypothesis[pairs[position]]
            assert shared[near.index(chosen)] == max(shared)


@given(apart(90), apart(90))
def test_as_many_events_are_timed_as_are_detected(reference: list[Span], hypothesis: list[Span]) -> None:
    timing = measure_timing(reference, hypothesis, HOUR)
    counts = score_events(reference, hypothesis, HOUR)
    assert (len(timing.onset_latency), timing.n_reference) == (counts.true_positives, counts.n_reference)


def test_early_is_negative() -> None:
    timing = measure_timing([(600.0, 660.0)], [(590.0, 640.0)], HOUR)
    assert (timing.onset_latency[0], timing.offset_error[0], timing.duration_error[0]) == (-10.0, -20.0, -10.0)


def test_detection_in_parts_is_measured_as_a_whole() -> None:
    parts = [(605.0, 615.0), (630.0, 640.0), (700.0, 710.0)]
    timing = measure_timing([(600.0, 660.0)], parts, HOUR)
    assert (timing.onset_latency[0], timing.duration_error[0]) == (5.0, 45.0)


def test_long_seizure_has_one_onset() -> None:
    timing = measure_timing([(600.0, 1600.0)], [(620.0, 1500.0)], HOUR)
    assert (timing.n_reference, timing.onset_latency.tolist(), timing.duration_error.tolist()) == (1, [20.0], [-120.0])


def test_long_detection_belongs_to_every_seizure_in_it() -> None:
    timing = measure_timing([(600.0, 660.0), (1000.0, 1060.0)], [(500.0, 1100.0)], HOUR)
    assert timing.onset_latency.tolist() == [-100.0, -500.0]


def test_without_overlap_the_nearest_in_reach_is_taken() -> None:
    assert match_events([(100.0, 110.0)], [(60.0, 75.0), (112.0, 120.0), (150.0, 160.0)]) == [(0, 1)]
    assert match_events([(100.0, 110.0)], [(60.0, 70.0), (170.0, 180.0)]) == []


def test_of_equals_the_earlier_is_taken() -> None:
    assert match_events([(100.0, 110.0)], [(90.0, 95.0), (115.0, 120.0)]) == [(0, 0)]


def test_order_and_overlaps_do_not_matter() -> None:
    mixed = measure_timing([(900.0, 960.0), (100.0, 160.0)], [(130.0, 150.0), (105.0, 140.0)], HOUR)
    assert mixed.reference.tolist() == [[100.0, 160.0]]
    assert mixed.hypothesis.tolist() == [[105.0, 150.0]]
    assert mixed.n_reference == 2


def test_nothing_detected_gives_empty_arrays() -> None:
    for reference, hypothesis in (([], []), ([(600.0, 660.0)], []), ([], [(600.0, 660.0)])):
        timing = measure_timing(reference, hypothesis, HOUR, UNJOINED)
        assert timing.onset_latency.shape == timing.offset_error.shape == timing.duration_error.shape == (0,)
        assert timing.n_reference == len(reference)
