"""The heart beats as hearts do, and is seen small and widespread."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.heart import beat_times, heart, heart_field
from ictal.simulation.scene import Scene
from ictal.simulation.seizure import Seizure

RATE = 256.0

Make = Callable[..., Scene]
Lay = Callable[..., np.ndarray]


@pytest.mark.parametrize("per_minute", [55.0, 70.0, 100.0])
def test_the_heart_has_its_rate_and_varies_with_breath(make_scene: Make, per_minute: float) -> None:
    beats = beat_times(make_scene(3600.0, heart_rate=per_minute))
    intervals = np.diff(beats)
    assert 60 / intervals.mean() == pytest.approx(per_minute, rel=0.03)
    # SDNN of healthy adults: 30 to 90 ms over some minutes.
    assert 0.02 < intervals.std() / intervals.mean() < 0.1
    even = np.interp(np.arange(0, 3600, 0.25), beats[1:], intervals)
    frequencies, power = signal.welch(even, 4.0, nperseg=1024)
    breathing = (frequencies > 0.15) & (frequencies < 0.4)
    assert frequencies[breathing][power[breathing].argmax()] == pytest.approx(0.25, abs=0.06)


def test_seizures_quicken_the_heart_and_sleep_slows_it(make_scene: Make) -> None:
    scene = make_scene(900.0, seizures=(Seizure(300.0, 60.0),), heart_rate=70.0)
    beats = beat_times(scene)
    ictal = ((beats > 315) & (beats < 360)).sum() / 45 * 60
    before = ((beats > 100) & (beats < 300)).sum() / 200 * 60
    assert 1.25 < ictal / before < 1.65
    calm = beat_times(make_scene(900.0, heart_rate=70.0))
    np.testing.assert_array_equal(beats[beats < 300], calm[calm < 300])
    night = beat_times(make_scene(900.0, stages=(("n3", 0.0, 900.0),), heart_rate=70.0))
    assert len(night) < 0.95 * len(calm)


def test_r_waves_are_as_high_as_they_should_be(make_scene: Make, lay: Lay) -> None:
    scene = make_scene(120.0, heart_rate=60.0, heart_amplitude=10.0)
    course = lay(heart(scene), scene)
    largest = np.abs(course).max(axis=1).argmax()
    peaks, _ = signal.find_peaks(np.abs(course[largest]), height=7.0, distance=round(0.3 * RATE))
    assert len(peaks) == pytest.approx(len(beat_times(scene)), abs=2)
    assert np.abs(course[largest, peaks]).mean() == pytest.approx(9.5, abs=0.6)
    assert np.abs(course[largest]).mean() < 1.5


def test_the_heart_lies_below_on_the_left() -> None:
    field = heart_field()
    assert np.abs(field).max() == pytest.approx(1.0)
    assert SCALP_19[np.abs(field).argmax()] in {"T7", "T8", "P7", "P8", "O1", "O2"}
    # Lead I of the electrocardiogram is positive to the left.
    for left, right in (("T7", "T8"), ("P7", "P8"), ("C3", "C4"), ("F7", "F8")):
        assert field[SCALP_19.index(left)] > field[SCALP_19.index(right)]
    # Smooth: no electrode stands out from its neighbours.
    assert abs(field[SCALP_19.index("P8")] - field[SCALP_19.index("T8")]) < 0.4
