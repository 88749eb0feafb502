"""How early, how late and how long detections are: the table and the picture of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ictal.evaluation.dataset import Estimate
from ictal.evaluation.measures import Measures
from ictal.evaluation.timing import WITHIN, ErrorSpread, describe_spread
from ictal.plots.timing import draw_errors
from ictal.reports.pictures import Picture, embed
from ictal.reports.run_figures import show_percent, show_seconds

TITLES = {
    "onset_latency": "onset",
    "offset_error": "offset",
    "duration_error": "duration",
}
"""Name of :data:`ictal.evaluation.timing.ERRORS` → what a page calls it."""


@dataclass(frozen=True)
class TimingRow:
    """A row of the table, as text.

    Attributes
    ----------
    title, median, interval, half : str
    within : tuple of str
        For each of :data:`ictal.evaluation.timing.WITHIN`.
    """

    title: str
    median: str
    interval: str
    half: str
    within: tuple[str, ...]


def show_timing(measures: Measures) -> dict[str, Any]:
    """Return what the template says of times: ``times``, ``within``, ``n_detected``, ``n_reference``, ``strip``."""
    spreads = describe_spread(measures.timings, measures.subject_numbers, measures.curves.draws)
    return {
        "times": [_tell(TITLES[name], spread) for name, spread in spreads.items()],
        "within": WITHIN,
        "n_detected": spreads["onset_latency"].n_detected,
        "n_reference": sum(timing.n_reference for timing in measures.timings),
        "strip": _draw(measures, spreads) if spreads["onset_latency"].n_detected else None,
    }


def show_interval(estimate: Estimate) -> str:
    """Return between which seconds an estimate lies.

    Examples
    --------
    >>> show_interval(Estimate(4.0, 5, -1.25, 9.0)), show_interval(Estimate(4.0, 1))
    ('−1.2 to +9.0 s', '–')
    """
    if not estimate.has_interval:
        return "–"
    return f"{show_seconds(estimate.low).removesuffix(' s')} to {show_seconds(estimate.high)}"


def _tell(title: str, spread: ErrorSpread) -> TimingRow:
    low, high = spread.quartiles
    half = f"{show_seconds(low).removesuffix(' s')} to {show_seconds(high)}" if np.isfinite(low) else "–"
    within = tuple(show_percent(spread.within[limit]) for limit in WITHIN)
    return TimingRow(title, show_seconds(spread.median.value), show_interval(spread.median), half, within)


def _draw(measures: Measures, spreads: dict[str, ErrorSpread]) -> Picture:
    errors = {TITLES[name]: np.concatenate([getattr(timing, name) for timing in measures.timings]) for name in spreads}
    told = "; ".join(f"{TITLES[name]} {show_seconds(one.median.value)}" for name, one in spreads.items())
    alt = f"A dot for each of {spreads['onset_latency'].n_detected} detected seizures. Medians: {told}."
    return embed(draw_errors(errors), "svg", alt, "Dots: detected seizures; shaded: the middle half; line: the median.")
