"""A dataset of 2850 recordings and 11 600 h: trees of tables to figures, and the rules alone, beside timescoring."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from ratios import compare
from timescoring.annotations import Annotation
from timescoring.scoring import EventScoring, SampleScoring

from ictal.core.events import Annotations, Event
from ictal.core.spans import Span
from ictal.evaluation.score import score_trees
from ictal.io.events_tsv import read_events, write_events
from ictal.scoring.rules import RULES

N_SUBJECTS, N_RUNS, HOURS = 125, 2850, 4.08
COMMAND = [sys.executable, "-c", "from ictal.apps.cli import main; main()", "score"]
SEIZURES_PER_RUN = 0.31


def write_trees(folder: Path) -> tuple[Path, Path]:
    """Write reference tables, and the same events some seconds later with false alarms as hypotheses."""
    rng = np.random.default_rng(0)
    duration = round(HOURS * 3600)
    for run in range(N_RUNS):
        marked = [Event(float(onset), 60.0) for onset in rng.integers(0, duration - 200, rng.poisson(SEIZURES_PER_RUN))]
        alarms = [Event(float(onset), 30.0) for onset in rng.integers(0, duration - 200, rng.poisson(1.0))]
        found = [Event(event.onset + 7.0, event.duration) for event in marked] + alarms
        subject = f"sub-{run % N_SUBJECTS:03}"
        for tree, events in (("reader", marked), ("detector", found)):
            path = folder / tree / subject / "ses-01" / "eeg" / f"{subject}_ses-01_run-{run:04}_events.tsv"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_events(path, Annotations(events, duration))
    return folder / "reader", folder / "detector"


def loop_over_timescoring(reader: Path, detector: Path) -> None:
    """Score the trees as one would with timescoring at hand: a table after the other, on masks."""
    for path in sorted(reader.rglob("*_events.tsv")):
        tables = (read_events(path), read_events(detector / path.relative_to(reader)))
        masks = [Annotation(list(table.seizures.spans), 1, round(table.duration)) for table in tables]
        EventScoring(*masks)
        SampleScoring(*masks)


def count_alone(rules: list[str], pairs: list[tuple[tuple[Span, ...], tuple[Span, ...], float]]) -> None:
    """Count by some rules, all being read."""
    for name in rules:
        rule = RULES.load(name)
        for pair in pairs:
            rule.score(*pair)


with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
    warnings.simplefilter("ignore")
    reader, detector = write_trees(Path(name))
    compare(
        f"{N_RUNS} recordings, {N_RUNS * HOURS:.0f} h: event and sample figures by subject, from the tables",
        {
            "ictal, with 2000 resamples": lambda: score_trees(reader, detector),
            "a loop over timescoring, recordings alone": lambda: loop_over_timescoring(reader, detector),
        },
        repeats=3,
    )
    recordings = score_trees(reader, detector).recordings
    pairs = [(one.reference, one.hypothesis, one.duration) for one in recordings]
    masks = [[Annotation(list(spans), 1, round(length)) for spans in (ref, hyp)] for ref, hyp, length in pairs]
    compare(
        "the two rules of SzCORE alone",
        {
            "ictal": lambda: count_alone(["szcore", "sample"], pairs),
            "timescoring": lambda: [(EventScoring(*pair), SampleScoring(*pair)) for pair in masks],
        },
        repeats=3,
    )
    print("whole processes, `ictal score`")
    for rules in ("szcore,sample", ",".join(RULES)):
        seconds = []
        for _ in range(7):
            begun = time.perf_counter()
            subprocess.run([*COMMAND, str(reader), str(detector), "--rule", rules], check=True, capture_output=True)
            seconds.append(time.perf_counter() - begun)
        spread = f"{min(seconds):.2f} - {max(seconds):.2f} s"
        print(f"  --rule {rules:<80}{statistics.median(seconds):>6.2f} s   ({spread})")
