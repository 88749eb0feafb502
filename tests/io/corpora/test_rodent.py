"""The three forms of rodent corpora: arrays with labels, telemetry with PyEcog, EDF files of cages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Event
from ictal.core.recording import Recording
from ictal.io.arrays import ArrayLayout
from ictal.io.corpora.corpus import Corpus, find_format, list_corpus
from ictal.io.corpora.rodent import fits_rodent, list_rodent
from ictal.io.edf_write import write_edf


def record(root: Path, name: str, labels: str = "EEG1A EEG2A EEG1B EMG") -> Path:
    """An EDF of a cage: a channel is its number."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = np.arange(len(labels.split()))[:, None] + np.random.default_rng(0).uniform(0.0, 0.4, (1, 2000))
    write_edf(path, Recording.from_array(rows, 100.0, labels.split()))
    return path


def put(root: Path, name: str, *lines: str) -> None:
    (root / name).write_text("\n".join([*lines, ""]))


def kinds(corpus: Corpus) -> list[str]:
    return [remark.kind for remark in corpus.remarks]


@pytest.fixture
def cage(tmp_path: Path) -> Path:
    record(tmp_path, "cage1.edf")
    put(tmp_path, "animals.csv", "animal,channels", 'm1,"EEG1A, eeg2a"', "m2,EEG1B")
    put(tmp_path, "seizures.csv", "file,animal,start,end", "cage1,m1,2,5", "cage1.edf,m2,8,9", "cage1,m1,11,12")
    return tmp_path


def test_two_animals_in_one_file(cage: Path) -> None:
    corpus = list_rodent(cage)
    assert [(each.name, each.subject, each.channels) for each in corpus] == [
        ("cage1_m1", "m1", ("EEG1A", "EEG2A")),
        ("cage1_m2", "m2", ("EEG1B",)),
    ]
    first, second = corpus
    assert first.annotations.events == (Event(2.0, 3.0), Event(11.0, 1.0))
    assert second.annotations.events == (Event(8.0, 1.0),)
    assert first.duration == second.duration == 20.0
    assert (first.session, kinds(corpus)) == ("cage1", ["assumed-type"])
    signal = second.read()
    assert signal.channels == ("EEG1B",)
    assert 2.0 <= signal.read().min() <= signal.read().max() < 2.5
    assert find_format(cage) == "rodent"


def test_animals_as_an_option(cage: Path) -> None:
    (cage / "animals.csv").unlink()
    assert not fits_rodent(cage)
    corpus = list_corpus(cage, "rodent", animals={"m1": ["EEG1A"], "m2": ["EEG1B", "EMG"]})
    assert [each.channels for each in corpus] == [("EEG1A",), ("EEG1B", "EMG")]


def test_animals_of_several_cages(tmp_path: Path) -> None:
    for name in ("cage1/night.edf", "cage2/night.edf"):
        record(tmp_path, name)
    put(
        tmp_path,
        "animals.tsv",
        "file\tanimal\tchannels",
        "cage1/night\tm1\tEEG1A",
        "cage2/night\tm2\tEEG1A",
        "cage2/night\tm3\tEEG1B",
    )
    put(tmp_path, "seizures.csv", "file,animal,start,end", "cage1/night.edf,m1,2,5", "cage2/night.edf,m3,2,5")
    corpus = list_rodent(tmp_path)
    assert [(each.name, each.subject, len(each.annotations)) for each in corpus] == [
        ("cage1/night_m1", "m1", 1),
        ("cage2/night_m2", "m2", 0),
        ("cage2/night_m3", "m3", 1),
    ]


def test_whose_an_event_is_may_follow_from_its_channels(cage: Path) -> None:
    put(cage, "seizures.csv", "file,start,end,channels", "cage1,2,5,EEG1B", 'cage1,6,7,"EEG1A,eeg2a"')
    first, second = list_rodent(cage)
    assert (first.annotations[0].onset, second.annotations[0].onset) == (6.0, 2.0)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("cage1,,2,5,", "nothing says of which of 2 animals the event at 2 s is"),
        ("cage1,,2,5,EMG", "nothing says of which of 2 animals the event at 2 s is"),
        ("cage1,m9,2,5,", "an event is of 'm9'; its animals are m1, m2"),
    ],
)
def test_an_event_of_nobody_leaves_its_file_out(cage: Path, row: str, problem: str) -> None:
    record(cage, "cage2.edf")
    put(cage, "seizures.csv", "file,animal,start,end,channels", row, "cage2,m1,1,2,")
    corpus = list_rodent(cage)
    assert [each.name for each in corpus] == ["cage2_m1", "cage2_m2"]
    _, remark = corpus.remarks
    assert (remark.kind, remark.subject_of) == ("unreadable", "cage1.edf")
    assert remark.text == f"{problem}; the recording is left out."


def test_one_animal_a_file_needs_no_column(tmp_path: Path) -> None:
    record(tmp_path, "a.edf", "EEG EMG")
    put(tmp_path, "animals.csv", "Animal,Channels", "m1,EEG")
    put(tmp_path, "seizures.csv", "fname,start,end", "a,2,5")
    (recording,) = list_rodent(tmp_path)
    assert (recording.subject, recording.annotations[0].span) == ("m1", (2.0, 5.0))


def test_channels_that_are_not_in_a_file_leave_it_out(cage: Path) -> None:
    record(cage, "cage2.edf", "EEG1A EEG2A")
    put(cage, "seizures.csv", "file,animal,start,end", "cage1,m1,2,5", "cage2,m1,2,5")
    corpus = list_rodent(cage)
    assert {each.name for each in corpus} == {"cage1_m1", "cage1_m2"}
    assert corpus.remarks[1].text.startswith("channels: 'EEG1B' of m2 is not in it; there are EEG2A, EEG1A")


