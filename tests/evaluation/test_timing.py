"""Medians of times, held to numpy on seizures written out, and intervals over subjects."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.timing import ERRORS, describe_spread, describe_timing, weighted_medians
from ictal.scoring.timing import Timing, measure_timing

DURATION = 10_000.0


def timing(*latencies: float) -> Timing:
    marked = [(1000.0 * number, 1000.0 * number + 100.0) for number in range(1, len(latencies) + 1)]
    found = [(start + late, stop + 2 * late) for (start, stop), late in zip(marked, latencies, strict=True)]
    return measure_timing(marked, found, DURATION)


@given(
    st.lists(
        st.tuples(st.floats(-100, 100), st.lists(st.integers(0, 3), min_size=3, max_size=3)), min_size=1, max_size=9
    )
)
def test_a_weighted_median_is_the_median_of_repeated_values(pairs: list[tuple[float, list[int]]]) -> None:
    values = np.array([value for value, _ in pairs])
    weights = np.array([weight for _, weight in pairs]).T
    for median, weight in zip(weighted_medians(values, weights), weights, strict=True):
        repeated = np.repeat(values, weight)
        assert_allclose(median, np.median(repeated) if len(repeated) else np.nan)


def test_medians_are_over_all_detected_seizures() -> None:
    numbers = np.array([0, 0, 1])
    found = describe_timing([timing(2.0, 4.0), timing(), timing(9.0)], numbers, draw_subjects(2, 200))
    assert (found.n_reference, found.n_detected) == (3, 3)
    assert {name: median.value for name, median in found.medians.items()} == {
        "onset_latency": 4.0,
        "offset_error": 8.0,
        "duration_error": 4.0,
    }
    onset = found.medians["onset_latency"]
    assert (onset.low, onset.high) == (3.0, 9.0), "either subject may be drawn twice"
    assert onset.n_subjects == 2


def test_what_was_missed_has_no_time() -> None:
    missed = measure_timing([(100.0, 120.0)], [], DURATION)
    found = describe_timing([missed, timing(3.0)], np.array([0, 1]), draw_subjects(2))
    assert (found.n_reference, found.n_detected) == (2, 1)
    assert found.medians["onset_latency"].n_subjects == 1
    assert not found.medians["onset_latency"].has_interval


def test_without_a_detection_nothing_is_said() -> None:
    found = describe_timing([measure_timing([(100.0, 120.0)], [], DURATION)], np.array([0]), draw_subjects(1))
    assert set(found.medians) == set(ERRORS)
    assert all(np.isnan(median.value) and median.n_subjects == 0 for median in found.medians.values())


def test_spreads_are_those_of_all_detected_seizures_drawn_by_subject() -> None:
    late = ((0, [2.0, 4.0]), (1, [9.0]), (1, []), (2, [-20.0, 40.0, 6.0]))
    timings = [
        measure_timing(
            [(1000.0 * i + 500.0, 1000.0 * i + 560.0) for i in range(len(own))],
            [(1000.0 * i + 500.0 + latency, 1000.0 * i + 560.0) for i, latency in enumerate(own)],
            5000.0,
        )
        for _, own in late
    ]
    numbers, draws = np.array([number for number, _ in late]), draw_subjects(3, 200)
    spread = describe_spread(timings, numbers, draws)["onset_latency"]
    values = np.array([2.0, 4.0, 9.0, -20.0, 40.0, 6.0])
    assert spread.n_detected == 6
    assert spread.median.value == pytest.approx(np.median(values))
    assert spread.quartiles == pytest.approx(tuple(np.quantile(values, [0.25, 0.75])))
    assert {limit: one.value for limit, one in spread.within.items()} == pytest.approx(
        {5.0: 2 / 6, 10.0: 4 / 6, 30.0: 5 / 6}
    )
    expected = [draw @ [2, 0, 0] / (draw @ [2, 1, 3]) for draw in draws]
    assert (spread.within[5.0].low, spread.within[5.0].high) == pytest.approx(
        tuple(np.quantile(expected, [0.025, 0.975]))
    )


def test_a_spread_without_a_detection_is_undefined() -> None:
    spread = describe_spread([measure_timing([(60.0, 90.0)], [], 600.0)], np.array([0]), draw_subjects(1, 10))
    one = spread["duration_error"]
    assert one.n_detected == 0
    assert np.isnan([one.median.value, *one.quartiles, one.within[30.0].value]).all()
