"""Slow courses: piecewise linear, switched, drifting."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.simulation.tracks import Track, drifting, steady, switched


def test_a_track_is_constant_beyond_its_ends() -> None:
    track = Track(np.array([1.0, 2.0]), np.array([3.0, 5.0]))
    np.testing.assert_allclose(track.read(0, 8, 2.0), [3, 3, 3, 4, 5, 5, 5, 5])


def test_any_stretch_of_a_track_is_the_same_as_the_whole() -> None:
    track = drifting(100.0, spread=0.3, seconds=20.0, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(track.read(500, 700, 10.0), track.read(0, 1000, 10.0)[500:700])


def test_a_steady_track_never_changes() -> None:
    assert set(steady(2.5).read(0, 10, 1.0)) == {2.5}


def test_a_switched_track_reaches_both_values_and_ramps_between() -> None:
    values = switched([(10.0, 20.0)], inside=1.0, outside=0.2, ramp=2.0).read(0, 30, 1.0)
    assert values[5] == pytest.approx(0.2)
    assert values[11] == pytest.approx(0.6)
    assert values[15] == pytest.approx(1.0)
    assert values[25] == pytest.approx(0.2)


def test_spans_closer_than_a_ramp_do_not_run_backwards() -> None:
    track = switched([(1.0, 1.1), (1.2, 1.3)], inside=1.0, outside=0.0, ramp=0.5)
    assert (np.diff(track.times) >= 0).all()


def test_a_drift_stays_around_one() -> None:
    gain = drifting(36000.0, spread=0.15, seconds=60.0, rng=np.random.default_rng(1)).read(0, 36000, 1.0)
    assert np.exp(np.log(gain).mean()) == pytest.approx(1.0, abs=0.05)
    assert np.log(gain).std() == pytest.approx(0.15, rel=0.2)
