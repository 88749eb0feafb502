"""Medians of times, held to numpy on seizures written out, and intervals over subjects."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.timing import ERRORS, describe_timing, weighted_medians
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
