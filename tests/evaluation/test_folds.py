"""What became of a fold is a value."""

from __future__ import annotations

from ictal.evaluation.folds import FAILED, STATUSES, FoldSummary, folder_of


def test_a_fold_that_failed_has_neither_history_nor_figures() -> None:
    fold = FoldSummary("loso-a", FAILED, "the disk is full", ("a",), 3, 1)
    assert fold.status in STATUSES
    assert (fold.history, fold.group) == (None, None)


def test_names_of_folders_are_safe_and_apart() -> None:
    names = ["loso-a/b", "loso-a%2Fb", "loso-..", "seizure-ward 3:1-2"]
    folders = [folder_of(name) for name in names]
    assert len(set(folders)) == len(names)
    assert all(len(folder.parts) == 2 and ":" not in folder.name for folder in folders)
