"""What counts on average where a detector is right and where it is wrong: a column a category, a row a class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.core.localisation import weigh_electrodes
from ictal.plots import shades, style
from ictal.plots.band_bars import fill_band_bars
from ictal.plots.clock import tick_step
from ictal.plots.head_series import can_place, draw_head_key, fill_head

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 267.0
"""Millimetres: an A4 page on its side between margins of 15 mm."""

_LEFT, _FOOT = 4.0, 6.0
_HEAD, _COURSE, _TITLE, _TICKS, _GAP = 27.0, 10.0, 9.0, 8.0, 4.0
_ROW = _HEAD + _COURSE + _TITLE + _TICKS + _GAP
_NAMES, _VALUES = 11.0, 7.0


class Averaged(Protocol):
    """The mean of the explanations of one category."""

    @property
    def category(self) -> str:
        """As hit, miss, false alarm or background."""

    @property
    def class_name(self) -> str:
        """What was asked about."""

    @property
    def mean(self) -> Attribution:
        """Time is from the start of a window, or from onset."""

    @property
    def n_windows(self) -> int:
        """Of how many it is the mean."""

    @property
    def n_subjects(self) -> int:
        """Of how many they are."""


def draw_average(averages: Sequence[Averaged]) -> Figure:
    """Draw a head, the bands and the course in time of each mean, on a page for A4 on its side.

    Categories stand beside each other and classes below each other, in the order in which they come. All heads are on
    one scale, and all courses. What a method does not tell apart is left out.

    Parameters
    ----------
    averages : sequence of Averaged
        One or more; at most one of each class and category.

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> mean = Attribution(np.ones((2, 1, 4)), 0.0, 1.0, ("F7-T7", "T7-P7"))
    >>> hit = SimpleNamespace(category="hit", class_name="sz", mean=mean, n_windows=3, n_subjects=1)
    >>> len(draw_average([hit]).axes)
    3
    """
    if not averages:
        raise ParameterError("averages: none came; allowed are one or more.")
    categories = tuple(dict.fromkeys(one.category for one in averages))
    classes = tuple(dict.fromkeys(one.class_name for one in averages))
    height = _ROW * len(classes) + _FOOT
    figure = style.new_figure(WIDTH, height)
    width = min((WIDTH - _LEFT) / len(categories), 88.0)
    electrodes = [weigh_electrodes(_weigh(one)) for one in averages]
    top = max((max(found.values()) for found in electrodes if found), default=0.0)
    highest = max(float((one.mean.of_times / one.mean.step).max()) for one in averages)
    for one in averages:
        place = _LEFT + width * categories.index(one.category), height - _ROW * (classes.index(one.class_name) + 1)
        _draw_cell(figure, one, place, width, (top, highest))
    if top > 0:
        draw_head_key(figure, top, (_LEFT, 2.0), "of all")
    methods = ", ".join(dict.fromkeys(one.mean.method for one in averages if one.mean.method))
    remark = f"Mean shares{f' by {methods}' if methods else ''}. For research use only. Not a medical device."
    words: dict[str, Any] = {"fontsize": style.NOTE_POINTS, "color": style.MUTED, "ha": "right"}
    figure.text((WIDTH - 4.0) / WIDTH, 2.4 / height, remark, **words)
    return figure


def _weigh(one: Averaged) -> dict[str, float]:
    shares = dict(zip(one.mean.leads, one.mean.of_leads.tolist(), strict=True))
    return shares if can_place(one.mean.leads) else {}


def _draw_cell(
    figure: Figure, one: Averaged, place: tuple[float, float], width: float, tops: tuple[float, float]
) -> None:
    """Draw one mean, its lower left corner at these millimetres; `tops` are of heads and of courses."""
    left, bottom = place
    inner = width - _GAP
    above = bottom + _GAP + _TICKS + _COURSE
    beside = 0.0
    electrodes = weigh_electrodes(_weigh(one))
    if electrodes:
        fill_head(style.place_axes(figure, left, above + 1.0, _HEAD, _HEAD), electrodes, tops[0])
        beside = _HEAD
    if one.mean.frequencies:
        room = inner - beside - _NAMES - _VALUES
        axes = style.place_axes(figure, left + beside + _NAMES, above + 2.5, room, _HEAD - 4.0)
        fill_band_bars(axes, one.mean.of_bands)
    course = style.place_axes(figure, left + 8.0, bottom + _GAP + _TICKS - 1.0, inner - 8.0, _COURSE)
    _draw_course(course, one.mean, tops[1])
    _write_title(figure, one, (left, above + _HEAD + 2.0))


def _draw_course(axes: Axes, mean: Attribution, highest: float) -> None:
    edges = np.append(mean.times, mean.stop)
    axes.set(xlim=(mean.start, mean.stop), ylim=(0.0, 1.05 * highest if highest > 0 else 1.0))
    shares = mean.of_times / mean.step
    axes.stairs(shares, edges, fill=True, color=shades.BAR, linewidth=0)
    even = float(shares.sum()) * mean.step / (mean.stop - mean.start)
    axes.axhline(even, color=style.MUTED, linewidth=0.5, linestyle=(0, (4, 3)))
    step = tick_step(mean.stop - mean.start, 6)
    axes.set_xticks(np.arange(np.ceil(mean.start / step), np.floor(mean.stop / step) + 1) * step)
    axes.set_yticks([0.0, highest] if highest > 0 else [0.0], ["0", f"{100 * highest:.2g} %"] if highest > 0 else ["0"])
    axes.set_xlabel(
        "seconds; upward, share of all a second", fontsize=style.NOTE_POINTS, color=style.MUTED, labelpad=1.0
    )


def _write_title(figure: Figure, one: Averaged, place: tuple[float, float]) -> None:
    width, height = figure.get_size_inches() * 25.4
    windows = f"{one.n_windows:,} window{'s' if one.n_windows != 1 else ''}"
    subjects = f"{one.n_subjects} subject{'s' if one.n_subjects != 1 else ''}"
    look: dict[str, Any] = {"fontsize": style.LABEL_POINTS, "va": "baseline"}
    title = f"{one.category}, asked about {one.class_name}"
    figure.text(place[0] / width, (place[1] + 3.0) / height, title, color=style.INK, fontweight="bold", **look)
    figure.text(place[0] / width, place[1] / height, f"mean of {windows} of {subjects}", color=style.MUTED, **look)
