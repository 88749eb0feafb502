"""A fold is a run of its own: trained once, gone on with, and its errors are answers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from tests.experiments.loud_corpus import write_loud_corpus, write_loud_recipe

from ictal.data.portions import Split, read_splits
from ictal.data.splits import make_splits
from ictal.evaluation.folds import FAILED, FINISHED, LEFT_OUT, folder_of
from ictal.evaluation.history import read_history
from ictal.evaluation.stored import read_evaluation
from ictal.experiments.fold import Fold, run_fold
from ictal.experiments.recipe import Recipe, read_recipe
from ictal.experiments.run_record import read_run
from ictal.experiments.stores import open_store


@pytest.fixture(scope="module")
def fold(tmp_path_factory: pytest.TempPathFactory) -> Fold:
    """One of four folds; the third subject has no seizure."""
    folder = tmp_path_factory.mktemp("fold")
    recipe = read_recipe(write_loud_recipe(folder), {"training.epochs": "2"})
    store = open_store(write_loud_corpus(folder / "corpus", 4, silent=(3,)), recipe.chain, stores=folder / "stores")
    split = make_splits("loso", store.recordings, validation=0.34)[0]
    return Fold(recipe, store.folder, split, folder / "run" / folder_of(split.name))


@pytest.fixture(scope="module")
def trained(fold: Fold) -> Fold:
    shares: list[float] = []
    assert run_fold(fold, progress=lambda share, text="": shares.append(share)).status == FINISHED
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    return fold


def note_seizures(fold: Fold) -> None:
    """Leave a file in the folder of the fold, that says how often it was called."""
    note = fold.folder / "noted"
    note.write_text(note.read_text() + "!" if note.exists() else "!")


def fail_after(fold: Fold) -> None:
    raise ValueError(f"{fold.split.name} is not liked")


def test_a_fold_leaves_a_run_folder(trained: Fold) -> None:
    names = {path.name for path in trained.folder.iterdir()}
    assert names >= {
        *("recipe.toml", "run.json", "splits.json", "history.json", "evaluation.json", "figures.json"),
        *("detector.ictal", "scores", "checkpoints"),
    }
    assert read_run(trained.folder).content["split"] == trained.split.name
    assert read_splits(trained.folder / "splits.json") == (trained.split,)
    assert len(read_history(trained.folder).epochs) == 2
    assert [(one.subject, one.side) for one in read_evaluation(trained.folder)] == [("sub-01", "test")]


def test_it_is_trained_once(trained: Fold) -> None:
    before = (trained.folder / "detector.ictal").stat().st_mtime_ns
    outcome = run_fold(trained)
    assert (outcome.status, outcome.was_there) == (FINISHED, True)
    assert outcome.history == read_history(trained.folder)
    figures = json.loads((trained.folder / "figures.json").read_text())
    assert outcome.figures["auroc"] == figures["pooled"]["auroc"]["value"]
    assert (trained.folder / "detector.ictal").stat().st_mtime_ns == before


def test_what_follows_a_fold_is_done_whether_it_was_there_or_not(trained: Fold) -> None:
    following = replace(trained, after=note_seizures)
    assert run_fold(following).status == FINISHED
    assert run_fold(following).status == FINISHED
    assert (trained.folder / "noted").read_text() == "!!"


def test_a_fault_in_what_follows_is_an_answer_and_keeps_the_detector(trained: Fold) -> None:
    outcome = run_fold(replace(trained, after=fail_after))
    assert outcome.status == FAILED
    assert "is not liked" in outcome.problem
    assert "fail_after" in outcome.trace
    assert trained.is_trained


def with_training(fold: Fold, split: Split, name: str) -> Fold:
    return replace(fold, split=split, folder=fold.folder.with_name(name))


def test_a_training_side_without_seizures_cannot_be_trained(fold: Fold) -> None:
    sides = {portion.subject: portion for side in fold.split.sides.values() for portion in side}
    split = Split("blind", (sides["sub-03"],), (), (sides["sub-01"],))
    outcome = run_fold(with_training(fold, split, "blind"))
    assert outcome.status == LEFT_OUT
    assert "none of class 'sz'" in outcome.problem
    assert not fold.folder.with_name("blind").exists()


def test_a_leak_is_an_answer(fold: Fold) -> None:
    leaking = Split("leak", fold.split.train, (), fold.split.train[:1])
    outcome = run_fold(with_training(fold, leaking, "leak"))
    assert outcome.status == FAILED
    assert fold.split.train[0].subject in outcome.problem


def test_a_damaged_store_is_an_answer(fold: Fold, tmp_path: Path) -> None:
    outcome = run_fold(replace(fold, store=tmp_path, folder=tmp_path / "run"))
    assert outcome.status == FAILED
    assert str(tmp_path) in outcome.problem


def test_a_fold_is_told_apart_by_its_recipe(trained: Fold) -> None:
    other: Recipe = trained.recipe.model_copy(update={"name": "other"})
    detector = trained.folder / "detector.ictal"
    hidden = detector.rename(trained.folder / "hidden")
    try:
        outcome = run_fold(replace(trained, recipe=other))
    finally:
        hidden.rename(detector)
    assert outcome.status == FAILED
    assert "recipe" in outcome.problem
