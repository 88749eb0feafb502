"""Figures of windows whose signal is known."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.recording import Recording
from ictal.review.display_montages import DisplayLeads, choose_leads
from ictal.review.night_measures import FREQUENCIES, measure_power, measure_windows

RATE = 100.0
TIMES = np.arange(200) / RATE
NOISE = (np.random.default_rng(0).standard_normal((4, 5, 200)) * 20 + 300).astype(np.float32)
BOTH = np.ones((1, 4), bool)


def leads_of(labels: list[str]) -> DisplayLeads:
    return choose_leads(Recording.from_array(np.zeros((len(labels), 10)), RATE, labels), "as-recorded")


LEADS = leads_of(["C3", "T7", "C4", "T8"])


@pytest.mark.parametrize(("length", "rate"), [(200, 100.0), (512, 256.0), (401, 200.5)])
def test_power_is_that_of_a_fourier_transform(length: int, rate: float) -> None:
    signal = np.random.default_rng(1).standard_normal((3, length)).astype(np.float32) * 30 + 1000
    taper = np.hanning(length + 2)[1:-1]
    centred = (signal - signal.mean(axis=1, keepdims=True)) * taper
    expected = 2 * np.abs(np.fft.rfft(centred)) ** 2 / (rate * np.sum(taper**2))
    found = measure_power(signal, rate, np.arange(length // 2 + 1, dtype=np.float64) * rate / length)
    np.testing.assert_allclose(found[:, 1:40], expected[:, 1:40], rtol=1e-3, atol=1e-2)


def test_power_of_a_rhythm_is_where_it_is_and_on_its_side() -> None:
    windows = NOISE / np.float32(20)
    windows[:2, 2] += (50 * np.sin(2 * np.pi * 9.0 * TIMES)).astype(np.float32)
    sides = np.array([[True, True, False, False], [False, False, True, True]])
    left, right = measure_windows(windows, RATE, LEADS, sides, FREQUENCIES).power
    peak = np.unravel_index(left.argmax(), left.shape)
    assert FREQUENCIES[peak[0]] == 9.0
    assert peak[1] == 2
    assert left.max() > right.max() + 20


def test_line_length_is_the_way_of_the_pen_in_the_middle_lead() -> None:
    windows = np.zeros((4, 1, 200), np.float32)
    for row, steps in enumerate((1.0, 2.0, 3.0, 40.0)):
        windows[row, 0, ::2] = steps
    found = measure_windows(windows, RATE, LEADS, BOTH, FREQUENCIES).line_length
    np.testing.assert_allclose(found, [250.0], rtol=1e-5)


def test_bad_leads_do_not_count() -> None:
    windows = NOISE.copy()
    windows[3, 1] = 0.0
    windows[0, 1, ::2] = 9000.0
    measures = measure_windows(windows, RATE, LEADS, BOTH, FREQUENCIES)
    np.testing.assert_allclose(measures.artefacts, [0.0, 0.5, 0.0, 0.0, 0.0])
    alone = measure_windows(windows[1:3], RATE, leads_of(["T7", "C4"]), np.ones((1, 2), bool), FREQUENCIES)
    np.testing.assert_allclose(measures.line_length[1], alone.line_length[1], rtol=1e-5)
    np.testing.assert_allclose(measures.power[..., 1], alone.power[..., 1], rtol=1e-5)


def test_a_window_without_a_good_lead_has_no_figures() -> None:
    measures = measure_windows(np.zeros((4, 3, 200), np.float32), RATE, LEADS, BOTH, FREQUENCIES)
    assert np.isnan(measures.line_length).all()
    assert np.isnan(measures.power).all()
    np.testing.assert_array_equal(measures.artefacts, 1.0)


@pytest.mark.parametrize("length", [1, 2, 50])
def test_windows_too_short_to_be_judged(length: int) -> None:
    measures = measure_windows(NOISE[:, :, :length], RATE, LEADS, BOTH, FREQUENCIES)
    assert np.isnan(measures.artefacts).all()
    assert np.isfinite(measures.line_length).all()
    assert measures.power.shape == (1, 60, 5)
