"""Heads over time: slices add up, the side is right, and one scale holds for all."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.core.montage import MONTAGES
from ictal.plots import style
from ictal.plots.head_series import can_place, cut_slices, draw_head_series, weigh_slices

LEADS = MONTAGES["double-banana"].labels


def travel() -> Attribution:
    """Return what first counts at the left temporal leads and then, half as much, at the right ones."""
    values = np.zeros((len(LEADS), 1, 80))
    for lead, columns, amount in (("T7-P7", slice(0, 40), 2.0), ("T8-P8", slice(40, 80), 1.0)):
        values[LEADS.index(lead), 0, columns] = amount
    return Attribution(values, 50.0, 0.25, LEADS)


@functools.lru_cache(maxsize=1)
def render(figure: Figure) -> np.ndarray:
    figure.set_dpi(100)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba()).astype(int)


def colour_at(figure: Figure, number: int, right: float, front: float) -> np.ndarray:
    pixels = render(figure)
    x, y = figure.axes[number].transData.transform((right, front))
    return pixels[int(len(pixels) - y), int(x), :3].astype(int)


@given(st.floats(0.0, 1e4), st.floats(0.5, 60.0))
def test_slices_cover_the_span_without_overlap(start: float, length: float) -> None:
    slices = cut_slices((start, start + length))
    assert slices[0][0] == pytest.approx(start)
    assert slices[-1][1] == pytest.approx(start + length)
    assert len(slices) <= 7
    assert all(a[1] == b[0] for a, b in itertools.pairwise(slices))
    assert all(last > first for first, last in slices)


def test_slices_hold_all_that_the_event_does() -> None:
    attribution = travel()
    slices = cut_slices((50.0, 70.0))
    weights = weigh_slices(attribution, slices)
    held = sum(sum(found.values()) * (b - a) for found, (a, b) in zip(weights, slices, strict=True))
    assert held == pytest.approx(1.0)


def test_the_map_is_dark_on_the_side_that_counts_and_on_one_scale() -> None:
    figure = draw_head_series(travel(), (50.0, 70.0))
    n_heads = len(cut_slices((50.0, 70.0)))
    left, right = (-0.8, -0.2), (0.8, -0.2)
    assert colour_at(figure, 0, *left).sum() < colour_at(figure, 0, *right).sum() - 200
    assert colour_at(figure, n_heads - 1, *right).sum() < colour_at(figure, n_heads - 1, *left).sum() - 100
    assert colour_at(figure, 0, *left).sum() < colour_at(figure, n_heads - 1, *right).sum() - 50, "half is paler"


def test_captions_count_seconds_from_onset() -> None:
    figure = draw_head_series(travel(), (45.0, 60.0))
    captions = [axes.texts[-2].get_text() for axes in figure.axes if axes.texts]
    assert captions[0] == "5 to 7 s"
    assert captions[-1].endswith("15 s")


def test_leads_without_places_are_refused() -> None:
    assert not can_place(("left cortex",))
    with pytest.raises(ParameterError, match="all together"):
        draw_head_series(Attribution(np.ones((1, 1, 4)), 0.0, 1.0), (0.0, 4.0))
    with pytest.raises(ParameterError, match="50 to 70 s"):
        draw_head_series(travel(), (80.0, 90.0))


def test_where_nothing_counts_heads_are_empty() -> None:
    figure = draw_head_series(Attribution(np.zeros((18, 1, 80)), 50.0, 0.25, LEADS), (50.0, 70.0))
    assert (colour_at(figure, 0, -0.3, 0.3) == 255).all()
    assert len(style.encode_svg(figure)) > 1000
