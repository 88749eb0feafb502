"""Train one detector by a recipe."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from ictal.core.errors import ParameterError, check_option
from ictal.data.portions import Split, write_splits
from ictal.data.splits import make_splits
from ictal.data.store import Store
from ictal.experiments.pretrain import PretrainingRun, pretrain_recipe
from ictal.experiments.recipe import Recipe, read_recipe, write_recipe
from ictal.experiments.run_record import open_run
from ictal.experiments.stores import open_store
from ictal.models.table import CODECS
from ictal.reports.run_report import write_run_report
from ictal.training.train import DETECTOR, Trained, train_detector

Progress = Callable[..., None]


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """What ``ictal train`` did.

    Attributes
    ----------
    folder : Path
    detector : Path
        The file of the detector.
    split : Split
        What it was trained, watched and tested on.
    trained : Trained
    """

    kind: ClassVar[str] = "detector"

    folder: Path
    detector: Path
    split: Split
    trained: Trained


def train_recipe(
    recipe: Path | str | Recipe,
    output: Path,
    *,
    data: Path | None = None,
    fold: str | None = None,
    changes: Mapping[str, str] | None = None,
    trackers: Sequence[str] = (),
    n_jobs: int = 1,
    progress: Progress = lambda share, text="": None,
) -> TrainingRun | PretrainingRun:
    """Train a detector as ``ictal train`` does, or a codec where the model of the recipe is one.

    Parameters
    ----------
    recipe : path or Recipe
        A name of :data:`~ictal.experiments.recipe.RECIPES`, a TOML file, or one that was read already.
    output : Path
        The run folder; a run that was stopped goes on there.
    data : Path, optional
        A corpus or a store, in place of the recipe's.
    fold : str, optional
        The name of one split of the recipe's way to split, or its number from 1; all subjects are trained on or
        validated with where not given, and nobody is tested on.
    changes : mapping of str to str, optional
        See :func:`~ictal.experiments.recipe.read_recipe`.
    trackers : sequence of str
        Names of :data:`ictal.training.trackers.TRACKERS`.
    n_jobs : int
        Recordings that are prepared side by side.
    progress : callable
        Called with the share that is done and a text.

    Raises
    ------
    ParameterError, RecordingError, OutputError
        If the recipe, the data or the folder is not allowed; nothing has been done then.
    """
    resolved = resolve_recipe(recipe, data, changes)
    store = open_recipe_store(resolved, n_jobs=n_jobs, progress=progress)
    split = choose_split(resolved, store, fold)
    if resolved.model.name in CODECS:
        return pretrain_recipe(resolved, store, split, output, trackers=trackers, progress=progress)
    folder = open_run(output, "train", resolved, store, split=split.name)
    write_splits(folder / "splits.json", [split])
    trained = train_detector(
        resolved.task,
        store,
        split,
        folder,
        trackers=trackers,
        progress=progress,
        provenance={"recipe": write_recipe(resolved)},
    )
    write_run_report(folder)
    return TrainingRun(folder, folder / DETECTOR, split, trained)


def resolve_recipe(recipe: Path | str | Recipe, data: Path | None, changes: Mapping[str, str] | None) -> Recipe:
    """Return the recipe with the data and the values that the command line asks for."""
    resolved = read_recipe(recipe, changes)
    if data is None:
        return resolved
    return resolved.model_copy(update={"data": resolved.data.model_copy(update={"corpus": str(data)})})


def open_recipe_store(recipe: Recipe, *, n_jobs: int = 1, progress: Progress = lambda share, text="": None) -> Store:
    """Return the store of a recipe's data.

    Raises
    ------
    ParameterError
        If the recipe names no data.
    """
    if recipe.data.corpus is None:
        raise ParameterError("data.corpus: is not set; give --data FOLDER.")
    source, corpus = recipe.data.corpus, recipe.data.format
    return open_store(source, recipe.chain, corpus=corpus, n_jobs=n_jobs, progress=lambda s: progress(s, "prepare"))


def choose_split(recipe: Recipe, store: Store, fold: str | None) -> Split:
    """Return one split of a recipe: a named one, or that which tests on nobody.

    Raises
    ------
    ParameterError
        If there is no split of this name or number.
    """
    by = "all" if fold is None else recipe.split.by
    splits = make_splits(by, store.recordings, seed=recipe.split.seed, validation=recipe.split.validation)
    if fold is None:
        return splits[0]
    if fold.isdigit() and 1 <= int(fold) <= len(splits):
        return splits[int(fold) - 1]
    return splits[[split.name for split in splits].index(check_option("fold", fold, [one.name for one in splits]))]
