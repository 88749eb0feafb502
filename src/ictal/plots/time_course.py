"""When: the probability of a detector, and below it how much each second counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.attribution import Attribution
from ictal.core.spans import Span, intersect_spans
from ictal.plots import shades, style
from ictal.plots.explained import ExplainedEvent
from ictal.plots.trace_parts import LEFT, draw_probability_lane, mark_time

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_PROBABILITY, _SHARES, _GAP = 8.0, 11.0, 1.6
_RIGHT, _BOTTOM, _TOP = 7.0, 5.0, 1.0


def sum_seconds(attribution: Attribution) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return whole seconds, and what speaks for and against the score in each, as shares of all that speaks for it.

    Columns of more than a second stay as they are.

    Returns
    -------
    ndarray, shape (n + 1,)
        Edges, in seconds of the recording.
    ndarray, shape (n,)
        What speaks for the score, with the sum 1.
    ndarray, shape (n,)
        What speaks against it, not positive; where nothing speaks for the score, the share of all that speaks against.

    Examples
    --------
    >>> edges, speaking_for, against = sum_seconds(Attribution([[[1.0, 2.0, 1.0, -2.0]]], 10.0, 0.5))
    >>> edges.tolist(), speaking_for.tolist(), against.tolist()
    ([10.0, 11.0, 12.0], [0.75, 0.25], [0.0, -0.5])
    """
    known = np.nan_to_num(attribution.values)
    speaks = bool((known > 0.0).any())
    total = float(known[known > 0.0].sum() if speaks else np.abs(known).sum())
    total = total if total > 0.0 else 1.0
    width = max(1.0, attribution.step)
    middles = attribution.times + attribution.step / 2
    first = attribution.start if width > 1.0 else np.floor(attribution.start)
    numbers = np.floor((middles - first) / width + 1e-9).astype(np.intp)
    n_bins = int(numbers.max(initial=-1)) + 1
    signs = (np.maximum(known, 0.0), np.minimum(known, 0.0))
    sums = [np.bincount(numbers, amounts.sum(axis=(0, 1)), n_bins) / total for amounts in signs]
    edges = np.asarray(first + width * np.arange(n_bins + 1), dtype=np.float64)
    return edges, sums[0], sums[1]


def draw_time_course(explained: ExplainedEvent) -> Figure:
    """Draw the probability of the detector and what each second counted, 180 mm wide.

    Examples
    --------
    >>> attribution = Attribution(np.ones((1, 1, 8)), 0.0, 0.25)
    >>> figure = draw_time_course(ExplainedEvent(attribution, np.zeros((1, 512)), ("T7-P7",), 256.0, 0.0, (0.0, 1.0)))
    >>> len(figure.axes)
    1
    """
    height = measure_time_course(explained)
    figure = style.new_figure(style.PAGE_WIDTH, height + _BOTTOM + _TOP)
    place_time_course(figure, explained, (LEFT, _BOTTOM), style.PAGE_WIDTH - LEFT - _RIGHT)
    return figure


def measure_time_course(explained: ExplainedEvent) -> float:
    """Return the millimetres that a time course takes without the labels of its axis."""
    return _SHARES + (_PROBABILITY + _GAP if explained.scores is not None else 0.0)


def place_time_course(figure: Figure, explained: ExplainedEvent, place: tuple[float, float], width: float) -> None:
    """Put a time course on a figure, its lower left corner at these millimetres."""
    left, bottom = place
    shares = style.place_axes(figure, left, bottom, width, _SHARES)
    _draw_seconds(shares, explained, width)
    mark_span(shares, explained.span)
    if explained.scores is not None:
        lane = style.place_axes(figure, left, bottom + _SHARES + _GAP, width, _PROBABILITY)
        draw_probability_lane(lane, explained.seen, explained.scores, explained.clock_start)
        lane.set_xticklabels([])
        if explained.threshold is not None:
            lane.axhline(explained.threshold, color=style.DETECTED, linewidth=0.6, linestyle=(0, (5, 3)), zorder=3)
        mark_span(lane, explained.span)


def mark_span(axes: Axes, span: Span) -> None:
    """Draw the onset and the end of an event through axes of time."""
    low, high = axes.get_xlim()
    edges = [edge for edge in span if low <= edge <= high]
    axes.vlines(edges, *axes.get_ylim(), color=style.DETECTED, linewidth=0.7, zorder=2.5)


def _draw_seconds(axes: Axes, explained: ExplainedEvent, width: float) -> None:
    edges, speaking_for, against = sum_seconds(explained.attribution)
    highest = max(float(speaking_for.max(initial=0.0)), 1e-12)
    lowest = float(against.min(initial=0.0))
    axes.set(xlim=explained.seen, ylim=(max(1.1 * lowest, -1.1 * highest), 1.1 * highest))
    mark_time(axes, explained.seen, explained.clock_start)
    for amounts, colour in ((speaking_for, shades.BAR), (against, shades.AGAINST[-1])):
        axes.bar(edges[:-1], amounts, np.diff(edges), align="edge", color=colour, linewidth=0, zorder=2)
    inner = edges[1:-1]
    axes.vlines(inner, lowest, highest, color=style.PAPER, linewidth=0.3, zorder=2.2)
    axes.axhline(0.0, color=style.MUTED, linewidth=0.5, zorder=2.4)
    outside = intersect_spans([explained.seen], [(-np.inf, edges[0]), (edges[-1], np.inf)])
    for first, last in outside:
        style.hatch_span(axes, first, last, *axes.get_ylim())
    axes.set_yticks(*(([0.0, highest], ["0", f"{100 * highest:.2g} %"]) if speaking_for.any() else ([0.0], ["0"])))
    words: dict[str, Any] = {"fontsize": style.NOTE_POINTS, "color": style.MUTED, "rotation": 0}
    axes.set_ylabel("share,\neach second", ha="right", va="center", **words)
    axes.yaxis.set_label_coords(-7.0 / width, 0.5)
