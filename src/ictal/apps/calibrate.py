"""The verb that calibrates a detector."""

from __future__ import annotations

import math
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from ictal.apps.console import (
    EXIT_BAD_INPUT,
    EXIT_OK,
    RESEARCH_ONLY,
    complain,
    complain_at_length,
    count,
    progress_bar,
    say,
)
from ictal.apps.options import Names, read_mapping
from ictal.apps.verbs import VERBS

_RATE = "false_positives_per_day"


def calibrate(
    context: typer.Context,
    detector: Annotated[str, typer.Argument(help="A bundled detector or a .ictal file.", metavar="DETECTOR")],
    data: Annotated[
        Path, typer.Option("--data", help="A corpus, or a folder of recordings with events tables.", metavar="FOLDER")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="The calibrated detector.", metavar="FILE.ictal")],
    false_alarms_per_day: Annotated[
        float, typer.Option("--false-alarms-per-day", help="How many are allowed in 24 h.", metavar="X")
    ] = 5.0,
    method: Annotated[str, typer.Option(help="platt, temperature, isotonic, or none: settings alone.")] = "platt",
    objective: Annotated[
        str, typer.Option(help="What shall be as high as that allows: sensitivity or f1.")
    ] = "sensitivity",
    corpus: Annotated[
        str | None, typer.Option(help="Which corpus it is, where the folder does not say so.", metavar="NAME")
    ] = None,
    subjects: Annotated[str | None, typer.Option(help="Only these subjects, as 'sub-0*'.", metavar="PATTERN")] = None,
    split: Annotated[str | None, typer.Option(help="Only this official split, as dev.", metavar="NAME")] = None,
    names: Names = [],  # noqa: B006 - typer reads the default and never changes it
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Recordings side by side.")] = 1,
    allow_training_data: Annotated[
        bool, typer.Option("--allow-training-data", help="Take recordings that the detector was trained on too.")
    ] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the output if it is there.")] = False,
) -> None:
    """Make a detector's confidence a probability, and choose its threshold for a number of false alarms."""
    with progress_bar("calibrate") as progress:
        done = VERBS.load("calibrate")(
            detector,
            data,
            output,
            false_alarms_per_day=false_alarms_per_day,
            method=method,
            objective=objective,
            corpus=corpus,
            subjects=subjects,
            split=split,
            mapping=read_mapping(names),
            allow_training_data=allow_training_data,
            overwrite=overwrite,
            n_jobs=jobs,
            progress=progress,
        )
    tell_data(done.data, debug=context.obj is True)
    tell_choice(done)
    raise typer.Exit(EXIT_BAD_INPUT if done.data.left_out else EXIT_OK)


def tell_data(data: Any, *, debug: bool) -> None:
    """Print to the error stream what was odd in the corpus and what of it was left out."""
    for remark in data.remarks:
        complain(f"note: {remark}")
    for reason, rows in groupby(sorted(data.left_out, key=lambda one: one.reason), key=lambda one: one.reason):
        tell_left_out(reason, list(rows), debug=debug)


def tell_left_out(reason: str, rows: list[Any], *, debug: bool) -> None:
    """Print how many recordings are left out for one reason, and what is lost with them."""
    lost = f"{sum(row.hours for row in rows):.2f} h, {count(sum(row.n_seizures for row in rows), 'seizure')}"
    first = rows[0].name if len(rows) == 1 else f"{rows[0].name} and {len(rows) - 1} more"
    complain(f"error: {first}: left out: {reason} ({lost})")
    if debug:
        complain_at_length(rows[0].trace)


def tell_choice(done: Any) -> None:
    """Print what was chosen, what it reaches, and what of that can be believed."""
    for note in done.notes:
        complain(f"note: {note}")
    figures, rules, data = done.figures, done.detector.settings.postprocessing, done.data
    say(f"data        {data.n_subjects} subjects, {data.hours:.2f} h, {data.n_seizures} seizures")
    release = rules.threshold if rules.release is None else rules.release
    say(
        f"chosen      threshold {rules.threshold:.4g} until {release:.4g}, smoothing {rules.smoothing:g} s, "
        f"gaps {rules.merge_gap:g} s, at least {rules.minimum_duration:g} s"
    )
    for title, scores in (
        ("before", figures.before.scores),
        ("after", figures.after.scores),
        ("left out", figures.left_out),
    ):
        say(f"{title:<12}{tell_scores(scores)}")
    say(f"detector    {done.file}")
    say(f"report      {done.report}")
    say(RESEARCH_ONLY)


def tell_scores(scores: Any) -> str:
    """Return sensitivity and false alarms with their intervals, in one line."""
    if scores is None:
        return "n/a: too few subjects"
    sensitivity, alarms = scores.average["sensitivity"], scores.average[_RATE]
    return f"sensitivity {tell_estimate(sensitivity, 3)}, false alarms {tell_estimate(alarms, 2)} /24 h"


def tell_estimate(estimate: Any, digits: int) -> str:
    """Return a figure with its interval, where it has one."""
    if math.isnan(estimate.value):
        return "n/a"
    shown = f"{estimate.value:.{digits}f}"
    return f"{shown} [{estimate.low:.{digits}f}, {estimate.high:.{digits}f}]" if estimate.has_interval else shown
