"""A whole recording at a glance: probability over time, and its days one below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import check_positive
from ictal.core.scores import Scores
from ictal.core.spans import Span, complement_spans, intersect_spans
from ictal.plots import style
from ictal.plots.clock import format_clock, tick_step

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DAY = 86400.0
NIGHT = ((0.0, 6.0), (22.0, 24.0))
"""Hours of the day that are shaded."""

_LEFT, _RIGHT, _BOTTOM, _TOP = 23.0, 7.0, 8.0, 2.0
_LANE = 3.6
_LANE_PAD = 1.0
_CURVE = 26.0
_LONGEST_PAGE = 240.0


@dataclass(frozen=True)
class Lane:
    """Stretches of one meaning, drawn in one row.

    Parameters
    ----------
    name : str
        Written at the left.
    spans : sequence of (start, stop)
        Seconds.
    colour : str
        One of :mod:`ictal.plots.style`.
    """

    name: str
    spans: Sequence[Span]
    colour: str = style.DETECTED


def unanalysed_spans(scores: Scores, duration: float) -> tuple[Span, ...]:
    """Return the time of a recording that no valid frame covers.

    Examples
    --------
    >>> unanalysed_spans(Scores([[0.9, 0.1], [np.nan, np.nan], [0.9, 0.1]], start=0.5, step=1.0), 3.5)
    ((0.0, 0.5), (1.5, 2.5))
    """
    edges = np.flatnonzero(np.diff(np.concatenate([[False], scores.analysed, [False]]).astype(np.int8)))
    times = scores.start + scores.step * edges.reshape(-1, 2)
    return complement_spans([(float(first), float(last)) for first, last in times], 0.0, duration)


def pixel_envelope(scores: Scores, duration: float, n_pixels: int) -> NDArray[np.float64]:
    """Return the highest seizure probability inside each of `n_pixels` equal parts of the recording.

    However long the recording, no peak is lost. A part without an analysed frame is NaN.

    Examples
    --------
    >>> peaks = Scores([[1.0, 0.0], [0.2, 0.8], [1.0, 0.0], [np.nan, np.nan]], start=0.0, step=1.0)
    >>> pixel_envelope(peaks, 4.0, 2)
    array([0.8, 0. ])
    """
    check_positive("duration", duration)
    per_second = n_pixels / duration
    first = np.floor(scores.times * per_second + 1e-9).astype(np.intp)
    last = np.ceil((scores.times + scores.step) * per_second - 1e-9).astype(np.intp) - 1
    first, last = np.clip(first, 0, n_pixels - 1), np.clip(last, 0, n_pixels - 1)
    envelope = np.full(n_pixels, np.nan)
    # A frame touches every pixel it overlaps; frames are all of one length, so this loop is short.
    for offset in range(int((last - first).max(initial=-1)) + 1):
        inside = first + offset <= last
        np.fmax.at(envelope, first[inside] + offset, scores.seizure[inside])
    return envelope


def draw_probability(
    scores: Scores,
    duration: float,
    threshold: float,
    lanes: Sequence[Lane] = (),
    *,
    gaps: Sequence[Span] = (),
    clock_start: datetime | None = None,
) -> Figure:
    """Draw the seizure probability of a whole recording, 180 mm wide, with lanes of events below.

    Parameters
    ----------
    scores : Scores
        A pixel shows the highest frame in it.
    duration : float
        Seconds of the recording.
    threshold : float
        Drawn as a line.
    lanes : sequence of Lane
        Detected and reference events.
    gaps : sequence of (start, stop)
        Stretches without signal; they and all other time that was not analysed are hatched.
    clock_start : datetime, optional
        When the recording began; the axis then shows the time of day.

    Examples
    --------
    >>> figure = draw_probability(Scores(np.full((60, 2), 0.5), 0.0, 1.0), 60.0, 0.7, [Lane("detected", [(3.0, 9.0)])])
    >>> len(figure.axes)
    1
    """
    depth = _LANE * len(lanes) + (_LANE_PAD if lanes else 0.0)
    figure = style.new_figure(style.PAGE_WIDTH, _CURVE + depth + _BOTTOM + _TOP)
    width = style.PAGE_WIDTH - _LEFT - _RIGHT
    axes = style.place_axes(figure, _LEFT, _BOTTOM, width, _CURVE + depth)
    unit = 1.0 / _CURVE
    axes.set(xlim=(0.0, duration), ylim=(-depth * unit, 1.0 + unit))
    n_pixels = int(width / 25.4 * style.DOTS_PER_INCH)
    envelope = pixel_envelope(scores, duration, n_pixels)
    edges = np.linspace(0.0, duration, len(envelope) + 1)
    axes.stairs(np.nan_to_num(envelope), edges, fill=True, color=style.RULE, linewidth=0, zorder=2)
    axes.stairs(envelope, edges, color=style.MUTED, linewidth=0.4, baseline=None, zorder=2.2)
    for start, stop in complement_spans(
        complement_spans([*unanalysed_spans(scores, duration), *gaps], 0.0, duration), 0.0, duration
    ):
        style.hatch_span(axes, start, stop, 0.0, 1.0 + unit)
    axes.axhline(threshold, color=style.DETECTED, linewidth=0.6, linestyle=(0, (5, 3)), zorder=3)
    axes.axhline(0.0, color=style.RULE, linewidth=0.5)
    _write_heights(axes, threshold)
    _draw_lanes(axes, lanes, duration, width, unit)
    _label_time(axes, duration, clock_start)
    return figure


def _write_heights(axes: Axes, threshold: float) -> None:
    """Label 0, 1 and the threshold, which gives way to neither."""
    heights = {0.0: "0", 1.0: "1"} if 0.12 < threshold < 0.88 else {0.0 if threshold > 0.5 else 1.0: ""}
    heights = {height: f"{height:g}" for height in heights} | {threshold: f"threshold {threshold:.2g}"}
    axes.set_yticks(list(heights), list(heights.values()))


def _draw_lanes(axes: Axes, lanes: Sequence[Lane], duration: float, width: float, unit: float) -> None:
    shortest = 0.35 * duration / width
    for number, lane in enumerate(lanes):
        high = -(_LANE_PAD + number * _LANE) * unit
        bars = [_widen(span, shortest) for span in lane.spans]
        height = _LANE * unit
        axes.broken_barh(bars, (high - 0.85 * height, 0.7 * height), facecolor=lane.colour, linewidth=0, zorder=3)
        axes.axhline(high - height, color=style.FAINT_RULE, linewidth=0.4)
        place: dict[str, Any] = {
            "xycoords": axes.get_yaxis_transform(),
            "textcoords": "offset points",
            "ha": "right",
            "va": "center",
        }
        words: dict[str, Any] = {"fontsize": style.NOTE_POINTS, "color": lane.colour}
        axes.annotate(lane.name, (0, high - height / 2), xytext=(-3, 0), **place, **words)


def _widen(span: Span, shortest: float) -> tuple[float, float]:
    """Return ``(start, length)`` of a bar that is wide enough to be seen."""
    start, stop = span
    missing = max(0.0, shortest - (stop - start))
    return start - missing / 2, stop - start + missing


def _label_time(axes: Axes, duration: float, clock_start: datetime | None) -> None:
    step = tick_step(duration, 9)
    times = np.arange(0.0, duration + 1e-9, step)
    axes.set_xticks(times, [format_clock(float(time), clock_start) for time in times])
    axis = "time of day" if clock_start is not None else "h:mm:ss from the start of the recording"
    axes.set_xlabel(axis, fontsize=style.NOTE_POINTS, color=style.MUTED, labelpad=1.5)


def split_days(spans: Sequence[Span], offset: float) -> list[tuple[int, float, float]]:
    """Cut spans at midnight.

    Parameters
    ----------
    spans : sequence of (start, stop)
        Seconds of the recording.
    offset : float
        The second of the day at which the recording began.

    Returns
    -------
    list of (day, start, stop)
        The number of the day, from 0, and seconds of that day.

    Examples
    --------
    >>> split_days([(10.0, 40.0)], offset=86370.0)
    [(0, 86380.0, 86400.0), (1, 0.0, 10.0)]
    """
    pieces = []
    for start, stop in spans:
        position, end = start + offset, stop + offset
        while position < end:
            day = int(position // DAY)
            until = min(end, (day + 1) * DAY)
            pieces.append((day, position - day * DAY, until - day * DAY))
            position = until
    return pieces


def second_of_day(moment: datetime) -> float:
    """Return the seconds since midnight.

    Examples
    --------
    >>> second_of_day(datetime(2000, 1, 1, 1, 0, 2))
    3602.0
    """
    return moment.hour * 3600.0 + moment.minute * 60.0 + moment.second + moment.microsecond * 1e-6


def draw_days(
    lanes: Sequence[Lane],
    duration: float,
    start_time: datetime | None = None,
    *,
    unanalysed: Sequence[Span] = (),
    show_dates: bool = False,
) -> Figure:
    """Draw one row for each day of 24 hours, with the nights shaded.

    Parameters
    ----------
    lanes : sequence of Lane
        Each takes an equal share of the height of a row.
    duration : float
        Seconds of the recording.
    start_time : datetime, optional
        When it began; without it a row holds 24 hours counted from the start, and no night is shaded.
    unanalysed : sequence of (start, stop)
        Hatched.
    show_dates : bool
        Whether the rows carry dates; otherwise they are numbered.

    Examples
    --------
    >>> figure = draw_days([Lane("detected", [(3600.0, 3660.0)])], 2 * 86400.0, datetime(2000, 1, 1, 12))
    >>> [label.get_text() for label in figure.axes[0].get_yticklabels()]
    ['day 1', 'day 2', 'day 3']
    """
    from datetime import timedelta

    check_positive("duration", duration)
    offset = second_of_day(start_time) if start_time is not None else 0.0
    n_days = int(np.ceil((offset + duration) / DAY - 1e-12))
    row = min(7.0, _LONGEST_PAGE / n_days)
    figure = style.new_figure(style.PAGE_WIDTH, row * n_days + _BOTTOM + 2 * _TOP)
    width = style.PAGE_WIDTH - _LEFT - _RIGHT
    axes = style.place_axes(figure, _LEFT, _BOTTOM, width, row * n_days)
    axes.set(xlim=(0.0, DAY), ylim=(float(n_days), 0.0), facecolor=style.VEIL)
    pad = 0.12
    for day, start, stop in split_days([(0.0, duration)], offset):
        axes.fill_between([start, stop], day + pad, day + 1 - pad, color=style.PAPER, linewidth=0, zorder=0.5)
        for dusk, dawn in NIGHT if start_time is not None else ():
            for first, last in intersect_spans([(start, stop)], [(dusk * 3600.0, dawn * 3600.0)]):
                axes.fill_between(
                    [first, last], day + pad, day + 1 - pad, color=style.NIGHT_SHADE, linewidth=0, zorder=0.6
                )
    for day, start, stop in split_days(unanalysed, offset):
        style.hatch_span(axes, start, stop, day + pad, day + 1 - pad)
    share = (1.0 - 2 * pad) / max(len(lanes), 1)
    for number, lane in enumerate(lanes):
        for day, start, stop in split_days(lane.spans, offset):
            left, length = _widen((start, stop), 0.45 * DAY / width)
            low = day + pad + number * share
            axes.fill_between([left, left + length], low, low + share, color=lane.colour, linewidth=0, zorder=3)
    _name_lanes(axes, lanes)
    dates = [f"{start_time + timedelta(days=day):%Y-%m-%d}" for day in range(n_days)] if start_time is not None else []
    names = dates if show_dates and dates else [f"day {day + 1}" for day in range(n_days)]
    _label_days(axes, names, row, is_clock=start_time is not None)
    return figure


def _name_lanes(axes: Axes, lanes: Sequence[Lane]) -> None:
    """Write the names of the lanes above the frame, each behind a square of its colour."""
    right: Any = (1.0, 1.0)
    anchor: Any = "axes fraction"
    for lane in reversed(lanes):
        place: dict[str, Any] = {"xycoords": anchor, "ha": "right", "va": "bottom", "textcoords": "offset points"}
        gap = (0, 2) if anchor == "axes fraction" else (-6, 0)
        words: dict[str, Any] = {"fontsize": style.NOTE_POINTS, "color": lane.colour}
        note = axes.annotate(f"■ {lane.name}", right, xytext=gap, **place, **words)
        right, anchor = (0.0, 0.0), note


def _label_days(axes: Axes, names: Sequence[str], row: float, *, is_clock: bool) -> None:
    every = int(np.ceil(3.0 / row))
    axes.set_yticks([day + 0.5 for day in range(0, len(names), every)], list(names[::every]))
    hours = range(0, 25, 2)
    axes.set_xticks([hour * 3600 for hour in hours], [f"{hour:02d}:00" if is_clock else str(hour) for hour in hours])
    axes.vlines([hour * 3600 for hour in hours], 0, len(names), color=style.FAINT_RULE, linewidth=0.4, zorder=1.0)
    axis = "time of day; 22:00 to 06:00 shaded" if is_clock else "hours, 24 to a row, from the start of the recording"
    axes.set_xlabel(axis, fontsize=style.NOTE_POINTS, color=style.MUTED, labelpad=1.5)
