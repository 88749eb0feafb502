"""The moving average against a plain loop, in blocks of any size."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ictal.postprocessing.smoothing import MovingAverage

PROBABILITY = st.one_of(st.floats(0.0, 1.0), st.just(float("nan")))


def plain_average(values: list[float], half: int) -> NDArray[np.float64]:
    answer = []
    for i, value in enumerate(values):
        around = [v for v in values[max(0, i - half) : i + half + 1] if not np.isnan(v)]
        answer.append(np.nan if np.isnan(value) else sum(around) / len(around))
    return np.array(answer)


@given(st.lists(PROBABILITY, max_size=60), st.integers(0, 15), st.lists(st.integers(0, 9), max_size=30))
@settings(max_examples=200, deadline=None)
def test_equals_a_plain_loop_for_any_blocks(values: list[float], n_frames: int, sizes: list[int]) -> None:
    average = MovingAverage(n_frames)
    blocks, position = [], 0
    for size in [*sizes, len(values)]:
        blocks.append(average.push(np.array(values[position : position + size])))
        position += size
    blocks.append(average.finish())
    np.testing.assert_allclose(np.concatenate(blocks), plain_average(values, max(n_frames, 1) // 2), atol=1e-12)


def test_a_frame_waits_for_half_a_window_and_no_longer() -> None:
    average = MovingAverage(5)
    assert len(average.push(np.zeros(2))) == 0
    assert len(average.push(np.zeros(1))) == 1
    assert len(average.push(np.zeros(10))) == 10
    assert len(average.finish()) == 2
