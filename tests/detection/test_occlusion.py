from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ictal.core.attribution import BANDS
from ictal.core.errors import ParameterError
from ictal.detection import occlusion
from ictal.detection.occlusion import (
    occlude_bands,
    occlude_groups,
    occlude_leads,
    occlude_stretches,
    remove_band,
)

RATE = 128.0


def energy(signals: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((signals**2).sum(axis=(1, 2)))


def noise(n_leads: int = 4, n_samples: int = 512, seed: int = 0) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0.0, 10.0, (n_leads, n_samples))


def test_a_lead_costs_what_it_adds() -> None:
    signal = noise()
    np.testing.assert_allclose(occlude_leads(energy, signal), (signal**2).sum(axis=1))


def test_what_speaks_against_has_a_cost_below_nothing() -> None:
    signal = noise()
    weights = np.array([2.0, -1.0, 0.0, 1.0])
    costs = occlude_leads(lambda signals: (signals**2).sum(axis=2) @ weights, signal)
    np.testing.assert_allclose(costs, weights * (signal**2).sum(axis=1))


def test_of_two_leads_that_say_the_same_only_both_are_missed() -> None:
    signal = noise()
    signal[1] = signal[0] = 50.0
    costs = occlude_groups(lambda signals: np.abs(signals).max(axis=(1, 2)), signal, [[0], [1], [0, 1], []])
    assert costs[:2].tolist() == [0.0, 0.0]
    assert costs[2] > 0.0
    assert costs[3] == 0.0


@given(n_at_once=st.integers(1, 9))
def test_how_many_copies_are_held_at_once_changes_nothing(n_at_once: int) -> None:
    signal = noise()
    whole = occlude_leads(energy, signal)
    sizes: list[int] = []

    def counted(signals: NDArray[np.float64]) -> NDArray[np.float64]:
        sizes.append(len(signals))
        return energy(signals)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(occlusion, "_MOST_VALUES", n_at_once * signal.size)
        np.testing.assert_allclose(occlude_leads(counted, signal), whole)
    assert sum(sizes) == 5
    assert max(sizes) <= n_at_once + 1


def test_signals_are_left_as_they_are() -> None:
    signal = noise()
    before = signal.copy()
    occlude_leads(energy, signal)
    occlude_stretches(energy, signal, [0, 100, 512], each_lead=True)
    occlude_bands(energy, signal, RATE, list(BANDS.values()))
    np.testing.assert_array_equal(signal, before)


def test_stretches_of_all_leads_and_of_each() -> None:
    signal = np.zeros((3, 400))
    signal[1, 150:180] = 4.0
    together = occlude_stretches(energy, signal, [0, 100, 200, 300])
    np.testing.assert_allclose(together, [[0.0, 480.0, 0.0]])
    apart = occlude_stretches(energy, signal, [0, 100, 200, 300], each_lead=True)
    np.testing.assert_allclose(apart, [[0.0] * 3, [0.0, 480.0, 0.0], [0.0] * 3])


def test_a_lost_stretch_leaves_no_step() -> None:
    ramp = np.linspace(5.0, 25.0, 200)[None]
    steps: list[float] = []

    def widest(signals: NDArray[np.float64]) -> NDArray[np.float64]:
        steps.append(float(np.abs(np.diff(signals, axis=2)).max()))
        return np.zeros(len(signals))

    occlude_stretches(widest, ramp, [0, 50, 120, 200])
    assert max(steps) == pytest.approx(20.0 / 199)


def test_a_stretch_that_is_all_is_lost_wholly() -> None:
    signal = noise() + 100.0
    np.testing.assert_allclose(occlude_stretches(energy, signal, [0, 512]), [[(signal**2).sum()]])


@pytest.mark.parametrize("edges", [[0], [0, 0], [5, 3], [-1, 4], [0, 513], []])
def test_edges_that_are_none_are_refused(edges: list[int]) -> None:
    with pytest.raises(ParameterError, match=r"^edges: .* rise from 0 or more to 512 samples"):
        occlude_stretches(energy, noise(), edges)


@pytest.mark.parametrize(("name", "frequency"), [("delta", 2.0), ("theta", 6.0), ("alpha", 10.5), ("beta", 20.0)])
def test_a_rhythm_is_of_one_band(name: str, frequency: float) -> None:
    rhythm = np.sin(2 * np.pi * frequency * np.arange(1024) / RATE)[None]
    shares = occlude_bands(energy, rhythm, RATE, list(BANDS.values())) / energy(rhythm[None])
    assert shares[list(BANDS).index(name)] > 0.97
    assert np.sum(shares > 0.03) == 1


def test_removal_is_gentle_at_the_edges_and_at_the_ends() -> None:
    """Half an impulse's energy never comes back as ringing of the other end."""
    signal = np.zeros((1, 1024))
    signal[0, 5] = 1.0
    left = remove_band(signal, RATE, 8.0, 13.0)
    assert np.abs(left[0, -100:]).max() < 1e-3


def test_what_is_left_has_the_type_that_came() -> None:
    assert remove_band(noise().astype(np.float32), RATE, 4.0, 8.0).dtype == np.float32


@pytest.mark.parametrize(("low", "high"), [(8.0, 8.0), (-1.0, 4.0), (9.0, 3.0)])
def test_a_band_that_is_none_is_refused(low: float, high: float) -> None:
    with pytest.raises(ParameterError, match=r"^band: .* it must rise from 0"):
        remove_band(noise(), RATE, low, high)
