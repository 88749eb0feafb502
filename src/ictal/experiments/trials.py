"""One trial of a tuning: values are drawn, a detector is trained with them, and the study is told what it is worth."""

from __future__ import annotations

import gc
import math
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from ictal.core.errors import IctalError, OutputError, RecordingError
from ictal.data.leakage import LeakageError
from ictal.data.sealed import SealedSplit
from ictal.data.store import Store
from ictal.experiments.recipe import Recipe, write_recipe
from ictal.experiments.run_record import RECIPE
from ictal.experiments.search_space import apply_values, compared_by, draw_values
from ictal.experiments.study import StudyPlace, claim_folder, fail_abandoned, open_study
from ictal.experiments.trial_rows import REASON, list_rows, rank_rows
from ictal.experiments.tuning_settings import TuningSettings
from ictal.io.atomic import atomic_write
from ictal.reports.tuning_report import TrialRow
from ictal.training.standing import find_best, is_stalled
from ictal.training.trackers import METRICS
from ictal.training.train import fit_split

if TYPE_CHECKING:
    import optuna

Progress = Callable[..., None]

TRIALS = "trials"
KEPT = frozenset({RECIPE, METRICS})
"""What stays of a trial that is not among the best."""

_OF_ALL = (OutputError, RecordingError, LeakageError)
"""Errors that the next trial would run into as well."""


class TrialError(IctalError):
    """A trial failed, for a reason that may be that of its values alone."""


@dataclass(frozen=True)
class Job:
    """What every worker of a tuning must know.

    Attributes
    ----------
    recipe : Recipe
    store : Store
    split : SealedSplit
        Whom trials are trained on and compared on; nobody here can open its test side.
    folder : Path
        Of the run.
    place : StudyPlace
    n_trials : int
        No trial is begun when the study has so many, whatever has become of them.
    until : float or None
        No trial is begun after this time, in seconds since 1970.
    top : int
        Trials of which all files are kept.
    """

    recipe: Recipe
    store: Store
    split: SealedSplit
    folder: Path
    place: StudyPlace
    n_trials: int
    until: float | None = None
    top: int = 5


def run_trial(job: Job, progress: Progress = lambda share, text="": None) -> TrialRow | IctalError | None:
    """Run one trial, if there is one to run.

    Parameters
    ----------
    job : Job
    progress : callable
        Called with the share of the trial that is done and a text.

    Returns
    -------
    TrialRow, IctalError or None
        What became of it; an error that ends the tuning; or nothing, where there are trials enough or time is over.
    """
    if job.until is not None and time.time() >= job.until:
        return None
    begun: list[int] = []

    def work(trial: optuna.Trial) -> float:
        begun.append(trial.number)
        return train_trial(trial, job, progress)

    try:
        with open_study(job.place) as study:
            fail_abandoned(study, job.folder / TRIALS)
            if len(study.get_trials(deepcopy=False)) >= job.n_trials:
                return None
            with suppress_told(study, begun):
                study.optimize(work, n_trials=1, catch=(TrialError,))
            rows = list_rows(study, job.recipe.tuning.space)
    except IctalError as error:
        return error
    finally:
        free_memory()
    strip_trials(job.folder / TRIALS, rows, job.top, job.place.compared_by)
    return next(row for row in rows if row.number == begun[0])


def train_trial(trial: optuna.Trial, job: Job, progress: Progress) -> float:
    """Train a detector with the values of a trial.

    Returns
    -------
    float
        The figure by which trials are compared, in the epoch whose weights are kept.

    Raises
    ------
    TrialPruned
        If the study says after an epoch that it is not worth going on.
    TrialError
        If it failed for a reason that may be its own.
    """
    values = draw_values(trial, job.recipe.tuning.space)
    folder = job.folder / TRIALS / str(trial.number)
    shutil.rmtree(folder, ignore_errors=True)
    with claim_folder(folder), reason_told(trial):
        recipe = apply_values(job.recipe, values, f"trial {trial.number}")
        with atomic_write(folder / RECIPE, "w") as file:
            file.write(write_recipe(recipe.model_copy(update={"tuning": TuningSettings()})))
        follower = Follower(trial, recipe)
        fit_split(recipe.task, job.store, job.split, folder, watch=follower.see, progress=progress)
        return follower.worth()


