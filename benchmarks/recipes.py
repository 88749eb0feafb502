"""Every family of recipes from the corpus to the events: simulated, trained for two epochs, and run on what is new.

It says that recipes run, how long they take, and that something is learnt; not how good a study is. Everything goes
through the command line as a user types it. At the end stands the grid of the study of spectrograms, made small::

    benchmarks/recipes.py --output recipes
    benchmarks/recipes.py --output recipes --only zoo-vit --only grid
"""

from __future__ import annotations

import argparse
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path

from ictal.apps.cli import run
from ictal.core.spans import intersect_spans
from ictal.evaluation.history import read_history
from ictal.experiments.run_record import read_run
from ictal.io.events_tsv import read_events

CORPORA = {"scalp": "adult", "mice": "rodent"}
"""Corpus → population."""

SMALL_COMPONENTS = ("windows.training_step=5", "resampling.n_components=64", "training.optimizer.lr=1e-3")


@dataclass(frozen=True)
class Family:
    """One recipe, and what makes it small."""

    corpus: str
    changes: tuple[str, ...] = ("training.epochs=2",)
    splits: str = ""


FAMILIES = {
    "eegwavenet": Family("scalp"),
    "zoo-vit": Family("scalp"),
    "mouse-cnn-pca": Family("mice", ("training.epochs=2", *SMALL_COMPONENTS)),
    "mouse-rule": Family("mice", (), splits="subject:3"),
    "neurocare": Family("scalp"),
    "braincodec": Family("scalp", ("training.epochs=1", "balance.ratio=1.0")),
    "seizure-transformer": Family(
        "scalp",
        (
            "training.epochs=2",
            "training.batch_size=4",
            'model.config={"filters": [8, 16, 32, 32, 32], "n_layers": 1, "feedforward": 64}',
        ),
    ),
    "tcn": Family("scalp", ("training.epochs=8", "training.batch_size=8")),
    "trees": Family("scalp", ()),
    "braincodec-pretrain": Family(
        "scalp",
        (
            "pretraining.steps=30",
            "pretraining.batch_size=4",
            "pretraining.warm_up=2",
            "pretraining.quantised_from=10",
            "pretraining.start_batches=4",
            "pretraining.adversarial_from=20",
            "pretraining.n_validation=16",
        ),
    ),
}
"""One recipe of each family; where nothing is said the network has its published size."""

GRID = ("zoo-vit", "zoo-transformer-cnn")
GRID_CHANGES = (
    "training.epochs=2",
    "windows.training_step=5",
    "model.features.size=[60, 60]",
    'model.config={"hidden": 32, "n_layers": 2}',
)


def main() -> None:
    """Run the families and the grid, and print what came of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, default=Path("recipes"), help="a folder; what is there is kept")
    parser.add_argument("--hours", default="0.2", help="of each subject")
    parser.add_argument("--only", action="append", choices=[*FAMILIES, "grid"])
    asked = parser.parse_args()
    chosen = [*FAMILIES, "grid"] if asked.only is None else asked.only
    asked.output.mkdir(parents=True, exist_ok=True)
    os.chdir(asked.output)
    for corpus, population in CORPORA.items():
        simulate(corpus, population, 6, 1, asked.hours)
        simulate(f"{corpus}-new", population, 1, 2, asked.hours)
    rows = [run_family(name, FAMILIES[name]) for name in chosen if name in FAMILIES]
    print(f"\n{'recipe':<22}{'epochs':>7}{'train s':>9}{'CPU s':>8}{'detect s':>10}  {'validation':<26}events")
    print(*rows, sep="\n")
    if "grid" in chosen:
        compare = ["compare", "--grid", *GRID, "--features", "stft,mel,cwt", "--folds", "2", "--data", "scalp"]
        call(*compare, *as_options(GRID_CHANGES), "-o", "runs/grid")


def simulate(folder: str, population: str, n_subjects: int, seed: int, hours: str) -> None:
    """Make a corpus, unless it is there."""
    if Path(folder).exists():
        return
    how = ["--population", population, "--hours", hours, "--seizures-per-hour", "15", "--seed", str(seed)]
    easy = [] if population == "rodent" else ["--difficulty", "0.1"]
    call("simulate", folder, "--subjects", str(n_subjects), *how, *easy)


def run_family(name: str, family: Family) -> str:
    """Train, detect, and return a row of the table."""
    folder = Path("runs", name)
    verb = ["crossval", name, "--splits", family.splits] if family.splits else ["train", name]
    taken = call(*verb, "--data", family.corpus, "-o", str(folder), *as_options(family.changes))
    head = f"{name:<22}"
    if read_run(folder).kind == "pretrain":
        figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))
        said = f"SNR {figures['snr']:.1f} dB"
        return f"{head}{figures['steps']:>7}{taken[0]:>9.1f}{taken[1]:>8.1f}{'':>10}  {said:<26}none: a codec"
    trained = min(path.parent for path in folder.rglob("detector.ictal"))
    history = read_history(trained)
    value = history.column(f"validation/{history.monitor}")[history.best_epoch]
    new = f"{family.corpus}-new"
    detected = call("detect", new, "-d", str(trained / "detector.ictal"), "-o", f"found/{name}", "--overwrite")
    n_epochs, figure = len(history.epochs), f"{history.monitor} {value:.3f}"
    return f"{head}{n_epochs:>7}{taken[0]:>9.1f}{taken[1]:>8.1f}{detected[0]:>10.1f}  {figure:<26}" + tell_events(
        Path(new), Path("found", name)
    )


def tell_events(truth: Path, found: Path) -> str:
    """Return how many events were found, and how many of the seizures they touch."""
    (marked,) = (read_events(path).seizures.spans for path in truth.glob("sub-*/**/*_events.tsv"))
    (events,) = (read_events(path).seizures.spans for path in found.glob("**/*_events.tsv"))
    n_hit = sum(bool(intersect_spans([span], events)) for span in marked)
    return f"{len(events)} on {n_hit} of {len(marked)} seizures"


def as_options(changes: tuple[str, ...]) -> list[str]:
    """Return values that are set, as the command line takes them."""
    return [part for change in changes for part in ("--set", change)]


def call(*arguments: str) -> tuple[float, float]:
    """Run one command line of ictal and return its seconds, by the clock and of the processor."""
    print("$ ictal", *arguments, flush=True)
    wall, processor = time.perf_counter(), time.process_time()
    code = run(list(arguments))
    if code:
        raise SystemExit(code)
    return time.perf_counter() - wall, time.process_time() - processor


if __name__ == "__main__":
    main()
