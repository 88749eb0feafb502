"""Seizures in a recording: as high as the difficulty says, where the truth says, and gone when they are left out."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.simulation.course import course_of
from ictal.simulation.populations import draw_subject
from ictal.simulation.scene import Part, Scene
from ictal.simulation.seizure import KINDS, Seizure
from ictal.simulation.seizures import aftermath, discharge, event_of, ictal_decibels, seizures, slowing, suppression
from ictal.simulation.states import States

RATE = 256
SUBJECT = draw_subject(0)


def of_kind(kind: str, onset: float = 20.0) -> Seizure:
    card = KINDS[kind]
    return Seizure(onset, min(card.durations[1], 40.0), kind, card.foci[0], muscle=card.muscle, postictal=30.0)


def scene(seizure: Seizure, difficulty: float = 0.5) -> Scene:
    """Return a recording of one seizure that goes on for 40 s after it."""
    duration = seizure.stop + 40.0
    return Scene(
        subject=SUBJECT,
        states=States((("wake", 0.0, duration),)),
        seizures=(seizure,),
        n_samples=round(duration * RATE),
        sampling_rate=RATE,
        line_frequency=50.0,
        difficulty=difficulty,
        seed=3,
    )


def made_of(part: Part, below: float = 0.0) -> np.ndarray:
    """Return what a part makes of a constant signal of 160 s."""
    signal = np.full((19, 160 * RATE), below)
    for layer in part.layers:
        layer.apply(signal, 0)
    return signal


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("difficulty", [0.0, 0.6, 1.0])
def test_height_is_what_difficulty_says(kind: str, difficulty: float) -> None:
    seizure = of_kind(kind)
    added = made_of(seizures(scene(seizure, difficulty)))
    first, last = (round((seizure.onset + second) * RATE) for second in course_of(seizure).full)
    seen = np.sqrt((added[:, first:last] ** 2).mean(axis=1)).max()
    decibels = 20 * np.log10(seen / SUBJECT.rhythms.background_amplitude)
    assert decibels == pytest.approx(ictal_decibels(difficulty), abs=0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_seizure_is_nowhere_before_its_onset_or_after_its_stop(kind: str) -> None:
    seizure = of_kind(kind)
    there = np.flatnonzero(np.abs(made_of(seizures(scene(seizure)))).max(axis=0) > 1e-2) / RATE
    assert there[0] == pytest.approx(seizure.onset, abs=0.1)
    assert there[-1] == pytest.approx(seizure.stop, abs=0.1)


@pytest.mark.parametrize("kind", KINDS)
def test_it_grows(kind: str) -> None:
    seizure = of_kind(kind)
    seen = discharge(seizure, 1.0, RATE, [0])
    first = round(course_of(seizure).full[0] * RATE)
    assert seen[:, : first // 3].std() < 0.85 * seen[:, first:].std()


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_seizure_and_no_reference(kind: str) -> None:
    seizure = of_kind(kind)
    first, again, other = (discharge(seizure, 50.0, RATE, [seed]) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 1.0
    np.testing.assert_allclose(first.mean(axis=0), 0.0, atol=1e-9)


@pytest.mark.parametrize("kind", KINDS)
def test_what_follows_is_slow_or_nothing(kind: str) -> None:
    seizure = of_kind(kind)
    after = aftermath(seizure, 1.0, RATE, [0])
    assert after.shape == (19, 30 * RATE)
    if kind == "absence":
        assert not after.any()
        return
    spectrum = (np.abs(np.fft.rfft(after)) ** 2).sum(axis=0)
    frequencies = np.fft.rfftfreq(after.shape[1], 1 / RATE)
    assert spectrum[frequencies <= 4].sum() > 0.99 * spectrum.sum()
    assert 0.1 < after.std(axis=1).max() < 1.0
    assert after[:, -RATE:].std() < 0.2 * after.std()


@pytest.mark.parametrize("kind", KINDS)
def test_background_is_weakened_as_the_course_says(kind: str) -> None:
    seizure = of_kind(kind)
    seen = made_of(suppression(scene(seizure)), below=50.0)
    left = course_of(seizure).background
    expected = left.read(round(-seizure.onset * RATE), round((160.0 - seizure.onset) * RATE), RATE)
    np.testing.assert_allclose(seen, np.tile(50.0 * expected, (19, 1)), atol=1e-9)


def test_an_absence_leaves_no_slowing() -> None:
    assert not made_of(slowing(scene(of_kind("absence")))).any()


def test_slowing_is_no_higher_than_twice_the_background() -> None:
    seizure = of_kind("focal-temporal")
    easy, hard = (made_of(slowing(scene(seizure, difficulty))).std(axis=1).max() for difficulty in (0.0, 1.0))
    assert 0 < hard <= easy < 2 * SUBJECT.rhythms.background_amplitude


def test_events_name_the_channels_of_the_onset() -> None:
    focal = event_of(Seizure(1.0, 20.0, focus="T7"))
    assert (focal.span, focal.event_type) == ((1.0, 21.0), "sz_foc_ia")
    assert set(focal.channels) == {"F7-Avg", "T3-Avg", "T5-Avg"}
    assert event_of(Seizure(1.0, 20.0, "absence")).channels == ()
    assert {event_of(of_kind(kind)).is_seizure for kind in KINDS} == {True}


def test_nothing_is_added_elsewhere_on_the_head_at_a_focal_onset() -> None:
    added = made_of(seizures(scene(of_kind("focal-temporal"))))[:, 20 * RATE : 24 * RATE].std(axis=1)
    focus = KINDS["focal-temporal"].foci[0]
    assert SCALP_19[added.argmax()] == focus
    assert np.sort(added)[:10].max() < 0.4 * added.max()
