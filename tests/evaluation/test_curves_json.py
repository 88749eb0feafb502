"""Curves as JSON, to be read by others."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import OutputError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.curves import DetectorCurves, measure_curves
from ictal.evaluation.curves_json import encode_curves, write_curves_json
from ictal.evaluation.operating import ScoredRecording
from ictal.postprocessing.settings import PostProcessing


def measure(*levels: float, n_seizures: int = 1) -> DetectorCurves:
    """Curves of subjects whose seizure has one probability and everything else another."""
    reference = Annotations([Event(100.0, 50.0)][:n_seizures], 600.0)
    recordings = []
    for number, level in enumerate(levels):
        seizure = np.where(reference.mask(1.0), level, 0.1)
        scores = Scores(np.column_stack([1 - seizure, seizure]), 0.0, 1.0)
        recordings.append(ScoredRecording(f"{number:02d}", scores, reference))
    return measure_curves(recordings, PostProcessing(threshold=0.5), n_resamples=50)


def test_figures_stand_where_they_are_said_to() -> None:
    content = encode_curves(measure(0.4, 0.6, 0.8))
    assert content["dataset"] == {
        "n_subjects": 3,
        "subjects": ["00", "01", "02"],
        "seconds": 1800.0,
        "analysed_seconds": 1800.0,
        "verdict": "ordinary",
    }
    assert content["postprocessing"]["threshold"] == content["operating"]["own_threshold"] == 0.5
    assert content["interval"]["n_resamples"] == 50
    pooled = content["operating"]["pooled"]
    assert pooled["own"]["sensitivity"] == pytest.approx(2 / 3)
    assert pooled["own"]["false_alarms_per_day"] == 0.0
    assert pooled["at"][0] == {
        "false_alarms_per_day_at_most": 1.0,
        "sensitivity": 1.0,
        "sensitivity_interval": [1.0, 1.0],
        "threshold": 0.4,
        "false_alarms_per_day": 0.0,
    }
    assert content["timing"]["onset_latency"] == [0.0, 0.0]
    assert content["timing"]["n_reference"] == 3
    assert content["frames"]["roc"]["area"] == 1.0
    assert content["frames"]["roc"]["by_subject"] == {"00": 1.0, "01": 1.0, "02": 1.0}
    assert content["frames"]["roc"]["thresholds"][0] is None, "infinite"
    assert content["frames"]["precision_recall"]["recall"][-1] == 1.0
    assert content["frames"]["n_seizure_frames"] == 150
    assert sum(content["calibration"]["n_frames"]) == content["frames"]["n_frames"] == 1800


def test_curves_have_a_value_for_each_threshold_and_place() -> None:
    content = encode_curves(measure(0.4, 0.6, 0.8))
    n = len(content["operating"]["thresholds"])
    for average in ("subjects", "pooled"):
        lists = [value for key, value in content["operating"][average].items() if key not in ("own", "at")]
        assert {len(values) for values in lists} == {n}
        assert len(lists) == 6
    for name, across in (("roc", "false_positive_rate"), ("precision_recall", "recall")):
        curve = content["frames"][name]
        assert len(curve[across]) == len(curve["thresholds"])
        assert {len(values) for values in curve["band"].values()} == {101}


def test_what_is_undefined_is_null_and_the_rest_strict_json(tmp_path: Path) -> None:
    path = tmp_path / "curves.json"
    write_curves_json(path, measure(0.4, n_seizures=0), {"results": "somewhere"})
    text = path.read_text(encoding="utf-8")
    assert "NaN" not in text
    assert "Infinity" not in text
    content = json.loads(text)
    assert (content["format"], content["version"], content["results"]) == ("ictal-curves", 1, "somewhere")
    assert content["operating"]["pooled"]["own"]["sensitivity"] is None
    assert content["frames"]["roc"]["area"] is None
    assert content["timing"]["median"]["onset_latency"]["value"] is None
    assert content["dataset"]["verdict"] == "silent"


def test_it_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="its folder does not exist"):
        write_curves_json(tmp_path / "none" / "curves.json", measure(0.4), {})
