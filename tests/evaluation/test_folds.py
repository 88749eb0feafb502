"""What became of a fold is a value."""

from __future__ import annotations

from ictal.evaluation.folds import FAILED, STATUSES, FoldSummary


def test_a_fold_that_failed_has_neither_history_nor_figures() -> None:
    fold = FoldSummary("loso-a", FAILED, "the disk is full", ("a",), 3, 1)
    assert fold.status in STATUSES
    assert (fold.history, fold.group) == (None, None)
