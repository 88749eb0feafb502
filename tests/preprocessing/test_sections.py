"""The blocked recursion is scipy's recursion, sample for sample."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal as ss

from ictal.preprocessing import sections as sec

DESIGNS: dict[str, tuple[Any, ...]] = {
    "64 Hz low-pass": (4, 64, "low", 256),
    "30 Hz low-pass": (5, 30, "low", 256),
    "1 Hz low-pass": (3, 1, "low", 256),
    "0.5-50 Hz": (4, [0.5, 50], "band", 256),
    "0.5-120 Hz": (3, [0.5, 120], "band", 256),
    "0.1 Hz high-pass": (4, 0.1, "high", 256),
    "0.1-70 Hz at 2 kHz": (4, [0.1, 70], "band", 2000),
    "100 Hz high-pass": (2, 100, "high", 256),
}
each_design = pytest.mark.parametrize("name", DESIGNS)


def design(name: str) -> tuple[sec.Sections, NDArray[np.float64]]:
    order, cutoff, kind, rate = DESIGNS[name]
    numbers = ss.butter(order, cutoff, kind, fs=rate, output="sos")
    return tuple(tuple(row) for row in numbers.tolist()), numbers


def drifting_noise(n_samples: int, offset: float = 0.0, seed: int = 0) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    walk = rng.standard_normal((3, n_samples)).cumsum(axis=1)
    return (walk + 10 * rng.standard_normal((3, n_samples)) + offset).astype(np.float32)


def assert_within(found: NDArray[Any], expected: NDArray[Any], scale: NDArray[Any]) -> None:
    """To one millionth of the range of `scale`, and to the last bit of float32."""
    np.testing.assert_allclose(found, expected, rtol=2.5e-7, atol=1e-6 * float(np.ptp(scale)))


@each_design
@pytest.mark.parametrize("n_samples", [40, 64, 1000, 12_345])
@pytest.mark.parametrize("offset", [0.0, 1e5])
def test_zero_phase_equals_sosfiltfilt(name: str, n_samples: int, offset: float) -> None:
    sections, numbers = design(name)
    x = drifting_noise(n_samples, offset)
    expected = ss.sosfiltfilt(numbers, x.astype(np.float64))
    edge = sec.edge_length(sections)
    assert_within(sec.filter_zero_phase(sections, x, edge, edge), expected, expected)


@each_design
@pytest.mark.parametrize("offset", [0.0, 1e5])
def test_causal_equals_sosfilt(name: str, offset: float) -> None:
    sections, numbers = design(name)
    x = drifting_noise(5000, offset)
    wide = x.astype(np.float64)
    from_zero = ss.sosfilt(numbers, wide)
    assert_within(sec.filter_causal(sections, x, steady=False), from_zero, from_zero)
    start = ss.sosfilt_zi(numbers)[:, None, :] * wide[None, :, :1]
    steady, _ = ss.sosfilt(numbers, wide, zi=start)
    assert_within(sec.filter_causal(sections, x, steady=True), steady, steady)


@each_design
def test_edges_are_those_of_scipy(name: str) -> None:
    sections, numbers = design(name)
    edge = sec.edge_length(sections)
    ss.sosfiltfilt(numbers, np.zeros(edge + 1))
    with pytest.raises(ValueError, match="padlen"):
        ss.sosfiltfilt(numbers, np.zeros(edge))


@each_design
def test_steady_state_and_gain_are_those_of_scipy(name: str) -> None:
    sections, numbers = design(name)
    np.testing.assert_allclose(sec.steady_state(sections), ss.sosfilt_zi(numbers).ravel(), rtol=1e-6, atol=1e-9)
    frequencies = np.array([0.0, 0.3, 10.0, 60.0])
    _, response = ss.sosfreqz(numbers, frequencies, fs=DESIGNS[name][3])
    found = [sec.gain_at(sections, each, DESIGNS[name][3]) for each in frequencies]
    np.testing.assert_allclose(found, np.abs(response), atol=1e-9)
    assert abs(sec.steady_gain(sections)) == pytest.approx(found[0], abs=1e-9)


@each_design
def test_memory_is_where_the_impulse_response_has_faded(name: str) -> None:
    sections, numbers = design(name)
    memory = sec.memory_length(sections)
    impulse = np.zeros(4 * memory + 64)
    impulse[0] = 1.0
    response = np.abs(ss.sosfilt(numbers, impulse))
    assert response[memory:].sum() <= 1.01 * sec.FORGOTTEN
    assert response[memory - 1 :].sum() > 0.99 * sec.FORGOTTEN


def test_memory_of_common_filters_in_seconds() -> None:
    """Padding that was seen to be needed for one millionth of the range: 60, 15 and 10 s."""
    for cutoff, needed in ((0.1, 60.0), (0.5, 15.0), (1.0, 10.0)):
        numbers = ss.butter(4, cutoff, "high", fs=256, output="sos")
        seconds = sec.memory_length(tuple(tuple(row) for row in numbers.tolist())) / 256
        assert 0.5 * needed < seconds < 2.5 * needed


def test_only_short_low_passes_are_computed_in_single_precision() -> None:
    precise = {name: sec.working_precision(design(name)[0]) == np.float64 for name in DESIGNS}
    assert [name for name, double in precise.items() if not double] == ["64 Hz low-pass", "30 Hz low-pass"]


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 700), max_size=10).map(sorted))
def test_advancing_in_any_pieces_equals_sosfilt(cuts: list[int]) -> None:
    sections, numbers = design("0.5-50 Hz")
    x = drifting_noise(700).astype(np.float64)
    state, pieces = np.zeros((3, 2 * len(sections))), []
    for piece in np.split(x, cuts, axis=1):
        filtered, state = sec.block_filter(sections).advance(piece, state)
        pieces.append(filtered)
    expected = ss.sosfilt(numbers, x)
    np.testing.assert_allclose(np.concatenate(pieces, axis=1), expected, atol=1e-9 * np.ptp(expected))
