"""What looks like a seizure and is none does not evolve, keeps away from seizures, and disturbs nothing else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from ictal.core.events import Event
from ictal.core.spans import intersect_spans
from ictal.simulation.parts import PARTS
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import draw_subject
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.seizure import Seizure
from ictal.simulation.states import States
from ictal.simulation.subject import Subject

RATE = 256.0
PATTERNS = ("lpd", "gpd", "lrda", "grda")


def patient(pattern: str, seed: int = 0, **epilepsy: object) -> Subject:
    subject = draw_subject(seed, "icu")
    changed = {"pattern": pattern, "pattern_share": 0.4, "spike_rate": 5.0, "run_rate": 20.0, **epilepsy}
    return replace(subject, epilepsy=replace(subject.epilepsy, **changed))


def only(part: str, subject: Subject, seed: int, seizures: int | list[Seizure] = 0) -> SimulatedRecording:
    others = [name for name in PARTS if name != part]
    awake = States((("wake", 0.0, 900.0),))
    return simulate_recording(900.0, seed=seed, subject=subject, seizures=seizures, states=awake, without=others)


def frequency(course: NDArray[np.float32], low: float, high: float) -> float:
    """Return the mean frequency in Hz of what goes on between two bounds, from how its phase grows."""
    sections = signal.butter(2, [low, high], "bandpass", fs=RATE, output="sos")
    phase = np.unwrap(np.angle(signal.hilbert(signal.sosfiltfilt(sections, course))))
    return float(np.polyfit(np.arange(len(phase)) / RATE, phase, 1)[0] / (2 * np.pi))


def thirds(recording: SimulatedRecording, event: Event, low: float, high: float) -> list[tuple[float, int]]:
    """Return frequency and dominant electrode of the first and of the last third."""
    course = recording.read(event.onset, event.stop)
    course = np.abs(course) if event.event_type in ("lpd", "gpd") else course
    third = course.shape[1] // 3
    pieces = (course[:, :third], course[:, -third:])
    return [(frequency(row[row.std(axis=1).argmax()], low, high), int(row.std(axis=1).argmax())) for row in pieces]


def assert_steady(recording: SimulatedRecording, event: Event, low: float, high: float) -> None:
    (first, here), (last, there) = thirds(recording, event, low, high)
    assert last == pytest.approx(first, rel=0.1)
    strength = recording.read(event.onset, event.stop).std(axis=1)
    assert here == there or strength[here] == pytest.approx(strength[there], rel=0.05)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("seed", range(4))
def test_patterns_do_not_evolve(pattern: str, seed: int) -> None:
    subject = patient(pattern, seed, pattern_frequency=[0.6, 1.0, 1.5, 2.0][seed])
    recording = only(pattern, subject, seed)
    assert len(recording.truth) > 0
    for event in recording.truth:
        nominal = subject.epilepsy.pattern_frequency
        assert_steady(recording, event, 0.7 * nominal, 1.5 * nominal)


@pytest.mark.parametrize("seed", range(4))
def test_runs_do_not_evolve(seed: int) -> None:
    recording = only("rhythmic-runs", patient("", seed, run_kinds=("temporal-theta", "wicket", "temporal-alpha")), seed)
    assert len(recording.truth) > 0
    for event in recording.truth:
        assert 4.0 < event.duration < 60.0
        assert_steady(recording, event, 4.5, 13.5)


def test_a_seizure_measured_the_same_way_evolves() -> None:
    recording = only("seizures", patient("lrda"), 0, [Seizure(300.0, 60.0)])
    [event] = recording.truth
    (first, _), (last, _) = thirds(recording, event, 1.5, 9.0)
    assert last < 0.8 * first


@pytest.mark.parametrize("pattern", PATTERNS)
def test_all_keep_away_from_seizures(pattern: str) -> None:
    for seed in range(3):
        recording = simulate_recording(1200.0, seed=seed, subject=patient(pattern, seed), seizures=2)
        guarded = [(event.onset - 20.0, event.stop + 20.0) for event in recording.annotations]
        types = {pattern, "spike", "rhythmic-run"}
        planted = [event for event in recording.truth if event.event_type in types]
        assert {event.event_type for event in planted} >= {pattern, "spike"}
        assert not intersect_spans([event.span for event in planted if event.event_type != "spike"], guarded)
        assert not intersect_spans([event.span for event in planted], [event.span for event in recording.annotations])
        assert all(event.stop <= 1200.0 for event in planted)


def parts_alone() -> list[tuple[str, Callable[[], Subject]]]:
    own = [(pattern, lambda pattern=pattern: patient(pattern)) for pattern in PATTERNS]
    return [*own, ("spikes", lambda: patient("lpd")), ("rhythmic-runs", lambda: patient(""))]


@pytest.mark.parametrize(("part", "make"), parts_alone(), ids=[name for name, _ in parts_alone()])
def test_a_part_can_be_left_out_and_nothing_else_changes(part: str, make: Callable[[], Subject]) -> None:
    subject = make()
    quiet = [name for name in PARTS if name not in ("background", part)]
    awake = States((("wake", 0.0, 900.0),))
    whole, rest = (
        simulate_recording(900.0, seed=2, subject=subject, seizures=0, states=awake, without=left_out)
        for left_out in (quiet, [*quiet, part])
    )
    own = only(part, subject, 2)
    assert list(whole.truth) == list(own.truth)
    assert len(own.truth) > len(rest.truth) == 0
    difference = whole.read() - rest.read()
    assert difference.any()
    np.testing.assert_allclose(difference, own.read(), atol=1e-3)


@pytest.mark.parametrize(("part", "make"), parts_alone(), ids=[name for name, _ in parts_alone()])
def test_the_order_of_reading_does_not_matter(part: str, make: Callable[[], Subject]) -> None:
    first, second = (only(part, make(), 1) for _ in range(2))
    whole = first.read()
    assert whole.any()
    for start in (800.0, 130.0, 400.0):
        np.testing.assert_array_equal(
            second.read(start, start + 70.0), whole[:, int(start * RATE) :][:, : int(70 * RATE)]
        )
