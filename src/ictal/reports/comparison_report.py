"""The report of a comparison of detectors: one HTML file that needs nothing else; and how its figures are written."""

from __future__ import annotations

import base64
import csv
import io
from pathlib import Path
from typing import Any

import numpy as np

from ictal.evaluation.bootstrap import LEVEL
from ictal.evaluation.comparison import Difference, RunComparison
from ictal.evaluation.dataset import Estimate
from ictal.evaluation.detector_figures import (
    AUROC,
    BETTER_WORDS,
    EVENT_FIGURES,
    FIGURES,
    LIMITED,
    LOWER_IS_BETTER,
    PR_AUC,
    SAMPLE_FIGURES,
)
from ictal.io.atomic import atomic_write
from ictal.plots.forest import DotPanel, ForestRow, draw_dots, draw_forest
from ictal.reports.page import load_template
from ictal.reports.pictures import Picture, embed
from ictal.scoring.szcore import EVENT, SAMPLE

TEMPLATE = "comparison.html.j2"

TITLES = {
    "event_sensitivity": "event sensitivity",
    "event_precision": "event precision",
    "event_f1": "event F1",
    "false_alarms_per_day": "false alarms /24 h",
    LIMITED: "sensitivity at ≤ {budget:g} /24 h",
    "sample_sensitivity": "sample sensitivity",
    "sample_f1": "sample F1",
    AUROC: "AUROC",
    PR_AUC: "PR-AUC",
}
"""Figure → what it is called."""

RULES = {
    EVENT.title: ", ".join(TITLES[name] for name in EVENT_FIGURES),
    SAMPLE.title: ", ".join(TITLES[name] for name in SAMPLE_FIGURES),
}
"""Name and version of a rule → what it counts."""

BY_SUBJECT = ("event_sensitivity", "event_f1", "false_alarms_per_day")
"""The figures that the page lists for each subject; the table to download has all."""

UNDEFINED = "n/a"


def write_comparison(path: Path | str, found: RunComparison) -> None:
    """Write a comparison as a single HTML file without scripts and without links to the outside.

    Parameters
    ----------
    path : path
        Where the file shall be; it is there whole or not at all.
    found : RunComparison
        From :func:`ictal.experiments.compare.compare_runs`.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    page = load_template(TEMPLATE).generate(_build_context(found))
    with atomic_write(path, "w") as file:
        file.writelines(page)


def name_figure(figure: str, budget: float) -> str:
    """Return what a figure is called.

    Examples
    --------
    >>> name_figure("limited_sensitivity", 5.0)
    'sensitivity at ≤ 5 /24 h'
    """
    return TITLES[figure].format(budget=budget)


def name_detectors(found: RunComparison) -> tuple[str, ...]:
    """Return the names of the detectors, those that are not tested marked."""
    marks = {"validation": " (validation)"}
    pairs = zip(found.comparison.names, found.runs, strict=True)
    return tuple(name + marks.get(run.side, "") for name, run in pairs)


def format_figure(figure: str, value: float, *, signed: bool = False) -> str:
    """Return a figure as text.

    Examples
    --------
    >>> format_figure("auroc", 0.91251), format_figure("false_alarms_per_day", -2.5, signed=True)
    ('0.913', '−2.50')
    """
    if not np.isfinite(value):
        return UNDEFINED
    digits = 3 if figure not in LOWER_IS_BETTER else 2 if abs(value) < 100 else 0
    shown = f"{value:{'+' if signed else ''}.{digits}f}"
    # A difference that rounds to nothing has no sign.
    return shown.lstrip("+-") if float(shown) == 0 else shown.replace("-", "−")


def format_interval(figure: str, one: Estimate | Difference) -> str:
    """Return ``[low, high]``, or nothing where there is no interval.

    Examples
    --------
    >>> format_interval("auroc", Estimate(0.8, 5, 0.7, 0.9))
    '[0.700, 0.900]'
    """
    if not np.isfinite([one.low, one.high]).all():
        return ""
    signed = isinstance(one, Difference)
    low, high = (format_figure(figure, edge, signed=signed) for edge in (one.low, one.high))
    return f"[{low}, {high}]"


def format_p(p: float) -> str:
    """Return a p-value as text.

    Examples
    --------
    >>> format_p(0.0312), format_p(0.00001), format_p(1.0)
    ('0.031', '< 0.001', '1.000')
    """
    return UNDEFINED if not np.isfinite(p) else "< 0.001" if p < 0.001 else f"{p:.3f}"


def format_subjects_csv(found: RunComparison) -> str:
    """Return every figure of every detector in every subject as a table, one row for each subject and detector."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(["subject", "seconds", "seizures", "detector", *FIGURES])
    for number, subject in enumerate(found.comparison.subjects):
        for name, detector in zip(name_detectors(found), found.comparison.detectors, strict=True):
            values = [detector.by_subject[figure][number] for figure in FIGURES]
            cells = ["" if np.isnan(value) else f"{value:.6g}" for value in values]
            writer.writerow([subject, f"{found.seconds[subject]:.6g}", found.n_seizures[subject], name, *cells])
    return table.getvalue()


