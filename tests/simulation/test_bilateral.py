"""Focal to bilateral: theta at the focus, a recruiting rhythm everywhere, jerks that slow, and silence."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.bilateral import TONIC_SHARE, bilateral, jerk_times, phases, silence
from ictal.simulation.seizure import Seizure

RATE = 256.0
SEIZURE = Seizure(0.0, 90.0, "focal-to-bilateral", "T7", crossing=0.4, postictal=150.0)


def discharge() -> np.ndarray:
    return bilateral(SEIZURE).discharge(RATE, np.random.default_rng(0))


def between(seen: np.ndarray, start: float, stop: float) -> np.ndarray:
    return seen[..., round(start * RATE) : round(stop * RATE)]


def main_frequency(course: np.ndarray) -> float:
    frequencies, power = signal.welch(course, RATE, nperseg=512)
    return float(frequencies[power.argmax()])


@given(st.floats(0.0, 0.9), st.floats(10.0, 300.0))
def test_phases_follow_each_other(crossing: float, duration: float) -> None:
    (tonic, turn), (clonic, stop) = phases(Seizure(0.0, duration, "focal-to-bilateral", crossing=crossing))
    assert tonic == pytest.approx(crossing * duration)
    assert turn == clonic
    assert stop == duration
    assert turn - tonic == pytest.approx(TONIC_SHARE * (stop - tonic))


def test_jerks_come_ever_more_slowly() -> None:
    _, (start, stop) = phases(SEIZURE)
    intervals = np.diff(jerk_times(SEIZURE))
    assert start <= jerk_times(SEIZURE)[0] < jerk_times(SEIZURE)[-1] < stop
    assert 1 / intervals[0] == pytest.approx(4.0, rel=0.1)
    assert 1 / intervals[-1] == pytest.approx(1.05, rel=0.1)
    assert np.all(np.diff(intervals) > -2e-3)


def test_it_begins_at_the_focus_alone() -> None:
    first = between(discharge(), 1.0, 5.0).std(axis=1)
    assert SCALP_19[first.argmax()] == "T7"
    assert first[SCALP_19.index("T8")] < 0.4 * first.max()
    assert main_frequency(between(discharge()[SCALP_19.index("T7")], 1.0, 15.0)) == pytest.approx(6.2, abs=1.0)


def test_the_tonic_phase_is_fast_low_and_growing() -> None:
    (tonic, turn), _ = phases(SEIZURE)
    seen = discharge()[SCALP_19.index("Fz")]
    early, late = between(seen, tonic + 2, tonic + 6), between(seen, turn - 4, turn)
    assert 9.0 < main_frequency(late) < main_frequency(early) < 20.0
    assert late.std() > 1.4 * early.std()


def test_each_jerk_has_its_burst_everywhere() -> None:
    jerks = jerk_times(SEIZURE)[-12:]
    fast = signal.sosfiltfilt(signal.butter(4, 6.0, "highpass", fs=RATE, output="sos"), discharge(), axis=1)
    at_jerks = [between(fast, jerk, jerk + 0.25).std(axis=1) for jerk in jerks[:-1]]
    apart = [between(fast, jerk + 0.5, jerk + 0.7).std(axis=1) for jerk in jerks[:-1]]
    assert np.median(at_jerks) > 3 * np.median(apart)


def test_the_end_is_abrupt_and_silent() -> None:
    course = bilateral(SEIZURE)
    seen = discharge()
    assert between(seen, 88.0, 89.7).std() > 0.4 * between(seen, 70.0, 85.0).std()
    quiet = silence(SEIZURE)
    assert 20.0 < quiet < 60.0
    left = course.background.read(0, 2400, 10.0)
    assert left[round((90 + quiet - 1) * 10)] == pytest.approx(left.min())
    assert left.min() < 0.2
    assert course.aftermath is not None
    slow = course.aftermath(RATE, np.random.default_rng(0))
    assert not between(slow, 0.0, quiet - 0.1).any()
    assert between(slow, quiet + 20.0, quiet + 60.0).std() > 0.1
    assert np.abs(slow[:, -1]).max() < 0.01


def test_frequencies_are_those_of_the_phases() -> None:
    track, ((tonic, turn), _) = bilateral(SEIZURE).frequency, phases(SEIZURE)
    values = track.read(0, 900, 10.0)
    assert 5.0 < values[round(tonic * 10) - 2] < 6.5
    assert values[round(tonic * 10) + 2] == pytest.approx(18.0, abs=1.0)
    assert values[round(turn * 10) + 2] == pytest.approx(4.0, abs=0.2)
