"""What a page of EEG is drawn with: traces, their names, time, events, gaps and scales, each on axes in millimetres."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.artefacts import Artefact
from ictal.core.events import Event
from ictal.core.scores import Scores
from ictal.core.spans import Span, intersect_spans
from ictal.plots import style
from ictal.plots.chains import Chain, group_leads
from ictal.plots.clock import format_clock, tick_step
from ictal.plots.trace_rows import CHAIN_GAP, place_rows, thin_out

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.floating[Any]]
Lanes = Sequence[tuple[str, Sequence[Event]]]

LANE = 3.2
"""Millimetres of the row of one kind of events."""

LEFT = 23.0
"""Millimetres left of the traces, for the names of leads and of their chains."""

INTERPOLATED = "interp."

_SCALE_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 3600.0)
_PEN_LIMIT = 2.0


@dataclass(frozen=True, eq=False)
class Page:
    """Axes for a stretch of EEG, one unit upward being a millimetre, and where the leads stand on them.

    Attributes
    ----------
    axes : Axes
        From `start` to `stop` seconds of the recording, `width` millimetres wide; 0 is the top of the leads, and above
        it are the rows of events.
    labels : tuple of str
    chains : tuple of Chain
    heights : dict of int to float
        The baseline of each lead.
    depth, spacing : float
        Millimetres of all leads together, and between two of one chain.
    """

    axes: Axes
    start: float
    stop: float
    width: float
    labels: tuple[str, ...]
    chains: tuple[Chain, ...]
    heights: dict[int, float]
    depth: float
    spacing: float


def measure_page(labels: Sequence[str], n_lanes: int, tallest: float = np.inf) -> float:
    """Return the millimetres that traces take with so many rows of events above; leads take at most `tallest` of it.

    Examples
    --------
    >>> round(measure_page(["Fp1-F7", "F7-T7"], 1), 1)
    70.4
    """
    return place_rows(group_leads(labels), tallest)[1] + LANE * n_lanes


def lay_out_page(
    figure: Figure,
    labels: Sequence[str],
    span: Span,
    place: tuple[float, float],
    width: float,
    n_lanes: int,
    tallest: float = np.inf,
) -> Page:
    """Put axes for a stretch of EEG on a figure, their lower left corner at these millimetres.

    The leads take at most `tallest` millimetres of it.
    """
    chains = group_leads(labels)
    heights, depth, spacing = place_rows(chains, tallest)
    axes = style.place_axes(figure, *place, width, depth + LANE * n_lanes)
    axes.set(xlim=span, ylim=(-depth, LANE * n_lanes), yticks=[])
    return Page(axes, *span, width, tuple(labels), chains, heights, depth, spacing)


def mark_time(
    axes: Axes, span: Span, clock_start: datetime | None = None, *, labelled: bool = True, at_most: int = 8
) -> None:
    """Draw the lines of seconds and of five seconds, and label a fitting choice of them."""
    start, stop = span
    strong = tick_step(stop - start, 24) if stop - start > 120 else 5
    if stop - start <= 60:
        axes.vlines(_multiples(start, stop, 1), *axes.get_ylim(), color=style.FAINT_RULE, linewidth=0.4, zorder=0.5)
    axes.vlines(_multiples(start, stop, strong), *axes.get_ylim(), color=style.RULE, linewidth=0.6, zorder=0.6)
    times = _multiples(start, stop, tick_step(stop - start, at_most))
    axes.set_xticks(
        times, [format_clock(float(time), clock_start) for time in times] if labelled else [""] * len(times)
    )


def draw_leads(
    page: Page,
    data: Array,
    sampling_rate: float,
    sensitivity: float,
    *,
    driving: Sequence[str] = (),
    masked: Sequence[str] = (),
    artefacts: Sequence[Artefact] = (),
) -> None:
    """Draw the traces of `data`, shape (n_leads, n_samples), negative up; those that drive an event are coloured."""
    limit = _PEN_LIMIT * page.spacing
    n_bins = int(page.width / 25.4 * style.DOTS_PER_INCH)
    for row, label in enumerate(page.labels):
        height = page.heights[row]
        if label in masked:
            page.axes.axhline(height, color=style.UNSEEN, linewidth=0.5, linestyle=(0, (1, 3)))
            continue
        drives = label in driving
        indices, values = thin_out(data[row], n_bins)
        times = page.start + indices / sampling_rate
        line = height + np.clip(-values / sensitivity, -limit, limit)
        colour = style.DETECTED if drives else style.INK
        page.axes.plot(times, line, color=colour, linewidth=0.55 if drives else 0.45, zorder=3 if drives else 2)
        for artefact in artefacts:
            if artefact.channel == label:
                inside = np.where((times >= artefact.start) & (times < artefact.stop), line, np.nan)
                page.axes.plot(times, inside, color=style.UNSEEN, linewidth=0.7, zorder=4)


def write_labels(
    page: Page,
    *,
    driving: Sequence[str] = (),
    masked: Sequence[str] = (),
    interpolated: Sequence[str] = (),
    chains: bool = True,
) -> None:
    """Name the leads at the left and their chains beside them; say on the lead itself what is special about it."""
    axes, heights = page.axes, page.heights
    edge: dict[str, Any] = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
    box = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.8}
    remark: dict[str, Any] = {"style": "italic", "fontsize": style.NOTE_POINTS, "color": style.MUTED, "va": "center"}
    for row, label in enumerate(page.labels):
        silent, drives = label in masked, label in driving
        look: dict[str, Any] = {"fontsize": style.LABEL_POINTS, "fontweight": "bold" if drives else "normal"}
        look["color"] = style.UNSEEN if silent else style.DETECTED if drives else style.INK
        text = label if len(label) <= 14 else label[:13] + "…"
        name = axes.annotate(text, (0, heights[row]), xytext=(-3, 0), ha="right", va="center", **look, **edge)
        if silent:
            axes.annotate("masked, not analysed", (0, heights[row]), xytext=(4, 0), bbox=box, **remark, **edge)
        elif label in interpolated:
            beside: dict[str, Any] = {"xycoords": name, "textcoords": "offset points", "ha": "right"}
            axes.annotate(INTERPOLATED, (0, 0.5), xytext=(-3, 0), **beside, **remark)
    for chain in page.chains:
        middle = (heights[chain.rows[0]] + heights[chain.rows[-1]]) / 2
        room = heights[chain.rows[0]] - heights[chain.rows[-1]] + (1.0 + CHAIN_GAP) * page.spacing
        if chains and chain.name and room > len(chain.name):
            words: dict[str, Any] = {"fontsize": style.NOTE_POINTS - 0.5, "color": style.MUTED, "rotation": 90}
            words |= {"ha": "center", "va": "center", "transform": axes.get_yaxis_transform()}
            axes.text(-(LEFT - 2.5) / page.width, middle, chain.name, **words)


def hatch_gaps(page: Page, gaps: Sequence[Span]) -> None:
    """Hatch where there is no signal, and say so where there is room."""
    for first, last in intersect_spans(gaps, [(page.start, page.stop)]):
        style.hatch_span(page.axes, first, last, -page.depth, 0.0)
        if last - first > 0.06 * (page.stop - page.start):
            box = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.5}
            words: dict[str, Any] = {"fontsize": style.LABEL_POINTS, "color": style.MUTED, "ha": "center", "bbox": box}
            page.axes.text((first + last) / 2, -page.depth / 2, "no signal", **words)


def draw_scale(page: Page, sensitivity: float, right: float = 0.0) -> None:
    """Draw the bars of one second and of a round voltage `right` millimetres beside the lowest leads."""
    wanted = 4.5 * sensitivity
    decade = 10.0 ** np.floor(np.log10(wanted))
    microvolts = next(m * decade for m in (1.0, 2.0, 5.0, 10.0) if m * decade >= wanted * (1 - 1e-9))
    height = microvolts / sensitivity
    millimetre = (page.stop - page.start) / page.width
    x, y = page.stop + (2.0 + right) * millimetre, -page.depth + 3.2
    readable = [length for length in _SCALE_SECONDS if 1.5 * millimetre <= length <= 12.0 * millimetre]
    length = 1.0 if 1.0 in readable else readable[-1] if readable else 10.0 * millimetre
    corner = ([x, x, x + length], [y + height, y, y])
    look: dict[str, Any] = {"solid_joinstyle": "miter", "solid_capstyle": "butt", "clip_on": False}
    page.axes.plot(*corner, color=style.INK, linewidth=0.9, **look)
    words: dict[str, Any] = {"fontsize": style.NOTE_POINTS, "color": style.INK}
    page.axes.text(x + 0.8 * millimetre, y + height / 2, f"{microvolts:g} µV", va="center", ha="left", **words)
    page.axes.text(x, y - 0.6, f"{length:.2g} s", va="top", ha="left", **words)


def mark_events(page: Page, lanes: Lanes, *, shaded: bool = True) -> None:
    """Draw one bar a lane for the events inside the stretch, and carry their edges down through the leads."""
    axes, span = page.axes, (page.start, page.stop)
    colours = {"detected": style.DETECTED, "reference": style.MISSED}
    bottom, top = axes.get_ylim()
    # Large deflections of the first lead must not cover the bars.
    axes.axhspan(0.0, top, color=style.PAPER, linewidth=0, zorder=5)
    for number, (name, events) in enumerate(lanes):
        high, colour = top - number * LANE, colours[name]
        words: dict[str, Any] = {"fontsize": style.NOTE_POINTS, "color": colour, "ha": "right", "va": "center"}
        axes.annotate(name, (page.start, high - LANE / 2), xytext=(-3, 0), textcoords="offset points", **words)
        for first, last in intersect_spans([event.span for event in events], [span]):
            axes.fill_between([first, last], high - LANE + 0.7, high - 0.7, color=colour, linewidth=0, zorder=6)
            if name == "detected" and shaded:
                axes.axvspan(first, last, color=style.DETECTED_SHADE, linewidth=0, zorder=0.1)
        edges = [edge for event in events for edge in event.span if span[0] <= edge <= span[1]]
        dashes: Any = "solid" if name == "detected" else (0, (4, 3))
        axes.vlines(edges, bottom, high - 0.7, color=colour, linewidth=0.7, linestyle=dashes, zorder=1.2)
    if lanes:
        axes.axhline(0.0, color=style.RULE, linewidth=0.5, zorder=6)


def draw_probability_lane(axes: Axes, span: Span, scores: Scores, clock_start: datetime | None = None) -> None:
    """Draw the seizure probability of the frames inside a span."""
    first, last = (
        int(np.clip((edge - scores.start) // scores.step + late, 0, len(scores))) for late, edge in enumerate(span)
    )
    values = scores.seizure[first:last]
    edges = scores.start + scores.step * np.arange(first, first + len(values) + 1)
    axes.set(xlim=span, ylim=(0.0, 1.05))
    mark_time(axes, span, clock_start)
    axes.stairs(values, edges, color=style.MUTED, linewidth=0.7)
    axes.stairs(np.nan_to_num(values), edges, fill=True, color=style.RULE, alpha=0.5, linewidth=0)
    axes.set_yticks([0.0, 1.0], ["0", "1"])
    axes.set_ylabel("probability", fontsize=style.NOTE_POINTS, color=style.MUTED, rotation=0, ha="right", va="center")


def _multiples(start: float, stop: float, step: int) -> NDArray[np.float64]:
    return np.arange(np.ceil(start / step - 1e-9), np.floor(stop / step + 1e-9) + 1) * step
