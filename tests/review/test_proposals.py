"""What is proposed: by detectors and by tables, odd rows told, and no byte of anything changed."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.events import Annotations, Event
from ictal.io.discover import FoundRecording, find_recordings
from ictal.io.events_tsv import read_events, write_events
from ictal.review.proposals import BESIDE, UNSIGNED, Proposals, read_proposals

HEADER = "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\n"
FOUND = FoundRecording(Path("data/night.edf"), Path("a"), "night")
PLACE = "a/night"


def detect(folder: Path, table: str, **record: object) -> None:
    """Lay down what a detection leaves behind."""
    (folder / "a").mkdir(parents=True)
    (folder / "a" / "night_events.tsv").write_text(table)
    (folder / "a" / "night_scores.npz").write_bytes(b"scores")
    if record:
        (folder / "a" / "night_detection.json").write_text(json.dumps(record))


def test_a_detection_is_told_with_its_detector_threshold_and_scores(tmp_path: Path) -> None:
    rows = "3.5\t10\tsz\t0.91\tT7,P7\tn/a\t60\n20\t5\tsz_foc\t0.5\tn/a\tn/a\t60\n"
    detect(tmp_path, HEADER + rows, run={"detector": "my detector 5ba40c54"}, complete=True, threshold=0.6)
    proposals = read_proposals(FOUND, PLACE, tmp_path)
    assert [item.event for item in proposals.items] == [
        Event(3.5, 10.0, "sz", 0.91, ("T7", "P7")),
        Event(20.0, 5.0, "sz_foc", 0.5),
    ]
    assert {(item.recording, item.origin, item.verdict) for item in proposals.items} == {
        (PLACE, "my detector", "undecided")
    }
    assert all(item.proposed == item.event for item in proposals.items)
    assert (proposals.origin, proposals.detector) == ("my detector", "my detector")
    assert (proposals.fingerprint, proposals.threshold, proposals.notes) == ("5ba40c54", 0.6, ())
    assert proposals.scores == tmp_path / "a" / "night_scores.npz"


def test_the_run_of_the_page_goes_before_the_results_and_those_before_the_table_beside(tmp_path: Path) -> None:
    recording = tmp_path / "data" / "sub-01_task-sz_eeg.edf"
    recording.parent.mkdir()
    recording.touch()
    (found,) = find_recordings([recording])
    results, detected = tmp_path / "results", tmp_path / "review"
    assert read_proposals(found, "p", results, detected) == Proposals()
    for folder, onset, origin in [(recording.parent, 1, BESIDE), (results, 2, UNSIGNED), (detected, 3, UNSIGNED)]:
        folder.mkdir(exist_ok=True)
        write_events(folder / "sub-01_task-sz_events.tsv", Annotations([Event(onset, 1)], 60.0))
        proposals = read_proposals(found, "p", results, detected)
        assert ([item.event.onset for item in proposals.items], proposals.origin) == ([onset], origin)
    (one,) = read_proposals(found, "p", None).items
    assert one.origin == BESIDE


def test_a_run_of_the_page_proposes_nothing_before_its_end(tmp_path: Path) -> None:
    results, detected = tmp_path / "results", tmp_path / "detected"
    detect(results, HEADER + "3\t10\tsz\tn/a\tn/a\tn/a\t60\n")
    detect(detected, HEADER + "20\t5\tsz\tn/a\tn/a\tn/a\t60\n", complete=False)
    for complete, onset in [(False, 3.0), (True, 20.0)]:
        (detected / "a" / "night_detection.json").write_text(json.dumps({"complete": complete}))
        (item,) = read_proposals(FOUND, PLACE, results, detected).items
        assert item.event.onset == onset


def test_odd_rows_are_told_and_the_others_are_items(tmp_path: Path) -> None:
    detect(tmp_path, f"{HEADER}3.5\t10\tsz\nsoon\t10\tsz\n5\tn/a\tsz\n7\t2\tsz\tvery\n", run={"detector": "d 1"})
    proposals = read_proposals(FOUND, PLACE, tmp_path)
    assert [item.event.span for item in proposals.items] == [(3.5, 13.5), (5.0, 5.0)]
    assert [note.split(" is ")[0].split(" came")[0] for note in proposals.notes] == [
        "events table: line 3: onset: 'soon'",
        "events table: line 4: duration: 'n/a'",
        "events table: line 5: confidence: 'very'",
    ]


@pytest.mark.parametrize("said_by", ["table", "record", "caller"])
def test_an_onset_outside_of_the_recording_is_told_and_stays(tmp_path: Path, said_by: str) -> None:
    length = "60" if said_by == "table" else "n/a"
    rows = "".join(f"{onset}\t1\tsz\tn/a\tn/a\tn/a\t{length}\n" for onset in (-1, 0, 60, 60.5))
    detect(tmp_path, HEADER + rows, **({"recording_seconds": 60.0} if said_by == "record" else {}))
    proposals = read_proposals(FOUND, PLACE, tmp_path, duration=60.0 if said_by == "caller" else None)
    assert len(proposals.items) == 4
    assert proposals.notes == (
        "events table: line 2: onset: -1 s is outside of the recording, which runs from 0 to 60 s",
        "events table: line 5: onset: 60.5 s is outside of the recording, which runs from 0 to 60 s",
    )


def test_where_no_length_is_known_no_onset_is_outside(tmp_path: Path) -> None:
    detect(tmp_path, f"{HEADER}100\t1\tsz\n")
    assert read_proposals(FOUND, PLACE, tmp_path).notes == ()


@pytest.mark.parametrize(
    ("content", "note"),
    [
        (b"", "events table: line 1: the columns ''"),
        (b"time,what\n1,sz\n", "events table: line 1: the columns 'time,what' came"),
        (b"\x80\x81", "events table: is not text in UTF-8"),
    ],
)
def test_what_is_no_table_proposes_nothing_and_says_so(tmp_path: Path, content: bytes, note: str) -> None:
    detect(tmp_path, "")
    (tmp_path / "a" / "night_events.tsv").write_bytes(content)
    proposals = read_proposals(FOUND, PLACE, tmp_path)
    assert proposals.items == ()
    (said,) = proposals.notes
    assert said.startswith(note) and str(tmp_path) not in said


def test_a_link_to_nowhere_and_a_folder_are_told(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    table = tmp_path / "a" / "night_events.tsv"
    table.symlink_to("gone.tsv")
    assert read_proposals(FOUND, PLACE, tmp_path).notes == ("events table: there is no such file",)
    table.unlink()
    table.mkdir()
    assert read_proposals(FOUND, PLACE, tmp_path).notes == ("events table: cannot be read: Is a directory",)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"run": "x"}', b'{"run": {"detector": 3}}', b'{"threshold": NaN}']
)
def test_a_damaged_record_costs_its_words_alone(tmp_path: Path, content: bytes) -> None:
    detect(tmp_path, f"{HEADER}3.5\t10\tsz\n")
    (tmp_path / "a" / "night_detection.json").write_bytes(content)
    proposals = read_proposals(FOUND, PLACE, tmp_path)
    assert (len(proposals.items), proposals.origin) == (1, UNSIGNED)
    assert (proposals.detector, proposals.fingerprint, proposals.threshold) == (None, None, None)
    assert bool(proposals.notes) == (not content.startswith(b'{"'))


def test_a_detection_that_was_cut_short_is_told(tmp_path: Path) -> None:
    detect(tmp_path, f"{HEADER}3.5\t10\tsz\n", run={"detector": "d 1"}, complete=False)
    assert "did not come to its end" in read_proposals(FOUND, PLACE, tmp_path).notes[0]


def test_background_rows_are_no_items(tmp_path: Path) -> None:
    detect(tmp_path, f"{HEADER}0\t60\tbckg\tn/a\tn/a\tn/a\t60\n5\t2\tBackground\n7\t1\timpd\n")
    assert [item.event.event_type for item in read_proposals(FOUND, PLACE, tmp_path).items] == ["impd"]


def test_of_many_odd_rows_some_are_told_and_all_are_counted(tmp_path: Path) -> None:
    detect(tmp_path, HEADER + "soon\t1\tsz\n" * 1000 + "1\t1\tsz\n")
    proposals = read_proposals(FOUND, PLACE, tmp_path)
    assert (len(proposals.items), len(proposals.notes)) == (1, 21)
    assert proposals.notes[-1] == "events table: 980 more rows are odd"


cells = st.sampled_from(["0", "3.5", "-2", "1e3", "nan", "inf", "", "n/a", "soon", "sz", "bckg", "0.5", "T7,P7", "é"])
rows = st.lists(st.lists(cells, max_size=9).map("\t".join), max_size=8)


@given(rows, st.booleans())
def test_whatever_stands_there_nothing_stops_it_and_no_byte_changes(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str], is_headed: bool
) -> None:
    folder = tmp_path_factory.getbasetemp() / "odd"
    table = folder / "a" / "night_events.tsv"
    table.parent.mkdir(parents=True, exist_ok=True)
    content = ((HEADER if is_headed else "") + "\r\n".join(lines)).encode()
    table.write_bytes(content)
    before = table.stat()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        proposals = read_proposals(FOUND, PLACE, folder)
    n_rows = sum(bool(line.strip()) for line in lines)
    n_background = sum("bckg" in line for line in lines)
    assert not is_headed or len(proposals.items) + len(proposals.notes) + n_background >= n_rows
    assert len({item.name for item in proposals.items}) == len(proposals.items)
    assert table.read_bytes() == content
    assert (before.st_mtime_ns, before.st_ino) == (table.stat().st_mtime_ns, table.stat().st_ino)
    assert [file.name for file in table.parent.iterdir()] == [table.name]


def test_the_tables_of_real_clips_become_items(test_data: Path) -> None:
    recordings = find_recordings([test_data / "real" / "iiic", test_data / "real" / "chbmit-clips"])
    tables = {found: found.path.with_name(f"{found.stem}_events.tsv") for found in recordings}
    before = {table: table.read_bytes() for table in tables.values() if table.exists()}
    n_items = 0
    for found, table in tables.items():
        proposals = read_proposals(found, found.stem, None)
        if table in before:
            expected = read_events(table)
            assert [item.event for item in proposals.items] == [e for e in expected if e.event_type != "bckg"]
            assert (proposals.origin, proposals.notes) == (BESIDE, ())
            n_items += len(proposals.items)
    assert n_items > 10
    assert {table: table.read_bytes() for table in before} == before


def test_the_tables_of_a_real_corpus_are_understood(test_data: Path) -> None:
    tables = sorted((test_data / "annotations" / "seizeit2").rglob("*_events.tsv"))
    before = {table: table.read_bytes() for table in tables}
    notes: list[str] = []
    n_items = n_warnings = 0
    for table in tables:
        stem = table.name.removesuffix("_events.tsv")
        proposals = read_proposals(FoundRecording(table.with_name(f"{stem}_eeg.edf"), Path(), stem), stem, None)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            expected = [event for event in read_events(table) if event.event_type != "bckg"]
        assert sorted(item.event.span for item in proposals.items) == [event.span for event in expected]
        notes += proposals.notes
        n_items, n_warnings = n_items + len(expected), n_warnings + len(caught)
    assert n_items > 800
    assert "events table: line 3: duration: '-28796.00' came; the event is read as 0 s long" in notes
    assert sum("0 s long" in note for note in notes) == n_warnings
    assert {table: table.read_bytes() for table in tables} == before
