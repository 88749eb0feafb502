"""What a cross-validation came to is told by its folder alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.reports.run_folders import make_crossval

from ictal.core.errors import RecordingError
from ictal.evaluation.crossval_json import FILE, read_crossval
from ictal.evaluation.folds import LEFT_OUT, FoldSummary
from ictal.evaluation.stored import read_evaluation

ONSETS = {"anna": (600.0, 2000.0), "bert/2": (300.0,), "carl": ()}


def test_folds_come_back_as_they_were_written(tmp_path: Path) -> None:
    lost = FoldSummary("loso-dora", LEFT_OUT, "no seizure to learn from", ("dora",), 3, 1)
    folds, measures = make_crossval(tmp_path, ONSETS, {}, [lost])
    *found, last = read_crossval(tmp_path, read_evaluation(tmp_path), measures)
    assert last == lost
    for one, other in zip(found, folds, strict=True):
        assert (one.name, one.tested, one.n_trained, one.history) == (
            other.name,
            other.tested,
            other.n_trained,
            other.history,
        )
        assert one.group is not None
        assert other.group is not None
        assert (one.group.subjects, one.group.n_seizures) == (other.group.subjects, other.group.n_seizures)
        assert one.group.figures["event_f1"] == pytest.approx(other.group.figures["event_f1"], nan_ok=True)


def test_folds_that_lack_a_field_are_refused_by_file(tmp_path: Path) -> None:
    _, measures = make_crossval(tmp_path, ONSETS, {})
    content = json.loads((tmp_path / FILE).read_text())
    del content["folds"][1]["tested"]
    (tmp_path / FILE).write_text(json.dumps(content))
    with pytest.raises(RecordingError, match=FILE):
        read_crossval(tmp_path, read_evaluation(tmp_path), measures)
