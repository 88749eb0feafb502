"""Artefacts are where, when and as large as they should be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.simulation.artefacts import add_at, add_blinks, add_electrode_noise, add_muscle
from ictal.simulation.subject import draw_subject

RATE = 256.0
SECONDS = 300
SUBJECT = replace(
    draw_subject(0), blink_rate=15.0, blink_amplitude=100.0, muscle_rate=2.0, muscle_amplitude=20.0, line_amplitude=2.0
)


def silence(seconds: int = SECONDS) -> np.ndarray:
    return np.zeros((19, round(seconds * RATE)), dtype=np.float32)


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


def test_what_reaches_beyond_the_end_is_cut() -> None:
    course = np.zeros((1, 5), dtype=np.float32)
    add_at(course, 3, np.ones((1, 4), dtype=np.float32))
    add_at(course, 9, np.ones((1, 4), dtype=np.float32))
    np.testing.assert_array_equal(course, [[0, 0, 0, 1, 1]])


def test_blinks_come_while_the_eyes_are_open() -> None:
    course = silence()
    add_blinks(course, SUBJECT, [(100.0, 200.0)], RATE, generator())
    assert not course[:, round(101 * RATE) : round(200 * RATE)].any()
    peaks, _ = signal.find_peaks(course[0], height=50.0)
    assert len(peaks) == pytest.approx(15 * 200 / 60, rel=0.3)
    np.testing.assert_allclose(course[0], course[1], atol=0.01)
    assert np.median(course[0, peaks]) == pytest.approx(100.0, rel=0.15)


def test_muscle_is_fast_and_lateral() -> None:
    course = silence()
    add_muscle(course, SUBJECT, [], RATE, generator())
    size = course.std(axis=1)
    assert SCALP_19[size.argmax()] in {"T7", "T8", "F7", "F8", "Fp1", "Fp2"}
    assert size[SCALP_19.index("Pz")] < 0.2 * size.max()
    frequencies, power = signal.welch(course, RATE)
    assert power[:, frequencies > 20].sum() > 0.95 * power.sum()
    bursting = np.abs(course).max(axis=0) > 1.0
    assert 0.02 < bursting.mean() < 0.25


def test_muscle_is_stronger_while_tense() -> None:
    course = silence()
    add_muscle(course, SUBJECT, [(100.0, 160.0)], RATE, generator())
    tense = course[:, round(100 * RATE) : round(160 * RATE)]
    assert tense.std() > 2 * course[:, : round(100 * RATE)].std()


def test_line_noise_differs_by_electrode() -> None:
    course = silence(60)
    add_electrode_noise(course, SUBJECT, RATE, 60.0, generator())
    frequencies, power = signal.welch(course, RATE, nperseg=1024)
    line = power[:, np.abs(frequencies - 60) < 2].sum(axis=1) * frequencies[1]
    # A sine of 2 µV has a power of 2 µV²; electrodes scatter around it by a factor of e^±0.5.
    assert np.median(line) == pytest.approx(2.0, rel=0.8)
    assert line.max() > 2 * line.min()
    floor = np.median(power[:, (frequencies > 5) & (frequencies < 50)])
    assert floor == pytest.approx(0.7**2 / (RATE / 2), rel=0.1)
