"""A corpus becomes a BIDS dataset: nothing is lost, nobody is named, one bad file stops nothing."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import OutputError, ParameterError
from ictal.core.recording import Recording
from ictal.experiments.convert import TABLE, Conversion, Plan, convert_corpus, convert_one, number_recordings
from ictal.io.corpora.corpus import list_corpus
from ictal.io.edf import read_edf
from ictal.io.edf_write import Identity, write_edf
from ictal.io.events_tsv import read_events

NEEDS_THE_NETWORK = "SCHEMA_LOAD_FAILED"
LABELS = ("FP1-F7", "F7-T7", "T7-P7", "P7-O1", "ECG")
SECONDS = 20
STARTED = datetime(2059, 3, 4, 10, 0, 0)
STEM = "sub-01_ses-01_task-szMonitoring_run-00"


def write_case(root: Path, case: str, n_files: int) -> None:
    """Write a case in the layout of CHB-MIT, files of 20 s with a seizure from 5 to 12 s in the first."""
    folder = root / case
    folder.mkdir(parents=True)
    lines = ["Data Sampling Rate: 256 Hz", "", "Channels in EDF Files:"]
    lines += [f"Channel {number}: {label}" for number, label in enumerate(LABELS, start=1)]
    for number in range(n_files):
        lines += ["", f"File Name: {case}_{number + 1:02}.edf", f"File Start Time: 10:{number:02}:00"]
        lines += [f"File End Time: 10:{number:02}:20", f"Number of Seizures in File: {int(number == 0)}"]
        lines += ["Seizure Start Time: 5 seconds", "Seizure End Time: 12 seconds"] if number == 0 else []
        noise = np.random.default_rng([int(case[-2:]), number]).normal(0.0, 30.0, (len(LABELS), SECONDS * 256))
        write_edf(
            folder / f"{case}_{number + 1:02}.edf",
            Recording.from_array(noise, 256.0, LABELS),
            start_time=STARTED.replace(minute=number),
            identity=Identity("MRN12345 F 02-MAY-2048 Doe_Jane", "Startdate 04-MAR-2059 X BK X"),
        )
    (folder / f"{case}-summary.txt").write_text("\n".join(lines))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """Two persons in three cases; chb02_02 is damaged."""
    root = tmp_path / "chb-mit"
    for case, n_files in {"chb01": 2, "chb02": 2, "chb21": 1}.items():
        write_case(root, case, n_files)
    (root / "chb02" / "chb02_02.edf").write_bytes(b"no EDF")
    return root


def read_table(done: Conversion) -> dict[str, dict[str, str]]:
    with (done.folder / TABLE).open() as file:
        return {row["source_name"]: row for row in csv.DictReader(file, delimiter="\t")}


def test_persons_sessions_and_runs_are_numbered_in_the_owners_order(source: Path) -> None:
    names = {task.recording.name: task.name.stem for task in number_recordings(list_corpus(source))}
    assert names == {
        "chb01_01": STEM,
        "chb01_02": "sub-01_ses-01_task-szMonitoring_run-01",
        "chb21_01": "sub-01_ses-02_task-szMonitoring_run-00",
        "chb02_01": "sub-02_ses-01_task-szMonitoring_run-00",
        "chb02_02": "sub-02_ses-01_task-szMonitoring_run-01",
    }


def test_one_bad_file_is_told_and_stops_nothing(source: Path, tmp_path: Path) -> None:
    done = convert_corpus(source, tmp_path / "bids")
    assert done.counts == {"converted": 4, "left-out": 1}
    [(problem, outcomes)] = done.left_out.items()
    assert "EDF" in problem and [outcome.task.recording.name for outcome in outcomes] == ["chb02_02"]
    assert (done.hours, done.n_seizures) == (pytest.approx(4 * SECONDS / 3600), 3)
    table = read_table(done)
    assert {row["source_file"] for row in table.values()} == {
        path.relative_to(source).as_posix() for path in source.rglob("*.edf")
    }
    assert table["chb02_02"]["file"] == "n/a" and "EDF" in table["chb02_02"]["notes"]
    assert (table["chb21_01"]["source_id"], table["chb21_01"]["source_session"]) == ("chb01", "2")
    people = (done.folder / "participants.tsv").read_text()
    assert people == "participant_id\tsource_id\nsub-01\tchb01\nsub-02\tchb02\n"


def test_signals_and_events_come_back(source: Path, tmp_path: Path) -> None:
    done = convert_corpus(source, tmp_path / "bids")
    original = list_corpus(source).recordings[0].read()
    path = done.folder / read_table(done)["chb01_01"]["file"]
    converted = read_edf(path)
    assert converted.channels == original.channels
    step = np.array([[signal.gain] for signal in converted.signals if not signal.left_out])
    assert (np.abs(converted.read() - original.read()) <= step).all()
    old = [signal.gain for signal in read_edf(source / "chb01" / "chb01_01.edf").signals if not signal.left_out]
    assert (step.ravel() <= np.array(old) * 1.001).all()
    events = read_events(path.with_name(f"{STEM}_events.tsv"))
    assert [event.span for event in events] == [event.span for event in original.annotations]


def test_nothing_tells_who_and_when_unless_asked(source: Path, tmp_path: Path) -> None:
    hidden, kept = (convert_corpus(source, tmp_path / str(keep), keep_identity=keep).folder for keep in (False, True))
    place = Path("sub-01", "ses-01", "eeg")
    for path in (each for each in hidden.rglob("*") if each.is_file()):
        content = path.read_bytes()
        assert not any(word in content for word in (b"Doe", b"MRN", b"2059", b"04.03.59")), path
    again = read_edf(kept / place / f"{STEM}_eeg.edf")
    assert again.start_time == STARTED
    assert again.header.patient == "MRN12345 F 02-MAY-2048 Doe_Jane"
    assert "2059-03-04 10:00:00" in (kept / place / f"{STEM}_events.tsv").read_text()


def test_a_second_run_keeps_what_is_there_and_mends_what_is_not(source: Path, tmp_path: Path) -> None:
    first = convert_corpus(source, tmp_path / "bids")
    paths = sorted(first.folder.rglob("*.edf"))
    before = {path: path.stat().st_mtime_ns for path in paths}
    paths[0].with_name(f"{STEM}_eeg.json").unlink()
    second = convert_corpus(source, tmp_path / "bids", n_jobs=2)
    assert second.counts == {"there": 3, "converted": 1, "left-out": 1}
    assert (second.hours, second.n_seizures) == (first.hours, first.n_seizures)
    assert [path for path in paths if path.stat().st_mtime_ns != before[path]] == [paths[0]]
    assert convert_corpus(source, tmp_path / "bids", montage="szcore").counts["converted"] == 4


def test_changed_annotations_are_written_anew(source: Path, tmp_path: Path) -> None:
    convert_corpus(source, tmp_path / "bids")
    summary = source / "chb01" / "chb01-summary.txt"
    summary.write_text(summary.read_text().replace("12 seconds", "14 seconds"))
    again = convert_corpus(source, tmp_path / "bids")
    assert again.counts["converted"] == 1
    assert read_events(again.folder / "sub-01/ses-01/eeg" / f"{STEM}_events.tsv")[0].span == (5.0, 14.0)


def test_szcore_montage_has_its_leads_and_rate(source: Path, tmp_path: Path) -> None:
    done = convert_corpus(source, tmp_path / "bids", montage="szcore")
    converted = read_edf(done.folder / read_table(done)["chb01_01"]["file"])
    original = list_corpus(source).recordings[0].read()
    assert converted.sampling_rate == 256.0
    assert converted.channels[4:8] == ("Fp1-F7", "F7-T3", "T3-T5", "T5-O1")
    np.testing.assert_allclose(converted.read()[5], original.read()[1], atol=0.01)
    assert "interpolated" in read_table(done)["chb01_01"]["notes"]


@pytest.fixture
def odd_types(tmp_path: Path) -> Path:
    """A folder with a table of events of kinds that SzCORE does not name."""
    root = tmp_path / "mice"
    root.mkdir()
    noise = np.random.default_rng(0).normal(0.0, 20.0, (1, 20 * 256))
    write_edf(root / "m1.edf", Recording.from_array(noise, 256.0, ["left cortex"]))
    (root / "events.csv").write_text("file,start,end,type\nm1.edf,5,9,spindle\nm1.edf,12,15,sz\n")
    return root


@pytest.mark.parametrize("corpus", ["source", "odd_types"])
def test_the_validator_accepts_it(corpus: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    done = convert_corpus(request.getfixturevalue(corpus), tmp_path / "bids")
    validator = shutil.which("bids-validator-deno", path=str(Path(sys.executable).parent))
    assert validator is not None, "bids-validator-deno is a test dependency"
    found = subprocess.run(
        [validator, "--json", "--ignoreNiftiHeaders", str(done.folder)], capture_output=True, text=True, timeout=120
    )
    errors = [issue for issue in json.loads(found.stdout)["issues"]["issues"] if issue["severity"] == "error"]
    assert [issue for issue in errors if issue.get("subCode") != NEEDS_THE_NETWORK] == []


def test_folders_of_something_else_are_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="not empty"):
        convert_corpus(source, tmp_path / "mine")
    convert_corpus(source, tmp_path / "bids")
    shutil.rmtree(source / "chb21")
    with pytest.raises(OutputError, match=r"sub-01_ses-02.*not of this corpus"):
        convert_corpus(source, tmp_path / "bids")


def test_an_unknown_montage_is_refused(source: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="as-recorded"):
        convert_corpus(source, tmp_path / "bids", montage="bananas")
    assert not (tmp_path / "bids").exists()


def test_that_nothing_can_be_written_is_an_answer(source: Path, tmp_path: Path) -> None:
    (tmp_path / "sub-01").write_text("a file where a folder should be")
    (task, *_) = number_recordings(list_corpus(source))
    assert isinstance(convert_one(Plan(tmp_path), task), OutputError)
