"""SeizeIT1: tables with comments, seizures without an end, and lengths from the signals."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import RecordingError
from ictal.core.events import Event
from ictal.core.recording import Recording
from ictal.io.corpora.corpus import find_format
from ictal.io.corpora.seizeit1 import decode_seizures, fits_seizeit1, list_seizeit1
from ictal.io.edf_write import write_edf

HEADER = """\
# Source: UZ Leuven
# Annotators: a1
# Subject: P_ID07
# Gender: F
# Age: 41
# Recording: r1
# Seizure Type: FIAS
# Origin: Temp
# Hemisphere: L
"""
BLANKS = " \n\n\n"


def put(root: Path, subject: str, run: int, rows: str = "", seconds: int | None = None, ends: str = "\n") -> Path:
    folder = root / subject
    folder.mkdir(exist_ok=True)
    path = folder / f"{subject}_r{run}.edf"
    path.with_name(f"{path.stem}_a1.tsv").write_bytes((HEADER + BLANKS + rows).replace("\n", ends).encode())
    if seconds is not None:
        noise = np.random.default_rng(0).normal(0.0, 20.0, (2, seconds * 250))
        write_edf(path, Recording.from_array(noise, 250.0, ["Fp1", "OorLiTop"]))
    return path


@pytest.fixture
def corpus_root(tmp_path: Path) -> Path:
    put(tmp_path, "P_ID07", 10, "", seconds=3)
    put(tmp_path, "P_ID07", 2, "3\t5\tFIA\tHem:L, Orig:Temp, bhe: 0\n40\tNone\tF-BTC\tHem:NC, Orig:NC, bhe: 1\n", 60)
    put(tmp_path, "P_ID100", 1, "1.5\t4\tFA\tHem:R, Orig:Fronto-temp, bhe: 0\n", 6)
    put(tmp_path, "P_ID83", 1, "", 5)
    return tmp_path


def test_recordings_come_by_patient_and_number(corpus_root: Path) -> None:
    corpus = list_seizeit1(corpus_root)
    assert [(item.name, item.subject, item.duration) for item in corpus] == [
        ("P_ID07_r2", "P_ID07", 60.0),
        ("P_ID07_r10", "P_ID07", 3.0),
        ("P_ID83_r1", "P_ID83", 5.0),
        ("P_ID100_r1", "P_ID100", 6.0),
    ]
    assert find_format(corpus_root) == "seizeit1"


def test_types_and_seizures_without_an_end(corpus_root: Path) -> None:
    corpus = list_seizeit1(corpus_root)
    assert corpus.recordings[0].annotations.events == (
        Event(3.0, 2.0, "sz_foc_ia"),
        Event(40.0, 20.0, "sz_foc_f2b", 0.5),
    )
    assert corpus.recordings[3].annotations.events == (Event(1.5, 2.5, "sz_foc_a"),)
    assert [(remark.kind, remark.subject_of) for remark in corpus.remarks] == [
        ("no-offset", "P_ID07_r2"),
        ("beyond-end", "P_ID07_r2"),
    ]


def test_a_recording_reads_its_signal_with_the_owners_marks(corpus_root: Path) -> None:
    recording = list_seizeit1(corpus_root).recordings[3].read()
    assert recording.channels == ("Fp1", "OorLiTop")
    assert recording.annotations[0].span == (1.5, 4.0)


def test_without_a_signal_the_last_seizure_is_the_end_and_that_is_said(tmp_path: Path) -> None:
    put(tmp_path, "P_ID01", 1, "100\tNone\tFIA\tHem:L, Orig:Temp, bhe: 0\n")
    put(tmp_path, "P_ID01", 2)
    corpus = list_seizeit1(tmp_path)
    assert [item.duration for item in corpus] == [130.0, 0.0]
    assert sorted(corpus.count_remarks().items()) == [("missing-file", 1), ("no-length", 2), ("no-offset", 1)]


@pytest.mark.parametrize(
    ("said", "event_type"),
    [("FIA", "sz_foc_ia"), ("FIAS", "sz_foc_ia"), ("FA", "sz_foc_a"), ("f-btc", "sz_foc_f2b"), ("FBTCS", "sz_foc_f2b")],
)
def test_spellings_of_types(said: str, event_type: str) -> None:
    events, remarks = decode_seizures([f"1\t2\t{said}\tHem:L"])
    assert events[0].event_type == event_type and remarks == ()


def test_an_unknown_type_is_a_seizure_all_the_same_and_said() -> None:
    events, remarks = decode_seizures(["1\t2\tUN\tHem:L"], "P_ID01_r1")
    assert events[0].event_type == "sz"
    assert [(remark.kind, remark.subject_of) for remark in remarks] == [("unknown-type", "P_ID01_r1")]


def test_windows_line_ends(tmp_path: Path) -> None:
    put(tmp_path, "P_ID01", 1, "1\t2\tFIA\tHem:L, Orig:Temp, bhe: 0\n", ends="\r\n")
    assert list_seizeit1(tmp_path).n_seizures == 1


@pytest.mark.parametrize(
    "row", ["1\t2", "x\t2\tFIA\t", "None\t2\tFIA\t", "5\t2\tFIA\t", "-1\t2\tFIA\t", "1\tinf\tFA\t"]
)
def test_a_row_that_cannot_be_understood_leaves_out_its_recording_alone(corpus_root: Path, row: str) -> None:
    put(corpus_root, "P_ID83", 1, f"{row}\n")
    corpus = list_seizeit1(corpus_root)
    assert [item.name for item in corpus] == ["P_ID07_r2", "P_ID07_r10", "P_ID100_r1"]
    (remark,) = (remark for remark in corpus.remarks if remark.kind == "unreadable")
    assert remark.subject_of == "P_ID83/P_ID83_r1_a1.tsv" and remark.text.startswith("line 13: ")


def test_a_signal_without_a_table_is_said(corpus_root: Path) -> None:
    (corpus_root / "P_ID83" / "P_ID83_r1_a1.tsv").unlink()
    corpus = list_seizeit1(corpus_root)
    assert "P_ID83" not in corpus.subjects
    assert ("unmarked", "P_ID83/P_ID83_r1.edf") in [(remark.kind, remark.subject_of) for remark in corpus.remarks]


def test_remarks_say_nothing_of_the_patient(corpus_root: Path) -> None:
    put(corpus_root, "P_ID83", 1, "x\t2\tFIA\t\n")
    text = " ".join(remark.text for remark in list_seizeit1(corpus_root).remarks)
    assert "41" not in text and "Gender" not in text


def test_another_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "P_ID01").mkdir()
    assert not fits_seizeit1(tmp_path)
    with pytest.raises(RecordingError, match="is not SeizeIT1"):
        list_seizeit1(tmp_path)
