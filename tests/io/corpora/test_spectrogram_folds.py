"""Folds of pictures in the owner's two spellings; patients in two folds; files that do not fit together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ictal.core.errors import ParameterError, RecordingError
from ictal.io.corpora.spectrogram_folds import PictureFold, find_shared_subjects, read_picture_folds

ORIGINAL = ("eeg_fold_{}.npy", "labels_fold_{}.npy", "patients_fold_{}.npy")
OPTUNA = ("{kind}_DATA_FOLD_fold_{}.npy", "{kind}_LABELS_FOLD_fold_{}.npy", "{kind}_PATIENTS_FOLD_fold_{}.npy")

PATIENTS = {1: [3, 3, 8, 8, 8], 2: [1, 1, 1, 5, 9], 3: [2, 2, 2, 2, 2]}


def pictures(number: int, n: int = 5, shape: tuple[int, ...] = (10, 12, 20)) -> np.ndarray:
    return np.random.default_rng(number).normal(size=(n, *shape)).astype(np.float32)


def write(root: Path, names: tuple[str, str, str] = ORIGINAL, kind: str = "", **changed: Any) -> None:
    """Three folds, of which the first may be changed."""
    for number, patients in PATIENTS.items():
        parts = {"pictures": pictures(number), "labels": np.array([0, 1, 2, 0, 0]), "patients": np.array(patients)}
        if number == 1:
            parts |= {part: value for part, value in changed.items() if value is not None}
        for name, part in zip(names, parts, strict=True):
            if number > 1 or changed.get(part, 0) is not None:
                np.save(root / name.format(number, kind=kind), parts[part])


@pytest.mark.parametrize(("names", "kind"), [(ORIGINAL, ""), (OPTUNA, "MEL"), (OPTUNA, "STFT")])
def test_folds_as_they_were_published(tmp_path: Path, names: tuple[str, str, str], kind: str) -> None:
    write(tmp_path, names, kind)
    folds, remarks = read_picture_folds(tmp_path)
    assert [(fold.number, len(fold), fold.pictures.shape) for fold in folds] == [
        (number, 5, (5, 20, 10, 12)) for number in (1, 2, 3)
    ]
    for fold in folds:
        np.testing.assert_array_equal(fold.pictures, pictures(fold.number).transpose(0, 3, 1, 2))
        assert fold.labels.tolist() == [0, 1, 2, 0, 0]
        assert fold.subjects.tolist() == [str(patient) for patient in PATIENTS[fold.number]]
        assert fold.pictures.dtype == np.float32
    assert [(remark.kind, remark.text) for remark in remarks] == [
        ("axes", "the last axis of its pictures is taken for channels: 20 of 10 × 12.")
    ]


def test_pictures_stay_on_disk(tmp_path: Path) -> None:
    write(tmp_path)
    (fold, *_), _ = read_picture_folds(tmp_path)
    assert isinstance(fold.pictures, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        fold.pictures[0] = 0.0


def test_channels_may_be_first_or_not_there(tmp_path: Path) -> None:
    write(tmp_path)
    (fold, *_), remarks = read_picture_folds(tmp_path, channels="first")
    assert fold.pictures.shape == (5, 10, 12, 20)
    assert "first axis" in remarks[0].text
    for number in PATIENTS:
        np.save(tmp_path / f"eeg_fold_{number}.npy", pictures(number, shape=(100, 90)))
    (fold, *_), remarks = read_picture_folds(tmp_path)
    assert (fold.pictures.shape, remarks) == ((5, 100, 90), ())
    with pytest.raises(ParameterError, match="channels: 'middle' is not allowed"):
        read_picture_folds(tmp_path, channels="middle")


def test_of_several_kinds_one_is_named(tmp_path: Path) -> None:
    write(tmp_path, OPTUNA, "MEL")
    write(tmp_path, OPTUNA, "CWT")
    write(tmp_path)
    with pytest.raises(RecordingError, match="several kinds of pictures: 'cwt', 'mel', ''; say which"):
        read_picture_folds(tmp_path)
    for kind in ("mel", "CWT", ""):
        folds, _ = read_picture_folds(tmp_path, kind)
        assert len(folds) == 3
    with pytest.raises(ParameterError, match="kind: 'stft' is not allowed"):
        read_picture_folds(tmp_path, "STFT")


def test_a_patient_in_two_folds_is_a_leak_and_is_not_named(tmp_path: Path) -> None:
    write(tmp_path, patients=np.array([1, 1, 2, 77, 77]))
    _, remarks = read_picture_folds(tmp_path)
    leaks = [(remark.subject_of, remark.text) for remark in remarks if remark.kind == "leak"]
    assert leaks == [
        ("fold 2", "1 of 3 patients is in fold 1 too; it does not test on new patients."),
        ("fold 3", "1 of 1 patients is in fold 1 too; it does not test on new patients."),
    ]
    assert "77" not in str(remarks)


@pytest.mark.parametrize(
    "patients", [[1.0, 1.0, 2.0, 7.0, 7.0], ["1", "1 ", "2", "7", "7"], [b"1", b"1", b"2", b"7", b"7"]]
)
def test_patients_are_the_same_however_they_are_written(tmp_path: Path, patients: list[Any]) -> None:
    write(tmp_path, patients=np.array(patients))
    folds, remarks = read_picture_folds(tmp_path)
    assert folds[0].subjects.tolist() == ["1", "1", "2", "7", "7"]
    assert [remark.kind for remark in remarks] == ["axes", "leak", "leak"]


def test_three_folds_that_share_a_patient_are_three_leaks() -> None:
    empty = np.zeros((2, 3, 3))
    folds = [PictureFold(number, empty, np.zeros(2, np.int64), np.array(["a", f"b{number}"])) for number in (1, 2, 3)]
    found = find_shared_subjects(folds)
    assert [(remark.subject_of, remark.text[:26]) for remark in found] == [
        ("fold 2", "1 of 2 patients is in fold"),
        ("fold 3", "1 of 2 patients is in fold"),
        ("fold 3", "1 of 2 patients is in fold"),
    ]
    assert find_shared_subjects(folds[:1]) == ()


def test_a_fold_that_is_missing_is_said(tmp_path: Path) -> None:
    write(tmp_path)
    for path in tmp_path.glob("*_fold_2.npy"):
        path.unlink()
    folds, remarks = read_picture_folds(tmp_path)
    assert [fold.number for fold in folds] == [1, 3]
    assert [(remark.kind, remark.subject_of) for remark in remarks] == [("axes", "fold 1"), ("missing-file", "fold 2")]


def test_ten_folds_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for number in range(1, 11):
        np.save(tmp_path / f"eeg_fold_{number}.npy", np.zeros((1, 4, 4)))
        np.save(tmp_path / f"labels_fold_{number}.npy", [0])
        np.save(tmp_path / f"patients_fold_{number}.npy", [number])
    folds, remarks = read_picture_folds(tmp_path)
    assert [fold.number for fold in folds] == list(range(1, 11))
    assert remarks == ()


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"labels": None}, "fold 1: the labels are missing"),
        ({"patients": None}, "fold 1: the subjects are missing"),
        ({"pictures": None}, "fold 1: the pictures are missing"),
        ({"labels": np.array([0, 1])}, "fold 1: 5 pictures, 2 labels, 5 subjects came"),
        ({"labels": np.array([0, 1, 2, 0, -1])}, r"labels_fold_1\.npy: labels: allowed are classes 0, 1, 2"),
        ({"labels": np.array([0, 1, 2, 0, 0.5])}, r"labels_fold_1\.npy: labels: allowed are classes 0, 1, 2"),
        ({"labels": np.array([0, 1, 2, 0, np.nan])}, r"labels_fold_1\.npy: labels: allowed are classes 0, 1, 2"),
        ({"labels": np.array(["a"] * 5)}, r"labels_fold_1\.npy: labels: allowed are classes 0, 1, 2"),
        ({"pictures": np.zeros((5, 4))}, r"eeg_fold_1\.npy: float64 of shape \(5, 4\) came"),
        ({"pictures": np.zeros((5, 10, 12, 3))}, "the pictures of the folds differ in shape"),
        ({"patients": np.array([{}] * 5)}, r"patients_fold_1\.npy: holds Python objects, which are not read"),
    ],
)
def test_folds_that_are_not_whole_are_refused(tmp_path: Path, changed: dict[str, Any], problem: str) -> None:
    write(tmp_path, **changed)
    with pytest.raises(RecordingError, match=problem):
        read_picture_folds(tmp_path)


def test_a_folder_without_folds_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "weights.npy", np.ones(3))
    with pytest.raises(RecordingError, match="holds no folds"):
        read_picture_folds(tmp_path)
