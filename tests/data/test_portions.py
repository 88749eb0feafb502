"""Splits as values and as files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ictal.core.errors import OutputError, ParameterError, RecordingError
from ictal.core.events import Annotations
from ictal.data.portions import (
    Portion,
    Split,
    decode_portions,
    encode_portions,
    read_splits,
    whole_recordings,
    write_splits,
)
from ictal.data.prepared import PreparedRecording

seconds = st.floats(0, 1e6, allow_nan=False)
portions = st.builds(
    lambda recording, subject, start, long: Portion(recording, subject, start, start + long),
    st.text(max_size=5),
    st.text(max_size=5),
    seconds,
    st.floats(0.001, 1e6),
)
sides = st.lists(portions, max_size=3).map(tuple)
splits = st.builds(Split, st.text(max_size=8), sides, sides, sides, st.booleans())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(splits, max_size=3))
def test_what_is_read_is_what_was_written(tmp_path: Path, drawn: list[Split]) -> None:
    write_splits(tmp_path / "splits.json", drawn)
    assert read_splits(tmp_path / "splits.json") == tuple(drawn)


def test_a_file_has_a_line_for_each_portion(tmp_path: Path) -> None:
    mine = Split(
        "mine", tuple(Portion(f"r{i}", "anna", 0.0, 60.0) for i in range(3)), (), (Portion("z", "é", 0.5, 9.25),)
    )
    write_splits(tmp_path / "splits.json", [mine])
    lines = (tmp_path / "splits.json").read_text(encoding="utf-8").splitlines()
    assert '        {"recording": "r1", "subject": "anna", "start": 0.0, "stop": 60.0},' in lines
    assert '        {"recording": "z", "subject": "é", "start": 0.5, "stop": 9.25}' in lines
    assert '      "validation": [],' in lines


def test_a_whole_recording_is_a_portion_from_0_to_its_end() -> None:
    store = [PreparedRecording("a", "anna", "1", "", ("C3",), 256.0, 640, Annotations((), 2.5))]
    assert whole_recordings(store) == (Portion("a", "anna", 0.0, 2.5),)


@pytest.mark.parametrize(
    ("start", "stop"), [(-1.0, 5.0), (5.0, 5.0), (6.0, 5.0), (0.0, float("inf")), (float("nan"), 1.0)]
)
def test_a_portion_has_a_length(start: float, stop: float) -> None:
    with pytest.raises(ParameterError, match="is not allowed; it must start at 0 or later"):
        Portion("a", "anna", start, stop)


@given(st.lists(portions, max_size=3))
def test_portions_travel_as_json(drawn: list[Portion]) -> None:
    assert decode_portions(json.loads(json.dumps(encode_portions(drawn)))) == tuple(drawn)


GOOD: dict[str, Any] = {
    "name": "mine",
    "within_subject": False,
    "train": [{"recording": "a", "subject": "anna", "start": 0, "stop": 60}],
    "validation": [],
    "test": [],
}


def content(**changes: Any) -> dict[str, Any]:
    return {"format": "ictal-splits", "version": 1, "splits": [GOOD | changes]}


def portion(**changes: Any) -> list[dict[str, Any]]:
    return [GOOD["train"][0] | changes]


def test_whole_numbers_are_seconds_too(tmp_path: Path) -> None:
    (tmp_path / "splits.json").write_text(json.dumps(content()))
    assert read_splits(tmp_path / "splits.json")[0].train == (Portion("a", "anna", 0.0, 60.0),)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{", "is not JSON"),
        ([], "'format' must be 'ictal-splits'"),
        ({"format": "ictal-events"}, "'format' must be 'ictal-splits'"),
        ({"format": "ictal-splits", "version": 2}, "version: 2 is not allowed"),
        ({"format": "ictal-splits", "version": 1}, "splits: None is not allowed; it must be of type list"),
        ({"format": "ictal-splits", "version": 1, "splits": [7]}, "split: 7 came; it has the keys name"),
        (content(fold=1), "fold came; it has the keys name"),
        (content(name=3), "name: 3 is not allowed; it must be of type str"),
        (content(within_subject=1), "within_subject: 1 is not allowed; it must be of type bool"),
        (content(train={}), "train: {} is not allowed; it must be of type list"),
        (content(train=["a"]), "portion: 'a' is not allowed; it has the keys recording, subject, start, stop"),
        (content(train=portion(weight=1)), "it has the keys recording, subject, start, stop"),
        (content(train=portion(subject=None)), "subject: None is not allowed; it must be of type str"),
        (content(train=portion(start="0")), "start: '0' is not allowed; it must be of type int or float"),
        (content(train=portion(start=True)), "start: True is not allowed"),
        (content(train=portion(start=60)), "portion: 60.0 to 60.0 s is not allowed"),
    ],
)
def test_a_file_that_is_none_is_refused_by_name_and_field(tmp_path: Path, written: Any, said: str) -> None:
    path = tmp_path / "splits.json"
    path.write_text(written if isinstance(written, str) else json.dumps(written))
    with pytest.raises(RecordingError) as refused:
        read_splits(path)
    assert str(path) in str(refused.value)
    assert said in str(refused.value)


def test_no_file_and_no_folder(tmp_path: Path) -> None:
    with pytest.raises(RecordingError, match="there is no such file"):
        read_splits(tmp_path / "none.json")
    with pytest.raises(RecordingError, match="cannot be read"):
        read_splits(tmp_path)
    with pytest.raises(OutputError, match="folder"):
        write_splits(tmp_path / "none" / "splits.json", [])
