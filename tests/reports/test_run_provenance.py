"""Where the figures of a run come from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from tests.reports.run_folders import make_crossval, make_training

from ictal.detection.file import encode_detector
from ictal.detection.library import load_bundled
from ictal.evaluation.folds import folder_of
from ictal.reports.run_provenance import UNTOLD, list_detectors, list_provenance, name_corpus, tell_origin


def facts(folder: Path) -> dict[str, str]:
    record = json.loads((folder / "run.json").read_text())
    return {name: text for own in list_provenance(folder, record, {}).values() for name, text in own}


def test_splits_and_evaluation_are_told_by_their_hash(tmp_path: Path) -> None:
    told = facts(make_training(tmp_path))
    assert told["SHA-256 of the splits"] == hashlib.sha256((tmp_path / "splits.json").read_bytes()).hexdigest()
    assert told["SHA-256 of the evaluation"] == hashlib.sha256((tmp_path / "evaluation.json").read_bytes()).hexdigest()
    assert told["Commit"] == "c0ffee, with changes that are not committed"
    assert "Fingerprint of the detector" not in told


def test_a_file_that_is_not_there_is_not_told(tmp_path: Path) -> None:
    folder = make_training(tmp_path)
    (folder / "splits.json").unlink()
    assert facts(folder)["SHA-256 of the splits"] == UNTOLD


@pytest.mark.parametrize(
    ("name", "expected"), [("ictal simulated EEG, seed 1", "simulated"), ("CHB-MIT", UNTOLD), (None, UNTOLD)]
)
def test_simulated_is_called_simulated(tmp_path: Path, name: str | None, expected: str) -> None:
    if name is not None:
        (tmp_path / "dataset_description.json").write_text(json.dumps({"Name": name}))
    recipe = {"data": {"corpus": str(tmp_path)}}
    assert tell_origin({"data": {"corpus": "bids"}}, recipe) == expected


@pytest.mark.parametrize(("said", "expected"), [(True, "simulated"), (False, "recorded")])
def test_what_the_run_says_itself_counts(said: bool, expected: str) -> None:
    assert tell_origin({"data": {"corpus": "bids", "simulated": said}}, {}) == expected


def test_where_the_data_lies_is_not_told() -> None:
    recipe: dict[str, Any] = {"name": "a", "data": {"corpus": "/home/anna/Doe_Jane/corpus"}}
    assert name_corpus(recipe) == {"name": "a", "data": {"corpus": "corpus"}}
    assert name_corpus({"name": "a"}) == {"name": "a", "data": {}}


def test_detectors_of_folds_are_told_by_their_fingerprints(tmp_path: Path) -> None:
    folds, _ = make_crossval(tmp_path, {"anna": (600.0,), "bert": (300.0,)}, {})
    detector = load_bundled("line-length")
    data = encode_detector(detector.parts)
    (tmp_path / folder_of("loso-bert") / "detector.ictal").write_bytes(data)
    assert list_detectors(tmp_path, folds) == [("loso-bert", detector.fingerprint)]
    (tmp_path / "detector.ictal").write_bytes(data)
    assert facts(tmp_path)["Fingerprint of the detector"] == detector.fingerprint
