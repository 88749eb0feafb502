"""Trains of spikes and spike-and-wave discharges at known times."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from ictal.core.errors import ParameterError
from ictal.simulation.rodent_seizures import (
    SpikeTrain,
    SpikeWave,
    place_spike_trains,
    place_spike_waves,
    spike_times,
    spike_train,
    spike_waves,
)

RATE = 500.0
TRAIN = SpikeTrain(onset=30.0, duration=40.0, start_rate=8.0, stop_rate=2.0, height=6.0)
WAVES = SpikeWave(onset=30.0, duration=16.0, start_rate=9.0, stop_rate=7.5)


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_spikes_slow_down_from_one_rate_to_the_other() -> None:
    times = spike_times(TRAIN, generator())
    rates = 1 / np.diff(times)
    assert np.median(rates[:15]) == pytest.approx(7.8, rel=0.1)
    assert np.median(rates[-10:]) == pytest.approx(2.15, rel=0.1)
    # The mean of 8 (2/8)^p over p from 0 to 1 is (8 - 2) / ln 4.
    assert len(times) == pytest.approx(40 * 6 / np.log(4), rel=0.05)
    assert 0 < times[0] < times[-1] < 40.0


def test_a_peak_finder_finds_every_spike() -> None:
    course = spike_train(TRAIN, RATE, generator())
    peaks, _ = signal.find_peaks(-course, prominence=0.35)
    # The times are drawn before anything else, so the same seed gives them alone.
    np.testing.assert_allclose(peaks / RATE, spike_times(TRAIN, generator()), atol=0.005)


def test_spikes_grow_from_tonic_to_clonic() -> None:
    course = -spike_train(TRAIN, RATE, generator())
    tonic, clonic = course[: 2 * 500].max(), np.median([course[k : k + 500].max() for k in range(8000, 19000, 500)])
    assert tonic < 0.8
    assert clonic == pytest.approx(1.0, abs=0.12)


def test_drawn_trains_are_plausible() -> None:
    for train in place_spike_trains(50, 6000.0, generator()):
        assert 10.0 <= train.duration <= 60.0
        assert 2.0 <= train.stop_rate < train.start_rate <= 8.0


def test_spike_waves_slow_a_little() -> None:
    course = spike_waves(WAVES, RATE, generator())
    peaks, _ = signal.find_peaks(-course, height=0.5, distance=40)
    rates = RATE / np.diff(peaks)
    # The mean of a rate that falls evenly is the middle of both ends.
    assert len(peaks) == pytest.approx(16 * (9.0 + 7.5) / 2, rel=0.05)
    assert np.median(rates[:20]) == pytest.approx(8.9, abs=0.4)
    assert np.median(rates[-20:]) == pytest.approx(7.6, abs=0.4)


def test_spike_waves_have_negative_peaks_of_height_one_and_abrupt_ends() -> None:
    course = spike_waves(WAVES, RATE, generator())
    assert course.shape == (8000,)
    assert -course.min() == pytest.approx(1.0, abs=0.05)
    assert course[:100].std() > 0.3 * course.std()
    assert abs(course.mean()) < 0.02
    ends = course[-250:].std() / course[1000:-1000].std()
    assert ends > 0.7


def test_drawn_discharges_are_plausible() -> None:
    for waves in place_spike_waves(50, 6000.0, generator()):
        assert 2.0 <= waves.duration <= 20.0
        assert 6.4 <= waves.stop_rate < waves.start_rate <= 10.0


def test_discharges_weaken_nothing() -> None:
    np.testing.assert_array_equal(WAVES.background.read(0, 100, 1.0), 1.0)
    assert TRAIN.background.read(70, 71, 1.0) == pytest.approx(0.4)


@pytest.mark.parametrize("name", ["duration", "start_rate", "stop_rate", "height"])
def test_a_discharge_without_a_positive_value_is_refused(name: str) -> None:
    with pytest.raises(ParameterError, match=f"spike-and-wave {name}: 0"):
        SpikeWave(**{"onset": 0.0, "duration": 10.0, name: 0.0})


@pytest.mark.parametrize("name", ["duration", "start_rate", "stop_rate", "height", "postictal"])
def test_a_train_without_a_positive_value_is_refused(name: str) -> None:
    with pytest.raises(ParameterError, match=f"spike train {name}: 0"):
        SpikeTrain(**{"onset": 0.0, "duration": 10.0, name: 0.0})
