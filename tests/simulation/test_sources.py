"""Time courses against their definitions, measured with scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import signal

from ictal.core.spans import merge_spans, total_time
from ictal.simulation.sources import (
    background_power,
    blink,
    burst_envelope,
    eye_closures,
    interpolate_track,
    mains,
    muscle_power,
    narrow_power,
    random_onsets,
    shaped_noise,
    slow_gain,
)

RATE = 256.0


def spectrum(course: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    frequencies, power = signal.welch(course, RATE, nperseg=1024)
    return frequencies, power


def generator(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@pytest.mark.parametrize("exponent", [1.0, 2.0, 3.0])
def test_background_falls_with_its_exponent(exponent: float) -> None:
    course = shaped_noise(1, 200_000, RATE, background_power(exponent, knee=0.3), generator())[0]
    frequencies, power = spectrum(course)
    band = (frequencies >= 3) & (frequencies <= 40)
    slope = np.polyfit(np.log(frequencies[band]), np.log(power[band]), 1)[0]
    assert slope == pytest.approx(-exponent, abs=0.1)


def test_background_has_no_offset() -> None:
    course = shaped_noise(1, 200_000, RATE, background_power(2.5), generator())[0]
    assert abs(course.mean()) < 0.02


@pytest.mark.parametrize("power", [background_power(2.0), narrow_power(10.0, 0.5), muscle_power()])
def test_noise_has_unit_size_and_independent_rows(power: object) -> None:
    rows = shaped_noise(3, 400_000, RATE, power, generator())
    np.testing.assert_allclose(rows.std(axis=1), 1.0, atol=0.06)
    assert np.abs(np.corrcoef(rows) - np.eye(3)).max() < 0.1


def test_alpha_has_its_peak_and_waxes_and_wanes() -> None:
    course = shaped_noise(1, 100_000, RATE, narrow_power(9.5, 0.5), generator())[0]
    frequencies, power = spectrum(course)
    assert frequencies[power.argmax()] == pytest.approx(9.5, abs=0.5)
    envelope = np.abs(signal.hilbert(course))
    assert np.percentile(envelope, 95) > 3 * np.percentile(envelope, 20)


def test_muscle_is_fast() -> None:
    frequencies, power = spectrum(shaped_noise(1, 100_000, RATE, muscle_power(70.0), generator())[0])
    assert frequencies[power.argmax()] == pytest.approx(70.0, abs=8.0)
    assert power[frequencies < 10].sum() < 0.01 * power.sum()


def test_gain_drifts_slowly_around_one() -> None:
    gain = slow_gain(600 * 256, RATE, spread=0.2, seconds=60.0, rng=generator())
    assert np.median(gain) == pytest.approx(1.0, abs=0.15)
    assert np.log(gain).std() == pytest.approx(0.2, abs=0.05)
    assert np.abs(np.diff(gain)).max() * RATE < 0.3


def test_track_passes_through_its_knots() -> None:
    track = interpolate_track([0.0, 1.0, 2.0], [0.0, 2.0, 0.0], 3 * 4, 4.0)
    np.testing.assert_allclose(track, [0, 0.5, 1, 1.5, 2, 1.5, 1, 0.5, 0, 0, 0, 0])


def test_eyes_close_about_half_of_the_time() -> None:
    spans = eye_closures(10_000.0, generator())
    assert merge_spans(spans) == tuple(spans)
    assert total_time(spans) / 10_000.0 == pytest.approx(0.5, abs=0.08)


def test_blink_rises_faster_than_it_falls() -> None:
    shape = blink(1000.0, rise=0.12)
    peak = shape.argmax()
    assert peak == 120
    assert shape[0] == 0.0
    above_half = np.flatnonzero(shape > 0.5)
    assert above_half[-1] - peak > peak - above_half[0]
    assert shape[-1] < 0.01


def test_burst_rises_stays_and_falls() -> None:
    envelope = burst_envelope(101)
    assert envelope[0] == envelope[-1] == 0.0
    np.testing.assert_array_equal(envelope[20:81], 1.0)
    np.testing.assert_allclose(envelope, envelope[::-1], atol=1e-6)


def test_mains_is_a_line_with_a_quadrature_and_a_harmonic() -> None:
    rows = mains(60 * 256, RATE, 50.0, generator())
    frequencies, power = spectrum(rows[0])
    assert frequencies[power.argmax()] == 50.0
    at_line, at_harmonic = (power[np.abs(frequencies - f) < 1.5].sum() for f in (50, 100))
    assert at_harmonic / at_line == pytest.approx(0.04, rel=0.05)
    assert abs(np.corrcoef(rows)[0, 1]) < 0.02


def test_mains_above_half_the_sampling_rate_is_left_out() -> None:
    assert not mains(1000, 100.0, 60.0, generator()).any()
    frequencies, power = signal.welch(mains(20_000, 160.0, 60.0, generator())[0], 160.0, nperseg=1024)
    assert power[np.abs(frequencies - 60) > 3].sum() < 1e-4 * power.sum()


def test_onsets_come_at_their_rate() -> None:
    onsets = random_onsets(60_000.0, 6.0, generator())
    assert len(onsets) == pytest.approx(6000, rel=0.05)
    assert np.all(np.diff(onsets) >= 0)
    assert 0 <= onsets[0] <= onsets[-1] < 60_000
