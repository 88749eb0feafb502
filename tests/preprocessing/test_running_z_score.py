"""The running z-score against its definition."""

from __future__ import annotations

import numpy as np

from ictal.core.recording import Recording
from ictal.preprocessing.running_z_score import RunningZScore


def test_mean_and_deviation_of_the_whole_seconds_before() -> None:
    x = np.random.default_rng(1).standard_normal((2, 200)).cumsum(axis=1)
    scaled = RunningZScore(window=5.0).apply(Recording.from_array(x, 10.0)).read()
    for second in range(1, 20):
        past = x[:, max(0, second - 5) * 10 : second * 10]
        here = slice(second * 10, second * 10 + 10)
        expected = (x[:, here] - past.mean(axis=1, keepdims=True)) / past.std(axis=1, keepdims=True)
        np.testing.assert_allclose(scaled[:, here], expected, rtol=1e-5, atol=1e-5)
