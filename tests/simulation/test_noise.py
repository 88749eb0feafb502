"""The spectrum, the size and the seams of the phantom's noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import welch

from ictal.simulation.noise import Noise, background_power, muscle_power, narrow_power, shaped_noise, white_power

RATE = 256.0


def test_rows_have_unit_size_and_are_independent() -> None:
    rows = shaped_noise(3, 65536, RATE, background_power(1.0), np.random.default_rng(0))
    np.testing.assert_allclose(rows.std(axis=1), 1.0, rtol=0.1)
    assert np.abs(np.corrcoef(rows) - np.eye(3)).max() < 0.15


@pytest.mark.parametrize("exponent", [1.0, 2.0, 3.0])
def test_the_slope_is_the_one_asked_for(exponent: float) -> None:
    row = shaped_noise(1, 2**18, RATE, background_power(exponent, knee=0.5), np.random.default_rng(1))[0]
    frequencies, power = welch(row, RATE, nperseg=2048)
    band = (frequencies > 4) & (frequencies < 60)
    slope = np.polyfit(np.log(frequencies[band]), np.log(power[band]), 1)[0]
    assert slope == pytest.approx(-exponent, abs=0.1)


def test_a_narrow_rhythm_is_where_it_belongs() -> None:
    row = shaped_noise(1, 2**16, RATE, narrow_power(10.0, 0.5), np.random.default_rng(2))[0]
    frequencies, power = welch(row, RATE, nperseg=2048)
    near = np.abs(frequencies - 10) < 2
    assert power[near].sum() > 0.99 * power.sum()


def test_muscle_lies_above_the_rhythms_of_the_brain() -> None:
    frequencies = np.array([10.0, 70.0])
    low, high = muscle_power()(frequencies)
    assert low < 0.05 * high


def test_white_noise_is_flat() -> None:
    assert set(white_power(np.arange(5.0))) == {1.0}


@given(first=st.integers(0, 60_000), length=st.integers(1, 20_000))
@settings(max_examples=20, deadline=None)
def test_noise_is_the_same_wherever_reading_starts(first: int, length: int) -> None:
    whole = Noise(2, RATE, narrow_power(10.0, 1.0), seed=[3, 4]).read(0, 80_000)
    piece = Noise(2, RATE, narrow_power(10.0, 1.0), seed=[3, 4]).read(first, first + length)
    np.testing.assert_array_equal(piece, whole[:, first : first + length])


def test_seams_between_blocks_cannot_be_seen() -> None:
    rows = Noise(40, RATE, background_power(2.0), seed=[5]).read(0, 4 * 16384)
    size = np.sqrt((rows**2).reshape(40, -1, 512).mean(axis=(0, 2)))
    assert size.min() > 0.7
    assert size.max() < 1.3
    steps = np.abs(np.diff(rows, axis=1)).max(axis=0)
    assert steps.max() < 3 * np.median(steps)


def test_another_seed_gives_other_noise() -> None:
    first, second = (Noise(1, RATE, white_power, seed=[seed]).read(0, 4096)[0] for seed in (1, 2))
    assert abs(np.corrcoef(first, second)[0, 1]) < 0.1


def test_a_rate_whose_block_is_no_power_of_two_works_too() -> None:
    assert Noise(1, 173.61, white_power, seed=[1]).read(30_000, 30_010).shape == (1, 10)
