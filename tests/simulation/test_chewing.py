"""Chewing is rhythmic on both sides, with slow waves in front, while awake or in a focal seizure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.chewing import automatisms, chew, chewing, meals, tongue_field
from ictal.simulation.scene import Scene
from ictal.simulation.seizure import Seizure

RATE = 256.0

Make = Callable[..., Scene]


def test_both_temples_work_together_once_or_twice_a_second() -> None:
    for seed in range(5):
        course = chew(60.0, round(15 * RATE), RATE, seed)
        fast = signal.sosfiltfilt(signal.butter(4, 25.0, "highpass", fs=RATE, output="sos"), course)
        smooth = signal.butter(2, 5.0, fs=RATE, output="sos")
        left, right = (signal.sosfiltfilt(smooth, np.abs(fast[SCALP_19.index(name)])) for name in ("T7", "T8"))
        assert np.corrcoef(left, right)[0, 1] > 0.6
        frequencies, power = signal.periodogram(left - left.mean(), RATE)
        above = frequencies > 0.6
        assert 0.8 < frequencies[above][power[above].argmax()] < 2.5
        assert left.max() > 8 * np.quantile(left, 0.1)


def test_the_tongue_makes_slow_waves_that_are_negative_in_front() -> None:
    field = tongue_field()
    assert {SCALP_19[number] for number in np.argsort(field)[:2]} == {"Fp1", "Fp2"}
    assert field.min() == pytest.approx(-1.0)
    course = chew(60.0, round(15 * RATE), RATE, seed=0)
    slow = signal.sosfiltfilt(signal.butter(4, 4.0, fs=RATE, output="sos"), course)
    size = slow.std(axis=1)
    assert {SCALP_19[number] for number in np.argsort(size)[-2:]} == {"Fp1", "Fp2"}
    assert size.max() > 8.0


def test_bouts_are_taken_awake_and_several_at_once(make_scene: Make) -> None:
    scene = make_scene(36_000.0, stages=(("wake", 0.0, 18_000.0), ("n2", 18_000.0, 36_000.0)), chewing_rate=10.0)
    bouts = meals(scene, np.random.default_rng(0))
    assert len(bouts) == pytest.approx(50, rel=0.5)
    assert all(0 <= onset < onset + duration <= 18_000.0 for onset, duration in bouts)
    assert all(3.0 <= duration <= 20.0 for _, duration in bouts)
    onsets = np.sort([onset for onset, _ in bouts])
    assert np.median(np.diff(onsets)) < 40.0


def test_focal_seizures_come_with_chewing_half_of_the_time(make_scene: Make) -> None:
    focal = tuple(Seizure(100.0 * number, 60.0) for number in range(60))
    bouts = automatisms(make_scene(6000.0, seizures=focal))
    assert 20 <= len(bouts) <= 40
    assert all(onset % 100 >= 8.0 and onset % 100 + duration <= 60.0 + 1e-9 for onset, duration in bouts)
    absences = tuple(Seizure(100.0 * number, 60.0, kind="absence") for number in range(20))
    assert automatisms(make_scene(2000.0, seizures=absences)) == []


def test_the_truth_names_the_temples(make_scene: Make) -> None:
    events = chewing(make_scene(7200.0, chewing_rate=20.0)).events
    assert events
    assert all({"T3-Avg", "T4-Avg"} <= set(event.channels) for event in events)
