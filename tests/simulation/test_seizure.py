"""Seizures evolve in frequency, amplitude and place, and leave slowing behind."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.simulation.seizure import (
    Seizure,
    ictal_rhythm,
    ictal_signal,
    onset_electrodes,
    seizure_progress,
    slowing_signal,
    suppress_background,
)

RATE = 256.0
LEFT = Seizure(onset=10.0, duration=60.0, focus="T7", start_frequency=8.0, stop_frequency=2.5, crossing=0.4)


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


def main_frequency(course: np.ndarray) -> float:
    frequencies, power = signal.welch(course, RATE, nperseg=1024)
    return float(frequencies[power.argmax()])


def row(name: str) -> int:
    return SCALP_19.index(name)


def test_frequency_falls() -> None:
    seen = ictal_signal(LEFT, RATE, generator())[row("T7")]
    assert main_frequency(seen[: 5 * 256]) == pytest.approx(6.0, abs=1.5)
    assert main_frequency(seen[-10 * 256 :]) == pytest.approx(2.6, abs=0.5)


def test_phase_runs_through_the_wanted_number_of_cycles() -> None:
    # The mean of 8 (2.5/8)^sqrt(p) over p from 0 to 1 is 8 * 2 (e^a (a - 1) + 1) / a^2 with a = ln(2.5/8).
    a = np.log(2.5 / 8)
    cycles = 60 * 8 * 2 * (np.exp(a) * (a - 1) + 1) / a**2
    phase, _ = seizure_progress(LEFT, RATE, generator())
    assert phase[-1] / (2 * np.pi) == pytest.approx(cycles, rel=0.05)
    assert np.all(np.diff(phase) > 0)


def test_amplitude_grows_to_one_at_the_focus() -> None:
    seen = ictal_signal(LEFT, RATE, generator())
    early, late = seen[:, 2 * 256 : 8 * 256].std(axis=1), seen[:, 35 * 256 : 58 * 256].std(axis=1)
    assert late[row("T7")] > 1.5 * early[row("T7")]
    assert late.max() == pytest.approx(1.0, abs=0.3)


def test_it_begins_at_the_focus_and_crosses_later() -> None:
    seen = ictal_signal(LEFT, RATE, generator())
    first, last = seen[:, : 5 * 256].std(axis=1), seen[:, -20 * 256 :].std(axis=1)
    assert SCALP_19[first.argmax()] == "T7"
    assert first[row("T8")] < 0.3 * first[row("T7")]
    assert last[row("T8")] > 0.5 * last[row("T7")]


@pytest.mark.parametrize("stays", [Seizure(0.0, 40.0, "C3", crossing=1.0), Seizure(0.0, 40.0, "Cz", crossing=0.2)])
def test_a_seizure_that_does_not_cross_stays_where_it_is(stays: Seizure) -> None:
    seen = ictal_signal(stays, RATE, generator())
    assert SCALP_19[seen[:, -10 * 256 :].std(axis=1).argmax()] == stays.focus
    assert seen[:, -10 * 256 :].std(axis=1).max() == pytest.approx(1.0, abs=0.3)


def test_it_grows_sharper() -> None:
    phase = np.linspace(0, 20 * np.pi, 20_000, endpoint=False)
    round_wave, spiky_wave = ictal_rhythm(phase, 0.0), ictal_rhythm(phase, 6.0)
    np.testing.assert_allclose(round_wave, np.sqrt(2) * np.cos(phase), atol=1e-9)
    assert np.abs(np.diff(spiky_wave)).max() > 1.5 * np.abs(np.diff(round_wave)).max()
    assert spiky_wave.std() == pytest.approx(1.0, abs=0.2)
    assert spiky_wave.max() > 1.5 * -spiky_wave.min()


def test_spikes_are_negative_on_the_scalp() -> None:
    late = ictal_signal(LEFT, RATE, generator())[row("T7"), 45 * 256 : 59 * 256]
    assert -late.min() > late.max()


def test_slowing_is_delta_over_the_focus_and_wears_off() -> None:
    seen = slowing_signal(LEFT, RATE, generator())
    assert seen.shape == (19, 60 * 256)
    assert 0.5 <= main_frequency(seen[row("T7"), : 30 * 256]) <= 3.0
    frequencies, power = signal.welch(seen[row("T7")], RATE, nperseg=1024)
    assert power[frequencies <= 4].sum() > 0.99 * power.sum()
    size = seen[:, : 10 * 256].std(axis=1)
    assert size[row("T7")] > 2 * size[row("Pz")]
    assert seen[:, -10 * 256 :].std() < 0.1 * seen[:, : 10 * 256].std()


def test_background_is_weakest_when_the_seizure_stops() -> None:
    course = np.ones((2, 100 * 10), dtype=np.float32)
    suppress_background(course, (20.0, 40.0), postictal=30.0, sampling_rate=10.0)
    np.testing.assert_allclose(course[:, [0, 199, 400, 550, 700, 999]], [[1, 1, 0.4, 0.7, 1, 1]] * 2, atol=1e-6)
    np.testing.assert_allclose(course[0, 300], 0.7, atol=1e-6)


def test_background_that_ends_early_is_weakened_as_far_as_it_goes() -> None:
    course = np.ones((1, 450), dtype=np.float32)
    suppress_background(course, (20.0, 40.0), postictal=30.0, sampling_rate=10.0)
    assert course[0, 400] == pytest.approx(0.4)


@pytest.mark.parametrize(("focus", "expected"), [("T7", {"T7", "F7", "P7"}), ("T8", {"T8", "F8", "P8"})])
def test_onset_electrodes_surround_the_focus(focus: str, expected: set[str]) -> None:
    assert set(onset_electrodes(focus)) == expected


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"duration": 0.0}, "seizure duration: 0.0"),
        ({"start_frequency": -1.0}, "seizure start_frequency: -1.0"),
        ({"focus": "T3"}, "seizure focus: 'T3' is not allowed; allowed are 'Fp1'"),
        ({"crossing": 1.5}, "seizure crossing: 1.5 .* 0 to 1"),
        ({"fast_share": -0.1}, "seizure fast_share: -0.1 .* 0 to 1"),
        ({"postictal": float("nan")}, "seizure postictal: nan"),
    ],
)
def test_values_out_of_range_are_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        Seizure(**{"onset": 0.0, "duration": 10.0, **changed})
