"""The verb that trains a detector by a recipe."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ictal.apps.console import RESEARCH_ONLY, count, progress_bar, say
from ictal.apps.options import read_pairs
from ictal.apps.training_options import (
    Data,
    Jobs,
    OwnModel,
    RecipeChanges,
    RecipeName,
    RunFolder,
    Trackers,
    Trust,
    run_folder,
)
from ictal.apps.verbs import PARTS, VERBS

Fold = Annotated[
    str | None,
    typer.Option(help="Train and test on one fold of the recipe's splits: its name, or its number from 1."),
]


def train(
    recipe: RecipeName,
    data: Data = None,
    output: RunFolder = None,
    fold: Fold = None,
    changes: RecipeChanges = [],  # noqa: B006 - typer reads the default and never changes it
    track: Trackers = [],  # noqa: B006
    jobs: Jobs = 1,
    model: OwnModel = None,
    trust: Trust = False,
) -> None:
    """Train a detector by a recipe; a run that was stopped goes on where it stood."""
    with progress_bar("train") as progress:
        run = VERBS.load("train")(
            PARTS.load("own model")(recipe, model, trust=trust),
            run_folder(output, recipe),
            data=data,
            fold=fold,
            changes=read_pairs("--set", changes),
            trackers=track,
            n_jobs=jobs,
            progress=progress,
        )
    for line in describe_codec(run) if run.kind == "codec" else describe_training(run):
        say(line)
    say(f"run       {run.folder}")
    say(RESEARCH_ONLY)


def recipes() -> None:
    """List the recipes that come with ictal."""
    for name, summary in VERBS.load("recipes")().items():
        say(f"{name:<22}{summary}")


def describe_training(run: Any) -> list[str]:
    """Return what is told of a training of a detector."""
    fitted = run.trained.fitted
    return [
        f"trained   {count(len(fitted.history), 'epoch')}; the best is {fitted.best_epoch + 1}",
        *describe_figures(run.trained.side, run.trained.figures),
        f"detector  {run.detector}",
    ]


def describe_codec(run: Any) -> list[str]:
    """Return what is told of a pretraining of a codec: how far copies of the validation are from it, band by band."""
    figures = run.pretrained.figures
    bands = {"all": figures, **figures["bands"]}
    return [
        f"trained   {count(figures['steps'], 'step')}; {figures['ratio']:g} × smaller, without labels",
        f"copies    of {count(figures['n_segments'], 'segment')} of the validation, the median of them",
        *(f"          {name:<12}SNR {one['snr']:5.1f} dB   PRD {one['prd']:5.1f} %" for name, one in bands.items()),
        f"codec     {run.codec}",
    ]


def describe_figures(side: str, figures: dict[str, Any]) -> list[str]:
    """Return what is told of the figures of a run: averages over subjects with their intervals.

    Examples
    --------
    >>> average = {"event_f1": {"value": 0.5, "interval": [0.25, 1.0]}, "auroc": {"value": None, "interval": None}}
    >>> describe_figures("test", {"average": average, "dataset": {"subjects": ["a", "b"], "n_seizures": 3}})
    ['test      2 subjects, 3 seizures; averages over subjects', '          event f1               0.50 (0.25 to 1.00)']
    """
    if not figures:
        return ["no subject was left to evaluate on"]
    dataset = figures["dataset"]
    counted = f"{count(len(dataset['subjects']), 'subject')}, {count(dataset['n_seizures'], 'seizure')}"
    lines = [f"{side:<9} {counted}; averages over subjects"]
    for name, estimate in figures["average"].items():
        if estimate["value"] is not None:
            interval = "" if estimate["interval"] is None else " ({:.2f} to {:.2f})".format(*estimate["interval"])
            lines.append(f"          {name.replace('_', ' '):<23}{estimate['value']:.2f}{interval}")
    return lines
