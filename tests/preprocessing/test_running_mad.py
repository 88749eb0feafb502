"""Robust running scaling against its definition."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.recording import Recording
from ictal.preprocessing.running_mad import RunningMad


@pytest.mark.parametrize(("normal", "factor"), [(False, 1.0), (True, 1.4826)])
def test_medians_of_the_whole_seconds_before(normal: bool, factor: float) -> None:
    x = np.random.default_rng(1).standard_normal((2, 200)).cumsum(axis=1)
    scaled = RunningMad(window=5.0, normal=normal).apply(Recording.from_array(x, 10.0)).read()
    seconds = x.reshape(2, 20, 10)
    centres = np.median(seconds, axis=2)
    spreads = np.median(np.abs(seconds - centres[..., None]), axis=2)
    for second in range(1, 20):
        past = slice(max(0, second - 5), second)
        centre, spread = np.median(centres[:, past], axis=1), factor * np.median(spreads[:, past], axis=1)
        expected = (seconds[:, second] - centre[:, None]) / spread[:, None]
        np.testing.assert_allclose(scaled[:, second * 10 : second * 10 + 10], expected, rtol=1e-4, atol=1e-4)


def test_a_short_artefact_does_not_change_the_scale() -> None:
    x = np.random.default_rng(2).standard_normal((1, 3000))
    clean = RunningMad(window=20.0).apply(Recording.from_array(x, 50.0)).read(40.0)
    x[:, 1500:1700] += 5000.0 * np.sign(np.random.default_rng(3).standard_normal(200))
    disturbed = RunningMad(window=20.0).apply(Recording.from_array(x, 50.0)).read(40.0)
    assert np.abs(disturbed).max() == pytest.approx(np.abs(clean).max(), rel=0.2)


def test_one_deviation_for_all_channels_keeps_their_sizes_to_each_other() -> None:
    x = np.random.default_rng(4).standard_normal((3, 8000)) * [[1.0], [5.0], [20.0]]
    scaled = RunningMad(window=5.0, shared=True, normal=True).apply(Recording.from_array(x, 200.0)).read()[:, 2000:]
    sizes = np.median(np.abs(scaled), axis=1)
    np.testing.assert_allclose(sizes / sizes[1], [0.2, 1.0, 4.0], rtol=0.1)
    assert np.std(scaled[1]) == pytest.approx(1.0, rel=0.1)


def test_what_is_beyond_the_limit_is_set_to_it() -> None:
    x = np.random.default_rng(5).standard_normal((1, 3000))
    x[:, 2000:2100] *= 1e5
    scaled = RunningMad(window=20.0, limit=50.0).apply(Recording.from_array(x, 50.0)).read()
    assert np.abs(scaled).max() == 50.0
    assert np.array_equal(
        scaled[:, :2000], RunningMad(window=20.0).apply(Recording.from_array(x, 50.0)).read(0.0, 40.0)
    )


def test_where_little_has_been_seen_the_scale_is_the_typical_one() -> None:
    x = np.random.default_rng(6).standard_normal((2, 60_000)) * 40.0
    step = RunningMad(window=300.0, update=5.0, typical=10.0, trust=60.0, normal=True)
    scaled = step.apply(Recording.from_array(x, 100.0)).read()
    sizes = [float(np.std(scaled[:, first : first + 500])) for first in (0, 6_000, 50_000)]
    expected = [4.0, 4.0**0.5, 4.0 ** (60 / 360)]
    np.testing.assert_allclose(sizes, expected, rtol=0.05)
