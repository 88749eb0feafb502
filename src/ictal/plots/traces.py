"""EEG as it is read: leads stacked by chain, negative up, at a stated sensitivity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from ictal.core.artefacts import Artefact
from ictal.core.errors import ParameterError, check_positive
from ictal.core.events import Event
from ictal.core.scores import Scores
from ictal.core.spans import Span
from ictal.plots import style
from ictal.plots.trace_parts import (
    INTERPOLATED,
    LEFT,
    draw_leads,
    draw_probability_lane,
    draw_scale,
    hatch_gaps,
    lay_out_page,
    mark_events,
    mark_time,
    measure_page,
    write_labels,
)
from ictal.plots.trace_rows import row_spacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MANTISSAS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
_RIGHT, _BOTTOM, _TOP = 12.0, 8.0, 1.0
_PROBABILITY_LANE = 8.0


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
    if sensitivity is None:
        sensitivity = choose_sensitivity(data, labels, known.masked)
    lanes = [lane for lane in (("detected", known.events), ("reference", known.references)) if lane[1]]
    below = _PROBABILITY_LANE + 2.0 if scores is not None else 0.0
    height = measure_page(labels, len(lanes)) + below + _BOTTOM + _TOP
    figure = style.new_figure(style.PAGE_WIDTH, height)
    width = style.PAGE_WIDTH - LEFT - _RIGHT
    span = (start, start + data.shape[1] / sampling_rate)
    page = lay_out_page(figure, labels, span, (LEFT, _BOTTOM + below), width, len(lanes))
    mark_time(page.axes, span, clock_start, labelled=scores is None)
    mark_events(page, lanes)
    driving, masked = known.driving, known.masked
    draw_leads(page, data, sampling_rate, sensitivity, driving=driving, masked=masked, artefacts=known.artefacts)
    write_labels(page, driving=driving, masked=masked, interpolated=known.interpolated)
    hatch_gaps(page, known.gaps)
    draw_scale(page, sensitivity)
    if scores is not None:
        lane_axes = style.place_axes(figure, LEFT, _BOTTOM, width, _PROBABILITY_LANE)
        draw_probability_lane(lane_axes, span, scores, clock_start)
    legend = (
        f"{sensitivity:g} µV/mm at {style.PAGE_WIDTH:g} mm width, negative up, {width / (span[1] - span[0]):.2g} mm/s"
    )
    if set(known.interpolated) & set(labels):
        legend += f"; {INTERPOLATED}: interpolated from neighbouring electrodes"
    figure.text(LEFT / style.PAGE_WIDTH, 1.0 / height, legend, fontsize=style.NOTE_POINTS, color=style.MUTED)
    return figure


def choose_sensitivity(
    signal: ArrayLike, labels: Sequence[str], masked: Sequence[str] = (), spacing: float | None = None
) -> float:
    """Return the µV/mm, from the usual 1–1.5–2–3–5–7 steps, at which most leads keep to their own row.

    Parameters
    ----------
    signal : array-like, shape (n_leads, n_samples)
        µV.
    labels, masked : sequence of str
        The leads, and those that do not count.
    spacing : float, optional
        Millimetres between two leads; as :func:`row_spacing` says, where not given.

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
    room = spacing if spacing is not None else row_spacing(len(labels))
    wanted = max(float(usual) / 0.7, float(largest) / 0.85) / room
    if not 1e-6 < wanted < 1e9:
        return 10.0
    decade = 10.0 ** np.floor(np.log10(wanted))
    steps = [float(mantissa * decade) for mantissa in (*_MANTISSAS, 10.0)]
    return float(f"{next(step for step in steps if step >= wanted * (1 - 1e-9)):.3g}")
