"""Which detectors hold a network that methods can follow."""

from __future__ import annotations

import pytest
import torch

from ictal.core.errors import ParameterError
from ictal.detection.detector import Detector
from ictal.detection.file import DetectorParts
from ictal.detection.library import load_bundled
from ictal.experiments.explained_network import explain_by_network, list_methods, open_network


def test_a_network_of_one_channel_is_explained_over_all_leads() -> None:
    network = open_network(load_bundled("eegwavenet-rodent"))
    assert network is not None
    assert network(torch.zeros(1, 3, 1024)).shape[0] == 1


def test_rules_have_none() -> None:
    assert open_network(load_bundled("spike-rate")) is None
    assert list_methods(load_bundled("spike-rate")) == ("occlusion",)


def test_without_weights_there_is_none() -> None:
    parts = load_bundled("eegwavenet-scalp").parts
    assert open_network(Detector(DetectorParts(parts.settings, parts.graph, None))) is None


def test_a_network_takes_many_methods() -> None:
    assert {"saliency", "smoothgrad", "integrated-gradients", "occlusion"} <= set(
        list_methods(load_bundled("eegwavenet-scalp"))
    )


def test_a_method_without_a_network_is_refused() -> None:
    with pytest.raises(ParameterError, match="allowed is occlusion"):
        explain_by_network(load_bundled("line-length"), None, ("saliency",), None, 0)  # type: ignore[arg-type]
