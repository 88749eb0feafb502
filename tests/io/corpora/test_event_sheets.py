"""One table with the events of many recordings, in the spellings that laboratories use."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.io.corpora.event_sheets import (
    SheetRow,
    find_columns,
    find_sheet,
    group_rows,
    mark_rows,
    read_sheet,
    remark_silence,
)


def sheet(folder: Path, *lines: str, name: str = "events.csv", ends: str = "\n", code: str = "utf-8") -> Path:
    path = folder / name
    path.write_bytes(ends.join([*lines, ""]).encode(code))
    return path


def events(path: Path) -> list[tuple[str, Event | None]]:
    return [(row.recording, row.event) for row in read_sheet(path).rows]


def test_the_columns_of_ours(tmp_path: Path) -> None:
    path = sheet(
        tmp_path,
        "subject\tfile\tonset\tduration\teventType\tconfidence\tchannels\trecordingDuration\tsplit",
        'anna\ta.edf\t10.5\t30\tsz-foc-ia\t0.9\t"T3, T5"\t600\ttrain',
        "anna\tb.edf\tn/a\tn/a\tn/a\tn/a\tn/a\t300\ttest",
        "ben\tc.edf\t1\t2\tSeizure\t\tall\t\t",
        name="events.tsv",
    )
    first, second, third = read_sheet(path).rows
    assert first == SheetRow("a.edf", "anna", Event(10.5, 30.0, "sz_foc_ia", 0.9, ("T3", "T5")), 600.0, "train")
    assert second == SheetRow("b.edf", "anna", None, 300.0, "test")
    assert third == SheetRow("c.edf", "ben", Event(1.0, 2.0))


def test_the_sheets_of_pyecog(tmp_path: Path) -> None:
    path = sheet(tmp_path, "fname,start,end", "M1456063228.h5,12.25,60", "M1456063228.h5,100,130")
    assert events(path) == [
        ("M1456063228.h5", Event(12.25, 47.75)),
        ("M1456063228.h5", Event(100.0, 30.0)),
    ]


@pytest.mark.parametrize(("ends", "code"), [("\r\n", "utf-8-sig"), ("\r", "latin-1"), ("\n", "utf-8")])
def test_texts_of_any_system(tmp_path: Path, ends: str, code: str) -> None:
    path = sheet(tmp_path, "File Name,Start Time,End Time", "Mäuse 1.edf,1,2", "", ",,", ends=ends, code=code)
    assert events(path) == [("Mäuse 1.edf", Event(1.0, 1.0))]
    assert read_sheet(path).faults == {}


def test_semicolons_bring_decimal_commas(tmp_path: Path) -> None:
    assert events(sheet(tmp_path, "file;start;end", "a;1,5;2,75")) == [("a", Event(1.5, 1.25))]


def test_an_index_without_a_name_shifts_nothing(tmp_path: Path) -> None:
    path = sheet(tmp_path, "\tfile\tonset\tduration", "0\ta.edf\t1\t2", name="events.tsv")
    assert events(path) == [("a.edf", Event(1.0, 2.0))]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("a,soon,2,,sz,", "line 3: start: 'soon' is no number; times are in seconds"),
        ("a,00:10:00,00:11:00,,sz,", "line 3: start: '00:10:00' is no number; times are in seconds"),
        ("a,1,inf,,sz,", "line 3: end: 'inf' is no number; times are in seconds"),
        ("a,5,2,,sz,", "line 3: ends 3 s before it begins"),
        ("a,5,,,sz,", "line 3: says when it begins or when it ends, but not both"),
        ("a,,5,,sz,", "line 3: says when it begins or when it ends, but not both"),
        ("a,5,10,50,sz,", "line 3: begins at 5 s, lasts 50 s, but ends at 10 s"),
        ("a,5,10,,,", "line 3: label: is empty"),
        ("a,5,10,,sz,95", "line 3: confidence: '95' is not from 0 to 1"),
    ],
)
def test_a_row_that_cannot_be_understood_is_a_fault_of_its_recording(tmp_path: Path, row: str, problem: str) -> None:
    path = sheet(tmp_path, "file,start,end,duration,label,confidence", "b,1,2,,sz,inf", row, "a,1,2,,sz,")
    found = read_sheet(path)
    assert found.faults == {"a": problem}
    assert [one.recording for one in found.rows] == ["b", "a"]


def test_the_table_is_found_by_its_columns(tmp_path: Path) -> None:
    assert find_sheet(tmp_path) is None
    sheet(tmp_path, "name,age", "a,5", name="participants.csv")
    sheet(tmp_path, "onset\tduration\teventType", "1\t2\tsz", name="a_events.tsv")
    (tmp_path / "folder.csv").mkdir()
    assert find_sheet(tmp_path) is None
    first = sheet(tmp_path, "file,start,end", name="one.csv")
    assert find_sheet(tmp_path) == first
    second = sheet(tmp_path, "file,start,end", name="two.csv")
    with pytest.raises(RecordingError, match=r"several tables of events: one\.csv, two\.csv; say which"):
        find_sheet(tmp_path)
    assert find_sheet(tmp_path, "two.csv") == second
    with pytest.raises(RecordingError, match=r"participants\.csv: is no table of events"):
        find_sheet(tmp_path, "participants.csv")
    with pytest.raises(RecordingError, match=r"three\.csv: there is no such file"):
        find_sheet(tmp_path, "three.csv")


def test_columns_that_are_needed() -> None:
    assert find_columns(["file", "onset"]) is None
    assert find_columns(["file", "end"]) is None
    assert find_columns(["Recording", "ONSET", "duration", "Animal ID"]) == {
        "recording": "Recording",
        "onset": "ONSET",
        "duration": "duration",
        "subject": "Animal ID",
    }


def test_rows_find_their_files(tmp_path: Path) -> None:
    names = ["m1/night.edf", "m2/night.edf", "m2/day.edf", "noon_eeg.edf"]
    files = [tmp_path / name for name in names]
    path = sheet(
        tmp_path,
        "file,start,end",
        "m1\\night.edf,1,2",
        "M2/Night,3,4",
        "day,5,6",
        "noon,7,8",
        "night,9,10",
        "gone/x.edf,11,12",
        "gone/y,13,14",
    )
    grouped, remarks = group_rows(read_sheet(path), tmp_path, files)
    onsets = {
        file.relative_to(tmp_path).as_posix(): [row.event.onset for row in rows] for file, rows in grouped.items()
    }  # type: ignore[union-attr]
    assert onsets == {"m2/day.edf": [5.0], "noon_eeg.edf": [7.0], "gone/x.edf": [11.0], "gone/y.edf": [13.0]}
    assert [(remark.kind, remark.subject_of) for remark in remarks] == [("unreadable", "night")]
    assert remarks[0].text == "'night' could be any of 2 files; the recording is left out."


def test_paths_on_the_disk_of_somebody_else(tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("m1/night.edf", "m2/night.edf", "day.edf")]
    rows = ["D:\\eeg\\m2\\night.edf,1,2", "/home/x/day.edf,3,4", "//lab/share/noon.edf,5,6", "..,7,8", "../up.edf,9,10"]
    grouped, remarks = group_rows(read_sheet(sheet(tmp_path, "file,start,end", *rows, "/,11,12")), tmp_path, files)
    found = {file.relative_to(tmp_path).as_posix(): len(rows) for file, rows in grouped.items()}
    assert found == {"m1/night.edf": 0, "m2/night.edf": 1, "day.edf": 1, "noon.edf": 1}
    assert [remark.subject_of for remark in remarks] == ["..", "../up.edf", "/"]


def test_only_the_files_with_faults_are_left_out(tmp_path: Path) -> None:
    files = [tmp_path / "a.edf", tmp_path / "b.edf", tmp_path / "c.edf"]
    path = sheet(tmp_path, "file,start,end", "a,1,2", "b,1,2", "B.edf,2,1", ",5,6")
    grouped, remarks = group_rows(read_sheet(path), tmp_path, files)
    assert {file.name: len(rows) for file, rows in grouped.items()} == {"a.edf": 1, "c.edf": 0}
    assert [remark.text for remark in remarks] == [
        "line 4: ends 1 s before it begins; the recording is left out.",
        "line 5: names no recording; the row is left out.",
    ]


def test_what_the_table_does_not_say_is_said(tmp_path: Path) -> None:
    files = [tmp_path / "a.edf", tmp_path / "b.edf"]
    silent = read_sheet(sheet(tmp_path, "file,start,end", "a,1,2"))
    found = [remark.kind for remark in remark_silence(silent, group_rows(silent, tmp_path, files)[0])]
    assert found == ["assumed-type", "no-rows"]
    told = read_sheet(sheet(tmp_path, "file,start,end,type", "a,1,2,sz", "b,,,"))
    assert remark_silence(told, group_rows(told, tmp_path, files)[0]) == []


def test_events_lie_inside_their_recording() -> None:
    rows = [SheetRow("a", event=Event(1.0, 2.0)), SheetRow("a", event=Event(50.0, 20.0, "nap"))]
    annotations, remarks = mark_rows(rows, lambda: 60.0, "a")
    assert annotations == Annotations([Event(1.0, 2.0), Event(50.0, 10.0, "nap")], 60.0)
    assert [remark.kind for remark in remarks] == ["beyond-end", "unknown-type"]


def test_the_length_in_the_table_goes_first_and_a_background_row_is_no_event() -> None:
    rows = [SheetRow("a", event=Event(0.0, 90.0, "bckg"), length=90.0), SheetRow("a", length=80.0)]
    annotations, remarks = mark_rows(rows, lambda: 60.0, "a")
    assert annotations == Annotations((), 90.0)
    assert [remark.kind for remark in remarks] == ["conflict"]
    annotations, remarks = mark_rows([SheetRow("a", event=Event(5.0, 5.0))], lambda: None, "a")
    assert (annotations.duration, [remark.kind for remark in remarks]) == (10.0, ["unknown-length"])


CELLS = [
    "a",
    "a.edf",
    "../x",
    "C:\\b\\c.edf",
    "/",
    "..",
    "",
    "1",
    "2.5",
    "-3",
    "nan",
    "1e400",
    "sz",
    "n/a",
    '"',
    "é" * 300,
]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.sampled_from(CELLS) | st.text(max_size=6), max_size=6), max_size=4))
def test_whatever_stands_in_a_table_its_files_lie_in_the_folder(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    here = folder / "a.edf"
    path = sheet(folder, "file,start,end,label,confidence,subject", *(",".join(row) for row in rows))
    grouped, remarks = group_rows(read_sheet(path), folder, [here])
    assert all(file.is_relative_to(folder) and ".." not in file.parts and file.name for file in grouped)
    assert all(remark.text.endswith("left out.") for remark in remarks)
