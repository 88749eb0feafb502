"""Pictures of a report: what to draw, what to read for it, and what to say to a reader who cannot see it."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from ictal.core.events import Event
from ictal.core.localisation import Localisation, find_focus, weigh_electrodes
from ictal.core.recording import Recording
from ictal.core.spans import Span
from ictal.detection.result import Detection
from ictal.plots import style
from ictal.plots.clock import format_clock, format_duration
from ictal.plots.headmap import draw_headmap, draw_headmaps
from ictal.plots.strips import Lane, draw_days, draw_probability
from ictal.plots.traces import TraceMarks, choose_sensitivity, draw_traces
from ictal.reports.coverage import Coverage

if TYPE_CHECKING:
    from matplotlib.figure import Figure

MARGIN = 10.0
"""Seconds of EEG before and after an event."""

LONGEST_PAGE = 30.0
MOST_PAGES = 4

_PIXELS_PER_INCH = 96


@dataclass(frozen=True)
class Picture:
    """A picture inside the page.

    Attributes
    ----------
    source : str
        A data URI.
    width, height : int
        CSS pixels of its true size.
    alt : str
        What it shows, in words.
    caption : str
        One line below it.
    """

    source: str
    width: int
    height: int
    alt: str
    caption: str = ""


@dataclass(frozen=True)
class TraceStyle:
    """What all pictures of traces in one report share."""

    recording: Recording
    detection: Detection
    detected: tuple[Event, ...]
    references: tuple[Event, ...]
    clock_start: datetime | None


def embed(figure: Figure, kind: str, alt: str, caption: str = "") -> Picture:
    """Turn a figure into a picture; `kind` is ``png`` for dense lines, ``svg`` for few shapes."""
    encoded = style.encode_png(figure) if kind == "png" else style.encode_svg(figure)
    media = "image/png" if kind == "png" else "image/svg+xml"
    width, height = (round(float(side) * _PIXELS_PER_INCH) for side in figure.get_size_inches())
    return Picture(f"data:{media};base64,{base64.b64encode(encoded).decode()}", width, height, alt, caption)


def cut_pages(start: float, stop: float) -> tuple[Span, ...]:
    """Cut a stretch into equal pages of at most 30 s; of a long one, keep the first three pages and the last.

    Examples
    --------
    >>> cut_pages(0.0, 50.0)
    ((0.0, 25.0), (25.0, 50.0))
    >>> cut_pages(0.0, 600.0)[-2:]
    ((60.0, 90.0), (570.0, 600.0))
    """
    n_pages = max(1, int(np.ceil((stop - start) / LONGEST_PAGE - 1e-9)))
    if n_pages > MOST_PAGES:
        first = [(start + i * LONGEST_PAGE, start + (i + 1) * LONGEST_PAGE) for i in range(MOST_PAGES - 1)]
        return (*first, (stop - LONGEST_PAGE, stop))
    edges = np.linspace(start, stop, n_pages + 1)
    return tuple((float(a), float(b)) for a, b in itertools.pairwise(edges))


def picture_event(event: Event, name: str, look: TraceStyle) -> tuple[Picture, ...]:
    """Read and draw the EEG from 10 s before an event to 10 s after it; nothing else is read."""
    recording, detection = look.recording, look.detection
    start, stop = max(0.0, event.onset - MARGIN), min(recording.duration, event.stop + MARGIN)
    if stop <= start:
        return ()
    pages = cut_pages(start, stop)
    signals = [recording.read(first, last) for first, last in pages]
    sensitivity = choose_sensitivity(np.concatenate(signals, axis=1), recording.channels, detection.masked)
    marks = TraceMarks(
        events=look.detected,
        references=look.references,
        driving=event.channels,
        interpolated=detection.interpolated,
        masked=detection.masked,
        gaps=recording.gaps,
        artefacts=detection.artefacts,
    )
    pictures = []
    for number, ((first, last), signal) in enumerate(zip(pages, signals, strict=True), start=1):
        if signal.shape[1] == 0:
            continue
        figure = draw_traces(
            signal,
            recording.channels,
            recording.sampling_rate,
            first,
            marks=marks,
            sensitivity=sensitivity,
            scores=detection.scores,
            clock_start=look.clock_start,
        )
        where = f"{format_clock(first, look.clock_start)} to {format_clock(last, look.clock_start)}"
        caption = where if len(pages) == 1 else f"{where}, part {number} of {len(pages)}"
        omitted = first - pages[number - 2][1] if number > 1 else 0.0
        if omitted > 0.5:
            caption += f"; the {format_duration(omitted)} before this part are not shown"
        pictures.append(embed(figure, "png", _describe_traces(event, name, where, look), caption))
    return tuple(pictures)


def _describe_traces(event: Event, name: str, where: str, look: TraceStyle) -> str:
    n_leads = len(look.recording.channels)
    text = f"EEG of {name}, {n_leads} lead{'s' if n_leads != 1 else ''}, {where}."
    return text + (f" Leads that carry it: {', '.join(event.channels)}." if event.channels else "")


def picture_headmap(where: Localisation) -> Picture | None:
    """Draw which leads carry the onset of an event, where they have a place on the head."""
    if not any(weigh_electrodes(where.of_onset).values()):
        return None
    leads = f"leads that carry the onset: {', '.join(where.carrying)}"
    return embed(draw_headmap(where.of_onset), "svg", f"Head from above, {describe_focus(where.of_onset)}; {leads}.")


def picture_spread(where: Localisation) -> Picture | None:
    """Draw how an event spreads, one small head for each of its slices; ``None`` where there is only one."""
    maps = {f"{start - where.slices[0][0]:.0f} s": weights for (start, _), weights in where.of_slices}
    if len(maps) < 2 or not any(any(weigh_electrodes(weights).values()) for weights in maps.values()):
        return None
    told = "; ".join(f"{words} {describe_focus(weights)}" for words, weights in maps.items())
    caption = "Spread, in seconds after the onset. Darker: more unlike the EEG before the event."
    return embed(draw_headmaps(maps), "svg", f"Heads from above, {len(maps)} moments of the event: {told}.", caption)


def describe_focus(weights: Mapping[str, float]) -> str:
    """Say in words where the weights of leads are highest.

    Examples
    --------
    >>> describe_focus({"F7-T7": 1.0, "T7-P7": 1.0, "F8-T8": 0.1}), describe_focus({"F7-T7": 0.0})
    ('left temporal (T7)', 'nowhere')
    """
    focus = find_focus(weights)
    return "nowhere" if focus is None else f"{focus.hemisphere} {focus.lobe} ({focus.electrode})"


def picture_probability(
    detection: Detection, lanes: Sequence[Lane], coverage: Coverage, clock_start: datetime | None
) -> Picture:
    """Draw the probability over the whole recording."""
    figure = draw_probability(
        detection.scores,
        detection.duration,
        detection.threshold,
        lanes,
        gaps=detection.gaps,
        clock_start=clock_start,
    )
    highest = np.nanmax(detection.scores.seizure, initial=0.0)
    alt = (
        f"Seizure probability over {format_duration(detection.duration)}, at most {highest:.2f}; "
        f"threshold {detection.threshold:.2g}; {format_duration(coverage.analysed)} analysed. {_count_lanes(lanes)}"
    )
    return embed(figure, "svg", alt)


def picture_days(detection: Detection, lanes: Sequence[Lane], coverage: Coverage, *, show_dates: bool) -> Picture:
    """Draw the days of the recording one below the other."""
    figure = draw_days(
        lanes, detection.duration, detection.start_time, unanalysed=coverage.unanalysed, show_dates=show_dates
    )
    rows = "by time of day" if detection.start_time is not None else "by hours since the start"
    return embed(figure, "svg", f"Events {rows}, one row for 24 hours. {_count_lanes(lanes)}")


def _count_lanes(lanes: Sequence[Lane]) -> str:
    return "; ".join(f"{lane.name}: {len(lane.spans)}" for lane in lanes) + "."
