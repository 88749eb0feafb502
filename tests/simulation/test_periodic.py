"""Periodic discharges: how often, where, and which way up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from ictal.core.electrodes import SCALP_19, Electrode
from ictal.core.events import Event
from ictal.simulation.discharges import extent
from ictal.simulation.parts import PARTS
from ictal.simulation.periodic import GENERALISED, LATERALISED, lateral_fields, squeezed
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import draw_subject
from ictal.simulation.recording import SimulatedRecording

RATE = 256.0
LEFT = [number for number, name in enumerate(SCALP_19) if Electrode(name).hemisphere == "left"]
RIGHT = [SCALP_19.index(f"{SCALP_19[number][:-1]}{int(SCALP_19[number][-1]) + 1}") for number in LEFT]


def alone(pattern: str, seed: int = 0, seizures: int = 0, **epilepsy: object) -> SimulatedRecording:
    subject = draw_subject(0, "icu")
    changed = {"pattern": pattern, "focus": "T8", "pattern_amplitude": 100.0, "pattern_share": 0.5, **epilepsy}
    subject = replace(subject, epilepsy=replace(subject.epilepsy, **changed))
    others = [name for name in PARTS if name != pattern]
    return simulate_recording(600.0, seed=seed, subject=subject, seizures=seizures, without=others)


def peak_times(course: NDArray[np.float32], frequency: float) -> NDArray[np.float64]:
    """Return the main peaks of one sign, at most one in 0.6 of a period."""
    upright = course * np.sign(course.max() + course.min())
    period = int(RATE / frequency)
    usual = np.median([upright[start : start + period].max() for start in range(0, len(course) - period, period)])
    peaks, _ = signal.find_peaks(upright, height=0.5 * usual, distance=int(0.6 * period))
    return peaks / RATE


def longest(recording: SimulatedRecording) -> Event:
    return max(recording.truth, key=lambda event: event.duration)


@pytest.mark.parametrize("pattern", ["lpd", "gpd"])
@pytest.mark.parametrize("frequency", [0.5, 1.0, 2.0])
def test_discharges_come_at_their_frequency(pattern: str, frequency: float) -> None:
    for seed in range(4):
        recording = alone(pattern, seed, pattern_frequency=frequency)
        event = longest(recording)
        assert event.event_type == pattern
        course = recording.read(event.onset, event.stop)
        times = peak_times(course[course.std(axis=1).argmax()], frequency)
        intervals = np.diff(times)
        assert np.median(intervals) == pytest.approx(1 / frequency, rel=0.13)
        # By definition successive intervals differ by less than half.
        assert np.mean(np.abs(np.diff(intervals)) < 0.5 * intervals[1:]) > 0.9


@pytest.mark.parametrize("focus", ["T8", "F7", "P3", "C4"])
def test_lateralised_discharges_stay_on_their_side(focus: str) -> None:
    for seed in range(4):
        recording = alone("lpd", seed, focus=focus)
        event = longest(recording)
        height = np.abs(recording.read(event.onset, event.stop)).max(axis=1)
        own, other = (LEFT, RIGHT) if Electrode(focus).hemisphere == "left" else (RIGHT, LEFT)
        assert SCALP_19[height.argmax()] == focus
        assert height[other].max() < 0.6 * height[own].max()
        assert recording.channels[SCALP_19.index(focus)] in event.channels
        assert height.max() == pytest.approx(150.0, rel=0.5)


def test_generalised_discharges_are_symmetric_and_frontal() -> None:
    for seed in range(6):
        recording = alone("gpd", seed)
        event = longest(recording)
        height = np.abs(recording.read(event.onset, event.stop)).max(axis=1)
        np.testing.assert_allclose(height[LEFT], height[RIGHT], atol=0.02 * height.max())
        assert SCALP_19[height.argmax()] in ("Fp1", "Fp2", "Fz")
        assert event.channels == ()


def test_triphasic_waves_are_later_at_the_back() -> None:
    lags = []
    for seed in range(12):
        recording = alone("gpd", seed, pattern_frequency=1.0)
        event = longest(recording)
        course = recording.read(event.onset, event.onset + 30.0)
        front, centre = (course[SCALP_19.index(name)] for name in ("Fp1", "Cz"))
        lags.append(np.abs(signal.correlate(centre, front)).argmax() - len(front) + 1)
    assert max(lags) / RATE > 0.02
    assert min(lags) / RATE > -0.3


def test_each_morphology_has_one_main_phase() -> None:
    for phases in map(np.array, [*LATERALISED.values(), *GENERALISED.values()]):
        assert np.sort(np.abs(phases[:, 2]))[-1] == 1.0
        assert len(phases) >= 2
        assert (np.diff(phases[:, 0]) > 0).all()
        assert (np.diff(np.sign(phases[:, 2])) != 0).all()
    assert all(min(height for _, _, height in phases) == -1.0 for phases in LATERALISED.values())


def test_discharges_leave_time_between_them() -> None:
    for phases in map(np.array, [*LATERALISED.values(), *GENERALISED.values()]):
        begin, end = extent(squeezed(phases, 0.5))
        assert end - begin < 0.43
        np.testing.assert_array_equal(squeezed(phases, 10.0), phases)


def test_neighbours_are_in_the_same_hemisphere() -> None:
    for focus in SCALP_19:
        fields = lateral_fields(focus, np.random.default_rng(1))
        strongest = [SCALP_19[column.argmax()] for column in fields.T]
        assert strongest[0] == focus != strongest[1]
        assert Electrode(strongest[1]).hemisphere == Electrode(focus).hemisphere
