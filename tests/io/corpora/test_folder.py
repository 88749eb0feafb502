"""A plain folder: one table of all events, or tables beside the recordings, and whose each recording is."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.corpora.corpus import Corpus
from ictal.io.corpora.folder import fits_folder, list_folder
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import write_events


def record(root: Path, name: str, seconds: float = 20.0) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(0).normal(0.0, 20.0, (2, int(100 * seconds)))
    write_edf(path, Recording.from_array(noise, 100.0, ["EEG1", "EEG2"]))
    return path


def kinds(corpus: Corpus) -> list[str]:
    return [remark.kind for remark in corpus.remarks]


def test_one_table_of_all_events(tmp_path: Path) -> None:
    for name in ("a.edf", "b.edf", "c.edf"):
        record(tmp_path, name)
    (tmp_path / "events.tsv").write_text(
        "subject\tfile\tonset\tduration\teventType\nanna\ta.edf\t2\t3\tsz\nanna\tb\t4\t5\tsz_gen\nanna\tb\t1\t2\tsz\n"
    )
    corpus = list_folder(tmp_path)
    assert [(recording.name, recording.subject) for recording in corpus] == [("a", "anna"), ("b", "anna"), ("c", "c")]
    assert corpus.recordings[1].annotations == Annotations([Event(1.0, 2.0), Event(4.0, 5.0, "sz_gen")], 20.0)
    assert corpus.recordings[2].annotations == Annotations((), 20.0)
    assert [(remark.kind, remark.text) for remark in corpus.remarks] == [
        ("subject", "whose the recordings are: 2 by the table; 1 each its own, as nothing says whose it is."),
        ("no-rows", "1 of 3 recordings are in no row; they are taken to hold no event."),
    ]
    recording = corpus.recordings[0].read()
    assert (recording.channels, recording.annotations[0].span) == (("EEG1", "EEG2"), (2.0, 5.0))


def test_a_sheet_of_pyecog_and_one_folder_for_each_animal(tmp_path: Path) -> None:
    record(tmp_path, "mouse 1/day 1/night.edf")
    record(tmp_path, "mouse 2/night.edf")
    (tmp_path / "sheet.csv").write_text("fname,start,end\nmouse 1/day 1/night.edf,3,9\nmouse 2\\night.edf,1,2\n")
    corpus = list_folder(tmp_path)
    assert [(recording.name, recording.subject) for recording in corpus] == [
        ("mouse 1/day 1/night", "mouse 1"),
        ("mouse 2/night", "mouse 2"),
    ]
    assert corpus.n_seizures == 2
    assert kinds(corpus) == ["subject", "assumed-type"]
    assert corpus.remarks[0].text == "whose the recordings are: 2 by the first sub-folder."


def test_tables_beside_the_recordings(tmp_path: Path) -> None:
    for name in ("anna/a.edf", "anna/b_eeg.edf", "ben/c.edf"):
        record(tmp_path, name)
    write_events(tmp_path / "anna/a_events.tsv", Annotations([Event(2.0, 3.0)], 20.0))
    write_events(tmp_path / "anna/b_events.tsv", Annotations((), 20.0))
    write_events(tmp_path / "ben/d_events.tsv", Annotations([Event(1.0, 1.0)], 9.0))
    (tmp_path / "derivatives").mkdir()
    write_events(tmp_path / "derivatives/e_events.tsv", Annotations((), 9.0))
    corpus = list_folder(tmp_path)
    found = [(recording.name, recording.subject, recording.duration) for recording in corpus]
    assert found == [("anna/a", "anna", 20.0), ("anna/b", "anna", 20.0), ("ben/d", "ben", 9.0)]
    assert corpus.n_seizures == 2
    assert kinds(corpus) == ["subject", "no-table", "missing-file"]
    assert corpus.remarks[1].subject_of == "ben/c.edf"


def test_signals_that_are_not_there_are_listed_by_the_table(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(
        "file,onset,duration,recordingDuration,type\na.edf,5,6,100,sz\nb.edf,5,6,,sz\nc.edf,,,50,\n"
    )
    corpus = list_folder(tmp_path)
    assert [(recording.name, recording.duration) for recording in corpus] == [("a", 100.0), ("b", 11.0), ("c", 50.0)]
    assert corpus.count_remarks()["unknown-length"] == 1
    assert corpus.count_remarks()["missing-file"] >= 1


def test_a_length_that_differs_is_a_conflict(tmp_path: Path) -> None:
    record(tmp_path, "a.edf")
    (tmp_path / "events.csv").write_text("file,onset,duration,recordingDuration,type\na,5,6,100,sz\n")
    corpus = list_folder(tmp_path)
    assert kinds(corpus) == ["subject", "conflict"]


def test_splits_of_the_table(tmp_path: Path) -> None:
    lines = ["file,onset,duration,split,recordingDuration", "a,1,2,train,9", "a,4,1,train,9", "b,1,2,test,9"]
    lines += ["c,1,2,train,9", "c,1,2,test,9"]
    (tmp_path / "events.csv").write_text("\n".join(lines))
    corpus = list_folder(tmp_path)
    assert [(recording.name, recording.split) for recording in corpus] == [("a", "train"), ("b", "test")]
    assert "the table puts it into train and test; the recording is left out." in [r.text for r in corpus.remarks]


def test_several_subjects_in_one_file_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text("file,animal,start,end\ncage.edf,m1,1,2\ncage.edf,m2,5,6\nb.edf,m1,1,2\n")
    corpus = list_folder(tmp_path)
    assert [recording.name for recording in corpus] == ["b"]
    assert "names 2 subjects for it" in next(r.text for r in corpus.remarks if r.kind == "unreadable")


def test_one_broken_file_does_not_stop_the_rest(tmp_path: Path) -> None:
    record(tmp_path, "a.edf")
    (tmp_path / "b.edf").write_bytes(b"no EDF")
    (tmp_path / "events.csv").write_text("file,start,end\na,1,2\nb,1,2\nc,x,y\n")
    corpus = list_folder(tmp_path)
    assert [recording.name for recording in corpus] == ["a"]
    assert [remark.subject_of for remark in corpus.remarks if remark.kind == "unreadable"] == ["c", "b.edf"]


def test_of_several_tables_one_must_be_named(tmp_path: Path) -> None:
    record(tmp_path, "a.edf")
    for name in ("first.csv", "second.csv"):
        (tmp_path / name).write_text(f"file,start,end\na,1,{len(name)}\n")
    assert fits_folder(tmp_path)
    with pytest.raises(RecordingError, match="say which, as the option events"):
        list_folder(tmp_path)
    (recording,) = list_folder(tmp_path, events="second.csv")
    assert recording.annotations[0].stop == 10.0


def test_tables_beside_are_not_mixed_with_the_one_table(tmp_path: Path) -> None:
    record(tmp_path, "a.edf")
    write_events(tmp_path / "a_events.tsv", Annotations([Event(7.0, 3.0)], 20.0))
    (tmp_path / "events.csv").write_text("file,start,end\na,1,2\n")
    corpus = list_folder(tmp_path)
    assert corpus.recordings[0].annotations[0].onset == 1.0
    assert "ignored" in kinds(corpus)


def test_a_folder_without_any_table_is_refused(tmp_path: Path) -> None:
    assert not fits_folder(tmp_path)
    with pytest.raises(RecordingError, match="holds neither a table of events"):
        list_folder(tmp_path)
    record(tmp_path, "a.edf")
    assert not fits_folder(tmp_path)
    corpus = list_folder(tmp_path)
    assert (len(corpus), kinds(corpus)) == (0, ["no-table"])
