"""Every subject that a fold tests is adapted to by both protocols, once."""

from __future__ import annotations

import csv
import json
import pickle
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from tests.experiments.loud_corpus import RATE, write_loud_recipe

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.data.portions import read_splits
from ictal.evaluation.stored import read_evaluation
from ictal.experiments.finetune_folds import (
    FinetunedFolds,
    crossval_finetuned,
    finetune_fold,
    read_gains,
)
from ictal.experiments.fold import Fold
from ictal.experiments.recipe import read_recipe
from ictal.experiments.stores import open_store
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import write_events

HOURS = 0.05
LENGTHS = {"sub-01": 420.0, "sub-02": 420.0, "sub-03": 420.0, "sub-04": 100.0}
SEIZURES = {"sub-01": (60.0, 300.0), "sub-02": (250.0, 350.0), "sub-03": (20.0,), "sub-04": (50.0,)}
"""In the first three minutes of one, later in the second; the third has none after them, the fourth is too short."""


def write_corpus(folder: Path) -> Path:
    for number, (subject, seconds) in enumerate(LENGTHS.items()):
        place = folder / subject / "eeg"
        place.mkdir(parents=True)
        signal = np.random.default_rng(number).normal(0.0, 20.0, (2, round(RATE * seconds)))
        for onset in SEIZURES[subject]:
            signal[:, round(onset * RATE) : round((onset + 30.0) * RATE)] *= 4.0
        write_edf(place / f"{subject}_task-eeg_eeg.edf", Recording.from_array(signal, RATE, ["C3", "C4"]))
        events = Annotations([Event(onset, 30.0) for onset in SEIZURES[subject]], seconds)
        write_events(place / f"{subject}_task-eeg_events.tsv", events)
    return folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("folds")
    recipe = read_recipe(write_loud_recipe(folder))
    store = open_store(write_corpus(folder / "corpus"), recipe.chain, stores=folder)
    store.folder.rename(folder / "store")
    return folder


def run(place: Path, **wanted: object) -> FinetunedFolds:
    asked = {
        "data": place / "store",
        "splits": "subject:2",
        "changes": {"training.epochs": "2", "split.validation": "0.0", "finetuning.epochs": "3"},
        "hours": HOURS,
        **wanted,
    }
    return crossval_finetuned(place / "loud.toml", place / "run", **asked)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def done(place: Path) -> FinetunedFolds:
    return run(place)


def test_each_subject_is_adapted_to_or_named_with_the_reason(done: FinetunedFolds) -> None:
    hour, seizure = done.gains
    assert [one.subject for one in hour.patients] == ["sub-01", "sub-02"]
    assert {one.subject: one.left_out for one in hour.left_out} == {
        "sub-03": "no seizure is left after it that could be found.",
        "sub-04": "0.03 h of signal are there, and 0.05 h are to be adapted on; nothing is left to judge by.",
    }
    assert [(one.subject, one.seizures_used, one.seizures_left) for one in hour.patients] == [
        ("sub-01", 1, 1),
        ("sub-02", 0, 2),
    ]
    assert [(one.subject, one.seizures_used, one.seizures_left) for one in seizure.patients] == [
        ("sub-01", 1, 1),
        ("sub-02", 1, 1),
    ]
    assert hour.patients[0].hours_used == pytest.approx(HOURS)


def test_before_and_after_are_of_the_same_later_stretch(done: FinetunedFolds) -> None:
    for gain in done.gains:
        for one in gain.patients:
            (place,) = done.run.folder.glob(f"folds/*/finetune/{gain.protocol}/{one.subject}")
            before, after = (read_evaluation(place / when) for when in ("before", "after"))
            assert [(part.name, part.start, part.stop) for part in before] == [
                (part.name, part.start, part.stop) for part in after
            ]
            last = 280.0 if (gain.protocol, one.subject) == ("first-seizure", "sub-02") else 180.0
            assert before[0].start == last + 4.0
            assert sum(part.stop - part.start for part in before) == pytest.approx(3600.0 * one.hours_left)


def test_the_table_and_the_report_tell_all(done: FinetunedFolds) -> None:
    with done.table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [(row["protocol"], row["subject"]) for row in rows] == [
        (protocol, subject) for protocol in ("first-hour", "first-seizure") for subject in LENGTHS
    ]
    assert done.report.name == "finetune.html"
    assert "sub-04" in done.report.read_text(encoding="utf-8")


def test_what_was_done_is_not_done_again_and_what_is_missing_is(place: Path, done: FinetunedFolds) -> None:
    results = sorted(done.run.folder.glob("folds/*/finetune/*/*/result.json"))
    assert len(results) == 8
    before = {path: (path.stat().st_mtime_ns, path.read_text(encoding="utf-8")) for path in results}
    lost = next(path for path in results if path.parent.name == "sub-01" and path.parent.parent.name == "first-hour")
    lost.unlink()
    again = run(place)
    assert all(path.stat().st_mtime_ns == before[path][0] for path in results if path != lost)
    assert json.loads(lost.read_text(encoding="utf-8")) == json.loads(before[lost][1])
    assert again.table.read_text(encoding="utf-8") == done.table.read_text(encoding="utf-8")


def test_with_other_hours_it_is_done_anew(place: Path, done: FinetunedFolds) -> None:
    (path,) = done.run.folder.glob("folds/*/finetune/first-hour/sub-04/result.json")
    before = path.read_text(encoding="utf-8")
    fold = Fold(done.run.recipe, place / "store", _split_of(done, "sub-04"), path.parents[3])
    finetune_fold(fold, hours=0.04)
    assert "0.04 h are to be adapted on" in path.read_text(encoding="utf-8")
    finetune_fold(fold, hours=HOURS)
    assert path.read_text(encoding="utf-8") == before


def test_splits_that_know_the_patient_are_refused(place: Path, done: FinetunedFolds, tmp_path: Path) -> None:
    split = _split_of(done, "sub-04")
    within = type(split)(split.name, split.train, split.validation, split.test, within_subject=True)
    with pytest.raises(ParameterError, match="trains on the subjects that it tests; take loso"):
        finetune_fold(Fold(done.run.recipe, place / "store", within, tmp_path), hours=1.0)
    with pytest.raises(ParameterError, match="hours: 0"):
        run(place, hours=0.0)


def test_a_result_comes_back_as_it_was(done: FinetunedFolds) -> None:
    read = {(one.protocol, one.subject): one for one in read_gains(done.run.folder)}
    for gain in done.gains:
        for one in gain.patients:
            np.testing.assert_equal(read[gain.protocol, one.subject], one)


def test_the_hook_can_be_sent_to_another_process(done: FinetunedFolds) -> None:
    hook = pickle.loads(pickle.dumps(partial(finetune_fold, hours=1.0, rehearse=True)))  # noqa: S301
    assert hook.keywords == {"hours": 1.0, "rehearse": True}


def test_the_recipe_says_how(place: Path, done: FinetunedFolds) -> None:
    (path,) = done.run.folder.glob("folds/*/finetune/first-hour/sub-01/result.json")
    asked = json.loads(path.read_text(encoding="utf-8"))["asked"]
    assert asked["settings"] == done.run.recipe.finetuning.model_dump(mode="json")
    assert asked["settings"]["epochs"] == 3


def _split_of(done: FinetunedFolds, subject: str):  # type: ignore[no-untyped-def]
    splits = read_splits(done.run.folder / "splits.json")
    return next(one for one in splits if subject in {portion.subject for portion in one.test})
