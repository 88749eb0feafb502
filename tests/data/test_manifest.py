"""A manifest is read as it was written, by people too, and a damaged one is named."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from ictal.core.errors import RecordingError
from ictal.core.events import Event
from ictal.data.manifest import (
    FILE,
    EventRow,
    LeftOutRow,
    Manifest,
    RecordingRow,
    RemarkRow,
    SignalRow,
    decode_signal,
    encode_signal,
    read_manifest,
    write_manifest,
)

SIGNAL = SignalRow(
    key="ab",
    input="cd",
    sha256="ef",
    channels=("Fp1-F7", "F7-T7"),
    sampling_rate=256.0,
    n_samples=2560,
    gaps=((4.0, 6.5),),
    masked=("F7-T7",),
    notes=("label: µV was mended",),
)
EVENTS = (EventRow(1.0, 2.0), EventRow(4.5, 1.0, "sz_foc", 0.7, ("Fp1-F7",)), EventRow(0.0, 10.0, "bckg"))
RECORDING = RecordingRow("night", "anna", "1", SIGNAL, "train", 3600.0, EVENTS)
MANIFEST = Manifest(
    ictal="0.1.0",
    corpus="mine",
    chain={"steps": [{"step": "low-pass", "cutoff": 40.0}]},
    left_out=(LeftOutRow("day", "anna", 0.5, 1, "is 0 bytes long"),),
    remarks=(RemarkRow("overlap", "night", "two events overlap; both are kept."),),
    recordings=(RECORDING, replace(RECORDING, name="noon")),
)


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_manifest(tmp_path, MANIFEST)
    assert read_manifest(tmp_path) == MANIFEST


def test_it_is_json_with_a_line_for_each_recording(tmp_path: Path) -> None:
    write_manifest(tmp_path, MANIFEST)
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    values = json.loads(text)
    assert values["format"] == "ictal-store" and values["version"] == 1
    lines = [line.strip().rstrip(",") for line in text.splitlines()]
    assert [json.loads(line)["name"] for line in lines if line.startswith('{"name"')] == ["day", "night", "noon"]


def test_a_row_is_the_recording_that_the_store_lists() -> None:
    prepared = RECORDING.prepared
    assert (prepared.name, prepared.subject, prepared.session, prepared.split) == ("night", "anna", "1", "train")
    assert prepared.channels == SIGNAL.channels and prepared.gaps == SIGNAL.gaps
    assert prepared.duration == prepared.annotations.duration == 10.0
    assert prepared.annotations[2] == Event(4.5, 1.0, "sz_foc", 0.7, ("Fp1-F7",))
    assert EventRow.of(prepared.annotations[2]) == EVENTS[1]


def test_hours_and_seizures_are_those_with_signal() -> None:
    assert SIGNAL.signal_time == 7.5
    assert SIGNAL.segments == ((0, 1024), (1664, 2560))
    assert RECORDING.n_seizures == 1, "the other lies in the gap"
    assert [event.event_type for event in RECORDING.seizures_without_signal] == ["sz_foc"]
    assert (MANIFEST.n_subjects, MANIFEST.n_seizures) == (1, 2)
    assert MANIFEST.hours == pytest.approx(15 / 3600)


def test_what_is_no_store_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="is no prepared store, or no finished one; `ictal prepare` makes it"):
        read_manifest(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"version": 1', '"version": 2', "manifest.json: version: Input should be 1"),
        ('"n_samples": 2560', '"n_samples": "many"', "manifest.json: recordings.0.signal.n_samples"),
        ('"sha256": "ef", ', "", "recordings.0.signal.sha256: Field required"),
        ('"ictal-store"', '"splits"', "manifest.json: format"),
        ("{", "", "Invalid JSON"),
    ],
)
def test_a_damaged_one_names_the_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    write_manifest(tmp_path, MANIFEST)
    text = (tmp_path / FILE).read_text(encoding="utf-8")
    (tmp_path / FILE).write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(RecordingError, match=said):
        read_manifest(tmp_path)


def test_the_facts_of_a_signal_stand_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "ab.json"
    path.write_text(encode_signal(SIGNAL), encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8"))["channels"] == list(asdict(SIGNAL)["channels"])
    assert decode_signal(path) == SIGNAL
    path.write_text(encode_signal(SIGNAL)[:40], encoding="utf-8")
    assert decode_signal(path) is None
    assert decode_signal(tmp_path / "none.json") is None
