"""Rhythmic delta: how fast, where, how tall."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19, Electrode
from ictal.core.events import Event
from ictal.simulation.parts import PARTS
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import draw_subject
from ictal.simulation.recording import SimulatedRecording

RATE = 256.0


def alone(pattern: str, seed: int = 0, **epilepsy: object) -> SimulatedRecording:
    subject = draw_subject(0, "icu")
    changed = {"pattern": pattern, "focus": "T7", "pattern_amplitude": 80.0, "pattern_share": 0.5, **epilepsy}
    subject = replace(subject, epilepsy=replace(subject.epilepsy, **changed))
    others = [name for name in PARTS if name != pattern]
    return simulate_recording(600.0, seed=seed, subject=subject, seizures=0, without=others)


def longest(recording: SimulatedRecording) -> Event:
    return max(recording.truth, key=lambda event: event.duration)


@pytest.mark.parametrize("pattern", ["lrda", "grda"])
@pytest.mark.parametrize("frequency", [1.0, 1.8, 2.8])
def test_one_frequency_holds_the_power(pattern: str, frequency: float) -> None:
    for seed in range(3):
        recording = alone(pattern, seed, pattern_frequency=frequency)
        event = longest(recording)
        course = recording.read(event.onset, event.stop)
        row = course[course.std(axis=1).argmax()]
        frequencies, power = signal.welch(row, RATE, nperseg=int(10 * RATE))
        assert frequencies[power.argmax()] == pytest.approx(frequency, rel=0.15)
        near = np.abs(frequencies - frequencies[power.argmax()]) < 0.5
        assert power[near].sum() > 0.7 * power.sum()
        # Cycle by cycle, half of the time up and half of it down, without an interval between the waves.
        assert 0.3 < (row > 0).mean() < 0.7
        assert np.percentile(np.abs(row), 95) == pytest.approx(80.0, rel=0.4)


@pytest.mark.parametrize("focus", ["T7", "F8", "P4"])
def test_lateralised_delta_is_largest_at_the_focus(focus: str) -> None:
    recording = alone("lrda", focus=focus)
    event = longest(recording)
    strength = recording.read(event.onset, event.stop).std(axis=1)
    assert SCALP_19[strength.argmax()] == focus
    other = "right" if Electrode(focus).hemisphere == "left" else "left"
    far = [value for name, value in zip(SCALP_19, strength, strict=True) if Electrode(name).hemisphere == other]
    assert max(far) < 0.6 * strength.max()
    assert recording.channels[SCALP_19.index(focus)] in event.channels


def test_generalised_delta_is_frontal_and_symmetric() -> None:
    recording = alone("grda")
    event = longest(recording)
    strength = recording.read(event.onset, event.stop).std(axis=1)
    assert {SCALP_19[number] for number in strength.argsort()[-2:]} == {"Fp1", "Fp2"}
    assert strength[0] == pytest.approx(strength[1], rel=0.05)
    assert event.channels == ()


def test_only_the_subjects_own_pattern_is_there() -> None:
    for pattern in ("lpd", "gpd", "lrda", "grda"):
        subject = draw_subject(0, "icu")
        subject = replace(subject, epilepsy=replace(subject.epilepsy, pattern=pattern, pattern_share=0.5))
        recording = simulate_recording(600.0, seed=0, subject=subject, seizures=0)
        found = {event.event_type for event in recording.truth} & {"lpd", "gpd", "lrda", "grda"}
        assert found == {pattern}
