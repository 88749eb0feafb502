"""Absences and tonic seizures: everywhere at once, most in front."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.generalised import absence, frontal_regions, tonic
from ictal.simulation.seizure import Seizure

RATE = 256.0
ABSENCE = Seizure(0.0, 16.0, "absence")
TONIC = Seizure(0.0, 20.0, "tonic", postictal=20.0)
FRONT = {"Fz", "F3", "F4", "Fp1", "Fp2"}


def row(name: str) -> int:
    return SCALP_19.index(name)


def absence_seen() -> np.ndarray:
    return absence(ABSENCE).discharge(RATE, np.random.default_rng(0))


def tonic_seen() -> np.ndarray:
    return tonic(TONIC).discharge(RATE, np.random.default_rng(0))


def main_frequency(course: np.ndarray) -> float:
    frequencies, power = signal.welch(course, RATE, nperseg=1024)
    return float(frequencies[power.argmax()])


def test_regions_are_strongest_and_first_in_front() -> None:
    regions = frontal_regions()
    assert regions[0].electrode == "Fz"
    assert max(region.start for region in regions) < 0.5
    assert max(region.lag for region in regions) == pytest.approx(0.02, abs=0.008)


def test_spike_and_wave_slows_within_its_range() -> None:
    seen = absence_seen()[row("F3")]
    assert main_frequency(seen[256 : 6 * 256]) == pytest.approx(3.4, abs=0.3)
    assert main_frequency(seen[-6 * 256 :]) == pytest.approx(2.8, abs=0.3)


def test_spikes_and_waves_are_negative_in_front() -> None:
    seen = absence_seen()
    size = seen.std(axis=1)
    assert SCALP_19[size.argmax()] in FRONT
    steep = np.abs(np.diff(seen[row("Fz")])).argmax()
    around = seen[row("Fz"), steep - 20 : steep + 20]
    assert -around.min() > around.max() or around.min() < -1.0
    np.testing.assert_array_less(seen[[row("Fz"), row("F3")]].min(axis=1), -1.2 * np.abs(seen).std())


def test_an_absence_is_synchronous_and_abrupt() -> None:
    seen = absence_seen()
    middle = seen[:, 4 * 256 : 12 * 256]
    assert np.corrcoef(middle[row("F3")], middle[row("F4")])[0, 1] > 0.9
    assert seen[:, 128 : 2 * 128].std() > 0.4 * middle.std()
    assert seen[:, -256:-40].std() > 0.6 * middle.std()


def test_an_absence_leaves_nothing() -> None:
    course = absence(ABSENCE)
    assert course.aftermath is None
    assert course.background.read(0, 200, 10.0)[170] == 1.0


def test_a_tonic_seizure_begins_flat_and_grows_fast() -> None:
    seen = tonic_seen()
    fz = seen[row("Fz")]
    assert seen[:, :256].std() < 0.15 * seen[:, 14 * 256 : 19 * 256].std()
    early, late = main_frequency(fz[3 * 256 : 8 * 256]), main_frequency(fz[-4 * 256 :])
    assert 8.0 < late < early < 25.0
    assert late < 0.7 * early
    assert tonic(TONIC).background.read(0, 50, 10.0)[10] < 0.3


def test_a_tonic_seizure_is_everywhere_and_most_in_front() -> None:
    size = tonic_seen()[:, 12 * 256 : 19 * 256].std(axis=1)
    assert SCALP_19[size.argmax()] in FRONT
    assert size.min() > 0.03 * size.max()
