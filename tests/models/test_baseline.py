"""The running median: robust, bounded, and the same for any blocks."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.models.baseline import RunningMedian


def test_it_finds_the_median_of_a_steady_lead() -> None:
    values = np.random.default_rng(0).lognormal(size=(2, 5000))
    medians = RunningMedian(2, warm_up=10, gain=1.0, slowest=0.002).push(values)
    np.testing.assert_allclose(medians[:, -1], np.median(values, axis=1), atol=0.1)


def test_a_seizure_moves_it_no_faster_than_its_steps_allow() -> None:
    values = np.concatenate([np.zeros((1, 300)), np.full((1, 60), 100.0)], axis=1)
    medians = RunningMedian(1, warm_up=10, gain=0.25, slowest=0.002).push(values)
    assert medians[0, -1] < 60 * 0.0025


def test_the_warm_up_is_held_against_its_own_median() -> None:
    median = RunningMedian(1, warm_up=3, gain=0.0, slowest=0.0)
    assert median.push(np.array([[1.0, 9.0]])).shape == (1, 0)
    assert median.push(np.array([[3.0, 100.0]])).tolist() == [[3.0, 3.0, 3.0, 3.0]]


def test_a_recording_shorter_than_the_warm_up_is_answered_at_its_end() -> None:
    median = RunningMedian(1, warm_up=30, gain=0.1, slowest=0.1)
    median.push(np.array([[1.0, 2.0]]))
    assert median.finish().tolist() == [[1.5, 1.5]]
    assert median.finish().shape == (1, 0)


@given(st.lists(st.integers(0, 20), max_size=20), st.integers(1, 30))
@settings(deadline=None)
def test_blocks_of_any_size_give_the_same_medians(sizes: list[int], warm_up: int) -> None:
    values = np.random.default_rng(3).normal(size=(2, 60))
    whole = RunningMedian(2, warm_up, 0.3, 0.01)
    expected = np.concatenate([whole.push(values), whole.finish()], axis=1)
    parts, position = RunningMedian(2, warm_up, 0.3, 0.01), 0
    blocks = []
    for size in [*sizes, 60]:
        blocks.append(parts.push(values[:, position : position + size]))
        position += size
    blocks.append(parts.finish())
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), expected)
