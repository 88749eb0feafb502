"""Figures of a data set as tables that read without a manual."""

from __future__ import annotations

import io
import math
import shutil
import sys
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table as RichTable

from ictal.apps.console import count
from ictal.evaluation.behaviour import ALL_POSITIVE, SILENT
from ictal.evaluation.bootstrap import LEVEL
from ictal.evaluation.dataset import RATE, Estimate, RuleScores, Table, figures_of
from ictal.evaluation.pairing import SUBJECT_FROM
from ictal.evaluation.score import TreeScores
from ictal.evaluation.timing import DatasetTiming
from ictal.scoring.rules import Rule

TITLES = {
    "sensitivity": "sensitivity",
    "precision": "precision",
    "f1": "F1",
    RATE: "false alarms",
    "specificity": "specificity",
    "accuracy": "accuracy",
    "kappa": "kappa",
}
"""Figure → the head of its column."""

ERRORS = {
    "onset_latency": "onset, detected after marked",
    "offset_error": "offset, detected after marked",
    "duration_error": "duration, detected longer than marked",
}
"""Error of time → what it is."""

UNDEFINED = "n/a"
_UNLIMITED = 10_000
_WIDE = 170
"""Columns of the terminal from which on an interval stands behind its figure, and not below it."""


def describe_scores(scores: TreeScores, down_to: str = "dataset") -> str:
    """Return the figures of a data set as text: what was scored, a line for each rule, and what the figures mean.

    Parameters
    ----------
    scores : TreeScores
        From :func:`ictal.evaluation.score.score_trees`.
    down_to : {"dataset", "subject", "recording"}
        What further tables show.
    """
    is_wide = not sys.stdout.isatty() or shutil.get_terminal_size().columns >= _WIDE
    parts: list[str | RichTable] = [*_describe_data(scores), ""]
    parts += ["Average over subjects", _table_of_rules(scores.rules, averaged=True, is_wide=is_wide)]
    parts += ["All recordings pooled", _table_of_rules(scores.rules, averaged=False, is_wide=is_wide)]
    parts += [*_describe_timing(scores.timing), *_explain(scores, is_wide=is_wide)]
    if down_to != "dataset":
        for rule in scores.rules:
            parts += ["", rule.rule.title, _table_of_subjects(scores, rule)]
    if down_to == "recording":
        for rule in scores.rules:
            parts += ["", rule.rule.title, _table_of_recordings(scores, rule)]
    return _render(parts)


def _describe_data(scores: TreeScores) -> Iterable[str]:
    yield f"{scores.hypothesis} against {scores.reference}"
    recordings = f"{count(len(scores.recordings), 'recording')} of {count(len(scores.subjects), 'subject')}"
    found = f"{count(scores.n_reference, 'reference seizure')}, {count(scores.n_hypothesis, 'hypothesis event')}"
    yield f"{recordings}, {scores.duration / 3600:.1f} h: {found}"
    if scores.settings.szcore_compatible:
        yield "read and counted as the dataset tool of SzCORE does, in whole seconds"
    if scores.n_missing:
        yield f"{count(scores.n_missing, 'recording')} without a hypothesis: counted as no detection"
    guessed = [SUBJECT_FROM[known] for known in scores.subjects_from if known != "sub"]
    if guessed:
        yield f"subjects are guessed: each recording's is {'; or '.join(guessed)}"
    if scores.behaviour == SILENT:
        yield "silent detector: it found nothing; precision is undefined, and F1 is 0 where there was something to find"
    if scores.behaviour == ALL_POSITIVE:
        share = f"{100 * scores.claimed / scores.duration:.1f} % of the time"
        yield f"all-positive detector: its events cover {share}; its sensitivity says nothing"


def _describe_timing(timing: DatasetTiming) -> Iterable[str]:
    if timing.n_detected == 0:
        return
    detected = f"{timing.n_detected} detected of {timing.n_reference} seizures"
    yield f"Times, median of {detected} (those less than 90 s apart are one)"
    for name, estimate in timing.medians.items():
        interval = f" [{estimate.low:.1f}, {estimate.high:.1f}]" if estimate.has_interval else ""
        yield f"  {ERRORS[name]:<40}{estimate.value:+.1f} s{interval} ({estimate.n_subjects})"
    yield ""


