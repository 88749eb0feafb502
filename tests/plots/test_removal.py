"""Curves of removal against those of chance."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ictal.core.errors import ParameterError
from ictal.plots import style
from ictal.plots.removal import LINES, draw_removal_curves, scale_scores

SHARES = np.linspace(0.0, 1.0, 11)


def curves(power: float, *, whole: float = 4.0, nothing: float = -2.0) -> SimpleNamespace:
    """Return a score that falls and rises with a power of the share, and random orders around a straight line."""
    height = whole - nothing
    bend = np.linspace(-0.1, 0.1, 41)[:, None] * np.sin(np.pi * SHARES)
    return SimpleNamespace(
        shares=SHARES,
        deletion=nothing + height * (1 - SHARES) ** power,
        insertion=nothing + height * (1 - (1 - SHARES) ** power),
        chance=nothing + height * (1 - SHARES + bend),
    )


def test_scores_go_from_nothing_to_the_whole() -> None:
    figure = draw_removal_curves({"occlusion": curves(3.0)})
    deletion, insertion = ([line for line in axes.lines if line.get_color() == LINES[0][0]] for axes in figure.axes)
    assert_allclose(deletion[0].get_ydata(), (1 - SHARES) ** 3)
    assert_allclose(insertion[0].get_ydata(), 1 - (1 - SHARES) ** 3)
    assert_allclose(deletion[0].get_xdata(), SHARES)
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["nothing\n-2", "", "whole\n4"]


def test_the_band_holds_nineteen_of_twenty_random_orders() -> None:
    axes = draw_removal_curves({"occlusion": curves(3.0)}).axes[0]
    corners = axes.collections[0].get_paths()[0].vertices
    middle = corners[np.isclose(corners[:, 0], 0.5), 1]
    assert (middle.min(), middle.max()) == pytest.approx((0.405, 0.595))


def test_areas_are_written_beside_the_names_in_order() -> None:
    figure = draw_removal_curves({"good": curves(9.0), "poor": curves(1.0)})
    deletion, insertion = ([text.get_text() for text in axes.texts] for axes in figure.axes)
    assert deletion == ["random orders, 95 % of them in the band: area 0.50", "good: area 0.11", "poor: area 0.50"]
    assert insertion[1:] == ["good: area 0.89", "poor: area 0.50"]


def test_methods_are_told_apart_without_colours() -> None:
    assert len({str(dashes) for _, dashes in LINES}) == len(LINES)
    figure = draw_removal_curves({str(number): curves(number + 1.0) for number in range(8)})
    assert len(style.encode_svg(figure)) > 1000


def test_a_stretch_that_scores_no_higher_than_nothing_says_so() -> None:
    figure = draw_removal_curves({"occlusion": curves(2.0, whole=-3.0)})
    assert "the stretch scores no higher than nothing" in [text.get_text() for text in figure.axes[0].texts]
    assert np.isnan(scale_scores(np.ones(3), 1.0, 1.0)).all()


def test_none_is_refused() -> None:
    with pytest.raises(ParameterError, match="none came"):
        draw_removal_curves({})
