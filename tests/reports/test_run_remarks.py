"""What a reader of figures must mind is said, and nothing where all is well."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.reports.run_folders import make_crossval

from ictal.evaluation.behaviour import ALL_POSITIVE, SILENT
from ictal.evaluation.folds import FAILED, LEFT_OUT, FoldSummary
from ictal.evaluation.history import TrainingHistory
from ictal.evaluation.measures import Group, Measures
from ictal.reports.run_remarks import list_remarks, name_fault

ONSETS = {"anna": (600.0, 2000.0), "bert": (300.0,), "carl": (900.0,)}
RECIPE: dict[str, Any] = {"training": {"epochs": 50}}

Result = tuple[tuple[FoldSummary, ...], Measures]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Result:
    return make_crossval(tmp_path_factory.mktemp("good"), ONSETS, {})


def remarks(result: Result, side: str = "test", recipe: dict[str, Any] = RECIPE) -> str:
    return "\n".join(list_remarks(*result, side, recipe))


def test_nothing_is_said_where_all_is_well(good: Result) -> None:
    assert remarks(good) == ""


def test_folds_that_are_not_finished_are_told_with_their_reasons(good: Result) -> None:
    folds, measures = good
    left_out = FoldSummary("loso-dora", LEFT_OUT, "none of class 'sz'", ("dora",), 2, 0)
    lost = [FoldSummary(f"loso-{name}", FAILED, "the disk is full", (name,), 2, 0) for name in ("emil", "gerd")]
    told = remarks(((*folds, left_out, *lost), measures))
    assert "3 of 6 folds are finished" in told
    assert "loso-dora: left out, it cannot be trained: none of class 'sz'" in told
    assert "loso-emil, loso-gerd: failed; the same command tries again: the disk is full" in told


def test_silent_and_all_positive_detectors_are_called_so(tmp_path: Path) -> None:
    told = remarks(make_crossval(tmp_path, ONSETS, {"anna": 0.01, "bert": 0.99}))
    assert "loso-anna: the detector is silent" in told
    assert "loso-bert: the detector is positive everywhere" in told
    assert "loso-carl" not in told


@pytest.mark.parametrize(("level", "words"), [(0.01, "The detector is silent"), (0.99, "positive everywhere")])
def test_a_detector_that_is_so_in_all_folds_is_called_so_first(tmp_path: Path, level: float, words: str) -> None:
    told = remarks(make_crossval(tmp_path, ONSETS, dict.fromkeys(ONSETS, level)))
    assert words in told.splitlines()[0]


def test_silence_is_no_fault_where_there_is_nothing_to_find() -> None:
    nobody = Group(("anna",), 1, 3600.0, 0, 0, SILENT, {})
    assert name_fault(nobody) == ""
    assert name_fault(replace(nobody, n_seizures=1)) == "silent"
    assert name_fault(replace(nobody, behaviour=ALL_POSITIVE)) == "positive everywhere"


def test_test_sides_without_seizures_are_told(tmp_path: Path) -> None:
    told = remarks(make_crossval(tmp_path / "some", {**ONSETS, "dora": ()}, {}))
    assert "loso-dora: no seizure on the test side" in told
    assert "One subject alone had seizures" in remarks(make_crossval(tmp_path / "one", {"a": (600.0,), "b": ()}, {}))
    assert "No seizure was there to find" in remarks(make_crossval(tmp_path / "none", {"a": (), "b": ()}, {}))


def test_figures_of_the_validation_are_said_to_be_too_good(good: Result) -> None:
    assert "Nobody was tested" in remarks(good, side="validation")
    assert "Nothing was evaluated" in "\n".join(list_remarks(good[0][:1], None, "", RECIPE))


def with_history(fold: FoldSummary, watched: list[float], best: int) -> FoldSummary:
    rows = tuple({"epoch": float(i), "validation/pr_auc": value} for i, value in enumerate(watched))
    return replace(fold, history=TrainingHistory("pr_auc", best, rows))


def test_trainings_that_may_not_be_at_their_end_are_told(good: Result) -> None:
    folds, measures = good
    rising = with_history(folds[0], [0.1, 0.2, 0.3], best=2)
    assert "loso-anna: the last epoch was the best" in remarks(
        ((rising, *folds[1:]), measures), recipe={"training": {"epochs": 3}}
    )
    assert "last epoch" not in remarks(((rising, *folds[1:]), measures))
    blind = with_history(folds[1], [math.nan, math.nan], best=1)
    assert "loso-bert: the validation could not tell epochs apart" in remarks(((folds[0], blind), measures))
