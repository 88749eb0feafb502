"""Movements are slow and large; patting is steady and does not evolve."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.movement import movement, pat, patting, swing, touched_electrodes
from ictal.simulation.scene import Scene
from ictal.simulation.seizure import Seizure

RATE = 256.0

Make = Callable[..., Scene]
Lay = Callable[..., np.ndarray]


def test_a_movement_is_slow_and_has_muscle_on_it() -> None:
    heights = np.zeros(19)
    heights[[3, 4]] = [200.0, -100.0]
    course = swing(heights, 0.0, round(6 * RATE), RATE, seed=0)
    assert np.flatnonzero(course.any(axis=1)).tolist() == [3, 4]
    frequencies, power = signal.periodogram(course, RATE)
    assert power[:, frequencies < 3].sum() > 0.9 * power.sum()
    assert 80.0 < np.abs(course[3]).max() < 900.0
    assert np.corrcoef(course[3], course[4])[0, 1] < 0
    tense = swing(heights, 30.0, round(6 * RATE), RATE, seed=0) - course
    frequencies, power = signal.periodogram(tense, RATE)
    assert power[:, frequencies > 12].sum() > 0.9 * power.sum()


def test_movements_come_at_their_rate_awake_and_seldom_asleep(make_scene: Make) -> None:
    stages = (("wake", 0.0, 18_000.0), ("n3", 18_000.0, 36_000.0))
    events = movement(make_scene(36_000.0, stages=stages, movement_rate=12.0)).events
    awake = [event for event in events if event.onset < 18_000.0]
    assert len(awake) == pytest.approx(60, abs=24)
    assert len(events) - len(awake) < 0.3 * len(awake)
    assert all(1.0 <= event.duration <= 6.0 for event in awake)
    assert max(len(event.channels) for event in awake) > 2


@pytest.mark.parametrize(("kind", "moves"), [("low-voltage-fast", True), ("absence", False)])
def test_some_seizures_move_the_body(make_scene: Make, kind: str, moves: bool) -> None:
    seizure = Seizure(100.0, 60.0, kind=kind)
    events = movement(make_scene(300.0, seizures=(seizure,), movement_rate=0.0)).events
    assert bool(events) == moves
    assert all(seizure.onset + 20.0 <= event.onset < seizure.stop for event in events)


@pytest.mark.parametrize("frequency", [1.0, 2.2, 3.0])
def test_patting_keeps_its_frequency_and_its_height(frequency: float) -> None:
    course = pat(np.eye(19)[7] * 50.0, frequency, round(40 * RATE), RATE, seed=1)[7]
    early, late = course[round(2 * RATE) : round(18 * RATE)], course[round(22 * RATE) : round(38 * RATE)]
    peaks = []
    for part in (early, late):
        frequencies, power = signal.periodogram(part, RATE, window="hann")
        peaks.append(frequencies[power.argmax()])
    assert peaks == pytest.approx([frequency, frequency], rel=0.12)
    assert early.std() == pytest.approx(late.std(), rel=0.35)


def test_patting_is_where_a_head_lies(make_scene: Make, lay: Lay) -> None:
    scene = make_scene(3600.0, patting_rate=10.0)
    part = patting(scene)
    assert len(part.events) == pytest.approx(10, abs=7)
    course = lay(part, scene)
    [event, *_] = part.events
    inside = course[:, round(event.onset * RATE) : round(event.stop * RATE)]
    assert np.abs(inside).max() > 25.0
    assert not patting(make_scene(patting_rate=0.0)).events


def test_touched_electrodes_lie_together() -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        touched = np.abs(touched_electrodes("O1", rng))
        assert touched.max() == pytest.approx(1.0)
        assert touched[SCALP_19.index("O1")] > touched[SCALP_19.index("F8")]
