"""Averages of a run: of windows that its detectors never saw, equal to a direct mean, and on the lead of the focus."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.data.leakage import LeakageError
from ictal.data.portions import Portion, read_splits, write_splits
from ictal.data.schemes import SeizureScheme
from ictal.data.store import Store
from ictal.detection.detector import Detector
from ictal.evaluation.categories import BACKGROUND, CATEGORIES, HIT
from ictal.evaluation.stored import read_evaluation
from ictal.experiments.crossval import crossval_recipe
from ictal.experiments.explain_run import ExplainedRun, explain_run, list_folds
from ictal.experiments.explained_fold import cut_window
from ictal.experiments.explained_network import open_network
from ictal.experiments.recipe import read_recipe
from ictal.experiments.stores import open_store
from ictal.experiments.train import train_recipe
from ictal.explain.averages_file import TABLE, read_averages
from ictal.explain.methods import explain
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import write_events
from ictal.training.frames import plan_frames
from ictal.training.settings import WindowSettings

RATE, SECONDS = 128.0, 100.0
LEADS = ("F7", "T7", "P7", "O1")
FOCUS = "T7"
FOCAL, GENERALISED = Event(16.0, 20.0, "sz_foc"), Event(60.0, 20.0, "sz_gen")

RECIPE = """\
name = "focus"
[chain]
steps = []
[scheme]
scheme = "seizure-types"
[windows]
length = 4.0
step = 1.0
[model]
name = "eegnet"
[training]
epochs = 16
batch_size = 32
accelerator = "cpu"
optimizer = { optimizer = "adam", lr = 3e-3 }
[split]
by = "subject:2"
validation = 0.5
"""


def write_corpus(folder: Path) -> Path:
    """Write four subjects: noise, with a rhythm of 6 Hz at the focus in one seizure, and of 3 Hz everywhere in one."""
    seconds = np.arange(round(RATE * SECONDS)) / RATE
    for number in range(1, 5):
        place = folder / f"sub-{number:02d}" / "eeg"
        place.mkdir(parents=True)
        signal = np.random.default_rng(number).normal(0.0, 20.0, (len(LEADS), len(seconds)))
        for event, hertz, leads in ((FOCAL, 6.0, [LEADS.index(FOCUS)]), (GENERALISED, 3.0, range(len(LEADS)))):
            inside = (seconds >= event.onset) & (seconds < event.stop)
            for lead in leads:
                signal[lead, inside] += 100.0 * np.sin(2 * np.pi * hertz * seconds[inside])
        stem = f"sub-{number:02d}_task-eeg"
        write_edf(place / f"{stem}_eeg.edf", Recording.from_array(signal, RATE, list(LEADS)))
        write_events(place / f"{stem}_events.tsv", Annotations((FOCAL, GENERALISED), SECONDS))
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store, a finished cross-validation of two classes, and one fold of three."""
    folder = tmp_path_factory.mktemp("explain")
    (folder / "focus.toml").write_text(RECIPE, encoding="utf-8")
    recipe = read_recipe(folder / "focus.toml")
    open_store(write_corpus(folder / "corpus"), recipe.chain, stores=folder).folder.rename(folder / "store")
    train_recipe(recipe, folder / "three", data=folder / "store", fold="1")
    two = recipe.model_copy(update={"scheme": SeizureScheme()})
    crossval_recipe(two, folder / "two", data=folder / "store")
    return folder


@pytest.fixture(scope="module")
def two(place: Path) -> ExplainedRun:
    return explain_run(place / "two", place / "two-explained", per_category=6)


@pytest.fixture(scope="module")
def three(place: Path) -> ExplainedRun:
    return explain_run(place / "three", place / "three-explained", method="integrated-gradients", per_category=6)


@pytest.fixture
def copy(place: Path, tmp_path: Path) -> Path:
    """The cross-validation of two classes, to be spoiled."""
    return Path(shutil.copytree(place / "two", tmp_path / "copy"))


