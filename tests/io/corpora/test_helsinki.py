"""Helsinki: three raters, one mark a second; totals of the real marks."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.io import savemat

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.recording import Recording
from ictal.io.corpora.corpus import find_format, list_corpus
from ictal.io.corpora.helsinki import (
    CONSENSUS,
    MATLAB_FILE,
    RATERS,
    TABLES,
    agreed_seconds,
    decode_marks,
    fits_helsinki,
    list_helsinki,
    read_matlab_marks,
    seconds_to_events,
)
from ictal.io.edf_write import write_edf

MARKS = {
    "A": ["0111100", "11"],
    "B": ["0011110", "00"],
    "C": ["0010100", "01"],
}
"""A rater's marks of two neonates, one letter a second."""


def table(neonates: Sequence[str]) -> str:
    n_seconds = max(map(len, neonates))
    rows = [[marks[second : second + 1] for marks in neonates] for second in range(n_seconds)]
    return "\r\n".join(",".join(row) for row in [[str(i + 1) for i in range(len(neonates))], *rows]) + "\r\n"


def write_tables(root: Path, marks: Mapping[str, Sequence[str]]) -> None:
    for rater, neonates in marks.items():
        (root / TABLES[rater][0]).write_bytes(table(neonates).encode())


def write_matlab(root: Path, marks: Mapping[str, Sequence[str]]) -> None:
    cells = np.empty((1, len(marks["A"])), object)
    for i in range(cells.size):
        cells[0, i] = np.array([[int(mark) for mark in marks[rater][i]] for rater in RATERS], np.uint8)
    savemat(root / MATLAB_FILE, {"annotat_new": cells})


def write_noise(path: Path, seconds: int) -> None:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (2, seconds * 256))
    write_edf(path, Recording.from_array(noise, 256.0, ["EEG Fp1-Ref", "EEG Fp2-Ref"]))


@pytest.fixture
def corpus_root(tmp_path: Path) -> Path:
    write_tables(tmp_path, MARKS)
    return tmp_path


SPANS = {
    "A": [[(1, 5)], [(0, 2)]],
    "B": [[(2, 6)], []],
    "C": [[(2, 3), (4, 5)], [(1, 2)]],
    "any": [[(1, 6)], [(0, 2)]],
    "majority": [[(2, 5)], [(1, 2)]],
    "unanimous": [[(2, 3), (4, 5)], []],
}


@pytest.mark.parametrize("rater", SPANS)
@pytest.mark.parametrize("write", [write_tables, write_matlab])
def test_each_rater_and_each_consensus(tmp_path: Path, rater: str, write: object) -> None:
    write(tmp_path, MARKS)  # type: ignore[operator]
    corpus = list_helsinki(tmp_path, rater=rater)
    assert [[event.span for event in item.annotations] for item in corpus] == SPANS[rater]
    assert [(item.name, item.subject, item.duration) for item in corpus] == [("eeg1", "1", 7.0), ("eeg2", "2", 2.0)]


def test_unanimous_is_the_default_and_the_folder_is_known(corpus_root: Path) -> None:
    assert find_format(corpus_root) == "helsinki"
    assert list_corpus(corpus_root).recordings == list_helsinki(corpus_root, rater="unanimous").recordings


def test_signals_are_read_and_held_against_the_marks(corpus_root: Path) -> None:
    write_noise(corpus_root / "eeg1.edf", 7)
    write_noise(corpus_root / "eeg2.edf", 5)
    write_noise(corpus_root / "eeg3.edf", 1)
    corpus = list_helsinki(corpus_root, rater="A")
    assert [(remark.kind, remark.subject_of) for remark in corpus.remarks] == [
        ("conflict", "eeg2.edf"),
        ("unmarked", "eeg3.edf"),
    ]
    recording = corpus.recordings[0].read()
    assert recording.duration == 7.0 and recording.annotations[0].span == (1.0, 5.0)


def test_one_rater_needs_one_table(tmp_path: Path) -> None:
    write_tables(tmp_path, {"B": MARKS["B"]})
    assert list_helsinki(tmp_path, rater="B").n_seizures == 1
    with pytest.raises(RecordingError, match=r"annotations_2017_A_fixed\.csv, annotations_2017_C\.csv"):
        list_helsinki(tmp_path)


def test_a_missing_table_is_made_up_for_by_the_matlab_file_and_said(corpus_root: Path) -> None:
    write_matlab(corpus_root, MARKS)
    (corpus_root / TABLES["C"][0]).unlink()
    corpus = list_helsinki(corpus_root)
    assert corpus.n_seizures == 2
    assert (corpus.remarks[0].kind, corpus.remarks[0].subject_of) == ("missing-file", "annotations_2017_C.csv")


def test_the_corrected_marks_of_rater_a_go_first(corpus_root: Path) -> None:
    fixed, old = TABLES["A"]
    (corpus_root / old).write_text(table(["0000000", "00"]))
    corpus = list_helsinki(corpus_root, rater="A")
    assert corpus.n_seizures == 2
    assert [(remark.kind, remark.subject_of) for remark in corpus.remarks][:1] == [("conflict", old)]
    (corpus_root / fixed).unlink()
    corpus = list_helsinki(corpus_root, rater="A")
    assert corpus.n_seizures == 0 and "not there" in corpus.remarks[0].text


def test_a_rater_who_stops_early_is_said(tmp_path: Path) -> None:
    write_tables(tmp_path, {**MARKS, "C": ["00101", "01"]})
    corpus = list_helsinki(tmp_path)
    assert corpus.recordings[0].duration == 7.0
    assert [(remark.kind, remark.subject_of) for remark in corpus.remarks][:1] == [("conflict", "eeg1")]


