"""Figures as JSON and as a table: strict, complete, and the same as they are measured."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest

from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.folds import FAILED, FINISHED, FoldSummary
from ictal.evaluation.history import TrainingHistory
from ictal.evaluation.measures import FIGURES, Measures, measure_evaluation
from ictal.evaluation.measures_json import (
    COLUMNS,
    UNDEFINED,
    encode_fold,
    encode_measures,
    format_subjects,
    write_subjects_table,
)
from ictal.evaluation.stored import EvaluatedRecording
from ictal.io.scores_file import write_scores
from ictal.postprocessing.settings import PostProcessing


@pytest.fixture(scope="module")
def measures(tmp_path_factory: pytest.TempPathFactory) -> Measures:
    """Ten minutes of three subjects, the last without a seizure and without a detection."""
    folder, recordings = tmp_path_factory.mktemp("scores"), []
    for number, subject in enumerate(("anna", "bert", "carl")):
        seizure = np.random.default_rng(number).uniform(0.0, 0.45, 600)
        onsets = [] if subject == "carl" else [100.0, 400.0]
        for onset in onsets:
            seizure[int(onset) : int(onset) + 30] += 0.4
        path = folder / f"{subject}.npz"
        write_scores(path, Scores(np.column_stack([1 - seizure, seizure]), start=0.0, step=1.0))
        marked = Annotations([Event(onset, 40.0) for onset in onsets], 600.0)
        recordings.append(
            EvaluatedRecording(subject, subject, 0.0, 600.0, marked, path, PostProcessing(smoothing=5.0), "test")
        )
    return measure_evaluation(recordings, n_resamples=50)


def test_json_is_strict_and_says_what_was_measured(measures: Measures) -> None:
    content = json.loads(json.dumps(encode_measures(measures), allow_nan=False))
    assert list(content["average"]) == list(content["pooled"]) == list(FIGURES)
    assert content["pooled"]["auroc"]["value"] == measures.pooled["auroc"].value
    assert content["average"]["auroc"]["interval"] == [measures.average["auroc"].low, measures.average["auroc"].high]
    assert content["average"]["auroc"]["n_subjects"] == 2
    assert [group["subjects"] for group in content["subjects"]] == [["anna"], ["bert"], ["carl"]]
    assert content["subjects"][2]["figures"]["auroc"] is None
    assert content["subjects"][2]["behaviour"] == "silent"
    assert [one["false_alarms_per_day_at_most"] for one in content["within"]] == [1.0, 5.0, 10.0]
    assert content["interval"]["n_resamples"] == 50


def test_the_table_has_a_row_for_each_subject_and_two_for_all(measures: Measures, tmp_path: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(format_subjects(measures)), delimiter="\t"))
    assert tuple(rows[0]) == COLUMNS
    assert [row["subject"] for row in rows] == ["anna", "bert", "carl", "(all as one)", "(mean of subjects)"]
    for row, group in zip(rows, (*measures.subjects, measures.whole), strict=False):
        for name, value in group.figures.items():
            assert row[name] == (UNDEFINED if math.isnan(value) else f"{value:.4f}")
    assert [row["behaviour"] for row in rows] == ["", "", "silent", "", ""]
    assert rows[4]["event_f1"] == f"{measures.average['event_f1'].value:.4f}"
    write_subjects_table(tmp_path / "subjects.tsv", measures)
    assert (tmp_path / "subjects.tsv").read_text(encoding="utf-8") == format_subjects(measures)


def test_folds_are_told_with_their_epochs_or_why_not(measures: Measures) -> None:
    history = TrainingHistory("f1", 1, ({"epoch": 0.0}, {"epoch": 1.0}, {"epoch": 2.0}))
    done = encode_fold(FoldSummary("a", FINISHED, "", ("anna",), 2, 1, history, measures.subjects[0]))
    assert (done["best_epoch"], done["n_epochs"], done["test"]["n_seizures"]) == (1, 3, 2)
    assert "problem" not in done
    lost = encode_fold(FoldSummary("b", FAILED, "the disk is full", ("bert",), 2, 1))
    assert (lost["problem"], lost["best_epoch"], lost["test"]) == ("the disk is full", None, None)
    json.dumps([done, lost], allow_nan=False)
