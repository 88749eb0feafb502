"""A detector is trained by a recipe."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.experiments.loud_corpus import write_loud_corpus, write_loud_recipe

from ictal.core.errors import ParameterError
from ictal.data.portions import read_splits
from ictal.detection.detector import Detector
from ictal.experiments.recipe import read_recipe
from ictal.experiments.train import TrainingRun, choose_split, open_recipe_store, resolve_recipe, train_recipe

QUICK = {"training.epochs": "1"}


@pytest.fixture(scope="module", autouse=True)
def in_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("loud")
    write_loud_corpus(folder / "corpus", 4)
    write_loud_recipe(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield


@pytest.fixture(scope="module")
def run() -> TrainingRun:
    return train_recipe("loud.toml", Path("all"), data=Path("corpus"), changes=QUICK)


def test_without_a_fold_nobody_is_tested_on_and_the_validation_is_told(run: TrainingRun) -> None:
    assert run.split.test == ()
    assert run.trained.side == "validation"
    assert read_splits(run.folder / "splits.json") == (run.split,)
    assert (
        "Validation" in (run.folder / "report.html").read_text()
        or "validation" in (run.folder / "report.html").read_text()
    )
    detector = Detector.read(run.detector)
    assert 'name = "loud"' in detector.settings.provenance["recipe"]
    assert read_recipe(run.folder / "recipe.toml").training.epochs == 1


def test_a_finished_run_is_there_at_once_and_has_the_same_weights(run: TrainingRun) -> None:
    again = train_recipe("loud.toml", Path("all"), data=Path("corpus"), changes=QUICK)
    other = train_recipe("loud.toml", Path("other"), data=Path("corpus"), changes={**QUICK, "training.n_workers": "0"})
    assert run.trained.detector.parts.weights == again.trained.detector.parts.weights
    assert run.trained.detector.parts.weights == other.trained.detector.parts.weights


def test_a_fold_is_chosen_by_its_name_or_its_number() -> None:
    recipe = resolve_recipe("loud.toml", Path("corpus"), {"split.by": "subject:4"})
    store = open_recipe_store(recipe)
    second = choose_split(recipe, store, "2")
    assert choose_split(recipe, store, second.name) == second
    assert {one.subject for one in second.test}
    with pytest.raises(ParameterError, match="fold: '5' is not allowed"):
        choose_split(recipe, store, "5")


def test_what_is_wrong_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"data.corpus: is not set; give --data"):
        train_recipe("loud.toml", tmp_path / "run")
    with pytest.raises(ParameterError, match="Did you mean 'epochs'"):
        train_recipe("loud.toml", tmp_path / "run", data=Path("corpus"), changes={"training.epoch": "1"})
    assert not (tmp_path / "run").exists()
