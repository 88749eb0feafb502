from dataclasses import replace

import numpy as np
import pytest
import torch

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.detection.detector import Detector
from ictal.detection.library import load_detector
from ictal.training.restore import restore_network


@pytest.fixture
def detector() -> Detector:
    found = load_detector("eegwavenet-untrained")
    assert isinstance(found, Detector)
    return found


def test_the_network_answers_as_the_graph_does(detector: Detector) -> None:
    recording = Recording.from_array(np.random.default_rng(0).normal(0, 20, (19, 2560)), 256.0, SCALP_19)
    signal = torch.from_numpy(detector.prepare(recording)[1].read(0.0, 10.0))
    with torch.no_grad():
        ours = torch.softmax(restore_network(detector)(signal[None]), dim=-1)[0].numpy()
    np.testing.assert_allclose(ours, detector.analyse(recording).scores.values, atol=1e-5)


def test_what_has_no_weights_is_refused(detector: Detector) -> None:
    with pytest.raises(ParameterError, match="line-length: line-length is a rule"):
        restore_network(load_detector("line-length"))
    with pytest.raises(ParameterError, match=r"holds no weights.safetensors"):
        restore_network(Detector(replace(detector.parts, weights=None)))


def test_weights_of_another_network_are_refused(detector: Detector) -> None:
    other = detector.with_settings({"model.config.n_channels": "3"})
    with pytest.raises(ParameterError, match=r"weights.safetensors: .*size mismatch"):
        restore_network(other)
