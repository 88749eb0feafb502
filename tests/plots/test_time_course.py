"""Seconds and what they counted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.colors import to_rgba
from numpy.testing import assert_allclose

from ictal.core.attribution import Attribution
from ictal.core.scores import Scores
from ictal.plots import shades, style
from ictal.plots.explained import ExplainedEvent
from ictal.plots.time_course import draw_time_course, sum_seconds


@given(st.floats(0.0, 1e4), st.sampled_from([0.1, 0.25, 0.5, 1.0, 2.5]), st.integers(1, 60), st.integers(0, 2**31))
def test_seconds_hold_all_that_columns_do(start: float, step: float, n_times: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(2, 3, n_times))
    attribution = Attribution(values, start, step, ("a", "b"), (1.0, 2.0, 3.0))
    edges, speaking_for, against = sum_seconds(attribution)
    total = values[values > 0].sum() if (values > 0).any() else np.abs(values).sum()
    assert_allclose(speaking_for.sum(), attribution.evidence.sum())
    assert_allclose(against.sum(), values[values < 0].sum() / total)
    assert edges[0] <= start + 1e-6
    assert edges[-1] >= attribution.stop - step / 2 - 1e-6
    assert len(edges) == len(speaking_for) + 1


def test_where_nothing_speaks_for_it_what_speaks_against_is_shared() -> None:
    _, speaking_for, against = sum_seconds(Attribution([[[-1.0, -3.0]]], 0.0, 1.0))
    assert (speaking_for.tolist(), against.tolist()) == ([0.0, 0.0], [-0.25, -0.75])


def test_a_column_counts_in_its_second() -> None:
    values = np.zeros((1, 1, 40))
    values[0, 0, 13] = 2.0
    edges, speaking_for, _ = sum_seconds(Attribution(values, 70.0, 0.25))
    assert edges[speaking_for.argmax()] == 73.0
    assert speaking_for.max() == 1.0


def explain(values: np.ndarray, scores: Scores | None = None) -> ExplainedEvent:
    span = (62.0, 66.0)
    return ExplainedEvent(
        Attribution(values, 61.0, 0.5), np.zeros((1, 1000)), ("cortex",), 100.0, 60.0, span, scores=scores
    )


def test_bars_stand_at_their_seconds_and_what_speaks_against_hangs_down() -> None:
    values = np.array([[[1.0, 1.0, 4.0, 2.0, -3.0, 0.0]]])
    axes = draw_time_course(explain(values)).axes[0]
    bars = {
        round(bar.get_x(), 6): bar.get_height()
        for bar in axes.patches
        if hasattr(bar, "get_height") and bar.get_facecolor() == to_rgba(shades.BAR)
    }
    assert bars == pytest.approx({61.0: 0.25, 62.0: 0.75, 63.0: 0.0})
    below = [bar for bar in axes.patches if bar.get_facecolor() == to_rgba(shades.AGAINST[-1])]
    assert [bar.get_height() for bar in below] == pytest.approx([0.0, 0.0, -0.375])


def test_the_probability_shares_its_seconds() -> None:
    scores = Scores([[0.4, 0.6]] * 100, 0.0, 1.0)
    figure = draw_time_course(explain(np.ones((1, 1, 10)), scores))
    assert len(figure.axes) == 2
    assert figure.axes[0].get_xlim() == figure.axes[1].get_xlim() == (60.0, 70.0)
    first, second = (axes.get_position() for axes in figure.axes)
    assert (first.x0, first.x1) == (second.x0, second.x1)
    assert second.y0 > first.y1, "above the shares"


def test_nothing_is_drawn_too() -> None:
    assert len(style.encode_png(draw_time_course(explain(np.zeros((1, 1, 10)))))) > 500
