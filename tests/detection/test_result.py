from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from ictal.core.recording import Recording
from ictal.detection.library import load_bundled
from ictal.detection.result import Detection
from ictal.detection.settings import DetectorSettings


@pytest.fixture(scope="module")
def detection() -> Detection:
    noise = np.random.default_rng(0).normal(0, 20, (2, 256 * 30))
    return load_bundled("spike-rate").analyse(Recording.from_array(noise, 256.0, ["left", "right"]))


def test_settings_bring_the_detector_back(detection: Detection) -> None:
    through_json = json.loads(json.dumps(detection.settings))
    assert DetectorSettings.model_validate(through_json) == load_bundled("spike-rate").settings


def test_all_but_the_signal_is_plain_data(detection: Detection) -> None:
    plain = dataclasses.asdict(dataclasses.replace(detection, scores=None))  # type: ignore[arg-type]
    assert json.loads(json.dumps(plain))["leads"] == ["left", "right"]


def test_it_cannot_be_changed(detection: Detection) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        detection.threshold = 0.1  # type: ignore[misc]
