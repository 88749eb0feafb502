"""Every odd row and file has its rule: mended with a note that names it, or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.evaluation.notes import Notes
from ictal.evaluation.pairing import Pair, pair_tables
from ictal.evaluation.reading import MarkedRecording, read_pair, seizure_spans
from ictal.io.edf_write import write_edf
from ictal.io.events_json import write_events_json
from ictal.io.events_tsv import EventRow, EventTable

HEADER = "onset\tduration\teventType\trecordingDuration\n"
SILENT = HEADER + "0\t60\tbckg\t60\n"


def read(folder: Path, reference: str, hypothesis: str | None = SILENT) -> tuple[MarkedRecording, Notes]:
    (folder / "reader.tsv").write_bytes(reference.encode())
    if hypothesis is not None:
        (folder / "detector.tsv").write_bytes(hypothesis.encode())
    found = None if hypothesis is None else str(folder / "detector.tsv")
    notes = Notes()
    return read_pair(Pair("reader", "reader", "file", str(folder / "reader.tsv"), found), notes), notes


def told(notes: Notes) -> dict[str, str]:
    return {note.kind: note.first.rpartition("/")[2] for note in notes}


@pytest.mark.parametrize(
    ("rows", "spans", "kind", "place"),
    [
        ("20\t5\tsz\t60\n4\t6\tsz\t60\n", ((4, 10), (20, 25)), "out-of-order", "line 3"),
        ("4\t6\tsz\t60\n9\t5\tsz\t60\n", ((4, 14),), "overlap", "line 3"),
        ("4\t20\tsz\t60\n9\t5\tsz\t60\n", ((4, 24),), "overlap", "line 3"),
        ("4\t0\tsz\t60\n9\t5\tsz\t60\n", ((9, 14),), "no-duration", "line 2"),
        ("4\tn/a\tsz\t60\n9\t5\tsz\t60\n", ((9, 14),), "no-duration", "line 2"),
        ("50\t20\tsz\t60\n", ((50, 60),), "beyond-end", "line 2: 70 s of 60 s"),
        ("70\t20\tsz\t60\n", (), "outside", "line 2: 70 to 90 s of 60 s"),
        ("-9\t5\tsz\t60\n", (), "outside", "line 2: -9 to -4 s of 60 s"),
        ("-2\t5\tsz\t60\n", ((0, 3),), "negative-onset", "line 2: -2 s"),
        ("4\t5\tspindle\t60\n", (), "unknown-type", "line 2: 'spindle'"),
        ("4\t5\tSZ\t60\n", (), "unknown-type", "line 2: 'SZ'"),
    ],
)
@pytest.mark.parametrize("who", ["reader", "detector"])
def test_odd_rows_are_mended_and_named(
    tmp_path: Path, who: str, rows: str, spans: tuple[tuple[float, float], ...], kind: str, place: str
) -> None:
    tables = [HEADER + rows, SILENT]
    recording, notes = read(tmp_path, *(tables if who == "reader" else reversed(tables)))
    assert (recording.reference if who == "reader" else recording.hypothesis) == spans
    assert (recording.hypothesis if who == "reader" else recording.reference) == ()
    assert told(notes) == {kind: f"{who}.tsv: {place}"}


@pytest.mark.parametrize("kind", ["sz", "sz_foc_ia", "sz-foc-ia", "sz_foc_ua", "sz_uo_m_tonicMyio", "seizure", "seiz"])
def test_every_kind_of_seizure_counts(tmp_path: Path, kind: str) -> None:
    recording, notes = read(tmp_path, f"{HEADER}4\t5\t{kind}\t60\n")
    assert recording.reference == ((4.0, 9.0),)
    assert told(notes) == {}


@pytest.mark.parametrize("kind", ["bckg", "impd", "background", "lpd", "artf"])
def test_what_is_known_to_be_none_is_left_out_unsaid(tmp_path: Path, kind: str) -> None:
    recording, notes = read(tmp_path, f"{HEADER}4\t-5\t{kind}\t60\n2\tn/a\t{kind}\t60\n")
    assert recording.reference == ()
    assert told(notes) == {}


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffonset\tduration\teventType\trecordingDuration\r\n4.5\t5\tsz\t60\r\n",
        "recordingDuration\tsite\ttrial_type\tduration\tonset\n60.00\tleft\tseizure\t5.00\t4.50\n",
        "onset\tduration\teventType\trecordingDuration\tconfidence\n4.5\t5\tsz\t60\t7\n\n",
    ],
    ids=["mark-and-crlf", "columns", "confidence"],
)
def test_tables_of_other_hands_are_read(tmp_path: Path, text: str) -> None:
    recording, notes = read(tmp_path, text)
    assert recording.reference == ((4.5, 9.5),)
    assert told(notes) == {}


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ("4\t-5\tsz\t60\n", r"reader\.tsv: line 2: duration: -5 is not allowed; a seizure lasts 0 s or more"),
        ("4\tfive\tsz\t60\n", r"reader\.tsv: line 2: duration: 'five' is not allowed"),
        ("\t5\tsz\t60\n", r"reader\.tsv: line 2: onset: '' is not allowed"),
        ("4\t5\tn/a\t60\n", r"reader\.tsv: line 2: eventType: 'n/a' is not allowed"),
        ("4\t5\tsz\t60\n4\t5\tsz\t61\n", r"reader\.tsv: line 3: recordingDuration: '61' is not allowed"),
    ],
)
def test_what_cannot_be_mended_is_refused_by_line(tmp_path: Path, rows: str, problem: str) -> None:
    with pytest.raises(RecordingError, match=problem):
        read(tmp_path, HEADER + rows)


def test_two_decimals_are_no_oddity(tmp_path: Path) -> None:
    recording, notes = read(tmp_path, f"{HEADER}50.01\t10.00\tsz\t60.00\n")
    assert recording.reference == ((50.01, 60.0),)
    assert told(notes) == {}


def test_a_table_without_rows_found_nothing(tmp_path: Path) -> None:
    recording, notes = read(tmp_path, f"{HEADER}4\t5\tsz\t60\n", HEADER)
    assert recording == MarkedRecording("reader", "reader", 60.0, ((4.0, 9.0),), ())
    assert told(notes) == {}


def test_a_missing_hypothesis_found_nothing_and_is_said(tmp_path: Path) -> None:
    recording, notes = read(tmp_path, f"{HEADER}4\t5\tsz\t60\n", None)
    assert recording == MarkedRecording("reader", "reader", 60.0, ((4.0, 9.0),), (), has_hypothesis=False)
    assert told(notes) == {"missing": "reader.tsv"}


# --- lengths ---


def test_within_the_tolerance_the_length_of_the_reference_counts(tmp_path: Path) -> None:
    recording, notes = read(tmp_path, SILENT, f"{HEADER}50\t11\tsz\t61\n")
    assert (recording.duration, recording.hypothesis) == (60.0, ((50.0, 60.0),))
    assert told(notes) == {"beyond-end": "detector.tsv: line 2: 61 s of 60 s"}


def test_lengths_that_differ_name_both_files_and_both_lengths(tmp_path: Path) -> None:
    with pytest.raises(RecordingError) as refused:
        read(tmp_path, SILENT, f"{HEADER}5\t11\tsz\t61.01\n")
    for part in (str(tmp_path / "reader.tsv"), str(tmp_path / "detector.tsv"), "60 s", "61.01 s", "1 s"):
        assert part in str(refused.value)


def test_the_length_is_taken_from_the_recording_beside(tmp_path: Path) -> None:
    write_edf(tmp_path / "reader_eeg.edf", Recording.from_array(np.zeros((1, 600)), 10.0))
    recording, notes = read(tmp_path, "onset\tduration\ttrial_type\n5\t100\tsz\n", "onset\tduration\teventType\n")
    assert (recording.duration, recording.reference) == (60.0, ((5.0, 60.0),))
    assert told(notes) == {"beyond-end": "reader.tsv: line 2: 105 s of 60 s", "length-from-recording": "reader.tsv"}


def test_the_length_is_taken_from_the_hypothesis_at_last(tmp_path: Path) -> None:
    recording, notes = read(tmp_path, "onset\tduration\teventType\n5\t10\tsz\n")
    assert recording.duration == 60.0
    assert told(notes) == {"length-from-hypothesis": "reader.tsv"}
    with pytest.raises(RecordingError, match=r"reader\.tsv: recordingDuration: nothing says how long"):
        read(tmp_path, "onset\tduration\teventType\n5\t10\tsz\n", None)


def test_our_own_json_is_read(tmp_path: Path) -> None:
    for who, onset in (("reader", 5.0), ("detector", 7.0)):
        write_events_json(tmp_path / f"{who}.json", Annotations([Event(onset, 10.0)], 60.0))
    (pair,) = pair_tables(tmp_path / "reader.json", tmp_path / "detector.json").pairs
    recording = read_pair(pair, Notes())
    assert (recording.reference, recording.hypothesis) == (((5.0, 15.0),), ((7.0, 17.0),))


times = st.floats(-50.0, 150.0)
rows = st.lists(
    st.builds(
        EventRow,
        line=st.integers(2, 99),
        onset=times,
        duration=st.none() | st.floats(0.0, 80.0),
        event_type=st.sampled_from(["sz", "sz_gen", "bckg", "spindle"]),
    ),
    max_size=8,
)


@given(rows)
def test_rules_are_fed_sorted_disjoint_spans_of_exactly_the_seizures(found: list[EventRow]) -> None:
    spans = seizure_spans("a.tsv", EventTable(tuple(found), 100.0), 100.0, Notes())
    edges = [edge for span in spans for edge in span]
    assert edges == sorted(set(edges)) and all(0 <= edge <= 100 for edge in edges)
    for moment in np.linspace(0.05, 99.95, 500):
        inside = any(
            row.event_type.startswith("sz") and row.onset <= moment < row.onset + (row.duration or 0) for row in found
        )
        assert inside == any(start <= moment < stop for start, stop in spans)
