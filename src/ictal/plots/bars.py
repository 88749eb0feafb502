"""Figures of subjects side by side: a row for each subject, a column for each figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ictal.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEFT, _RIGHT, _BOTTOM, _TOP, _GAP = 26.0, 4.0, 7.0, 6.0, 6.0
_TEXT = 10.0
_ROW, _LEAST_ROW, _TALLEST = 4.4, 0.8, 220.0
_NAMED_ROW = 2.4
"""Millimetres; rows below `_NAMED_ROW` have no room for a name."""

_LONGEST_NAME = 18


@dataclass(frozen=True)
class Column:
    """One figure of every subject.

    Attributes
    ----------
    title : str
    values : array-like, shape (n_subjects,)
        NaN where it is undefined.
    mean : float
        Drawn as a line; NaN leaves it out.
    top : float
        Where the axis ends; NaN lets it end at the highest value.
    colour : str
    texts : sequence of str, length n_subjects
        Written behind the bars, where rows have room for it; none by default.
    """

    title: str
    values: ArrayLike
    mean: float = np.nan
    top: float = np.nan
    colour: str = style.DETECTED
    texts: Sequence[str] = ()


def draw_bars(names: Sequence[str], columns: Sequence[Column]) -> Figure:
    """Draw bars of the width of a page; where a figure is undefined there is a dash.

    Parameters
    ----------
    names : sequence of str, length n_subjects
        One or more. Where there are so many that rows get thin, they are left out.
    columns : sequence of Column

    Examples
    --------
    >>> figure = draw_bars(["anna", "bert"], [Column("AUROC", [0.9, np.nan], mean=0.9, top=1.0)])
    >>> [text.get_text() for text in figure.axes[0].get_yticklabels()]
    ['anna', 'bert']
    """
    row = float(np.clip(_TALLEST / len(names), _LEAST_ROW, _ROW))
    height = row * len(names)
    figure = style.new_figure(style.PAGE_WIDTH, height + _BOTTOM + _TOP)
    gap = _GAP + (_TEXT if any(column.texts for column in columns) else 0.0)
    width = (style.PAGE_WIDTH - _LEFT - _RIGHT + _GAP - gap * len(columns)) / len(columns)
    shown = [name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…" for name in names]
    for number, column in enumerate(columns):
        axes = style.place_axes(figure, _LEFT + number * (width + gap), _BOTTOM, width, height)
        _draw_column(axes, column)
        for place, text in enumerate(column.texts if row >= _NAMED_ROW else ()):
            axes.annotate(
                text,
                (1.0, place),
                (3.0, 0.0),
                xycoords=("axes fraction", "data"),
                textcoords="offset points",
                fontsize=style.NOTE_POINTS,
                color=style.INK,
                va="center",
                annotation_clip=False,
            )
        labels = shown if number == 0 and row >= _NAMED_ROW else []
        axes.set_yticks(range(len(labels)), labels, color=style.INK)
        axes.set_ylim(len(names) - 0.5, -0.5)
    return figure


def _draw_column(axes: Axes, column: Column) -> None:
    from matplotlib.ticker import MaxNLocator

    values = np.asarray(column.values, dtype=np.float64)
    known = np.isfinite(values)
    highest = float(np.max(values[known], initial=0.0))
    top = column.top if np.isfinite(column.top) else max(highest * 1.05, 1.0)
    axes.set_xlim(0.0, top)
    places = np.arange(len(values))
    axes.barh(places[known], values[known], height=0.62, color=column.colour, linewidth=0, zorder=2)
    for place in places[~known]:
        axes.annotate(
            "–",
            (0.0, place),
            (2.0, 0.0),
            textcoords="offset points",
            fontsize=style.NOTE_POINTS,
            color=style.MUTED,
            va="center",
        )
    if np.isfinite(column.mean):
        axes.axvline(column.mean, color=style.INK, linewidth=0.8, linestyle=(0, (4, 3)), zorder=3)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 5, 10]))
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="x", color=style.FAINT_RULE, linewidth=0.4, zorder=0)
    axes.set_axisbelow(True)
    axes.set_title(column.title, fontsize=style.LABEL_POINTS, color=style.INK, loc="left", pad=3.0)
