"""Spectrograms that somebody computed and sorted into folds: pictures with a label and a patient each, no recordings.

Each fold is three files of NumPy: ``eeg_fold_1.npy``, ``labels_fold_1.npy`` and ``patients_fold_1.npy``, or
``MEL_DATA_FOLD_fold_1.npy`` and so on. The pictures stay on disk until they are looked at.

References
----------
Gabriel et al., EEG seizure detection from mel, CWT and STFT spectrograms, https://github.com/GabiYamato/eeg_seizure:
folds by patient, pictures of 100 × 100 of 20 channels, 0 for none and 1 and 2 for two kinds of seizure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import RecordingError, check_option
from ictal.io.array_files import reading
from ictal.io.corpora.corpus import Remark

CHANNEL_AXES = ("last", "first")
"""Where channels stand in a picture on disk; those that were published have them last."""

_FILE = re.compile(
    r"(?:(?P<kind>[a-z0-9]+)_)?(?P<part>eeg|data|labels|patients)(?:_fold)?_fold_(?P<number>\d+)\.npy", re.IGNORECASE
)
_PARTS = {"eeg": "pictures", "data": "pictures", "labels": "labels", "patients": "subjects"}


@dataclass(frozen=True, eq=False, slots=True)
class PictureFold:
    """The pictures of one fold.

    Parameters
    ----------
    number : int
        As the files have it.
    pictures : ndarray, shape (n, F, T) or (n, C, F, T)
        Mapped into memory, as the file has the numbers; F and T in the order of the file.
    labels : ndarray of int, shape (n,)
        Classes from 0.
    subjects : ndarray of str, shape (n,)
        Whose each picture is.
    """

    number: int
    pictures: NDArray[Any]
    labels: NDArray[np.int64]
    subjects: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.labels)


def read_picture_folds(
    root: Path | str, kind: str | None = None, channels: str = "last"
) -> tuple[tuple[PictureFold, ...], tuple[Remark, ...]]:
    """Return the folds in a folder, and what was odd: above all a patient who is in two of them.

    A fold that is not whole is an error, since a cross-validation without it is another one.

    Parameters
    ----------
    root : path
    kind : str, optional
        What the names begin with (``"mel"``), where the folder holds several.
    channels : {"last", "first"}
        Where the channels stand in pictures on disk that have any.

    Raises
    ------
    RecordingError
        If there are no folds, or a file is missing, holds Python objects, or does not fit to the others.
    ParameterError
        If `kind` or `channels` is not allowed.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for number, patients in ((1, ["a", "a"]), (2, ["b", "a"])):
    ...         np.save(f"{folder}/eeg_fold_{number}.npy", np.zeros((2, 8, 9, 20), np.float16))
    ...         np.save(f"{folder}/labels_fold_{number}.npy", [0, 1])
    ...         np.save(f"{folder}/patients_fold_{number}.npy", patients)
    ...     folds, remarks = read_picture_folds(folder)
    ...     [fold.pictures.shape for fold in folds], remarks[-1].text
    ([(2, 20, 8, 9), (2, 20, 8, 9)], '1 of 2 patients is in fold 1 too; it does not test on new patients.')
    """
    check_option("channels", channels, CHANNEL_AXES)
    folder = Path(root)
    files = _find_files(folder)
    if not files:
        problem = "holds no folds; needed are eeg_fold_1.npy, labels_fold_1.npy, patients_fold_1.npy …"
        raise RecordingError(problem, file=folder)
    if kind is None and len(files) > 1:
        listed = ", ".join(map(repr, files))
        raise RecordingError(f"holds several kinds of pictures: {listed}; say which, as kind", file=folder)
    chosen = files[check_option("kind", next(iter(files)) if kind is None else kind.lower(), files)]
    folds = tuple(_read_fold(folder, number, chosen[number], channels) for number in sorted(chosen))
    shapes = {fold.pictures.shape[1:] for fold in folds}
    if len(shapes) > 1:
        raise RecordingError(f"the pictures of the folds differ in shape: {sorted(shapes)}", file=folder)
    return folds, (*_remark_axes(folds, channels), *_remark_numbers(folds), *find_shared_subjects(folds))


def find_shared_subjects(folds: Sequence[PictureFold]) -> tuple[Remark, ...]:
    """Return one remark for each two folds that share a patient; who it is, is not said."""
    subjects = {fold.number: set(fold.subjects.tolist()) for fold in folds}
    remarks = []
    for place, later in enumerate(folds):
        for earlier in folds[:place]:
            n_shared = len(subjects[earlier.number] & subjects[later.number])
            if n_shared:
                counted = f"{n_shared} of {len(subjects[later.number])} patients {'is' if n_shared == 1 else 'are'}"
                text = f"{counted} in fold {earlier.number} too; it does not test on new patients."
                remarks.append(Remark("leak", f"fold {later.number}", text))
    return tuple(remarks)


def _find_files(folder: Path) -> dict[str, dict[int, dict[str, Path]]]:
    """Return the files by kind, number and part."""
    files: dict[str, dict[int, dict[str, Path]]] = {}
    for path in sorted(folder.glob("*.npy")):
        match = _FILE.fullmatch(path.name)
        if match is not None:
            kind, part = (match["kind"] if match["kind"] is not None else "").lower(), _PARTS[match["part"].lower()]
            files.setdefault(kind, {}).setdefault(int(match["number"]), {})[part] = path
    return files


def _read_fold(folder: Path, number: int, files: Mapping[str, Path], channels: str) -> PictureFold:
    for part in ("pictures", "labels", "subjects"):
        if part not in files:
            raise RecordingError(f"the {part} are missing", file=folder, field=f"fold {number}")
    pictures = _map(files["pictures"])
    labels, subjects = _read_labels(files["labels"]), _read_subjects(files["subjects"])
    if pictures.ndim not in (3, 4) or pictures.dtype.kind not in "iuf":
        problem = f"{pictures.dtype} of shape {pictures.shape} came; allowed are numbers of 3 or 4 axes"
        raise RecordingError(problem, file=files["pictures"])
    counts = {part: len(array) for part, array in (("pictures", pictures), ("labels", labels), ("subjects", subjects))}
    if len(set(counts.values())) > 1:
        listed = ", ".join(f"{count} {part}" for part, count in counts.items())
        raise RecordingError(f"{listed} came; there must be as many of each", file=folder, field=f"fold {number}")
    if pictures.ndim == 4 and channels == "last":
        pictures = np.moveaxis(pictures, -1, 1)
    return PictureFold(number, pictures, labels, subjects)


def _map(path: Path) -> NDArray[Any]:
    with reading(path):
        return np.lib.format.open_memmap(path, mode="r")


def _read_labels(path: Path) -> NDArray[np.int64]:
    labels = np.array(_map(path)).ravel()
    if labels.dtype.kind not in "iufb" or (labels < 0).any() or (labels != np.floor(labels)).any():
        raise RecordingError("allowed are classes 0, 1, 2 …", file=path, field="labels")
    return labels.astype(np.int64)


def _read_subjects(path: Path) -> NDArray[np.str_]:
    """Return the names as texts; numbers without their decimals."""
    subjects = np.array(_map(path)).ravel()
    if subjects.dtype.kind == "f" and np.isfinite(subjects).all() and (subjects == np.floor(subjects)).all():
        subjects = subjects.astype(np.int64)
    texts = [text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text) for text in subjects.tolist()]
    return np.array([text.strip() for text in texts], dtype=np.str_)


def _remark_axes(folds: Sequence[PictureFold], channels: str) -> list[Remark]:
    shape = folds[0].pictures.shape
    if len(shape) == 3:
        return []
    text = f"the {channels} axis of its pictures is taken for channels: {shape[1]} of {shape[2]} × {shape[3]}."
    return [Remark("axes", f"fold {folds[0].number}", text)]


def _remark_numbers(folds: Sequence[PictureFold]) -> list[Remark]:
    numbers = [fold.number for fold in folds]
    missing = sorted(set(range(numbers[0], numbers[-1])) - set(numbers))
    return [Remark("missing-file", f"fold {number}", "is not here, though later ones are.") for number in missing]
