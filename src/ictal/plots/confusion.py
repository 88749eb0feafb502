"""A confusion matrix as a picture: the darker a cell, the larger its share of what is true."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ictal.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 86.0
"""Millimetres: two pictures side by side on a page."""

_LEFT, _RIGHT, _BOTTOM, _TOP = 24.0, 4.0, 11.0, 9.0
_TALLEST_CELL = 16.0
_DARKEST = (229, 154, 115)
"""So light that ink is readable on it."""

_LONGEST_NAME = 14


def draw_confusion(classes: Sequence[str], counts: ArrayLike, rule: str, note: str = "") -> Figure:
    """Draw how many frames of each class were called what, with the share of the row in each cell.

    Parameters
    ----------
    classes : sequence of str
    counts : array-like, shape (n_classes, n_classes)
        Rows are what is true, columns what was called.
    rule, note : str
        What is counted, and what it comes to; both are written above.

    Examples
    --------
    >>> figure = draw_confusion(["background", "seizure"], [[90, 10], [2, 8]], "frames of 1 s")
    >>> [text.get_text() for text in figure.axes[0].texts][:2]
    ['90.0 %', '90']
    """
    table = np.asarray(counts, dtype=np.float64)
    n_classes = len(classes)
    inner = WIDTH - _LEFT - _RIGHT
    height = min(inner / n_classes, _TALLEST_CELL) * n_classes
    figure = style.new_figure(WIDTH, height + _BOTTOM + _TOP)
    axes = style.place_axes(figure, _LEFT, _BOTTOM, inner, height)
    axes.set(xlim=(0, n_classes), ylim=(n_classes, 0))
    _fill_cells(axes, table)
    shown = [name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…" for name in classes]
    places = np.arange(n_classes) + 0.5
    axes.set_xticks(places, shown)
    axes.set_yticks(places, shown)
    axes.tick_params(length=0, labelcolor=style.INK)
    axes.set_xlabel("called", fontsize=style.LABEL_POINTS, color=style.MUTED, labelpad=2.0)
    axes.set_ylabel("true", fontsize=style.LABEL_POINTS, color=style.MUTED)
    axes.yaxis.set_label_coords(-(_LEFT - 4.0) / inner, 0.5)
    style.write_above(axes, rule, note)
    return figure


def _fill_cells(axes: Axes, table: np.ndarray) -> None:
    from matplotlib.patches import Rectangle

    rows = table.sum(axis=1, keepdims=True)
    shares = np.divide(table, rows, out=np.full(table.shape, np.nan), where=rows > 0)
    size = style.LABEL_POINTS + (1.5 if len(table) <= 3 else 0.0)
    for (row, column), share in np.ndenumerate(shares):
        colour = _shade(0.0 if np.isnan(share) else float(share))
        axes.add_patch(Rectangle((column, row), 1, 1, facecolor=colour, edgecolor=style.PAPER, linewidth=1.5))
        told = "–" if np.isnan(share) else f"{100 * share:.1f} %"
        number = f"{table[row, column]:,.0f}".replace(",", "\N{THIN SPACE}")
        for text, lift, points in ((told, -0.1, size), (number, 0.22, style.NOTE_POINTS)):
            axes.text(column + 0.5, row + 0.5 + lift, text, fontsize=points, color=style.INK, ha="center", va="center")


def _shade(share: float) -> tuple[float, float, float]:
    red, green, blue = ((255 + (dark - 255) * share) / 255 for dark in _DARKEST)
    return red, green, blue
