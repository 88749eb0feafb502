"""Rhythms that do not evolve."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.simulation.cycles import Contour, Rhythm, seen, steady_rhythm, steady_times
from ictal.simulation.layers import TransientLayer

RATE = 200.0


def rhythm(seconds: float = 70.0, frequency: float = 3.0, seed: int = 0) -> Rhythm:
    lags = np.array([0.0, 0.05])
    return steady_rhythm((4.0, 4.0 + seconds), frequency, lags, Contour(0.2, 1.0), np.random.default_rng(seed))


@given(
    start=st.floats(0.0, 1e4),
    seconds=st.floats(0.5, 600.0),
    frequency=st.floats(0.5, 15.0),
    jitter=st.floats(0.0, 0.2),
    seed=st.integers(0, 100),
)
@settings(max_examples=60, deadline=None)
def test_times_grow_inside_their_span(start: float, seconds: float, frequency: float, jitter: float, seed: int) -> None:
    times = steady_times((start, start + seconds), frequency, jitter, np.random.default_rng(seed))
    assert len(times) == int((start + seconds - start) * frequency)
    assert (np.diff(times) > 0).all()
    assert ((times > start) & (times < start + seconds)).all()


def test_jitter_does_not_add_up() -> None:
    times = steady_times((0.0, 1000.0), 2.0, 0.08, np.random.default_rng(3))
    assert np.diff(times).std() == pytest.approx(0.08 * np.sqrt(2) / 2, rel=0.1)
    assert np.abs(times - 0.5 * (np.arange(2000) + 0.5)).max() < 0.125


@pytest.mark.parametrize("harmonic", [0.0, 0.2, 0.4])
@pytest.mark.parametrize("lead", [0.0, 1.0, 2.6, -2.0])
def test_a_cycle_peaks_near_whole_numbers_and_reaches_one(harmonic: float, lead: float) -> None:
    cycles = np.linspace(-0.5, 0.5, 1001)
    course = Contour(harmonic, lead).course(cycles)
    assert np.abs(course).max() == pytest.approx(1.0, abs=0.01)
    assert abs(cycles[course.argmax()]) < 0.2
    np.testing.assert_allclose(course, Contour(harmonic, lead).course(cycles + 7.0), atol=1e-9)


def test_arches_are_pointed_above_and_round_below() -> None:
    course = Contour(0.35, 0.0).course(np.linspace(0.0, 1.0, 1000))
    assert (course > 0).mean() < 0.45
    assert course.max() > 1.3 * -course.min()


def test_nothing_is_there_before_and_after() -> None:
    one = rhythm()
    start, stop = one.span
    assert 4.0 < start < 4.5 < 73.5 < stop < 74.0
    assert not one.read(0, int(start * RATE), RATE).any()
    assert not one.read(int((stop + 0.06) * RATE) + 1, 20_000, RATE).any()
    assert one.read(int(10 * RATE), int(11 * RATE), RATE).any()


def test_a_source_with_a_lag_is_late() -> None:
    early, late = rhythm().read(1000, 10_000, RATE)
    products = [np.dot(early[100:-100], np.roll(late, -shift)[100:-100]) for shift in range(30)]
    assert np.argmax(products) / RATE == pytest.approx(0.05, abs=0.006)


def test_pieces_make_the_whole() -> None:
    one, fields = rhythm(), np.linspace(-40.0, 60.0, 38).reshape(19, 2)
    pieces = list(one.transients(fields, RATE))
    assert len(pieces) > 2
    signal = np.zeros((19, 20_000))
    TransientLayer(pieces).apply(signal, 0)
    np.testing.assert_allclose(signal, seen(one, fields, 0, 20_000, RATE), atol=1e-9)


def test_short_runs_swell_and_ebb_too() -> None:
    one = steady_rhythm((0.0, 0.5), 14.0, np.zeros(1), Contour(), np.random.default_rng(0))
    assert one.heights[0, [0, -1]].tolist() == [0.0, 0.0]
    assert one.heights.max() > 0.5
