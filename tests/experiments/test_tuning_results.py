"""The best trials become recipes that differ in what was tuned alone."""

from __future__ import annotations

from pathlib import Path

from ictal.experiments.recipe import read_recipe
from ictal.experiments.tuning_results import write_top
from ictal.experiments.tuning_settings import TuningSettings
from ictal.reports.tuning_report import TrialRow

BEST = (
    TrialRow(7, "finished", 0.91234, {"training.optimizer.lr": 0.1 / 3, "training.patience": "null"}),
    TrialRow(2, "finished", 0.9, {"training.optimizer.lr": 1e-3, "training.patience": 4}),
)


def test_a_recipe_is_that_of_its_trial(tmp_path: Path) -> None:
    recipe = read_recipe("eegwavenet")
    paths = write_top(tmp_path, recipe, BEST, "pr_auc on the validation side of all")
    assert [path.name for path in paths] == ["1.toml", "2.toml"]
    first = read_recipe(paths[0])
    assert first.training.optimizer.lr == 0.1 / 3, "to the last bit"
    assert first.training.patience is None
    assert first.summary == "trial 7 of tuning eegwavenet: 0.9123 pr_auc on the validation side of all"
    restored = {"optimizer": recipe.training.optimizer, "patience": recipe.training.patience}
    training = first.training.model_copy(update=restored)
    named = {"name": recipe.name, "summary": recipe.summary, "tuning": recipe.tuning, "training": training}
    assert first.tuning == TuningSettings()
    assert first.model_copy(update=named) == recipe


def test_recipes_of_an_earlier_go_make_room(tmp_path: Path) -> None:
    recipe = read_recipe("eegwavenet")
    write_top(tmp_path, recipe, BEST, "")
    (tmp_path / "mine.toml").touch()
    write_top(tmp_path, recipe, BEST[:1], "")
    assert {path.name for path in tmp_path.iterdir()} == {"1.toml", "mine.toml"}
