"""Layers: each gives the same whatever stretches are read."""

from __future__ import annotations

from functools import partial

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from ictal.simulation.layers import GainLayer, NoiseLayer, Transient, TransientLayer, read_product
from ictal.simulation.noise import Noise, white_power
from ictal.simulation.tracks import Track, steady

N_SAMPLES = 1000
RATE = 100.0


def ramp(length: int, height: float) -> NDArray[np.float64]:
    return height * np.outer([1.0, -1.0], np.arange(1, length + 1))


def transients() -> TransientLayer:
    places = [(-5, 20), (0, 1), (40, 300), (100, 10), (990, 50)]
    return TransientLayer(
        Transient(first, length, partial(ramp, length, number + 1.0)) for number, (first, length) in enumerate(places)
    )


def apply_in_pieces(make: object, edges: list[int]) -> NDArray[np.float64]:
    layer = make()  # type: ignore[operator]
    signal = np.ones((2, N_SAMPLES))
    for first, last in zip([0, *edges], [*edges, N_SAMPLES], strict=True):
        layer.apply(signal[:, first:last], first)
    return signal


def noise_layer() -> NoiseLayer:
    gain = Track(np.array([0.0, 10.0]), np.array([0.0, 2.0]))
    return NoiseLayer(np.array([[1.0], [2.0]]), Noise(1, RATE, white_power, seed=[1]), RATE, [gain])


def gain_layer() -> GainLayer:
    return GainLayer([Track(np.array([0.0, 5.0]), np.array([1.0, 0.0])), steady(3.0)], RATE)


@given(edges=st.lists(st.integers(0, N_SAMPLES), max_size=6).map(sorted))
@settings(max_examples=30, deadline=None)
def test_stretches_do_not_matter(edges: list[int]) -> None:
    for make in (transients, noise_layer, gain_layer):
        np.testing.assert_array_equal(apply_in_pieces(make, edges), apply_in_pieces(make, []))


def test_a_transient_lands_where_it_was_put_and_is_cut_at_the_borders() -> None:
    signal = np.zeros((2, N_SAMPLES))
    transients().apply(signal, 0)
    np.testing.assert_array_equal(signal[:, 100] - signal[:, 99], [3 + 4, -(3 + 4)])
    assert signal[0, 1] == 7
    assert signal[0, 999] == 5 * 10


def test_a_transient_is_made_once_for_two_stretches_next_to_each_other() -> None:
    made = []

    def make() -> NDArray[np.float64]:
        made.append(1)
        return np.ones((1, 10))

    layer = TransientLayer([Transient(5, 10, make)])
    layer.apply(np.zeros((1, 10)), 0)
    layer.apply(np.zeros((1, 10)), 10)
    assert len(made) == 1


def test_silent_noise_is_not_made() -> None:
    noise = Noise(1, RATE, white_power, seed=[1])
    layer = NoiseLayer(np.ones((2, 1)), noise, RATE, [steady(0.0)])
    signal = np.zeros((2, 10))
    layer.apply(signal, 0)
    assert not signal.any()
    assert not noise._blocks


def test_gains_multiply() -> None:
    assert read_product([steady(2.0), steady(3.0)], 0, 2, 1.0).tolist() == [6.0, 6.0]
    assert read_product([], 0, 2, 1.0).tolist() == [1.0, 1.0]
