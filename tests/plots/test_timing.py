"""Strips of errors of time: every seizure a dot, where it is."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from numpy.testing import assert_allclose

from ictal.plots import style
from ictal.plots.timing import draw_errors, spread_dots

RNG = np.random.default_rng(0)
ERRORS = {"onset": RNG.gamma(2.0, 4.0, 60), "offset": RNG.normal(5.0, 40.0, 60), "duration": RNG.normal(0.0, 900.0, 60)}


@pytest.mark.parametrize("errors", [ERRORS, {"onset": [], "offset": []}, {"onset": [3.0]}])
def test_all_that_is_written_is_inside_the_picture(errors: dict[str, np.ndarray]) -> None:
    figure = draw_errors(errors)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer, (axes,) = canvas.get_renderer(), figure.axes
    assert figure.get_size_inches()[0] * 25.4 == pytest.approx(style.PAGE_WIDTH)
    for text in (*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels()):
        box = text.get_window_extent(renderer)
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1


def test_every_seizure_is_a_dot_inside_the_axes() -> None:
    (axes,) = draw_errors(ERRORS).axes
    dots = [line for line in axes.lines if line.get_marker() == "o"]
    low, high = axes.get_xlim()
    for line, values in zip(dots, ERRORS.values(), strict=True):
        assert_allclose(line.get_xdata(), values)
        assert low <= min(values)
        assert max(values) <= high


def test_medians_and_the_middle_half_are_told() -> None:
    (axes,) = draw_errors({"onset": [-1.0, 2.0, 3.0, 4.0, 10.0]}).axes
    assert axes.texts[0].get_text() == "median +3.0 s\nhalf in +2.0 to +4.0 s"
    (axes,) = draw_errors({"onset": []}).axes
    assert axes.texts[0].get_text() == "no detection"


@given(st.lists(st.floats(-100, 100), max_size=80))
def test_dots_are_spread_within_their_strip(values: list[float]) -> None:
    places = spread_dots(np.array(values))
    assert len(np.unique(places)) == len(values)
    assert np.all(np.abs(places) <= 1)
