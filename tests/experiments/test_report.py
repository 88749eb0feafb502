"""The report of one recording, from the file to the page."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import IctalWarning, OutputError, ParameterError, RecordingError
from ictal.core.recording import Recording
from ictal.experiments.report import report_recording
from ictal.io.edf_write import write_edf

HEADER = "onset\tduration\teventType\n"


def verdicts(page: Path) -> tuple[int, int, int]:
    """How many rows of the table of events say hit, miss and false alarm."""
    text = page.read_text(encoding="utf-8")
    said = [text.count(f'<td><span class="verdict {name}">') for name in ("hit", "miss", "false-alarm")]
    return said[0], said[1], said[2]


def test_the_report_is_named_after_the_recording(scalp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shares: list[float] = []
    written = report_recording(scalp, progress=shares.append)
    assert written == Path("night_report.html")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["night_burden.csv", "night_report.html"]
    assert shares == sorted(shares) and 0.9 < shares[-1] <= 1.0
    page = written.read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>") and page.rstrip().endswith("</html>")
    for secret in ("Haagse", "Harry", "MRN12345", "1951", "2002-03-02", "EMG561", "night.edf"):
        assert secret not in page


def test_of_several_animals_one_can_be_reported(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(0, 30, (3, 60 * 256))
    write_edf(tmp_path / "cage.edf", Recording.from_array(noise, 256.0, ["EEG1", "EEG2", "EEG3"]))
    page = report_recording(tmp_path / "cage.edf", tmp_path / "m1.html", channels=["EEG1", "EEG3"])
    text = page.read_text(encoding="utf-8")
    assert "EEG1, EEG3" in text
    assert "EEG2" not in text
    with pytest.raises(RecordingError, match="'EEG9' is not in the recording"):
        report_recording(tmp_path / "cage.edf", tmp_path / "m9.html", channels=["EEG9"])


def test_the_burden_is_that_of_the_events(scalp: Path, tmp_path: Path) -> None:
    events = tmp_path / "reviewed.tsv"
    events.write_text(HEADER + "10\t20\tsz\n60\t30\tsz\n100\t5\tcough\n")
    report_recording(scalp, tmp_path / "out" / "a_report.html", events=events)
    with (tmp_path / "out" / "a_burden.csv").open() as file:
        whole = next(csv.DictReader(file))
    assert (whole["seizures"], float(whole["seizure_s"]), float(whole["to_s"])) == ("2", 50.0, 120.0)


def test_reviewed_events_have_heads_that_show_their_place(scalp: Path, tmp_path: Path) -> None:
    events = tmp_path / "reviewed.tsv"
    events.write_text(HEADER + "61\t29\tsz\n20\t10\tsz\n")
    page = report_recording(scalp, tmp_path / "a.html", events=events).read_text(encoding="utf-8")
    assert page.count('alt="Head from above, ') == 2
    assert 'alt="Head from above, right temporal' in page


def test_a_reference_gives_hits_misses_and_false_alarms(scalp: Path, tmp_path: Path) -> None:
    events, reference = tmp_path / "events.tsv", tmp_path / "reference.tsv"
    events.write_text(HEADER + "10\t20\tsz\n60\t30\tsz\n")
    reference.write_text(HEADER + "65\t10\tsz\n100\t10\tsz\n0\t5\tcough\n")
    page = report_recording(scalp, tmp_path / "a.html", events=events, reference=reference)
    assert verdicts(page) == (1, 1, 1)
    assert verdicts(report_recording(scalp, tmp_path / "b.html", events=events)) == (0, 0, 0)


def test_annotations_of_the_file_are_a_reference_too(scalp: Path, tmp_path: Path) -> None:
    events = tmp_path / "events.tsv"
    events.write_text(HEADER + "10\t20\tsz\n60\t30\tsz\n")
    page = report_recording(scalp, tmp_path / "a.html", events=events, seizure_labels=["anf*"])
    assert verdicts(page) == (1, 0, 1)
    with pytest.warns(IctalWarning, match=r"night\.edf: annotations: none says 'seizure'"):
        page = report_recording(scalp, tmp_path / "b.html", events=events, seizure_labels=["seizure"])
    assert verdicts(page) == (0, 0, 2)


def test_detected_events_are_compared_when_no_others_are_given(scalp: Path, tmp_path: Path) -> None:
    page = report_recording(scalp, tmp_path / "a.html", seizure_labels=["Anfall"], detector="line-length")
    assert verdicts(page) == (1, 0, 0)
    page = report_recording(
        scalp, tmp_path / "b.html", seizure_labels=["Anfall"], changes={"postprocessing.minimum_duration": "300"}
    )
    assert verdicts(page) == (0, 1, 0)


def test_identity_is_shown_when_asked(scalp: Path, tmp_path: Path) -> None:
    page = report_recording(scalp, tmp_path / "a.html", keep_identity=True).read_text(encoding="utf-8")
    assert "night.edf" in page and "2002-03-02 21:31" in page
    assert "Haagse" not in page, "no report ever names the patient"


def test_what_the_report_is_made_from_is_never_replaced(scalp: Path, tmp_path: Path) -> None:
    recording, table = tmp_path / "night.edf", tmp_path / "night_events.tsv"
    shutil.copy(scalp, recording)
    table.write_text(HEADER + "10\t20\tsz\n")
    before = recording.read_bytes()
    for target in (recording, table):
        with pytest.raises(OutputError, match="is what the report is made from; give the report another name"):
            report_recording(recording, target, reference=table)
    assert recording.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["night.edf", "night_events.tsv"]


@pytest.mark.parametrize("option", ["events", "reference"])
def test_a_broken_table_is_refused_and_nothing_written(scalp: Path, tmp_path: Path, option: str) -> None:
    table = tmp_path / "broken.tsv"
    table.write_text(HEADER + "ten\t20\tsz\n")
    with pytest.raises(RecordingError, match=r"broken\.tsv: line 2: onset: 'ten' is not allowed"):
        report_recording(scalp, tmp_path / "a.html", **{option: table})
    assert [path.name for path in tmp_path.iterdir()] == ["broken.tsv"]


def test_an_unknown_detector_is_refused(scalp: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="detector: 'gotman' is not allowed"):
        report_recording(scalp, tmp_path / "a.html", detector="gotman")
    assert list(tmp_path.iterdir()) == []


def test_a_report_that_is_a_folder_is_refused(scalp: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder; give the name of a file"):
        report_recording(scalp, tmp_path)
    assert list(tmp_path.iterdir()) == []
