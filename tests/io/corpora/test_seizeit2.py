"""SeizeIT2: tables with Windows line ends, checks of impedance, and totals of the real tables."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import RecordingError
from ictal.core.events import Event
from ictal.core.recording import Recording
from ictal.io.corpora.corpus import find_format, list_corpus
from ictal.io.corpora.seizeit2 import fits_seizeit2, list_seizeit2
from ictal.io.edf_write import write_edf

COLUMNS = (
    "onset duration eventType lateralization localization vigilance confidence channels dateTime recordingDuration"
)
Row = tuple[float, float, str]


def put(root: Path, subject: str, run: str, rows: list[Row], seconds: int = 60, confidence: str = "n/a") -> Path:
    stem = f"{subject}_ses-01_task-szMonitoring_run-{run}"
    folder = root / subject / "ses-01" / "eeg"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [COLUMNS.split()]
    for onset, duration, kind in rows:
        said = ["left", "temp", "awake", confidence] if kind.startswith("sz") else ["n/a"] * 4
        cells = [f"{onset:.2f}", f"{duration:.2f}", kind, *said, "n/a", "2000-01-01 00:00:00", f"{seconds:.2f}"]
        lines.append(cells)
    table = folder / f"{stem}_events.tsv"
    table.write_bytes("".join("\t".join(line) + "\r\n" for line in lines).encode())
    return folder / f"{stem}_eeg.edf"


def write_noise(path: Path, seconds: int) -> None:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (2, seconds * 256))
    write_edf(path, Recording.from_array(noise, 256.0, ["BTEleft SD", "CROSStop SD"]))


@pytest.fixture
def corpus_root(tmp_path: Path) -> Path:
    description = {"Name": "SeizeIT2", "BIDSVersion": "1.8.0", "DatasetDOI": "doi:10.18112/openneuro.ds005873.v1.1.0"}
    (tmp_path / "dataset_description.json").write_text(json.dumps(description))
    put(tmp_path, "sub-002", "100", [(0.0, 60.0, "bckg")])
    put(tmp_path, "sub-002", "99", [(5.0, 3.0, "impd")])
    put(tmp_path, "sub-001", "01", [(40.0, 10.0, "sz_foc_ia_nm"), (1.0, 2.0, "impd")], confidence="0.50")
    (tmp_path / "sub-001" / "ses-01" / "mov").mkdir()
    (tmp_path / "sub-001" / "ses-01" / "mov" / "sub-001_ses-01_task-szMonitoring_run-01_mov.json").write_text("{}")
    return tmp_path


def test_recordings_come_by_subject_and_run(corpus_root: Path) -> None:
    corpus = list_seizeit2(corpus_root)
    assert [(item.subject, item.session, item.name[-7:], item.duration) for item in corpus] == [
        ("sub-001", "ses-01", "_run-01", 60.0),
        ("sub-002", "ses-01", "_run-99", 60.0),
        ("sub-002", "ses-01", "run-100", 60.0),
    ]
    assert find_format(corpus_root) == "seizeit2"
    assert [remark.kind for remark in corpus.remarks] == ["missing-file"]


def test_a_check_of_impedance_is_no_seizure(corpus_root: Path) -> None:
    corpus = list_seizeit2(corpus_root)
    assert corpus.recordings[0].annotations.events == (
        Event(1.0, 2.0, "impd"),
        Event(40.0, 10.0, "sz_foc_ia_nm", 0.5),
    )
    assert [len(item.annotations) for item in corpus] == [2, 1, 0]
    assert corpus.n_seizures == 1


def test_signals_are_read_and_held_against_the_tables(corpus_root: Path) -> None:
    paths = [item.path for item in list_seizeit2(corpus_root)]
    for path, seconds in zip(paths, (60, 60, 58), strict=True):
        write_noise(path, seconds)
    corpus = list_corpus(corpus_root, "seizeit2")
    assert [(remark.kind, Path(remark.subject_of).name) for remark in corpus.remarks] == [("conflict", paths[2].name)]
    recording = corpus.recordings[0].read()
    assert recording.channels == ("BTEleft SD", "CROSStop SD")
    assert [event.event_type for event in recording.annotations] == ["impd", "sz_foc_ia_nm"]


def test_an_impossible_check_of_impedance_is_0_s_long_and_said(corpus_root: Path) -> None:
    put(corpus_root, "sub-003", "01", [(20.0, -5.0, "impd"), (30.0, 4.0, "sz_foc_a")])
    corpus = list_seizeit2(corpus_root)
    assert corpus.recordings[-1].annotations.events == (Event(20.0, 0.0, "impd"), Event(30.0, 4.0, "sz_foc_a"))
    (remark,) = (remark for remark in corpus.remarks if remark.kind == "mended")
    assert remark.text.startswith("line 2: duration: '-5.00' came")
    assert remark.subject_of.startswith("sub-003/ses-01/eeg/") and str(corpus_root) not in remark.text


def test_an_impossible_seizure_leaves_out_its_recording_alone(corpus_root: Path) -> None:
    put(corpus_root, "sub-002", "99", [(20.0, -5.0, "sz_foc_a")])
    corpus = list_seizeit2(corpus_root)
    assert [item.name[-7:] for item in corpus] == ["_run-01", "run-100"]
    assert [remark.kind for remark in corpus.remarks] == ["unreadable", "missing-file"]


def test_what_is_odd_is_said(corpus_root: Path) -> None:
    rows = [(10.0, 20.0, "sz_foc_a"), (15.0, 5.0, "sz_foc_a"), (55.0, 9.0, "sz_uo_m_tonicMyio")]
    put(corpus_root, "sub-003", "01", rows)
    corpus = list_seizeit2(corpus_root)
    assert [event.span for event in corpus.recordings[-1].annotations] == [(10.0, 30.0), (15.0, 20.0), (55.0, 60.0)]
    assert corpus.count_remarks() == {"beyond-end": 1, "unknown-type": 1, "overlap": 1, "missing-file": 1}
    assert corpus.n_seizures == 4


@pytest.mark.parametrize("text", ["{}", "[]", "{", '{"Name": "SeizeIT1 in BIDS"}'])
def test_another_folder_is_refused(corpus_root: Path, text: str) -> None:
    (corpus_root / "dataset_description.json").write_text(text)
    assert not fits_seizeit2(corpus_root)
    with pytest.raises(RecordingError, match="is not SeizeIT2"):
        list_seizeit2(corpus_root)


def test_totals_of_the_real_tables(test_data: Path) -> None:
    corpus = list_seizeit2(test_data / "annotations" / "seizeit2")
    assert (len(corpus), len(corpus.subjects), corpus.n_seizures) == (2850, 125, 883)
    assert corpus.hours == pytest.approx(11_626.249, abs=5e-4)
    assert sum(event.duration for item in corpus for event in item.annotations.seizures) == 51_575
    assert sum(event.event_type == "impd" for item in corpus for event in item.annotations) == 464
    assert sum(len(item.annotations) == 0 for item in corpus) == 2313
    assert all(any(item.annotations.seizures for item in items) for items in corpus.sessions.values())
    assert corpus.count_remarks() == {"overlap": 5, "mended": 5, "unknown-type": 4, "missing-file": 1}
    assert sum(event.confidence == 0.5 for item in corpus for event in item.annotations) == 4


def test_subjects_of_the_real_tables(test_data: Path) -> None:
    folder = test_data / "annotations" / "seizeit2"
    rows = [line.split("\t") for line in (folder / "per_subject.tsv").read_text().splitlines()[1:]]
    found = [
        [subject, str(len(items)), str(sum(len(item.annotations.seizures) for item in items))]
        for (subject, _), items in list_seizeit2(folder).sessions.items()
    ]
    assert found == [row[:3] for row in rows]


def test_the_real_tables_are_listed_within_a_second(test_data: Path) -> None:
    def listing_time() -> float:
        begin = time.perf_counter()
        list_seizeit2(test_data / "annotations" / "seizeit2")
        return time.perf_counter() - begin

    assert min(listing_time() for _ in range(3)) < 1.0
