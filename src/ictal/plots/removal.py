"""Whether explanations hold: how a score falls when what counted is taken away, and rises when it alone is shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Values = NDArray[np.float64]

LINES: tuple[tuple[str, Any], ...] = (
    (style.DETECTED, "solid"),
    (style.REFERENCE, (0, (6, 1.5))),
    (style.INK, (0, (1.2, 1.2))),
    (style.FALSE_ALARM, (0, (6, 1.5, 1.2, 1.5))),
    ("#0f766e", (0, (3, 1))),
    ("#a16207", (0, (8, 1.5, 1.2, 1.5, 1.2, 1.5))),
)
"""Colour and dashes of each method, so that they are told apart without colours."""

_LEVEL = 0.95
_LEFT, _RIGHT, _BOTTOM, _TOP, _GAP = 12.0, 4.0, 9.0, 6.0, 14.0
_HIGH, _ROW = 56.0, 3.6


class Removal(Protocol):
    """How a score changes with what is taken away: first what counted most, and in orders drawn at random."""

    @property
    def shares(self) -> Values:
        """Of all cells, rising from 0 to 1, shape (n,): those taken away, or those shown."""

    @property
    def deletion(self) -> Values:
        """The score when so many are taken away, shape (n,)."""

    @property
    def insertion(self) -> Values:
        """The score when so many alone are shown, shape (n,)."""

    @property
    def chance(self) -> Values:
        """The score of deletion in random orders, shape (n_orders, n); from right to left, that of insertion."""


def draw_removal_curves(removals: Mapping[str, Removal]) -> Figure:
    """Draw deletion and insertion side by side, 180 mm wide, a line a method, with the band of random orders.

    Scores are shares of the way from nothing, 0, to the whole stretch, 1. Below the lines stand the areas under them.

    Parameters
    ----------
    removals : mapping of str to Removal
        By the name of the method; random orders are those of the first.

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> share = np.linspace(0.0, 1.0, 5)
    >>> curves = SimpleNamespace(shares=share, deletion=1 - share, insertion=share, chance=1 - share[None])
    >>> [axes.get_title(loc="left") for axes in draw_removal_curves({"occlusion": curves}).axes]
    ['what counted most is taken away', 'what counted most alone is shown']
    """
    if not removals:
        raise ParameterError("removals: none came; allowed are one or more methods.")
    below = _BOTTOM + _ROW * (len(removals) + 1)
    figure = style.new_figure(style.PAGE_WIDTH, _HIGH + below + _TOP)
    width = (style.PAGE_WIDTH - _LEFT - _RIGHT - _GAP) / 2
    for number, is_deletion in enumerate((True, False)):
        axes = style.place_axes(figure, _LEFT + number * (width + _GAP), below, width, _HIGH)
        _draw_panel(axes, removals, is_deletion=is_deletion)
    return figure


def scale_scores(scores: Values, whole: float, nothing: float) -> Values:
    """Return scores as shares of the way from that of nothing to that of the whole; NaN where there is no such way.

    Examples
    --------
    >>> scale_scores(np.array([4.0, 1.0, -2.0]), 4.0, -2.0).tolist()
    [1.0, 0.5, 0.0]
    """
    height = whole - nothing
    return (scores - nothing) / height if height > 0 else np.full(np.shape(scores), np.nan)


def _draw_panel(axes: Axes, removals: Mapping[str, Removal], *, is_deletion: bool) -> None:
    first = next(iter(removals.values()))
    chance = first.chance if is_deletion else first.chance[:, ::-1]
    ends = float(first.deletion[0]), float(first.deletion[-1])
    scaled = scale_scores(chance, *ends)
    low, high = np.quantile(scaled, [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2], axis=0)
    axes.fill_between(first.shares, low, high, color=style.RULE, alpha=0.6, linewidth=0, zorder=1)
    axes.plot(first.shares, scaled.mean(axis=0), color=style.MUTED, linewidth=0.7, zorder=1.5)
    area = np.trapezoid(scaled.mean(axis=0), first.shares)
    rows = [(style.RULE, "solid", 4.0, _name_area("random orders, 95 % of them in the band", float(area)))]
    for (name, one), (colour, dashes) in zip(removals.items(), _lines(len(removals)), strict=True):
        scores = scale_scores(one.deletion if is_deletion else one.insertion, *ends)
        axes.plot(one.shares, scores, color=colour, linestyle=dashes, linewidth=1.1, zorder=3)
        rows.append((colour, dashes, 1.1, _name_area(name, float(np.trapezoid(scores, one.shares)))))
    _scale(axes, ends)
    verb, what = ("taken away", "is taken away") if is_deletion else ("shown", "alone is shown")
    axes.set_title(f"what counted most {what}", fontsize=style.LABEL_POINTS, color=style.INK, loc="left", pad=3.0)
    axes.set_xlabel(f"share of all cells that is {verb}", fontsize=style.NOTE_POINTS, color=style.MUTED, labelpad=1.5)
    _write_rows(axes, rows)


def _scale(axes: Axes, ends: tuple[float, float]) -> None:
    ticks = np.linspace(0.0, 1.0, 6)
    drawn = np.concatenate([np.zeros(1), *(np.asarray(line.get_ydata(), dtype=np.float64) for line in axes.lines)])
    known = drawn[np.isfinite(drawn)]
    axes.set(xlim=(0.0, 1.0), ylim=(min(-0.05, known.min() - 0.03), max(1.05, known.max() + 0.03)))
    axes.set_xticks(ticks, [f"{100 * tick:.0f} %" for tick in ticks])
    axes.set_yticks([0.0, 0.5, 1.0], [f"nothing\n{ends[1]:.2g}", "", f"whole\n{ends[0]:.2g}"])
    for height in (0.0, 1.0):
        axes.axhline(height, color=style.RULE, linewidth=0.5, zorder=0.5)
    if len(known) == 1:
        words: dict[str, Any] = {"fontsize": style.LABEL_POINTS, "color": style.MUTED, "ha": "center"}
        axes.text(0.5, 0.5, "the stretch scores no higher than nothing", **words)


def _name_area(name: str, area: float) -> str:
    return f"{name}: area {area:.2f}" if np.isfinite(area) else name


def _lines(number: int) -> list[tuple[str, Any]]:
    return [LINES[index % len(LINES)] for index in range(number)]


def _write_rows(axes: Axes, rows: list[tuple[str, Any, float, str]]) -> None:
    """Name the lines below the axes, each behind a piece of it."""
    from matplotlib.lines import Line2D

    for number, (colour, dashes, width, text) in enumerate(rows):
        height = -(_BOTTOM - 1.0 + _ROW * (number + 0.5)) / _HIGH
        look: dict[str, Any] = {"color": colour, "linestyle": dashes, "linewidth": width, "clip_on": False}
        axes.add_artist(Line2D([0.0, 0.1], [height, height], transform=axes.transAxes, **look))
        words: dict[str, Any] = {"fontsize": style.NOTE_POINTS, "color": style.INK, "va": "center"}
        axes.text(0.12, height, text, transform=axes.transAxes, **words)
