"""What the stages of a recording say of eyes, drowsiness and gains."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.spans import merge_spans, total_time
from ictal.simulation.states import STAGES, States

NIGHT = States(
    (("wake", 0.0, 300.0), ("n1", 300.0, 400.0), ("n2", 400.0, 700.0), ("wake", 700.0, 720.0), ("n1", 720.0, 800.0)),
    closures=((100.0, 150.0), (200.0, 300.0)),
)


@st.composite
def nights(draw: st.DrawFn) -> States:
    bouts = draw(st.lists(st.tuples(st.sampled_from(STAGES), st.floats(0.1, 2000.0)), min_size=1, max_size=12))
    edges = np.concatenate([[0.0], np.cumsum([seconds for _, seconds in bouts])]).tolist()
    return States(tuple((name, edges[i], edges[i + 1]) for i, (name, _) in enumerate(bouts)))


def test_eyes_are_closed_in_sleep_and_when_they_are_closed_awake() -> None:
    assert NIGHT.eyes_open == ((0.0, 100.0), (150.0, 200.0), (700.0, 720.0))
    assert NIGHT.eyes_closed == ((100.0, 150.0), (200.0, 700.0), (720.0, 800.0))


def test_drowsiness_is_the_end_of_wakefulness_that_leads_to_n1() -> None:
    assert NIGHT.drowsy == ((240.0, 300.0), (710.0, 720.0))
    assert States((("wake", 0.0, 300.0), ("rem", 300.0, 400.0), ("wake", 400.0, 500.0))).drowsy == ()


def test_levels_are_held_in_stages_and_move_slowly_between() -> None:
    gain = NIGHT.level({"wake": 1.0, "drowsy": 0.8, "n1": 0.2, "n2": 0.6}).read(0, 800, 1.0)
    assert [gain[at].round(9) for at in (0, 239, 299, 350, 500, 709, 719, 790)] == [1, 1, 0.8, 0.2, 0.6, 1, 0.8, 0.2]
    assert np.abs(np.diff(gain[:700])).max() <= 0.6 / 8 + 1e-9


def test_drowsiness_has_the_level_of_wakefulness_unless_it_has_its_own() -> None:
    gain = NIGHT.level({"wake": 1.0}).read(0, 800, 1.0)
    np.testing.assert_array_equal(gain[:301], 1.0)
    assert gain[310] == 0.0


@pytest.mark.parametrize("ramp", [2.0, 40.0])
def test_a_ramp_takes_as_long_as_is_asked(ramp: float) -> None:
    gain = NIGHT.level({"n2": 1.0}, ramp).read(0, 800, 1.0)
    assert gain[400] == 0.0
    assert gain[400 + int(ramp / 2)] == pytest.approx(0.5)
    assert gain[400 + int(ramp)] == 1.0


@given(nights(), st.floats(0.5, 60.0))
def test_levels_stay_between_the_lowest_and_the_highest(night: States, ramp: float) -> None:
    levels = {"wake": 1.0, "drowsy": 0.5, "n1": 0.25, "n3": 2.0}
    track = night.level(levels, ramp)
    assert (np.diff(track.times) >= 0).all()
    gain = track.read(0, 500, 500 / night.duration)
    assert 0.0 <= gain.min() <= gain.max() <= 2.0


@given(nights())
def test_eyes_are_open_or_closed(night: States) -> None:
    assert total_time(night.eyes_open) + total_time(night.eyes_closed) == pytest.approx(night.duration)
    assert merge_spans([*night.eyes_open, *night.spans("wake")]) == night.spans("wake")
    assert merge_spans([*night.drowsy, *night.spans("wake")]) == night.spans("wake")
