"""EEG with what counted for its score behind the traces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ictal.core.attribution import Attribution
from ictal.core.events import Event
from ictal.core.spans import complement_spans
from ictal.plots import shades, style
from ictal.plots.explained import ExplainedEvent, find_leading
from ictal.plots.trace_parts import (
    LEFT,
    Lanes,
    Page,
    draw_leads,
    draw_scale,
    lay_out_page,
    mark_events,
    mark_time,
    measure_page,
    write_labels,
)
from ictal.plots.traces import choose_sensitivity

if TYPE_CHECKING:
    from matplotlib.figure import Figure

RIGHT = 27.0
"""Millimetres right of the traces, for the shares of leads and the scale."""

_BOTTOM, _TOP = 12.0, 1.0
_SHARE_BAR = 6.0
_SCALE_AT = 12.0
_FAINTEST = 0.04
_LOW_THIRD = 1 / 3


def draw_explained_traces(explained: ExplainedEvent, sensitivity: float | None = None) -> Figure:
    """Draw EEG as it is read, 180 mm wide, each lead shaded by how much it counted at each time.

    What speaks for the score fills the row of its lead; what speaks against it fills only the lower third, so that the
    two are told apart without colours. Where leads are not told apart, columns go through all of them.

    Parameters
    ----------
    explained : ExplainedEvent
    sensitivity : float, optional
        µV/mm; chosen where not given.

    Examples
    --------
    >>> attribution = Attribution(np.ones((1, 1, 8)), 0.0, 0.25, ("T7-P7",), method="occlusion")
    >>> figure = draw_explained_traces(ExplainedEvent(attribution, np.zeros((1, 512)), ("T7-P7",), 256.0, 0.0, (0, 1)))
    >>> float(figure.get_size_inches()[0] * 25.4)
    180.0
    """
    height = measure_page(explained.labels, count_lanes(explained)) + _BOTTOM + _TOP
    figure = style.new_figure(style.PAGE_WIDTH, height)
    width = style.PAGE_WIDTH - LEFT - RIGHT
    page, note = place_explained_traces(figure, explained, (LEFT, _BOTTOM), width, sensitivity=sensitivity)
    mark_time(page.axes, explained.seen, explained.clock_start)
    draw_key(figure, explained.attribution, LEFT, 4.0)
    figure.text(LEFT / style.PAGE_WIDTH, 1.0 / height, note, fontsize=style.NOTE_POINTS, color=style.MUTED)
    return figure


def place_explained_traces(
    figure: Figure,
    explained: ExplainedEvent,
    place: tuple[float, float],
    width: float,
    *,
    labels: tuple[str, ...] | None = None,
    tallest: float = np.inf,
    sensitivity: float | None = None,
) -> tuple[Page, str]:
    """Put shaded traces on a figure, their lower left corner at these millimetres; return them and their scale.

    Time is not marked. Where `labels` are given, only these are drawn.
    """
    attribution = explained.attribution
    labels = labels if labels is not None else explained.labels
    signal = explained.signal[[explained.labels.index(label) for label in labels]]
    lanes = _lanes_of(explained)
    page = lay_out_page(figure, labels, explained.seen, place, width, len(lanes), tallest)
    if sensitivity is None:
        sensitivity = choose_sensitivity(signal, labels, spacing=page.spacing)
    leading = find_leading(attribution)
    shade_leads(page, attribution)
    mark_events(page, lanes, shaded=False)
    draw_leads(page, signal, explained.sampling_rate, sensitivity)
    write_labels(page, driving=tuple(lead for lead in leading if lead in labels))
    _write_shares(page, attribution, leading)
    draw_scale(page, sensitivity, _SCALE_AT if len(attribution.leads) > 1 else 0.0)
    speed = width / (page.stop - page.start)
    note = f"{sensitivity:g} µV/mm, negative up, {speed:.2g} mm/s at {figure.get_size_inches()[0] * 25.4:.0f} mm width"
    return page, note


def shade_leads(page: Page, attribution: Attribution, *, dark: bool = False) -> None:
    """Shade the rows of leads behind their traces, column by column; all rows alike where leads are not told apart.

    What the attribution does not tell about is veiled. Where nothing is drawn on them, shades may be `dark`.
    """
    net = shades.sum_net(attribution.values)
    top = shades.find_top(np.abs(net))
    told = bool(attribution.leads)
    bands = [_find_band(page, lead) for lead in attribution.leads] if told else [(-page.depth, page.depth)]
    for first, last in complement_spans([(attribution.start, attribution.stop)], page.start, page.stop):
        page.axes.axvspan(first, last, color=style.VEIL, linewidth=0, zorder=0.1)
    warm = shades.make_ramp(shades.ALONE if dark else shades.FOR)
    cool = shades.make_ramp(shades.AGAINST_ALONE if dark else shades.AGAINST)
    for (low, height), amounts in zip(bands, net, strict=True):
        columns = np.flatnonzero(np.abs(amounts) > _FAINTEST * top)
        left = attribution.times[columns]
        tall = np.where(amounts[columns] > 0, height, height * _LOW_THIRD)
        share = np.minimum(np.abs(amounts[columns]) / top, 1.0)
        colours = np.where(amounts[columns, None] > 0, warm(share), cool(share))
        shades.add_boxes(page.axes, (left, left + attribution.step, np.full_like(left, low), low + tall), colours, 0.3)


def draw_key(figure: Figure, attribution: Attribution, left: float, bottom: float) -> None:
    """Say what the colours mean, at these millimetres of the figure."""
    net = shades.sum_net(attribution.values)
    top = shades.find_top(np.abs(net)) / attribution.step
    method = f" ({attribution.method})" if attribution.method else ""
    if not net.any():
        shades.write_key(figure, (left, bottom), f"nothing speaks for the score{method}")
        return
    where = "of one lead" if attribution.leads else "of all leads together"
    shades.draw_swatch(figure, (left, bottom), shades.FOR)
    text = f"speaks for the score{method}: 0 to {100 * top:.2g} % of all in a second {where}, or more"
    right = left + 14.0 + shades.write_key(figure, (left + 14.0, bottom), text)
    if (net < 0).any():
        shades.draw_swatch(figure, (right + 4.0, bottom), shades.AGAINST, _LOW_THIRD)
        shades.write_key(figure, (right + 18.0, bottom), "speaks against it")


def count_lanes(explained: ExplainedEvent) -> int:
    """Return how many rows of events stand above the traces."""
    return len(_lanes_of(explained))


def _lanes_of(explained: ExplainedEvent) -> Lanes:
    found = [("detected", [Event(explained.span[0], explained.span[1] - explained.span[0])])]
    marked = [("reference", [Event(first, last - first) for first, last in explained.references])]
    return found + (marked if explained.references else [])


def _find_band(page: Page, lead: str) -> tuple[float, float]:
    """Return the bottom and the height of the row of a lead; of one that is not on the page the height is 0."""
    if page.labels == (lead,):
        return -page.depth, page.depth
    if lead not in page.labels:
        return 0.0, 0.0
    return page.heights[page.labels.index(lead)] - page.spacing / 2, page.spacing


def _write_shares(page: Page, attribution: Attribution, leading: tuple[str, ...]) -> None:
    """Draw the share of each lead as a bar beside its row, and write it for those that stand out."""
    if len(attribution.leads) < 2:
        return
    millimetre = (page.stop - page.start) / page.width
    shares = attribution.of_leads
    longest = max(float(shares.max()), 1e-12)
    left = page.stop + 1.2 * millimetre
    for lead, share in zip(attribution.leads, shares, strict=True):
        if lead not in page.labels:
            continue
        height = page.heights[page.labels.index(lead)]
        stands_out = lead in leading
        colour = style.DETECTED if stands_out else style.UNSEEN
        length = _SHARE_BAR * millimetre * share / longest
        page.axes.barh(height, length, 0.42 * page.spacing, left, color=colour, linewidth=0, clip_on=False)
        if stands_out:
            words: dict[str, Any] = {"fontsize": style.NOTE_POINTS, "color": style.DETECTED, "va": "center"}
            page.axes.text(left + length + 0.7 * millimetre, height, f"{100 * share:.0f} %", **words)
    page.axes.set_xlim(page.start, page.stop)
