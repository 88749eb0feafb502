"""Search the settings of a recipe for those with which the validation is best."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

from ictal.core.errors import IctalError, ParameterError
from ictal.data.portions import Split, encode_portions, write_splits
from ictal.data.sealed import SealedSplit, seal_split
from ictal.data.store import Store
from ictal.experiments.jobs import WorkerDiedError, work_off
from ictal.experiments.recipe import DataSettings, Recipe, write_recipe
from ictal.experiments.run_record import describe_data, open_run
from ictal.experiments.search_space import check_space, compared_by, is_under, list_candidates
from ictal.experiments.study import StudyPlace, bind_study, fail_abandoned, hide_password, open_study
from ictal.experiments.train import choose_split, open_recipe_store, resolve_recipe
from ictal.experiments.trial_rows import list_rows, rank_rows
from ictal.experiments.trials import TRIALS, Job, run_trial
from ictal.experiments.tuning_results import Tuning, write_results
from ictal.reports.tuning_report import FAILED, PRUNED, TrialRow
from ictal.training.network import build_network
from ictal.training.train import check_classes, check_sides, cut_side, describe_windows

Progress = Callable[..., None]
Tell = Callable[[str], None]

DATABASE = "study.db"
"""The study, in the run folder, where no other storage is named."""

GIVE_UP = 5
"""So many failed trials, and none that did not fail, end a tuning."""


class TuningError(IctalError):
    """No trial comes to an end."""


def tune_recipe(
    recipe: Path | str,
    output: Path,
    *,
    data: Path | None = None,
    fold: str | None = None,
    n_trials: int = 100,
    storage: str | None = None,
    n_workers: int = 1,
    timeout: float | None = None,
    top: int = 5,
    changes: Mapping[str, str] | None = None,
    progress: Progress = lambda share, text="": None,
    tell: Tell = lambda text: None,
) -> Tuning:
    """Tune a recipe as ``ictal tune`` does.

    Each trial trains a detector with values of its own and is worth what the validation says of the epoch whose weights
    are kept. The test side of the split is sealed and cannot be read here.

    Parameters
    ----------
    recipe : path
        A name of :data:`~ictal.experiments.recipe.RECIPES` or a TOML file; ``tuning`` in it says what is searched.
    output : Path
        The run folder; a tuning that was stopped goes on there.
    data : Path, optional
        A corpus or a store, in place of the recipe's.
    fold : str, optional
        As in :func:`~ictal.experiments.train.train_recipe`; whom it tests on takes no part.
    n_trials : int
        Of the study in all, with those of earlier runs, of other machines, and those that failed. Machines that end
        at the same moment may run one more.
    storage : str, optional
        URL of a database, as ``postgresql://user:password@server/database``, on which several machines may work at a
        time; an SQLite file in the run folder where not given.
    n_workers : int
        Trials side by side.
    timeout : float, optional
        Seconds after which no trial is begun.
    top : int
        How many of the best trials are written as recipes, and keep all their files.
    changes : mapping of str to str, optional
        See :func:`~ictal.experiments.recipe.read_recipe`.
    progress : callable
        Called with the share that is done and a text.
    tell : callable
        Called with a line about every trial that ends.

    Raises
    ------
    ParameterError
        If the recipe, a key or a value of its search space, or the storage is not allowed, or the study there is of
        something else; no trial has been begun then.
    TuningError
        If every trial fails.
    OutputError, RecordingError
        If the disk is full, or the store or the database cannot be read; the tuning goes on when called again.
    """
    for name, number in (("trials", n_trials), ("workers", n_workers), ("top", top)):
        if number < 1:
            raise ParameterError(f"{name}: {number!r} is not allowed; it must be 1 or more.")
    until = None if timeout is None else time.time() + timeout
    resolved = resolve_recipe(recipe, data, changes)
    check_space(resolved)
    shown = DATABASE if storage is None else hide_password(storage)
    store = open_recipe_store(resolved, n_jobs=n_workers, progress=progress)
    split, _ = seal_split(choose_split(resolved, store, fold))
    check_trials(resolved, store, split)
    folder = open_run(output, "tune", resolved, store, split=split.name, storage=shown)
    write_splits(folder / "splits.json", [Split(split.name, split.train, split.validation, (), split.within_subject)])
    url = f"sqlite:///{(folder / DATABASE).resolve()}" if storage is None else storage
    job = Job(resolved, store, split, folder, place_study(resolved, split, url), n_trials, until, top)
    with open_study(job.place) as study:
        bind_study(study, describe_study(resolved, store, split), shown)
        fail_abandoned(study, folder / TRIALS)
        n_there = len(study.get_trials(deepcopy=False))
    run_trials(job, n_there, n_workers, progress, tell)
    with open_study(job.place) as study:
        fail_abandoned(study, folder / TRIALS)
        rows = list_rows(study, resolved.tuning.space)
    if not rank_rows(rows, job.place.compared_by):
        raise TuningError(f"{folder}: no trial has finished{_last_reason(rows)}.")
    return write_results(job, rows, shown)


def run_trials(job: Job, n_there: int, n_workers: int, progress: Progress, tell: Tell) -> None:
    """Run the trials that are missing, side by side.

    Raises
    ------
    TuningError
        If the first of them all fail.
    IctalError
        If something failed that is not due to a single trial.
    """
    ended: list[TrialRow] = []

    def move(share: float = 0.0, text: str = "") -> None:
        done = n_there + len(ended)
        progress(min((done + share) / job.n_trials, 1.0), f"{done} of {job.n_trials} trials{text and ', '}{text}")

    # Only in this process can a trial move the bar by itself.
    work = partial(run_trial, progress=move) if n_workers == 1 else run_trial
    move()
    with work_off(work, [job] * max(job.n_trials - n_there, 0), n_workers) as answers:
        for _, answer in answers:
            if isinstance(answer, IctalError) and not isinstance(answer, WorkerDiedError):
                raise answer
            if isinstance(answer, TrialRow):
                ended.append(answer)
                move()
                tell(describe_trial(answer, job.place.compared_by))
                if len(ended) == GIVE_UP and all(row.state == FAILED for row in ended):
                    raise TuningError(f"{job.folder}: the first {GIVE_UP} trials have failed{_last_reason(ended)}.")


def place_study(recipe: Recipe, split: SealedSplit, url: str) -> StudyPlace:
    """Return where the study of a recipe on one split is, and how it is searched."""
    longest = max([recipe, *(one for _, one in list_candidates(recipe))], key=lambda one: one.training.epochs)
    name = f"{recipe.name} {split.name}"
    return StudyPlace(url, name, recipe.tuning, compared_by(recipe), longest.training.epochs)


def describe_study(recipe: Recipe, store: Store, split: SealedSplit) -> dict[str, str]:
    """Return what all trials of a study must share, wherever they run."""
    space = {key: values.model_dump(mode="json") for key, values in recipe.tuning.space.items()}
    searched = recipe.tuning.model_copy(update={"space": {}})
    sides = [split.name, encode_portions(split.train), encode_portions(split.validation)]
    return {
        "search space": json.dumps(space, sort_keys=True),
        "recipe": write_recipe(recipe.model_copy(update={"data": DataSettings(), "tuning": searched})),
        "data": str(describe_data(store)["sha256"]),
        "split": hashlib.sha256(json.dumps(sides).encode()).hexdigest(),
    }


def check_trials(recipe: Recipe, store: Store, split: SealedSplit) -> None:
    """Make sure that trials can be trained and compared: by the windows of both sides, and by every network.

    Raises
    ------
    ParameterError
        If a side has no windows of a class, or the data do not fit a network that may be tried.
    LeakageError
        If the sides know each other.
    """
    check_sides(split, store, guard=recipe.windows.length)
    if not split.validation:
        raise ParameterError("split.validation: 0 leaves nobody to compare trials on; it must be above 0.")
    train, watched = (cut_side(recipe.task, store, side) for side in (split.train, split.validation))
    check_classes(train, split.name)
    for name, count in watched.count().items():
        if count == 0:
            raise ParameterError(
                f"split {split.name}: the validation side has no window of class {name!r}, so that trials cannot be "
                "compared; take more recordings, another split.seed or a larger split.validation."
            )
    build_network(recipe.model, describe_windows(recipe.task, train), seed=0)
    for key, candidate in list_candidates(recipe):
        if is_under(key, "model") or is_under(key, "windows"):
            try:
                windows = cut_side(candidate.task, store, split.train)
                build_network(candidate.model, describe_windows(candidate.task, windows), seed=0)
            except ParameterError as error:
                raise ParameterError(f"tuning.space {key}: {error}") from None


def describe_trial(row: TrialRow, monitor: str) -> str:
    """Return the line that is told about a trial.

    Examples
    --------
    >>> describe_trial(TrialRow(3, "pruned", 0.51234, curve=((1, 0.4), (2, 0.51234)), seconds=12.0), "pr_auc")
    'trial 3: pr_auc 0.5123, pruned after 2 epochs'
    >>> describe_trial(TrialRow(4, "failed", reason="out of memory"), "pr_auc")
    'trial 4: failed: out of memory'
    """
    if row.state == FAILED:
        return f"trial {row.number}: failed: {row.reason}"
    text = f"trial {row.number}: {monitor} {row.value:.4g}"
    return f"{text}, pruned after {row.epochs} epochs" if row.state == PRUNED else text


def _last_reason(rows: Sequence[TrialRow]) -> str:
    reasons = [row.reason for row in rows if row.reason]
    return f"; the last reason: {reasons[-1]}" if reasons else ""
