"""What a cross-validation costs beside its folds: splits, guards, figures with intervals, and the report.

Measured on any prepared store of the recipe's chain, the folds by themselves and the cross-validation in one run::

    ictal simulate corpus --subjects 5 --hours 1
    ictal prepare corpus -o store
    benchmarks/crossval.py store --set training.epochs=5
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ictal.apps.options import read_pairs
from ictal.data.splits import make_splits
from ictal.data.store import Store
from ictal.experiments.crossval import choose_way, crossval_recipe
from ictal.experiments.recipe import Recipe, read_recipe
from ictal.training.train import train_detector


def main() -> None:
    """Print how long the folds take by themselves and as a cross-validation."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path)
    parser.add_argument("--recipe", default="eegwavenet")
    parser.add_argument("--splits", default="subject:5")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    asked = parser.parse_args()
    changes = read_pairs("--set", asked.set)
    recipe = choose_way(read_recipe(asked.recipe, changes), asked.splits)
    with tempfile.TemporaryDirectory(prefix="ictal-crossval-") as folder:
        bare = measure(lambda: train_folds(recipe, Store(asked.store), Path(folder, "bare")))
        whole = measure(
            lambda: crossval_recipe(
                asked.recipe, Path(folder, "run"), data=asked.store, splits=asked.splits, changes=changes
            )
        )
    for title, seconds in (("folds by themselves", bare), ("cross-validation", whole)):
        print(f"{title:<24}{seconds[0]:>9.1f} s wall {seconds[1]:>9.1f} s of processor")
    print(f"{'ratio':<24}{whole[0] / bare[0]:>9.3f} {whole[1] / bare[1]:>14.3f}")


def measure(run: Callable[[], object]) -> tuple[float, float]:
    """Return seconds by the clock and of the processor."""
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - wall, time.process_time() - processor


def train_folds(recipe: Recipe, store: Store, folder: Path) -> None:
    """Train and evaluate one fold after the other, with nothing around it."""
    way = recipe.split
    for split in make_splits(way.by, store.recordings, seed=way.seed, validation=way.validation):
        place = folder / split.name
        place.mkdir(parents=True)
        train_detector(recipe.task, store, split, place)


if __name__ == "__main__":
    main()
