"""The report of a tuning: one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ictal.io.atomic import atomic_write
from ictal.plots.search import (
    Axis,
    draw_history,
    draw_importance,
    draw_learning,
    draw_parallel,
    draw_slices,
    show_value,
)
from ictal.reports.page import load_template
from ictal.reports.pictures import Picture, embed

TEMPLATE = "tuning.html.j2"

FINISHED, PRUNED, FAILED, RUNNING = "finished", "pruned", "failed", "running"

FEW = 20
"""Finished trials below which their differences say little about what matters."""

FEW_SUBJECTS = 5
"""Validation subjects below which small differences say nothing."""


@dataclass(frozen=True)
class TrialRow:
    """One trial of a tuning.

    Attributes
    ----------
    number : int
        From 0 on, in the order in which they began.
    state : {"finished", "pruned", "failed", "running"}
    value : float or None
        What it was worth when it ended; none of one that failed or still runs.
    settings : mapping of str to any
        Dotted key → value.
    curve : tuple of (int, float)
        Epochs, from 1 on, and what it was worth after them.
    seconds : float or None
        From its begin to its end.
    reason : str
        Why it failed.
    """

    number: int
    state: str
    value: float | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    curve: tuple[tuple[int, float], ...] = ()
    seconds: float | None = None
    reason: str = ""

    @property
    def epochs(self) -> int:
        """How many it was given."""
        return self.curve[-1][0] if self.curve else 0

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will become of it."""
        return self.state != RUNNING


@dataclass(frozen=True)
class TuningSummary:
    """What the report tells.

    Attributes
    ----------
    name : str
        Of the recipe.
    monitor, kept_by : str
        The figure by which trials are compared, and that by which each chooses the epoch whose weights it keeps.
    lower_is_better : bool
        Of `monitor`.
    split : str
    n_training_subjects, n_validation_subjects : int
    axes : tuple of Axis
        What was searched.
    rows : tuple of TrialRow
        All trials.
    best : tuple of TrialRow
        Those that were written as recipes, the very best first.
    importance : mapping of str to float
        The share of each setting, the largest first; may be empty.
    facts : tuple of (str, str)
        Names and values of what made the report.
    """

    name: str
    monitor: str
    kept_by: str
    lower_is_better: bool
    split: str
    n_training_subjects: int
    n_validation_subjects: int
    axes: tuple[Axis, ...]
    rows: tuple[TrialRow, ...]
    best: tuple[TrialRow, ...]
    importance: Mapping[str, float]
    facts: tuple[tuple[str, str], ...]

    def of_state(self, state: str) -> tuple[TrialRow, ...]:
        """Return the trials of which this has become."""
        return tuple(row for row in self.rows if row.state == state)


def write_tuning_report(path: Path | str, summary: TuningSummary) -> None:
    """Write the report as a single HTML file without scripts and without links to the outside.

    Parameters
    ----------
    path : path
        Where the file shall be; it is there whole or not at all.
    summary : TuningSummary
        At least one trial has finished.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    context = {
        "tuning": summary,
        "keys": [axis.key for axis in summary.axes],
        "names": [axis.key.rpartition(".") for axis in summary.axes],
        "space": [(axis.key, describe_axis(axis)) for axis in summary.axes],
        "finished": summary.of_state(FINISHED),
        "pruned": summary.of_state(PRUNED),
        "failed": summary.of_state(FAILED),
        "running": summary.of_state(RUNNING),
        "seconds": sum(row.seconds for row in summary.rows if row.seconds is not None),
        "few": FEW,
        "few_subjects": FEW_SUBJECTS,
        "pictures": _draw(summary),
    }
    page = load_template(TEMPLATE).generate(context, show=show_value)
    with atomic_write(path, "w") as file:
        file.writelines(page)


def describe_axis(axis: Axis) -> str:
    """Return the values that a setting may take.

    Examples
    --------
    >>> describe_axis(Axis("lr", 1e-4, 1e-2, log=True)), describe_axis(Axis("size", 32, 64, choices=(32, 64)))
    ('0.0001 to 0.01, logarithmic', 'one of 32, 64')
    """
    if axis.choices is not None:
        return f"one of {', '.join(map(show_value, axis.choices))}"
    return f"{show_value(axis.low)} to {show_value(axis.high)}" + (", logarithmic" if axis.log else "")


def _draw(summary: TuningSummary) -> dict[str, Picture]:
    monitor, best = summary.monitor, {row.number for row in summary.best}
    valued = [(row, row.value) for row in summary.rows if row.value is not None]
    ended, cut = ([(row.number, value) for row, value in valued if row.state == state] for state in (FINISHED, PRUNED))
    lost = [row.number for row in summary.of_state(FAILED)]
    curves = [row for row, _ in valued if row.curve]
    strong = [row.number in best for row in curves]
    learning = draw_learning([row.curve for row in curves], strong, [row.state == PRUNED for row in curves], monitor)
    settings, values = [row.settings for row, _ in valued], [value for _, value in valued]
    strong = [row.number in best for row, _ in valued]
    told = (
        f"{len(valued)} trials; the best is trial {summary.best[0].number} with {monitor} {summary.best[0].value:.4g}."
    )
    figures = {
        "history": (
            draw_history(ended, cut, lost, monitor, lower_is_better=summary.lower_is_better),
            f"Value of each trial in their order, and the best so far. {told}",
        ),
        "learning": (learning, f"Value of each trial after every epoch. {told}"),
        "slices": (draw_slices(summary.axes, settings, values, strong, monitor), f"Value against each setting. {told}"),
        "parallel": (
            draw_parallel(summary.axes, settings, values, strong, monitor),
            f"Each trial as a line through its settings to its value. {told}",
        ),
    }
    if summary.importance:
        shares = ", ".join(f"{key} {100 * share:.0f} %" for key, share in summary.importance.items())
        figures["importance"] = (draw_importance(summary.importance), f"Share of each setting: {shares}.")
    return {name: embed(figure, "svg", alt) for name, (figure, alt) in figures.items()}
