"""Each output read back by somebody else: edfio, numpy, json, the eye."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import edfio
import numpy as np
import pytest

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.detection.library import load_bundled
from ictal.experiments.outputs import ALWAYS, ENDINGS, WRITERS, Finished, summarise, write_output
from ictal.io.edf import read_edf

SECRETS = ("Haagse", "Harry", "MRN12345", "1951", "2002", "EMG561", "BK/JOP")


@pytest.fixture(scope="module")
def finished(scalp: Path) -> Finished:
    recording, detector = read_edf(scalp), load_bundled("line-length")
    return Finished(recording, detector, detector.analyse(recording), {}, keep_identity=False)


def test_every_output_has_a_writer_and_a_name() -> None:
    assert set(ENDINGS) == set(WRITERS)
    assert set(ALWAYS) <= set(ENDINGS)
    assert len(set(ENDINGS.values())) == len(ENDINGS)
    assert all(callable(WRITERS.load(name)) for name in WRITERS)


def test_an_unknown_output_lists_the_known_ones(tmp_path: Path, finished: Finished) -> None:
    with pytest.raises(ParameterError, match=r"format: 'tvs' is not allowed; allowed are .* Did you mean 'tsv'"):
        write_output("tvs", tmp_path / "x", finished)


def test_the_table_has_the_events_and_no_date(tmp_path: Path, finished: Finished) -> None:
    write_output("tsv", tmp_path / "x.tsv", finished)
    header, *rows = [line.split("\t") for line in (tmp_path / "x.tsv").read_text().splitlines()]
    assert header == ["onset", "duration", "eventType", "confidence", "channels", "dateTime", "recordingDuration"]
    assert [float(row[0]) for row in rows] == [round(event.onset, 2) for event in finished.detection.events]
    assert {(row[2], row[5], row[6]) for row in rows} == {("sz", "n/a", "120.00")}


def test_dates_are_written_when_the_identity_is_kept(tmp_path: Path, finished: Finished) -> None:
    known = replace(finished, keep_identity=True)
    write_output("tsv", tmp_path / "x.tsv", known)
    assert (tmp_path / "x.tsv").read_text().splitlines()[1].split("\t")[5] == "2002-03-02 21:30:15"
    write_output("json", tmp_path / "x.json", known)
    assert json.loads((tmp_path / "x.json").read_text())["dateTime"] == "2002-03-02 21:30:15"


def test_the_scores_are_plain_arrays(tmp_path: Path, finished: Finished) -> None:
    write_output("scores", tmp_path / "x.npz", finished)
    with np.load(tmp_path / "x.npz", allow_pickle=False) as arrays:
        np.testing.assert_allclose(arrays["values"].sum(axis=1), 1.0, atol=1e-6)
        seizure = arrays["values"][:, 1]
        peak = float(arrays["start"] + arrays["step"] * seizure.argmax())
    assert 60.0 < peak < 92.0, "the seizure is where it was put"


def test_json_holds_the_events_and_what_was_analysed(tmp_path: Path, finished: Finished) -> None:
    write_output("json", tmp_path / "x.json", finished)
    content = json.loads((tmp_path / "x.json").read_text())
    assert len(content["events"]) == len(finished.detection.events) == content["metadata"]["n_seizures"]
    assert content["dateTime"] is None
    assert content["metadata"]["detector"] == "line-length"


def test_the_copy_has_the_samples_and_the_events_and_names_nobody(
    tmp_path: Path, scalp: Path, finished: Finished
) -> None:
    write_output("edf", tmp_path / "x.edf", finished)
    copy, source = edfio.read_edf(tmp_path / "x.edf"), edfio.read_edf(scalp)
    for new, old in zip(copy.signals, source.signals, strict=True):
        np.testing.assert_array_equal(new.digital, old.digital)
    texts = [annotation.text for annotation in copy.annotations]
    assert "Anfall" in texts and "eyes open" in texts, "what was marked stays"
    found = [annotation for annotation in copy.annotations if annotation.text.startswith("sz")]
    assert [one.onset for one in found] == pytest.approx([event.onset for event in finished.detection.events])
    assert copy.local_patient_identification == "X X X X"
    assert not [secret for secret in SECRETS if secret.encode() in (tmp_path / "x.edf").read_bytes()]


def test_the_copy_keeps_the_identity_when_asked(tmp_path: Path, finished: Finished) -> None:
    write_output("edf", tmp_path / "x.edf", replace(finished, keep_identity=True))
    copy = edfio.read_edf(tmp_path / "x.edf")
    assert copy.patient.name == "Haagse_Harry"
    assert datetime.combine(copy.startdate, copy.starttime) == datetime(2002, 3, 2, 21, 30, 15)


def test_a_recording_of_another_format_is_copied_as_edf(tmp_path: Path, finished: Finished) -> None:
    held = Recording.from_array(
        finished.recording.read(), 256.0, finished.recording.channels, start_time=datetime(2002, 3, 2, 21, 30, 15)
    )
    write_output("edf", tmp_path / "x.edf", replace(finished, recording=held))
    copy = edfio.read_edf(tmp_path / "x.edf")
    np.testing.assert_allclose(copy.signals[3].data, held.read()[3], atol=0.05)
    assert [one.text[:2] for one in copy.annotations] == ["sz"] * len(finished.detection.events)
    assert not [secret for secret in SECRETS if secret.encode() in (tmp_path / "x.edf").read_bytes()]
    write_output("edf", tmp_path / "y.edf", replace(finished, recording=held, keep_identity=True))
    assert edfio.read_edf(tmp_path / "y.edf").startdate == datetime(2002, 3, 2).date()


def test_the_summary_counts_gaps_artefacts_and_seizures() -> None:
    """A minute of noise, with a gap of five seconds and a channel that is flat for the last half."""
    signal = np.random.default_rng(0).normal(0.0, 20.0, (2, 60 * 256))
    signal[1, 30 * 256 :] = 0.0
    signal[:, 10 * 256 : 15 * 256] = np.nan
    recording = Recording.from_array(signal, 256.0, ["Fp1-F7", "F7-T7"], start_time=datetime(2002, 3, 2))
    summary = summarise(load_bundled("line-length").analyse(recording))
    assert summary["recording_seconds"] == 60.0
    assert summary["gaps"] == [[10.0, 15.0]]
    assert summary["signal_seconds"] == 55.0
    assert summary["artefact_seconds"] == {"flat": 30.0}
    assert summary["n_seizures"] == summary["seizure_seconds"] == 0
    assert 0 < summary["analysed_seconds"] < 55.0
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert "2002" not in json.dumps(summary)
