"""How good a detector is, in pictures of half the width of a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.plots import style
from ictal.scoring.calibration import Reliability
from ictal.scoring.curves import Curve

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Values = NDArray[np.float64]
Band = tuple[Values, Values, Values]

WIDTH = 86.0
"""Millimetres: two pictures side by side on a page."""

_LEFT, _RIGHT, _BOTTOM, _TOP = 12.0, 4.0, 9.0, 9.0
_INNER = WIDTH - _LEFT - _RIGHT
_HIGH, _LOW = _INNER, 44.0
_STRIP, _STRIP_GAP = 10.0, 3.0
_MOST_BARS = 30
_NICE_SECONDS = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0)
_DASHES = (0, (4, 3))
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SHARES = {0.0: "0", 0.2: "0.2", 0.4: "0.4", 0.6: "0.6", 0.8: "0.8", 1.0: "1"}


def draw_roc(curve: Curve, rule: str, note: str = "", band: Band | None = None, *, threshold: float = np.nan) -> Figure:
    """Draw the true against the false positive rate.

    Parameters
    ----------
    curve : Curve
        From :func:`ictal.scoring.curves.roc_curve`.
    rule, note : str
        What is counted and how, and what it comes to; both are written above.
    band : tuple of ndarray, optional
        False positive rates, and the low and the high true positive rate at each.
    threshold : float, optional
        The one in use; its point is marked by a dot.

    Examples
    --------
    >>> from ictal.scoring.curves import roc_curve
    >>> figure = draw_roc(roc_curve([0.1, 0.9], [False, True]), "frames of 1 s")
    >>> figure.axes[0].get_xlabel()
    'false positive rate'
    """
    figure, axes = _new_picture(_HIGH, rule, note, "false positive rate", "true positive rate")
    _scale_shares(axes)
    axes.plot([0, 1], [0, 1], color=style.RULE, linewidth=0.6, linestyle=_DASHES, zorder=1)
    _draw_line(axes, curve.x, curve.y, band)
    _mark_threshold(axes, curve, threshold)
    return figure


def draw_precision_recall(
    curve: Curve,
    rule: str,
    note: str = "",
    band: Band | None = None,
    *,
    prevalence: float = np.nan,
    threshold: float = np.nan,
) -> Figure:
    """Draw precision against recall.

    Parameters
    ----------
    curve : Curve
        From :func:`ictal.scoring.curves.precision_recall_curve`.
    rule, note : str
        As for :func:`draw_roc`.
    band : tuple of ndarray, optional
        Recalls, and the low and the high precision at each.
    prevalence : float, optional
        The share of seizure, which is the precision of chance; drawn as a line.
    threshold : float, optional
        As for :func:`draw_roc`.

    Examples
    --------
    >>> from ictal.scoring.curves import precision_recall_curve
    >>> figure = draw_precision_recall(precision_recall_curve([0.1, 0.9], [False, True]), "frames of 1 s")
    >>> figure.axes[0].get_ylabel()
    'precision'
    """
    figure, axes = _new_picture(_HIGH, rule, note, "recall (sensitivity)", "precision")
    _scale_shares(axes)
    if np.isfinite(prevalence):
        axes.axhline(prevalence, color=style.RULE, linewidth=0.6, linestyle=_DASHES, zorder=1)
    # Where nothing is claimed there is no precision to draw.
    _draw_line(axes, curve.x[1:], curve.y[1:], band)
    _mark_threshold(axes, curve, threshold, least=1)
    return figure


def draw_operating(
    limits: ArrayLike,
    sensitivity: ArrayLike,
    rule: str,
    note: str = "",
    interval: tuple[ArrayLike, ArrayLike] | None = None,
    *,
    chosen: tuple[float, float] | None = None,
    marked: Sequence[float] = (1.0, 5.0, 10.0),
) -> Figure:
    """Draw the sensitivity that some number of false alarms allows, the latter on a logarithmic axis.

    Parameters
    ----------
    limits : array-like, shape (n,)
        False alarms in 24 h; rising, above 0.
    sensitivity : array-like, shape (n,)
        The highest at any threshold that keeps to each limit.
    rule, note : str
        Name and version of the scoring rule, and what it comes to; both are written above.
    interval : tuple of array-like, optional
        Low and high sensitivity at each limit.
    chosen : tuple of float, optional
        False alarms in 24 h and sensitivity at the detector's own threshold. What lies beside the axis is drawn at its
        end.
    marked : sequence of float
        Limits that get a line and a number.

    Examples
    --------
    >>> figure = draw_operating([0.1, 1.0, 10.0], [0.2, 0.6, 0.9], "SzCORE event-based", chosen=(2.0, 0.7))
    >>> figure.axes[0].get_xscale()
    'log'
    """
    places = np.asarray(limits, dtype=np.float64)
    figure, axes = _new_picture(_LOW, rule, note, "false alarms in 24 h, at most", "sensitivity")
    axes.set(xscale="log", xlim=(places[0], places[-1]), ylim=(0.0, 1.0))
    axes.minorticks_off()
    ticks = sorted({*marked, *(10.0**power for power in range(-3, 5))})
    shown = [tick for tick in ticks if places[0] * 0.999 <= tick <= places[-1] * 1.001]
    axes.set_xticks(shown, [f"{tick:g}" for tick in shown])
    axes.set_yticks(list(_SHARES), list(_SHARES.values()))
    for limit in shown:
        axes.axvline(limit, color=style.FAINT_RULE, linewidth=0.6, zorder=0.5)
    band = None if interval is None else (places, np.asarray(interval[0]), np.asarray(interval[1]))
    _draw_line(axes, places, np.asarray(sensitivity, dtype=np.float64), band, is_step=True)
    if chosen is not None:
        alarms, found = float(np.clip(chosen[0], places[0], places[-1])), chosen[1]
        axes.plot([alarms], [found], "o", color=style.INK, markersize=3.4, clip_on=False, zorder=4)
    return figure


def draw_reliability(
    table: Reliability, rule: str, note: str = "", band: tuple[ArrayLike, ArrayLike] | None = None
) -> Figure:
    """Draw the share of seizure against the probability, and below how many frames have it.

    Parameters
    ----------
    table : Reliability
        From :func:`ictal.scoring.calibration.measure_reliability`.
    rule, note : str
        As for :func:`draw_roc`.
    band : tuple of array-like, optional
        Low and high share of seizure in each bin; drawn as bars.

    Examples
    --------
    >>> from ictal.scoring.calibration import measure_reliability
    >>> figure = draw_reliability(measure_reliability([0.1, 0.9], [False, True]), "frames of 1 s")
    >>> [axes.get_ylabel() for axes in figure.axes]
    ['share of seizure', 'frames']
    """
    depth = _STRIP + _STRIP_GAP
    figure, axes = _new_picture(_HIGH + depth, rule, note, "", "share of seizure", depth)
    _scale_shares(axes)
    axes.tick_params(labelbottom=False)
    axes.plot([0, 1], [0, 1], color=style.RULE, linewidth=0.6, linestyle=_DASHES, zorder=1)
    filled = table.n_frames > 0
    points = table.predicted[filled], table.observed[filled]
    if band is not None:
        low, high = (np.asarray(edge)[filled] for edge in band)
        axes.vlines(points[0], low, high, color=style.BAND, linewidth=3.0, zorder=2)
    axes.plot(*points, "-o", color=style.DETECTED, linewidth=1.0, markersize=3.0, clip_on=False, zorder=3)
    strip = style.place_axes(figure, _LEFT, _BOTTOM, _INNER, _STRIP)
    most = max(float(table.n_frames.max(initial=0)), 1.0)
    strip.set(xlim=(0.0, 1.0), yscale="log", ylim=(0.7, most * 2.0))
    strip.stairs(table.n_frames, table.edges, fill=True, color=style.RULE, baseline=0.7)
    power = int(np.floor(np.log10(most)))
    strip.minorticks_off()
    strip.set_xticks(list(_SHARES), list(_SHARES.values()))
    ticks = {1.0: "1"} | ({10.0**power: f"10{str(power).translate(_RAISED)}"} if power > 0 else {})
    strip.set_yticks(list(ticks), list(ticks.values()))
    _label(strip, "probability", "frames")
    return figure


def draw_latencies(latencies: ArrayLike, rule: str, note: str = "") -> Figure:
    """Draw how long after a seizure begins its detection does, as a histogram with the median as a line.

    Parameters
    ----------
    latencies : array-like, shape (n_detected,)
        Seconds; negative is early.
    rule, note : str
        As for :func:`draw_roc`.

    Examples
    --------
    >>> draw_latencies([-2.0, 5.0, 9.0], "SzCORE event-based").axes[0].get_ylabel()
    'seizures'
    """
    from matplotlib.ticker import MaxNLocator

    seconds = np.asarray(latencies, dtype=np.float64)
    figure, axes = _new_picture(_LOW, rule, note, "seconds from onset of the seizure to that of the event", "seizures")
    edges = choose_bins(seconds)
    numbers, _ = np.histogram(seconds, edges)
    most = max(int(numbers.max(initial=0)), 1)
    axes.set(xlim=(edges[0], edges[-1]), ylim=(0.0, most * 1.08))
    axes.stairs(numbers, edges, fill=True, color=style.DETECTED, linewidth=0, zorder=2)
    axes.vlines(edges[1:-1], 0, np.minimum(numbers[1:], numbers[:-1]), color=style.PAPER, linewidth=0.5, zorder=2.5)
    axes.axvline(0.0, color=style.MUTED, linewidth=0.6, zorder=3)
    if len(seconds):
        axes.axvline(float(np.median(seconds)), color=style.INK, linewidth=0.8, linestyle=_DASHES, zorder=3)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10], integer=True))
    every = max(int(np.ceil(most / 5)), 1)
    axes.set_yticks(range(0, most + 1, every))
    return figure


def draw_learning(
    runs: Sequence[ArrayLike],
    figure_name: str,
    rule: str,
    note: str = "",
    *,
    best: Sequence[int] = (),
    top: float = np.nan,
) -> Figure:
    """Draw a figure of each epoch of one or more trainings, a line each, with a dot at its best epoch.

    Parameters
    ----------
    runs : sequence of array-like, shape (n_epochs,)
        They may differ in length; NaN where the figure is undefined.
    figure_name : str
        What is drawn upward.
    rule, note : str
        Written above.
    best : sequence of int, optional
        Of each run, from 0 on.
    top : float, optional
        Where the axis ends; by default behind the highest value.

    Examples
    --------
    >>> figure = draw_learning([[0.9, 0.5, 0.4], [0.8, 0.6]], "loss", "training", best=[2, 1])
    >>> len(figure.axes[0].lines), figure.axes[0].get_xlabel()
    (4, 'epoch')
    """
    from matplotlib.ticker import MaxNLocator

    rows = [np.asarray(run, dtype=np.float64) for run in runs]
    figure, axes = _new_picture(_LOW, rule, note, "epoch", figure_name)
    highest = np.nanmax(np.concatenate([*rows, [0.0]]))
    last = max([1, *(len(row) for row in rows)])
    ceiling = top if np.isfinite(top) else max(float(highest) * 1.05, 1e-9)
    axes.set(xlim=(0.5, last + 0.5), ylim=(0.0, ceiling))
    epochs = MaxNLocator(nbins=8, steps=[1, 2, 5, 10], integer=True).tick_values(1, last)
    heights = MaxNLocator(nbins=5, steps=[1, 2, 5, 10]).tick_values(0.0, ceiling)
    axes.set_xticks([epoch for epoch in epochs if 1 <= epoch <= last])
    axes.set_yticks([height for height in heights if height <= ceiling])
    axes.grid(axis="y", color=style.FAINT_RULE, linewidth=0.4, zorder=0)
    axes.set_axisbelow(True)
    alone = len(rows) == 1
    for row in rows:
        axes.plot(
            np.arange(1, len(row) + 1),
            row,
            color=style.DETECTED,
            linewidth=1.2 if alone else 0.8,
            alpha=1.0 if alone else 0.45,
        )
    for row, place in zip(rows, best, strict=False):
        axes.plot([place + 1], row[place : place + 1], "o", color=style.INK, markersize=2.6, clip_on=False, zorder=4)
    return figure


def choose_bins(seconds: ArrayLike) -> Values:
    """Return edges of bins of a round width that hold all values and 0, at most about thirty of them.

    Examples
    --------
    >>> choose_bins([-3.0, 14.0, 41.0])[[0, 1, -1]]
    array([-4., -2., 42.])
    """
    values = np.append(np.asarray(seconds, dtype=np.float64), 0.0)
    low, high = float(values.min()), float(values.max())
    width = next((nice for nice in _NICE_SECONDS if (high - low) / nice <= _MOST_BARS), (high - low) / _MOST_BARS)
    first, last = np.floor(low / width), np.floor(high / width) + 1
    return np.arange(first, last + 1) * width


def _new_picture(
    height: float, rule: str, note: str, across: str, upward: str, depth: float = 0.0
) -> tuple[Figure, Axes]:
    """Return a figure of half width and axes of `height` less `depth` millimetres, with two lines of text above."""
    figure = style.new_figure(WIDTH, height + _BOTTOM + _TOP)
    axes = style.place_axes(figure, _LEFT, _BOTTOM + depth, _INNER, height - depth)
    style.write_above(axes, rule, note)
    _label(axes, across, upward)
    return figure, axes


def _mark_threshold(axes: Axes, curve: Curve, threshold: float, least: int = 0) -> None:
    """Put a dot on the point of a curve at which every frame from a threshold on is claimed, if it is one to draw."""
    place = int(np.count_nonzero(curve.thresholds >= threshold)) - 1
    if np.isfinite(threshold) and place >= least and np.isfinite([curve.x[place], curve.y[place]]).all():
        axes.plot([curve.x[place]], [curve.y[place]], "o", color=style.INK, markersize=3.4, clip_on=False, zorder=4)


def _label(axes: Axes, across: str, upward: str) -> None:
    axes.set_xlabel(across, fontsize=style.LABEL_POINTS, color=style.INK, labelpad=2.0)
    axes.set_ylabel(upward, fontsize=style.LABEL_POINTS, color=style.INK, labelpad=3.0)
    axes.yaxis.set_label_coords(-7.5 / _INNER, 0.5)


def _scale_shares(axes: Axes) -> None:
    axes.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0))
    axes.set_xticks(list(_SHARES), list(_SHARES.values()))
    axes.set_yticks(list(_SHARES), list(_SHARES.values()))
    axes.grid(color=style.FAINT_RULE, linewidth=0.4, zorder=0)
    axes.set_axisbelow(True)


def _draw_line(axes: Axes, x: Values, y: Values, band: Band | None, *, is_step: bool = False) -> None:
    """Draw a curve on its band; one of steps has each value until the next."""
    if band is not None:
        axes.fill_between(*band, step="post" if is_step else None, color=style.BAND, linewidth=0, zorder=1.2)
    look: dict[str, Any] = {"drawstyle": "steps-post"} if is_step else {"solid_joinstyle": "round"}
    axes.plot(x, y, color=style.DETECTED, linewidth=1.2, clip_on=False, zorder=3, **look)