@contextmanager
def suppress_told(study: optuna.Study, begun: Sequence[int]) -> Iterator[None]:
    """Let pass that another worker took a trial for dead, after a pause of this machine, and has told the study so.

    Parameters
    ----------
    study : Study
    begun : sequence of int
        The trial of this worker, when it has one.
    """
    import optuna

    try:
        yield
    except (optuna.exceptions.UpdateFinishedTrialError, ValueError, AssertionError):  # as Optuna says it
        if not begun or study.get_trials(deepcopy=False)[begun[0]].state != optuna.trial.TrialState.FAIL:
            raise


class Follower:
    """Tells the study after each epoch what a trial would be worth if it ended there.

    That is the figure by which trials are compared, in the epoch that is the best so far by ``training.monitor``: the
    epoch whose weights would be kept.

    Parameters
    ----------
    trial : Trial
    recipe : Recipe
        Of the trial.
    """

    def __init__(self, trial: optuna.Trial, recipe: Recipe) -> None:
        self._trial = trial
        self._kept_by, self._compared_by = recipe.training.monitor, compared_by(recipe)
        self._training = recipe.training
        self._monitored: list[float] = []
        self._compared: list[float] = []

    def see(self, epoch: int, figures: Mapping[str, float]) -> None:
        """Take the figures of an epoch, from 0 on.

        Raises
        ------
        TrialPruned
            If the study says that it is not worth going on.
        """
        import optuna

        self._monitored.append(figures[f"validation/{self._kept_by}"])
        self._compared.append(figures[f"validation/{self._compared_by}"])
        worth = self._worth()
        if math.isfinite(worth):
            self._trial.report(worth, epoch + 1)
        is_over = epoch + 1 == self._training.epochs or is_stalled(
            self._monitored, self._kept_by, self._training.patience
        )
        if math.isfinite(worth) and not is_over and self._trial.should_prune():
            raise optuna.TrialPruned

    def worth(self) -> float:
        """Return what the trial is worth.

        Raises
        ------
        TrialError
            If the validation never gave a number.
        """
        worth = self._worth()
        if not math.isfinite(worth):
            raise TrialError(f"the validation gave no number for {self._compared_by}")
        return worth

    def _worth(self) -> float:
        best = find_best(self._monitored, self._kept_by)
        return math.nan if best is None else self._compared[best]


@contextmanager
def reason_told(trial: optuna.Trial) -> Iterator[None]:
    """Note why a trial failed.

    Raises
    ------
    TrialError
        In place of what may be due to the values of the trial.
    """
    import optuna
    import sqlalchemy

    ends_all = (*_OF_ALL, optuna.exceptions.OptunaError, sqlalchemy.exc.SQLAlchemyError)
    try:
        yield
    except (KeyboardInterrupt, SystemExit) as end:
        trial.set_user_attr(REASON, "interrupted")
        if isinstance(end, SystemExit):  # of which Optuna would not tell the study
            trial.study.tell(trial, state=optuna.trial.TrialState.FAIL)
        raise
    except ends_all as error:
        if isinstance(error, _OF_ALL):
            trial.set_user_attr(REASON, tell_reason(error))
        raise
    except Exception as error:
        trial.set_user_attr(REASON, tell_reason(error))
        raise TrialError(tell_reason(error)) from None


def tell_reason(error: BaseException) -> str:
    """Return in one line why a trial failed.

    Examples
    --------
    >>> tell_reason(MemoryError("1 TB asked for")), tell_reason(ValueError("no"))
    ('out of memory: 1 TB asked for', 'ValueError: no')
    """
    lines = str(error).strip().splitlines()
    text = lines[0] if lines else ""
    if isinstance(error, IctalError):
        return text
    if isinstance(error, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in text:
        return f"out of memory: {text}"
    return f"{type(error).__name__}: {text}"


def free_memory() -> None:
    """Give back what a trial held, on the GPU too."""
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()


def strip_trials(folder: Path, rows: Sequence[TrialRow], top: int, monitor: str) -> None:
    """Remove the large files of all trials that have ended, but of the best.

    Parameters
    ----------
    folder : Path
        Holds a folder for each trial of this machine.
    rows : sequence of TrialRow
        All of the study.
    top : int
        So many are left whole.
    monitor : str
        The figure by which they are compared.
    """
    best = {row.number for row in rank_rows(rows, monitor)[:top]}
    for row in rows:
        own = folder / str(row.number)
        if row.has_ended and row.number not in best and own.is_dir():
            for entry in own.iterdir():
                if entry.is_dir():
                    shutil.rmtree(entry, ignore_errors=True)
                elif entry.name not in KEPT:
                    entry.unlink(missing_ok=True)
