"""Cross-validation: the same however it is run, gone on with where it was stopped, and honest about what is missing."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from tests.experiments.loud_corpus import RATE, write_loud_corpus, write_loud_recipe

from ictal.core.errors import IctalError, OutputError, ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.data.portions import read_splits
from ictal.evaluation.folds import FAILED, FINISHED, LEFT_OUT
from ictal.evaluation.measures import FIGURES
from ictal.evaluation.stored import read_evaluation
from ictal.experiments.crossval import CrossValidation, FoldDone, crossval_recipe
from ictal.experiments.fold import Fold
from ictal.experiments.recipe import read_recipe
from ictal.experiments.stores import open_store
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import write_events

SUBJECTS = {f"sub-{number:02d}" for number in range(1, 5)}
CHANGES = {"training.epochs": "1", "split.validation": "0.5"}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recipe and a store of four subjects."""
    folder = tmp_path_factory.mktemp("crossval")
    recipe = read_recipe(write_loud_recipe(folder))
    store = open_store(write_loud_corpus(folder / "corpus", 4), recipe.chain, stores=folder)
    store.folder.rename(folder / "store")
    return folder


def crossval(place: Path, output: Path, **settings: object) -> CrossValidation:
    asked = {"data": place / "store", "splits": "subject:2", "changes": CHANGES, **settings}
    return crossval_recipe(place / "loud.toml", output, **asked)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def alone(place: Path) -> CrossValidation:
    """One fold after the other."""
    return crossval(place, place / "alone")


@pytest.fixture
def copy(alone: CrossValidation, tmp_path: Path) -> Path:
    """What a finished cross-validation left, to be spoiled."""
    return Path(shutil.copytree(alone.folder, tmp_path / "copy"))


def made(folder: Path) -> dict[str, bytes]:
    """What training and evaluation left: detectors, scores and truths."""
    kinds = ("folds/*/detector.ictal", "folds/*/scores/*.npz", "folds/*/evaluation.json", "evaluation.json")
    return {path.relative_to(folder).as_posix(): path.read_bytes() for kind in kinds for path in folder.glob(kind)}


def test_all_that_was_tested_is_measured(alone: CrossValidation) -> None:
    assert [fold.status for fold in alone.folds] == [FINISHED, FINISHED]
    recordings = read_evaluation(alone.folder)
    assert {one.subject for one in recordings} == SUBJECTS
    assert {one.side for one in recordings} == {"test"}
    assert {group.subjects[0] for group in alone.measures.subjects} == SUBJECTS
    assert alone.measures.whole.n_seizures == 4
    assert alone.measures.pooled["auroc"].value > 0.8, "a seizure is four times as loud"
    assert not alone.failed


def test_folds_are_tested_on_what_they_have_not_seen(alone: CrossValidation) -> None:
    splits = read_splits(alone.folder / "splits.json")
    assert [fold.name for fold in alone.folds] == [split.name for split in splits]
    for split, fold in zip(splits, alone.folds, strict=True):
        sides = [{portion.subject for portion in side} for side in split.sides.values()]
        assert sum(map(len, sides)) == len(set.union(*sides)) == 4
        assert set(fold.tested) == sides[2]
        assert (fold.n_trained, fold.n_watched) == (len(sides[0]), len(sides[1]))
        own = read_evaluation(alone.folder / "folds" / fold.name)
        assert {one.subject for one in own} == sides[2]


def test_figures_are_written_as_they_are(alone: CrossValidation) -> None:
    content = json.loads((alone.folder / "figures.json").read_text())
    for name in FIGURES:
        value = alone.measures.average[name].value
        assert content["average"][name]["value"] == (value if math.isfinite(value) else None)
    assert [fold["status"] for fold in content["folds"]] == [FINISHED, FINISHED]
    assert (alone.folder / "subjects.tsv").read_text().count("\n") == 1 + 4 + 2
    assert "loud" in alone.report.read_text()


def test_a_finished_one_is_not_run_again(place: Path, copy: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in copy.glob("folds/**/*") if path.is_file()}
    done: list[FoldDone] = []
    crossval(place, copy, tell=done.append)
    assert [one.outcome.was_there for one in done] == [True, True]
    assert {path: path.stat().st_mtime_ns for path in copy.glob("folds/**/*") if path.is_file()} == before


