"""Confusion matrices: what they show, and that it can be read."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.patches import Rectangle

from ictal.plots import style
from ictal.plots.confusion import WIDTH, draw_confusion

NAMES = ("background", "focal", "generalised", "a name that is much too long", "other")


def make_counts(n_classes: int) -> np.ndarray:
    return np.random.default_rng(n_classes).integers(1, 10**7, (n_classes, n_classes))


@pytest.mark.parametrize("n_classes", [2, 3, 5])
def test_all_that_is_written_is_inside_the_picture(n_classes: int) -> None:
    figure = draw_confusion(NAMES[:n_classes], make_counts(n_classes), "frames of 1 s", "the likeliest is called")
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    renderer, (axes,) = canvas.get_renderer(), figure.axes
    assert figure.get_size_inches()[0] * 25.4 == pytest.approx(WIDTH)
    for text in (*axes.texts, *axes.get_xticklabels(), *axes.get_yticklabels(), axes.xaxis.label, axes.yaxis.label):
        box = text.get_window_extent(renderer)
        assert figure.bbox.x0 <= box.x0
        assert box.x1 <= figure.bbox.x1
        assert figure.bbox.y0 <= box.y0
        assert box.y1 <= figure.bbox.y1


def test_each_cell_says_its_share_of_the_row_and_its_count() -> None:
    figure = draw_confusion(["bckg", "sz"], [[900, 100], [0, 0]], "frames of 1 s")
    texts = [text.get_text() for text in figure.axes[0].texts[:8]]
    assert texts == ["90.0 %", "900", "10.0 %", "100", "–", "0", "–", "0"]


def test_ink_is_readable_on_every_cell() -> None:
    figure = draw_confusion(["bckg", "sz"], [[1, 0], [3, 1]], "frames of 1 s")
    cells = [patch for patch in figure.axes[0].patches if isinstance(patch, Rectangle)]
    for cell in cells:
        assert contrast(to_rgb(cell.get_facecolor()), to_rgb(style.INK)) >= 4.5
    darkness = [sum(cell.get_facecolor()[:3]) for cell in cells]
    assert darkness[0] < darkness[2] < darkness[3] < darkness[1]


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """As the guidelines of the W3C for accessible content define it."""
    light = sorted(
        sum(
            weight * (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)
            for weight, value in zip((0.2126, 0.7152, 0.0722), colour, strict=True)
        )
        for colour in (one, other)
    )
    return (light[1] + 0.05) / (light[0] + 0.05)
