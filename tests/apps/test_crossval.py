"""What the terminal shows of a cross-validation: a line for each fold, and the table of all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.apps.crossval import describe_measures, tell_crossval, tell_fold
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.data.portions import Split
from ictal.evaluation.folds import FAILED, FINISHED, LEFT_OUT, FoldSummary
from ictal.evaluation.history import TrainingHistory
from ictal.evaluation.measures import FIGURES, Measures, measure_evaluation
from ictal.evaluation.stored import EvaluatedRecording
from ictal.experiments.crossval import CrossValidation, FoldDone
from ictal.experiments.fold import FoldOutcome
from ictal.experiments.recipe import read_recipe
from ictal.io.scores_file import write_scores
from ictal.postprocessing.settings import PostProcessing

HISTORY = TrainingHistory("pr_auc", 1, ({"epoch": 0.0}, {"epoch": 1.0}, {"epoch": 2.0}))


def measure(folder: Path, subjects: tuple[str, ...]) -> Measures:
    """Ten minutes of each subject with a seizure that is found."""
    recordings = []
    for number, subject in enumerate(subjects):
        seizure = np.random.default_rng(number).uniform(0.0, 0.45, 600)
        seizure[200:240] += 0.5
        path = folder / f"{subject}.npz"
        write_scores(path, Scores(np.column_stack([1 - seizure, seizure]), start=0.0, step=1.0))
        marked = Annotations([Event(200.0, 40.0)], 600.0)
        recordings.append(
            EvaluatedRecording(subject, subject, 0.0, 600.0, marked, path, PostProcessing(smoothing=5.0), "test")
        )
    return measure_evaluation(recordings, n_resamples=50)


def tell(outcome: FoldOutcome, *, debug: bool = False) -> None:
    tell_fold(FoldDone(Split("loso-anna", (), (), ()), outcome, 3, 24), debug=debug)


def test_a_fold_is_told_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    figures = dict.fromkeys(FIGURES, 0.875) | {"false_alarms_per_day": 12.04, "auroc": None}
    tell(FoldOutcome(FINISHED, was_there=False, history=HISTORY, figures=figures))
    tell(FoldOutcome(FINISHED, was_there=True, history=HISTORY, figures=figures))
    first, second = capsys.readouterr().out.splitlines()
    assert first == ("fold  3 of 24  loso-anna: epoch 2 of 3, sensitivity 0.875, false alarms /24 h 12.0, AUROC –")
    assert second == f"{first}; was there already"


def test_what_went_wrong_is_told_and_where_if_asked(capsys: pytest.CaptureFixture[str]) -> None:
    tell(FoldOutcome(LEFT_OUT, problem="none of class 'sz'"))
    tell(FoldOutcome(FAILED, problem="the disk is full", trace="Traceback: write"))
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "note: fold 3 of 24 loso-anna: left out: none of class 'sz'",
        "error: fold 3 of 24 loso-anna: failed: the disk is full",
    ]
    tell(FoldOutcome(FAILED, problem="the disk is full", trace="Traceback: write"), debug=True)
    assert "Traceback: write" in capsys.readouterr().err


def test_the_table_has_every_figure_with_intervals(tmp_path: Path) -> None:
    measures = measure(tmp_path, ("anna", "bert", "carl"))
    head, *lines, foot = describe_measures(measures)
    assert head.split() == ["mean", "over", "subjects", "all", "recordings", "as", "one"]
    assert len(lines) == len(FIGURES)
    assert lines[0].startswith("events: sensitivity")
    assert lines[0].split() == [
        "events:",
        "sensitivity",
        "1.000",
        "[1.000,",
        "1.000]",
        "(3)",
        "1.000",
        "[1.000,",
        "1.000]",
    ]
    assert "95 % over subjects" in foot


def test_one_subject_has_no_intervals(tmp_path: Path) -> None:
    lines = list(describe_measures(measure(tmp_path, ("anna",))))
    assert not any("[" in line for line in lines)


def test_the_end_says_where_all_is_and_what_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measures = measure(tmp_path, ("anna", "bert"))
    done = FoldSummary("loso-anna", FINISHED, "", ("anna",), 2, 1, HISTORY, measures.subjects[0])
    lost = FoldSummary("loso-bert", FAILED, "the disk is full", ("bert",), 2, 1)
    tell_crossval(
        CrossValidation(tmp_path, read_recipe("eegwavenet"), (done, lost), measures, tmp_path / "report.html")
    )
    said = capsys.readouterr()
    assert "1 of 2 folds: 2 subjects, 0.33 h, 2 seizures, 2 events detected" in said.out
    assert f"report  {tmp_path / 'report.html'}" in said.out
    assert "For research; not a medical device." in said.out
    assert "1 fold failed; the same command tries them again and keeps the others" in said.err