def test_each_subject_is_explained_and_counts_the_same(two: ExplainedRun) -> None:
    written = list(read_averages(two.folder))
    for kind in (HIT, BACKGROUND):
        subjects = [one for one in written if one.category == kind and one.subject is not None]
        assert {one.subject for one in subjects} == {"sub-01", "sub-02", "sub-03", "sub-04"}
        assert all(1 <= one.n_windows <= 6 for one in subjects)
        (over,) = [one for one in two.averages if one.category == kind]
        direct = np.mean([one.mean.values for one in subjects], axis=0)
        np.testing.assert_allclose(over.mean.values, direct, rtol=1e-5, atol=1e-9)
        assert (over.n_subjects, over.n_windows) == (4, sum(one.n_windows for one in subjects))


def test_the_average_of_a_subject_is_that_of_its_windows_by_the_detector_of_its_fold(place: Path) -> None:
    store, output = Store(place / "store"), place / "all-windows"
    explain_run(place / "two", output, per_category=1000)
    for folder, split in list_folds(place / "two", "crossval"):
        network = open_network(Detector.read(folder / "detector.ictal"))
        assert network is not None
        one = next(evaluated for evaluated in read_evaluation(folder) if evaluated.subject == split.test[0].subject)
        scores = one.read().scores
        portion = [Portion(one.name, one.subject, one.start, one.stop)]
        (frames,) = plan_frames(store, portion, WindowSettings(), SeizureScheme())
        hits = np.flatnonzero((scores.seizure >= one.postprocessing.threshold) & (frames.labels[:, 0] == 1))
        shares = []
        for frame in hits.tolist():
            signal = store.read_windows([frames.recording], [frame * 128], 512)[0]
            window = cut_window(store, frames, frame)
            np.testing.assert_array_equal(window.signal, signal)
            assert window.span == (1.5, 2.5)
            shares.append(explain("saliency", network, window).evidence)
        found = next(a for a in read_averages(output) if (a.subject, a.category) == (one.subject, HIT))
        assert found.n_windows == len(hits)
        np.testing.assert_allclose(found.mean.values, np.mean(shares, axis=0), rtol=1e-4, atol=1e-8)


def test_hits_of_a_focal_seizure_lie_on_its_lead_more_than_background(three: ExplainedRun) -> None:
    focus = LEADS.index(FOCUS)
    (focal,) = [one for one in three.averages if (one.class_name, one.category) == ("focal", HIT)]
    (quiet,) = [one for one in three.averages if (one.class_name, one.category) == ("focal", BACKGROUND)]
    assert focal.mean.of_leads.argmax() == focus
    assert focal.mean.of_leads[focus] > 1.3 * quiet.mean.of_leads[focus]
    assert focal.mean.of_bands["theta"] > quiet.mean.of_bands["theta"]


def test_three_classes_are_each_told_against_the_rest(three: ExplainedRun) -> None:
    kinds = {(one.class_name, one.category) for one in three.averages}
    assert {name for name, _ in kinds} == {"bckg", "focal", "generalised"}
    assert {("focal", HIT), ("generalised", HIT), ("bckg", HIT), ("focal", BACKGROUND)} <= kinds


def test_pictures_show_categories_in_their_order(two: ExplainedRun, three: ExplainedRun) -> None:
    assert [one.name for one in two.pictures] == ["averages.png", "averages.svg"]
    assert two.pictures[0].read_bytes()[:4] == b"\x89PNG"
    assert b"<svg" in two.pictures[1].read_bytes()
    title, picture = two.show()
    assert title == "Averages by saliency"
    assert picture.source.startswith("data:image/svg+xml;base64,")
    classes, places = ("bckg", "focal", "generalised"), [(one.class_name, one.category) for one in three.averages]
    assert places == sorted(places, key=lambda one: (classes.index(one[0]), CATEGORIES.index(one[1])))


