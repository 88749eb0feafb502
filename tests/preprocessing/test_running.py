"""Trailing windows: what they hold, and from where."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from ictal.core.recording import Recording
from ictal.preprocessing.running_mad import RunningMad
from ictal.preprocessing.running_z_score import RunningZScore


@pytest.mark.parametrize("step", [RunningZScore(window=3.0), RunningMad(window=3.0)], ids=["z-score", "mad"])
def test_the_first_stretch_has_no_past_and_is_zero(step: RunningZScore | RunningMad) -> None:
    x = np.random.default_rng(0).standard_normal((2, 100))
    scaled = step.apply(Recording.from_array(x, 10.0)).read()
    np.testing.assert_array_equal(scaled[:, :10], 0.0)
    assert (scaled[:, 10:] != 0).all()


@pytest.mark.parametrize("step", [RunningZScore(window=3.0), RunningMad(window=3.0)], ids=["z-score", "mad"])
def test_the_future_does_not_count(step: RunningZScore | RunningMad) -> None:
    x = np.random.default_rng(0).standard_normal((2, 100))
    other = x.copy()
    other[:, 57:] = 99.0
    before, after = (step.apply(Recording.from_array(each, 10.0)).read() for each in (x, other))
    np.testing.assert_array_equal(before[:, :57], after[:, :57])


def test_silence_is_not_blown_up() -> None:
    silent = np.random.default_rng(0).standard_normal((1, 200)) * 1e-6
    assert np.abs(RunningZScore(window=3.0).apply(Recording.from_array(silent, 10.0)).read()).max() < 0.01


def test_an_update_longer_than_the_window_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"update 5 s is above window 3 s"):
        RunningZScore(window=3.0, update=5.0)
