"""Focal seizures evolve in frequency, amplitude and place, and leave slowing behind."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.focal import edges, focal, mirror_regions, slowing_down, wearing_off
from ictal.simulation.seizure import Seizure

RATE = 256.0
LEFT = Seizure(onset=10.0, duration=60.0, focus="T7", tempo=(1.25, 1.15), crossing=0.4)


def discharge(seizure: Seizure) -> np.ndarray:
    return focal(seizure).discharge(RATE, np.random.default_rng(0))


def main_frequency(course: np.ndarray) -> float:
    frequencies, power = signal.welch(course, RATE, nperseg=1024)
    return float(frequencies[power.argmax()])


def row(name: str) -> int:
    return SCALP_19.index(name)


def test_frequency_falls_as_the_course_says() -> None:
    seen, track = discharge(LEFT)[row("T7")], focal(LEFT).frequency
    for start, stop, tolerance in ((1, 6, 1.5), (20, 30, 0.7), (48, 59, 0.5)):
        nominal = track.read(round(start * RATE), round(stop * RATE), RATE).mean()
        assert main_frequency(seen[round(start * RATE) : round(stop * RATE)]) == pytest.approx(nominal, abs=tolerance)


def test_amplitude_grows_at_the_focus() -> None:
    seen = discharge(LEFT)[row("T7")]
    assert seen[35 * 256 : 58 * 256].std() > 1.5 * seen[2 * 256 : 8 * 256].std()


def test_it_begins_at_the_focus_and_crosses_later() -> None:
    seen = discharge(LEFT)
    first, last = seen[:, : 5 * 256].std(axis=1), seen[:, -20 * 256 :].std(axis=1)
    assert SCALP_19[first.argmax()] == "T7"
    assert first[row("T8")] < 0.4 * first[row("T7")]
    assert last[row("T8")] > 0.5 * last[row("T7")]


@pytest.mark.parametrize(
    "stays", [Seizure(0.0, 40.0, focus="C3", crossing=1.0), Seizure(0.0, 40.0, focus="Cz", crossing=0.2)]
)
def test_a_seizure_that_does_not_cross_stays_where_it_is(stays: Seizure) -> None:
    assert mirror_regions(stays, 0.01, 0.03) == ()
    assert SCALP_19[discharge(stays)[:, -10 * 256 :].std(axis=1).argmax()] == stays.focus


def test_it_grows_sharper_and_spikes_are_negative() -> None:
    seen = discharge(LEFT)[row("T7")]
    late = seen[45 * 256 : 59 * 256]
    assert -late.min() > 1.2 * late.max()
    early = seen[2 * 256 : 15 * 256]
    assert -early.min() < 1.3 * early.max()


def test_slowing_is_delta_over_the_focus_and_wears_off() -> None:
    slow = focal(LEFT).aftermath
    assert slow is not None
    seen = slow(RATE, np.random.default_rng(0))
    assert seen.shape == (19, 60 * 256)
    assert 0.5 <= main_frequency(seen[row("T7"), : 30 * 256]) <= 3.0
    size = seen[:, : 10 * 256].std(axis=1)
    assert size[row("T7")] > 1.5 * size[row("Pz")]
    assert seen[:, -10 * 256 :].std() < 0.1 * seen[:, : 10 * 256].std()


def test_frequency_falls_faster_at_first() -> None:
    track = slowing_down(8.0, 2.0, 60.0)
    begin, middle, end = track.read(0, 3, 1 / 30)
    assert (begin, end) == (pytest.approx(8.0), pytest.approx(2.0))
    assert begin - middle > 2 * (middle - end)
    assert np.all(np.diff(track.values) < 0)


def test_edges_rise_and_fall() -> None:
    times = np.arange(0.0, 10.0, 0.25)
    envelope = edges(times, 10.0)
    np.testing.assert_array_equal(envelope[[0, 1, 2, 20, -3]], [0.0, 0.5, 1.0, 1.0, 1.0])
    assert envelope[-1] == pytest.approx(0.5)


def test_what_wears_off_ends_at_nothing() -> None:
    envelope = wearing_off(30.0, 100.0)
    assert envelope[0] == envelope[-1] == 0.0
    assert envelope.argmax() == pytest.approx(200, abs=2)
    assert np.all(np.diff(envelope[201:]) <= 0)
