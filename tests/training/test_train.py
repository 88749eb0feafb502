"""One detector, trained on one split."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.experiments.loud_corpus import SEIZURE, write_loud_corpus, write_loud_recipe

from ictal.core.errors import ParameterError
from ictal.data.leakage import LeakageError
from ictal.data.portions import Portion, Split
from ictal.data.sealed import seal_split
from ictal.data.splits import make_splits
from ictal.data.store import Store
from ictal.detection.detector import Detector
from ictal.evaluation.stored import read_evaluation
from ictal.experiments.recipe import read_recipe
from ictal.experiments.stores import open_store
from ictal.io.formats import read
from ictal.preprocessing.chain import Chain
from ictal.training.seen import hash_recording
from ictal.training.settings import TaskSettings
from ictal.training.train import Trained, check_classes, cut_side, train_detector


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("loud")
    write_loud_corpus(folder / "corpus", 5)
    return folder


@pytest.fixture(scope="module")
def store(place: Path) -> Store:
    return open_store(place / "corpus", Chain(), stores=place / "stores")


@pytest.fixture(scope="module")
def task(place: Path) -> TaskSettings:
    return read_recipe(write_loud_recipe(place, model='name = "eegwavenet"')).task


@pytest.fixture(scope="module")
def split(store: Store) -> Split:
    return make_splits("subject:5", store.recordings)[0]


@pytest.fixture(scope="module")
def trained(place: Path, store: Store, task: TaskSettings, split: Split) -> Trained:
    return train_detector(task, store, split, place / "run", provenance={"recipe": "loud"})


def test_the_detector_finds_what_it_was_trained_to_find(place: Path, trained: Trained, split: Split) -> None:
    written = Detector.read(place / "run" / "detector.ictal")
    assert written.fingerprint == trained.detector.fingerprint
    subject = split.test[0].subject
    events = written.detect(read(next((place / "corpus" / subject).rglob("*.edf"))))
    assert len(events) == 1
    assert abs(events.events[0].onset - SEIZURE.onset) < 4.0


def test_it_was_tested_on_the_test_side_and_on_nothing_else(place: Path, trained: Trained, split: Split) -> None:
    assert trained.side == "test"
    assert trained.figures["dataset"]["subjects"] == sorted({one.subject for one in split.test})
    assert {one.name for one in read_evaluation(place / "run")} == {one.recording for one in split.test}


def test_the_file_says_where_it_comes_from(trained: Trained, store: Store, split: Split) -> None:
    settings = trained.detector.settings
    seen = settings.provenance["training_recordings"].split(",")
    tested = {one.recording for one in split.test}
    for row in store.manifest.recordings:
        assert (hash_recording(row.signal.input) in seen) == (row.name not in tested)
    assert settings.provenance["recipe"] == "loud"
    assert "3 subjects" in settings.card["data"]
    assert not any(one.subject in json.dumps(settings.card) for one in store.recordings)


def test_a_sealed_split_is_judged_by_its_validation(
    tmp_path: Path, store: Store, task: TaskSettings, split: Split
) -> None:
    sealed, _ = seal_split(split)
    found = train_detector(task, store, sealed, tmp_path / "run")
    assert found.side == "validation"
    assert found.figures["dataset"]["subjects"] == sorted({one.subject for one in split.validation})


def test_a_subject_on_two_sides_is_refused_before_any_work(
    tmp_path: Path, store: Store, task: TaskSettings, split: Split
) -> None:
    leaking = Split("leaking", (*split.train, *split.test), split.validation, split.test)
    with pytest.raises(LeakageError, match="stands in train and in test"):
        train_detector(task, store, leaking, tmp_path / "run")
    sealed, _ = seal_split(Split("leaking", split.train, split.train, split.test))
    with pytest.raises(LeakageError, match="stands in train and in validation"):
        train_detector(task, store, sealed, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_training_side_without_a_seizure_is_refused(store: Store, task: TaskSettings) -> None:
    quiet = (Portion(store.recordings[0].name, store.recordings[0].subject, 0.0, 50.0),)
    with pytest.raises(ParameterError, match="split mine: the training side has 24 windows and none of class 'sz'"):
        check_classes(cut_side(task, store, quiet), "mine")
