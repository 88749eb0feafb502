"""One fold of a cross-validation: a run of its own, in a process of its own perhaps, whose errors are answers."""

from __future__ import annotations

import traceback
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ictal.core.errors import IctalError, IctalWarning, ParameterError
from ictal.data.portions import Split, write_splits
from ictal.data.store import Store
from ictal.evaluation.folds import FAILED, FINISHED, LEFT_OUT
from ictal.evaluation.history import TrainingHistory, read_history
from ictal.experiments.recipe import Recipe, write_recipe
from ictal.experiments.run_record import open_run
from ictal.io.json_file import read_json_file
from ictal.training.evaluation import FIGURES, FORMAT, VERSION
from ictal.training.train import DETECTOR, check_classes, cut_side, train_detector

Progress = Callable[..., None]


@dataclass(frozen=True)
class Fold:
    """What is to be trained and tested where.

    Attributes
    ----------
    recipe : Recipe
    store : Path
        Folder of the prepared store.
    split : Split
    folder : Path
        A run folder.
    trackers : tuple of str
        Names of :data:`ictal.training.trackers.TRACKERS`.
    after : callable or None
        A function of a module, called with this fold when its detector is there, also when an earlier run made it; what
        it leaves in the folder it finds there again. The fold counts as done when it has come back.
    """

    recipe: Recipe
    store: Path
    split: Split
    folder: Path
    trackers: tuple[str, ...] = ()
    after: Callable[[Fold], None] | None = None

    @property
    def is_trained(self) -> bool:
        """Whether its detector is there, which is written when all else is."""
        return (self.folder / DETECTOR).is_file()


@dataclass(frozen=True)
class FoldOutcome:
    """What became of a fold.

    Attributes
    ----------
    status : str
        One of :data:`ictal.evaluation.folds.STATUSES`.
    was_there : bool
        Whether an earlier run had trained it.
    history : TrainingHistory or None
    figures : mapping of str to (float or None)
        Of all its test recordings as one, by the names of :data:`ictal.evaluation.measures.FIGURES`; empty unless
        finished.
    problem, trace : str
        Why it is not, and where that happened, for a developer.
    """

    status: str
    was_there: bool = False
    history: TrainingHistory | None = None
    figures: Mapping[str, float | None] = field(default_factory=dict)
    problem: str = ""
    trace: str = ""


def run_fold(fold: Fold, progress: Progress = lambda share, text="": None) -> FoldOutcome:
    """Train and test a fold; one that is trained already is not trained again, one that was stopped goes on.

    Parameters
    ----------
    fold : Fold
    progress : callable
        Called with the share that is done and a text.
    """
    was_there = fold.is_trained
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IctalWarning)  # those of the splits and the store have been said
        try:
            problem = "" if was_there else _train(fold, progress)
            if problem:
                return FoldOutcome(LEFT_OUT, problem=problem)
            if fold.after is not None:
                fold.after(fold)
            return FoldOutcome(FINISHED, was_there, read_history(fold.folder), _read_figures(fold.folder))
        except IctalError as error:
            return _fail(str(error))
        except MemoryError:
            return _fail("not enough memory; give fewer --jobs")
        except Exception as error:  # a fault of ours in one fold shall not cost a night of others
            return _fail(f"{type(error).__name__}: {error} (a fault in ictal; --debug shows where)")


def _train(fold: Fold, progress: Progress) -> str:
    """Train a fold, or return why it cannot be trained."""
    store = Store(fold.store)
    try:
        check_classes(cut_side(fold.recipe.task, store, fold.split.train), fold.split.name)
    except ParameterError as problem:
        return str(problem)
    open_run(fold.folder, "train", fold.recipe, store, split=fold.split.name)
    write_splits(fold.folder / "splits.json", [fold.split])
    train_detector(
        fold.recipe.task,
        store,
        fold.split,
        fold.folder,
        trackers=fold.trackers,
        progress=progress,
        provenance={"recipe": write_recipe(fold.recipe)},
    )
    return ""


def _read_figures(folder: Path) -> dict[str, float | None]:
    content = read_json_file(folder / FIGURES, "the figures of an evaluation", FORMAT, VERSION)
    return {name: one["value"] for name, one in content["pooled"].items()}


def _fail(problem: str) -> FoldOutcome:
    return FoldOutcome(FAILED, problem=problem, trace=traceback.format_exc())
