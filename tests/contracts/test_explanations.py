"""What every method of explanation promises of every architecture that it fits."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
from tests.contracts.test_models import SMALL
from torch import nn

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.settings import Model
from ictal.detection.stretch import Stretch
from ictal.explain import attention, maps
from ictal.explain.methods import explain, list_fitting
from ictal.explain.table import METHODS
from ictal.models.table import MODELS
from ictal.training.assemble import EachLead
from ictal.training.network import build_network

LEADS = ("F7-T7", "T7-P7", "P7-O1")
FACTS = {"n_channels": 3, "n_classes": 2, "sampling_rate": 128.0, "window": 2.0, "hop": 1.0, "frame": 1.0}
FRONTS = {"picture": {"features": "stft"}, "table": {"features": "numbers"}}

NETWORKS = [name for name in MODELS if MODELS.load(name).kind in ("waveform", "frames", "picture", "table")]
CASES = [*NETWORKS, "vit tiled", "swin cwt", "cnn-bilstm each lead", "vit each lead"]


def find_facts(case: str) -> dict[str, Any]:
    """What follows from the data; EEGWaveNet cannot do with less than 448 samples."""
    more = {"sampling_rate": 256.0} if case == "eegwavenet" else {}
    return {**FACTS, **more, **({"n_channels": 1} if case.endswith("each lead") else {})}


def make_stretch(case: str) -> Stretch:
    """Noise with a rhythm in one lead: two windows, or one with two frames, from the tenth second on."""
    rate = find_facts(case)["sampling_rate"]
    n_frames = 2 if MODELS.load(case.partition(" ")[0]).kind == "frames" else 1
    seconds = np.arange((2 if n_frames > 1 else 3) * int(rate)) / rate
    signal = 20 * np.random.default_rng(0).normal(size=(3, len(seconds)))
    signal[1] += 80 * np.sin(2 * np.pi * 8 * seconds) * (seconds > 1.5)
    window, hop, asked = int(2 * rate), int(rate), slice(1 if n_frames > 1 else 0, 2)
    return Stretch(signal.astype(np.float32), rate, 10.0, LEADS, window, hop, n_frames, asked, (10.5, 12.5))


@cache
def make_network(case: str) -> nn.Module:
    name, _, variant = case.partition(" ")
    kind = MODELS.load(name).kind
    known = {"n_channels", "window", "sampling_rate", "hop", "frame", "n_classes", "height", "width", "n_features"}
    settings = {key: value for key, value in SMALL.get(name, {}).items() if key not in known}
    features: dict[str, Any] | None = None
    if kind in FRONTS:
        features = dict(FRONTS[kind])
    if kind == "picture":
        features = {**FRONTS[kind], "size": (SMALL[name]["height"], SMALL[name]["width"])}
    if variant == "tiled":
        features = {**FRONTS[kind], "size": (40, 40), "tiled": True}
    if variant == "cwt":
        features = {"features": "cwt", "size": (20, 20), "low": 2.0, "n_rows": 16}
    network = build_network(Model(name=name, config=settings, features=features), find_facts(case), seed=0).eval()
    return EachLead(network).eval() if variant == "each lead" else network


SLOW = {("inception-transformer", method) for method in ("smoothgrad", "integrated-gradients", "occlusion")}
"""What runs many layers many times, and does not look at what is inside."""

REPEATED = {"smoothgrad", "grad-cam", "attention-rollout"}
"""What draws at random, or hangs itself onto layers."""


def explain_case(case: str, method: str, target: int | None = None) -> tuple[Stretch, Attribution]:
    stretch = make_stretch(case)
    return stretch, explain(method, make_network(case), stretch, target=target, seed=1)


fitting = pytest.mark.parametrize(
    ("case", "method"),
    [(case, method) for case in CASES for method in list_fitting(make_network(case)) if (case, method) not in SLOW],
)


@fitting
def test_an_attribution_is_one_of_the_stretch(case: str, method: str) -> None:
    stretch, found = explain_case(case, method)
    assert found.method == method
    assert found.start == 10.0
    assert found.stop - found.step < stretch.stop <= found.stop
    assert found.leads in ((), LEADS)
    assert (np.diff(found.frequencies) > 0).all()
    assert np.isfinite(found.values).all()
    if method in REPEATED:
        np.testing.assert_array_equal(explain_case(case, method)[1].values, found.values)
    assert not any(layer._forward_hooks or layer._forward_pre_hooks for layer in make_network(case).modules())
    other = found if found.values.any() else explain_case(case, method, target=0)[1]
    assert other.values.any()


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_fit_is_refused_and_what_fits_is_named(case: str) -> None:
    network = make_network(case)
    fits = list_fitting(network)
    assert fits
    for method in set(METHODS) - set(fits):
        with pytest.raises(ParameterError) as refusal:
            explain(method, network, make_stretch(case))
        assert all(name in str(refusal.value) for name in fits)


@pytest.mark.parametrize("name", MODELS)
def test_every_architecture_has_maps_or_a_reason_why_not(name: str) -> None:
    assert (name in maps.MAPS) != (name in maps.WITHOUT)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_with_attention_is_followed_or_a_reason_says_why_not(name: str) -> None:
    layers = [type(layer).__name__ for layer in make_network(name).modules()]
    attends = any("Attention" in layer for layer in layers if layer != "LSTMAttention") or name == "lstm-attention"
    assert attends == ((name in attention.TOKENS) != (name in attention.WITHOUT))
    assert name not in attention.TOKENS or name not in attention.WITHOUT
