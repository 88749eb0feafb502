"""``ictal compare``: several detectors on the same subjects, or a grid of recipes, as a table and as a page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from ictal.apps.console import RESEARCH_ONLY, complain, progress_bar, say
from ictal.apps.options import read_pairs
from ictal.apps.training_options import Data, Jobs, RecipeChanges
from ictal.apps.verbs import PARTS, VERBS
from ictal.core.errors import ParameterError
from ictal.core.tables import Table

VIEWS = Table(
    "view",
    {
        "table": "ictal.apps.compare_table:describe_comparison",
        "grid": "ictal.apps.compare_grid:describe_grid",
    },
)
"""How a comparison is printed; loaded when it is."""


def compare(
    runs: Annotated[
        list[Path],
        typer.Argument(
            help="Folders of runs or cross-validations; event tables with --reference; recipes with --grid.",
            metavar="RUN",
        ),
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write one HTML page here.", metavar="FILE")
    ] = None,
    reference: Annotated[
        Path | None, typer.Option(help="What readers marked, where a RUN is a folder of event tables.")
    ] = None,
    against: Annotated[
        str, typer.Option(help="Compare the others with this RUN: first, best (by event F1), or its name.")
    ] = "first",
    false_alarms_per_day: Annotated[
        float, typer.Option(help="False alarms in 24 h at which sensitivity is asked for.", metavar="N")
    ] = 5.0,
    resamples: Annotated[int, typer.Option(min=1, help="Draws of subjects for the intervals.")] = 2000,
    seed: Annotated[int, typer.Option(min=0, help="Of the draws.")] = 0,
    grid: Annotated[
        bool, typer.Option("--grid", help="Cross-validate recipes with each of the features, classes and folds.")
    ] = False,
    features: Annotated[str, typer.Option(help="Of the grid: stft,mel,cwt; the recipes'.", metavar="NAMES")] = "",
    classes: Annotated[str, typer.Option(help="Of the grid: 2, 3 or 2,3.", metavar="NUMBERS")] = "2",
    folds: Annotated[str, typer.Option(help="Of the grid, by subject: 5, 10 or 5,10.", metavar="NUMBERS")] = "5",
    data: Data = None,
    changes: RecipeChanges = [],  # noqa: B006 - typer reads the default and never changes it
    jobs: Jobs = 1,
) -> None:
    """Compare detectors on what all were tested on: figures, intervals, paired tests, and plain words."""
    if grid:
        cells = {
            "features": [name for name in features.split(",") if name],
            "classes": read_numbers("--classes", classes),
            "folds": read_numbers("--folds", folds),
        }
        run_grid(runs, output, cells, data=data, changes=read_pairs("--set", changes), n_jobs=jobs)
        return
    with progress_bar("compare") as progress:
        found = VERBS.load("compare")(
            runs,
            output,
            reference=reference,
            against=against,
            false_alarms_per_day=false_alarms_per_day,
            n_resamples=resamples,
            seed=seed,
            progress=progress,
        )
    say(VIEWS.load("table")(found))
    if output is not None:
        say("")
        say(f"report  {output}")


def run_grid(runs: list[Path], output: Path | None, cells: dict[str, Any], **how: Any) -> None:
    """Cross-validate recipes, and print the table."""
    folder = Path("runs", "grid") if output is None else output
    with progress_bar("grid") as progress:
        made = PARTS.load("grid")([str(run) for run in runs], folder, progress=progress, tell=tell_cell, **cells, **how)
    say(VIEWS.load("grid")(made))
    say("")
    say(f"table   {made.table}")
    say(RESEARCH_ONLY)


def read_numbers(option: str, text: str) -> list[int]:
    """Return the numbers of a list.

    Raises
    ------
    ParameterError
        If there are none.

    Examples
    --------
    >>> read_numbers("--folds", "5,10")
    [5, 10]
    """
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise ParameterError(f"{option}: {text!r} is not allowed; give whole numbers, as 5,10.") from None


def tell_cell(result: Any) -> None:
    """Print that a cell of a grid has come to an end."""
    if result.problem:
        complain(f"error: {result.cell.name}: {result.problem}")
    else:
        say(f"done    {result.cell.name}")
