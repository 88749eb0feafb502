from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.attribution import BANDS
from ictal.detection.reasons import attribute_by_occlusion
from ictal.detection.stretch import Stretch

RATE = 128.0
LEADS = ("F7-T7", "T7-P7", "P7-O1")


def make_stretch(signal: NDArray[Any]) -> Stretch:
    n_samples = signal.shape[1]
    span = (30.0, 30.0 + n_samples / RATE)
    return Stretch(signal.astype(np.float32), RATE, 30.0, LEADS, n_samples, 128, 1, slice(0, 1), span)


def theta_power(signals: NDArray[Any]) -> NDArray[Any]:
    """A detector of 6 Hz in the second lead."""
    wave = np.exp(-2j * np.pi * 6.0 * np.arange(signals.shape[2]) / RATE)
    return np.asarray(np.abs(signals[:, 1] @ wave))


def test_the_lead_the_seconds_and_the_band_that_are_read_have_all_of_it() -> None:
    seconds = np.arange(int(RATE * 8)) / RATE
    burst = 20 * np.sin(2 * np.pi * 6.0 * seconds) * ((seconds >= 3.0) & (seconds < 5.0))
    signal = np.random.default_rng(0).normal(0, 0.1, (3, len(seconds))) + burst
    found = attribute_by_occlusion(theta_power, make_stretch(signal))
    assert found.of_leads[1] == 1.0
    assert found.of_times[3:5].sum() > 0.95
    assert found.of_bands["theta"] > 0.95
    assert (found.start, found.step, found.stop) == (30.0, 1.0, 38.0)


def test_bands_above_half_of_the_rate_are_not_asked_about() -> None:
    found = attribute_by_occlusion(theta_power, make_stretch(np.ones((3, 256))))
    assert len(found.frequencies) == sum(low < RATE / 2 for low, _ in BANDS.values())


def test_where_nothing_counts_nothing_is_shared() -> None:
    found = attribute_by_occlusion(lambda signals: np.zeros(len(signals)), make_stretch(np.ones((3, 256))))
    assert not found.values.any()


def test_leads_that_are_missed_together_alone_count_alike() -> None:
    loudest = attribute_by_occlusion(lambda signals: np.abs(signals).max(axis=(1, 2)), make_stretch(make_bump()))
    np.testing.assert_allclose(loudest.of_leads, 1 / 3)
    assert loudest.of_times[1] == 1.0


def make_bump() -> NDArray[Any]:
    signal = np.ones((3, 384))
    signal[:, 128:256] = 5.0
    return signal
