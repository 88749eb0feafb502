"""A trial tells the study what it is worth after each epoch, and why it failed; of the lesser ones little is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import optuna
import pytest
import torch
from optuna.trial import TrialState

from ictal.core.errors import OutputError, ParameterError, RecordingError
from ictal.experiments.recipe import Recipe, read_recipe
from ictal.experiments.trial_rows import REASON
from ictal.experiments.trials import (
    Follower,
    TrialError,
    reason_told,
    strip_trials,
    suppress_told,
    tell_reason,
)
from ictal.experiments.tuning_settings import TuningSettings
from ictal.reports.tuning_report import TrialRow


def recipe(compared_by: str | None = None, **training: str) -> Recipe:
    changed = {f"training.{key}": value for key, value in training.items()}
    read = read_recipe("eegwavenet", {"training.epochs": "5", **changed})
    return read.model_copy(update={"tuning": TuningSettings(monitor=compared_by)})  # type: ignore[arg-type]


def follow(
    of: Recipe,
    kept_by: Sequence[float],
    compared: Sequence[float],
    pruner: optuna.pruners.BasePruner | None = None,
) -> tuple[optuna.Trial, Follower]:
    """Show a trial the figures of some epochs."""
    trial = optuna.create_study(direction="maximize", pruner=pruner).ask()
    follower = Follower(trial, of)
    for epoch, (one, other) in enumerate(zip(kept_by, compared, strict=True)):
        follower.see(epoch, {"validation/pr_auc": one, "validation/event_f1": other})
    return trial, follower


def reported(trial: optuna.Trial) -> dict[int, float]:
    (frozen,) = trial.study.get_trials(states=(TrialState.RUNNING,))
    return frozen.intermediate_values


def test_a_trial_is_worth_its_best_epoch_and_not_its_last() -> None:
    trial, follower = follow(recipe(), [0.5, 0.8, 0.6], [0.0, 0.0, 0.0])
    assert reported(trial) == {1: 0.5, 2: 0.8, 3: 0.8}
    assert follower.worth() == 0.8


def test_another_figure_counts_in_the_epoch_whose_weights_are_kept() -> None:
    trial, follower = follow(recipe("event_f1"), [0.5, 0.8, 0.6], [0.9, 0.3, 1.0])
    assert reported(trial) == {1: 0.9, 2: 0.3, 3: 0.3}
    assert follower.worth() == 0.3


def test_an_epoch_without_a_number_tells_nothing() -> None:
    trial, follower = follow(recipe("event_f1"), [float("nan"), 0.8], [0.9, float("nan")])
    assert reported(trial) == {}
    with pytest.raises(TrialError, match="the validation gave no number for event_f1"):
        follower.worth()


def test_a_trial_that_is_over_is_not_pruned_any_more() -> None:
    pruner = optuna.pruners.ThresholdPruner(lower=2.0)
    with pytest.raises(optuna.TrialPruned):
        follow(recipe(), [0.1], [0.0], pruner)
    for of in (recipe(epochs="1"), recipe(patience="1")):
        trial = optuna.create_study(direction="maximize", pruner=pruner).ask()
        follower = Follower(trial, of)
        figures = {"validation/pr_auc": 0.1, "validation/event_f1": 0.0}
        if of.training.epochs > 1:
            follower._monitored, follower._compared = [0.5], [0.5]
        follower.see(0, figures)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ParameterError("windows: too short"), "windows: too short"),
        (torch.OutOfMemoryError("CUDA out of memory.\nTried to"), "out of memory: CUDA out of memory."),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: 4 TB"), "out of memory: DefaultCPUAllocator: can't"),
        (KeyError("lr"), "KeyError: 'lr'"),
        (ValueError(), "ValueError: "),
    ],
)
def test_a_failure_is_noted_with_its_reason_and_ends_one_trial(error: Exception, told: str) -> None:
    trial = optuna.create_study().ask()
    with pytest.raises(TrialError), reason_told(trial):
        raise error
    assert trial.user_attrs[REASON].startswith(told)
    assert tell_reason(error).startswith(told)


@pytest.mark.parametrize("error", [OutputError("full"), RecordingError("gone"), optuna.TrialPruned()])
def test_what_the_next_trial_would_meet_too_is_no_failure_of_one(error: Exception) -> None:
    with pytest.raises(type(error)), reason_told(optuna.create_study().ask()):
        raise error


@pytest.mark.parametrize("end", [KeyboardInterrupt, SystemExit])
def test_a_trial_that_is_interrupted_has_failed(end: type[BaseException]) -> None:
    study = optuna.create_study()

    def work(trial: optuna.Trial) -> float:
        with reason_told(trial):
            raise end

    with pytest.raises(end):
        study.optimize(work, n_trials=1)
    assert [(one.state, one.user_attrs[REASON]) for one in study.trials] == [(TrialState.FAIL, "interrupted")]


@pytest.mark.parametrize("when", ["before a report", "at the end"])
def test_a_trial_that_was_taken_for_dead_is_let_go(tmp_path: Path, when: str) -> None:
    storage = optuna.storages.RDBStorage(f"sqlite:///{tmp_path / 'study.db'}")
    study = optuna.create_study(storage=storage)
    begun: list[int] = []

    def work(trial: optuna.Trial) -> float:
        begun.append(trial.number)
        with reason_told(trial):
            study.tell(trial.number, state=TrialState.FAIL)
            if when == "before a report":
                trial.report(0.5, 1)
            return 1.0

    with suppress_told(study, begun):
        study.optimize(work, n_trials=1)
    assert [one.state for one in study.trials] == [TrialState.FAIL]
    with pytest.raises(ValueError, match="a fault"), suppress_told(study, []):
        raise ValueError("a fault")
    storage.engine.dispose()


def test_of_the_lesser_trials_only_metrics_and_recipe_are_kept(tmp_path: Path) -> None:
    rows = [TrialRow(0, "finished", 0.5), TrialRow(1, "finished", 0.9), TrialRow(2, "pruned", 0.95)]
    rows += [TrialRow(3, "failed"), TrialRow(4, "running"), TrialRow(5, "finished", 0.1)]
    for row in rows[:5]:
        folder = tmp_path / str(row.number)
        (folder / "checkpoints").mkdir(parents=True)
        for name in ("checkpoints/last.ckpt", "metrics.csv", "recipe.toml", "detector.ictal"):
            (folder / name).touch()
    strip_trials(tmp_path, rows, 1, "pr_auc")
    left = {row.number: {path.name for path in (tmp_path / str(row.number)).iterdir()} for row in rows[:5]}
    whole, bare = {"checkpoints", "metrics.csv", "recipe.toml", "detector.ictal"}, {"metrics.csv", "recipe.toml"}
    assert left == {0: bare, 1: whole, 2: bare, 3: bare, 4: whole}