def test_what_is_missing_is_made_again_and_comes_out_the_same(place: Path, alone: CrossValidation, copy: Path) -> None:
    first, second = sorted((copy / "folds").iterdir())
    shutil.rmtree(second)
    kept = (first / "detector.ictal").stat().st_mtime_ns
    done: list[FoldDone] = []
    crossval(place, copy, tell=done.append)
    assert [one.outcome.was_there for one in done] == [True, False]
    assert made(copy) == made(alone.folder)
    assert (first / "detector.ictal").stat().st_mtime_ns == kept


def kill_the_first(fold: Fold) -> None:
    """Die over one fold when it has been trained, as a process does for which there is no memory."""
    if fold.split.name.endswith("1"):
        os.kill(os.getpid(), signal.SIGKILL)


def test_folds_side_by_side_are_the_same_and_survive_a_worker(
    alone: CrossValidation, place: Path, tmp_path: Path
) -> None:
    done: list[FoldDone] = []
    run = crossval(place, tmp_path / "beside", n_jobs=2, after_fold=kill_the_first, tell=done.append)
    assert {one.split.name: one.outcome.status for one in done} == {
        "subject-2-fold-1": FAILED,
        "subject-2-fold-2": FINISHED,
    }
    (lost,) = run.failed
    assert "killed" in lost.problem
    assert lost.group is None
    assert {group.subjects[0] for group in run.measures.subjects} == set(run.folds[1].tested)
    assert "subject-2-fold-1: failed; the same command tries again" in run.report.read_text()
    again = crossval(place, run.folder, tell=done.append)
    assert not again.failed
    assert done[-2].outcome.was_there, "what the killed worker had finished is there"
    assert made(run.folder) == made(alone.folder), "bit for bit"
    assert len(made(alone.folder)) == 2 + 4 + 2 + 1


def refuse_all(fold: Fold) -> None:
    raise IctalError(f"{fold.split.name} is refused")


def test_without_one_finished_fold_there_is_nothing_to_tell(place: Path, copy: Path) -> None:
    with pytest.raises(IctalError, match="none of the 2 folds could be finished; the first: subject-2-fold-1 is refus"):
        crossval(place, copy, after_fold=refuse_all)


def test_folds_without_seizures_are_told(tmp_path: Path) -> None:
    """Of two subjects one has none: from it nothing can be learnt, and on it nothing be found."""
    recipe, corpus = write_loud_recipe(tmp_path), write_loud_corpus(tmp_path / "corpus", 2, silent=(2,))
    store = open_store(corpus, read_recipe(recipe).chain, stores=tmp_path / "stores")
    settings = {"training.epochs": "1", "split.validation": "0"}
    run = crossval_recipe(recipe, tmp_path / "run", data=store.folder, splits="loso", changes=settings)
    assert [fold.status for fold in run.folds] == [LEFT_OUT, FINISHED]
    assert "none of class 'sz'" in run.folds[0].problem
    assert not run.failed, "to try again would help nobody"
    assert run.folds[1].group is not None
    assert np.isnan(run.folds[1].group.figures["event_sensitivity"])
    assert np.isnan(run.measures.pooled["auroc"].value)
    assert run.measures.average["false_alarms_per_day"].n_subjects == 1
    text = run.report.read_text()
    assert "loso-sub-01: left out, it cannot be trained" in text
    assert "No seizure was there to find" in text


def test_a_way_that_tests_on_nobody_is_refused(place: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="'all' is not allowed"):
        crossval(place, tmp_path / "run", splits="all")
    with pytest.raises(ParameterError, match="n_folds: 9"):
        crossval(place, tmp_path / "run", splits="subject:9")
    with pytest.raises(ParameterError, match="tensorbord"):
        crossval(place, tmp_path / "run", trackers=["tensorbord"])
    assert not (tmp_path / "run").exists(), "nothing has been done"


def test_another_run_is_not_mixed_in(place: Path, copy: Path) -> None:
    with pytest.raises((ParameterError, OutputError), match="other settings"):
        crossval(place, copy, changes={**CHANGES, "training.seed": "5"})
    with pytest.raises((ParameterError, OutputError), match="other settings"):
        crossval(place, copy, splits="loso")


