"""Event tables: SzCORE's own to the letter, BIDS variants as they come, bad rows refused by line and column."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import IctalWarning, OutputError, ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.io.events_tsv import (
    COLUMNS,
    EventRow,
    read_event_table,
    read_events,
    read_understood,
    write_events,
)

HEADER = "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration"


def table(folder: Path, text: str) -> Path:
    path = folder / "sub-01_events.tsv"
    path.write_bytes(text.encode())
    return path


def cells(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text().splitlines()]


def test_written_to_the_letter(tmp_path: Path) -> None:
    found = Annotations(
        [
            Event(1000.126, 25, "sz_foc_ia", channels=("T7", "P7")),
            Event(36.89, 200.32, "sz", confidence=1.0),
        ],
        duration=3600.0,
    )
    write_events(tmp_path / "out.tsv", found, start_time=datetime(2000, 1, 2, 3, 4, 5))
    assert (tmp_path / "out.tsv").read_bytes().decode() == (
        f"{HEADER}\n"
        "36.89\t200.32\tsz\t1.00\tn/a\t2000-01-02 03:04:05\t3600.00\n"
        "1000.13\t25.00\tsz_foc_ia\tn/a\tT7,P7\t2000-01-02 03:04:05\t3600.00\n"
    )


@pytest.mark.parametrize(
    ("events", "types"),
    [
        ([], ["bckg"]),
        ([Event(3, 0, "impd")], ["bckg", "impd"]),
        ([Event(3, 4, "bckg")], ["bckg"]),
        ([Event(3, 4, "sz_gen_m")], ["sz_gen_m"]),
    ],
)
def test_a_background_row_stands_for_no_seizure(tmp_path: Path, events: list[Event], types: list[str]) -> None:
    write_events(tmp_path / "out.tsv", Annotations(events, 61.5))
    rows = cells(tmp_path / "out.tsv")[1:]
    assert [row[2] for row in rows] == types
    if not events:
        assert rows == [["0.00", "61.50", "bckg", "n/a", "n/a", "n/a", "61.50"]]


def test_the_date_is_left_out_unless_given(tmp_path: Path) -> None:
    write_events(tmp_path / "out.tsv", Annotations([Event(1, 2)], 10.0))
    assert cells(tmp_path / "out.tsv")[1][5] == "n/a"


def test_the_sample_of_szcore_is_read(test_data: Path) -> None:
    sample = read_events(test_data / "annotations" / "szcore" / "sample_events.tsv")
    rows = cells(test_data / "annotations" / "szcore" / "sample_events.tsv")
    assert sample.duration == 3600.0
    assert [event.onset for event in sample] == [float(row[0]) for row in rows[1:]]
    assert [event.confidence for event in sample][:3] == [1.0, None, 0.0]
    assert sample.events[0] == Event(36.89, 200.32, "sz", 1.0)


@pytest.mark.parametrize("folder", ["real/chbmit-clips", "real/iiic", "annotations/siena/bids_siena_zenodo_10640762"])
def test_real_tables_survive_a_round_trip(test_data: Path, tmp_path: Path, folder: str) -> None:
    files = sorted((test_data / folder).glob("*_events.tsv"))
    assert files
    for file in files:
        _compare_with_rewritten(file, tmp_path)


def test_seizeit2_tables_survive_a_round_trip(test_data: Path, tmp_path: Path) -> None:
    files = sorted((test_data / "annotations" / "seizeit2").rglob("*_events.tsv"))
    assert len(files) == 2850
    for file in files[::10]:
        _compare_with_rewritten(file, tmp_path)


def _compare_with_rewritten(file: Path, folder: Path) -> None:
    header, *rows = cells(file)
    original = [dict(zip(header, row, strict=True)) for row in rows]
    date = original[0]["dateTime"]
    write_events(folder / "out.tsv", read_events(file), None if date == "n/a" else datetime.fromisoformat(date))
    written_header, *written = cells(folder / "out.tsv")
    assert tuple(written_header) == COLUMNS
    by_onset = sorted(([row[name] for name in COLUMNS] for row in original), key=lambda row: float(row[0]))
    if all(row[2] != "bckg" and not row[2].startswith("sz") for row in by_onset):
        written = [row for row in written if row[2] != "bckg"]
    assert len(written) == len(by_onset)
    for new, old in zip(written, by_onset, strict=True):
        assert [as_number(cell) for cell in new] == [as_number(cell) for cell in old]


def as_number(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


def test_counts_of_seizeit2(test_data: Path) -> None:
    files = sorted((test_data / "annotations" / "seizeit2").rglob("*_events.tsv"))
    with pytest.warns(IctalWarning, match=r"line \d: duration: '-\d+\.00' came") as mended:
        tables = [read_events(file) for file in files]
    assert len(mended) == 5
    assert sum(len(table.seizures) for table in tables) == 883
    assert round(sum(table.duration for table in tables) / 3600) == 11_626


def test_a_bids_table_without_a_duration_is_read(test_data: Path) -> None:
    file = test_data / "annotations" / "siena" / "derived" / "nemar_sub-PN01_task-szMonitoring_run-01_events.tsv"
    with pytest.warns(IctalWarning, match=r"nemar.*events\.tsv: recordingDuration: is missing"):
        found = read_events(file)
    assert found.events == (Event(10218, 54, "sz"), Event(46353, 74, "sz"))
    assert found.duration == 46353 + 74
    assert read_events(file, duration=48557).duration == 48557


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffonset\tduration\teventType\trecordingDuration\r\n1.5\t2\tsz\t10\r\n",
        "onset\tduration\ttrial_type\trecordingDuration\n1.5\t2\tseizure\t10\n\n",
        "onset\tduration\tvalue\trecordingDuration\n1.5\t2\tseiz\t10",
        "recordingDuration\tnote\tevent_type\tduration\tonset\n10\tx\tsz\t2\t1.5\n",
        "onset\tduration\teventType\ttrial_type\trecordingDuration\n1.5\t2\tsz\trest\t10\n",
        "onset\tduration\teventType\trecordingDuration\tlast\n1.5\t2\tsz\t10\n",
        "onset\tduration\teventType\trecordingDuration\n0.00\t10.00\tbckg\t10.00\n1.5\t2\tsz\tn/a\n",
    ],
    ids=["mark-and-crlf", "trial_type", "value", "order", "two-types", "short-row", "whole-background"],
)
def test_variants_of_one_table(tmp_path: Path, text: str) -> None:
    assert read_events(table(tmp_path, text)) == Annotations([Event(1.5, 2.0)], 10.0)


def test_rows_are_sorted_and_part_background_is_kept(tmp_path: Path) -> None:
    found = read_events(table(tmp_path, HEADER + "\n9\t1\tsz\tn/a\tn/a\tn/a\t60\n0\t5\tbckg\tn/a\tT3, T5\tn/a\t60\n"))
    assert found.events == (Event(0, 5, "bckg", channels=("T3", "T5")), Event(9, 1))


def test_a_table_without_rows_has_no_events(tmp_path: Path) -> None:
    assert read_events(table(tmp_path, HEADER + "\n"), duration=12.0) == Annotations((), 12.0)


def test_all_channels_are_no_list_of_channels(tmp_path: Path) -> None:
    assert read_events(table(tmp_path, HEADER + "\n1\t1\tsz\tn/a\tall\tn/a\t9\n")).events == (Event(1, 1),)


def test_an_event_of_unknown_length_is_said(tmp_path: Path) -> None:
    with pytest.warns(IctalWarning, match=r"sub-01_events\.tsv: line 3: duration: 'n/a' came"):
        found = read_events(table(tmp_path, HEADER + "\n1\t1\tsz\n2\tn/a\tsz\n"), duration=9.0)
    assert found.events == (Event(1, 1), Event(2, 0))


@pytest.mark.parametrize(
    ("row", "place", "came"),
    [
        ("x\t2\tsz\tn/a\tn/a\tn/a\t60", "onset", "'x'"),
        ("n/a\t2\tsz\tn/a\tn/a\tn/a\t60", "onset", "'n/a'"),
        ("nan\t2\tsz\tn/a\tn/a\tn/a\t60", "onset", "'nan'"),
        ("1\t-2\tsz\tn/a\tn/a\tn/a\t60", "duration", "'-2'"),
        ("1\tinf\tsz\tn/a\tn/a\tn/a\t60", "duration", "'inf'"),
        ("1\t2\tn/a\tn/a\tn/a\tn/a\t60", "eventType", "'n/a'"),
        ("1\t2\tsz\t1.5\tn/a\tn/a\t60", "confidence", "'1.5'"),
        ("1\t2\tsz\t0.5\tn/a\tn/a\t61", "recordingDuration", "'61'"),
        ("1\t2\tsz\t0.5\tn/a\tn/a\t-1", "recordingDuration", "'-1'"),
    ],
)
def test_bad_rows_are_refused_by_line_and_column(tmp_path: Path, row: str, place: str, came: str) -> None:
    file = table(tmp_path, f"{HEADER}\n1.00\t2.00\tsz\tn/a\tn/a\tn/a\t60.00\n{row}\n")
    with pytest.raises(
        RecordingError, match=rf"sub-01_events\.tsv: line 3: {place}: {came} is not allowed; allowed is"
    ):
        read_events(file)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "line 1: the columns '' came; needed are 'onset'"),
        ("onset,duration,eventType\n1,2,sz\n", "separated by tabs"),
        ("onset\tduration\n1\t2\n", "one of 'eventType'"),
        (HEADER + "\n1\t2\tsz\tn/a\tn/a\tn/a\t60\textra\n", "line 2: 8 columns came; the first line has 7"),
    ],
)
def test_files_that_are_no_tables_are_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(RecordingError, match=problem):
        read_events(table(tmp_path, text))


def test_rows_are_had_as_they_stand(tmp_path: Path) -> None:
    rows = "9\t-1\tSeizure\tn/a\tn/a\tn/a\tn/a\n\n-1.5\tn/a\tsleep\t7\tn/a\tn/a\t60\n"
    found = read_event_table(table(tmp_path, f"{HEADER}\n{rows}"))
    assert found.rows == (EventRow(2, 9.0, -1.0, "Seizure"), EventRow(4, -1.5, None, "sleep"))
    assert found.duration == 60.0


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("1\tnan\tsz", "line 3: duration: 'nan'"),
        ("n/a\t1\tsz", "line 3: onset"),
        ("1\t1\t", "line 3: eventType"),
        ("1\t1\tsz\tn/a\tn/a\tn/a\t61", "line 3: recordingDuration: '61'"),
    ],
)
def test_rows_that_cannot_be_understood_are_refused(tmp_path: Path, row: str, problem: str) -> None:
    file = table(tmp_path, f"{HEADER}\n1.00\t2.00\tsz\tn/a\tn/a\tn/a\t60.00\n{row}\n")
    with pytest.raises(RecordingError, match=problem):
        read_event_table(file)


@pytest.mark.parametrize(
    ("row", "note", "n_events"),
    [
        ("soon\t1\tsz", "line 3: onset: 'soon'", 2),
        ("1\t-1\tsz", "line 3: duration: '-1'", 2),
        ("1\t1\tsz\t95", "line 3: confidence: '95'", 2),
        ("1\t1\t", "line 3: eventType: ''", 2),
        ("1\t1\tsz\tn/a\tn/a\tn/a\t60\tmore", "line 3: 8 columns came", 2),
        ("1\tn/a\tsz", "line 3: duration: 'n/a' came; the event is read as 0 s long", 3),
        ("1\t1\tsz\tn/a\tn/a\tn/a\t61", "line 3: recordingDuration: '61' is not allowed; allowed is 60", 3),
    ],
)
def test_odd_rows_are_told_and_the_others_understood(tmp_path: Path, row: str, note: str, n_events: int) -> None:
    file = table(tmp_path, f"{HEADER}\n9\t2\tsz\tn/a\tn/a\tn/a\t60\n{row}\n5\t2\tbckg\tn/a\tn/a\tn/a\t60\n")
    found = read_understood(file)
    (said,) = found.notes
    assert said.startswith(note)
    assert str(tmp_path) not in said and file.name not in said
    assert found.duration == 60.0
    assert (len(found.events), found.events[0], found.events[-1][0]) == (n_events, (2, Event(9.0, 2.0)), 4)


def test_of_lengths_that_contradict_the_first_counts(tmp_path: Path) -> None:
    lengths = ["n/a", "60", "61", "60", "-1"]
    rows = "".join(f"1\t2\tsz\tn/a\tn/a\tn/a\t{length}\n" for length in lengths)
    found = read_understood(table(tmp_path, f"{HEADER}\n{rows}"))
    assert (found.duration, len(found.events)) == (60.0, 5)
    assert [note.split(":")[0] for note in found.notes] == ["line 4", "line 6"]


def test_old_line_ends_and_large_tables_are_read(tmp_path: Path) -> None:
    rows = [f"{onset}\t0.5\tsz\tn/a\tn/a\tn/a\t90000" for onset in range(20000)]
    found = read_events(table(tmp_path, "\r".join([HEADER, *rows])))
    assert len(found) == 20000 and found.events[-1] == Event(19999.0, 0.5)


def test_bytes_and_missing_files_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_bytes(b"\xff\xfe\x00binary")
    with pytest.raises(RecordingError, match=r"a\.tsv: is not text"):
        read_events(tmp_path / "a.tsv")
    with pytest.raises(RecordingError, match=r"b\.tsv: there is no such file"):
        read_events(tmp_path / "b.tsv")


def test_what_no_table_can_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="eventType: 'a\\\\tb' is not allowed"):
        write_events(tmp_path / "out.tsv", Annotations([Event(0, 1, "a\tb")], 10.0))
    with pytest.raises(OutputError, match=r"out\.tsv: its folder does not exist"):
        write_events(tmp_path / "none" / "out.tsv", Annotations((), 10.0))


hundredths = st.integers(0, 10_000_000).map(lambda value: value / 100)
events = st.builds(
    Event,
    onset=hundredths,
    duration=hundredths,
    event_type=st.sampled_from(["sz", "sz_foc_ia", "impd", "lpd"]),
    confidence=st.none() | st.integers(0, 100).map(lambda value: value / 100),
    channels=st.lists(st.sampled_from(["T7", "EEG Fp1-REF", "Cz"])).map(tuple),
)


@given(st.lists(events, max_size=5), hundredths)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, found: list[Event], end: float
) -> None:
    path = tmp_path_factory.getbasetemp() / "round_trip.tsv"
    write_events(path, Annotations(found, end))
    assert read_events(path) == Annotations(found, end)


@given(st.lists(events, max_size=5), hundredths)
def test_of_a_good_table_all_is_understood(
    tmp_path_factory: pytest.TempPathFactory, found: list[Event], end: float
) -> None:
    path = tmp_path_factory.getbasetemp() / "good.tsv"
    write_events(path, Annotations(found, end))
    understood = read_understood(path)
    assert understood.notes == ()
    assert understood.duration == end
    assert [event for _, event in understood.events if event.event_type != "bckg"] == [*Annotations(found, end)]
