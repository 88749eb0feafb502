"""Figures of a run as its report shows them: tiles, tables, and how a number is written."""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from ictal.evaluation.bootstrap import LEVEL
from ictal.evaluation.dataset import Estimate
from ictal.evaluation.measures import EVENTS, FIGURES, SECONDS, WINDOWS, Measures
from ictal.evaluation.measures_json import encode_measures, format_subjects

TILES = OF_FOLDS = ("event_sensitivity", "event_f1", "false_alarms_per_day", "auroc", "pr_auc")
"""The figures at the top of the page, and of the table of folds."""

OF_SUBJECTS = (
    *("event_sensitivity", "event_precision", "event_f1", "false_alarms_per_day", "sample_f1"),
    *("auroc", "pr_auc", "balanced_accuracy"),
)
"""The figures of the table of subjects."""

GROUPS = {EVENTS: "Events", SECONDS: "Seconds", WINDOWS: "Windows"}

UNDEFINED = "–"


def show_figure(value: float, name: str) -> str:
    """Return a figure as a table shows it.

    Examples
    --------
    >>> show_figure(0.81249, "auroc"), show_figure(12.345, "false_alarms_per_day"), show_figure(math.nan, "auroc")
    ('0.812', '12.3', '–')
    """
    if not math.isfinite(value):
        return UNDEFINED
    if name != "false_alarms_per_day":
        return f"{value:.3f}"
    return f"{value:.1f}" if value < 1000 else f"{value:.0f}"


def show_estimate(estimate: Estimate, name: str) -> str:
    """Return a figure with its interval, where it has one.

    Examples
    --------
    >>> show_estimate(Estimate(0.8, 3, 0.71, 0.93), "auroc"), show_estimate(Estimate(0.8, 1), "auroc")
    ('0.800 [0.710, 0.930]', '0.800')
    """
    shown = show_figure(estimate.value, name)
    if not estimate.has_interval:
        return shown
    return f"{shown} [{show_figure(estimate.low, name)}, {show_figure(estimate.high, name)}]"


def show_percent(estimate: Estimate) -> str:
    """Return a share in percent with its interval, where it has one.

    Examples
    --------
    >>> show_percent(Estimate(0.8, 3, 0.7123, 0.93)), show_percent(Estimate(math.nan, 0))
    ('80.0 % [71.2, 93.0]', '–')
    """
    if not math.isfinite(estimate.value):
        return UNDEFINED
    shown = f"{100 * estimate.value:.1f} %"
    return f"{shown} [{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]" if estimate.has_interval else shown


def show_part(share: float) -> str:
    """Return a share in percent.

    Examples
    --------
    >>> show_part(0.5), show_part(math.nan)
    ('50.0 %', '–')
    """
    return f"{100 * share:.1f} %" if math.isfinite(share) else UNDEFINED


def group_digits(number: int) -> str:
    """Return a number with a thin space between thousands.

    Examples
    --------
    >>> group_digits(1234567) == "1\u2009234\u2009567"
    True
    """
    return f"{number:,}".replace(",", "\N{THIN SPACE}")


def show_seconds(value: float) -> str:
    """Return seconds with their sign.

    Examples
    --------
    >>> show_seconds(8.24), show_seconds(-3.0), show_seconds(-0.01), show_seconds(math.nan)
    ('+8.2 s', '−3.0 s', '0.0 s', '–')
    """
    if not math.isfinite(value):
        return UNDEFINED
    rounded = round(value, 1)
    return f"{rounded:+.1f} s".replace("-", "−") if rounded else "0.0 s"


def span_groups(names: Sequence[str]) -> list[tuple[str, int]]:
    """Return what neighbouring figures are of, and how many of them are of it.

    Examples
    --------
    >>> span_groups(["event_f1", "false_alarms_per_day", "auroc"])
    [('Events', 2), ('Windows', 1)]
    """
    return [(GROUPS[of], len(list(own))) for of, own in groupby(names, key=lambda name: FIGURES[name].of)]


def show_measures(measures: Measures) -> dict[str, Any]:
    """Return what the template says of figures, the tables of subjects and of folds."""
    return {
        "measures": measures,
        "tiles": [(FIGURES[name], name, measures.average[name]) for name in TILES],
        "groups": [
            (title, [name for name, figure in FIGURES.items() if figure.of == of]) for of, title in GROUPS.items()
        ],
        "limited": measures.curves.limited["subjects"],
        "of_subjects": OF_SUBJECTS,
        "rules": encode_measures(measures)["rules"],
        "level": f"{100 * LEVEL:.0f} %",
        "n_resamples": len(measures.curves.draws),
        "table": base64.b64encode(format_subjects(measures).encode()).decode(),
    }
