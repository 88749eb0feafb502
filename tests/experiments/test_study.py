"""A study draws the same trials for the same seed, belongs to one recipe, and knows who has died over a trial."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import optuna
import pytest
from optuna.trial import TrialState

from ictal.core.errors import OutputError, ParameterError
from ictal.experiments.study import (
    StudyPlace,
    bind_study,
    claim_folder,
    fail_abandoned,
    hide_password,
    is_abandoned,
    make_pruner,
    open_study,
)
from ictal.experiments.tuning_settings import TuningSettings


@pytest.fixture
def place(tmp_path: Path) -> StudyPlace:
    return StudyPlace(f"sqlite:///{tmp_path / 'study.db'}", "mine", TuningSettings(startup=3, seed=1), "pr_auc", 30)


def bowl(trial: optuna.Trial) -> float:
    x, y = trial.suggest_float("x", -1.0, 1.0), trial.suggest_categorical("y", [0, 1, 2])
    return -(x**2) - y


def run(place: StudyPlace, *portions: int) -> list[dict[str, float]]:
    """Run trials in several goes, and return what was drawn."""
    for n_trials in portions:
        with open_study(place) as study:
            study.optimize(bowl, n_trials=n_trials)
    with open_study(place) as study:
        return [trial.params for trial in study.trials]


def test_the_same_seed_draws_the_same_trials_also_when_it_was_stopped(tmp_path: Path, place: StudyPlace) -> None:
    def elsewhere(name: str, seed: int = 1) -> StudyPlace:
        settings = TuningSettings(startup=3, seed=seed)
        return replace(place, url=f"sqlite:///{tmp_path / name}", settings=settings)

    at_once = run(place, 12)
    assert run(elsewhere("b.db"), 2, 5, 5) == at_once
    assert run(elsewhere("c.db", seed=2), 3) != at_once[:3]
    assert len({one["x"] for one in at_once}) == 12


def test_a_study_is_that_of_one_recipe(place: StudyPlace) -> None:
    facts = {"recipe": "a", "search space": "b"}
    with open_study(place) as study:
        bind_study(study, facts, "here")
        bind_study(study, facts, "here")
        with pytest.raises(
            ParameterError, match=r"here: holds a study 'mine' with another search space; .*another name"
        ):
            bind_study(study, facts | {"search space": "c"}, "here")
    with open_study(replace(place, name="other")) as study:
        study.optimize(bowl, n_trials=1)
        with pytest.raises(ParameterError, match="with another recipe"):
            bind_study(study, facts, "here")


@pytest.mark.parametrize(("monitor", "direction"), [("pr_auc", "MAXIMIZE"), ("loss", "MINIMIZE")])
def test_the_better_is_known(place: StudyPlace, monitor: str, direction: str) -> None:
    with open_study(replace(place, compared_by=monitor)) as study:
        assert study.direction.name == direction


@pytest.mark.parametrize("pruner", ["median", "hyperband"])
def test_a_bad_trial_is_ended_after_the_warm_up(pruner: str) -> None:
    settings = TuningSettings(pruner=pruner, warmup=4)  # type: ignore[arg-type]

    def climb(trial: optuna.Trial) -> float:
        height = 0.5 if trial.number < 12 else 0.1
        for epoch in range(1, 31):
            trial.report(height * epoch, epoch)
            if trial.should_prune():
                raise optuna.TrialPruned
        return height

    study = optuna.create_study(study_name="mine", direction="maximize", pruner=make_pruner(settings, 30))
    study.optimize(climb, n_trials=20)
    bad = [trial for trial in study.trials[12:] if trial.state == TrialState.PRUNED]
    assert len(bad) > 4
    assert min(trial.last_step or 0 for trial in bad) == 4
    assert study.trials[0].state == TrialState.COMPLETE
    assert isinstance(make_pruner(TuningSettings(pruner="none"), 30), optuna.pruners.NopPruner)


def hold(folder: Path) -> None:
    with claim_folder(folder):
        (folder / "held").touch()
        time.sleep(60.0)


def begin(place: StudyPlace, folder: Path) -> None:
    """Work on a trial for ever."""
    with open_study(place, heartbeat=1, grace=2) as study:
        study.optimize(lambda trial: hold(folder / str(trial.number)) or 0.0, n_trials=1)


def start(work: Callable[..., None], *given: object) -> multiprocessing.process.BaseProcess:
    process = multiprocessing.get_context("spawn").Process(target=work, args=given)
    process.start()
    return process


def wait_for(path: Path) -> None:
    until = time.monotonic() + 60.0
    while not path.exists():
        assert time.monotonic() < until, f"{path} has not come"
        time.sleep(0.02)


def test_a_trial_whose_process_was_killed_is_failed_at_once(tmp_path: Path, place: StudyPlace) -> None:
    process = start(begin, place, tmp_path)
    wait_for(tmp_path / "0" / "held")
    try:
        with open_study(place) as study:
            fail_abandoned(study, tmp_path)
            assert [trial.state for trial in study.trials] == [TrialState.RUNNING]
            assert not is_abandoned(tmp_path / "0")
            os.kill(process.pid or 0, signal.SIGKILL)
            process.join()
            fail_abandoned(study, tmp_path)
            assert [trial.state for trial in study.trials] == [TrialState.FAIL]
            study.optimize(bowl, n_trials=1)
            assert study.trials[1].state == TrialState.COMPLETE
    finally:
        process.kill()
        process.join()


def test_a_trial_of_another_machine_is_failed_when_its_heart_no_longer_beats(tmp_path: Path, place: StudyPlace) -> None:
    process = start(begin, place, tmp_path)
    wait_for(tmp_path / "0" / "held")
    elsewhere = tmp_path / "elsewhere"
    with open_study(place, heartbeat=1, grace=2) as study:
        time.sleep(3.0)
        fail_abandoned(study, elsewhere)
        assert study.trials[0].state == TrialState.RUNNING
        process.kill()
        process.join()
        until = time.monotonic() + 30.0
        while study.trials[0].state == TrialState.RUNNING:
            assert time.monotonic() < until
            time.sleep(0.3)
            fail_abandoned(study, elsewhere)
        assert study.trials[0].state == TrialState.FAIL


def test_a_folder_that_nobody_worked_in_is_not_abandoned(tmp_path: Path) -> None:
    assert not is_abandoned(tmp_path)
    with claim_folder(tmp_path / "0"):
        assert not is_abandoned(tmp_path / "0")
    assert not is_abandoned(tmp_path / "0")
    assert not list((tmp_path / "0").iterdir())


@pytest.mark.parametrize("text", ["study", "anna:secret@server", "://secret"])
def test_what_is_no_url_is_not_repeated_as_it_may_hold_a_password(text: str) -> None:
    with pytest.raises(ParameterError, match="storage: is not the URL of a database") as caught:
        hide_password(text)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "problem", "said"),
    [
        ("nothing://anna:secret@server/db", ParameterError, "pip install ictal"),
        ("sqlite:////nowhere/at/all.db", OutputError, "the database cannot be used: unable to open"),
        ("postgresql://anna:secret@127.0.0.1:9/db", OutputError, "the database cannot be used: connection"),
    ],
)
def test_a_database_that_cannot_be_reached_is_named_without_its_password(
    place: StudyPlace, url: str, problem: type[Exception], said: str
) -> None:
    with pytest.raises(problem, match=said) as caught, open_study(replace(place, url=url)):
        pass
    assert "secret" not in str(caught.value)
    assert "\n" not in str(caught.value)
