import json
import subprocess
from pathlib import Path

import pytest
from tests.experiments.loud_corpus import write_loud_corpus, write_loud_recipe

from ictal.core.errors import OutputError, ParameterError, RecordingError
from ictal.data.store import Store
from ictal.experiments.recipe import read_recipe
from ictal.experiments.run_record import describe_git, list_versions, open_run, read_run
from ictal.experiments.stores import open_store
from ictal.preprocessing.chain import Chain


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    folder = tmp_path_factory.mktemp("loud")
    return open_store(write_loud_corpus(folder / "corpus", 2), Chain(), stores=folder / "stores")


def test_a_run_folder_says_what_it_is(tmp_path: Path, store: Store) -> None:
    recipe = read_recipe(write_loud_recipe(tmp_path), {"training.seed": "5"})
    folder = open_run(tmp_path / "run", "train", recipe, store, split="all")
    content = read_run(folder).content
    assert content["data"]["n_seizures"] == content["data"]["n_subjects"] == 2
    assert (content["kind"], content["seed"], content["split"]) == ("train", 5, "all")
    assert {"ictal", "python", "torch", "numpy"} <= content["versions"].keys()
    assert read_recipe(folder / "recipe.toml") == recipe
    assert str(store.folder) not in (folder / "run.json").read_text()


def test_the_same_run_goes_on_and_another_one_is_refused(tmp_path: Path, store: Store) -> None:
    path = write_loud_recipe(tmp_path)
    recipe, other = read_recipe(path), read_recipe(path, {"training.seed": "5"})
    folder = tmp_path / "run"
    open_run(folder, "train", recipe, store)
    before = (folder / "run.json").read_bytes()
    open_run(folder, "train", recipe, store)
    assert (folder / "run.json").read_bytes() == before
    with pytest.raises(ParameterError, match="a run of other settings"):
        open_run(folder, "train", other, store)
    with pytest.raises(OutputError, match="a run with another kind"):
        open_run(folder, "crossval", recipe, store)


def test_a_folder_with_something_else_is_refused(tmp_path: Path, store: Store) -> None:
    recipe = read_recipe(write_loud_recipe(tmp_path))
    with pytest.raises(OutputError, match="is not empty and holds no run"):
        open_run(tmp_path, "train", recipe, store)
    with pytest.raises(RecordingError, match=r"run.json"):
        read_run(tmp_path)


def test_versions_name_what_figures_depend_on() -> None:
    assert json.dumps(list_versions())


def test_git_tells_the_commit_and_whether_something_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert describe_git() == {}
    for command in (
        ["init", "-q"],
        ["config", "user.email", "a@b.c"],
        ["config", "user.name", "a"],
        ["commit", "-q", "--allow-empty", "-m", "first"],
    ):
        subprocess.run(["git", *command], check=True, capture_output=True)
    clean = describe_git()
    assert len(clean["commit"]) == 40
    assert clean["changed"] is False
    (tmp_path / "a").write_text("1")
    subprocess.run(["git", "add", "a"], check=True)
    assert describe_git()["changed"] is True
