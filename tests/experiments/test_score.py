"""Scoring two trees and writing the figures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.experiments.score import score_paths
from ictal.io.events_tsv import write_events


@pytest.fixture
def tables(tmp_path: Path) -> tuple[Path, Path]:
    for name, onset in (("reader", 600.0), ("detector", 605.0)):
        write_events(tmp_path / f"{name}.tsv", Annotations([Event(onset, 60.0)], 3600.0))
    return tmp_path / "reader.tsv", tmp_path / "detector.tsv"


def test_the_figures_are_written_where_asked(tables: tuple[Path, Path], tmp_path: Path) -> None:
    output = tmp_path / "new" / "folder" / "scores.json"
    scores = score_paths(*tables, output=output, rules=("sample",))
    written = json.loads(output.read_text(encoding="utf-8"))
    assert [rule["rule"] for rule in written["rules"]] == ["sample"]
    assert written["rules"][0]["pooled"]["f1"]["value"] == scores.rules[0].pooled["f1"].value == 55 / 60


def test_what_is_refused_writes_nothing(tables: tuple[Path, Path], tmp_path: Path) -> None:
    output = tmp_path / "scores.json"
    with pytest.raises(ParameterError, match="rule: 'f1'"):
        score_paths(*tables, output=output, rules=("f1",))
    with pytest.raises(RecordingError, match="there is no such file"):
        score_paths(tables[0], tmp_path / "none.tsv", output=output)
    assert not output.exists()
