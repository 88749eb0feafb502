"""Muscle is fast and lateral, and fills the signal in convulsions."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19, Electrode
from ictal.simulation.muscle import (
    MUSCLES,
    burst_envelope,
    contraction,
    convulses,
    convulsion_envelope,
    convulsive_phases,
    fibre_fields,
    muscle,
)
from ictal.simulation.scene import Scene
from ictal.simulation.seizure import Seizure

RATE = 256.0

SEEN_AT = {"temporalis": ["F7", "F8", "T7", "T8"], "frontalis": ["Fp1", "Fp2"], "neck": ["P7", "P8", "O1", "O2"]}

Make = Callable[..., Scene]
Lay = Callable[..., np.ndarray]


@pytest.mark.parametrize("name", MUSCLES)
def test_a_muscle_is_seen_where_it_lies(name: str) -> None:
    strength = np.sqrt((fibre_fields(name) ** 2).sum(axis=1))
    assert strength.max() == pytest.approx(1.0)
    side, kind = name.split()
    assert SCALP_19[strength.argmax()] in SEEN_AT[kind]
    assert Electrode(SCALP_19[strength.argmax()]).hemisphere == side
    assert strength[SCALP_19.index("Cz")] < 0.2


def test_contraction_has_the_height_and_the_spectrum_of_its_muscle() -> None:
    course = contraction(["left frontalis"], np.full(20_000, 30.0), RATE, np.random.default_rng(0))
    assert course.std(axis=1).max() == pytest.approx(30.0, rel=0.1)
    frequencies, power = signal.welch(course, RATE)
    assert frequencies[power.sum(axis=0).argmax()] == pytest.approx(35.0, abs=10.0)
    assert power[:, frequencies > 12].sum() > 0.95 * power.sum()
    # Neighbours over one muscle see fibres of their own.
    assert abs(np.corrcoef(course[0], course[2])[0, 1]) < 0.8


def test_bursts_come_at_their_rate_awake_and_hardly_asleep(make_scene: Make, lay: Lay) -> None:
    scene = make_scene(3600.0, stages=(("wake", 0.0, 1800.0), ("n3", 1800.0, 3600.0)), muscle_rate=2.0)
    part = muscle(scene)
    assert len([event for event in part.events if event.onset < 1800.0]) == pytest.approx(60, abs=25)
    assert len([event for event in part.events if event.onset >= 1800.0]) <= 6
    course = lay(part, scene)
    assert SCALP_19[course.std(axis=1).argmax()] in {"T7", "T8", "F7", "F8", "Fp1", "Fp2"}
    [event, *_] = part.events
    inside = course[:, round(event.onset * RATE) : round(event.stop * RATE)]
    strongest = SCALP_19[inside.std(axis=1).argmax()]
    assert any(
        {"T3": "T7", "T4": "T8"}.get(name.removesuffix("-Avg"), name[:-4]) == strongest for name in event.channels
    )


def test_seizures_are_tense(make_scene: Make, lay: Lay) -> None:
    courses = []
    for tense in (0.0, 1.0):
        scene = make_scene(200.0, seizures=(Seizure(60.0, 100.0, muscle=tense),), muscle_rate=0.5)
        courses.append(lay(muscle(scene), scene))
    calm, tense_one = courses
    first_half, last_half = slice(0, round(110 * RATE)), slice(round(110 * RATE), round(160 * RATE))
    np.testing.assert_array_equal(calm[:, first_half], tense_one[:, first_half])
    assert tense_one[:, last_half].std() > 2 * calm[:, last_half].std()


def test_convulsions_fill_the_signal_then_jerk_ever_more_slowly(make_scene: Make, lay: Lay) -> None:
    seizure = Seizure(20.0, 100.0, kind="focal-to-bilateral", crossing=0.3)
    scene = make_scene(140.0, seizures=(seizure,), muscle_rate=0.0, muscle_amplitude=20.0)
    part = muscle(scene)
    (start, stop), jerks = convulsive_phases(seizure)
    [event] = part.events
    assert event.span == pytest.approx((20.0 + start, 120.0))
    size = np.sqrt((lay(part, scene) ** 2).mean(axis=0))
    assert not size[: round((20 + start) * RATE)].any()
    tonic = size[round((20 + stop - 5) * RATE) : round((20 + stop) * RATE)]
    assert tonic.mean() > 30.0
    late = jerks[-8:]
    on = np.mean([size[round((20 + jerk) * RATE) + np.arange(-8, 8)].mean() for jerk in late])
    between = np.mean([size[round((20 + jerk) * RATE) + np.arange(60, 90)].mean() for jerk in late[:-1]])
    assert on > 10 * between
    assert np.diff(jerks)[-1] > 3 * np.diff(jerks)[0]


def test_only_seizures_that_become_bilateral_and_tonic_ones_convulse() -> None:
    assert convulses(Seizure(0.0, 60.0, kind="focal-to-bilateral", crossing=0.3))
    assert convulses(Seizure(0.0, 60.0, kind="tonic"))
    assert not convulses(Seizure(0.0, 60.0, kind="focal-to-bilateral", crossing=1.0))
    assert not convulses(Seizure(0.0, 60.0, kind="focal-temporal"))


def test_a_tonic_seizure_does_not_jerk() -> None:
    span, jerks = convulsive_phases(Seizure(10.0, 20.0, kind="tonic"))
    assert span == (0.0, 20.0)
    envelope = convulsion_envelope(span, jerks, 5120, RATE, np.random.default_rng(0))
    assert (np.diff(envelope) >= 0).all()
    assert envelope[-1] == 1.0


def test_the_window_of_a_burst_rises_and_falls() -> None:
    window = burst_envelope(1000)
    assert (window[0], window[500], window[-1]) == (0.0, 1.0, 0.0)
    np.testing.assert_allclose(window, window[::-1], atol=1e-12)
