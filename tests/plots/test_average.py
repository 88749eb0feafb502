"""Means side by side, on common scales."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.core.montage import MONTAGES
from ictal.plots import style
from ictal.plots.average import draw_average

LEADS = MONTAGES["double-banana"].labels
HERTZ = (2.0, 6.0, 10.0)


def average(category: str, class_name: str = "sz", lead: str = "T7-P7", **told: Any) -> SimpleNamespace:
    values = np.full((len(LEADS), 3, 16), 0.01)
    values[LEADS.index(lead), 1, 4:8] = 1.0
    mean = told.get("mean", Attribution(values, 0.0, 0.5, LEADS, HERTZ, "saliency"))
    return SimpleNamespace(category=category, class_name=class_name, mean=mean, n_windows=1200, n_subjects=1)


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in figure.texts]


def test_categories_stand_beside_each_other_and_classes_below() -> None:
    means = [average(category, name) for name in ("sz", "preictal") for category in ("hit", "miss", "background")]
    figure = draw_average(means)
    places = {text.get_text(): text.get_position() for text in figure.texts}
    assert places["hit, asked about sz"][0] < places["miss, asked about sz"][0]
    assert places["hit, asked about sz"][1] == places["miss, asked about sz"][1]
    assert places["hit, asked about sz"][1] > places["hit, asked about preictal"][1]
    assert "mean of 1,200 windows of 1 subject" in texts(figure)
    width, height = figure.get_size_inches() * 25.4
    assert width == pytest.approx(267.0)
    assert height < 180.0


def test_each_cell_shows_its_own_mean() -> None:
    figure = draw_average([average("hit", lead="T7-P7"), average("miss", lead="P8-O2")])
    names = [{text.get_text() for text in axes.texts} for axes in figure.axes if not axes.axison]
    assert names == [{"T7", "P7"}, {"P8", "O2"}]
    theta = [axes.patches[1].get_width() for axes in figure.axes if len(axes.patches) == 5]
    others = 0.01 * (18 * 3 * 16 - 4)
    assert theta == pytest.approx([(4 + 0.01 * (18 * 16 - 4)) / (4 + others)] * 2)


def test_courses_share_one_scale_and_stand_at_their_seconds() -> None:
    flat = Attribution(np.ones((len(LEADS), 3, 16)), 0.0, 0.5, LEADS, HERTZ)
    figure = draw_average([average("hit"), average("miss", mean=flat)])
    courses = [axes for axes in figure.axes if axes.get_xlabel()]
    assert courses[0].get_ylim() == courses[1].get_ylim()
    steps = courses[0].patches[0].get_data()
    assert steps.edges[steps.values.argmax()] == 2.0
    assert np.sum(steps.values) * 0.5 == pytest.approx(1.0)


def test_what_is_not_told_is_left_out() -> None:
    times = Attribution(np.ones((1, 1, 16)), 0.0, 0.5)
    figure = draw_average([average("hit", mean=times)])
    assert len(figure.axes) == 1
    nothing = Attribution(np.zeros((1, 1, 16)), 0.0, 0.5)
    assert len(style.encode_png(draw_average([average("hit", mean=nothing)]))) > 500


def test_none_is_refused() -> None:
    with pytest.raises(ParameterError, match="none came"):
        draw_average([])
