"""Events tables beside recordings: what is odd in them comes out as remarks, and no warning is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.io.corpora.szcore_tables import read_marks, remark_types

SZCORE = "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration"


def table(folder: Path, *lines: str) -> Path:
    path = folder / "night_events.tsv"
    path.write_bytes("\r\n".join([*lines, ""]).encode())
    return path


def never() -> float | None:
    raise AssertionError("the table says how long it is")


def test_the_length_in_the_table_goes_first(tmp_path: Path) -> None:
    path = table(tmp_path, SZCORE, "10.00\t30.00\tsz_foc\t0.5\tT3,T5\tn/a\t600.00")
    annotations, remarks = read_marks(path, "night", never)
    assert annotations == Annotations([Event(10.0, 30.0, "sz_foc", 0.5, ("T3", "T5"))], 600.0)
    assert remarks == ()


def test_a_background_row_over_all_of_it_is_no_event(tmp_path: Path) -> None:
    path = table(tmp_path, SZCORE, "0.00\t600.00\tbckg\tn/a\tn/a\tn/a\t600.00")
    assert read_marks(path, "night", never) == (Annotations((), 600.0), ())


def test_without_any_length_the_last_event_ends_it_and_a_remark_says_so(tmp_path: Path) -> None:
    path = table(tmp_path, "onset\tduration\ttrial_type", "3\t10\tseizure")
    annotations, remarks = read_marks(path, "night", lambda: 60.0)
    assert (annotations.duration, remarks) == (60.0, ())
    annotations, (remark,) = read_marks(path, "night", lambda: None)
    assert annotations.duration == 13.0
    assert (remark.kind, remark.subject_of) == ("unknown-length", "night")


def test_odd_rows_are_remarked(tmp_path: Path) -> None:
    path = table(
        tmp_path,
        SZCORE,
        "5\t-3\timpd\tn/a\tn/a\tn/a\t60",
        "10\t20\tsz\tn/a\tn/a\tn/a\t60",
        "15\t20\tsz\tn/a\tn/a\tn/a\t60",
        "55\t20\tmyoclonus\tn/a\tn/a\tn/a\t60",
    )
    annotations, remarks = read_marks(path, "night", never)
    assert [event.span for event in annotations] == [(5.0, 5.0), (10.0, 30.0), (15.0, 35.0), (55.0, 60.0)]
    assert [remark.kind for remark in remarks] == ["mended", "beyond-end", "unknown-type", "overlap"]
    assert remarks[0].text == "line 2: duration: '-3' came; the event is read as 0 s long."


def test_a_seizure_without_a_length_refuses_the_table(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="line 2: duration: '-3' is not allowed"):
        read_marks(table(tmp_path, SZCORE, "5\t-3\tsz\tn/a\tn/a\tn/a\t60"), "night", never)


def test_each_unknown_type_is_said_once() -> None:
    odd = Annotations([Event(0.0, 1.0, "nap"), Event(2.0, 1.0, "nap"), Event(4.0, 1.0, "sz_new"), Event(6.0, 1.0)], 9.0)
    assert [remark.text for remark in remark_types(odd, "night")] == [
        "'nap' is no type of SzCORE; it is kept as it is.",
        "'sz_new' is no type of SzCORE; it is kept as it is.",
    ]