def test_the_signal_may_be_missing_or_broken(cage: Path) -> None:
    (cage / "cage1.edf").unlink()
    put(cage, "seizures.csv", "file,animal,start,end,recordingDuration", "cage1,m1,2,5,20", "cage1,m2,8,9,20")
    corpus = list_rodent(cage)
    assert [(each.duration, len(each.annotations)) for each in corpus] == [(20.0, 1), (20.0, 1)]
    assert kinds(corpus) == ["assumed-type", "missing-file"]
    (cage / "cage1.edf").write_bytes(b"nothing")
    assert "unreadable" in kinds(list_rodent(cage))


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (["animal,channel", "m1,EEG1A"], r"animals\.csv: line 1: lacks the column animal or channels"),
        (["animal,channels", "m1,"], r"animals\.csv: line 2: names no animal or no channel"),
    ],
)
def test_a_table_of_animals_that_cannot_be_understood(cage: Path, lines: list[str], problem: str) -> None:
    put(cage, "animals.csv", *lines)
    with pytest.raises(RecordingError, match=problem):
        list_rodent(cage)


def test_a_file_of_no_animal_and_an_animal_named_twice(cage: Path) -> None:
    record(cage, "cage2.edf")
    put(cage, "animals.csv", "file,animal,channels", "cage1,m1,EEG1A", "cage1,m1,EEG1B")
    put(cage, "seizures.csv", "file,animal,start,end,type", "cage1,m1,2,5,sz", "cage2,,,,")
    texts = [remark.text for remark in list_rodent(cage).remarks]
    assert texts == [
        "an animal is named twice for it; give all its channels at once; the recording is left out.",
        "no animal is named for it; the recording is left out.",
    ]


def test_a_table_of_events_is_needed(cage: Path) -> None:
    (cage / "seizures.csv").unlink()
    with pytest.raises(RecordingError, match="holds no table of events, such as file,animal,start,end"):
        list_rodent(cage)


def test_arrays_with_labels(tmp_path: Path) -> None:
    np.savez(tmp_path / "DeepLearningSeizureData.npz", data=np.ones((4, 3840)), labels=[0, 1, 0, 0])
    assert find_format(tmp_path) == "rodent"
    with pytest.raises(RecordingError, match="no array can be listed; the first: sampling_rate: is not said"):
        list_rodent(tmp_path)
    corpus = list_corpus(tmp_path, segment=30.0)
    assert (corpus.n_seizures, corpus.hours, corpus.subjects) == (1, 120 / 3600, ("DeepLearningSeizureData",))
    for layout in (ArrayLayout(sampling_rate=128.0, unit="mV"), {"sampling_rate": 128, "unit": "mV"}):
        (recording,) = list_corpus(tmp_path, layout=layout)
        np.testing.assert_array_equal(recording.read().read(0.0, 1.0), np.full((1, 128), 1000.0))
    with pytest.raises(ParameterError, match="layout: 'rate' is not allowed; allowed are 'axes', 'sampling_rate'"):
        list_corpus(tmp_path, layout={"rate": 128})


def test_one_bad_array_does_not_stop_the_rest(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", data=np.ones((4, 50)), labels=[0, 1, 0, 0], fs=25)
    np.savez(tmp_path / "b.npz", data=np.ones((4, 50)), labels=[0, 1, 0, 7], fs=25)
    corpus = list_rodent(tmp_path)
    assert [each.name for each in corpus] == ["a"]
    assert corpus.remarks[-1].subject_of == "b.npz"


def test_telemetry_with_an_export_of_pyecog(tmp_path: Path) -> None:
    record(tmp_path, "rat 3/day.edf")
    put(tmp_path, "annotations.csv", "Animal ID,label,start,stop,confidence,notes", "rat 3,swd,10,12,inf,")
    assert find_format(tmp_path) == "rodent"
    corpus = list_corpus(tmp_path, seizure_labels=["swd"])
    assert (corpus.name, corpus.subjects) == ("rodent", ("rat 3",))
    assert kinds(corpus) == ["time-zone", "no-recording"]


def test_a_segment_without_length_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", data=np.ones((4, 50)), labels=[0, 1, 0, 0])
    with pytest.raises(ParameterError, match=r"segment: 0.0 is not allowed"):
        list_corpus(tmp_path, segment=0.0)


@pytest.mark.parametrize(
    ("options", "wrong"),
    [({"segment": 5.0}, "segment"), ({"utc_offset": 1.0}, "utc_offset"), ({"layout": ArrayLayout()}, "layout")],
)
def test_options_of_another_form_are_refused(cage: Path, options: dict[str, object], wrong: str) -> None:
    with pytest.raises(ParameterError, match=f"option of rodent: '{wrong}' is not for EDF files of animals"):
        list_corpus(cage, **options)


def test_other_folders_do_not_fit_and_are_refused(tmp_path: Path) -> None:
    record(tmp_path, "a.edf")
    put(tmp_path, "seizures.csv", "file,start,end", "a,1,2")
    np.save(tmp_path / "weights.npy", np.ones((3, 4)))
    assert not fits_rodent(tmp_path)
    assert find_format(tmp_path) == "folder"
    with pytest.raises(RecordingError, match=r"holds no recordings of animals; needed is animals\.csv"):
        list_rodent(tmp_path)
