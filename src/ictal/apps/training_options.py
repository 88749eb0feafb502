"""Options of the verbs that train."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

RecipeName = Annotated[str, typer.Argument(help="A recipe (`ictal recipes`) or a TOML file.", metavar="RECIPE")]
Data = Annotated[
    Path | None,
    typer.Option("--data", help="The corpus, a BIDS dataset or a prepared store; the recipe's.", metavar="FOLDER"),
]
RunFolder = Annotated[
    Path | None, typer.Option("--output", "-o", help="The run folder; runs/RECIPE where not given.", metavar="RUN")
]
RecipeChanges = Annotated[
    list[str], typer.Option("--set", help="Change any value, as training.optimizer.lr=1e-4.", metavar="KEY=VALUE")
]
Trackers = Annotated[
    list[str], typer.Option("--track", help="Also to wandb or mlflow; csv and tensorboard always.", metavar="NAME")
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Recordings, or folds, side by side.")]

OwnModel = Annotated[
    str | None, typer.Option("--model", help="Another model: a name (`ictal models`) or package.module:Class.")
]
Trust = Annotated[bool, typer.Option("--trust", help="Run the code of a model that is not of ictal.")]


def run_folder(output: Path | None, recipe: str, verb: str = "") -> Path:
    """Return where a run goes."""
    name = Path(recipe).stem
    return Path("runs", f"{name}-{verb}" if verb else name) if output is None else output
