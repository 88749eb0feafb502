"""The report of one recording: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import heapq
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.localisation import Localisation, find_focus
from ictal.core.recording import Recording
from ictal.detection.result import Detection
from ictal.io.atomic import atomic_write
from ictal.plots import style
from ictal.plots.strips import Lane
from ictal.reports.burden import format_burden_csv, measure_burden
from ictal.reports.comparison import RULE, Comparison, compare_events
from ictal.reports.coverage import measure_coverage
from ictal.reports.page import flatten_settings, load_template
from ictal.reports.pictures import (
    Picture,
    TraceStyle,
    describe_focus,
    picture_days,
    picture_event,
    picture_headmap,
    picture_probability,
    picture_spread,
)

TEMPLATE = "recording.html.j2"
DEFAULT_TITLE = "Recording"
SHORTEST_FOR_RATES = 600.0
"""Seconds analysed below which a rate per hour or day would say nothing."""


@dataclass(frozen=True)
class Entry:
    """One row of the table of events, and its pictures.

    Attributes
    ----------
    anchor, name : str
        ``event-3`` and ``Event 3``, or ``miss-1`` and ``Miss 1``.
    event : Event
    verdict : str
        ``hit``, ``false alarm``, ``miss``, or nothing without a reference.
    has_pictures : bool
        Whether its EEG is in the report.
    where : Localisation or None
        Which leads carry it, where it was detected and that is known.
    """

    anchor: str
    name: str
    event: Event
    verdict: str
    has_pictures: bool
    where: Localisation | None = None


@dataclass(frozen=True)
class Drawn:
    """The pictures of one entry.

    Attributes
    ----------
    traces : tuple of Picture
        Its EEG.
    place : str
        In words, where it begins; nothing where that is not known.
    head, spread, reason : Picture or None
        Where it begins, how it spreads, and what counted for its score.
    """

    traces: tuple[Picture, ...]
    place: str = ""
    head: Picture | None = None
    spread: Picture | None = None
    reason: Picture | None = None


def write_report(
    path: Path | str,
    recording: Recording,
    detection: Detection,
    reference: Annotations | None = None,
    *,
    max_events: int = 50,
    title: str | None = None,
    show_name: bool = False,
    show_dates: bool = False,
    reasons: Callable[[Event], Picture] | None = None,
) -> None:
    """Write the report of one recording as a single HTML file without scripts and without links to the outside.

    Parameters
    ----------
    path : path
        Where the file shall be; it is there whole or not at all.
    recording : Recording
        The leads of the detection, filtered for display; it is read around the events only.
    detection : Detection
        What was found.
    reference : Annotations, optional
        What a reader marked; hits, misses and false alarms are then shown.
    max_events : int
        For how many detected events, those of highest confidence, and for how many misses the EEG is drawn.
    title : str, optional
        Heading of the page.
    show_name : bool
        Whether the name of the file stands there when no title is given.
    show_dates : bool
        Whether dates and times of day are shown with every event; either can identify a patient. Without them
        only the day–night strip and the burden by clock hour tell the time of day.
    reasons : callable, optional
        From an event to a picture of what counted for its score.

    Raises
    ------
    ParameterError
        If `max_events` is negative.
    OutputError
        If the file cannot be written.
    """
    if max_events < 0:
        raise ParameterError(f"max_events: {max_events!r} is not allowed; it must be 0 or more.")
    context = _build_context(recording, detection, reference, max_events, show_dates=show_dates, reasons=reasons)
    name = recording.source.name if show_name and recording.source is not None else DEFAULT_TITLE
    page = load_template(TEMPLATE).generate(context, title=title if title is not None else name)
    with atomic_write(path, "w") as file:
        file.writelines(page)


def _build_context(
    recording: Recording,
    detection: Detection,
    reference: Annotations | None,
    max_events: int,
    *,
    show_dates: bool,
    reasons: Callable[[Event], Picture] | None,
) -> dict[str, Any]:
    detected = detection.events.seizures
    comparison = compare_events(detected, reference) if reference is not None else None
    coverage = measure_coverage(detection)
    burden = measure_burden(
        Annotations(detected, detection.duration), unanalysed=coverage.unanalysed, start_time=detection.start_time
    )
    lanes = _make_lanes(detected, comparison)
    clock_start = detection.start_time if show_dates else None
    references = reference.seizures.events if reference is not None else ()
    look = TraceStyle(recording, detection, detected.events, references, clock_start)
    places = dict(zip(detection.events, detection.localised, strict=True)) if detection.localised else {}
    entries = _list_entries(detected, comparison, max_events, places)
    return {
        "detection": detection,
        "coverage": coverage,
        "burden": burden,
        "burden_csv": base64.b64encode(format_burden_csv(burden).encode()).decode(),
        "comparison": comparison,
        "rule": RULE,
        "has_rates": coverage.analysed >= SHORTEST_FOR_RATES,
        "entries": entries,
        "probability": picture_probability(detection, lanes, coverage, clock_start),
        "days": picture_days(detection, lanes, coverage, show_dates=show_dates),
        "draw": lambda entry: _draw_entry(entry, look, reasons),
        "clock_start": clock_start,
        "notes": [_without_source(note, recording.source) for note in detection.notes],
        "settings": [
            (name, _without_source(value, recording.source)) for name, value in flatten_settings(detection.settings)
        ],
        "provenance": [
            (name, _without_source(value, recording.source)) for name, value in flatten_settings(detection.provenance)
        ],
    }


def _draw_entry(entry: Entry, look: TraceStyle, reasons: Callable[[Event], Picture] | None) -> Drawn:
    """Return the pictures of one entry; called while the page is written, so those of one are held at a time."""
    traces = picture_event(entry.event, entry.name.lower(), look)
    reason = None if reasons is None else reasons(entry.event)
    if entry.where is None:
        return Drawn(traces, reason=reason)
    weights = entry.where.of_onset
    place = describe_focus(weights) if find_focus(weights) is not None else ""
    return Drawn(traces, place, picture_headmap(entry.where), picture_spread(entry.where), reason)


def _make_lanes(detected: Annotations, comparison: Comparison | None) -> list[Lane]:
    if comparison is None:
        return [Lane("detected", [event.span for event in detected], style.DETECTED)]
    return [
        Lane("hits", [event.span for event in comparison.true_detections], style.DETECTED),
        Lane("false alarms", [event.span for event in comparison.false_alarms], style.FALSE_ALARM),
        Lane("reference", [event.span for event in (*comparison.hits, *comparison.misses)], style.REFERENCE),
        Lane("misses", [event.span for event in comparison.misses], style.MISSED),
    ]


def _list_entries(
    detected: Annotations,
    comparison: Comparison | None,
    max_events: int,
    places: Mapping[Event, Localisation],
) -> list[Entry]:
    """Number detected events and misses, and put both in order of time."""
    sureness = [event.confidence if event.confidence is not None else 0.0 for event in detected]
    drawn = set(heapq.nlargest(max_events, range(len(detected)), key=lambda i: (sureness[i], -i)))
    found = set(comparison.true_detections) if comparison is not None else set()
    entries = []
    for i, event in enumerate(detected):
        verdict = "" if comparison is None else "hit" if event in found else "false alarm"
        entries.append(Entry(f"event-{i + 1}", f"Event {i + 1}", event, verdict, i in drawn, places.get(event)))
    for i, event in enumerate(comparison.misses if comparison is not None else ()):
        entries.append(Entry(f"miss-{i + 1}", f"Miss {i + 1}", event, "miss", i < max_events))
    return sorted(entries, key=lambda entry: entry.event.span)


def _without_source(text: str, source: Path | None) -> str:
    """Return a text that does not give away the file of the recording."""
    for name in (str(source), source.name, source.stem) if source is not None else ():
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", "the recording", text)
    return text
