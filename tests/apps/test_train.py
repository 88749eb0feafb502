"""The verbs that train and that list recipes, as a user types them."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.experiments.loud_corpus import write_loud_corpus, write_loud_recipe

from ictal.apps.cli import run
from ictal.apps.train import describe_figures
from ictal.core.errors import ParameterError


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loud")
    write_loud_corpus(folder / "corpus", 4)
    write_loud_recipe(folder)
    return folder


def test_a_detector_is_trained_and_told(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(place)
    command = ["train", "loud.toml", "--data", "corpus", "--fold", "1", "--set", "training.epochs=1"]
    assert run([*command, "--set", "split.by=subject:4"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "trained   1 epoch; the best is 1"
    assert said[1] == "test      1 subject, 1 seizure; averages over subjects"
    assert said[-3:] == [
        "detector  runs/loud/detector.ictal",
        "run       runs/loud",
        "For research; not a medical device.",
    ]
    assert (place / "runs" / "loud" / "detector.ictal").is_file()


def test_recipes_are_listed_with_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["recipes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert {"eegwavenet", "scalp", "rodent"} <= {line.split()[0] for line in lines}
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines)


def test_what_is_wrong_is_told_before_any_work(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(place)
    with pytest.raises(ParameterError, match="Did you mean 'eegwavenet'"):
        run(["train", "eegwavnet", "--data", "corpus"])
    with pytest.raises(ParameterError, match=r"training: 'epoch' is not allowed|Did you mean 'epochs'"):
        run(["train", "loud.toml", "--data", "corpus", "--set", "training.epoch=1"])


def test_a_run_without_subjects_to_evaluate_on_says_so() -> None:
    assert describe_figures("validation", {}) == ["no subject was left to evaluate on"]
