"""Settings are searched by the validation alone, in any database, by workers that may die."""

from __future__ import annotations

import csv
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.experiments.loud_corpus import write_loud_corpus, write_loud_recipe
from tests.experiments.postgres_server import PASSWORD, start_postgres

from ictal.core.errors import OutputError, ParameterError
from ictal.data.leakage import LeakageError
from ictal.data.sealed import seal_split
from ictal.data.splits import make_splits
from ictal.data.store import Store
from ictal.data.store_write import signal_path
from ictal.experiments.recipe import read_recipe
from ictal.experiments.run_record import read_run
from ictal.experiments.stores import open_store
from ictal.experiments.train import train_recipe
from ictal.experiments.trials import TRIALS
from ictal.experiments.tune import TuningError, tune_recipe
from ictal.experiments.tuning_results import Tuning
from ictal.preprocessing.chain import Chain

FOLD = "1"
SPACE = """
"training.batch_size" = { choices = [16, 32] }

[tuning]
monitor = "loss"
startup = 2
warmup = 1

[split]
by = "subject:4"
validation = 0.3
"""


@dataclass(frozen=True)
class Bench:
    """A corpus as a store, and a recipe that searches it."""

    folder: Path
    store: Path
    recipe: Path


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    folder = tmp_path_factory.mktemp("tune")
    store = open_store(write_loud_corpus(folder / "corpus"), Chain(), stores=folder / "stores")
    return Bench(folder, store.folder, write_loud_recipe(folder, SPACE))


@dataclass(frozen=True)
class Tuned:
    """A tuning, and what was told meanwhile."""

    tuning: Tuning
    told: list[str]
    moved: list[float]


@pytest.fixture(scope="module")
def tuned(bench: Bench) -> Tuned:
    """Five trials on one fold, in two goes."""
    told: list[str] = []
    moved: list[float] = []
    for n_trials in (2, 5):
        moved.clear()
        tuning = tune_recipe(
            bench.recipe,
            bench.folder / "run",
            data=bench.store,
            fold=FOLD,
            n_trials=n_trials,
            top=2,
            progress=lambda share, text="": moved.append(share),
            tell=told.append,
        )
        assert len(tuning.trials) == len(told) == n_trials
    return Tuned(tuning, told, moved)


def values(tuning: Tuning) -> list[tuple[object, ...]]:
    return [(row.state, row.value, *row.settings.values()) for row in tuning.trials]


def test_every_trial_is_told_and_stands_in_the_table(tuned: Tuned) -> None:
    tuning = tuned.tuning
    assert all(row.state in ("finished", "pruned") for row in tuning.trials)
    assert tuned.told[0] == f"trial 0: loss {tuning.trials[0].value:.4g}"
    assert tuned.moved == sorted(tuned.moved)
    assert tuned.moved[-1] == 1.0
    with (tuning.folder / "trials.csv").open() as file:
        table = list(csv.DictReader(file))
    assert [float(row["value"]) for row in table] == [row.value for row in tuning.trials]
    assert "These are no test results" in tuning.report.read_text()
    assert read_run(tuning.folder).content["storage"] == "study.db"


def test_a_trial_is_worth_its_best_epoch(tuned: Tuned) -> None:
    for row in tuned.tuning.trials:
        with (tuned.tuning.folder / TRIALS / str(row.number) / "metrics.csv").open() as file:
            epochs = list(csv.DictReader(file))
        best = max(epochs, key=lambda one: float(one["validation/pr_auc"]))
        assert row.value == pytest.approx(float(best["validation/loss"]))
        assert row.epochs == len(epochs)


def test_only_the_best_keep_large_files(tuned: Tuned) -> None:
    best = [row.number for row in tuned.tuning.best]
    losses = {row.number: row.value for row in tuned.tuning.trials if row.state == "finished"}
    assert best == sorted(losses, key=lambda number: losses[number] or 0.0)[:2]
    for row in tuned.tuning.trials:
        folder = tuned.tuning.folder / TRIALS / str(row.number)
        assert (folder / "checkpoints" / "last.ckpt").exists() == (row.number in best)
        assert (folder / "metrics.csv").exists()
        assert not list(folder.glob(".*"))


def test_the_best_recipe_trains_to_the_same_figure(tuned: Tuned, tmp_path: Path) -> None:
    first, _ = tuned.tuning.recipes
    recipe = read_recipe(first)
    assert (recipe.name, recipe.tuning.space) == ("loud-1", {})
    run = train_recipe(first, tmp_path / "run", fold=FOLD)
    best = run.trained.fitted.history[run.trained.fitted.best_epoch]
    assert best["validation/loss"] == tuned.tuning.best[0].value
    assert run.trained.side == "test"


