"""Sweat, pops and lost electrodes are where, when and as large as they should be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.electrodes import (
    disconnection,
    draw_losses,
    lost_signal,
    pop_series,
    pops,
    recovery,
    sway,
    sweat,
)
from ictal.simulation.head import CHANNELS
from ictal.simulation.scene import Scene
from ictal.simulation.seizure import Seizure

RATE = 256.0

Make = Callable[..., Scene]
Lay = Callable[..., np.ndarray]


def test_sweat_sways_slower_than_half_a_hertz() -> None:
    [course] = sway(40.0, round(600 * RATE), RATE, seed=0)
    middle = course[round(200 * RATE) : round(400 * RATE)]
    assert middle.std() == pytest.approx(40.0, rel=0.25)
    frequencies, power = signal.welch(course, RATE, nperseg=round(60 * RATE))
    inside = (frequencies >= 0.05) & (frequencies <= 0.5)
    assert power[inside].sum() > 0.95 * power.sum()
    assert (abs(course[0]), abs(course[-1])) == (0.0, 0.0)


def test_sweat_comes_and_goes_at_single_electrodes_and_groups(make_scene: Make, lay: Lay) -> None:
    scene = make_scene(7200.0, rate=100.0, sweat_share=0.3, sweat_amplitude=30.0)
    part = sweat(scene)
    course = lay(part, scene)
    assert {len(event.channels) == 1 for event in part.events} == {True, False}
    outside = np.ones(scene.n_samples, dtype=bool)
    for event in part.events:
        outside[round(event.onset * 100) - 1 : round(event.stop * 100) + 1] = False
    assert 0.2 < outside.mean() < 0.98
    assert not course[:, outside].any()
    assert not sweat(make_scene(sweat_share=0.0)).events


def test_a_pop_is_a_step_that_falls_back() -> None:
    course = pop_series(3, np.array([0.0, 2.0]), np.array([100.0, 200.0]), 0.5, round(5 * RATE), RATE)
    assert np.flatnonzero(course.any(axis=1)).tolist() == [3]
    assert course[3, 0] == 100.0
    assert course[3, round(0.5 * RATE)] == pytest.approx(100 * np.exp(-1))
    assert course[3, round(2 * RATE)] - course[3, round(2 * RATE) - 1] == pytest.approx(200.0, abs=2.0)


def test_pops_come_at_their_rate_mostly_at_bad_contacts(make_scene: Make, lay: Lay) -> None:
    scene = make_scene(36_000.0, rate=100.0, pop_rate=6.0)
    part = pops(scene)
    assert len(part.events) == pytest.approx(60, abs=24)
    channels = [event.channels for event in part.events]
    assert all(len(one) == 1 for one in channels)
    assert max(map(channels.count, channels)) > 0.2 * len(channels)
    steps = np.diff(lay(part, scene), axis=1)
    sizes = np.abs(steps[np.abs(steps) > 45])
    assert sizes.min() >= 45
    assert sizes.max() < 420
    assert len(sizes) > len(channels)


def test_a_lost_electrode_is_saturated_at_both_ends_and_shows_no_brain(make_scene: Make, lay: Lay) -> None:
    scene = make_scene(36_000.0, rate=100.0, disconnection_rate=1.5)
    part = disconnection(scene)
    course = lay(part, scene, below=1234.0)
    apart = [event for event in part.events if len(event.channels) == 1]
    assert len(apart) > 4
    for event in apart:
        row = course[CHANNELS.index(event.channels[0])]
        first = round(event.onset * 100)
        last = first + round(event.duration * 100)
        assert row[first - 1] == pytest.approx(1234.0, abs=10.0)
        assert np.abs(row[[first, first + 10, last - 10, last - 1]]).tolist() == [2800.0] * 4
        assert row[last + 600] == pytest.approx(1234.0, abs=10.0)


def test_lost_electrodes_are_flat_or_hum() -> None:
    spreads = []
    for seed in range(40):
        course = lost_signal([5], round(60 * RATE), RATE, 50.0, seed)
        assert np.flatnonzero(course.any(axis=1)).tolist() == [5]
        middle = course[5, round(20 * RATE) : round(40 * RATE)]
        spreads.append(middle.std())
        if middle.std() > 1:
            frequencies, power = signal.welch(middle, RATE, nperseg=1024)
            assert frequencies[power.argmax()] == pytest.approx(50.0, abs=0.3)
    humming = np.array(spreads) > 1
    assert 0.4 < humming.mean() < 0.9
    assert max(np.array(spreads)[~humming]) < 1e-3


def test_the_headbox_is_not_unplugged_around_a_seizure(make_scene: Make) -> None:
    calm = draw_losses(make_scene(3600.0, disconnection_rate=600.0))
    boxes = [span for span, electrodes, _ in calm if len(electrodes) == len(SCALP_19)]
    assert len(boxes) / len(calm) == pytest.approx(0.12, abs=0.06)
    seizure = Seizure(1800.0, 60.0)
    ictal = draw_losses(make_scene(3600.0, disconnection_rate=600.0, seizures=(seizure,)))
    assert [one for one in calm if one not in ictal] == [
        one for one in calm if len(one[1]) == 19 and one[0][0] < 1890.0 and one[0][1] > 1770.0
    ]
    assert len(ictal) < len(calm)


def test_the_amplifier_recovers_with_its_time_constant() -> None:
    course = recovery(round(3 * RATE), RATE)
    assert course[0] == 1.0
    assert course[round(RATE)] == pytest.approx(np.exp(-2 * np.pi * 0.16))
