"""EEG as it is read: leads stacked by chain, negative up, at a stated sensitivity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.artefacts import Artefact
from ictal.core.errors import ParameterError, check_positive
from ictal.core.events import Event
from ictal.core.scores import Scores
from ictal.core.spans import Span, intersect_spans
from ictal.plots import style
from ictal.plots.chains import Chain, group_leads
from ictal.plots.clock import format_clock, tick_step

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.floating[Any]]

_MANTISSAS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
_SCALE_SECONDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 3600.0)
_LEFT, _RIGHT, _BOTTOM, _TOP = 23.0, 12.0, 8.0, 1.0
_LANE = 3.2
_PROBABILITY_LANE = 8.0
_PEN_LIMIT = 2.0
_EDGE = 0.4
_CHAIN_GAP = 0.55
_INTERPOLATED = "interp."


@dataclass(frozen=True)
class TraceMarks:
    """What is known about a stretch of EEG, for the eye.

    Parameters
    ----------
    events, references : sequence of Event
        What was detected, and what a reader marked.
    driving, interpolated, masked : tuple of str
        Leads that drive the event; leads made from their neighbours; leads that were left out.
    gaps : tuple of (start, stop)
        Stretches in seconds without signal.
    artefacts : sequence of Artefact
        Stretches of single leads that are not EEG.
    """

    events: Sequence[Event] = ()
    references: Sequence[Event] = ()
    driving: tuple[str, ...] = ()
    interpolated: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    gaps: tuple[Span, ...] = ()
    artefacts: Sequence[Artefact] = ()


def draw_traces(
    signal: ArrayLike,
    labels: Sequence[str],
    sampling_rate: float,
    start: float = 0.0,
    *,
    marks: TraceMarks | None = None,
    sensitivity: float | None = None,
    scores: Scores | None = None,
    clock_start: datetime | None = None,
) -> Figure:
    """Draw a stretch of EEG, 180 mm wide; filtering for display is the caller's business.

    Parameters
    ----------
    signal : array-like, shape (n_leads, n_samples)
        µV; NaN where there is no signal.
    labels : sequence of str
        One a lead.
    sampling_rate, start : float
        Hz, and when the stretch begins in seconds of the recording.
    marks : TraceMarks, optional
        Events, driving leads, gaps and the rest.
    sensitivity : float, optional
        µV/mm; chosen by :func:`choose_sensitivity` where not given.
    scores : Scores, optional
        Seizure probability, drawn below the leads.
    clock_start : datetime, optional
        When the recording began; the time axis then shows the time of day, which can identify a patient.

    Raises
    ------
    ParameterError
        If shapes and labels do not fit, or there is nothing to draw.

    Examples
    --------
    >>> figure = draw_traces(np.zeros((2, 512)), ["Fp1-F7", "F7-T7"], 256.0)
    >>> float(figure.get_size_inches()[0] * 25.4)
    180.0
    """
    data = np.atleast_2d(np.asarray(signal, dtype=np.float64))
    if len(data) != len(labels) or data.size == 0:
        raise ParameterError(f"signal: an array of shape {data.shape} came for {len(labels)} labels.")
    check_positive("sampling_rate", sampling_rate)
    known = marks if marks is not None else TraceMarks()
    if set(known.driving) >= set(labels):
        # A colour that every lead has tells nothing apart.
        known = replace(known, driving=())
    chains = group_leads(labels)
    heights, depth = place_rows(chains)
    if sensitivity is None:
        sensitivity = choose_sensitivity(data, labels, known.masked)
    lanes = [lane for lane in (("detected", known.events), ("reference", known.references)) if lane[1]]
    below = _PROBABILITY_LANE + 2.0 if scores is not None else 0.0
    frame = depth + _LANE * len(lanes)
    figure = style.new_figure(style.PAGE_WIDTH, frame + below + _BOTTOM + _TOP)
    width = style.PAGE_WIDTH - _LEFT - _RIGHT
    axes = style.place_axes(figure, _LEFT, _BOTTOM + below, width, frame)
    stop = start + data.shape[1] / sampling_rate
    axes.set(xlim=(start, stop), ylim=(-depth, _LANE * len(lanes)), yticks=[])
    _mark_time(axes, start, stop, clock_start, labelled=scores is None)
    _shade_events(axes, start, stop, lanes)
    _draw_leads(axes, data, labels, sampling_rate, start, heights, sensitivity, known)
    _write_labels(axes, labels, chains, heights, known)
    _hatch_gaps(axes, start, stop, -depth, known.gaps)
    _draw_scale(axes, start, stop, depth, sensitivity)
    if scores is not None:
        lane_axes = style.place_axes(figure, _LEFT, _BOTTOM, width, _PROBABILITY_LANE)
        _draw_probability_lane(lane_axes, start, stop, scores, clock_start)
    legend = f"{sensitivity:g} µV/mm at {style.PAGE_WIDTH:g} mm width, negative up, {width / (stop - start):.2g} mm/s"
    if set(known.interpolated) & set(labels):
        legend += f"; {_INTERPOLATED}: interpolated from neighbouring electrodes"
    place = (_LEFT / style.PAGE_WIDTH, 1.0 / (frame + below + _BOTTOM + _TOP))
    figure.text(*place, legend, fontsize=style.NOTE_POINTS, color=style.MUTED)
    return figure


def choose_sensitivity(signal: ArrayLike, labels: Sequence[str], masked: Sequence[str] = ()) -> float:
    """Return the µV/mm, from the usual 1–1.5–2–3–5–7 steps, at which most leads keep to their own row.

    Parameters
    ----------
    signal : array-like, shape (n_leads, n_samples)
        µV.
    labels, masked : sequence of str
        The leads, and those that do not count.

    Examples
    --------
    >>> wave = 50.0 * np.sin(np.linspace(0.0, 60.0, 2000))
    >>> choose_sensitivity(np.tile(wave, (18, 1)), [f"EEG{i}" for i in range(18)])
    20.0
    """
    data = np.atleast_2d(np.asarray(signal, dtype=np.float64))
    rows = [i for i, label in enumerate(labels) if label not in masked and np.isfinite(data[i]).any()]
    if not rows:
        return 10.0
    low, high = np.nanpercentile(data[rows], [1.0, 99.0], axis=1)
    usual, largest = np.percentile((high - low) / 2, [75.0, 95.0])
    # A focal event is larger than the rest: it may run into the neighbouring rows, but not through them.
    wanted = max(float(usual) / 0.7, float(largest) / 0.85) / row_spacing(len(labels))
    if not 1e-6 < wanted < 1e9:
        return 10.0
    decade = 10.0 ** np.floor(np.log10(wanted))
    steps = [float(mantissa * decade) for mantissa in (*_MANTISSAS, 10.0)]
    return float(f"{next(step for step in steps if step >= wanted * (1 - 1e-9)):.3g}")


def row_spacing(n_leads: int) -> float:
    """Return the millimetres between the baselines of neighbouring leads.

    Examples
    --------
    >>> [round(row_spacing(n), 4) for n in (1, 18, 64)]
    [24.0, 4.1111, 3.2]
    """
    return float(np.clip(74.0 / n_leads, 3.2, 24.0))


def place_rows(chains: Sequence[Chain]) -> tuple[dict[int, float], float]:
    """Return the baseline of every lead and the depth of the whole, in millimetres below the top.

    Examples
    --------
    >>> heights, depth = place_rows([Chain("", (0,))])
    >>> round(heights[0], 3), round(depth, 3)
    (-21.6, 43.2)
    """
    spacing = row_spacing(sum(len(chain.rows) for chain in chains))
    heights: dict[int, float] = {}
    depth = _EDGE * spacing
    for number, chain in enumerate(chains):
        depth += _CHAIN_GAP * spacing if number else 0.0
        for row in chain.rows:
            heights[row] = -(depth + spacing / 2)
            depth += spacing
    return heights, depth + _EDGE * spacing


def thin_out(values: Array, n_bins: int) -> tuple[NDArray[np.intp], Array]:
    """Keep the lowest and the highest value of each bin, so that a line drawn through them looks the same.

    Parameters
    ----------
    values : ndarray, shape (n_samples,)
        NaN is passed over.
    n_bins : int
        How many bins; with fewer than four samples a bin nothing is left out.

    Returns
    -------
    indices : ndarray of int
        Which samples the kept values stand at.
    values : ndarray

    Examples
    --------
    >>> indices, kept = thin_out(np.array([0, 9, 0, 0, 0, 0, -7, 0.0]), 2)
    >>> kept.tolist()
    [0.0, 9.0, -7.0, 0.0]
    """
    if len(values) < 4 * n_bins:
        return np.arange(len(values)), values
    edges = np.linspace(0, len(values), n_bins, endpoint=False).astype(np.intp)
    low, high = np.fmin.reduceat(values, edges), np.fmax.reduceat(values, edges)
    second = np.append(edges[1:], len(values)) - 1
    return np.column_stack([edges, second]).ravel(), np.column_stack([low, high]).ravel()


def _mark_time(axes: Axes, start: float, stop: float, clock_start: datetime | None, *, labelled: bool) -> None:
    """Draw the lines of seconds and of five seconds, and label a fitting choice of them."""
    strong = tick_step(stop - start, 24) if stop - start > 120 else 5
    if stop - start <= 60:
        axes.vlines(_multiples(start, stop, 1), *axes.get_ylim(), color=style.FAINT_RULE, linewidth=0.4, zorder=0.5)
    axes.vlines(_multiples(start, stop, strong), *axes.get_ylim(), color=style.RULE, linewidth=0.6, zorder=0.6)
    times = _multiples(start, stop, tick_step(stop - start, 8))
    axes.set_xticks(
        times, [format_clock(float(time), clock_start) for time in times] if labelled else [""] * len(times)
    )


def _multiples(start: float, stop: float, step: int) -> NDArray[np.float64]:
    return np.arange(np.ceil(start / step - 1e-9), np.floor(stop / step + 1e-9) + 1) * step


def _shade_events(axes: Axes, start: float, stop: float, lanes: Sequence[tuple[str, Sequence[Event]]]) -> None:
    """Draw one bar a lane for the events inside the stretch, and carry their edges down through the leads."""
    colours = {"detected": style.DETECTED, "reference": style.MISSED}
    _, top = axes.get_ylim()
    # Large deflections of the first lead must not cover the bars.
    axes.axhspan(0.0, top, color=style.PAPER, linewidth=0, zorder=5)
    for number, (name, events) in enumerate(lanes):
        high = top - number * _LANE
        colour = colours[name]
        axes.annotate(
            name,
            (start, high - _LANE / 2),
            xytext=(-3, 0),
            textcoords="offset points",
            ha="right",
            va="center",
            fontsize=style.NOTE_POINTS,
            color=colour,
        )
        for first, last in intersect_spans([event.span for event in events], [(start, stop)]):
            axes.fill_between([first, last], high - _LANE + 0.7, high - 0.7, color=colour, linewidth=0, zorder=6)
            if name == "detected":
                axes.axvspan(first, last, color=style.DETECTED_SHADE, linewidth=0, zorder=0.1)
        edges = [edge for event in events for edge in event.span if start <= edge <= stop]
        dashes: Any = "solid" if name == "detected" else (0, (4, 3))
        axes.vlines(edges, axes.get_ylim()[0], high - 0.7, color=colour, linewidth=0.7, linestyle=dashes, zorder=1.2)
    if lanes:
        axes.axhline(0.0, color=style.RULE, linewidth=0.5, zorder=6)


def _draw_leads(
    axes: Axes,
    data: Array,
    labels: Sequence[str],
    sampling_rate: float,
    start: float,
    heights: dict[int, float],
    sensitivity: float,
    marks: TraceMarks,
) -> None:
    limit = _PEN_LIMIT * row_spacing(len(labels))
    n_bins = int((style.PAGE_WIDTH - _LEFT - _RIGHT) / 25.4 * style.DOTS_PER_INCH)
    for row, label in enumerate(labels):
        if label in marks.masked:
            axes.axhline(heights[row], color=style.UNSEEN, linewidth=0.5, linestyle=(0, (1, 3)))
            continue
        driving = label in marks.driving
        indices, values = thin_out(data[row], n_bins)
        times = start + indices / sampling_rate
        line = heights[row] + np.clip(-values / sensitivity, -limit, limit)
        colour = style.DETECTED if driving else style.INK
        axes.plot(times, line, color=colour, linewidth=0.55 if driving else 0.45, zorder=3 if driving else 2)
        for artefact in marks.artefacts:
            if artefact.channel == label:
                inside = np.where((times >= artefact.start) & (times < artefact.stop), line, np.nan)
                axes.plot(times, inside, color=style.UNSEEN, linewidth=0.7, zorder=4)


def _write_labels(
    axes: Axes, labels: Sequence[str], chains: Sequence[Chain], heights: dict[int, float], marks: TraceMarks
) -> None:
    """Name the leads at the left and their chains beside them; say on the lead itself what is special about it."""
    edge: dict[str, Any] = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
    box = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 0.8}
    remark: dict[str, Any] = {"style": "italic", "fontsize": style.NOTE_POINTS, "color": style.MUTED, "va": "center"}
    spacing = row_spacing(len(labels))
    for row, label in enumerate(labels):
        masked, driving = label in marks.masked, label in marks.driving
        look: dict[str, Any] = {"fontsize": style.LABEL_POINTS, "fontweight": "bold" if driving else "normal"}
        look["color"] = style.UNSEEN if masked else style.DETECTED if driving else style.INK
        text = label if len(label) <= 14 else label[:13] + "…"
        name = axes.annotate(text, (0, heights[row]), xytext=(-3, 0), ha="right", va="center", **look, **edge)
        if masked:
            axes.annotate("masked, not analysed", (0, heights[row]), xytext=(4, 0), bbox=box, **remark, **edge)
        elif label in marks.interpolated:
            beside: dict[str, Any] = {"xycoords": name, "textcoords": "offset points", "ha": "right"}
            axes.annotate(_INTERPOLATED, (0, 0.5), xytext=(-3, 0), **beside, **remark)
    for chain in chains:
        middle = (heights[chain.rows[0]] + heights[chain.rows[-1]]) / 2
        room = heights[chain.rows[0]] - heights[chain.rows[-1]] + (1.0 + _CHAIN_GAP) * spacing
        if chain.name and room > len(chain.name):
            x = -(_LEFT - 2.5) / (style.PAGE_WIDTH - _LEFT - _RIGHT)
            place: dict[str, Any] = {"rotation": 90, "ha": "center", "va": "center"}
            words: dict[str, Any] = {
                "fontsize": style.NOTE_POINTS - 0.5,
                "color": style.MUTED,
                "transform": axes.get_yaxis_transform(),
            }
            axes.text(x, middle, chain.name, **place, **words)


def _hatch_gaps(axes: Axes, start: float, stop: float, bottom: float, gaps: Sequence[Span]) -> None:
    for first, last in intersect_spans(gaps, [(start, stop)]):
        style.hatch_span(axes, first, last, bottom, 0.0)
        if last - first > 0.06 * (stop - start):
            box = {"facecolor": style.PAPER, "edgecolor": "none", "pad": 1.5}
            middle = ((first + last) / 2, bottom / 2)
            axes.text(*middle, "no signal", fontsize=style.LABEL_POINTS, color=style.MUTED, ha="center", bbox=box)


def _draw_scale(axes: Axes, start: float, stop: float, depth: float, sensitivity: float) -> None:
    """Draw the bars of one second and of a round voltage to the right of the lowest leads."""
    wanted = 4.5 * sensitivity
    decade = 10.0 ** np.floor(np.log10(wanted))
    microvolts = next(m * decade for m in (1.0, 2.0, 5.0, 10.0) if m * decade >= wanted * (1 - 1e-9))
    height = microvolts / sensitivity
    millimetre = (stop - start) / (style.PAGE_WIDTH - _LEFT - _RIGHT)
    x, y = stop + 2.0 * millimetre, -depth + 3.2
    readable = [length for length in _SCALE_SECONDS if 1.5 * millimetre <= length <= 12.0 * millimetre]
    length = 1.0 if 1.0 in readable else readable[-1] if readable else 10.0 * millimetre
    corner = ([x, x, x + length], [y + height, y, y])
    axes.plot(*corner, color=style.INK, linewidth=0.9, clip_on=False, solid_joinstyle="miter", solid_capstyle="butt")
    words: dict[str, Any] = {"fontsize": style.NOTE_POINTS, "color": style.INK}
    axes.text(x + 0.8 * millimetre, y + height / 2, f"{microvolts:g} µV", va="center", ha="left", **words)
    axes.text(x, y - 0.6, f"{length:.2g} s", va="top", ha="left", **words)


def _draw_probability_lane(axes: Axes, start: float, stop: float, scores: Scores, clock_start: datetime | None) -> None:
    first, last = np.clip(
        [(start - scores.start) // scores.step, (stop - scores.start) // scores.step + 1], 0, len(scores)
    )
    values = scores.seizure[int(first) : int(last)]
    edges = scores.start + scores.step * np.arange(int(first), int(first) + len(values) + 1)
    axes.set(xlim=(start, stop), ylim=(0.0, 1.05))
    _mark_time(axes, start, stop, clock_start, labelled=True)
    axes.stairs(values, edges, color=style.MUTED, linewidth=0.7)
    axes.stairs(np.nan_to_num(values), edges, fill=True, color=style.RULE, alpha=0.5, linewidth=0)
    axes.set_yticks([0.0, 1.0], ["0", "1"])
    axes.set_ylabel("probability", fontsize=style.NOTE_POINTS, color=style.MUTED, rotation=0, ha="right", va="center")
