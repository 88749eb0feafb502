"""What cannot be read is left out and said; signals are held against annotations."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.corpora.corpus import CorpusRecording, Remark
from ictal.io.corpora.listing import (
    compare_lengths,
    read_each,
    refused,
    relative_name,
    remark_missing,
    remark_overlaps,
)
from ictal.io.edf_write import write_edf


def recording_at(path: Path, duration: float, subject: str = "a") -> CorpusRecording:
    return CorpusRecording(path.stem, path, subject, "1", Annotations((), duration))


def write_noise(path: Path, seconds: int) -> None:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (2, seconds * 64))
    write_edf(path, Recording.from_array(noise, 64.0, ["Fp1", "Fp2"]))


def test_one_bad_recording_never_stops_the_rest(tmp_path: Path) -> None:
    def read_one(number: int) -> tuple[CorpusRecording, list[Remark]]:
        path = tmp_path / "s" / f"{number}.edf"
        if number == 2:
            raise RecordingError("is torn", file=path, field="line 7")
        return recording_at(path, number), [Remark("odd", str(number), "three")] * (number == 3)

    recordings, remarks = read_each(tmp_path, [1, 2, 3], read_one)
    assert [recording.name for recording in recordings] == ["1", "3"]
    assert remarks == [
        Remark("unreadable", "s/2.edf", "line 7: is torn; the recording is left out."),
        Remark("odd", "3", "three"),
    ]


def test_what_is_no_fault_of_a_file_is_raised(tmp_path: Path) -> None:
    def read_one(number: int) -> tuple[CorpusRecording, list[Remark]]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        read_each(tmp_path, [1], read_one)


def test_a_refusal_without_file_and_field() -> None:
    assert refused(Path(), RecordingError("is odd")) == Remark("unreadable", "", "is odd; the recording is left out.")


def test_names_outside_the_corpus_are_names_alone(tmp_path: Path) -> None:
    assert relative_name(tmp_path / "corpus", tmp_path / "Jane Doe" / "a.edf") == "a.edf"


def test_lengths_that_differ_are_said_and_kept(tmp_path: Path) -> None:
    write_noise(tmp_path / "same.edf", 4)
    write_noise(tmp_path / "short.edf", 3)
    recordings = [recording_at(tmp_path / "same.edf", 4.01), recording_at(tmp_path / "short.edf", 4.0)]
    (remark,) = compare_lengths(tmp_path, recordings, 0.02)
    assert (remark.kind, remark.subject_of) == ("conflict", "short.edf")
    assert "3 s long" in remark.text and "4 s" in remark.text


def test_broken_and_odd_signals_are_said(tmp_path: Path) -> None:
    (tmp_path / "text.edf").write_text("not at all")
    write_noise(tmp_path / "long.edf", 4)
    with (tmp_path / "long.edf").open("ab") as file:
        file.write(b"\0" * 10)
    remarks = compare_lengths(tmp_path, [recording_at(tmp_path / name, 4.0) for name in ("text.edf", "long.edf")], 0.02)
    assert [(remark.kind, remark.subject_of) for remark in remarks] == [
        ("unreadable", "text.edf"),
        ("header", "long.edf"),
    ]


def test_missing_signals_are_counted_by_subject(tmp_path: Path) -> None:
    write_noise(tmp_path / "here.edf", 1)
    names = [("here", "a"), ("gone", "a"), ("lost", "b")]
    recordings = [recording_at(tmp_path / f"{name}.edf", 1.0, subject) for name, subject in names]
    remarks = compare_lengths(tmp_path, recordings, 0.02)
    assert [(remark.subject_of, remark.text[:6]) for remark in remarks] == [("a", "1 of 2"), ("b", "1 of 1")]


def test_where_no_signal_is_there_one_remark_is_enough() -> None:
    assert [remark.text[:16] for remark in remark_missing({"a": [True], "b": [True, True]})] == ["none of the 3 ED"]
    assert remark_missing({}) == []


def test_overlaps_are_of_one_type_and_remember_the_longest() -> None:
    events = [Event(0.0, 10.0), Event(1.0, 1.0), Event(5.0, 1.0), Event(6.0, 2.0, "artf"), Event(10.0, 1.0)]
    remarks = remark_overlaps(Annotations([*events, Event(3.0, 0.0)], 20.0), "night")
    assert [remark.text for remark in remarks] == [
        "sz from 1 to 2 s begins before the one until 10 s ends; both are kept.",
        "sz from 5 to 6 s begins before the one until 10 s ends; both are kept.",
    ]
