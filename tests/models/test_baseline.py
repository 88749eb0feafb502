"""The running median: robust, bounded, and the same for any blocks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.models.baseline import RunningQuantile


@pytest.mark.parametrize("level", [0.25, 0.5, 0.75])
def test_it_finds_the_quantile_of_a_steady_lead(level: float) -> None:
    values = np.random.default_rng(0).lognormal(size=(2, 5000))
    medians = RunningQuantile(2, level=level, warm_up=10, gain=1.0, slowest=0.002).push(values)
    np.testing.assert_allclose(medians[:, -1], np.quantile(values, level, axis=1), atol=0.15)


def test_a_seizure_moves_it_no_faster_than_its_steps_allow() -> None:
    values = np.concatenate([np.zeros((1, 300)), np.full((1, 60), 100.0)], axis=1)
    medians = RunningQuantile(1, level=0.5, warm_up=10, gain=0.25, slowest=0.002).push(values)
    assert medians[0, -1] < 60 * 0.0025


def test_the_warm_up_is_held_against_its_own_median() -> None:
    median = RunningQuantile(1, level=0.5, warm_up=3, gain=0.0, slowest=0.0)
    assert median.push(np.array([[1.0, 9.0]])).shape == (1, 0)
    assert median.push(np.array([[3.0, 100.0]])).tolist() == [[3.0, 3.0, 3.0, 3.0]]


def test_a_recording_shorter_than_the_warm_up_is_answered_at_its_end() -> None:
    median = RunningQuantile(1, level=0.5, warm_up=30, gain=0.1, slowest=0.1)
    median.push(np.array([[1.0, 2.0]]))
    assert median.finish().tolist() == [[1.5, 1.5]]
    assert median.finish().shape == (1, 0)


@given(st.lists(st.integers(0, 20), max_size=20), st.integers(1, 30))
@settings(deadline=None)
def test_blocks_of_any_size_give_the_same_medians(sizes: list[int], warm_up: int) -> None:
    values = np.random.default_rng(3).normal(size=(2, 60))
    whole = RunningQuantile(2, level=0.6, warm_up=warm_up, gain=0.3, slowest=0.01)
    expected = np.concatenate([whole.push(values), whole.finish()], axis=1)
    parts, position = RunningQuantile(2, level=0.6, warm_up=warm_up, gain=0.3, slowest=0.01), 0
    blocks = []
    for size in [*sizes, 60]:
        blocks.append(parts.push(values[:, position : position + size]))
        position += size
    blocks.append(parts.finish())
    np.testing.assert_array_equal(np.concatenate(blocks, axis=1), expected)
