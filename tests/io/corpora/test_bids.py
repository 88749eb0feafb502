"""Data sets in the form of BIDS: what our own writer and epilepsy2bids make, what OpenNeuro ships, what is odd."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording
from ictal.io.bids import BidsName, write_bids_recording, write_dataset
from ictal.io.corpora.bids import fits_bids, list_bids
from ictal.io.corpora.corpus import list_corpus
from ictal.io.edf_write import write_edf

HEADER = "onset\tduration\teventType\tconfidence\tchannels\tdateTime\trecordingDuration\n"


def noise(seconds: float = 10.0) -> Recording:
    data = np.random.default_rng(0).normal(0.0, 20.0, (2, int(100 * seconds)))
    return Recording.from_array(data, 100.0, ["Fp1-Avg", "F3-Avg"])


def add_table(root: Path, stem: str, *rows: str, header: str = HEADER) -> Path:
    """A table in the layout of SzCORE: sub-01_ses-01_task-szMonitoring_run-00 in sub-01/ses-01/eeg."""
    entities = dict(part.split("-") for part in stem.split("_"))
    folders = [f"sub-{entities['sub']}", *([f"ses-{entities['ses']}"] if "ses" in entities else []), "eeg"]
    path = root.joinpath(*folders, f"{stem}_events.tsv")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + "".join(f"{row}\n" for row in rows))
    return path


def row(onset: float, duration: float, kind: str = "sz", clock: str = "n/a", length: float = 600.0) -> str:
    return f"{onset:.2f}\t{duration:.2f}\t{kind}\tn/a\tn/a\t{clock}\t{length:.2f}"


def kinds(root: Path) -> list[str]:
    return [remark.kind for remark in list_bids(root).remarks]


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """Two subjects by our own writer."""
    root = write_dataset(tmp_path / "set", {"Name": "two", "License": "CC0", "Authors": ["nobody"]}, "Simulated.")
    for subject, run in (("01", "00"), ("01", "01"), ("02", "00")):
        recording = noise()
        recording.annotations = Annotations([Event(2.0, 3.0, "sz_foc_ia", channels=("F3-Avg",))], 10.0)
        write_bids_recording(root, BidsName(subject, run=run), recording, {})
    return root


def test_what_we_write_is_read(written: Path) -> None:
    corpus = list_bids(written)
    assert (corpus.subjects, len(corpus), corpus.n_seizures, corpus.hours) == (("sub-01", "sub-02"), 3, 3, 30 / 3600)
    first = corpus.recordings[0]
    assert (first.name, first.session) == ("sub-01_ses-01_task-szMonitoring_run-00", "ses-01")
    assert first.annotations.events == (Event(2.0, 3.0, "sz_foc_ia", None, ("F3-Avg",)),)
    assert (first.split, first.start, corpus.remarks) == ("", None, ())
    recording = first.read()
    assert recording.channels == ("Fp1-Avg", "F3-Avg")
    assert recording.annotations == first.annotations


def test_it_is_found_without_being_named(written: Path) -> None:
    assert list_corpus(written).name == "bids"


def test_derivatives_and_what_was_detected_are_not_looked_at(written: Path) -> None:
    for other in ("derivatives/a/sub-01/eeg", "szDetection/sub-01/ses-01/eeg", "sub-01/.cache"):
        folder = written / other
        folder.mkdir(parents=True)
        (folder / "sub-01_task-x_events.tsv").write_text(HEADER + row(0, 5) + "\n")
    assert (len(list_bids(written)), kinds(written)) == (3, [])
    assert not fits_bids(written / "derivatives")


def test_a_folder_without_subjects_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sub-01").mkdir()
    assert not fits_bids(tmp_path)
    with pytest.raises(RecordingError, match="holds no EEG of a subject"):
        list_bids(tmp_path)


def test_annotations_alone_are_enough(tmp_path: Path) -> None:
    add_table(tmp_path, "sub-01_ses-01_task-szMonitoring_run-00", row(0, 600, "bckg"))
    (recording,) = list_bids(tmp_path)
    assert recording.annotations == Annotations((), 600.0)
    assert recording.path.name == "sub-01_ses-01_task-szMonitoring_run-00_eeg.edf"
    assert kinds(tmp_path) == ["missing-file"]


def test_runs_are_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for run in ("2", "10", "1", "100"):
        add_table(tmp_path, f"sub-01_ses-02_task-szMonitoring_run-{run}", row(0, 600, "bckg"))
    add_table(tmp_path, "sub-01_task-rest", row(0, 600, "bckg"))
    names = [recording.name.rpartition("-")[2] for recording in list_bids(tmp_path)]
    assert names == ["rest", "1", "2", "10", "100"]
    assert [recording.session for recording in list_bids(tmp_path)] == ["1", *["ses-02"] * 4]


def test_splits_come_from_the_participants(tmp_path: Path) -> None:
    """As epilepsy2bids writes TUSZ, with line ends of Windows, a mark and letters in Latin-1."""
    for subject in ("000", "001", "002", "003"):
        add_table(tmp_path, f"sub-{subject}_ses-00_task-szMonitoring_run-01", row(0, 600, "bckg"))
    rows = [
        "participant_id\tTUH_id\tsplit\tcomment",
        "sub-000\taaaaaaaa\ttrain\té",
        "001\tb\tdev\t",
        "sub-002\tc\tn/a\t",
    ]
    rows += ["sub-003", "sub-009\td\teval\t"]
    (tmp_path / "participants.tsv").write_bytes("\r\n".join([*rows, ""]).encode("latin-1"))
    corpus = list_bids(tmp_path)
    assert [recording.split for recording in corpus] == ["train", "dev", "", ""]
    said = [(remark.kind, remark.text) for remark in corpus.remarks if remark.kind != "missing-file"]
    assert said == [
        ("missing-subject", "1 of 5 subjects have no folder here: sub-009."),
        ("no-split", "2 of 4 subjects are in no split: sub-002, sub-003."),
    ]


def test_participants_without_a_split_or_without_ids(tmp_path: Path) -> None:
    add_table(tmp_path, "sub-01_task-x", row(0, 600, "bckg"))
    (tmp_path / "participants.tsv").write_text("participant_id\tage\tsex\nsub-01\t7\tf\n")
    assert kinds(tmp_path) == ["missing-file"]
    (tmp_path / "participants.tsv").write_text("name\tsplit\nsub-01\ttrain\n")
    assert kinds(tmp_path) == ["unreadable", "missing-file"]


def test_starts_follow_from_the_clock(tmp_path: Path) -> None:
    stem = "sub-01_ses-01_task-szMonitoring_run-0"
    add_table(tmp_path, f"{stem}0", row(0, 600, "bckg", "2016-01-01 23:55:00"))
    add_table(tmp_path, f"{stem}1", row(5, 10, "sz", "2016-01-02 00:06:00"), row(50, 10, "sz", "2016-01-02 00:06:00"))
    add_table(tmp_path, "sub-01_ses-02_task-szMonitoring_run-00", row(5, 10, "sz", "2017-01-02 00:00:00"))
    assert [recording.start for recording in list_bids(tmp_path)] == [0.0, 660.0, 0.0]


@pytest.mark.parametrize("second", ["2000-01-01 00:00:00", "n/a", "yesterday"])
def test_clocks_that_cannot_be_are_not_used(tmp_path: Path, second: str) -> None:
    stem = "sub-01_ses-01_task-szMonitoring_run-0"
    add_table(tmp_path, f"{stem}0", row(0, 600, "bckg", "2000-01-01 00:00:00"))
    add_table(tmp_path, f"{stem}1", row(0, 600, "bckg", second))
    corpus = list_bids(tmp_path)
    assert [recording.start for recording in corpus] == [None, None]
    clock = [remark.text for remark in corpus.remarks if remark.kind == "clock"]
    overlap = "by their dateTime the runs of 1 sessions overlap; when they began is taken as unknown: sub-01 ses-01."
    assert clock == ([overlap] if second.startswith("2000") else [])


def test_the_length_comes_from_sidecar_or_header_where_the_table_is_silent(written: Path) -> None:
    folder = written / "sub-01/ses-01/eeg"
    stem = "sub-01_ses-01_task-szMonitoring_run-0{}"
    for run in (0, 1):
        table = folder / f"{stem.format(run)}_events.tsv"
        table.write_text("onset\tduration\ttrial_type\n2\t3\tseizure\n")
    sidecar = folder / f"{stem.format(0)}_eeg.json"
    sidecar.write_text(json.dumps({**json.loads(sidecar.read_text()), "RecordingDuration": 9.5}))
    (folder / f"{stem.format(1)}_eeg.json").unlink()
    corpus = list_bids(written)
    assert [recording.duration for recording in corpus] == [9.5, 10.0, 10.0]
    assert corpus.remarks == ()


def test_a_file_of_another_length_is_a_conflict(written: Path) -> None:
    stem = "sub-02_ses-01_task-szMonitoring_run-00"
    add_table(written, stem, row(2, 3, length=25.0))
    corpus = list_bids(written)
    assert [remark.kind for remark in corpus.remarks] == ["conflict"]
    assert "10 s" in corpus.remarks[0].text
    assert "25 s" in corpus.remarks[0].text


def test_one_bad_recording_does_not_stop_the_rest(written: Path) -> None:
    add_table(written, "sub-02_ses-01_task-szMonitoring_run-01", "soon\tlong\tsz\tn/a\tn/a\tn/a\t600")
    write_edf(written / "sub-02/ses-01/eeg/sub-02_ses-01_task-szMonitoring_run-02_eeg.edf", noise())
    (written / "sub-02/ses-01/eeg/sub-02_ses-01_task-szMonitoring_run-00_eeg.edf").write_bytes(b"broken")
    corpus = list_bids(written)
    assert [recording.name[-6:] for recording in corpus] == ["run-00", "run-01", "run-00"]
    found = {(remark.kind, remark.subject_of.rpartition("/")[2]) for remark in corpus.remarks}
    assert found == {
        ("no-table", "sub-02_ses-01_task-szMonitoring_run-02"),
        ("unreadable", "sub-02_ses-01_task-szMonitoring_run-01_events.tsv"),
        ("unreadable", "sub-02_ses-01_task-szMonitoring_run-00_eeg.edf"),
    }


def test_links_of_data_sets_that_were_not_downloaded(written: Path) -> None:
    edf = written / "sub-02/ses-01/eeg/sub-02_ses-01_task-szMonitoring_run-00_eeg.edf"
    edf.unlink()
    edf.symlink_to("../.git/annex/objects/gone.edf")
    corpus = list_bids(written)
    assert (len(corpus), [remark.kind for remark in corpus.remarks]) == (3, ["missing-file"])
    with pytest.raises(RecordingError, match="is a link to a file that is not here"):
        corpus.recordings[-1].read()


def test_other_formats_and_intracranial_signals(tmp_path: Path) -> None:
    table = add_table(tmp_path, "sub-01_task-x", row(0, 600, "bckg"))
    for suffix in (".vhdr", ".eeg", ".vmrk"):
        table.with_name(f"sub-01_task-x_eeg{suffix}").write_bytes(b"")
    ieeg = add_table(tmp_path, "sub-02_task-x", row(0, 600, "bckg"))
    write_edf(ieeg.with_name("sub-02_task-x_ieeg.edf"), noise(600.0))
    corpus = list_bids(tmp_path)
    assert [recording.path.name for recording in corpus] == ["sub-01_task-x_eeg.vhdr", "sub-02_task-x_ieeg.edf"]
    assert corpus.remarks == ()


def test_the_columns_of_another_data_set_are_found_by_their_names(tmp_path: Path) -> None:
    """SeizeIT2 has three columns more, before confidence, and types of its own."""
    header = "onset\tduration\teventType\tlateralization\tlocalization\tvigilance\tconfidence\tchannels\tdateTime"
    clock = "2000-01-01 00:00:00"
    table = add_table(
        tmp_path,
        "sub-001_ses-01_task-szMonitoring_run-03",
        f"120\t-8\timpd\tn/a\tn/a\tn/a\tn/a\tn/a\t{clock}\t57303.0",
        f"8406\t49\tsz_foc_ia_nm\tleft\ttemp\tasleep\t0.5\tn/a\t{clock}\t57303.0",
        header=f"{header}\trecordingDuration\n",
    )
    table.write_bytes(table.read_bytes().replace(b"\n", b"\r\n"))
    (recording,) = list_bids(tmp_path)
    assert recording.annotations.seizures.events == (Event(8406.0, 49.0, "sz_foc_ia_nm", 0.5),)
    assert kinds(tmp_path) == ["mended", "missing-file"]


@pytest.fixture
def annotations() -> Path:
    folder = os.environ.get("ICTAL_TEST_DATA")
    if folder is None:
        pytest.skip("ICTAL_TEST_DATA is not set")
    return Path(folder) / "annotations"


def test_all_tables_of_a_large_data_set(annotations: Path) -> None:
    list_bids(annotations / "seizeit2")
    began = time.perf_counter()
    corpus = list_bids(annotations / "seizeit2")
    elapsed = time.perf_counter() - began
    assert (len(corpus), len(corpus.subjects), corpus.n_seizures) == (2850, 125, 883)
    assert corpus.hours == pytest.approx(11626.249, abs=0.001)
    assert sum(event.duration for recording in corpus for event in recording.annotations.seizures) == 51575.0
    assert elapsed < 3.0, "about 0.6 s on an idle machine"


def test_tables_of_siena(annotations: Path, tmp_path: Path) -> None:
    for table in (annotations / "siena" / "bids_siena_zenodo_10640762").glob("*.tsv"):
        folder = tmp_path / table.name[:6] / "ses-01" / "eeg"
        folder.mkdir(parents=True)
        shutil.copy(table, folder)
    corpus = list_bids(tmp_path)
    found = [(recording.subject, recording.duration, recording.start) for recording in corpus]
    assert found == [("sub-01", 48557.0, 0.0), ("sub-10", 16648.0, 0.0), ("sub-14", 41995.0, 0.0)]
    types = [{event.event_type for event in recording.annotations} for recording in corpus]
    assert types == [{"sz_foc_ia"}, {"sz_foc_f2b"}, {"sz_foc_a"}]
    assert corpus.recordings[0].annotations[0].channels == ("T3", "T5")