def write_long_corpus(folder: Path) -> Path:
    """Write ten minutes of one subject, in which four times half a minute is louder."""
    place = folder / "sub-01" / "eeg"
    place.mkdir(parents=True)
    signal = np.random.default_rng(0).normal(0.0, 20.0, (2, round(RATE * 600)))
    events = [Event(onset, 30.0) for onset in (60.0, 200.0, 350.0, 500.0)]
    for event in events:
        signal[:, round(event.onset * RATE) : round(event.stop * RATE)] *= 4.0
    write_edf(place / "sub-01_task-eeg_eeg.edf", Recording.from_array(signal, RATE, ["C3", "C4"]))
    write_events(place / "sub-01_task-eeg_events.tsv", Annotations(events, 600.0))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("splits", "n_folds", "n_seizures"), [("chrono:300", 1, 1), ("seizure", 4, 4)])
def test_one_subject_is_split_in_time(tmp_path: Path, splits: str, n_folds: int, n_seizures: int) -> None:
    recipe = write_loud_recipe(tmp_path)
    store = open_store(write_long_corpus(tmp_path / "corpus"), read_recipe(recipe).chain, stores=tmp_path / "stores")
    run = crossval_recipe(recipe, tmp_path / "run", data=store.folder, splits=splits, changes={"training.epochs": "1"})
    assert [fold.status for fold in run.folds] == [FINISHED] * n_folds
    assert run.measures.whole.n_seizures == n_seizures
    for split in read_splits(run.folder / "splits.json"):
        for test in split.test:
            for other in (*split.train, *split.validation):
                assert other.stop + 4.0 <= test.start or test.stop + 4.0 <= other.start


CROSSVAL = """\
import sys
from pathlib import Path
from ictal.experiments.crossval import crossval_recipe
if __name__ == "__main__":
    recipe, data, output, n_epochs = sys.argv[1:]
    changes = {"training.epochs": n_epochs, "split.validation": "0.5"}
    crossval_recipe(Path(recipe), Path(output), data=Path(data), splits="subject:2", changes=changes)
"""


@pytest.mark.slow
def test_a_killed_one_goes_on_and_ends_with_the_same_weights(place: Path, tmp_path: Path) -> None:
    changes = {**CHANGES, "training.epochs": "12"}
    whole = crossval(place, tmp_path / "whole", changes=changes)
    stopped = tmp_path / "stopped"
    arguments = [str(place / "loud.toml"), str(place / "store"), str(stopped), "12"]
    checkpoint = stopped / "folds" / "subject-2-fold-1" / "checkpoints" / "last.ckpt"
    with subprocess.Popen([sys.executable, "-c", CROSSVAL, *arguments]) as process:
        while not checkpoint.exists():
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(0.3)
        process.kill()
    assert not (stopped / "folds" / "subject-2-fold-1" / "detector.ictal").exists()
    crossval(place, stopped, changes=changes)
    assert made(stopped) == made(whole.folder)


MEMORY = """\
import json, sys
from pathlib import Path
from ictal.data.splits import make_splits
from ictal.data.store import Store
from ictal.experiments.crossval import run_folds
from ictal.experiments.fold import Fold
from ictal.experiments.recipe import read_recipe

def private_megabytes():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:"))

if __name__ == "__main__":
    recipe, data, output = map(Path, sys.argv[1:])
    recipe = read_recipe(recipe, {"training.epochs": "1"})
    split, *_ = make_splits("subject:2", Store(data).recordings, validation=0.5)
    folds = [Fold(recipe, data, split, output / str(number)) for number in range(12)]
    print(json.dumps([private_megabytes() for _ in run_folds(folds, 1, lambda share, text="": None)]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the memory of a process")
def test_memory_does_not_grow_with_folds(place: Path, tmp_path: Path) -> None:
    asked = [sys.executable, "-c", MEMORY, str(place / "loud.toml"), str(place / "store"), str(tmp_path)]
    done = subprocess.run(asked, capture_output=True, text=True, check=True)
    megabytes = json.loads(done.stdout.splitlines()[-1])
    early, late = np.median(megabytes[3:6]), np.median(megabytes[-3:])
    assert late - early < 15.0, megabytes
