"""Folds of a run are read from its folder."""

from __future__ import annotations

from pathlib import Path

from tests.reports.run_folders import make_crossval, make_training

from ictal.evaluation.measures import measure_evaluation
from ictal.evaluation.stored import read_evaluation
from ictal.reports.run_folds import read_folds


def test_a_training_is_one_fold_with_all_that_was_evaluated(tmp_path: Path) -> None:
    recordings = read_evaluation(make_training(tmp_path))
    measures = measure_evaluation(recordings, n_resamples=10)
    (fold,) = read_folds(tmp_path, "train", recordings, measures)
    assert (fold.name, fold.tested, fold.n_trained) == ("loso-anna", ("anna",), 1)
    assert fold.group is measures.whole


def test_a_cross_validation_has_those_it_was_made_of(tmp_path: Path) -> None:
    folds, measures = make_crossval(tmp_path, {"anna": (600.0,), "bert": (300.0,)}, {})
    found = read_folds(tmp_path, "crossval", read_evaluation(tmp_path), measures)
    assert [fold.name for fold in found] == [fold.name for fold in folds]