def test_what_is_written_says_how_it_was_made(place: Path, two: ExplainedRun) -> None:
    content = json.loads((two.folder / "averages.json").read_text())
    assert (content["method"], content["seed"], content["per_category"]) == ("saliency", 0, 6)
    assert content["leads"] == list(LEADS)
    fingerprints = [
        Detector.read(folder / "detector.ictal").fingerprint for folder, _ in list_folds(place / "two", "crossval")
    ]
    assert [fold["detector"] for fold in content["folds"]] == fingerprints
    lines = [line.split("\t") for line in (two.folder / TABLE).read_text().splitlines()]
    shares = [float(line[5]) for line in lines[1:] if line[1:4] == [HIT, "sub-01", "lead"]]
    assert sum(shares) == pytest.approx(1.0, abs=1e-4)


def test_the_same_comes_out_side_by_side(place: Path, two: ExplainedRun, tmp_path: Path) -> None:
    names = ("averages.json", "averages.tsv")
    explain_run(place / "two", tmp_path / "beside", per_category=6, n_jobs=2)
    for name in names:
        assert (tmp_path / "beside" / name).read_bytes() == (two.folder / name).read_bytes()
    for one, other in zip(read_averages(tmp_path / "beside"), read_averages(two.folder), strict=True):
        np.testing.assert_array_equal(one.mean.values, other.mean.values)


def test_a_subject_that_was_trained_on_is_refused(copy: Path, place: Path, tmp_path: Path) -> None:
    splits = read_splits(copy / "splits.json")
    tested = splits[0].test[0]
    for side in ("train", "validation"):
        spoiled = replace(splits[0], **{side: (*splits[0].sides[side], tested)})
        write_splits(copy / "splits.json", [spoiled, *splits[1:]])
        with pytest.raises(LeakageError, match=f"'{tested.subject}' was trained with"):
            explain_run(copy, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_detector_of_another_fold_is_refused_by_what_it_says_of_itself(copy: Path, tmp_path: Path) -> None:
    first, second = sorted((copy / "folds").iterdir())
    shutil.copy(second / "detector.ictal", first / "detector.ictal")
    with pytest.raises(LeakageError, match="stand in training"):
        explain_run(copy, tmp_path / "out")


def test_what_cannot_be_explained_is_refused(copy: Path, place: Path, tmp_path: Path) -> None:
    output = tmp_path / "out"
    with pytest.raises(ParameterError, match="saliency"):
        explain_run(copy, output, method="salience")
    with pytest.raises(ParameterError, match="does not fit mine; allowed: saliency, "):
        explain_run(copy, output, method="attention-rollout")
    with pytest.raises(ParameterError, match="1 or more"):
        explain_run(copy, output, per_category=0)
    with pytest.raises(RecordingError):
        explain_run(place / "store", output)
    record = json.loads((copy / "run.json").read_text())
    (copy / "run.json").write_text(json.dumps({**record, "kind": "tune"}))
    with pytest.raises(ParameterError, match="kind 'tune'; allowed are train, crossval"):
        explain_run(copy, output)
    (copy / "run.json").write_text(json.dumps({**record, "data": {**record["data"], "sha256": "other"}}))
    with pytest.raises(ParameterError, match="not those of the run"):
        explain_run(copy, output)
    (copy / "run.json").write_text(json.dumps(record))
    shutil.rmtree(copy / "folds")
    with pytest.raises(ParameterError, match="no trained detector"):
        explain_run(copy, output)
    assert not output.exists()


def test_trees_of_a_training_that_tested_nobody_are_explained_by_occlusion_on_its_validation(
    place: Path, tmp_path: Path
) -> None:
    text = RECIPE.replace('name = "eegnet"', 'name = "trees"\nfeatures = { features = "numbers" }').replace(
        '"seizure-types"', '"seizure"'
    )
    (tmp_path / "trees.toml").write_text(text, encoding="utf-8")
    run = train_recipe(tmp_path / "trees.toml", tmp_path / "run", data=place / "store")
    with pytest.raises(ParameterError, match="allowed: occlusion"):
        explain_run(tmp_path / "run", tmp_path / "out")
    done = explain_run(tmp_path / "run", tmp_path / "out", method="occlusion", per_category=1)
    assert done.side == "validation"
    watched = {portion.subject for portion in run.split.validation}  # type: ignore[union-attr]
    assert {one.subject for one in read_averages(done.folder) if one.subject is not None} == watched
    assert {one.class_name for one in done.averages} == {"sz"}