def test_trials_are_the_same_in_one_go_and_when_the_test_side_is_destroyed(
    bench: Bench, tuned: Tuned, tmp_path: Path
) -> None:
    """Nothing of those who are tested on can have been read; the same seed gives the same trials, in one go or two."""
    store = Store(bench.store)
    tested = next(iter(make_splits("subject:4", store.recordings, validation=0.3))).test
    row = next(row for row in store.manifest.recordings if row.name == tested[0].recording)
    path = signal_path(store.folder, row.signal.key)
    whole = path.read_bytes()
    try:
        path.unlink()
        again = tune_recipe(bench.recipe, tmp_path / "run", data=bench.store, fold=FOLD, n_trials=3)
    finally:
        path.write_bytes(whole)
    assert values(again) == values(tuned.tuning)[:3]
    named = (tmp_path / "run" / "splits.json").read_text()
    assert tested[0].subject not in named


def test_the_sealed_side_cannot_be_read(bench: Bench) -> None:
    store = Store(bench.store)
    sealed, key = seal_split(make_splits("subject:4", store.recordings, validation=0.3)[0])
    with pytest.raises(LeakageError, match="the test side is sealed"):
        _ = sealed.test
    assert key.secret not in repr(sealed)


def test_another_space_or_recipe_is_refused(bench: Bench, tuned: Tuned, tmp_path: Path) -> None:
    folder, database = tuned.tuning.folder, f"sqlite:///{tuned.tuning.folder / 'study.db'}"
    asked = {"data": bench.store, "fold": FOLD, "n_trials": 5}
    with pytest.raises(ParameterError, match="holds a run of other settings"):
        tune_recipe(bench.recipe, folder, changes={"training.epochs": "2"}, **asked)  # type: ignore[arg-type]
    for changes, what in (
        ({"tuning.space": '{"training.clip": {"low": 0.5, "high": 2.0}}'}, "search space"),
        ({"training.epochs": "2"}, "recipe"),
    ):
        with pytest.raises(
            ParameterError, match=f"holds a study 'loud subject-4-fold-1' with another {what}; give this"
        ):
            tune_recipe(bench.recipe, tmp_path / what, storage=database, changes=changes, **asked)  # type: ignore[arg-type]
    with pytest.raises(OutputError, match="another storage"):
        tune_recipe(bench.recipe, folder, storage=database, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"tuning.space": '{"training.optimizer.lrr": {"low": 0.1, "high": 1.0}}'}, "Did you mean 'lr'"),
        ({"tuning.space": '{"training.epochs": {"choices": [0, 1]}}'}, "training.epochs: .*greater than 0"),
        ({"tuning.space": '{"windows.length": {"low": 0.5, "high": 4.0}}'}, "tuning.space windows.length: .*window"),
        ({"tuning.space": '{"split.seed": {"choices": [0, 1]}}'}, "all trials must be compared on the same subjects"),
        ({"tuning.monitor": "test/pr_auc"}, "tuning.monitor: Input should be"),
        ({"split.validation": "0"}, "split.validation: 0 leaves nobody to compare trials on"),
    ],
)
def test_what_cannot_be_searched_is_refused_before_any_work(
    bench: Bench, tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    with pytest.raises(ParameterError, match=said):
        tune_recipe(bench.recipe, tmp_path / "run", data=bench.store, fold=FOLD, changes=changes)
    assert not (tmp_path / "run").exists()


def test_failed_trials_end_neither_the_study_nor_go_untold(bench: Bench, tmp_path: Path) -> None:
    space = '{"training.optimizer.lr": {"choices": [0.001, 1e30]}}'
    changes = {"tuning.space": space, "training.epochs": "1", "tuning.sampler": "random", "tuning.seed": "1"}
    tuning = tune_recipe(bench.recipe, tmp_path / "run", data=bench.store, fold=FOLD, n_trials=4, changes=changes)
    failed = [row for row in tuning.trials if row.settings["training.optimizer.lr"] == 1e30]
    assert 1 <= len(failed) < 4
    assert {row.state for row in failed} == {"failed"}
    assert all("training diverged" in row.reason for row in failed)
    assert tuning.report.read_text().count("training diverged") == len(failed)
    assert {row.state for row in tuning.trials if row not in failed} == {"finished"}


def test_a_search_in_which_all_fails_is_given_up(bench: Bench, tmp_path: Path) -> None:
    changes = {"tuning.space": '{"training.optimizer.lr": {"low": 1e29, "high": 1e30}}'}
    with pytest.raises(TuningError, match=r"the first 5 trials have failed; the last reason: training diverged"):
        tune_recipe(bench.recipe, tmp_path / "run", data=bench.store, fold=FOLD, changes=changes)


def test_no_trial_is_begun_when_time_is_over(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(TuningError, match="no trial has finished"):
        tune_recipe(bench.recipe, tmp_path / "run", data=bench.store, fold=FOLD, timeout=0.0)


@pytest.mark.parametrize("name", ["n_trials", "n_workers", "top"])
def test_numbers_below_one_are_refused(bench: Bench, tmp_path: Path, name: str) -> None:
    with pytest.raises(ParameterError, match="it must be 1 or more"):
        tune_recipe(bench.recipe, tmp_path / "run", **{name: 0})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with start_postgres() as url:
        yield url


TUNE = """
import sys
from pathlib import Path
from ictal.experiments.tune import tune_recipe

if __name__ == "__main__":
    recipe, output, data, storage, n_trials, n_workers = sys.argv[1:]
    tune_recipe(recipe, Path(output), data=Path(data), fold="1", storage=storage, n_trials=int(n_trials),
                n_workers=int(n_workers), tell=lambda text: print(text, flush=True))
"""


def start(
    bench: Bench, script: Path, output: Path, storage: str, n_trials: int, n_workers: int
) -> subprocess.Popen[str]:
    script.write_text(TUNE)
    command = [sys.executable, str(script), str(bench.recipe), str(output), str(bench.store), storage]
    return subprocess.Popen(
        [*command, str(n_trials), str(n_workers)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )


def holders(folder: Path) -> dict[int, int]:
    """Return which process holds the lock of which trial."""
    inodes = {path.stat().st_ino: int(path.parent.name) for path in folder.glob("*/.lock")}
    held = {}
    for line in Path("/proc/locks").read_text().splitlines():
        fields = line.split()
        inode = int(fields[5].split(":")[2])
        if inode in inodes:
            held[inodes[inode]] = int(fields[4])
    return held


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="who holds a lock is read as Linux tells it")
def test_two_workers_on_postgresql_of_whom_one_is_killed_and_then_all(
    bench: Bench, database: str, tmp_path: Path
) -> None:
    """A killed worker costs its trial; after ``kill -9`` of all, another machine finishes what is missing."""
    output = tmp_path / "run"
    process = start(bench, tmp_path / "tune.py", output, database, 40, 2)
    try:
        until, killed = time.monotonic() + 120.0, -1
        while killed < 0:
            assert time.monotonic() < until
            assert process.poll() is None, process.communicate()
            working = holders(output / TRIALS)
            if len(working) == 2:
                killed = min(working)
                os.kill(working[killed], signal.SIGKILL)
            time.sleep(0.01)
        told = [process.stdout.readline() for _ in range(3)] if process.stdout is not None else []
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    assert all(line.startswith("trial ") for line in told), told

    asked = {"data": bench.store, "fold": FOLD, "storage": database}
    before = tune_recipe(bench.recipe, output, n_trials=1, **asked)  # type: ignore[arg-type]
    dead = [row.number for row in before.trials if row.state == "failed"]
    assert killed in dead
    assert {row.reason for row in before.trials if row.state == "failed"} == {
        "the process that worked on it was killed"
    }
    assert not [row for row in before.trials if row.state == "running"]

    elsewhere = tune_recipe(bench.recipe, tmp_path / "other", n_trials=len(before.trials) + 2, **asked)  # type: ignore[arg-type]
    assert values(elsewhere)[: len(before.trials)] == values(before)
    assert len(elsewhere.trials) == len(before.trials) + 2
    assert [row.state for row in elsewhere.trials[-2:]].count("failed") == 0
    drawn = [tuple(row.settings.values()) for row in elsewhere.trials if row.settings]
    assert len(set(drawn)) == len(drawn), "workers with the same seed do not try the same values"

    record = (tmp_path / "other" / "run.json").read_text()
    assert json.loads(record)["storage"].startswith("postgresql://anna:***@127.0.0.1")
    everything = [path for path in (tmp_path / "other").rglob("*") if path.is_file()]
    assert not [path for path in everything if PASSWORD.encode() in path.read_bytes()]
