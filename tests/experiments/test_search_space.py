"""Every value that tuning may try is tried on the recipe first; what is drawn comes into the recipe."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import optuna
import pytest

from ictal.core.errors import ParameterError
from ictal.experiments.recipe import Recipe, read_recipe
from ictal.experiments.search_space import (
    NOT_TUNED,
    apply_values,
    check_space,
    compared_by,
    draw_values,
    list_candidates,
    read_values,
)
from ictal.experiments.tuning_settings import SearchSpace, TuningSettings


def with_space(space: dict[str, dict[str, Any]], **more: Any) -> Recipe:
    tuning = TuningSettings(space={key: SearchSpace(**values) for key, values in space.items()}, **more)
    return read_recipe("eegwavenet").model_copy(update={"tuning": tuning})


LR = {"low": 1e-4, "high": 1e-2, "log": True}
LOSSES = {"choices": [{"loss": "focal", "gamma": 2.0}, {"loss": "cross-entropy"}]}


@pytest.mark.parametrize(
    ("key", "values", "said"),
    [
        ("training.optimizer.lrr", LR, r"training.optimizer.lrr: 'lrr' is not allowed; .* Did you mean 'lr'\?"),
        ("trainig.optimizer.lr", LR, r"'trainig' is not allowed; .* Did you mean 'training'\?"),
        ("training.optimizer.lr", {"low": -1.0, "high": 1.0}, r"training.optimizer.*greater than 0"),
        ("training.clip", {"low": 0.0, "high": 1.0}, r"training.clip: .*greater than 0; 0.0 came"),
        ("training.batch_size", {"choices": [32, 0]}, r"training.batch_size: .*greater than 0; 0 came"),
        ("training.batch_size", {"low": 8.5, "high": 16.5}, r"training.batch_size: .*integer"),
        ("training.loss", {"choices": [{"loss": "focal", "gama": 1}]}, r"'gama' is not allowed; .*'gamma'"),
        ("training.loss", {"choices": ["focall"]}, r"tuning.space: training.loss"),
        (
            "model.config.window",
            {"low": 2.0, "high": 4.0},
            r"model.config.window: 'window' is not allowed; allowed are",
        ),
        ("postprocessing.smoothing", {"choices": ["null"]}, r"postprocessing.smoothing"),
    ],
)
def test_a_key_or_value_that_the_recipe_refuses_is_refused_first(key: str, values: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=said):
        check_space(with_space({"training.optimizer.lr": LR, key: values}))


@pytest.mark.parametrize("table", NOT_TUNED)
def test_what_must_be_the_same_in_all_trials_is_not_tuned(table: str) -> None:
    for key in (table, f"{table}.seed"):
        with pytest.raises(ParameterError, match=rf"tuning.space: '{key}' is not allowed; {NOT_TUNED[table]}"):
            check_space(with_space({key: {"choices": [1, 2]}}))


def test_a_space_needs_a_key() -> None:
    with pytest.raises(ParameterError, match=r"tuning.space: is empty; give at least one key"):
        check_space(with_space({}))


def test_losses_of_different_kinds_are_not_compared_by_themselves() -> None:
    check_space(with_space({"training.loss": LOSSES}))
    with pytest.raises(ParameterError, match=r"losses of different kinds cannot be compared; set tuning.monitor"):
        check_space(with_space({"training.loss": LOSSES}, monitor="loss"))
    assert compared_by(with_space({}, monitor="event_f1")) == "event_f1"
    assert compared_by(with_space({})) == read_recipe("eegwavenet").training.monitor


def test_none_is_written_as_a_text() -> None:
    check_space(with_space({"training.clip": {"choices": ["null", 1.0]}}))


def test_a_key_within_a_tuned_table_is_tried_within_each_of_its_choices() -> None:
    space = {"training.loss": LOSSES, "training.loss.gamma": {"low": 0.5, "high": 4.0}}
    with pytest.raises(ParameterError, match=r"training.loss.gamma: 'gamma' is not allowed"):
        check_space(with_space(space))
    optimizers = {"choices": [{"optimizer": "adam"}, {"optimizer": "sgd"}]}
    recipe = with_space({"training.optimizer.lr": LR, "training.optimizer": optimizers})
    check_space(recipe)
    tried = {(one.training.optimizer.optimizer, one.training.optimizer.lr) for _, one in list_candidates(recipe)}
    assert {(name, lr) for name in ("adam", "sgd") for lr in (1e-4, 1e-2)} <= tried


def test_values_come_into_the_recipe_and_nothing_else_changes() -> None:
    recipe = with_space({})
    values = {
        "training.loss": {"loss": "focal", "gamma": 3.0},
        "training.optimizer.lr": 0.005,
        "training.patience": "null",
    }
    changed = apply_values(recipe, values, "trial 1")
    assert changed.training.loss.gamma == 3.0  # type: ignore[attr-defined]
    assert (changed.training.optimizer.lr, changed.training.patience) == (0.005, None)
    back = {"training.loss": recipe.training.loss.model_dump(), "training.optimizer.lr": 1e-3, "training.patience": 10}
    assert apply_values(changed, back, "back") == recipe


def test_what_is_drawn_is_what_the_study_keeps(tmp_path: Path) -> None:
    space = {
        "training.optimizer.lr": SearchSpace(**LR),
        "training.epochs": SearchSpace(low=2, high=10, step=4),
        "training.loss": SearchSpace(**LOSSES),
        "training.ema": SearchSpace(low=0.5, high=0.9, step=0.1),
        "balance.ratio": SearchSpace(choices=(0.5, 1.0)),
    }
    storage = optuna.storages.RDBStorage(f"sqlite:///{tmp_path / 'study.db'}")
    study = optuna.create_study(storage=storage, sampler=optuna.samplers.RandomSampler(0))
    drawn = []
    for _ in range(20):
        trial = study.ask()
        drawn.append(draw_values(trial, space))
        study.tell(trial, 0.0)
    assert [read_values(trial.params, space) for trial in study.trials] == drawn
    assert {one["training.epochs"] for one in drawn} == {2, 6, 10}
    assert {one["training.loss"]["loss"] for one in drawn} == {"focal", "cross-entropy"}
    assert all(1e-4 <= one["training.optimizer.lr"] <= 1e-2 for one in drawn)
    rates = sorted(one["training.optimizer.lr"] for one in drawn)
    assert rates[len(rates) // 2] < 3e-3, "half of them lie below the middle of the logarithmic scale, nearly"
    for values in drawn:
        apply_values(with_space({}), values, "trial")
    storage.engine.dispose()
