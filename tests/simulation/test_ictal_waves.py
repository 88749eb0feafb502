"""Wave forms of seizures, against their definitions."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.ictal_waves import delta, discharge_together, ictal_rhythm, polyspikes, run_phase, spike_and_wave
from ictal.simulation.regions import Region, mixing

RATE = 256.0
CYCLES = np.linspace(0, 20 * np.pi, 20_000, endpoint=False)


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


def main_frequency(course: np.ndarray) -> float:
    frequencies, power = signal.welch(course, RATE, nperseg=1024)
    return float(frequencies[power.argmax()])


def unmixed(seen: np.ndarray, regions: list[Region]) -> np.ndarray:
    """Return what each region does, from what the electrodes see."""
    courses: np.ndarray = np.linalg.lstsq(mixing(regions), seen, rcond=None)[0]
    return courses


def test_phase_runs_through_the_wanted_number_of_cycles() -> None:
    phase = run_phase(np.linspace(8.0, 2.0, 60 * 256), RATE, 0.15, generator())
    assert phase[-1] / (2 * np.pi) == pytest.approx(60 * 5.0, rel=0.05)
    assert np.all(np.diff(phase) > 0)


def test_cycles_vary_by_the_jitter() -> None:
    steady, loose = (
        np.diff(run_phase(np.full(600 * 256, 4.0), RATE, jitter, generator())) * RATE / (2 * np.pi)
        for jitter in (0.0, 0.15)
    )
    np.testing.assert_allclose(steady, 4.0)
    assert np.log(loose).std() == pytest.approx(0.15, abs=0.02)


def test_rhythm_grows_sharper_and_keeps_its_size() -> None:
    round_wave, spiky_wave = ictal_rhythm(CYCLES, 0.0), ictal_rhythm(CYCLES, 6.0)
    np.testing.assert_allclose(round_wave, np.sqrt(2) * np.cos(CYCLES), atol=1e-9)
    assert np.abs(np.diff(spiky_wave)).max() > 1.5 * np.abs(np.diff(round_wave)).max()
    assert spiky_wave.std() == pytest.approx(1.0, abs=0.2)
    assert spiky_wave.max() > 1.5 * -spiky_wave.min()


def test_rhythm_takes_a_sharpness_that_changes() -> None:
    sharpness = np.linspace(0.0, 6.0, len(CYCLES))
    changing = ictal_rhythm(np.stack([CYCLES, CYCLES]), sharpness)
    assert changing.shape == (2, len(CYCLES))
    np.testing.assert_allclose(changing[0, -1], ictal_rhythm(CYCLES[-1:], 6.0)[0])


def test_spike_and_wave_has_one_narrow_spike_and_one_wide_wave_a_cycle() -> None:
    shape = spike_and_wave(CYCLES)
    assert abs(shape.mean()) < 1e-3
    peaks, found = signal.find_peaks(shape, prominence=0.5, width=0)
    assert len(peaks) == pytest.approx(20, abs=1)
    assert found["widths"].max() > 2 * found["widths"].min()
    harmonics = np.abs(np.fft.rfft(shape))[10::10]
    assert harmonics.argmax() == 0


def test_polyspikes_are_several_when_there_is_time() -> None:
    since = np.arange(0.0, 1.0, 1e-3)
    slow, fast = polyspikes(since, np.full(1000, 1.0)), polyspikes(since[:200], np.full(200, 0.2))
    assert len(signal.find_peaks(slow[:400], prominence=0.1)[0]) >= 3
    assert len(signal.find_peaks(fast, prominence=0.1)[0]) <= 2
    assert 0.5 < since[450:][slow[450:].argmax()] < 0.8


def test_a_region_that_joins_later_is_seen_later_and_follows() -> None:
    frequency, ones = np.full(40 * 256, 6.0), np.ones(40 * 256)
    regions = [Region("T7"), Region("C4", start=20.0, lag=0.03)]
    seen = discharge_together(regions, frequency, ones, 0.0, RATE, generator(), jitter=0.0, unrest=0.0)
    courses = unmixed(seen, regions)
    early, late = courses[:, : 19 * 256], courses[:, 23 * 256 :]
    assert np.abs(early[1]).max() < 1e-9
    assert late[1].std() == pytest.approx(late[0].std(), rel=0.4)
    assert main_frequency(late[1]) == pytest.approx(6.0, abs=0.25)
    behind = signal.correlate(late[1], late[0])[len(late[0]) - 1 - 20 : len(late[0]) + 20].argmax() - 20
    assert behind / RATE == pytest.approx(0.03, abs=0.012)


def test_fast_activity_rides_on_the_rhythm() -> None:
    frequency, ones = np.full(40 * 256, 3.0), np.ones(40 * 256)
    plain, ridden = (
        discharge_together([Region("T7")], frequency, ones, 0.0, RATE, generator(), fast_share=share)
        for share in (0.0, 0.3)
    )
    extra = (ridden - plain)[SCALP_19.index("T7")]
    assert extra.std() == pytest.approx(0.3, abs=0.1)
    assert 8.0 < main_frequency(extra) < 30.0


def test_delta_is_slow_and_of_each_region_by_itself() -> None:
    seen = delta([Region("T7"), Region("T8")], np.ones(120 * 256), RATE, generator())
    left, right = unmixed(seen, [Region("T7"), Region("T8")])
    assert 0.5 < main_frequency(left) < 3.0
    assert left.std() == pytest.approx(1.0, abs=0.25)
    assert abs(np.corrcoef(left, right)[0, 1]) < 0.3
