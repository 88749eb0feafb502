"""A simulated recording is made while it is read, and is the same however it is read."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.events import Annotations, Event
from ictal.simulation.layers import NoiseLayer
from ictal.simulation.noise import Noise, white_power
from ictal.simulation.recording import SimulatedRecording

N_SAMPLES = 40_000


def make(referenced: bool = False) -> SimulatedRecording:
    layer = NoiseLayer(np.eye(3), Noise(3, 256.0, white_power, seed=[1]), 256.0)
    seizures = Annotations([Event(1.0, 2.0)], N_SAMPLES / 256.0)
    truth = Annotations([Event(1.0, 2.0), Event(5.0, 1.0, "muscle")], N_SAMPLES / 256.0)
    return SimulatedRecording(
        [layer], N_SAMPLES, 256.0, ("a", "b", "c"), seizures, "noise", truth=truth, referenced=referenced
    )


@given(stretches=st.lists(st.tuples(st.integers(0, N_SAMPLES), st.integers(0, 20_000)), max_size=4))
@settings(max_examples=20, deadline=None)
def test_reading_in_any_order_gives_the_same_samples(stretches: list[tuple[int, int]]) -> None:
    whole = make().read_samples(0, N_SAMPLES)
    recording = make()
    for first, length in stretches:
        last = min(first + length, N_SAMPLES)
        np.testing.assert_array_equal(recording.read_samples(first, last), whole[:, first:last])


def test_channels_against_their_average_add_up_to_nothing() -> None:
    signal = make(referenced=True).read_samples(0, 5000)
    assert signal.dtype == np.float32
    np.testing.assert_allclose(signal.sum(axis=0), 0.0, atol=1e-5)


def test_it_says_that_it_is_simulated_and_what_is_true() -> None:
    recording = make()
    assert recording.notes == ("simulated EEG: noise",)
    assert [event.event_type for event in recording.annotations] == ["sz"]
    assert [event.event_type for event in recording.truth] == ["sz", "muscle"]


def test_without_a_truth_of_its_own_the_seizures_are_the_truth() -> None:
    seizures = Annotations([Event(1.0, 2.0)], 10.0)
    recording = SimulatedRecording([], 10, 1.0, ("a",), seizures, "nothing")
    assert recording.truth is seizures
    assert not recording.read().any()
