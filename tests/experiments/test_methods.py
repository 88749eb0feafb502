"""Which methods explain a detector, with a network and without."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.detection.library import load_bundled
from ictal.detection.stretch import Stretch, cut_stretch
from ictal.experiments.methods import answer_about, attribute, choose_methods, find_target


@pytest.fixture(scope="module")
def stretch() -> Stretch:
    noise = np.random.default_rng(0).normal(0.0, 20.0, (19, 40 * 256))
    recording = Recording.from_array(noise, 256.0, SCALP_19)
    return cut_stretch(load_bundled("eegwavenet-scalp"), recording, (10.0, 20.0))


def test_what_torch_and_onnx_runtime_answer_is_the_same(stretch: Stretch) -> None:
    detector = load_bundled("eegwavenet-scalp")
    signals = np.stack([stretch.signal, 0.5 * stretch.signal])
    light = answer_about(detector, stretch)(signals)
    heavy = answer_about(detector, stretch, target=1)(signals)
    np.testing.assert_allclose(light, heavy, atol=1e-3)


def test_occlusion_says_the_same_by_both_ways(stretch: Stretch) -> None:
    detector = load_bundled("eegwavenet-scalp")
    (light,) = attribute(detector, stretch, ["occlusion"])
    heavy, _ = attribute(detector, stretch, ["occlusion", "saliency"])
    np.testing.assert_allclose(light.of_leads, heavy.of_leads, atol=1e-3)


def test_a_class_that_is_not_known_is_refused() -> None:
    with pytest.raises(ParameterError, match="knows bckg, sz"):
        find_target(load_bundled("line-length"), "absence")
    assert find_target(load_bundled("line-length"), None) is None


def test_methods_are_run_once_each() -> None:
    detector = load_bundled("eegwavenet-scalp")
    assert choose_methods(detector, []) == ("integrated-gradients",)
    assert choose_methods(detector, ["occlusion", "saliency", "occlusion"]) == ("occlusion", "saliency")
    assert {"saliency", "grad-cam", "occlusion"} <= set(choose_methods(detector, ["all"]))
