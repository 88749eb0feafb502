"""The phantom is reproducible, its truth is exact, and its parts can be left out one by one."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.simulation.head import CHANNELS
from ictal.simulation.parts import ARTEFACTS, BRAIN, PARTS
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import POPULATIONS, draw_subject
from ictal.simulation.seizure import Seizure
from ictal.simulation.seizures import ictal_decibels
from ictal.simulation.states import States

ONE = [Seizure(onset=50.0, duration=30.0, focus="T8")]
AWAKE = States((("wake", 0.0, 120.0),), closures=((10.0, 40.0), (60.0, 110.0)))


def test_same_seed_same_samples_however_read() -> None:
    first, second = (simulate_recording(70.0, seed=5) for _ in range(2))
    whole = first.read()
    pieces = [second.read(start, start + 7.0) for start in np.arange(63.0, -1.0, -7.0)]
    np.testing.assert_array_equal(whole, np.concatenate(pieces[::-1], axis=1))
    assert first.annotations == second.annotations
    assert not np.array_equal(whole, simulate_recording(70.0, seed=6).read())


def test_form() -> None:
    recording = simulate_recording(90.0, seed=0, seizures=ONE, sampling_rate=200.0)
    course = recording.read()
    assert course.shape == (19, 18_000)
    assert course.dtype == np.float32
    np.testing.assert_allclose(course.mean(axis=0), 0.0, atol=1e-3)
    assert recording.notes[0].startswith("simulated EEG")
    assert recording.start_time is None
    assert recording.channels == CHANNELS


def test_truth_is_exact_to_the_sample() -> None:
    quiet = simulate_recording(120.0, seed=3, seizures=0)
    ictal = simulate_recording(120.0, seed=3, seizures=ONE)
    assert len(quiet.annotations) == 0
    [event] = ictal.annotations
    assert (event.onset, event.duration, event.event_type) == (50.0, 30.0, "sz_foc_ia")
    assert "T4-Avg" in event.channels
    differs = (quiet.read() != ictal.read()).any(axis=0)
    assert np.flatnonzero(differs)[0] == pytest.approx(50 * 256, abs=2)
    early = (ictal.read(50.0, 56.0) - quiet.read(50.0, 56.0)).std(axis=1)
    assert SCALP_19[early.argmax()] == "T8"


def test_the_truth_holds_the_seizures_and_more() -> None:
    recording = simulate_recording(1200.0, seed=0, seizures=2)
    assert set(recording.annotations) <= set(recording.truth)
    assert len(recording.annotations) == 2
    assert len(recording.truth) > 2


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_is_left_out_changes_nothing_else(part: str) -> None:
    """Leaving out one part twice over is leaving out both: parts draw their randomness apart from each other."""
    other = "background" if part != "background" else "alpha"
    subject = draw_subject(1, "icu")

    def course(*without: str) -> np.ndarray:
        layers = simulate_recording(64.0, seed=1, subject=subject, seizures=1, without=without)
        return layers.read().astype(np.float64)

    replaces = {"suppression", "disconnection"}
    if part in replaces:
        pytest.skip("acts on what lies below it, so that its share cannot be taken off")
    kept = tuple(replaces)
    alone = course(*kept) - course(*kept, part)
    np.testing.assert_allclose(alone, course(*kept, other) - course(*kept, part, other), atol=2e-2)


def test_one_subject_has_many_recordings() -> None:
    subject = draw_subject(2)
    first, second = (
        simulate_recording(120.0, seed=seed, subject=subject, seizures=0, states=AWAKE, without=ARTEFACTS).read()
        for seed in (0, 1)
    )
    assert not np.array_equal(first, second)
    assert first.std() == pytest.approx(second.std(), rel=0.4)


@pytest.mark.parametrize("population", POPULATIONS)
def test_every_population_can_be_simulated(population: str) -> None:
    subject = draw_subject(3, population)
    recording = simulate_recording(300.0, seed=3, subject=subject, seizures=1)
    course = recording.read()
    assert np.isfinite(course).all()
    assert 2.0 < np.median(course.std(axis=1)) < 300.0
    [event] = recording.annotations
    assert event.is_seizure


def test_difficulty_is_the_height_of_the_seizure() -> None:
    quiet, easy, hard = (
        simulate_recording(100.0, seed=4, seizures=seizures, difficulty=difficulty).read(50.0, 55.0)
        for seizures, difficulty in ((0, 0.0), (ONE, 0.0), (ONE, 1.0))
    )
    # Over the first seconds the background is hardly weakened yet, so the difference is the seizure.
    decibels = 20 * np.log10((easy - quiet).std() / (hard - quiet).std())
    assert decibels == pytest.approx(ictal_decibels(0.0) - ictal_decibels(1.0), abs=1.0)


def test_line_frequency_is_that_of_the_grid() -> None:
    course = simulate_recording(60.0, seed=1, seizures=0, line_frequency=60.0, without=["muscle"]).read()
    frequencies, power = signal.welch(course, 256.0, nperseg=1024)
    around = (frequencies > 45) & (frequencies < 70)
    assert frequencies[around][np.median(power[:, around], axis=0).argmax()] == pytest.approx(60.0, abs=0.3)


def test_without_a_brain_and_artefacts_nothing_is_left() -> None:
    recording = simulate_recording(60.0, seed=1, seizures=0, without=PARTS)
    assert not recording.read().any()
    assert len(recording.truth) == 0
    assert simulate_recording(60.0, seed=1, seizures=0, without=[*ARTEFACTS, *BRAIN]).read().std() < 40.0


def test_memory_does_not_grow_with_the_recording() -> None:
    simulate_recording(60.0, seed=0).read()
    peaks = []
    for hours in (1.0, 8.0):
        tracemalloc.start()
        try:
            simulate_recording(3600.0 * hours, seed=0, seizures=1).read(1000.0, 1010.0)
            peaks.append(tracemalloc.get_traced_memory()[1])
        finally:
            tracemalloc.stop()
    # An hour of signal is 70 MB, eight are 560 MB.
    assert max(peaks) < 60e6


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"duration": -1.0}, "duration: -1.0"),
        ({"seed": -1}, "seed: -1"),
        ({"sampling_rate": 50.0}, "sampling_rate: 50.0 Hz .* at least 100"),
        ({"difficulty": 1.2}, "difficulty: 1.2 .* 0 to 1"),
        ({"seizures": 2}, "seizures: 2 in 100 s"),
        ({"seizures": [Seizure(onset=90.0, duration=20.0)]}, "90 to 110 s is not allowed"),
        ({"without": ["alfa"]}, "part: 'alfa'"),
    ],
)
def test_values_out_of_range_are_refused(changed: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        simulate_recording(**{"duration": 100.0, "seed": 0, **changed})
