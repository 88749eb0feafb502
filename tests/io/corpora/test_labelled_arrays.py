"""Arrays of segments with a label each: SeizyML, the mice of Vermont, pairs of NumPy files."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations
from ictal.io.arrays import ArrayLayout
from ictal.io.corpora.array_recording import ArrayCorpusRecording
from ictal.io.corpora.corpus import Remark
from ictal.io.corpora.labelled_arrays import (
    find_arrays,
    find_labels,
    label_events,
    list_labelled_array,
    parse_settings,
    read_labels,
)

LABELS = [0, 1, 1, 0, 0, 1]


def write_seizyml(root: Path, name: str, labels: list[int], n_samples: int = 500, ends: str = "\n") -> Path:
    """As seizy_convert and SeizyML write them: (segments, samples, channels), labels without a header."""
    path = root / f"{name}.h5"
    path.parent.mkdir(parents=True, exist_ok=True)
    data = np.random.default_rng(0).normal(size=(len(labels), n_samples, 2))
    with h5py.File(path, "w") as file:
        file.create_dataset("data", data=data, maxshape=(None, n_samples, 2), chunks=True)
    path.with_suffix(".csv").write_text("".join(f"{label}{ends}" for label in labels), newline="")
    return path


def listed(
    root: Path, path: Path, layout: ArrayLayout | None = None, segment: float | None = None
) -> tuple[ArrayCorpusRecording, dict[str, str]]:
    labels = find_labels(path)
    assert labels is not None
    recording, remarks = list_labelled_array(
        root, path.stem, path, labels, layout if layout is not None else ArrayLayout(), segment
    )
    assert isinstance(recording, ArrayCorpusRecording)
    assert all(isinstance(remark, Remark) and remark.subject_of == path.stem for remark in remarks)
    return recording, {remark.kind: remark.text for remark in remarks}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_training_set_of_seizyml(tmp_path: Path, ends: str) -> None:
    path = write_seizyml(tmp_path, "mouse7_day1", LABELS, ends=ends)
    (tmp_path / "settings.yaml").write_text("channels:\n- hippocampus\n- frontal cortex\nfs: 100\nwin: 5\n")
    recording, remarks = listed(tmp_path, path)
    assert (recording.subject, recording.duration) == ("mouse7_day1", 30.0)
    assert [event.span for event in recording.annotations] == [(5.0, 15.0), (25.0, 30.0)]
    assert set(remarks) == {"unit"}
    signal = recording.read()
    assert (signal.channels, signal.sampling_rate, signal.duration) == (("hippocampus", "frontal cortex"), 100.0, 30.0)
    with h5py.File(path) as file:
        np.testing.assert_array_equal(signal.read(5.0, 10.0), file["data"][1].T.astype(np.float32))


def test_a_project_of_seizyml_keeps_what_was_checked_elsewhere(tmp_path: Path) -> None:
    path = write_seizyml(tmp_path / "data", "a", LABELS, 400)
    (tmp_path / "verified_predictions").mkdir()
    path.with_suffix(".csv").rename(tmp_path / "verified_predictions" / "a.csv")
    (tmp_path / "user_settings.yaml").write_text("channels: [left, right]\nfs: 200\nwin: 2\n")
    recording, remarks = listed(tmp_path, path)
    assert (recording.subject, recording.duration, set(remarks)) == ("a", 12.0, {"unit"})
    assert recording.read().channels == ("left", "right")


def test_without_settings_the_segments_of_seizyml_are_known_by_their_length(tmp_path: Path) -> None:
    recording, remarks = listed(tmp_path, write_seizyml(tmp_path, "a", LABELS))
    assert recording.read().sampling_rate == 100.0
    assert "100 Hz, as SeizyML does" in remarks["assumed-rate"]
    with pytest.raises(RecordingError, match="sampling_rate: is not said"):
        listed(tmp_path, write_seizyml(tmp_path, "b", LABELS, 400))
    by_segment, remarks = listed(tmp_path, tmp_path / "b.h5", segment=4.0)
    assert (by_segment.read().sampling_rate, set(remarks)) == (100.0, {"unit"})


def test_settings_that_contradict_the_file_refuse_it(tmp_path: Path) -> None:
    path = write_seizyml(tmp_path, "a", LABELS)
    (tmp_path / "settings.yaml").write_text("fs: 100\nwin: 4\n")
    with pytest.raises(RecordingError, match=r"sampling_rate: 100 Hz came, but 500 samples in 4 s are 125 Hz"):
        listed(tmp_path, path)


def write_mice(root: Path, n: int = 12, compressed: bool = False) -> Path:
    """``DeepLearningSeizureData.npz``: data (53956, 3840), 30 s at 128 Hz, and labels (53956,)."""
    data = np.random.default_rng(0).normal(size=(n, 3840))
    labels = np.zeros(n, np.int64)
    labels[3:5] = 1
    save = np.savez_compressed if compressed else np.savez
    save(root / "DeepLearningSeizureData.npz", data=data, labels=labels)
    return root / "DeepLearningSeizureData.npz"


@pytest.mark.parametrize("compressed", [True, False])
def test_the_mice_of_vermont(tmp_path: Path, compressed: bool) -> None:
    path = write_mice(tmp_path, compressed=compressed)
    with pytest.raises(RecordingError, match="sampling_rate: is not said; give it in Hz"):
        listed(tmp_path, path)
    recording, remarks = listed(tmp_path, path, segment=30.0)
    assert recording.duration == 360.0
    assert [event.span for event in recording.annotations.seizures] == [(90.0, 120.0), (120.0, 150.0)]
    assert set(remarks) == {"unit", "segments"}
    assert "all are of one subject" in remarks["segments"]
    signal = recording.read()
    assert (signal.channels, signal.sampling_rate) == (("EEG1",), 128.0)
    np.testing.assert_array_equal(signal.read(90.0, 120.0)[0], np.load(path)["data"][3].astype(np.float32))


def test_pauses_keep_segments_apart_and_events_in_place(tmp_path: Path) -> None:
    path = write_mice(tmp_path)
    recording, _ = listed(tmp_path, path, ArrayLayout(sampling_rate=128.0, pause=10.001))
    signal = recording.read()
    assert signal.duration == recording.duration == pytest.approx(12 * 30 + 11 * 10, abs=0.1)
    assert len(signal.gaps) == 11
    for event, number in zip(recording.annotations, (3, 4), strict=True):
        found = signal.read(event.onset, event.stop)
        np.testing.assert_array_equal(found[0], np.load(path)["data"][number].astype(np.float32))


@pytest.mark.parametrize(
    ("signal", "labels"),
    [("0_X.npy", "0_Y.npy"), ("X.npy", "y.npy"), ("data.npy", "labels.npy"), ("rat.npy", "rat_labels.npy")],
)
def test_pairs_of_numpy_files(tmp_path: Path, signal: str, labels: str) -> None:
    np.save(tmp_path / signal, np.zeros((6, 3, 50)))
    assert find_labels(tmp_path / signal) is None
    np.save(tmp_path / labels, np.array(LABELS))
    assert find_labels(tmp_path / signal) == tmp_path / labels
    assert find_labels(tmp_path / labels) is None
    with pytest.raises(RecordingError, match=r"axes: nothing came for an array of shape \(6, 3, 50\)"):
        listed(tmp_path, tmp_path / signal, segment=1.0)
    recording, _ = listed(tmp_path, tmp_path / signal, ArrayLayout("segments channels samples"), 1.0)
    assert recording.read().channels == ("EEG1", "EEG2", "EEG3")
    assert [event.onset for event in recording.annotations] == [1.0, 2.0, 5.0]


def test_matlab_holds_both_in_one_file(tmp_path: Path) -> None:
    path = tmp_path / "rats" / "day1.mat"
    path.parent.mkdir()
    scipy.io.savemat(path, {"X": np.ones((6, 50)), "Y": np.array([LABELS]), "Fs": 25.0})
    recording, remarks = listed(tmp_path, path)
    assert (recording.subject, recording.duration, len(recording.annotations)) == ("rats", 12.0, 3)
    assert set(remarks) == {"unit", "segments"}


def test_what_is_no_label_is_not_taken_for_one(tmp_path: Path) -> None:
    path = write_seizyml(tmp_path, "a", LABELS)
    for text in ("file,start,end\na,1,2\n", "", "0,1\n", "3.2\n"):
        path.with_suffix(".csv").write_text(text)
        assert find_labels(path) is None
    np.savez(tmp_path / "b.npz", data=np.ones((2, 5)), fs=1.0)
    assert find_labels(tmp_path / "b.npz") is None
    (tmp_path / "c.npz").write_bytes(b"broken")
    assert find_labels(tmp_path / "c.npz") is None


def test_texts_of_savetxt_are_labels(tmp_path: Path) -> None:
    path = write_seizyml(tmp_path, "a", LABELS)
    np.savetxt(path.with_suffix(".csv"), LABELS)
    labels = find_labels(path)
    assert labels is not None
    assert read_labels(labels).tolist() == LABELS


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("0\n2\n1\n", r"a\.csv: labels: 0, 1, 2 came; allowed are 0 and 1 \(a seizure\)"),
        ("0\nyes\n", r"a\.csv: is no list of labels: could not convert"),
        ("0\nnan\n", r"a\.csv: labels: 0, nan came"),
        ("0\n1\n", r"a\.csv: labels: 2 labels came for 6 segments"),
    ],
)
def test_labels_that_do_not_fit(tmp_path: Path, text: str, problem: str) -> None:
    path = write_seizyml(tmp_path, "a", LABELS)
    path.with_suffix(".csv").write_text(text)
    with pytest.raises(RecordingError, match=problem):
        listed(tmp_path, path)


def test_arrays_are_found_but_not_hidden_ones(tmp_path: Path) -> None:
    for name in ("b/a.npy", "a.h5", ".cache/c.npy", "d.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    assert [path.relative_to(tmp_path).as_posix() for path in find_arrays(tmp_path)] == ["a.h5", "b/a.npy"]
    assert list(find_arrays(tmp_path / "d.txt")) == list(find_arrays(tmp_path / "gone")) == []


@given(st.lists(st.integers(0, 1), min_size=1, max_size=50), st.booleans(), st.sampled_from([0.0, 2.0]))
def test_events_say_what_the_labels_say(labels: list[int], join: bool, pause: float) -> None:
    array = np.array(labels)
    step = 3.0 + pause
    events = label_events(array, 3.0, pause, join=join)
    mask = Annotations(events, len(labels) * step).mask(1.0)
    expected = np.concatenate([[label] * 3 + [0] * int(pause) for label in labels]).astype(bool)
    np.testing.assert_array_equal(mask, expected)
    if not join:
        assert len(events) == sum(labels)


def test_settings_in_both_spellings_of_lists() -> None:
    block = ["channels:", "- eeg1", "- eeg2", "data_dir: h5_data", "fs: 100", "features:", "- line_length", "win: 5"]
    assert parse_settings(block) == ({"fs": 100.0, "win": 5.0}, ("eeg1", "eeg2"))
    assert parse_settings(['channels: ["a b", c]', "fs: 99.5"]) == ({"fs": 99.5}, ("a b", "c"))
    assert parse_settings(["gui_win: 1"]) == ({}, ())
