"""The report of a cross-validation from its stored scores, which are simulated here: seconds and memory."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import tomli_w

from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.core.version import __version__
from ictal.data.portions import Portion, Split, write_splits
from ictal.evaluation.crossval_json import write_crossval
from ictal.evaluation.folds import FINISHED, FoldSummary, folder_of
from ictal.evaluation.history import TrainingHistory, write_history
from ictal.evaluation.measures import measure_evaluation
from ictal.evaluation.stored import EvaluatedRecording, write_evaluation
from ictal.io.scores_file import write_scores
from ictal.postprocessing.settings import PostProcessing

RULES = PostProcessing(smoothing=5.0, threshold=0.6, release=0.3, merge_gap=20.0, minimum_duration=6.0)
HOUR = 3600
TYPES = {"focal": ["sz_foc"], "generalised": ["sz_gen"]}
SCHEMES = {
    2: ({"scheme": "seizure"}, ("bckg", "sz")),
    3: ({"scheme": "seizure-types", "types": TYPES}, ("bckg", "sz_foc", "sz_gen")),
}
"""Number of classes → what the recipe says of them, and what scores call them."""


def simulate_scores(rng: np.random.Generator, events: Annotations, classes: tuple[str, ...]) -> Scores:
    """Return what a fair detector might say of a recording: slow noise, false alarms, and a rise in most seizures."""
    n_frames = round(events.duration)
    smooth = np.convolve(rng.standard_normal(n_frames + 29), np.ones(30) / np.sqrt(30.0), mode="valid")
    logits = -4.0 + 0.9 * smooth + 0.7 * rng.standard_normal(n_frames)
    kind = np.full(n_frames, 1)
    for event in events:
        late = rng.gamma(2.0, 4.0)
        rise = slice(int(event.onset + late), int(event.stop + rng.normal(5.0, 8.0)))
        logits[rise] += rng.choice([0.0, 5.0, 7.0], p=[0.1, 0.4, 0.5])
        kind[int(event.onset) : int(event.stop)] = 1 + (event.event_type == "sz_gen") * (len(classes) > 2)
    for onset in rng.uniform(0, n_frames, rng.poisson(0.4 * n_frames / HOUR)).astype(int):
        alarm = slice(onset, onset + int(rng.uniform(5, 40)))
        logits[alarm] += 5.5
        kind[alarm] = rng.integers(1, len(classes))
    seizure = 1.0 / (1.0 + np.exp(-logits))
    values = np.zeros((n_frames, len(classes)), np.float32)
    values[:, 0] = 1.0 - seizure
    sure = rng.uniform(0.6, 1.0, n_frames) if len(classes) > 2 else np.ones(n_frames)
    values[np.arange(n_frames), kind] = seizure * sure
    values[:, 1:] += (seizure * (1.0 - sure))[:, None] / max(len(classes) - 1, 1)
    return Scores(values / values.sum(axis=1, keepdims=True), start=0.0, step=1.0, classes=classes)


def make_run(folder: Path, n_subjects: int, hours: int, n_classes: int = 2, seed: int = 0) -> None:
    """Leave what a cross-validation leaves, with recordings of an hour and about one seizure in six of them."""
    rng = np.random.default_rng(seed)
    scheme, classes = SCHEMES[n_classes]
    recordings, splits = [], []
    for subject in (f"sim-{number + 1:02d}" for number in range(n_subjects)):
        own = folder / folder_of(f"loso-{subject}")
        (own / "scores").mkdir(parents=True)
        for hour in range(hours):
            onsets = np.sort(rng.uniform(60.0, HOUR - 300.0, rng.poisson(1 / 6)))
            kinds = rng.choice(["sz_foc", "sz_gen"], len(onsets))
            marked = Annotations(
                [Event(a, rng.gamma(4.0, 15.0), str(kind)) for a, kind in zip(onsets.tolist(), kinds, strict=True)],
                float(HOUR),
            )
            name = f"{subject}_{hour:02d}"
            file = own / "scores" / f"{name}.npz"
            write_scores(file, simulate_scores(rng, marked, classes))
            recordings.append(EvaluatedRecording(name, subject, 0.0, float(HOUR), marked, file, RULES, "test"))
        tested = tuple(Portion(one.name, subject, 0.0, float(HOUR)) for one in recordings if one.subject == subject)
        splits.append(Split(f"loso-{subject}", (), (), tested))
        write_history(own, make_history(rng))
    write_evaluation(folder, recordings)
    write_splits(folder / "splits.json", splits)
    write_record(folder, n_subjects, len(recordings), scheme)
    measures = measure_evaluation(recordings)
    names = {split.name: [(one.recording, 0.0) for one in split.test] for split in splits}
    folds = [
        FoldSummary(name, FINISHED, "", (name[5:],), n_subjects - 3, 2, group=measures.of(own))
        for name, own in names.items()
    ]
    write_crossval(folder, folds, measures)


def make_history(rng: np.random.Generator) -> TrainingHistory:
    """Return the history of a training that gets better and then worse."""
    watched = np.sin(np.linspace(0.2, 2.2, 12)) * 0.8 + rng.normal(0, 0.03, 12)
    loss = 0.7 * np.exp(-np.arange(12) / 4.0)
    rows = [
        {"epoch": float(number), "train/loss": float(a), "validation/pr_auc": float(b)}
        for number, (a, b) in enumerate(zip(loss, watched, strict=True))
    ]
    return TrainingHistory("pr_auc", int(np.argmax(watched)), tuple(rows))


def write_record(folder: Path, n_subjects: int, n_recordings: int, scheme: dict[str, object]) -> None:
    """Write what a run says of itself."""
    data = {"corpus": "simulated scores", "n_subjects": n_subjects, "n_recordings": n_recordings}
    data |= {"hours": float(n_recordings), "n_seizures": 0, "sha256": "0" * 64}
    record = {"format": "ictal-run", "version": 1, "kind": "crossval", "recipe": "simulated-scores", "data": data}
    record |= {"versions": {"ictal": __version__}, "git": {}, "seed": 0, "threads": 1, "machine": "none"}
    (folder / "run.json").write_text(json.dumps(record))
    recipe = {
        "name": "simulated-scores",
        "summary": "no network: scores are drawn by chance",
        "scheme": scheme,
        "split": {"by": "loso", "validation": 0.1, "seed": 0},
        "model": {"name": "none"},
        "training": {"epochs": 12, "monitor": "pr_auc"},
        "data": {"corpus": "simulated"},
    }
    (folder / "recipe.toml").write_text(tomli_w.dumps(recipe))


def measure(folder: Path) -> tuple[float, float, float]:
    """Return seconds, seconds of processor and MB of a process that does nothing but write the report."""
    program = "import sys, pathlib; from ictal.reports.run_report import write_run_report as write; "
    program += "write(pathlib.Path(sys.argv[1]))"
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", program, str(folder)])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit("the report could not be written")
    return time.perf_counter() - begun, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def main() -> None:
    """Print what the page costs, beside how large it is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subjects", type=int, default=24)
    parser.add_argument("--hours", type=int, default=40)
    parser.add_argument("--classes", type=int, default=2, choices=sorted(SCHEMES))
    parser.add_argument("--keep", type=Path, help="keep the run in this folder")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "run") if asked.keep is None else asked.keep
        if not (folder / "run.json").is_file():
            make_run(folder, asked.subjects, asked.hours, asked.classes)
        wall, processor, megabytes = measure(folder)
        size = (folder / "report.html").stat().st_size / 1e6
        print(f"{asked.subjects} subjects of {asked.hours} h, simulated scores of 1 s, {asked.classes} classes")
        print(f"  {wall:.1f} s, {processor:.1f} s of processor, {megabytes:.0f} MB at most; a page of {size:.1f} MB")


if __name__ == "__main__":
    main()
