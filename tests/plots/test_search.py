"""Pictures of a search: every trial is in them, at its place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.plots import style
from ictal.plots.search import (
    Axis,
    draw_history,
    draw_importance,
    draw_learning,
    draw_parallel,
    draw_slices,
    show_value,
)

AXES = [
    Axis("training.optimizer.lr", 1e-4, 1e-2, log=True),
    Axis("training.batch_size", 32, 128, choices=(32, 64, 128)),
    Axis("training.loss", None, None, choices=({"loss": "focal", "gamma": 2.0}, {"loss": "cross-entropy"})),
    Axis("windows.length", 2, 10),
]
FOCAL, CROSS = {"loss": "focal", "gamma": 2.0}, {"loss": "cross-entropy"}
SETTINGS: list[dict[str, Any]] = [
    dict(zip([axis.key for axis in AXES], tried, strict=True))
    for tried in [(1e-3, 64, CROSS, 6), (1e-4, 32, FOCAL, 10), (1e-2, 128, CROSS, 2)]
]


@given(st.floats(1e-6, 1e3), st.floats(1.01, 1e4), st.floats(0.0, 1.0), st.booleans())
def test_a_value_lies_between_the_ends_of_its_axis(low: float, times: float, share: float, log: bool) -> None:
    axis = Axis("a", low, low * times, log=log)
    value = low * times**share if log else low + share * (low * times - low)
    assert axis.place(value) == pytest.approx(share, abs=1e-6)
    marks = [place for place, _ in axis.ticks()]
    assert marks == sorted(marks)
    assert -1e-6 <= marks[0] < marks[-1] <= 1 + 1e-6


def test_a_single_choice_lies_in_the_middle() -> None:
    assert Axis("a", 1, 1, choices=(1,)).ticks() == [(0.5, "1")]


def test_values_are_told_as_people_write_them() -> None:
    assert [show_value(one) for one in ({}, [1, 2], None, True, "null", 1e-5)] == [
        *("{}", "[1, 2]", "null", "true", "null", "1e-05"),
    ]


@pytest.mark.parametrize(("lower", "ends"), [(False, 0.9), (True, 0.2)])
def test_the_line_of_the_history_is_the_best_so_far(lower: bool, ends: float) -> None:
    axes = draw_history([(0, 0.5), (2, 0.9), (3, 0.2)], [(1, 0.3)], [4], "loss", lower_is_better=lower).axes[0]
    line, cut, finished, failed = axes.lines
    assert np.ravel(line.get_xdata()).tolist()[-1] == 4.0
    assert np.ravel(line.get_ydata()).tolist()[-1] == ends
    assert np.ravel(cut.get_ydata()).tolist() == [0.3]
    assert np.ravel(finished.get_xdata()).tolist() == [0, 2, 3]
    assert np.ravel(failed.get_xdata()).tolist() == [4]


def test_a_history_of_failures_alone_can_be_drawn() -> None:
    assert style.encode_svg(draw_history([], [], [0, 1], "pr_auc"))


def test_the_best_are_drawn_over_the_others() -> None:
    curves = [[(1, 0.4), (2, 0.8)], [(1, 0.3)], [(1, 0.2), (2, 0.3)]]
    axes = draw_learning(curves, [True, False, False], [False, False, True], "pr_auc").axes[0]
    strong = [line for line in axes.lines if line.get_color() == style.DETECTED]
    assert [np.ravel(line.get_ydata()).tolist() for line in strong] == [[0.4, 0.8]]
    weak = [line for line in axes.lines if line not in strong and line.get_linestyle() == "-"]
    assert strong[0].get_zorder() > max(line.get_zorder() for line in weak)


def test_bars_are_as_long_as_the_shares() -> None:
    axes = draw_importance({"a": 0.75, "b": 0.25, "c": 0.0}).axes[0]
    assert [bar.get_width() for bar in axes.patches] == [0.75, 0.25, 0.0]  # type: ignore[attr-defined]
    assert [text.get_text() for text in axes.texts] == ["75 %", "25 %", "0 %"]


def test_every_trial_is_in_every_slice() -> None:
    figure = draw_slices(AXES, SETTINGS, [0.5, 0.6, 0.7], [False, False, True], "pr_auc")
    assert [axes.get_xlabel() for axes in figure.axes] == [axis.key for axis in AXES]
    for axes in figure.axes:
        low, high = axes.get_xlim()
        places = np.concatenate([np.asarray(points.get_offsets()) for points in axes.collections])
        assert sorted(places[:, 1]) == [0.5, 0.6, 0.7]
        assert ((places[:, 0] > low) & (places[:, 0] < high)).all()


def test_a_trial_is_one_line_through_all_axes() -> None:
    axes = draw_parallel(AXES, SETTINGS, [0.5, 0.6, 0.7], [False, False, True], "pr_auc").axes[0]
    lines = [line for line in axes.lines if len(np.ravel(line.get_xdata())) == len(AXES) + 1]
    assert np.allclose(np.ravel(lines[-1].get_ydata()), [1.0, 1.0, 1.0, 0.0, 1.0])
    assert np.allclose(np.ravel(lines[0].get_ydata()), [0.5, 0.5, 1.0, 0.5, 0.0])
    names = {text.get_text() for text in axes.texts}
    assert {"lr", "training.optimizer", "focal, gamma 2", "cross-entropy", "pr_auc"} <= names


def test_trials_that_are_all_worth_the_same_can_be_drawn() -> None:
    for draw in (draw_slices, draw_parallel):
        assert style.encode_svg(draw(AXES, SETTINGS, [0.5] * 3, [True] * 3, "pr_auc"))