def test_a_neonate_with_holes_or_without_marks_is_left_out(tmp_path: Path) -> None:
    lines = ["1,2,3", "0,,1", "1,1,", "0,,"]
    (tmp_path / TABLES["B"][0]).write_text("\n".join(lines))
    corpus = list_helsinki(tmp_path, rater="B")
    assert [item.name for item in corpus] == ["eeg1", "eeg3"]
    assert [(remark.kind, remark.subject_of) for remark in corpus.remarks][:1] == [("unreadable", "eeg2.edf")]
    write_tables(tmp_path, {"A": ["01", "10", "11", "11"], "C": ["01", "10", "11", "11"]})
    assert "eeg4" not in [item.name for item in list_helsinki(tmp_path)]


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "line 1"),
        ("1,2\n", "line 1"),
        ("2,1\n0,0\n", "line 1"),
        ("1,2\n0,0\n0\n", "line 3"),
        ("1,2\n0,0\n0,2\n", "line 3: neonate 2"),
    ],
)
def test_a_table_that_cannot_be_understood_is_refused_by_line(tmp_path: Path, text: str, field: str) -> None:
    path = tmp_path / TABLES["B"][0]
    path.write_text(text)
    with pytest.raises(RecordingError) as caught:
        list_helsinki(tmp_path, rater="B")
    assert (caught.value.file, caught.value.field) == (path, field)


def test_another_matlab_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / MATLAB_FILE
    path.write_bytes(b"no MATLAB")
    with pytest.raises(RecordingError, match="MATLAB"):
        read_matlab_marks(path)
    savemat(path, {"x": [1]})
    with pytest.raises(RecordingError, match="annotat_new"):
        read_matlab_marks(path)
    savemat(path, {"annotat_new": np.zeros((3, 4))})
    with pytest.raises(RecordingError, match="3 raters"):
        read_matlab_marks(path)


def test_another_rater_and_another_folder_are_refused(corpus_root: Path) -> None:
    with pytest.raises(ParameterError, match="'unanimous', 'majority', 'any', 'A', 'B', 'C'"):
        list_helsinki(corpus_root, rater="D")
    assert not fits_helsinki(corpus_root / "nowhere")
    with pytest.raises(RecordingError, match="holds no marks"):
        list_helsinki(corpus_root / "nowhere")


@given(st.lists(st.booleans(), max_size=60))
def test_seizures_are_the_runs_of_marked_seconds(marked: list[bool]) -> None:
    events = seconds_to_events(np.array(marked, bool))
    back = np.zeros(len(marked), bool)
    for event in events:
        back[int(event.onset) : int(event.stop)] = True
    assert back.tolist() == marked
    assert all(before.stop < after.onset for before, after in itertools.pairwise(events))


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), min_size=1, max_size=40))
def test_more_agreement_is_less_seizure(votes: list[tuple[bool, bool, bool]]) -> None:
    columns = list(np.array(votes).T)
    unanimous, majority, one = (agreed_seconds(columns, CONSENSUS[rule]) for rule in ("unanimous", "majority", "any"))
    assert not (unanimous & ~majority).any() and not (majority & ~one).any()
    assert majority.tolist() == [sum(vote) >= 2 for vote in votes]


@given(st.lists(st.text("01", min_size=1, max_size=9), min_size=1, max_size=5))
def test_tables_come_back(neonates: list[str]) -> None:
    marks = decode_marks(table(neonates).splitlines())
    assert ["".join(str(mark) for mark in column if mark >= 0) for column in marks.T] == neonates


REAL_TOTALS = {
    "A": (402, 47_942, 46),
    "B": (429, 63_282, 45),
    "C": (548, 52_489, 53),
    "unanimous": (343, 39_259, 39),
    "majority": (492, 50_612, 46),
    "any": (543, 73_842, 57),
}


@pytest.mark.parametrize("rater", REAL_TOTALS)
def test_totals_of_the_real_marks(test_data: Path, rater: str) -> None:
    corpus = list_helsinki(test_data / "annotations" / "helsinki", rater=rater)
    seconds = sum(item.annotations.total_time for item in corpus)
    with_seizures = sum(len(item.annotations) > 0 for item in corpus)
    assert (corpus.n_seizures, seconds, with_seizures) == REAL_TOTALS[rater]
    assert len(corpus) == 79 and corpus.hours * 3600 == pytest.approx(402_825)
    assert [remark.text for remark in corpus.remarks] == ["none of the 79 EDF files is here; their annotations are."]


def test_neonates_of_the_real_marks(test_data: Path) -> None:
    folder = test_data / "annotations" / "helsinki"
    header, *rows = [line.split("\t") for line in (folder / "per_neonate.tsv").read_text().splitlines()]
    for rater in ("A", "B", "C", "unanimous", "majority"):
        found = [
            [item.subject, f"{item.duration:.0f}", str(len(item.annotations)), f"{item.annotations.total_time:.0f}"]
            for item in list_helsinki(folder, rater=rater)
        ]
        columns = [header.index(name) for name in ("neonate", "seconds", f"{rater}_events", f"{rater}_s")]
        assert found == [[row[column] for column in columns] for row in rows]


def test_real_tables_and_the_real_matlab_file_say_the_same(test_data: Path) -> None:
    folder = test_data / "annotations" / "helsinki"
    marks = read_matlab_marks(folder / MATLAB_FILE)
    for rater in RATERS:
        lines = (folder / TABLES[rater][0]).read_text().splitlines()
        assert np.array_equal(marks[rater], decode_marks(lines))
