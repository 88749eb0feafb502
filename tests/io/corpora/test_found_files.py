"""What files alone say of the recordings in a folder."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.io

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.io.corpora.corpus import CorpusRecording
from ictal.io.corpora.found_files import compare_files, find_files, find_length, first_folder, name_files
from ictal.io.edf_write import write_edf


def write(path: Path, seconds: float = 4.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(0).normal(0.0, 20.0, (2, int(100 * seconds)))
    write_edf(path, Recording.from_array(noise, 100.0, ["EEG1", "EEG2"]))
    return path


def test_recordings_are_found_below_the_folder_and_none_is_no_error(tmp_path: Path) -> None:
    assert find_files(tmp_path) == []
    found = [write(tmp_path / name) for name in ("a/night.edf", "b/c/day.EDF")]
    write(tmp_path / "derivatives" / "again.edf")
    (tmp_path / "notes.txt").write_text("no recording")
    assert find_files(tmp_path) == found


def test_names_are_unique_and_as_short_as_can_be(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("m1/night.edf", "m2/night.edf", "m2/night.bdf", "sub-01_eeg.edf")]
    assert list(name_files(tmp_path, files).values()) == ["m1/night", "m2/night.edf", "m2/night.bdf", "sub-01"]


def test_the_first_folder(tmp_path: Path) -> None:
    assert first_folder(tmp_path, tmp_path / "m1" / "d2" / "night.edf") == "m1"
    assert first_folder(tmp_path, tmp_path / "night.edf") == ""
    assert first_folder(tmp_path / "x", tmp_path / "m1" / "night.edf") == ""


def test_length_is_that_of_the_header(tmp_path: Path) -> None:
    assert find_length(write(tmp_path / "night.edf", 7.0)) == 7.0
    assert find_length(tmp_path / "gone.edf") is None
    (tmp_path / "bad.edf").write_text("no EDF")
    with pytest.raises(RecordingError, match=r"bad\.edf"):
        find_length(tmp_path / "bad.edf")


def test_length_of_another_format(tmp_path: Path) -> None:
    struct = {"data": np.zeros((1, 500)), "srate": 100.0, "nbchan": 1, "trials": 1, "pnts": 500, "xmin": 0.0}
    struct |= {"xmax": 5.0, "chanlocs": np.array([]), "event": np.array([]), "icawinv": [], "icasphere": []}
    struct |= {"icaweights": [], "epoch": [], "setname": "", "filename": "", "ref": "common", "history": ""}
    scipy.io.savemat(tmp_path / "night.set", {"EEG": struct}, appendmat=False)
    assert find_length(tmp_path / "night.set") == 5.0


def test_each_file_is_compared_once_and_missing_ones_are_said_of_any_format(tmp_path: Path) -> None:
    write(tmp_path / "cage.edf", 7.0)
    (tmp_path / "other.set").write_bytes(b"not opened")
    files = ["cage.edf", "cage.edf", "gone.vhdr", "other.set"]
    recordings = [
        CorpusRecording(str(number), tmp_path / file, file, "1", Annotations((), 20.0))
        for number, file in enumerate(files)
    ]
    found = [(remark.kind, remark.subject_of) for remark in compare_files(tmp_path, recordings)]
    assert found == [("conflict", "cage.edf"), ("missing-file", "gone.vhdr")]
