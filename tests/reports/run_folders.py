"""Run folders as a training and a cross-validation leave them, with scores that are made up and nothing trained."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.data.portions import Portion, Split, write_splits
from ictal.evaluation.crossval_json import write_crossval
from ictal.evaluation.folds import FINISHED, FoldSummary, folder_of
from ictal.evaluation.history import TrainingHistory, write_history
from ictal.evaluation.measures import Measures, measure_evaluation
from ictal.evaluation.stored import EvaluatedRecording, Side, write_evaluation
from ictal.io.scores_file import write_scores
from ictal.postprocessing.settings import PostProcessing

RULES = PostProcessing(smoothing=3.0, threshold=0.6, merge_gap=10.0, minimum_duration=5.0)
SECONDS = 3600.0
LENGTH = 40.0


def make_run(folder: Path, kind: str, **facts: Any) -> Path:
    """Write what every run says of itself."""
    folder.mkdir(parents=True, exist_ok=True)
    record = {
        "format": "ictal-run",
        "version": 1,
        "kind": kind,
        "recipe": "eegwavenet",
        "data": {
            "corpus": "made up",
            "n_subjects": 6,
            "n_recordings": 6,
            "hours": 6.0,
            "n_seizures": 9,
            "sha256": "0" * 64,
        },
        "versions": {"ictal": "0.1.0", "torch": "2.9"},
        "git": {"commit": "c0ffee", "changed": True},
        "seed": 3,
        "threads": 1,
        "machine": "x86_64",
        **facts,
    }
    (folder / "run.json").write_text(json.dumps(record))
    recipe = {
        "name": "eegwavenet",
        "summary": "a network",
        "data": {"corpus": "/home/anna/Doe_Jane/corpus"},
        "split": {"by": "loso", "validation": 0.2, "seed": 0},
        "model": {"name": "eegwavenet"},
        "training": {"epochs": 12, "monitor": "pr_auc", "optimizer": {"optimizer": "adam", "lr": 1e-3}},
    }
    (folder / "recipe.toml").write_text(tomli_w.dumps(recipe))
    return folder


def make_scores(
    folder: Path, subject: str, onsets: Sequence[float], level: float | None, side: Side
) -> EvaluatedRecording:
    """An hour of a subject; `level` is said everywhere, or the truth with noise where it is ``None``."""
    rng = np.random.default_rng([ord(letter) for letter in subject])
    seizure = rng.beta(1.5, 6.0, int(SECONDS) - 3)
    for onset in onsets:
        seizure[int(onset) : int(onset + LENGTH)] += rng.uniform(0.5, 0.8)
    seizure[1000:1030] += 0.5 * rng.random()
    seizure = np.clip(seizure, 0.0, 1.0) if level is None else np.full(len(seizure), level)
    path = folder / "scores" / f"{subject}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    write_scores(path, Scores(np.column_stack([1 - seizure, seizure]), start=1.5, step=1.0))
    marked = Annotations([Event(onset, LENGTH) for onset in onsets], SECONDS)
    return EvaluatedRecording(f"{subject}-1", subject, 0.0, SECONDS, marked, path, RULES, side)


def make_history(seed: int, n_epochs: int = 9) -> TrainingHistory:
    """A training that gets better and then worse."""
    rng = np.random.default_rng(seed)
    loss = np.exp(-np.arange(n_epochs) / 4.0) * 0.7
    watched = np.sin(np.linspace(0.2, 2.2, n_epochs)) * 0.8 + rng.normal(0, 0.03, n_epochs)
    rows = tuple(
        {"epoch": float(i), "train/loss": float(a), "validation/pr_auc": float(b)}
        for i, (a, b) in enumerate(zip(loss, watched, strict=True))
    )
    return TrainingHistory("pr_auc", int(np.argmax(watched)), rows)


def make_training(folder: Path, side: Side = "test") -> Path:
    """A training of one fold, evaluated on one subject."""
    make_run(folder, "train", split="loso-anna")
    others = (Portion("b", "bert", 0.0, 60.0),)
    write_splits(folder / "splits.json", [Split("loso-anna", others, (), (Portion("a", "anna", 0.0, SECONDS),))])
    write_history(folder, make_history(0))
    write_evaluation(folder, [make_scores(folder, "anna", (600.0, 2000.0), None, side)])
    return folder


def make_crossval(
    folder: Path,
    onsets: Mapping[str, Sequence[float]],
    levels: Mapping[str, float],
    lost: Sequence[FoldSummary] = (),
) -> tuple[tuple[FoldSummary, ...], Measures]:
    """A cross-validation that leaves one subject out each time; the folds of `lost` came to nothing."""
    make_run(folder, "crossval")
    recordings = {
        subject: make_scores(folder / folder_of(f"loso-{subject}"), subject, own, levels.get(subject), "test")
        for subject, own in onsets.items()
    }
    measures = measure_evaluation(list(recordings.values()), n_resamples=100)
    folds = tuple(
        FoldSummary(
            name=f"loso-{subject}",
            status=FINISHED,
            problem="",
            tested=(subject,),
            n_trained=4,
            n_watched=1,
            history=make_history(number, 6 + number),
            group=measures.of([(one.name, one.start)]),
        )
        for number, (subject, one) in enumerate(recordings.items())
    )
    for fold in folds:
        assert fold.history is not None
        write_history(folder / folder_of(fold.name), fold.history)
    write_evaluation(folder, list(recordings.values()))
    write_crossval(folder, (*folds, *lost), measures)
    return folds, measures
