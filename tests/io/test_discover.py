"""What is found in files, folders and BIDS data sets, and where the results of each belong."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.core.errors import RecordingError
from ictal.io.discover import FoundRecording, find_recordings, reference_for, split_animals


def make(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")


def results(found: tuple[FoundRecording, ...]) -> list[str]:
    return [recording.output("out", ".tsv").as_posix() for recording in found]


def names(found: tuple[FoundRecording, ...], root: Path) -> list[str]:
    return [recording.path.relative_to(root).as_posix() for recording in found]


def test_one_file(tmp_path: Path) -> None:
    make(tmp_path, "a/night.EDF")
    (found,) = find_recordings([tmp_path / "a" / "night.EDF"])
    assert found == FoundRecording(tmp_path / "a" / "night.EDF", Path(), "night")


def test_a_file_that_is_named_is_taken_whatever_its_name(tmp_path: Path) -> None:
    make(tmp_path, "night.rec", "night.v2")
    assert results(find_recordings([tmp_path / "night.rec"])) == ["out/night.tsv"]


def test_a_folder_is_searched_to_the_bottom_in_order(tmp_path: Path) -> None:
    make(tmp_path, "b.edf", "a/2.bdf", "a/10.gdf", "a/deep/1_raw.fif.gz", "notes.txt", "a/events.tsv")
    make(tmp_path, ".git/x.edf", "a/.hidden.edf", "derivatives/y.edf", "a/sourcedata/z.edf")
    found = find_recordings([tmp_path])
    assert names(found, tmp_path) == ["a/10.gdf", "a/2.bdf", "a/deep/1_raw.fif.gz", "b.edf"]
    assert results(found) == ["out/a/10.tsv", "out/a/2.tsv", "out/a/deep/1_raw.tsv", "out/b.tsv"]


def test_of_several_files_the_header_counts(tmp_path: Path) -> None:
    make(tmp_path, "a.vhdr", "a.vmrk", "a.eeg", "b.set", "b.fdt", "c.EEG", "c.pnt", "d.VHDR", "d.eeg")
    assert names(find_recordings([tmp_path]), tmp_path) == ["a.vhdr", "b.set", "c.EEG", "d.VHDR"]
    found = find_recordings([tmp_path / "a.eeg", tmp_path / "a.vmrk", tmp_path / "b.fdt", tmp_path / "c.EEG"])
    assert names(found, tmp_path) == ["a.vhdr", "b.set", "c.EEG"]


def test_later_parts_of_large_fif_files_are_read_with_the_first(tmp_path: Path) -> None:
    make(tmp_path, "a_raw.fif", "a_raw-1.fif", "a_raw-2.fif", "night-1.fif", "sub-01.fif")
    make(tmp_path, "x_split-01_meg.fif", "x_split-02_meg.fif", "y_split-02_meg.fif")
    found = names(find_recordings([tmp_path]), tmp_path)
    assert found == ["a_raw.fif", "night-1.fif", "sub-01.fif", "x_split-01_meg.fif", "y_split-02_meg.fif"]


def test_a_bids_data_set(tmp_path: Path) -> None:
    first = "sub-01/ses-01/eeg/sub-01_ses-01_task-szMonitoring_run-00"
    second = "sub-02/eeg/sub-02_task-rest"
    make(tmp_path, "dataset_description.json", f"{first}_eeg.edf", f"{first}_events.tsv", f"{second}_eeg.vhdr")
    make(tmp_path, f"{second}_eeg.eeg", f"{second}_eeg.vmrk", "sub-01/ses-01/ecg/sub-01_ses-01_ecg.edf", "other.edf")
    make(tmp_path, "derivatives/sub-01/eeg/sub-01_eeg.edf", "phenotype/sub-03_eeg.edf", "sub-list.edf")
    found = find_recordings([tmp_path])
    assert names(found, tmp_path) == [f"{first}_eeg.edf", f"{second}_eeg.vhdr"]
    assert results(found) == [f"out/{first}.tsv", f"out/{second}.tsv"]
    assert reference_for(found[0]) == tmp_path / f"{first}_events.tsv"
    assert reference_for(found[1]) is None


def test_each_animal_of_a_file_is_a_recording(tmp_path: Path) -> None:
    make(tmp_path, "a/cage.edf", "a/cage_events.tsv", "a/cage_m2_events.tsv", "b/cage.edf")
    found = find_recordings([tmp_path])
    assert split_animals(found, {}) == found
    apart = split_animals(found, {"m1": ("EEG1", "EEG2"), "m2": ("EEG3",)})
    assert results(apart) == ["out/a/cage_m1.tsv", "out/a/cage_m2.tsv", "out/b/cage_m1.tsv", "out/b/cage_m2.tsv"]
    assert {one.file_stem for one in apart} == {"cage"}
    assert apart[0].pick_animal("m2", ("EEG3",)) == apart[1]
    assert [reference_for(one) for one in apart] == [None, tmp_path / "a/cage_m2_events.tsv", None, None]


def test_real_clips_have_their_reference_beside_them(test_data: Path) -> None:
    found = find_recordings([test_data / "real"])
    assert len(found) == 4 + 44
    assert found[0].stem == "chb01_03_clip"
    assert all(reference_for(recording) for recording in found)


def test_what_is_named_twice_is_found_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a/night.edf")
    monkeypatch.chdir(tmp_path)
    found = find_recordings(["a", "a/night.edf", tmp_path / "a", "a/../a/night.edf"])
    assert found == (FoundRecording(Path("a/night.edf"), Path(), "night"),)


def test_equal_names_in_different_folders_are_told_apart(tmp_path: Path) -> None:
    make(tmp_path, "x/a/night.edf", "x/b/night.edf", "x/b/other.edf")
    found = find_recordings([tmp_path / "x/a/night.edf", tmp_path / "x/b"])
    assert results(found) == ["out/a/night.tsv", "out/b/night.tsv", "out/b/other.tsv"]


@pytest.mark.parametrize(("second", "stem"), [("night.bdf", "night_bdf"), ("night_eeg.edf", "night_eeg_edf")])
def test_equal_names_in_one_folder_keep_their_suffix(tmp_path: Path, second: str, stem: str) -> None:
    make(tmp_path, "night.edf", second, "other.edf")
    assert {found.stem for found in find_recordings([tmp_path])} == {"night_edf", stem, "other"}


def test_links_to_one_content_are_two_recordings_and_dead_ones_are_found(tmp_path: Path) -> None:
    make(tmp_path, "store/content", "set/b.edf")
    (tmp_path / "set" / "a.edf").symlink_to(tmp_path / "store" / "content")
    (tmp_path / "set" / "c.edf").symlink_to(tmp_path / "store" / "content")
    (tmp_path / "set" / "gone.edf").symlink_to(tmp_path / "store" / "nothing")
    assert results(find_recordings([tmp_path / "set"])) == ["out/a.tsv", "out/b.tsv", "out/c.tsv", "out/gone.tsv"]
    assert results(find_recordings([tmp_path / "set" / "gone.edf"])) == ["out/gone.tsv"]


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    make(tmp_path, "empty/notes.txt", "bids/dataset_description.json", "bids/sub-01/sub-01_meg.edf")
    with pytest.raises(RecordingError, match=r"nothing: there is no such file or folder"):
        find_recordings([tmp_path / "nothing"])
    with pytest.raises(RecordingError, match=r"empty: the folder holds no recording; known formats are \.edf, \.bdf"):
        find_recordings([tmp_path / "empty"])
    with pytest.raises(RecordingError, match=r"bids: the folder holds no \*_eeg file under sub-\*"):
        find_recordings([tmp_path / "bids"])
