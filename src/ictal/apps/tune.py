"""The verb that searches the settings of a recipe."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ictal.apps.console import RESEARCH_ONLY, count, progress_bar, say
from ictal.apps.options import read_pairs
from ictal.apps.training_options import Data, RecipeChanges, RecipeName, RunFolder, run_folder
from ictal.apps.verbs import VERBS


def tune(
    recipe: RecipeName,
    data: Data = None,
    output: RunFolder = None,
    fold: Annotated[
        str | None,
        typer.Option(help="Tune for one fold of the recipe's splits, whose test side stays shut: its name or number."),
    ] = None,
    trials: Annotated[int, typer.Option(min=1, help="Of the study in all, with those of earlier runs.")] = 100,
    storage: Annotated[
        str | None,
        typer.Option(
            help="A database for several machines, as postgresql://user:password@server/database; RUN/study.db.",
            metavar="URL",
        ),
    ] = None,
    workers: Annotated[int, typer.Option("--workers", "-w", min=1, help="Trials side by side.")] = 1,
    timeout: Annotated[
        float | None, typer.Option(min=0.0, help="Seconds after which no trial is begun.", metavar="S")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="How many of the best trials become recipes.")] = 5,
    changes: RecipeChanges = [],  # noqa: B006 - typer reads the default and never changes it
) -> None:
    """Search the settings of a recipe for the best validation; a search that was stopped goes on."""
    with progress_bar("tune") as progress:
        tuning = VERBS.load("tune")(
            recipe,
            run_folder(output, recipe, "tune"),
            data=data,
            fold=fold,
            n_trials=trials,
            storage=storage,
            n_workers=workers,
            timeout=timeout,
            top=top,
            changes=read_pairs("--set", changes),
            progress=progress,
            tell=say,
        )
    for line in describe_tuning(tuning):
        say(line)
    say(RESEARCH_ONLY)


def describe_tuning(tuning: Any) -> list[str]:
    """Return what is told of a tuning.

    Parameters
    ----------
    tuning : Tuning
        From :func:`ictal.experiments.tune.tune_recipe`.
    """
    states = [row.state for row in tuning.trials]
    counted = [f"{states.count(state)} {state}" for state in ("finished", "pruned", "failed", "running")]
    best, *_ = tuning.best
    lines = [
        f"trials    {count(len(states), 'trial')}: {', '.join(one for one in counted if not one.startswith('0 '))}",
        f"best      trial {best.number}: {tuning.monitor} {best.value:.4g} on the validation side, which chose it",
        *(f"          {key} = {value}" for key, value in best.settings.items()),
    ]
    if tuning.importance:
        key, share = next(iter(tuning.importance.items()))
        lines.append(f"mattered  {key} most: {100 * share:.0f} % of the differences")
    return [*lines, f"recipes   {tuning.recipes[0].parent}: {len(tuning.recipes)}", f"report    {tuning.report}"]
