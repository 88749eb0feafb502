"""Low-voltage fast activity: flat, fast and frontal, then slower and higher on both sides."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.low_voltage import low_voltage_fast
from ictal.simulation.seizure import Seizure

RATE = 256.0
SEIZURE = Seizure(0.0, 50.0, "low-voltage-fast", "F3", crossing=0.3)


def discharge() -> np.ndarray:
    return low_voltage_fast(SEIZURE).discharge(RATE, np.random.default_rng(0))


def band_share(course: np.ndarray, low: float, high: float) -> float:
    frequencies, power = signal.welch(course, RATE, nperseg=256)
    return float(power[(frequencies >= low) & (frequencies < high)].sum() / power.sum())


def between(seen: np.ndarray, start: float, stop: float) -> np.ndarray:
    return seen[..., round(start * RATE) : round(stop * RATE)]


def test_the_background_flattens_at_once() -> None:
    left = low_voltage_fast(SEIZURE).background.read(0, 500, 10.0)
    assert left[0] == 1.0
    assert left[5:100].max() <= 0.3


def test_it_runs_from_beta_through_alpha_and_theta_to_delta() -> None:
    seen = discharge()[SCALP_19.index("F3")]
    assert band_share(between(seen, 1, 8), 15, 31) > 0.8
    assert band_share(between(seen, 20, 24), 5, 14) > 0.7
    assert band_share(between(seen, 44, 49), 1, 6) > 0.7


def test_it_is_low_at_first_and_grows() -> None:
    seen = discharge()
    assert between(seen, 1, 6).std() < 0.3 * between(seen, 32, 48).std()
    assert between(seen, 1, 6).std() > 0.03 * between(seen, 32, 48).std()


def test_it_begins_frontal_and_reaches_the_other_frontal_region() -> None:
    seen = discharge()
    first, last = between(seen, 0.5, 2.5).std(axis=1), between(seen, 35, 48).std(axis=1)
    assert SCALP_19[first.argmax()] == "F3"
    assert first[SCALP_19.index("F4")] < 0.4 * first.max()
    assert last[SCALP_19.index("F4")] > 0.5 * last[SCALP_19.index("F3")]


def test_frequency_falls_all_the_time() -> None:
    track = low_voltage_fast(SEIZURE).frequency
    assert np.all(np.diff(track.values) < 0)
    assert (track.values[0], track.values[-1]) == (pytest.approx(25.0), pytest.approx(2.2))
