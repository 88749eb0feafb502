"""Events as JSON: readable by any JSON reader, the same events again, wrong files refused."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from ictal.core.errors import OutputError, ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.io.events_json import read_events_json, write_events_json

FOUND = Annotations([Event(1 / 3, 20.5, "sz_foc_ia", 0.7123456789, ("T7", "P7")), Event(90.0, 1.0, "µ-event")], 3600.5)


def test_the_fields_are_those_of_the_table(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_events_json(path, FOUND, start_time=datetime(2000, 1, 2, 3, 4, 5), metadata={"threshold": 0.5})
    content = json.loads(path.read_text(encoding="utf-8"))
    assert content["recordingDuration"] == 3600.5
    assert content["dateTime"] == "2000-01-02 03:04:05"
    assert content["metadata"] == {"threshold": 0.5}
    assert content["events"] == [
        {
            "onset": 1 / 3,
            "duration": 20.5,
            "eventType": "sz_foc_ia",
            "confidence": 0.7123456789,
            "channels": ["T7", "P7"],
        },
        {"onset": 90.0, "duration": 1.0, "eventType": "µ-event", "confidence": None, "channels": []},
    ]


def test_the_date_is_left_out_unless_given(tmp_path: Path) -> None:
    write_events_json(tmp_path / "a.json", FOUND)
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["dateTime"] is None


@pytest.mark.parametrize("found", [FOUND, Annotations((), 12.0)])
def test_what_is_written_is_read_again(tmp_path: Path, found: Annotations) -> None:
    metadata = {"detector": {"name": "line-length", "k": [1, 2.5, None]}}
    write_events_json(tmp_path / "a.json", found, metadata=metadata)
    assert read_events_json(tmp_path / "a.json") == (found, metadata)


@pytest.mark.parametrize("metadata", [{"score": float("nan")}, {"path": Path("x")}])
def test_what_json_cannot_hold_is_refused(tmp_path: Path, metadata: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match="metadata: JSON cannot hold it"):
        write_events_json(tmp_path / "a.json", FOUND, metadata=metadata)
    assert not (tmp_path / "a.json").exists()


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"a\.json: its folder does not exist"):
        write_events_json(tmp_path / "none" / "a.json", FOUND)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("onset\tduration", "is not JSON"),
        ("[]", "'format' must be 'ictal-events'"),
        ('{"format": "other"}', "'format' must be"),
        ('{"format": "ictal-events", "version": 9}', "version: 9 is not allowed"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(RecordingError, match=rf"a\.json: .*{problem}"):
        read_events_json(tmp_path / "a.json")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"recordingDuration": "long"}, "recordingDuration: 'long'"),
        ({"recordingDuration": -1}, "duration: -1.0"),
        ({"events": {}}, "events: {} is not allowed; it must be of type list"),
        ({"events": [3]}, "events: 3 is not allowed"),
        ({"events": [{"onset": True}]}, "onset: True"),
        ({"events": [{"onset": 1, "duration": 2}]}, "eventType: None"),
        ({"events": [{"onset": 1, "duration": -2, "eventType": "sz", "channels": []}]}, "duration -2.0"),
        ({"metadata": None}, "metadata: None"),
    ],
)
def test_wrong_fields_are_refused_by_name(tmp_path: Path, change: dict[str, object], problem: str) -> None:
    path = tmp_path / "a.json"
    write_events_json(path, FOUND)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | change))
    with pytest.raises(RecordingError, match=rf"a\.json: .*{problem}"):
        read_events_json(path)


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match=r"a\.json: there is no such file"):
        read_events_json(tmp_path / "a.json")
