"""Rhythmic runs: each kind at its place, at its frequency, in its stage."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import signal

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.simulation.head import CHANNELS
from ictal.simulation.parts import PARTS
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import draw_subject
from ictal.simulation.recording import SimulatedRecording
from ictal.simulation.runs import RUNS
from ictal.simulation.states import STAGES, States

RATE = 256.0
SECONDS = 3600.0


def alone(kinds: tuple[str, ...], states: States, run_rate: float = 15.0, seed: int = 0) -> SimulatedRecording:
    subject = draw_subject(0)
    epilepsy = replace(subject.epilepsy, run_kinds=kinds, run_rate=run_rate, run_amplitude=50.0)
    subject = replace(subject, epilepsy=epilepsy)
    others = [name for name in PARTS if name != "rhythmic-runs"]
    return simulate_recording(SECONDS, seed=seed, subject=subject, seizures=0, states=states, without=others)


@pytest.mark.parametrize("name", sorted(RUNS))
def test_each_kind_has_its_frequency_and_place(name: str) -> None:
    kind = RUNS[name]
    recording = alone((name,), States(((kind.stages[0], 0.0, SECONDS),)))
    assert len(recording.truth) >= 5
    heights = []
    for event in recording.truth:
        assert event.event_type == "rhythmic-run"
        assert kind.seconds[0] * 0.6 < event.duration <= kind.seconds[1]
        course = recording.read(event.onset, event.stop)
        strongest = SCALP_19[course.std(axis=1).argmax()]
        assert any(strongest in place for place in kind.places) or strongest in ("Fz", "Pz")
        assert CHANNELS[SCALP_19.index(strongest)] in event.channels
        row = course[course.std(axis=1).argmax()]
        frequencies, power = signal.periodogram(row, RATE, nfft=2**16)
        low, high = kind.frequencies
        assert low - 1 / event.duration < frequencies[power.argmax()] < high + 1 / event.duration
        heights.append(np.percentile(np.abs(row), 98))
    assert np.median(heights) == pytest.approx(50.0 * abs(kind.gain), rel=0.5)


def test_fourteen_hertz_is_positive_and_wickets_are_negative() -> None:
    for name, sign in (("14-and-6", 1.0), ("wicket", -1.0)):
        recording = alone((name,), States(((RUNS[name].stages[0], 0.0, SECONDS),)))
        for event in recording.truth:
            course = recording.read(event.onset, event.stop)
            row = course[course.std(axis=1).argmax()]
            assert sign * (row.max() + row.min()) > 0


@pytest.mark.parametrize("stage", STAGES)
def test_runs_come_in_their_stages_only(stage: str) -> None:
    for name, kind in RUNS.items():
        found = len(alone((name,), States(((stage, 0.0, SECONDS),)), run_rate=30.0).truth)
        assert (found > 0) == (stage in kind.stages)


def test_the_rate_is_the_subjects() -> None:
    states = States((("wake", 0.0, SECONDS),))
    found = sum(len(alone(("wicket",), states, run_rate=4.0, seed=seed).truth) for seed in range(20))
    assert found == pytest.approx(80, abs=4 * np.sqrt(80))


def test_an_unknown_kind_is_refused_by_name() -> None:
    with pytest.raises(ParameterError, match=r"run kind.*wickets.*wicket"):
        alone(("wickets",), States((("wake", 0.0, SECONDS),)))