def _build_context(found: RunComparison) -> dict[str, Any]:
    names = name_detectors(found)
    others = [number for number in range(len(names)) if number != found.comparison.against]
    titles = {figure: name_figure(figure, found.budget) for figure in FIGURES}
    return {
        "found": found,
        "names": names,
        "others": others,
        "titles": titles,
        "rules": RULES,
        "by_subject": BY_SUBJECT,
        "level": f"{100 * LEVEL:.0f}",
        "better_than_chance": BETTER_WORDS,
        "hours": sum(found.seconds.values()) / 3600,
        "n_seizures": sum(found.n_seizures.values()),
        "subjects_csv": base64.b64encode(format_subjects_csv(found).encode()).decode(),
        "dots": _picture_dots(found, names, titles),
        "forest": _picture_forest(found, names, titles, others) if others else None,
        "show": format_figure,
        "interval": format_interval,
        "p_value": format_p,
    }


def _picture_dots(found: RunComparison, names: tuple[str, ...], titles: dict[str, str]) -> Picture:
    panels = [
        DotPanel(
            titles[figure],
            np.array([detector.by_subject[figure] for detector in found.comparison.detectors]),
            [one.value for one in compared.averages],
            [one.low for one in compared.averages],
            [one.high for one in compared.averages],
            is_share=figure not in LOWER_IS_BETTER,
        )
        for figure, compared in found.comparison.figures.items()
        if any(np.isfinite(one.value) for one in compared.averages)
    ]
    alt = f"{len(panels)} figures of {', '.join(names)}, a dot for each subject. The tables hold the same numbers."
    caption = (
        f"A dot is a subject; a line joins the dots of one subject. ◆ is the average over subjects, with its "
        f"{100 * LEVEL:.0f} % interval."
    )
    return embed(draw_dots(names, panels), "svg", alt, caption)


def _picture_forest(found: RunComparison, names: tuple[str, ...], titles: dict[str, str], others: list[int]) -> Picture:
    shares: list[ForestRow] = []
    rates: list[ForestRow] = []
    for figure, compared in found.comparison.figures.items():
        rows = rates if figure in LOWER_IS_BETTER else shares
        title = titles[figure]
        for number in others:
            one = compared.differences[number]
            if one is None or not one.n_subjects:
                continue
            text = f"{format_figure(figure, one.value, signed=True)} {format_interval(figure, one)}"
            detail = names[number] if len(others) > 1 else ""
            rows.append(
                ForestRow(title, detail, one.value, one.low, one.high, f"{text}  p {format_p(one.sign_flip_corrected)}")
            )
            title = ""
    base = names[found.comparison.against]
    note = f"right of the line: more than {base}, which is better, but worse for false alarms"
    alt = f"Differences to {base} with intervals; the table below holds the same numbers."
    return embed(draw_forest(shares, rates, note), "svg", alt)
