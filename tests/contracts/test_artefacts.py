"""What holds for every artefact of the phantom."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pytest

from ictal.core.tables import load_attribute
from ictal.simulation.head import CHANNELS
from ictal.simulation.parts import ARTEFACTS
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import draw_subject
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.scene import Part, Scene
from ictal.simulation.seizure import Seizure
from ictal.simulation.states import States
from ictal.simulation.subject import Habits, Subject

SECONDS = 150.0
STATES = States((("wake", 0.0, 80.0), ("n1", 80.0, 100.0), ("n2", 100.0, 120.0), ("rem", 120.0, 150.0)))
RATES = ("chewing_rate", "movement_rate", "pop_rate", "disconnection_rate", "patting_rate", "bad_contact_rate")
SEIZURES = (Seizure(40.0, 30.0, kind="focal-to-bilateral", muscle=1.0),)


def somebody() -> Subject:
    subject = draw_subject(1)
    shares = dict.fromkeys((field.name for field in fields(Habits) if field.name.endswith("_share")), 0.9)
    return replace(
        subject, habits=replace(subject.habits, heart_amplitude=10.0, **shares, **dict.fromkeys(RATES, 400.0))
    )


def scene(seed: int = 0) -> Scene:
    return Scene(somebody(), STATES, SEIZURES, round(SECONDS * 256), 256.0, 50.0, 0.5, seed)


def build(name: str, seed: int = 0) -> Part:
    return load_attribute(ARTEFACTS[name])(scene(seed))


def laid(part: Part, pieces: list[tuple[int, int]]) -> np.ndarray:
    """Return the part over a signal of ones, made piece by piece."""
    signal = np.ones((19, round(SECONDS * 256)))
    for first, last in pieces:
        for layer in part.layers:
            layer.apply(signal[:, first:last], first)
    return signal


WHOLE = [(0, round(SECONDS * 256))]


@pytest.mark.parametrize("name", ARTEFACTS)
def test_the_order_and_length_of_stretches_does_not_matter(name: str) -> None:
    edges = [0, 1, 700, 16_384, 16_400, 30_001, 31_000, round(SECONDS * 256)]
    pieces = list(pairwise(edges))
    whole = laid(build(name), WHOLE)
    np.testing.assert_allclose(laid(build(name), pieces[::-1]), whole, rtol=0, atol=1e-9)
    assert np.ptp(whole) > 1.0


@pytest.mark.parametrize("name", ARTEFACTS)
def test_the_same_seed_gives_the_same_and_another_one_not(name: str) -> None:
    first, again, other = (build(name, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(laid(first, WHOLE), laid(again, WHOLE))
    assert first.events == again.events
    assert not np.array_equal(laid(first, WHOLE), laid(other, WHOLE))


def simulate(without: list[str]) -> SimulatedRecording:
    settings = {"seed": 0, "subject": somebody(), "states": STATES, "seizures": SEIZURES}
    return simulate_recording(SECONDS, without=["disconnection", *without], **settings)


@pytest.fixture(scope="module")
def whole() -> SimulatedRecording:
    return simulate([])


@pytest.mark.parametrize("name", [name for name in ARTEFACTS if name != "disconnection"])
def test_leaving_it_out_removes_it_and_nothing_else(name: str, whole: SimulatedRecording) -> None:
    rest = simulate([name])
    part = laid(build(name), WHOLE) - 1.0
    # Recordings are in single precision, whose steps are 0.0002 at 2000 µV.
    np.testing.assert_allclose(whole.read() - rest.read(), part - part.mean(axis=0), rtol=0, atol=2e-3)
    assert set(whole.truth) - set(rest.truth) == set(build(name).events)


@pytest.mark.parametrize("name", ARTEFACTS)
def test_the_truth_lies_in_the_recording_and_names_channels(name: str) -> None:
    events = build(name).events
    assert bool(events) == (name not in {"blinks", "heart", "amplifier"})
    for event in events:
        assert 0 <= event.onset < event.stop <= SECONDS
        assert event.event_type == event.event_type.lower()
        assert event.channels
        assert set(event.channels) <= set(CHANNELS)
