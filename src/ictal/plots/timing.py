"""How early and how late detections are: a dot for each seizure, on an axis that is linear near 0."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.plots import style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_LEFT, _RIGHT, _BOTTOM, _TOP = 34.0, 34.0, 9.0, 2.0
_ROW = 15.0
_LINEAR = 10.0
"""Seconds around 0 on a linear scale; beyond it is logarithmic."""

_TICKS = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0)
_GOLDEN = (np.sqrt(5.0) - 1) / 2


def draw_errors(errors: Mapping[str, ArrayLike]) -> Figure:
    """Draw errors of time as a strip of dots each, its middle half shaded and its median as a line.

    Parameters
    ----------
    errors : mapping of str to array-like
        What is measured → seconds of each detected seizure; negative is early, or shorter.

    Examples
    --------
    >>> figure = draw_errors({"onset": [-2.0, 5.0, 9.0], "offset": [1.0, 2.0, 30.0]})
    >>> [tick.get_text() for tick in figure.axes[0].get_yticklabels()]
    ['onset', 'offset']
    """
    rows = {name: np.asarray(values, dtype=np.float64) for name, values in errors.items()}
    height = _ROW * len(rows)
    figure = style.new_figure(style.PAGE_WIDTH, height + _BOTTOM + _TOP)
    axes = style.place_axes(figure, _LEFT, _BOTTOM, style.PAGE_WIDTH - _LEFT - _RIGHT, height)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    _scale_seconds(axes, np.concatenate([*rows.values(), [0.0]]))
    axes.axvline(0.0, color=style.MUTED, linewidth=0.7, zorder=1)
    for place, values in enumerate(rows.values()):
        _draw_strip(axes, place, values)
    axes.set_yticks(range(len(rows)), list(rows))
    axes.tick_params(axis="y", length=0, labelcolor=style.INK, labelsize=style.LABEL_POINTS, pad=4.0)
    axes.set_xlabel(
        "seconds; left of 0 too early or too short, right of it too late or too long",
        fontsize=style.LABEL_POINTS,
        color=style.INK,
        labelpad=2.0,
    )
    return figure


def spread_dots(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a place between -1 and 1 for each value so that neighbours lie apart; always the same.

    Examples
    --------
    >>> places = spread_dots(np.zeros(50))
    >>> len(set(places)), bool(np.abs(places).max() <= 1.0)
    (50, True)
    """
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return np.asarray(2.0 * ((ranks * _GOLDEN + 0.5) % 1.0) - 1.0)


def _scale_seconds(axes: Axes, values: NDArray[np.float64]) -> None:
    axes.set_xscale("symlog", linthresh=_LINEAR, linscale=1.0)
    low, high = float(values.min()), float(values.max())
    axes.set_xlim(min(1.15 * low, -_LINEAR), max(1.15 * high, _LINEAR))
    first, last = axes.get_xlim()
    ticks = [0.0, *(sign * tick for tick in _TICKS if tick >= 5.0 for sign in (-1, 1))]
    shown = sorted(tick for tick in ticks if first <= tick <= last)
    axes.minorticks_off()
    axes.set_xticks(shown, [f"{tick:g}".replace("-", "−") for tick in shown])
    axes.grid(axis="x", color=style.FAINT_RULE, linewidth=0.5, zorder=0)
    axes.set_axisbelow(True)


def _draw_strip(axes: Axes, place: int, values: NDArray[np.float64]) -> None:
    from matplotlib.patches import Rectangle

    if not len(values):
        told = "no detection"
    else:
        low, median, high = np.quantile(values, [0.25, 0.5, 0.75]).tolist()
        box = Rectangle((low, place - 0.4), high - low, 0.8, facecolor=style.DETECTED_SHADE, linewidth=0, zorder=1.2)
        axes.add_patch(box)
        axes.plot(
            values,
            place + 0.3 * spread_dots(values),
            "o",
            color=style.DETECTED,
            markersize=2.0 if len(values) <= 400 else 1.2,
            alpha=0.55,
            markeredgewidth=0,
            zorder=2,
        )
        axes.plot([median, median], [place - 0.4, place + 0.4], color=style.INK, linewidth=1.2, zorder=3)
        told = f"median {median:+.1f} s\nhalf in {low:+.1f} to {high:+.1f} s".replace("-", "−")
    axes.annotate(
        told,
        (1.0, place),
        xytext=(4.0, 0.0),
        xycoords=("axes fraction", "data"),
        textcoords="offset points",
        fontsize=style.NOTE_POINTS,
        color=style.MUTED,
        va="center",
        annotation_clip=False,
    )