def _explain(scores: TreeScores, *, is_wide: bool) -> Iterable[str]:
    settings = scores.settings
    if not is_wide:
        yield from (f"{scored.rule.name}: {scored.rule.title}" for scored in scores.rules)
    if len(scores.subjects) > 1:
        how = f"bootstrap over subjects, {settings.n_resamples} resamples, seed {settings.seed}"
        yield f"[low, high]: {100 * LEVEL:.0f} % interval by {how}; (n): subjects that have a value"
    else:
        yield "no intervals: there is one subject, who says nothing about others"
    yield f"{UNDEFINED}: undefined, as sensitivity is without a seizure and precision without a detection"
    if any(scored.rule.name == "szcore" for scored in scores.rules):
        yield "for orientation: an all-positive detector scores about 276–288 false alarms /24 h by the rule szcore"


def _table_of_rules(rules: Sequence[RuleScores], *, averaged: bool, is_wide: bool) -> RichTable:
    names = [name for name in TITLES if any(name in scored.rule.figures for scored in rules)]
    table = _new_table(["rule", *(TITLES[name] for name in names)])
    for scored in rules:
        estimates = scored.average if averaged else scored.pooled
        cells = (
            _show_estimate(scored.rule, name, estimates[name], averaged=averaged, is_wide=is_wide)
            if name in estimates
            else ""
            for name in names
        )
        table.add_row(scored.rule.title if is_wide else scored.rule.name, *cells)
    return table


def _table_of_subjects(scores: TreeScores, scored: RuleScores) -> RichTable:
    groups: list[list[int]] = [[] for _ in scores.subjects]
    for recording, subject in enumerate(scores.subject_numbers.tolist()):
        groups[subject].append(recording)
    heads = [
        [
            subject,
            str(len(group)),
            f"{sum(scores.recordings[one].duration for one in group) / 3600:.2f}",
            str(sum(len(scores.recordings[one].reference) for one in group)),
            str(sum(len(scores.recordings[one].hypothesis) for one in group)),
        ]
        for subject, group in zip(scores.subjects, groups, strict=True)
    ]
    titles = ["subject", "runs", "hours", "ref", "hyp"]
    return _table_of_rows(scored.rule, titles, heads, scored.subjects)


def _table_of_recordings(scores: TreeScores, scored: RuleScores) -> RichTable:
    heads = [
        [
            recording.name,
            f"{recording.duration / 3600:.2f}",
            str(len(recording.reference)),
            str(len(recording.hypothesis)) if recording.has_hypothesis else "missing",
        ]
        for recording in scores.recordings
    ]
    return _table_of_rows(scored.rule, ["recording", "hours", "ref", "hyp"], heads, scored.recordings)


def _table_of_rows(rule: Rule, titles: list[str], heads: list[list[str]], counts: Table) -> RichTable:
    table = _new_table([*titles, *(TITLES[name] for name in rule.figures)])
    for head, figures in zip(heads, figures_of(rule, counts).tolist(), strict=True):
        cells = (_show_value(rule, name, value) for name, value in zip(rule.figures, figures, strict=True))
        table.add_row(*head, *cells)
    return table


def _new_table(columns: Sequence[str]) -> RichTable:
    table = RichTable(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for number, column in enumerate(columns):
        table.add_column(column, justify="left" if number == 0 else "right", no_wrap=True)
    return table


def _show_estimate(rule: Rule, figure: str, estimate: Estimate, *, averaged: bool, is_wide: bool) -> str:
    """Return a figure, its interval, and of how many subjects it is; below each other where there is little room."""
    shown = _show_value(rule, figure, estimate.value)
    number = f" ({estimate.n_subjects})" if averaged else ""
    if not estimate.has_interval:
        return shown + number
    low, high = (_show_number(figure, value) for value in (estimate.low, estimate.high))
    return f"{shown} [{low}, {high}]{number}" if is_wide else f"{shown}{number}\n[{low}, {high}]"


def _show_value(rule: Rule, figure: str, value: float) -> str:
    shown = _show_number(figure, value)
    if figure != RATE or shown == UNDEFINED:
        return shown
    return f"{shown} /24 h" if rule.seconds_per_count is None else f"{shown} s/24 h"


def _show_number(figure: str, value: float) -> str:
    if math.isnan(value):
        return UNDEFINED
    if figure != RATE:
        return f"{value:.3f}"
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def _render(parts: Iterable[str | RichTable]) -> str:
    """Return text in the letters that the terminal has; tables are as wide as they need."""
    file = io.TextIOWrapper(io.BytesIO(), encoding=sys.stdout.encoding, errors="backslashreplace")
    console = Console(file=file, width=_UNLIMITED, markup=False, highlight=False, emoji=False, no_color=True)
    for part in parts:
        console.print(part)
    file.seek(0)
    return "\n".join(line.rstrip() for line in file.read().splitlines())
