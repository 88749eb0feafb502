"""The verb that cross-validates a recipe."""

from __future__ import annotations

import math
from collections.abc import Iterator
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
from ictal.apps.finetune import describe_gains
from ictal.apps.options import read_pairs
from ictal.apps.training_options import (
    Data,
    OwnModel,
    RecipeChanges,
    RecipeName,
    RunFolder,
    Trackers,
    Trust,
    run_folder,
)
from ictal.apps.verbs import PARTS, VERBS
from ictal.core.errors import ParameterError

Splits = Annotated[
    str | None,
    typer.Option(help="loso, subject:5, subject:10, seizure, chrono or official; the recipe's.", metavar="WAY"),
]
FoldJobs = Annotated[
    int, typer.Option("--jobs", "-j", min=1, help="Folds side by side; the result does not depend on it.")
]

Finetune = Annotated[
    str | None,
    typer.Option("--finetune", help="Adapt each fold's detector to each subject it tests: 1h, 0.5h.", metavar="HOURS"),
]

TOLD = {"event_sensitivity": "sensitivity", "false_alarms_per_day": "false alarms /24 h", "auroc": "AUROC"}
"""What is told of each fold."""

UNDEFINED = "–"


def crossval(
    context: typer.Context,
    recipe: RecipeName,
    splits: Splits = None,
    data: Data = None,
    output: RunFolder = None,
    changes: RecipeChanges = [],  # noqa: B006 - typer reads the default and never changes it
    track: Trackers = [],  # noqa: B006
    jobs: FoldJobs = 1,
    finetune: Finetune = None,
    model: OwnModel = None,
    trust: Trust = False,
) -> None:
    """Train and test a recipe fold by fold; finished folds of a run that was stopped are kept."""
    how: dict[str, Any] = {} if finetune is None else {"hours": read_hours(finetune)}
    work = VERBS.load("crossval") if finetune is None else PARTS.load("crossval and finetune")
    with progress_bar("crossval") as progress:
        done = work(
            PARTS.load("own model")(recipe, model, trust=trust),
            run_folder(output, recipe, "crossval"),
            data=data,
            splits=splits,
            changes=read_pairs("--set", changes),
            trackers=track,
            n_jobs=jobs,
            progress=progress,
            tell=lambda done: tell_fold(done, debug=context.obj is True),
            **how,
        )
    run = done if finetune is None else done.run
    tell_crossval(run)
    if finetune is not None:
        for line in describe_gains(done.gains):
            say(line)
        say(f"patients  {done.table}, {done.report}")
    raise typer.Exit(EXIT_BAD_INPUT if run.failed else EXIT_OK)


def read_hours(text: str) -> float:
    """Return the hours that a text says.

    Raises
    ------
    ParameterError
        If it says none.

    Examples
    --------
    >>> read_hours("1h"), read_hours("0.5")
    (1.0, 0.5)
    """
    try:
        return float(text.strip().removesuffix("h"))
    except ValueError:
        raise ParameterError(f"--finetune: {text!r} is not allowed; give hours, as 1h.") from None


def tell_fold(done: Any, *, debug: bool = False) -> None:
    """Print what became of a fold."""
    title = f"fold {done.n_done:>{len(str(done.n_folds))}} of {done.n_folds}  {done.split.name}"
    outcome = done.outcome
    if outcome.problem:
        if debug and outcome.trace:
            complain_at_length(outcome.trace)
        complain(f"{'note' if outcome.status == 'left out' else 'error'}: {title}: {outcome.status}: {outcome.problem}")
        return
    history = outcome.history
    figures = ", ".join(f"{words} {show_number(outcome.figures[name], name)}" for name, words in TOLD.items())
    there = "; was there already" if outcome.was_there else ""
    say(f"{title}: epoch {history.best_epoch + 1} of {len(history.epochs)}, {figures}{there}")


def tell_crossval(run: Any) -> None:
    """Print the table of all finished folds, and where everything is."""
    whole, n_finished = run.measures.whole, sum(fold.group is not None for fold in run.folds)
    say()
    say(
        f"{n_finished} of {count(len(run.folds), 'fold')}: {count(len(whole.subjects), 'subject')}, "
        f"{whole.seconds / 3600:.2f} h, {count(whole.n_seizures, 'seizure')}, {count(whole.n_events, 'event')} detected"
    )
    for line in describe_measures(run.measures):
        say(line)
    say()
    say(f"report  {run.report}")
    say(f"run     {run.folder}; `ictal report {run.folder}` adds the EEG of the worst events, --explain what counted")
    if run.failed:
        again = f"{count(len(run.failed), 'fold')} failed; the same command tries them again and keeps the others"
        complain(f"error: {again}")
    say(RESEARCH_ONLY)


def describe_measures(measures: Any) -> Iterator[str]:
    """Yield the lines of the table of figures: mean over subjects, and all recordings as one."""
    say_intervals = any(one.has_interval for one in measures.average.values())
    ends = "[low, high]: 95 % over subjects; " if say_intervals else ""
    yield f"{'':<28}{'mean over subjects':<32}all recordings as one"
    for name, title in measures.titles.items():
        average, pooled = measures.average[name], measures.pooled[name]
        mean = f"{show_estimate(average, name)} ({average.n_subjects})"
        yield f"{title:<28}{mean:<32}{show_estimate(pooled, name)}"
    yield f"{ends}(n): subjects that have a value; {UNDEFINED}: undefined"


def show_estimate(estimate: Any, name: str) -> str:
    """Return a figure with its interval, where it has one."""
    shown = show_number(estimate.value, name)
    if not estimate.has_interval:
        return shown
    return f"{shown} [{show_number(estimate.low, name)}, {show_number(estimate.high, name)}]"


def show_number(value: float | None, name: str) -> str:
    """Return a figure as a table shows it.

    Examples
    --------
    >>> show_number(0.8126, "auroc"), show_number(12.345, "false_alarms_per_day"), show_number(None, "auroc")
    ('0.813', '12.3', '–')
    """
    if value is None or not math.isfinite(value):
        return UNDEFINED
    return f"{value:.1f}" if name == "false_alarms_per_day" else f"{value:.3f}"
