"""Can explanations be trusted? Every network, trained on simulated EEG, explained by every method that fits::

    nice benchmarks/explanations.py --folder explanations
    benchmarks/explanations.py --folder explanations --models eegwavenet vit

Where the seizures are is known, so for each method stands how much of its evidence is there, beside what evidence that
is spread evenly has there; how the score falls and rises with what it says; and how like itself its map stays when all
weights are randomised. `power of the signal` is no method: it is what one says that follows amplitude alone. The last
row is the detector that comes with ictal. Subjects that are explained were trained on by nobody; intervals are
bootstraps over them. Run again with the same folder, it goes on where it was stopped: a folder for each model, a file
for each seizure. What stands in `explanations.md` there can be pasted into markdown.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ictal.core.attribution import Attribution
from ictal.core.recording import Recording
from ictal.detection.detector import Detector
from ictal.detection.library import load_detector
from ictal.detection.stretch import Stretch, cut_stretch
from ictal.evaluation.bootstrap import bootstrap_interval
from ictal.experiments.explained_network import open_network
from ictal.experiments.simulate import simulate_corpus
from ictal.experiments.train import train_recipe
from ictal.explain.check import RandomisationTest, check_attributions
from ictal.explain.check_table import encode_check, format_table
from ictal.explain.event_score import EventScore
from ictal.explain.methods import explain, list_fitting
from ictal.explain.occlusion import make_answer
from ictal.explain.planted import describe_planted, read_seizures
from ictal.explain.randomisation import check_randomisation
from ictal.explain.truth import Planted, compare_with_truth, signal_power
from ictal.io.atomic import atomic_write
from ictal.io.bids import write_json
from ictal.io.formats import read
from ictal.scoring.curves import auroc, frame_truth
from ictal.simulation.corpus import TRUTH_FOLDER
from ictal.training.train import DETECTOR

BUNDLED = "eegwavenet-scalp"
CONTROL = "power of the signal"
BEFORE, LONGEST = 20.0, 30.0
"""Seconds before the onset that are asked about too, and of the seizure."""

N_STEPS, N_ORDERS, DEPTHS = 10, 10, (1.0,)
SMALL_PICTURES = ("windows.training_step=2.5", "model.features.size=[60, 60]", "training.batch_size=32")
SMALL_TRANSFORMER = 'model.config={"hidden": 64, "n_layers": 2, "n_heads": 4}'
SMALL_COMPONENTS = ("windows.training_step=5", "resampling.n_components=64", "training.optimizer.lr=1e-3")


@dataclass(frozen=True)
class Lesson:
    """How a network is trained: its recipe, what is changed so that it takes minutes, the corpus; what is explained."""

    recipe: str
    epochs: int
    changes: tuple[str, ...] = ()
    corpus: str = "scalp"
    most_events: int = 100


LESSONS = {
    "eegwavenet": Lesson("eegwavenet", 6),
    "eegnet": Lesson("eegnet", 6, ("windows.step=2.0",)),
    "resnet1d": Lesson("resnet1d", 2, ("windows.step=2.0",), most_events=4),
    "tcn": Lesson("tcn", 6, ("windows.training_step=10", "training.batch_size=8")),
    "cnn-bilstm": Lesson("neurocare", 3, ("training.optimizer.lr=1e-3",)),
    "braincodec": Lesson("braincodec", 1, ("balance.ratio=1.0",)),
    "seizure-transformer": Lesson(
        "seizure-transformer",
        6,
        (
            "windows.training_step=10",
            "training.batch_size=8",
            'model.config={"filters": [8, 16, 32, 32, 32], "n_layers": 1, "feedforward": 64}',
        ),
    ),
    "eegnet-zoo": Lesson("zoo-eegnet", 6, ("windows.training_step=2.5",)),
    "vit": Lesson("zoo-vit", 3, (*SMALL_PICTURES, SMALL_TRANSFORMER)),
    "transformer": Lesson("zoo-transformer", 3, (*SMALL_PICTURES, SMALL_TRANSFORMER)),
    "transformer-cnn": Lesson("zoo-transformer-cnn", 3, (*SMALL_PICTURES, SMALL_TRANSFORMER)),
    "lstm-attention": Lesson("zoo-lstm", 3, SMALL_PICTURES),
    "swin": Lesson("zoo-swin", 3, SMALL_PICTURES),
    "inception-transformer": Lesson(
        "zoo-inception", 1, (*SMALL_PICTURES, "windows.training_step=5", SMALL_TRANSFORMER), most_events=2
    ),
    "eegcnn1d": Lesson("mouse-cnn1d", 6, ("windows.training_step=5",), "mice"),
    "eegcnn-pca": Lesson("mouse-cnn-pca", 6, SMALL_COMPONENTS, "mice"),
    "eeglstm": Lesson("mouse-lstm", 6, (*SMALL_COMPONENTS, 'model.config={"step_features": 4}'), "mice"),
    "eegtransformer": Lesson("mouse-transformer", 6, (*SMALL_COMPONENTS, SMALL_TRANSFORMER), "mice"),
    BUNDLED: Lesson("scalp", 0),
}
"""Name of the network, and of the bundled detector, which is not trained."""

CORPORA = {"scalp": {"population": "adult", "difficulty": 0.2}, "mice": {"population": "rodent"}}
LEARNED = 0.8
"""AUROC from which on a network counts in the summary of the methods."""

SUMMARY = [
    "method",
    "networks",
    "leads ×",
    "seconds ×",
    "band ×",
    "deletion beats",
    "insertion beats",
    "sizes",
    "signed",
]
COLUMNS = (
    "network",
    "method",
    "leads",
    "seconds",
    "band",
    "deletion",
    "insertion",
    "random",
    "beats",
    "randomised",
    "signed",
    "s",
)


def main() -> None:
    """Simulate, train, explain and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where everything is kept")
    parser.add_argument("--models", nargs="+", choices=list(LESSONS), default=list(LESSONS), metavar="NAME")
    parser.add_argument(
        "--events", type=int, default=8, help="seizures that are explained, of different subjects first"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    asked.folder.mkdir(parents=True, exist_ok=True)
    os.chdir(asked.folder)
    for name in asked.models:
        begun = time.perf_counter()
        try:
            study(name, LESSONS[name], asked)
            print(f"{name}: {time.perf_counter() - begun:.0f} s", flush=True)
        except Exception:
            print(f"{name}: failed\n{traceback.format_exc()}", flush=True)
        with atomic_write(Path("explanations.md"), "w") as file:
            file.write(tell_results(asked))
    print(tell_results(asked))


def study(name: str, lesson: Lesson, asked: argparse.Namespace) -> None:
    """Train one network, and explain its answers to seizures of subjects that it does not know."""
    folder = Path(name)
    for part, n_subjects, seed in (("", 8, asked.seed), ("-new", 6, asked.seed + 1)):
        how: dict[str, Any] = {"seizures_per_hour": 15.0, **CORPORA[lesson.corpus]}
        if not Path(f"{lesson.corpus}{part}", "participants.tsv").is_file():
            simulate_corpus(Path(f"{lesson.corpus}{part}"), n_subjects, 0.2, seed, overwrite=True, **how)
    detector = load_detector(name) if lesson.epochs == 0 else train(folder, lesson, asked)
    recordings = sorted(Path(f"{lesson.corpus}-new").glob("sub-*/**/*.edf"))
    if not (folder / "facts.json").is_file():
        folder.mkdir(exist_ok=True)
        write_json(folder / "facts.json", {"auroc": measure_auroc(detector, recordings)})
    for recording, number in choose_events(recordings, min(asked.events, lesson.most_events)):
        path = folder / f"{recording.name.split('_')[0]}-{number}.json"
        if not path.is_file():
            write_json(path, study_event(detector, read(recording), find_record(recording), number, asked.seed))


def train(folder: Path, lesson: Lesson, asked: argparse.Namespace) -> Detector:
    """Return the detector of a run, trained where it is not there."""
    run = folder / "run"
    if not (run / DETECTOR).is_file():
        own = {"training.epochs": str(lesson.epochs), "training.seed": str(asked.seed)}
        own |= {"training.threads": str(asked.threads)}
        changes = own | dict(text.split("=", 1) for text in lesson.changes)
        begun = time.perf_counter()
        train_recipe(lesson.recipe, run, data=Path(lesson.corpus), changes=changes)
        print(f"{folder}: trained in {time.perf_counter() - begun:.0f} s", flush=True)
    return Detector.read(run / DETECTOR)


def measure_auroc(detector: Detector, recordings: Sequence[Path]) -> float:
    """Return how often a seizure frame of new subjects has a higher probability than a background frame."""
    probabilities, truths = [], []
    quick = detector.with_settings({"postprocessing.minimum_duration": "100000"})  # no events, whose leads take long
    for path in recordings:
        recording = read(path)
        scores = quick.analyse(recording).scores
        known = scores.analysed
        probabilities.append(scores.seizure[known])
        truths.append(frame_truth(recording.annotations, scores)[known])
    return auroc(np.concatenate(probabilities), np.concatenate(truths))


def choose_events(recordings: Sequence[Path], most: int) -> list[tuple[Path, int]]:
    """Return recordings and numbers of seizures, the first ones of all subjects first."""
    counts = [(path, len(read_seizures(find_record(path)))) for path in recordings]
    rounds = range(max((count for _, count in counts), default=0))
    return [(path, number) for number in rounds for path, count in counts if number < count][:most]


def find_record(recording: Path) -> Path:
    """Return where the phantom says how a recording was made."""
    root, stem = recording.parents[3], recording.stem.removesuffix("_eeg")
    return root / TRUTH_FOLDER / recording.parent.relative_to(root) / f"{stem}_desc-truth_phantom.json"


def study_event(detector: Detector, recording: Recording, record: Path, number: int, seed: int) -> dict[str, Any]:
    """Return all checks of one seizure, and where evidence lies in a stretch that begins before it."""
    seizure = read_seizures(record)[number]
    stop = min(seizure.stop, seizure.onset + LONGEST)
    network = open_network(detector)
    if network is None:
        raise SystemExit(f"{detector.name} holds no network")
    stretch = cut_stretch(detector, recording, (seizure.onset, stop))
    planted = describe_planted(seizure, stretch.leads, stretch.span)
    maps, seconds = explain_by_all(network, stretch, seed)
    tests = {
        method: check_randomisation(
            lambda other, method=method: explain(method, other, stretch, seed=seed),
            network,
            maps[method],
            depths=DEPTHS,
            seed=seed,
        )
        for method in maps
    }
    maps[CONTROL], tests[CONTROL] = signal_power(stretch), RandomisationTest(DEPTHS, (1.0,), (1.0,))
    answer = make_answer(EventScore(network, stretch))
    check = check_attributions(
        answer, stretch, maps, planted=planted, randomisations=tests, n_steps=N_STEPS, n_orders=N_ORDERS, seed=seed
    )
    windows = detector.settings.windows
    before = BEFORE if windows.frames == 1 else min(BEFORE, windows.length / 2)
    wide = cut_stretch(detector, recording, (max(seizure.onset - before, 0.0), stop))
    wide_maps = explain_by_all(network, wide, seed)[0] | {CONTROL: signal_power(wide)}
    return {
        **encode_check(check),
        "score": float(answer(stretch.signal[None])[0]),
        "explain_seconds": seconds,
        "wide": {method: tell_seconds(found, planted) for method, found in wide_maps.items()},
    }


def explain_by_all(
    network: torch.nn.Module, stretch: Stretch, seed: int
) -> tuple[dict[str, Attribution], dict[str, float]]:
    """Return what every method says, and how many seconds it took."""
    maps, seconds = {}, {}
    for method in list_fitting(network):
        begun = time.perf_counter()
        maps[method] = explain(method, network, stretch, seed=seed)
        seconds[method] = time.perf_counter() - begun
    return maps, seconds


def tell_seconds(attribution: Attribution, planted: Planted) -> dict[str, float] | None:
    """Return the share of the evidence in the seconds of the seizure, and by chance."""
    share = compare_with_truth(attribution, planted).seconds
    return None if share is None else {"found": share.found, "chance": share.chance}


def tell_results(asked: argparse.Namespace) -> str:
    """Return the table of all models that are done, and how it was made."""
    rows = [row for name in LESSONS for row in tell_model(name)]
    if not rows:
        return "nothing is done yet\n"
    said = (
        f"`benchmarks/explanations.py --folder FOLDER --events {asked.events} --seed {asked.seed}`: simulated EEG, "
        f"adults (difficulty 0.2) and mice; trained on 8 subjects of 0.2 h for minutes, explained on "
        f"seizures of others, at most {LONGEST:g} s of each; `seconds` of stretches that begin {BEFORE:g} s before.\n"
        "Mean share of the evidence [95 % bootstrap over subjects] of the share by chance; normalised areas of "
        f"{N_STEPS} steps beside {N_ORDERS} random orders, and how many of these deletion and insertion beat (`areas "
        "of`: the seizures that score higher than nothing, where some do not); Spearman with the map of randomised "
        "weights, of sizes and of values as they are; seconds for an explanation."
    )
    return f"{format_table([SUMMARY, *tell_methods()])}\n\n{format_table([COLUMNS, *rows])}\n\n{said}\n"


def tell_methods() -> Iterator[list[str]]:
    """Yield what each method is worth in the middle of the networks that have learned, those of both kinds of leads."""
    found: dict[str, list[dict[str, float]]] = {}
    for name in LESSONS:
        files = sorted(Path(name).glob("sub-*.json"))
        if files and json.loads(Path(name, "facts.json").read_text(encoding="utf-8"))["auroc"] >= LEARNED:
            events = [json.loads(path.read_text(encoding="utf-8")) for path in files]
            for one in events[0]["methods"]:
                found.setdefault(one["method"], []).append(measure_method(one["method"], events))
    for method, networks in found.items():
        cells = [[one[column] for one in networks if math.isfinite(one[column])] for column in networks[0]]
        middles = [f"{np.median(values):.2f}" if values else "–" for values in cells]
        yield [
            method,
            str(len(networks)),
            *(middles[:-2] if method == CONTROL else middles),
            *([""] * 2 * (method == CONTROL)),
        ]


def measure_method(method: str, events: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return the means of a method over seizures: NaN where it tells nothing."""
    own = [next(one for one in event["methods"] if one["method"] == method) for event in events]

    def mean(values: Sequence[float | None]) -> float:
        known = [value for value in values if value is not None]
        return float(np.mean(known)) if known else math.nan

    def ratio(shares: Sequence[dict[str, float] | None]) -> float:
        known = [share for share in shares if share is not None]
        return mean([one["found"] for one in known]) / mean([one["chance"] for one in known]) if known else math.nan

    return {
        "leads": ratio([one["truth"]["leads"] for one in own]),
        "seconds": ratio([event["wide"][method] for event in events]),
        "band": ratio([one["truth"]["band"] for one in own]),
        "deletion": mean([one["removal"]["deletion_beats"] for one in own]),
        "insertion": mean([one["removal"]["insertion_beats"] for one in own]),
        "sizes": mean([one["randomisation"]["similarities"][-1] for one in own]),
        "signed": mean([one["randomisation"]["signed"][-1] for one in own]),
    }


def tell_model(name: str) -> Iterator[list[str]]:
    """Yield the rows of a model, one for each method."""
    files = sorted(Path(name).glob("sub-*.json"))
    if not files:
        return
    events = [json.loads(path.read_text(encoding="utf-8")) for path in files]
    subjects = [path.name.split("-")[1] for path in files]
    reached = json.loads(Path(name, "facts.json").read_text(encoding="utf-8"))["auroc"]
    above = sum(event["methods"][0]["removal"]["deletion_area"] is not None for event in events)
    head = f"{name}, AUROC {reached:.2f}, {len(events)} seizures of {len(set(subjects))}"
    head += f", areas of {above}" if above < len(events) else ""
    for row, method in enumerate(one["method"] for one in events[0]["methods"]):
        found = [next(one for one in event["methods"] if one["method"] == method) for event in events]
        shares = [[one["truth"][place] for one in found] for place in ("leads", "band")]
        wide = [event["wide"][method] for event in events]
        beats = [
            tell_mean([percent(one["removal"][side]) for one in found], subjects, digits=0, interval=False)
            for side in ("deletion_beats", "insertion_beats")
        ]
        areas = [[one["removal"][area] for one in found] for area in ("deletion_area", "insertion_area", "chance_area")]
        similar, signed = ([one["randomisation"][kind][-1] for one in found] for kind in ("similarities", "signed"))
        taken = [event["explain_seconds"].get(method) for event in events]
        yield [
            head if row == 0 else "",
            method,
            tell_share(shares[0], subjects),
            tell_share(wide, subjects),
            tell_share(shares[1], subjects),
            tell_mean(areas[0], subjects),
            tell_mean(areas[1], subjects),
            tell_mean(areas[2], subjects, interval=False),
            f"{' / '.join(beats)} %",
            *(
                [""] * 2
                if method == CONTROL
                else [tell_mean(one, subjects, interval=False) for one in (similar, signed)]
            ),
            tell_mean(taken, subjects, interval=False),
        ]


def percent(share: float | None) -> float | None:
    """Return a share in percent, nothing where it is undefined."""
    return None if share is None else 100 * share


def tell_share(shares: Sequence[dict[str, float] | None], subjects: Sequence[str]) -> str:
    """Return a share and that of chance, in percent."""
    known = [(share, subject) for share, subject in zip(shares, subjects, strict=True) if share is not None]
    if not known:
        return "–"
    found = tell_mean([100 * share["found"] for share, _ in known], [subject for _, subject in known], digits=0)
    chance = tell_mean(
        [100 * share["chance"] for share, _ in known], [one for _, one in known], digits=0, interval=False
    )
    return f"{found} of {chance} %"


def tell_mean(
    values: Sequence[float | None], subjects: Sequence[str], *, digits: int = 2, interval: bool = True
) -> str:
    """Return the mean over the means of subjects and its bootstrap interval; what is undefined is left out."""
    by_subject: dict[str, list[float]] = {}
    for value, subject in zip(values, subjects, strict=True):
        if value is not None and math.isfinite(value):
            by_subject.setdefault(subject, []).append(value)
    means = [float(np.mean(own)) for own in by_subject.values()]
    if not means:
        return "–"
    low, high = bootstrap_interval(means)
    said = f"{np.mean(means):.{digits}f}"
    return f"{said} [{low:.{digits}f}, {high:.{digits}f}]" if interval and len(means) > 1 else said


if __name__ == "__main__":
    main()
