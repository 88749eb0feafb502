"""How a search went, in pictures of the width of a page: what was tried, what it was worth, what mattered."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Values = NDArray[np.float64]

_LEFT, _RIGHT, _BOTTOM, _TOP = 14.0, 6.0, 10.0, 4.0
_INNER = style.PAGE_WIDTH - _LEFT - _RIGHT
_HEIGHT = 46.0
_PANELS = 3
"""Slices side by side."""

_PANEL_GAP, _PANEL_HEIGHT, _PANEL_DEPTH = 8.0, 38.0, 12.0
_BAR = 6.0
_LONGEST_LABEL = 18
_SPREAD = 0.3
"""Of the room that a choice has, so much is used to lay its trials side by side."""

_GOLDEN = 0.6180339887498949
_VEILED = {"boxstyle": "square,pad=0.1", "fc": style.PAPER, "ec": "none", "alpha": 0.7}


@dataclass(frozen=True)
class Axis:
    """The values that one setting may take.

    Parameters
    ----------
    key : str
        Dotted.
    low, high : float
        Of numbers.
    log : bool
    choices : tuple or None
        In place of numbers.

    Examples
    --------
    >>> Axis("lr", 1e-4, 1e-2, log=True).place(1e-3)
    0.5
    >>> Axis("size", 32, 128, choices=(32, 64, 128)).place(128)
    1.0
    """

    key: str
    low: Any
    high: Any
    log: bool = False
    choices: tuple[Any, ...] | None = None

    def place(self, value: Any) -> float:
        """Return where a value lies, from 0 to 1."""
        if self.choices is not None:
            return self.choices.index(value) / (len(self.choices) - 1) if len(self.choices) > 1 else 0.5
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return float((value - self.low) / (self.high - self.low))

    def ticks(self) -> list[tuple[float, str]]:
        """Return where values are marked, and with which text."""
        if self.choices is not None:
            return [(self.place(one), _shorten(show_value(one))) for one in self.choices]
        return [(self.place(number), f"{number:.3g}") for number in self._marked()]

    def _marked(self) -> list[float]:
        if not self.log:
            return [float(number) for number in np.linspace(self.low, self.high, 3)]
        first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
        if last - first < 2:
            return [self.low, math.sqrt(self.low * self.high), self.high]
        return [10.0**power for power in range(first, last + 1, -(-(last - first) // 4))]


def show_value(value: Any) -> str:
    """Return the value of a setting as a reader wants it.

    Examples
    --------
    >>> show_value(0.00123456), show_value(64), show_value({"loss": "focal", "gamma": 2.0})
    ('0.001235', '64', 'focal, gamma 2')
    """
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, Mapping) and value:
        first, *others = value.items()
        return ", ".join([show_value(first[1]), *(f"{key} {show_value(one)}" for key, one in others)])
    return value if isinstance(value, str) else json.dumps(value)


def draw_history(
    finished: ArrayLike, pruned: ArrayLike, failed: ArrayLike, monitor: str, *, lower_is_better: bool = False
) -> Figure:
    """Draw what each trial was worth, in their order, and the best so far as a line.

    Parameters
    ----------
    finished, pruned : array-like, shape (n, 2)
        Number and value of each trial.
    failed : array-like, shape (n,)
        Numbers; marked at the lower edge.
    monitor : str
        What the value is.
    lower_is_better : bool

    Examples
    --------
    >>> draw_history([(0, 0.5), (2, 0.7)], [(1, 0.3)], [], "pr_auc").axes[0].get_ylabel()
    'pr_auc'
    """
    ended, cut = _pairs(finished), _pairs(pruned)
    lost = np.asarray(failed, dtype=np.float64)
    figure, axes = _new_picture(_HEIGHT, "trial", monitor)
    numbers = np.concatenate([ended[:, 0], cut[:, 0], lost])
    last = float(numbers.max(initial=0.0))
    best = np.minimum.accumulate(ended[:, 1]) if lower_is_better else np.maximum.accumulate(ended[:, 1])
    places, heights = np.append(ended[:, 0], last), np.append(best, best[-1:])
    axes.step(places[: len(heights)], heights, where="post", color=style.DETECTED, linewidth=1.0, zorder=2)
    axes.plot(*cut.T, "o", markersize=3.0, markerfacecolor=style.PAPER, markeredgecolor=style.UNSEEN, zorder=3)
    axes.plot(*ended.T, "o", markersize=3.2, color=style.INK, markeredgewidth=0, zorder=4)
    foot: dict[str, Any] = {"transform": axes.get_xaxis_transform(), "clip_on": False}
    axes.plot(lost, np.zeros(len(lost)), "x", color=style.FALSE_ALARM, markersize=4.0, zorder=5, **foot)
    axes.set_xlim(-0.02 * max(last, 1.0), 1.02 * max(last, 1.0))
    _whole_numbers(axes)
    return figure


def draw_learning(curves: Sequence[ArrayLike], best: Sequence[bool], cut: Sequence[bool], monitor: str) -> Figure:
    """Draw what each trial was worth after every epoch.

    Parameters
    ----------
    curves : sequence of array-like, each of shape (n_epochs, 2)
        Epoch, from 1 on, and value.
    best : sequence of bool
        Which are drawn strong.
    cut : sequence of bool
        Which were ended early; a point stands where.
    monitor : str
        What the value is.

    Examples
    --------
    >>> draw_learning([[(1, 0.4), (2, 0.6)]], [True], [False], "pr_auc").axes[0].get_xlabel()
    'epoch'
    """
    figure, axes = _new_picture(_HEIGHT, "epoch", monitor)
    for curve, is_best, is_cut in sorted(zip(curves, best, cut, strict=True), key=lambda one: one[1]):
        points = _pairs(curve)
        colour = style.DETECTED if is_best else style.UNSEEN
        axes.plot(*points.T, color=colour, linewidth=1.0 if is_best else 0.5, zorder=2 + is_best)
        if is_cut or len(points) == 1:
            inside = style.PAPER if is_cut else colour
            axes.plot(*points[-1:].T, "o", color=colour, markersize=2.2, mfc=inside, mew=0.6, zorder=3)
    longest = max((float(_pairs(curve)[-1, 0]) for curve in curves), default=1.0)
    axes.set_xlim(1.0 - 0.02 * longest, 1.02 * longest)
    _whole_numbers(axes)
    return figure


def draw_importance(shares: Mapping[str, float]) -> Figure:
    """Draw the share of each setting as a bar.

    Parameters
    ----------
    shares : mapping of str to float
        From 0 to 1; the first stands on top.

    Examples
    --------
    >>> [text.get_text() for text in draw_importance({"training.optimizer.lr": 0.8}).axes[0].texts]
    ['80 %']
    """
    left = 46.0
    height = _BAR * len(shares)
    figure = style.new_figure(style.PAGE_WIDTH, height + 4.0)
    axes = style.place_axes(figure, left, 2.0, style.PAGE_WIDTH - left - 16.0, height)
    places = np.arange(len(shares))[::-1]
    axes.barh(places, list(shares.values()), height=0.56, color=style.DETECTED)
    axes.set(xlim=(0.0, max(*shares.values(), 0.01)), ylim=(-0.5, len(shares) - 0.5))
    axes.set_yticks(places, list(shares))
    axes.tick_params(axis="y", labelsize=style.LABEL_POINTS, labelcolor=style.INK, length=0)
    axes.set_xticks([])
    for side in ("top", "right", "bottom"):
        axes.spines[side].set_visible(False)
    for place, share in zip(places, shares.values(), strict=True):
        _write(axes, f"{100 * share:.0f} %", (share, place), (3.0, 0.0))
    return figure


def draw_slices(
    axes_of: Sequence[Axis], settings: Sequence[Mapping[str, Any]], values: ArrayLike, best: ArrayLike, monitor: str
) -> Figure:
    """Draw what trials were worth against each of their settings; later trials are darker.

    Parameters
    ----------
    axes_of : sequence of Axis
    settings : sequence of mapping
        Of each trial, by key, in their order.
    values : array-like, shape (n_trials,)
    best : array-like of bool, shape (n_trials,)
        Which are drawn in the colour of the best.
    monitor : str
        What the value is.

    Examples
    --------
    >>> axes = [Axis("lr", 1e-4, 1e-2, log=True), Axis("size", 32, 64, choices=(32, 64))]
    >>> tried = [{"lr": 1e-3, "size": 32}, {"lr": 2e-3, "size": 64}]
    >>> len(draw_slices(axes, tried, [0.5, 0.6], [False, True], "pr_auc").axes)
    2
    """
    worth, strong = np.asarray(values, dtype=np.float64), np.asarray(best, dtype=bool)
    n_rows = -(-len(axes_of) // _PANELS)
    row = _PANEL_HEIGHT + _PANEL_DEPTH
    figure = style.new_figure(style.PAGE_WIDTH, n_rows * row + 2.0)
    width = (_INNER - (_PANELS - 1) * _PANEL_GAP) / _PANELS
    shades = _shades(len(worth))
    for number, axis in enumerate(axes_of):
        place, column = divmod(number, _PANELS)
        bottom = (n_rows - 1 - place) * row + _PANEL_DEPTH
        axes = style.place_axes(figure, _LEFT + column * (width + _PANEL_GAP), bottom, width, _PANEL_HEIGHT)
        across = np.array([axis.place(one[axis.key]) + _spread(axis, at) for at, one in enumerate(settings)])
        axes.scatter(across[~strong], worth[~strong], s=7, c=shades[~strong], linewidths=0, zorder=2)
        axes.scatter(across[strong], worth[strong], s=12, color=style.DETECTED, linewidths=0, zorder=3)
        beside = 0.06 if axis.choices is None else _SPREAD / max(len(axis.choices) - 1, 1)
        axes.set(xlim=(-beside, 1.0 + beside))
        _mark(axes, axis)
        _label(axes, axis.key, monitor if column == 0 else "")
        if column > 0:
            axes.tick_params(labelleft=False)
        _pad_heights(axes, worth)
    return figure


def draw_parallel(
    axes_of: Sequence[Axis], settings: Sequence[Mapping[str, Any]], values: ArrayLike, best: ArrayLike, monitor: str
) -> Figure:
    """Draw each trial as a line through its settings to its value; parameters as of :func:`draw_slices`.

    Examples
    --------
    >>> axes = [Axis("lr", 1e-4, 1e-2, log=True)]
    >>> figure = draw_parallel(axes, [{"lr": 1e-3}, {"lr": 1e-4}], [0.5, 0.4], [True, False], "pr_auc")
    >>> len(figure.axes[0].lines) >= 2
    True
    """
    worth, strong = np.asarray(values, dtype=np.float64), np.asarray(best, dtype=bool)
    low, high = float(worth.min()), float(worth.max())
    shown = [*axes_of, Axis(monitor, low, high if high > low else low + 1.0)]
    height, head, foot, side = 52.0, 10.0, 5.0, 16.0
    figure = style.new_figure(style.PAGE_WIDTH, height + head + foot)
    axes = style.place_axes(figure, side, foot, style.PAGE_WIDTH - 2 * side, height)
    axes.set(xlim=(0, len(shown) - 1), ylim=(-0.03, 1.03))
    axes.axis("off")
    for place, axis in enumerate(shown):
        axes.axvline(place, color=style.RULE, linewidth=0.6, zorder=1)
        table, _, name = axis.key.rpartition(".")
        _write(axes, name, (place, 1.03), (0.0, 4.0), ha="center", va="bottom")
        _write(axes, table, (place, 1.03), (0.0, 12.0), small=True, ha="center", va="bottom")
        for at, text in axis.ticks():
            _write(axes, text, (place, at), (2.5, 0.0), small=True, zorder=5, bbox=_VEILED)
    shades = _shades(len(worth))
    for number in [*np.flatnonzero(~strong), *np.flatnonzero(strong)]:
        tried = [*(axis.place(settings[number][axis.key]) for axis in axes_of), shown[-1].place(worth[number])]
        colour = style.DETECTED if strong[number] else shades[number]
        width, alpha = (1.0, 1.0) if strong[number] else (0.5, 0.6)
        look = {"color": colour, "linewidth": width, "alpha": alpha, "zorder": 2 + strong[number]}
        axes.plot(range(len(shown)), tried, clip_on=False, **look)
    return figure


def _pairs(points: ArrayLike) -> Values:
    return np.asarray(points, dtype=np.float64).reshape(-1, 2)


def _new_picture(height: float, across: str, upward: str) -> tuple[Figure, Axes]:
    figure = style.new_figure(style.PAGE_WIDTH, height + _BOTTOM + _TOP)
    axes = style.place_axes(figure, _LEFT, _BOTTOM, _INNER, height)
    axes.grid(axis="y", color=style.FAINT_RULE, linewidth=0.4)
    axes.set_axisbelow(True)
    _label(axes, across, upward)
    return figure, axes


def _label(axes: Axes, across: str, upward: str) -> None:
    axes.set_xlabel(across, fontsize=style.LABEL_POINTS, color=style.INK, labelpad=2.0)
    axes.set_ylabel(upward, fontsize=style.LABEL_POINTS, color=style.INK, labelpad=3.0)


def _write(
    axes: Axes, text: str, place: tuple[float, float], offset: tuple[float, float], *, small: bool = False, **look: Any
) -> None:
    """Write a text so many points beside a place."""
    points, colour = (style.NOTE_POINTS, style.MUTED) if small else (style.LABEL_POINTS, style.INK)
    given: dict[str, Any] = {"va": "center", "fontsize": points, "color": colour, "annotation_clip": False, **look}
    axes.annotate(text, place, xytext=offset, textcoords="offset points", **given)


def _whole_numbers(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.xaxis.set_major_locator(MaxNLocator(nbins=12, integer=True))


def _pad_heights(axes: Axes, worth: Values) -> None:
    low, high = float(worth.min()), float(worth.max())
    room = 0.08 * (high - low) if high > low else 0.5 * max(abs(high), 1.0)
    axes.set_ylim(low - room, high + room)
    axes.grid(axis="y", color=style.FAINT_RULE, linewidth=0.4)
    axes.set_axisbelow(True)


def _mark(axes: Axes, axis: Axis) -> None:
    ticks = axis.ticks()
    axes.set_xticks([at for at, _ in ticks], [text for _, text in ticks])


def _spread(axis: Axis, number: int) -> float:
    """Return how far beside its choice a trial is drawn, so that equal ones do not hide each other."""
    if axis.choices is None:
        return 0.0
    return (number * _GOLDEN % 1.0 - 0.5) * _SPREAD / max(len(axis.choices) - 1, 1)


def _shades(n_trials: int) -> NDArray[Any]:
    """Return a colour for each trial, light first and dark last, shape (n_trials, 4)."""
    from matplotlib.colors import LinearSegmentedColormap

    scale = LinearSegmentedColormap.from_list("later", [style.RULE, style.INK])
    return np.asarray(scale(np.linspace(0.0, 1.0, n_trials)))


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST_LABEL else f"{text[: _LONGEST_LABEL - 1]}…"
