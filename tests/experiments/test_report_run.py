"""The report of a run as `ictal report` makes it, from a real cross-validation."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from tests.experiments.loud_corpus import write_loud_corpus, write_loud_recipe

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations
from ictal.data.portions import Portion, Split
from ictal.evaluation.stored import EvaluatedRecording, read_evaluation
from ictal.experiments.crossval import crossval_recipe
from ictal.experiments.recipe import read_recipe
from ictal.experiments.report_run import name_fold, report_run
from ictal.experiments.stores import open_store
from ictal.experiments.train import train_recipe
from ictal.postprocessing.settings import PostProcessing

CHANGES = {"training.epochs": "1", "split.validation": "0.5", "postprocessing.threshold": "0.999"}
"""A threshold that nothing reaches, so that every seizure is missed."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus, a store of it, and a cross-validation and a training that ran on the store."""
    folder = tmp_path_factory.mktemp("report")
    recipe = read_recipe(write_loud_recipe(folder))
    made = open_store(write_loud_corpus(folder / "corpus", 4), recipe.chain, stores=folder).folder
    made.rename(folder / "store")
    crossval_recipe(recipe, folder / "crossval", data=folder / "store", splits="subject:2", changes=CHANGES)
    train_recipe(recipe, folder / "train", data=folder / "store", changes=CHANGES)
    return folder


@pytest.fixture
def crossval(place: Path, tmp_path: Path) -> Path:
    """A copy to be spoiled."""
    shutil.copytree(place / "crossval", tmp_path / "run")
    return tmp_path / "run"


def pictures_of(report: Path) -> int:
    return len(re.findall(r'<img src="data:image/png', report.read_text(encoding="utf-8")))


def test_a_cross_validation_shows_its_worst_events_with_eeg_and_fold(place: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    report = report_run(place / "crossval", tmp_path / "deep" / "page.html", progress=shares.append)
    text = report.read_text(encoding="utf-8")
    assert report == tmp_path / "deep" / "page.html"
    assert pictures_of(report) == 4
    assert "4 of 4 misses of 4 subjects" in text
    assert len(set(re.findall(r"fold (subject-2-fold-\d)", text))) == 2
    assert shares == sorted(shares) and shares[-1] == 1.0
    assert str(place) not in text


def test_a_training_names_no_fold(place: Path, tmp_path: Path) -> None:
    text = report_run(place / "train", tmp_path / "page.html").read_text(encoding="utf-8")
    assert "The worst misses" in text
    assert "; fold" not in text


def test_data_that_has_moved_can_be_named(place: Path, crossval: Path, tmp_path: Path) -> None:
    recipe = crossval / "recipe.toml"
    recipe.write_text(recipe.read_text(encoding="utf-8").replace(str(place / "store"), str(tmp_path / "gone")))
    without = report_run(crossval)
    assert without == crossval / "report.html"
    assert pictures_of(without) == 0
    text = without.read_text(encoding="utf-8")
    assert "--data FOLDER" in text and "4 of 4 misses" in text
    assert pictures_of(report_run(crossval, data=place / "corpus")) == 4
    assert pictures_of(report_run(crossval, data=place / "store", n_worst=2)) == 2


def test_what_counted_on_average_can_be_shown_too(crossval: Path) -> None:
    shares: list[float] = []
    text = report_run(crossval, method="saliency", n_worst=1, progress=shares.append).read_text(encoding="utf-8")
    assert "Averages by saliency" in text
    assert (crossval / "explained" / "averages.json").is_file()
    assert shares == sorted(shares) and shares[-1] == 1.0
    with pytest.raises(ParameterError, match="method"):
        report_run(crossval, method="astrology")


def test_the_worst_can_be_left_out(crossval: Path) -> None:
    assert "The worst misses" not in report_run(crossval, n_worst=0).read_text(encoding="utf-8")


def test_a_run_that_evaluated_nothing_has_a_report_too(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "train", tmp_path / "run")
    (tmp_path / "run" / "evaluation.json").unlink()
    text = report_run(tmp_path / "run").read_text(encoding="utf-8")
    assert "Nothing was evaluated" in text and "The worst misses" not in text


def test_what_is_no_run_is_refused_with_what_is_allowed(place: Path, crossval: Path) -> None:
    with pytest.raises(ParameterError, match=r"holds no run\.json; a report can be made of a recording"):
        report_run(place / "corpus")
    record = json.loads((crossval / "run.json").read_text())
    (crossval / "run.json").write_text(json.dumps({**record, "kind": "tune"}))
    with pytest.raises(ParameterError, match=r"kind 'tune'.*train, crossval, finetune"):
        report_run(crossval)


def test_a_file_of_scores_that_is_lost_is_named(crossval: Path) -> None:
    lost = read_evaluation(crossval)[0].scores_file
    lost.unlink()
    with pytest.raises(RecordingError, match=re.escape(lost.name)):
        report_run(crossval)


def test_folds_are_told_apart_by_times_where_a_recording_stands_in_several() -> None:
    splits = [
        Split(name, (), (), (Portion("n", "anna", start, stop),))
        for name, start, stop in (("first", 0.0, 60.0), ("second", 60.0, 120.0))
    ]
    rest = (Annotations((), 30.0), Path("s"), PostProcessing())
    late = EvaluatedRecording("n", "anna", 80.0, 110.0, *rest, "test")
    assert name_fold(late, splits) == "second"
    assert name_fold(EvaluatedRecording("n", "anna", 80.0, 110.0, *rest, "validation"), splits) == ""
