"""What adapting to a patient is worth: simulated subjects, each with an epilepsy of its own, before and after::

benchmarks/finetuning.py --subjects 8 --hours 4 --folder /somewhere

A cross-validation trains on some and adapts to the others, by both protocols. It takes 10 minutes of one core; run
again with the same folder, it goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from ictal.apps.finetune import describe_gains
from ictal.experiments.finetune_folds import crossval_finetuned
from ictal.experiments.recipe import read_recipe
from ictal.experiments.simulate import simulate_corpus
from ictal.experiments.stores import open_store

SHORT = {"training.epochs": "8", "training.patience": "3"}
"""What of the recipe is changed, so that it does not take an hour."""


def measure(folder: Path, asked: argparse.Namespace) -> None:
    """Simulate, train, adapt and print the table."""
    corpus, store = folder / "corpus", folder / "store"
    if not store.exists():
        simulate_corpus(
            corpus, asked.subjects, asked.hours, asked.seed, seizures_per_hour=asked.seizures_per_hour, overwrite=True
        )
        open_store(corpus, read_recipe(asked.recipe).chain, stores=folder).folder.rename(store)
    begun = time.perf_counter()
    done = crossval_finetuned(
        asked.recipe,
        folder / "run",
        data=store,
        splits=asked.splits,
        changes=SHORT | dict(text.split("=", 1) for text in asked.set),
        hours=asked.adapt,
        rehearse=asked.rehearse,
        tell=lambda fold: print(f"{fold.split.name} is done after {time.perf_counter() - begun:.0f} s", flush=True),
    )
    print()
    print("\n".join(describe_gains(done.gains)))
    print(done.report)


def main() -> None:
    """Read the options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, help="where everything is kept; a temporary one where not given")
    parser.add_argument("--recipe", default="eegwavenet")
    parser.add_argument("--splits", default="subject:4")
    parser.add_argument("--subjects", type=int, default=8)
    parser.add_argument("--hours", type=float, default=4.0, help="of each subject")
    parser.add_argument("--seizures-per-hour", type=float, default=1.0)
    parser.add_argument("--adapt", type=float, default=1.0, help="hours that are adapted on")
    parser.add_argument("--rehearse", action="store_true", help="show windows of the training among the patient's")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    asked = parser.parse_args()
    if asked.folder is not None:
        measure(asked.folder, asked)
        return
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), asked)


if __name__ == "__main__":
    main()
