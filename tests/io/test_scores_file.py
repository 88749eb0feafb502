"""Scores on disk: exact, readable by numpy without pickle, wrong and damaged files refused by name."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import OutputError, RecordingError
from ictal.core.scores import Scores
from ictal.io.scores_file import read_scores, write_scores


def probabilities(n_frames: int) -> np.ndarray:
    seizure = np.random.default_rng(0).random(n_frames)
    seizure[10:20] = np.nan
    return np.column_stack([1 - seizure, seizure])


@pytest.mark.parametrize(("dtype", "stored"), [(np.float32, np.float32), (np.float64, np.float64)])
def test_numpy_reads_the_values_exactly(tmp_path: Path, dtype: type, stored: type) -> None:
    values = probabilities(100).astype(dtype)
    write_scores(tmp_path / "a.npz", Scores(values, start=1.5, step=0.25))
    with np.load(tmp_path / "a.npz", allow_pickle=False) as archive:
        np.testing.assert_array_equal(archive["values"], values)
        assert archive["values"].dtype == stored
        assert (float(archive["start"]), float(archive["step"])) == (1.5, 0.25)
        assert archive["classes"].tolist() == ["bckg", "sz"]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    scores = Scores(np.full((7, 3), 1 / 3), start=-0.5, step=0.1, classes=("bckg", "sz_foc", "sz_gen"))
    write_scores(tmp_path / "a.npz", scores)
    again = read_scores(tmp_path / "a.npz")
    np.testing.assert_array_equal(again.values, scores.values)
    assert (again.start, again.step, again.classes) == (scores.start, scores.step, scores.classes)


def test_no_frames_are_scores_too(tmp_path: Path) -> None:
    write_scores(tmp_path / "a.npz", Scores(np.empty((0, 2)), 0.0, 1.0))
    assert len(read_scores(tmp_path / "a.npz")) == 0


def test_one_day_is_small(tmp_path: Path) -> None:
    write_scores(tmp_path / "a.npz", Scores(probabilities(86_400).astype(np.float32), 0.0, 1.0))
    assert (tmp_path / "a.npz").stat().st_size < 700_000


def arrays(**changes: object) -> dict[str, object]:
    content = {"format": "ictal-scores", "version": 1, "values": np.zeros((4, 2)), "start": 0.0, "step": 1.0}
    return content | {"classes": np.array(["bckg", "sz"])} | changes


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"data": np.zeros(3)}, "holds no scores of ictal"),
        (arrays(format="other"), "holds no scores of ictal"),
        (arrays(version=2), "version: 2 is not allowed; this release reads version 1"),
        (arrays(step=0.0), "do not fit together: score step"),
        (arrays(values=np.zeros((4, 3))), "do not fit together: scores: an array of shape"),
        (arrays(step=np.zeros(2)), "is not a file of scores, or is damaged"),
    ],
)
def test_other_archives_are_refused(tmp_path: Path, content: dict[str, object], problem: str) -> None:
    np.savez(tmp_path / "a.npz", **content)
    with pytest.raises(RecordingError, match=rf"a\.npz: .*{problem}"):
        read_scores(tmp_path / "a.npz")


def test_an_archive_without_values_is_refused(tmp_path: Path) -> None:
    content = arrays()
    del content["values"]
    np.savez(tmp_path / "a.npz", **content)
    with pytest.raises(RecordingError, match=r"a\.npz: .*do not fit together"):
        read_scores(tmp_path / "a.npz")


class Trap:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


def test_a_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    trap = np.array([Trap(tmp_path / "sprung")], dtype=object)
    np.savez(tmp_path / "a.npz", **arrays(values=trap))
    with pytest.raises(RecordingError, match=r"a\.npz: is not a file of scores"):
        read_scores(tmp_path / "a.npz")
    assert not (tmp_path / "sprung").exists()


def test_damaged_and_foreign_files_are_refused(tmp_path: Path) -> None:
    write_scores(tmp_path / "a.npz", Scores(probabilities(1000), 0.0, 1.0))
    whole = (tmp_path / "a.npz").read_bytes()
    changed = bytearray(whole)
    changed[2000:2010] = bytes(10)
    array = tmp_path / "array.npy"
    np.save(array, np.zeros(3))
    contents = [b"", b"onset\tduration\n", whole[:-100], whole[: len(whole) // 2], bytes(changed), array.read_bytes()]
    for content in contents:
        (tmp_path / "b.npz").write_bytes(content)
        with pytest.raises(RecordingError, match=r"b\.npz: is not a file of scores, or is damaged"):
            read_scores(tmp_path / "b.npz")


def test_a_missing_file_and_a_missing_folder_are_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"a\.npz: there is no such file"):
        read_scores(tmp_path / "a.npz")
    with pytest.raises(OutputError, match=r"a\.npz: its folder does not exist"):
        write_scores(tmp_path / "none" / "a.npz", Scores(np.empty((0, 2)), 0.0, 1.0))


def test_the_name_is_kept_as_given(tmp_path: Path) -> None:
    write_scores(tmp_path / "scores", Scores(np.empty((0, 2)), 0.0, 1.0))
    assert [path.name for path in tmp_path.iterdir()] == ["scores"]
