"""Cross-validate a recipe: every fold trained and tested by itself, and what all of them come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ictal.core.errors import IctalError, ParameterError, check_option
from ictal.data.portions import Split, read_splits, write_splits
from ictal.data.splits import make_splits
from ictal.data.store import Store
from ictal.evaluation.crossval_json import write_crossval
from ictal.evaluation.folds import FAILED, FINISHED, FoldSummary, folder_of
from ictal.evaluation.measures import Measures, measure_evaluation
from ictal.evaluation.measures_json import write_subjects_table
from ictal.evaluation.stored import EvaluatedRecording, read_evaluation, write_evaluation
from ictal.experiments.fold import Fold, FoldOutcome, run_fold
from ictal.experiments.jobs import WorkerDiedError, work_off
from ictal.experiments.recipe import Recipe
from ictal.experiments.run_record import open_run
from ictal.experiments.train import open_recipe_store, resolve_recipe
from ictal.reports.run_folds import subjects_of
from ictal.reports.run_report import write_run_report
from ictal.training.trackers import TRACKERS

Progress = Callable[..., None]
Tell = Callable[["FoldDone"], None]

SPLITS, TABLE = "splits.json", "subjects.tsv"


@dataclass(frozen=True)
class FoldDone:
    """A fold that has come to an end, and how many there are.

    Attributes
    ----------
    split : Split
    outcome : FoldOutcome
    n_done, n_folds : int
    """

    split: Split
    outcome: FoldOutcome
    n_done: int
    n_folds: int


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """What ``ictal crossval`` did.

    Attributes
    ----------
    folder : Path
    recipe : Recipe
    folds : tuple of FoldSummary
        In the order of the splits.
    measures : Measures
        Over the test recordings of all finished folds.
    report : Path
    """

    folder: Path
    recipe: Recipe
    folds: tuple[FoldSummary, ...]
    measures: Measures
    report: Path

    @property
    def failed(self) -> tuple[FoldSummary, ...]:
        """The folds that the same command tries again."""
        return tuple(fold for fold in self.folds if fold.status == FAILED)


def crossval_recipe(
    recipe: Path | str | Recipe,
    output: Path,
    *,
    data: Path | None = None,
    splits: str | None = None,
    changes: Mapping[str, str] | None = None,
    trackers: Sequence[str] = (),
    n_jobs: int = 1,
    after_fold: Callable[[Fold], None] | None = None,
    progress: Progress = lambda share, text="": None,
    tell: Tell = lambda done: None,
) -> CrossValidation:
    """Cross-validate a recipe as ``ictal crossval`` does.

    Parameters
    ----------
    recipe : path or Recipe
        A name of :data:`~ictal.experiments.recipe.RECIPES`, a TOML file, or one that was read already.
    output : Path
        The run folder. A cross-validation that was stopped goes on there: finished folds are not run again, one that
        was stopped goes on from its last epoch.
    data : Path, optional
        A corpus or a store, in place of the recipe's.
    splits : str, optional
        A way to split, in place of the recipe's; see :func:`ictal.data.splits.make_splits`. It must test on somebody.
    changes : mapping of str to str, optional
        See :func:`~ictal.experiments.recipe.read_recipe`.
    trackers : sequence of str
        Names of :data:`ictal.training.trackers.TRACKERS`.
    n_jobs : int
        Folds side by side, each in a process of its own; weights do not depend on it.
    after_fold : callable, optional
        See :attr:`ictal.experiments.fold.Fold.after`.
    progress : callable
        Called with the share that is done and a text.
    tell : callable
        Called with each fold that has come to an end.

    Returns
    -------
    CrossValidation
        Folds that cannot be trained, as where a class is missing, are left out with their reason; so are those that
        failed, which the same call tries again.

    Raises
    ------
    ParameterError, RecordingError, OutputError
        If the recipe, the data, the splits or the folder is not allowed; nothing has been done then.
    IctalError
        If not one fold could be finished; the reason of the first is told.
    """
    resolved = choose_way(resolve_recipe(recipe, data, changes), splits)
    for name in trackers:
        check_option("tracker", name, TRACKERS)
    store = open_recipe_store(resolved, n_jobs=n_jobs, progress=progress)
    made = keep_splits(resolved, store, output)
    folds = [
        Fold(resolved, store.folder, split, output / folder_of(split.name), tuple(trackers), after_fold)
        for split in made
    ]
    outcomes: dict[str, FoldOutcome] = {}
    for fold, outcome in run_folds(folds, n_jobs, progress):
        outcomes[fold.split.name] = outcome
        tell(FoldDone(fold.split, outcome, len(outcomes), len(folds)))
    return conclude(output, resolved, folds, [outcomes[split.name] for split in made])


def choose_way(recipe: Recipe, splits: str | None) -> Recipe:
    """Return the recipe with the way to split that is asked for.

    Raises
    ------
    ParameterError
        If it tests on nobody.
    """
    by = recipe.split.by if splits is None else splits
    if by == "all":
        raise ParameterError("splits: 'all' is not allowed; it tests on nobody. Train with `ictal train` instead.")
    return recipe.model_copy(update={"split": recipe.split.model_copy(update={"by": by})})


def keep_splits(recipe: Recipe, store: Store, folder: Path) -> tuple[Split, ...]:
    """Open the run folder, and return the splits that are there, or those that are made and written now."""
    path = folder / SPLITS
    known = path.is_file()
    way = recipe.split
    made = () if known else make_splits(way.by, store.recordings, seed=way.seed, validation=way.validation)
    open_run(folder, "crossval", recipe, store)
    if known:
        return read_splits(path)
    write_splits(path, made)
    return made


def run_folds(folds: Sequence[Fold], n_jobs: int, progress: Progress) -> Iterator[tuple[Fold, FoldOutcome]]:
    """Yield what becomes of each fold, as they come; one at a time needs no process of its own."""
    n_done = 0

    def show(share: float, text: str = "") -> None:
        name = folds[n_done].split.name if n_done < len(folds) else ""
        progress((n_done + share) / len(folds), f"{name} {text}".strip())

    work = partial(run_fold, progress=show) if min(n_jobs, len(folds)) <= 1 else run_fold
    with work_off(work, folds, n_jobs) as answers:
        for fold, answer in answers:
            n_done += 1
            progress(n_done / len(folds), "")
            if isinstance(answer, WorkerDiedError):
                yield fold, FoldOutcome(FAILED, problem=str(answer))
            else:
                yield fold, answer


def conclude(folder: Path, recipe: Recipe, folds: Sequence[Fold], outcomes: Sequence[FoldOutcome]) -> CrossValidation:
    """Measure what the finished folds left, and write evaluation, figures, table and report.

    Raises
    ------
    IctalError
        If no fold is finished.
    OutputError
        If something cannot be written.
    """
    finished = [fold for fold, outcome in zip(folds, outcomes, strict=True) if outcome.status == FINISHED]
    if not finished:
        reason = next(outcome.problem for outcome in outcomes)
        raise IctalError(f"{folder}: none of the {len(folds)} folds could be finished; the first: {reason}")
    tested = {fold.split.name: read_evaluation(fold.folder) for fold in finished}
    recordings = [one for own in tested.values() for one in own]
    write_evaluation(folder, recordings)
    measures = measure_evaluation(recordings)
    summaries = tuple(
        summarise_fold(fold, outcome, tested.get(fold.split.name, ()), measures)
        for fold, outcome in zip(folds, outcomes, strict=True)
    )
    write_crossval(folder, summaries, measures)
    write_subjects_table(folder / TABLE, measures)
    return CrossValidation(folder, recipe, summaries, measures, write_run_report(folder, measures=measures))


def summarise_fold(
    fold: Fold, outcome: FoldOutcome, recordings: Sequence[EvaluatedRecording], measures: Measures
) -> FoldSummary:
    """Return what became of a fold, with its figures where it is finished."""
    is_finished = outcome.status == FINISHED
    return FoldSummary(
        name=fold.split.name,
        status=outcome.status,
        problem=outcome.problem,
        tested=subjects_of(fold.split, "test"),
        n_trained=len(subjects_of(fold.split, "train")),
        n_watched=len(subjects_of(fold.split, "validation")),
        history=outcome.history,
        group=measures.of((one.name, one.start) for one in recordings) if is_finished else None,
    )
