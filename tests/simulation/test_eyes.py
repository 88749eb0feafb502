"""Eyes move when and as far as they should, and are seen where eyes are seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.eyes import blink, blinks, dreaming_looks, eye_fields, saccade, saccades, turn, waking_looks
from ictal.simulation.scene import Scene

RATE = 256.0
NIGHT = (("wake", 0.0, 300.0), ("n1", 300.0, 600.0), ("n2", 600.0, 900.0), ("rem", 900.0, 1500.0))

Make = Callable[..., Scene]
Lay = Callable[..., np.ndarray]


def at(name: str) -> int:
    return SCALP_19.index(name)


def seconds(course: np.ndarray, start: float, stop: float) -> np.ndarray:
    return course[:, round(start * RATE) : round(stop * RATE)]


def test_blinks_come_while_the_eyes_are_open(make_scene: Make, lay: Lay) -> None:
    scene = make_scene(2400.0, closures=((600.0, 1200.0),), blink_rate=15.0, blink_amplitude=100.0)
    course = lay(blinks(scene), scene)
    peaks, _ = signal.find_peaks(course[at("Fp1")], height=60.0, prominence=60.0)
    # 15 a minute in half an hour; an eighth of them is followed by two or three more.
    assert len(peaks) == pytest.approx(15 * 30 * 1.3, rel=0.2)
    assert not ((peaks > 601 * RATE) & (peaks < 1200 * RATE)).any()
    assert np.median(course[at("Fp1"), peaks]) == pytest.approx(100.0, rel=0.15)
    np.testing.assert_allclose(course[at("Fp1")], course[at("Fp2")])


def test_closing_the_eyes_makes_the_forehead_positive_and_opening_them_negative(make_scene: Make, lay: Lay) -> None:
    scene = make_scene(60.0, closures=((20.0, 40.0),), blink_rate=0.0, blink_amplitude=100.0)
    course = lay(blinks(scene), scene)[at("Fp1")]
    assert course[round(20.2 * RATE)] > 25.0
    assert course[round(40.2 * RATE)] < -25.0
    assert abs(course[round(24 * RATE)]) < 3.0
    assert not course[: round(20 * RATE)].any()


def test_a_blink_takes_a_third_of_a_second() -> None:
    shape = blink(RATE, rise=0.11)
    assert 0.12 < (shape > 0.5).sum() / RATE < 0.25
    assert 0.05 < shape.argmax() / RATE < 0.15
    assert (shape[0], shape[-1]) == (0.0, 0.0)


def test_a_blink_is_seen_in_front() -> None:
    upwards = eye_fields()[:, 0]
    # Against a place far away, as behind the head, a third of a blink is left at F3 and a sixth at Cz.
    share = (upwards - upwards[at("O1")]) / (upwards[at("Fp1")] - upwards[at("O1")])
    assert share[[at("F3"), at("F4")]] == pytest.approx(0.38, abs=0.08)
    assert share[at("Cz")] == pytest.approx(0.18, abs=0.06)
    assert np.argsort(upwards)[-2:].tolist() in ([at("Fp1"), at("Fp2")], [at("Fp2"), at("Fp1")])


def test_looking_aside_makes_the_temple_of_that_side_positive() -> None:
    rightwards = eye_fields()[:, 1]
    assert SCALP_19[rightwards.argmax()] == "F8"
    assert SCALP_19[rightwards.argmin()] == "F7"
    assert rightwards[at("F7")] == pytest.approx(-1.0)
    np.testing.assert_allclose(rightwards[[at("Fz"), at("Cz"), at("Pz")]], 0.0, atol=1e-9)


@pytest.mark.parametrize(("rightwards", "muscle", "other"), [(1.0, "F8", "F7"), (-1.0, "F7", "F8")])
def test_a_saccade_is_a_step_with_a_spike_that_the_amplifier_brings_back(
    rightwards: float, muscle: str, other: str
) -> None:
    movement = saccade(10.0, (rightwards, 0.0), RATE)
    assert movement.first == 2560
    course = eye_fields() @ movement.make()
    looked_at, away = (course[at(name)] for name in (("F8", "F7") if rightwards > 0 else ("F7", "F8")))
    done = round(0.1 * RATE)
    assert looked_at[done] > 0.85
    assert away[done] < -0.85
    # The time constant of 0.16 Hz is 1 s.
    later = looked_at[done + round(RATE)] / looked_at[done]
    assert later == pytest.approx(np.exp(-1), rel=0.05)
    fast = signal.sosfiltfilt(signal.butter(4, 20.0, "highpass", fs=RATE, output="sos"), course)
    assert np.abs(fast[at(muscle), :20]).max() > 2 * np.abs(fast[at(other), :20]).max()


def test_saccades_stay_around_the_middle_at_their_rate(make_scene: Make) -> None:
    scene = make_scene(6000.0, closures=((0.0, 3000.0),), saccade_rate=10.0)
    looks = waking_looks(scene)
    assert len(looks) == pytest.approx(500, rel=0.15)
    assert all(onset >= 3000.0 for onset, _ in looks)
    turned = np.array([right for _, (right, _) in looks])
    assert np.abs(turned).mean() == pytest.approx(1.0, rel=0.15)
    assert np.abs(np.cumsum(turned)).max() < 6.0


def test_eyes_roll_slowly_when_drowsy_and_move_rapidly_in_dreams(make_scene: Make, lay: Lay) -> None:
    scene = make_scene(1500.0, stages=NIGHT, saccade_rate=0.0, saccade_amplitude=40.0)
    part = saccades(scene)
    course = lay(part, scene)
    rolling = seconds(course, 320.0, 590.0)
    frequencies, power = signal.welch(rolling, RATE, nperseg=round(60 * RATE))
    assert 0.2 < frequencies[power[at("F8")].argmax()] < 0.5
    assert np.corrcoef(rolling[at("F7")], rolling[at("F8")])[0, 1] < -0.99
    assert not seconds(course, 610.0, 900.0).any()
    assert not seconds(course, 0.0, 240.0).any()
    dreaming = seconds(course, 900.0, 1500.0)
    assert np.abs(np.diff(dreaming[at("F8")])).max() > 5 * np.abs(np.diff(rolling[at("F8")])).max()
    kinds = {event.event_type: event for event in part.events}
    assert set(kinds) == {"slow-eye-movements", "rapid-eye-movements"}
    assert {"F7-Avg", "F8-Avg"} <= set(kinds["rapid-eye-movements"].channels)


def test_rapid_eye_movements_come_in_bursts(make_scene: Make) -> None:
    onsets = np.array([onset for onset, _ in dreaming_looks(make_scene(3000.0, stages=(("rem", 0.0, 3000.0),)))])
    pauses = np.diff(np.sort(onsets))
    assert np.median(pauses) < 1.2 < np.quantile(pauses, 0.85)
    assert len(onsets) / 50 == pytest.approx(3 * 4.5, rel=0.25)


def test_a_turn_is_smooth_and_complete() -> None:
    course = turn(RATE, 0.05)
    assert (course[0], course[-1]) == (0.0, 1.0)
    assert (np.diff(course) > 0).all()
    assert turn(RATE, 0.0).tolist() == [0.0, 1.0]
