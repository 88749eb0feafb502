"""Several detectors beside each other: each subject as a dot, and differences with their intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ictal.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Values = NDArray[np.float64]

N_COLUMNS = 3
_NAMES, _GAP, _EDGE = 27.0, 7.0, 3.0
_PANEL = (style.PAGE_WIDTH - _NAMES - _EDGE - (N_COLUMNS - 1) * _GAP) / N_COLUMNS
_LINE, _HEAD, _FOOT = 7.0, 7.0, 6.0
_LONGEST_NAME = 24
_TITLES, _NUMBERS, _ROW = 44.0, 50.0, 4.6


@dataclass(frozen=True, eq=False)
class DotPanel:
    """One figure of several detectors.

    Parameters
    ----------
    title : str
        What it is.
    by_subject : ndarray, shape (n_detectors, n_subjects)
        NaN where undefined.
    means, lows, highs : sequence of float
        Averages over subjects and their intervals, of each detector.
    is_share : bool
        Whether it goes from 0 to 1; otherwise from 0 to what there is.
    """

    title: str
    by_subject: Values
    means: Sequence[float]
    lows: Sequence[float]
    highs: Sequence[float]
    is_share: bool = True


@dataclass(frozen=True, slots=True)
class ForestRow:
    """A difference between two detectors.

    Parameters
    ----------
    title, detail : str
        What differs, and of whom; either may be empty where it is that of the row above.
    value, low, high : float
        NaN where undefined.
    text : str
        The same as numbers.
    """

    title: str
    detail: str
    value: float
    low: float
    high: float
    text: str


def draw_dots(names: Sequence[str], panels: Sequence[DotPanel]) -> Figure:
    """Draw every subject as a dot for each detector, joined by a line, and the averages with their intervals.

    Parameters
    ----------
    names : sequence of str
        Of the detectors, from top to bottom.
    panels : sequence of DotPanel
        One for each figure.

    Examples
    --------
    >>> panel = DotPanel("F1", np.array([[0.2, 0.4], [0.5, 0.9]]), [0.3, 0.7], [0.2, 0.5], [0.4, 0.9])
    >>> figure = draw_dots(["old", "new"], [panel])
    >>> [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    ['old', 'new']
    """
    n_rows = -(-len(panels) // N_COLUMNS)
    inner = _LINE * len(names)
    height = n_rows * (inner + _HEAD + _FOOT)
    figure = style.new_figure(style.PAGE_WIDTH, height)
    for number, panel in enumerate(panels):
        row, column = divmod(number, N_COLUMNS)
        left = _NAMES + column * (_PANEL + _GAP)
        bottom = height - (row + 1) * (inner + _HEAD + _FOOT) + _FOOT
        axes = style.place_axes(figure, left, bottom, _PANEL, inner)
        _draw_panel(axes, panel, names if column == 0 else [""] * len(names))
    return figure


def draw_forest(shares: Sequence[ForestRow], rates: Sequence[ForestRow], note: str = "") -> Figure:
    """Draw differences with their intervals as a line each, and beside them as numbers.

    Parameters
    ----------
    shares, rates : sequence of ForestRow
        The latter, of another unit, have an axis of their own below.
    note : str
        Written below: which side is which.

    Examples
    --------
    >>> row = ForestRow("F1", "", 0.1, -0.1, 0.3, "+0.100 (-0.100 to 0.300)")
    >>> len(draw_forest([row], []).axes)
    1
    """
    groups = [(rows, unit) for rows, unit in ((shares, "difference of shares"), (rates, "difference in 24 h")) if rows]
    foot = 9.0
    height = sum(len(rows) * _ROW + foot for rows, _ in groups) + 2.0 + (4.0 if note else 0.0)
    figure = style.new_figure(style.PAGE_WIDTH, height)
    top = height - 2.0
    for rows, unit in groups:
        inner = len(rows) * _ROW
        width = style.PAGE_WIDTH - _TITLES - _NUMBERS
        axes = style.place_axes(figure, _TITLES, top - inner, width, inner)
        _draw_rows(axes, rows)
        axes.set_xlabel(unit, fontsize=style.NOTE_POINTS, color=style.MUTED, labelpad=1.5)
        top -= inner + foot
    if note:
        figure.text(
            _TITLES / style.PAGE_WIDTH, 1.5 / height, note, fontsize=style.NOTE_POINTS, color=style.MUTED, ha="left"
        )
    return figure


def _draw_panel(axes: Axes, panel: DotPanel, names: Sequence[str]) -> None:
    places = np.arange(len(names), dtype=np.float64)
    for values in panel.by_subject.T:
        axes.plot(values, places + 0.14, "-", color=style.RULE, linewidth=0.5, zorder=1.5)
        axes.plot(values, places + 0.14, "o", color=style.MUTED, markersize=2.2, alpha=0.7, mew=0, clip_on=False)
    for place, mean, low, high in zip(places - 0.2, panel.means, panel.lows, panel.highs, strict=True):
        axes.plot([low, high], [place, place], "-", color=style.DETECTED, linewidth=1.4, clip_on=False, zorder=3)
        axes.plot([mean], [place], "D", color=style.DETECTED, markersize=3.2, mew=0, clip_on=False, zorder=4)
    most = np.nanmax(np.append(panel.by_subject.ravel(), [0.0, *panel.highs]))
    axes.set(xlim=(0.0, 1.0 if panel.is_share else max(1.05 * float(most), 1.0)), ylim=(len(names) - 0.5, -0.5))
    if panel.is_share:
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0", "", "0.5", "", "1"])
    axes.set_yticks(places, [_shorten(name) for name in names])
    axes.tick_params(axis="y", length=0.0, pad=4.0, labelcolor=style.INK, labelsize=style.LABEL_POINTS)
    axes.grid(axis="x", color=style.FAINT_RULE, linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)
    axes.set_title(panel.title, fontsize=style.LABEL_POINTS, color=style.INK, loc="left", pad=3.0)


def _draw_rows(axes: Axes, rows: Sequence[ForestRow]) -> None:
    axes.axvline(0.0, color=style.MUTED, linewidth=0.7, zorder=1)
    reach = np.nanmax(np.abs([0.0, *(edge for row in rows for edge in (row.value, row.low, row.high))]))
    axes.set(xlim=(-1.1 * reach, 1.1 * reach) if reach > 0 else (-1.0, 1.0), ylim=(len(rows) - 0.5, -0.5))
    axes.set_yticks([])
    axes.grid(axis="x", color=style.FAINT_RULE, linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)
    left, right = axes.get_xlim()
    for place, row in enumerate(rows):
        if row.title and row.detail and place:
            axes.axhline(place - 0.5, color=style.RULE, linewidth=0.5, zorder=0.5)
        axes.plot([row.low, row.high], [place, place], "-", color=style.DETECTED, linewidth=1.2, zorder=3)
        axes.plot([row.value], [place], "D", color=style.DETECTED, markersize=3.2, mew=0, zorder=4)
        for text, where, shift, side, colour in (
            (row.title, left, -_TITLES + 1.0, "left", style.INK),
            (_shorten(row.detail), left, -1.5, "right", style.MUTED),
            (row.text, right, 1.5, "left", style.INK),
        ):
            axes.annotate(
                text,
                (where, place),
                xytext=(shift * 72 / 25.4, 0.0),
                textcoords="offset points",
                fontsize=style.NOTE_POINTS,
                color=colour,
                ha=side,
                va="center",
                annotation_clip=False,
            )


def _shorten(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"…{name[1 - _LONGEST_NAME :]}"
