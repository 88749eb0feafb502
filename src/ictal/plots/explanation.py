"""Pages that say why an event got its score: by one method, all that it tells; by several, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.core.spans import Span
from ictal.plots import style
from ictal.plots.band_bars import fill_band_bars, measure_bands, measure_rows
from ictal.plots.clock import format_clock, format_duration
from ictal.plots.explained import ExplainedEvent, describe_attribution, rank_leads, share_within
from ictal.plots.explained_spectra import place_explained_spectra
from ictal.plots.explained_traces import RIGHT, count_lanes, draw_key, place_explained_traces, shade_leads
from ictal.plots.head_series import can_place, clip_span, draw_head_key, place_head_series
from ictal.plots.time_course import mark_span, measure_time_course, place_time_course
from ictal.plots.trace_parts import LANE, LEFT, lay_out_page, mark_time, measure_page, write_labels

if TYPE_CHECKING:
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 267.0, 180.0
"""Millimetres: an A4 page on its side between margins of 15 mm; a page of few parts is less high."""

MOST_LEADS = 24
REMARK = "For research use only. Not a medical device."

_TITLE, _FOOT, _KEY, _TICKS, _GAP = 12.0, 5.0, 5.5, 4.0, 1.6
_LOWER, _HEADING = 38.0, 4.0
_HEADS, _TALLEST_HEAD, _BANDS, _BETWEEN = 112.0, 22.0, 36.0, 8.0
_PANELS, _TALLEST_PANEL, _PANEL_GAP, _PANEL_TITLE = 3, 62.0, 4.0, 5.5


def draw_explanation(explained: ExplainedEvent) -> Figure:
    """Draw all that is known of why an event got its score, on a page for A4 on its side.

    Traces with what counted behind them; below, on the same seconds, the probability and the share of each second; then
    heads slice by slice, the bands, and spectrograms of the two leads that count most. What a method does not tell
    apart is left out, and the page says so. Of more than 24 leads, those that count most are drawn.

    Examples
    --------
    >>> attribution = Attribution(np.ones((1, 1, 8)), 0.0, 0.25, ("T7-P7",), method="occlusion")
    >>> figure = draw_explanation(ExplainedEvent(attribution, np.zeros((1, 512)), ("T7-P7",), 256.0, 0.0, (0.0, 1.0)))
    >>> float(round(figure.get_size_inches()[0] * 25.4))
    267.0
    """
    labels = choose_labels(explained)
    parts = _list_parts(explained)
    below = _FOOT + (_LOWER if parts else 0.0) + _KEY + _TICKS + measure_time_course(explained) + _GAP
    lanes = count_lanes(explained)
    tallest = HEIGHT - _TITLE - below - LANE * lanes
    height = below + measure_page(labels, lanes, tallest) + _TITLE
    figure = style.new_figure(WIDTH, height)
    page, note = place_explained_traces(
        figure, explained, (LEFT, below), WIDTH - LEFT - RIGHT, labels=labels, tallest=tallest
    )
    mark_time(page.axes, explained.seen, labelled=False)
    course = below - _GAP - measure_time_course(explained)
    place_time_course(figure, explained, (LEFT, course), page.width)
    draw_key(figure, explained.attribution, LEFT, course - _TICKS - 0.75 * _KEY)
    _place_parts(figure, explained, parts)
    _write_title(figure, explained)
    _write_foot(figure, explained, labels, note)
    return figure


def draw_methods(attributions: Sequence[Attribution], span: Span, clock_start: datetime | None = None) -> Figure:
    """Draw what counted by several methods side by side, 180 mm wide, leads downward and time to the right.

    The darkest shade is each method's own: methods are compared by where they see evidence, not by how much.

    Parameters
    ----------
    attributions : sequence of Attribution
        One or more, of one event.
    span : (float, float)
        Onset and end of the event, in seconds of the recording.
    clock_start : datetime, optional
        When the recording began; times are then times of day, which can identify a patient.

    Raises
    ------
    ParameterError
        If there is none.

    Examples
    --------
    >>> methods = [Attribution(np.ones((2, 1, 8)), 0.0, 0.25, ("F7-T7", "T7-P7"), method=name) for name in "ab"]
    >>> [axes.get_title(loc="left") for axes in draw_methods(methods, (0.0, 1.0)).axes]
    ['a', 'b']
    """
    if not attributions:
        raise ParameterError("attributions: none came; allowed are one or more.")
    labels = tuple(dict.fromkeys(lead for one in attributions for lead in one.leads))
    labels = labels if labels else ("all leads",)
    seen = min(one.start for one in attributions), max(one.stop for one in attributions)
    high = measure_page(labels, 0, _TALLEST_PANEL)
    n_rows = -(-len(attributions) // _PANELS)
    height = n_rows * (high + _PANEL_TITLE + _TICKS) + _FOOT
    figure = style.new_figure(style.PAGE_WIDTH, height)
    width = (style.PAGE_WIDTH - LEFT - 3.0 - (_PANELS - 1) * _PANEL_GAP) / _PANELS
    for number, one in enumerate(attributions):
        row, column = divmod(number, _PANELS)
        place = LEFT + column * (width + _PANEL_GAP), height - (row + 1) * (high + _PANEL_TITLE + _TICKS) + _TICKS
        page = lay_out_page(figure, labels, seen, place, width, 0, _TALLEST_PANEL)
        shade_leads(page, one, dark=True)
        mark_time(page.axes, seen, clock_start, at_most=4)
        mark_span(page.axes, span)
        if column == 0:
            write_labels(page, chains=False)
        page.axes.set_title(one.method, fontsize=style.LABEL_POINTS, color=style.INK, loc="left", pad=2.0)
    said = "Warm: speaks for the score; blue, lower third: against it. The darkest shade is each method's own."
    _write(figure, LEFT, 1.4, f"{said} {REMARK}")
    return figure


def choose_labels(explained: ExplainedEvent, most: int = MOST_LEADS) -> tuple[str, ...]:
    """Return the leads that are drawn: all, or of many those that count most, in their order.

    Examples
    --------
    >>> attribution = Attribution([[[1.0]], [[0.0]], [[2.0]]], 0.0, 1.0, ("Fz-Cz", "F7-T7", "T7-P7"))
    >>> event = ExplainedEvent(attribution, np.zeros((3, 256)), attribution.leads, 256.0, 0.0, (0.0, 1.0))
    >>> choose_labels(event, 2)
    ('Fz-Cz', 'T7-P7')
    """
    ranked = rank_leads(explained.attribution)
    first = [*ranked, *(label for label in explained.labels if label not in ranked)][:most]
    return tuple(label for label in explained.labels if label in first)


def _list_parts(explained: ExplainedEvent) -> tuple[str, ...]:
    attribution = explained.attribution
    if not attribution.evidence.any():
        return ()
    first, last = clip_span(attribution, explained.span)
    heads = ("heads",) if can_place(attribution.leads) and last > first else ()
    return (*heads, "bands", "spectra") if attribution.frequencies else heads


def _place_parts(figure: Figure, explained: ExplainedEvent, parts: tuple[str, ...]) -> None:
    """Put heads, bands and spectrograms side by side below the traces."""
    attribution, left, bottom = explained.attribution, 6.0, _FOOT + 1.0
    if "heads" in parts:
        _write_heading(figure, left, "where on the head, in seconds from onset")
        width = _HEADS if len(parts) > 1 else WIDTH - 2 * left
        place = left, bottom + 4.5
        top = place_head_series(figure, attribution, explained.span, place, width, _TALLEST_HEAD)
        draw_head_key(figure, top, (left, bottom + 1.0))
        left += _HEADS + _BETWEEN
    if "bands" in parts:
        shares = attribution.of_bands
        high = min(measure_rows(shares), _LOWER - _HEADING - 7.0)
        _write_heading(figure, left, "which waves")
        axes = style.place_axes(figure, left + 9.0, _FOOT + _LOWER - _HEADING - high - 1.0, _BANDS - 16.0, high)
        fill_band_bars(axes, shares, _measure_event(explained))
        _write(figure, left, bottom + 1.5, "grey: share of the signal's power")
        left += _BANDS + _BETWEEN
    if "spectra" in parts:
        _write_heading(figure, left, "which waves when; the line holds half of what counted on a lead")
        width = min(WIDTH - left - 4.0, 150.0)
        place_explained_spectra(figure, explained, (left + 4.0, bottom + 4.0), width - 4.0, _LOWER - 16.0, 2)


def _measure_event(explained: ExplainedEvent) -> dict[str, float]:
    """Return how the power of the signal inside the event is shared among bands."""
    rate = explained.sampling_rate
    first, last = (round((edge - explained.start) * rate) for edge in clip_span(explained.attribution, explained.span))
    return measure_bands(explained.signal[:, max(first, 0) : max(last, 0)], rate)


def _write_title(figure: Figure, explained: ExplainedEvent) -> None:
    height = figure.get_size_inches()[1] * 25.4
    start, stop = explained.span
    when = f"{format_clock(start, explained.clock_start)} to {format_clock(stop, explained.clock_start)}"
    parts = [
        explained.recording,
        f"{'event' if explained.recording else 'Event'} {when} ({format_duration(stop - start)})",
    ]
    look: dict[str, Any] = {"colour": style.INK, "points": 9.0, "weight": "bold"}
    _write(figure, LEFT, height - 4.0, " · ".join(part for part in parts if part), **look)
    said = describe_attribution(explained.attribution, start)
    _write(figure, LEFT, height - 7.6, said, colour=style.INK, points=7.0)
    details = [
        f"detector {explained.detector}" if explained.detector else "",
        f"method {explained.attribution.method}" if explained.attribution.method else "",
        f"target {explained.target}" if explained.target else "",
        f"score {explained.score:.2f} (mean log-odds)" if np.isfinite(explained.score) else "",
    ]
    _write(figure, LEFT, height - 10.7, " · ".join(detail for detail in details if detail), points=style.LABEL_POINTS)


def _write_foot(figure: Figure, explained: ExplainedEvent, labels: tuple[str, ...], note: str) -> None:
    attribution = explained.attribution
    share = share_within(attribution, labels, explained.seen)
    said = [REMARK, f"{100 * share:.0f} % of the attribution is shown."]
    if len(labels) < len(explained.labels):
        said.append(f"{len(labels)} of {len(explained.labels)} leads, those that count most.")
    missing = _name_missing(attribution)
    if missing:
        said.append(f"{attribution.method or 'The method'} does not tell {missing} apart.")
    _write(figure, LEFT, 1.6, " ".join(said))
    _write(figure, WIDTH - RIGHT, 1.6, note, align="right")


def _name_missing(attribution: Attribution) -> str:
    axes = {"leads": bool(attribution.leads), "frequencies": bool(attribution.frequencies)}
    return " and ".join(name for name, told in axes.items() if not told)


def _write_heading(figure: Figure, left: float, text: str) -> None:
    _write(figure, left, _FOOT + _LOWER - _HEADING + 1.5, text, colour=style.INK, points=style.LABEL_POINTS)


def _write(
    figure: Figure,
    left: float,
    bottom: float,
    text: str,
    *,
    colour: str = style.MUTED,
    points: float = style.NOTE_POINTS,
    weight: str = "normal",
    align: str = "left",
) -> None:
    width, height = figure.get_size_inches() * 25.4
    look: dict[str, Any] = {"color": colour, "fontsize": points, "fontweight": weight, "ha": align, "va": "baseline"}
    figure.text(left / width, bottom / height, text, **look)
