"""Stages tile a recording of any length, and eyes and body keep to them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.spans import merge_spans, total_time
from ictal.simulation.populations import draw_subject
from ictal.simulation.states import STAGES, States
from ictal.simulation.subject import Subject
from ictal.simulation.vigilance import ARCHITECTURES, draw_states, eye_closures, lay_out, stay_awake


def sleeper(tiredness: float, architecture: str = "adult", movement_rate: float = 5.0) -> Subject:
    subject = draw_subject(0)
    sleep = replace(subject.sleep, tiredness=tiredness, architecture=architecture)
    return replace(subject, sleep=sleep, habits=replace(subject.habits, movement_rate=movement_rate))


@settings(deadline=None)
@given(st.floats(60.0, 3 * 86400.0), st.floats(0.0, 1.0), st.sampled_from(list(ARCHITECTURES)), st.integers(0, 10**6))
def test_stages_tile_the_recording(duration: float, tiredness: float, architecture: str, seed: int) -> None:
    states = draw_states(duration, sleeper(tiredness, architecture), seed)
    names, starts, stops = zip(*states.stages, strict=True)
    assert starts[0] == 0.0
    assert stops[-1] == states.duration == duration
    assert starts[1:] == stops[:-1]
    assert all(start < stop for start, stop in zip(starts, stops, strict=True))
    assert set(names) <= set(STAGES)
    assert all(earlier != later for earlier, later in pairwise(names))
    for spans in (states.closures, states.movements):
        assert merge_spans([*spans, *states.spans("wake")]) == states.spans("wake")
        assert merge_spans(spans) == spans


def test_same_seed_same_states_and_longer_recordings_begin_alike() -> None:
    subject = sleeper(0.5)
    day, night = (draw_states(hours * 3600.0, subject, seed=4) for hours in (20.0, 30.0))
    assert day == draw_states(20 * 3600.0, subject, seed=4)
    assert night.stages[: len(day.stages) - 1] == day.stages[:-1]
    assert draw_states(20 * 3600.0, subject, seed=5) != day


def test_an_hour_often_holds_both_wakefulness_and_n2() -> None:
    drawn = [draw_states(3600.0, draw_subject(seed), seed) for seed in range(200)]
    both = [bool(states.spans("wake") and states.spans("n2")) for states in drawn]
    assert 0.45 < np.mean(both) < 0.9
    assert any(not states.spans("n1", "n2", "n3", "rem") for states in drawn)


def test_recordings_begin_at_any_time() -> None:
    begins = {draw_states(60.0, sleeper(0.5), seed).stages[0][0] for seed in range(100)}
    assert begins == set(STAGES)


def test_eyes_close_before_sleep_and_are_open_half_the_time_else() -> None:
    states = draw_states(10 * 86400.0, sleeper(0.3), seed=0)
    closed = merge_spans([*states.closures, *states.spans("n1")])
    for start, stop in states.drowsy:
        assert any(first <= start and stop <= last for first, last in closed)
    assert 0.3 < total_time(states.eyes_open) / total_time(states.spans("wake")) < 0.6


def test_the_body_moves_at_its_rate_while_awake() -> None:
    states = draw_states(5 * 86400.0, sleeper(0.4, movement_rate=6.0), seed=0)
    hours = total_time(states.spans("wake")) / 3600
    assert len(states.movements) / hours == pytest.approx(6.0, rel=0.15)


def test_neonates_alternate_between_active_and_quiet_sleep_and_wakefulness() -> None:
    states = draw_states(86400.0, sleeper(0.7, "neonate"), seed=0)
    assert {name for name, _, _ in states.stages} == {"wake", "rem", "n2"}


def test_staying_awake() -> None:
    states = stay_awake(1800.0, sleeper(0.9), seed=0)
    assert states.stages == (("wake", 0.0, 1800.0),)
    assert states.closures
    assert isinstance(states, States)


def test_an_unknown_architecture_is_refused() -> None:
    with pytest.raises(ParameterError, match="architecture of sleep: 'elderly'"):
        draw_states(60.0, sleeper(0.5, "elderly"), seed=0)


def test_bouts_are_laid_out_from_where_the_recording_begins() -> None:
    bouts = [("wake", 100.0), ("n1", 20.004), ("n1", 30.0), ("n2", 1e9)]
    assert lay_out(bouts, 0.0, 200.0) == (("wake", 0.0, 100.0), ("n1", 100.0, 150.0), ("n2", 150.0, 200.0))
    assert lay_out(bouts, 100.0, 10.0) == (("n1", 0.0, 10.0),)


def test_eyes_close_and_open_in_turn() -> None:
    spans = eye_closures(10_000.0, np.random.default_rng(0))
    assert merge_spans(spans) == spans
    assert 0.35 < total_time(spans) / 10_000 < 0.65
