"""How well the bundled detectors detect: on the simulated exam, where all is known, and on short clips of real EEG.

``ictal simulate EXAM --exam`` writes the exam; CLIPS holds the folders ``chbmit-clips`` and ``iiic``, each recording
with its events table beside it. What is printed can be pasted into markdown.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from ictal.core.version import __version__
from ictal.detection.library import BUNDLED, load_detector
from ictal.evaluation.behaviour import ORDINARY
from ictal.evaluation.bootstrap import LEVEL, N_RESAMPLES
from ictal.evaluation.dataset import Estimate
from ictal.experiments.clips import (
    AMPLITUDES,
    equalise,
    rank_clips,
    rank_in_a_row,
    rank_in_clips,
    read_clips,
    score_with,
)
from ictal.experiments.examination import ALARM_LIMIT, Examination, GroupFigures, examine_detector

FIGURES = ("sensitivity", "precision", "f1", "false_positives_per_day")
HEADINGS = (
    "sensitivity",
    "precision",
    "F1",
    "false alarms/24 h",
    "onset latency, median",
    f"sensitivity at {ALARM_LIMIT:g}/24 h",
)


def main() -> None:
    """Print the tables that are asked for."""
    asked = parse_arguments()
    warnings.simplefilter("ignore")  # what is odd in the clips is known
    print(
        f"`{' '.join([Path(sys.argv[0]).name, *sys.argv[1:]])}`; ictal {__version__}; in brackets the middle "
        f"{LEVEL:.0%} of {N_RESAMPLES} bootstrap resamples, seed 0.\n"
    )
    if asked.exam is not None:
        print_exam(asked.exam, asked.detector, asked.jobs)
    if asked.clips is not None:
        print_clips(asked.clips, asked.detector)


def parse_arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exam", type=Path, metavar="DIR", help="what `ictal simulate DIR --exam` wrote")
    parser.add_argument("--clips", type=Path, metavar="DIR", help="holds chbmit-clips and iiic")
    parser.add_argument("--detector", nargs="+", default=list(BUNDLED), metavar="NAME")
    parser.add_argument("--jobs", type=int, default=1, metavar="N")
    asked = parser.parse_args()
    if asked.exam is None and asked.clips is None:
        parser.error("give --exam DIR, --clips DIR, or both")
    return asked


def print_exam(folder: Path, detectors: Sequence[str], n_jobs: int) -> None:
    """Run every detector over the exam and print how it did, in all and in each group of subjects."""
    results = []
    for name in detectors:
        with tempfile.TemporaryDirectory(prefix="ictal-exam-") as output:
            results.append(examine_detector(folder, name, output, n_jobs=n_jobs))
    first = results[0]
    whole = first.everyone
    print(f"### {first.dataset}\n")
    print(f"{whole.n_subjects} subjects, {whole.hours:g} h, {whole.n_seizures} seizures; ", end="")
    print(f"{first.rule}; averages and intervals over subjects.\n")
    print_table(["detector", *HEADINGS], [[tell_detector(one), *tell_group(one, one.everyone)] for one in results])
    for one in results:
        if one.behaviour == ORDINARY:
            print(f"{one.detector.split()[0]}, by population and by kind of seizure:\n")
            rows = [
                [group.name, f"{group.n_subjects}", f"{group.n_seizures}", *tell_group(one, group)]
                for group in (*one.populations, *one.kinds)
            ]
            print_table(["", "subjects", "seizures", *HEADINGS], rows)
    print("What the false alarms were:\n")
    rows = [[one.detector.split()[0], str(sum(one.causes.values())), tell_causes(one)] for one in results]
    print_table(["detector", "false alarms", "put down to"], rows)


def print_clips(folder: Path, detectors: Sequence[str]) -> None:
    """Print how detectors and plain amplitude rank the clips."""
    seizures, patterns = read_clips(folder / "chbmit-clips"), read_clips(folder / "iiic")
    equal = [equalise(clip) for clip in patterns]
    measures = {name: score_with(load_detector(name)) for name in detectors} | AMPLITUDES
    print(f"### Seizures against the seconds before them\n\n{len(seizures)} clips of CHB-MIT chb01.\n")
    rows = []
    for name, measure in measures.items():
        own = rank_in_clips(seizures, measure)
        pairs = zip(own.ictal, own.preictal, strict=True)
        means = ", ".join(f"{tell_mean(ictal)}/{tell_mean(before)}" for ictal, before in pairs)
        rows.append([name, means, f"{own.n_outranking} of {len(seizures)}", tell(own.area, *own.interval)])
    print_table(["measure", "mean during/before, by clip", "outranks", "AUROC of seconds in a clip, mean"], rows)
    n_seizures = sum(clip.is_seizure for clip in patterns)
    print("### Seizures against what looks like one\n")
    print(f"{n_seizures} clips with a seizure and {len(patterns) - n_seizures} with other patterns (IIIC).\n")
    rows = []
    for name, measure in measures.items():
        ways = rank_clips(patterns, measure), rank_clips(equal, measure), rank_in_a_row(patterns, measure)
        analysed = " + ".join(map(str, ways[0].n_analysed))
        rows.append([name, analysed, *(tell(way.area, *way.interval) for way in ways)])
    print_table(["measure", "analysed", "AUROC", "at equal RMS", "as one recording"], rows)


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table in markdown."""
    for cells in (header, ["---"] * len(header), *rows):
        print(f"| {' | '.join(cells)} |")
    print()


def tell_detector(one: Examination) -> str:
    """Return name and fingerprint, and whether the figures say nothing."""
    return one.detector if one.behaviour == ORDINARY else f"{one.detector} (**{one.behaviour}**)"


def tell_group(one: Examination, group: GroupFigures) -> list[str]:
    """Return the cells under :data:`HEADINGS`."""
    limited = group.limited
    if group is one.everyone:
        limited = Estimate(one.limited.sensitivity, group.n_subjects, *one.limited.interval)
    shares = [tell_estimate(group.average[name]) for name in FIGURES[:-1]]
    alarms, latency = tell_estimate(group.average[FIGURES[-1]], 1), tell_estimate(group.onset_latency, 1, " s")
    return [*shares, alarms, latency, tell_estimate(limited)]


def tell_causes(one: Examination) -> str:
    """Return what the false alarms were."""
    return ", ".join(f"{cause} {count}" for cause, count in one.causes.items())


def tell_mean(value: float) -> str:
    """Return a probability with two decimals, µV or µV/s without."""
    return f"{value:.2f}" if value < 1 else f"{value:.0f}"


def tell_estimate(estimate: Estimate, digits: int = 2, unit: str = "") -> str:
    """Return a figure with its interval."""
    return tell(estimate.value, estimate.low, estimate.high, digits, unit)


def tell(value: float, low: float, high: float, digits: int = 2, unit: str = "") -> str:
    """Return a figure with its interval, where it has one."""
    if math.isnan(value):
        return "undefined"
    text = f"{value:.{digits}f}{unit}"
    return (text if math.isnan(low) else f"{text} ({low:.{digits}f} to {high:.{digits}f})").replace("-", "−")


if __name__ == "__main__":
    main()
