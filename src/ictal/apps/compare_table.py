"""A comparison of detectors as text."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence

from ictal.apps.console import RESEARCH_ONLY, count
from ictal.evaluation.bootstrap import LEVEL
from ictal.evaluation.comparison import RunComparison
from ictal.evaluation.dataset import Estimate
from ictal.evaluation.detector_figures import FIGURES
from ictal.reports.comparison_report import (
    RULES,
    format_figure,
    format_interval,
    format_p,
    name_detectors,
    name_figure,
)

_BETWEEN = "  "
_UNLIMITED = 10_000


def describe_comparison(found: RunComparison) -> str:
    """Return what was compared, each detector's verdict and figures, and how much they differ.

    Parameters
    ----------
    found : RunComparison
        From :func:`ictal.experiments.compare.compare_runs`.
    """
    return "\n".join(_describe(found))


def align(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows as lines whose columns stand below each other.

    Examples
    --------
    >>> align([["", "old"], ["F1", "0.5"], ["AUROC", "0.9"]])
    ['       old', 'F1     0.5', 'AUROC  0.9']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (_BETWEEN.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)
    return [line.rstrip() for line in lines]


def fit_columns(rows: Sequence[Sequence[str]], width: int) -> Iterator[list[list[str]]]:
    """Cut a table into tables of at most a width, each with the first column and at least one other.

    Examples
    --------
    >>> [table[0] for table in fit_columns([["", "old", "new", "best"]], width=10)]
    [['', 'old', 'new'], ['', 'best']]
    """
    widths = [max(map(len, column)) + len(_BETWEEN) for column in zip(*rows, strict=True)]
    taken: list[int] = []
    for place in range(1, len(widths)):
        if taken and widths[0] + sum(widths[one] for one in (*taken, place)) > width + len(_BETWEEN):
            yield [[row[0], *(row[one] for one in taken)] for row in rows]
            taken = []
        taken.append(place)
    yield [[row[0], *(row[one] for one in taken)] for row in rows]


def _describe(found: RunComparison) -> Iterator[str]:
    names, n_subjects = name_detectors(found), len(found.comparison.subjects)
    hours, n_seizures = sum(found.seconds.values()) / 3600, sum(found.n_seizures.values())
    common = f"{count(found.n_recordings, 'recording')} of {count(n_subjects, 'subject')}"
    yield f"compared on {common}, which all were tested on: {hours:.1f} h, {count(n_seizures, 'seizure')}"
    yield from (f"note: {remark}" for remark in found.remarks)
    yield ""
    for name, verdict in zip(names, found.comparison.verdicts, strict=True):
        yield f"{name}: {verdict.words} ({verdict.reason})"
    yield ""
    yield f"Average over subjects, [{100 * LEVEL:.0f} % interval], (subjects that have a value)"
    rows = [["", *names], ["verdict", *(verdict.words for verdict in found.comparison.verdicts)]]
    for figure in FIGURES:
        averages = found.comparison.figures[figure].averages
        rows.append([name_figure(figure, found.budget), *(_show(figure, one) for one in averages)])
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _UNLIMITED
    for part, table in enumerate(fit_columns(rows, width)):
        yield from [""] * (part > 0)
        yield from align(table)
    for number, name in enumerate(names):
        if number != found.comparison.against:
            yield ""
            yield f"{name} less {names[found.comparison.against]} in the same subjects"
            yield from align(list(_differences(found, number)))
    yield ""
    yield from _explain(found)


def _show(figure: str, one: Estimate) -> str:
    interval = format_interval(figure, one)
    return f"{format_figure(figure, one.value)}{f' {interval}' if interval else ''} ({one.n_subjects})"


def _differences(found: RunComparison, number: int) -> Iterator[list[str]]:
    yield ["", "difference", "", "subjects", "p sign flips", "p Wilcoxon", ""]
    for figure in FIGURES:
        one = found.comparison.figures[figure].differences[number]
        if one is None or not one.n_subjects:
            continue
        yield [
            name_figure(figure, found.budget),
            format_figure(figure, one.value, signed=True),
            format_interval(figure, one),
            str(one.n_subjects),
            format_p(one.sign_flip_corrected),
            format_p(one.wilcoxon_corrected),
            one.words(figure),
        ]


def _explain(found: RunComparison) -> Iterator[str]:
    yield from (f"{title}: {figures}" for title, figures in RULES.items())
    how = f"bootstrap over subjects, {found.n_resamples} resamples, seed {found.seed}"
    yield f"intervals: {how}, shared by all detectors; p: two-sided tests over subjects"
    if len(found.runs) > 2:
        yield "p is corrected by Holm for the number of detectors, not for that of figures"
    yield RESEARCH_ONLY
