"""What every method of explanation promises of every architecture that it fits."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from tests.contracts.test_models import SMALL
from torch import nn

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.settings import Model
from ictal.detection.stretch import Stretch
from ictal.explain import attention, maps
from ictal.explain.methods import METHODS, explain, list_fitting
from ictal.models.table import MODELS
from ictal.training.assemble import EachLead
from ictal.training.network import build_network

RATE = 128.0
WINDOW = 512
LEADS = ("F7-T7", "T7-P7", "P7-O1")
FACTS = {"n_channels": 3, "n_classes": 2, "sampling_rate": RATE, "window": 4.0, "hop": 1.0, "frame": 1.0}
FRONTS = {"picture": {"features": "stft"}, "table": {"features": "numbers"}}

NETWORKS = [name for name in MODELS if MODELS.load(name).kind in ("waveform", "frames", "picture", "table")]
CASES = [*NETWORKS, "vit tiled", "swin cwt", "cnn-bilstm each lead", "vit each lead"]


def make_stretch(n_frames: int) -> Stretch:
    """Noise with a rhythm in one lead: three windows, or one with several frames, from the tenth second on."""
    n_samples = WINDOW if n_frames > 1 else WINDOW + 2 * 128
    signal = 20 * np.random.default_rng(0).normal(size=(3, n_samples))
    signal[1, 200:400] += 80 * np.sin(2 * np.pi * 8 * np.arange(200) / RATE)
    asked = slice(1, 3) if n_frames > 1 else slice(0, 3)
    return Stretch(signal.astype(np.float32), RATE, 10.0, LEADS, WINDOW, 128, n_frames, asked, (11.0, 13.0))


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
    facts = {**FACTS, "n_channels": 1} if variant == "each lead" else FACTS
    network = build_network(Model(name=name, config=settings, features=features), facts, seed=0).eval()
    return EachLead(network).eval() if variant == "each lead" else network


SLOW = {("inception-transformer", method) for method in ("smoothgrad", "integrated-gradients", "occlusion")}
"""What runs many layers many times, and does not look at what is inside."""


def explain_case(case: str, method: str, target: int | None = None) -> tuple[Stretch, Attribution]:
    stretch = make_stretch(count_frames(case))
    return stretch, explain(method, make_network(case), stretch, target=target, seed=1)


def count_frames(case: str) -> int:
    return 4 if MODELS.load(case.partition(" ")[0]).kind == "frames" else 1


fitting = pytest.mark.parametrize(
    ("case", "method"),
    [(case, method) for case in CASES for method in list_fitting(make_network(case)) if (case, method) not in SLOW],
)


@fitting
def test_an_attribution_is_one_of_the_stretch_and_is_found_again(case: str, method: str) -> None:
    stretch, found = explain_case(case, method)
    assert found.method == method
    assert found.start == 10.0
    assert found.stop - found.step < stretch.stop <= found.stop
    assert found.leads in ((), LEADS)
    assert (np.diff(found.frequencies) > 0).all()
    assert np.isfinite(found.values).all()
    _, again = explain_case(case, method)
    np.testing.assert_array_equal(again.values, found.values)
    other = found if found.values.any() else explain_case(case, method, target=0)[1]
    assert other.values.any()


@pytest.mark.parametrize("case", CASES)
def test_the_network_answers_as_before(case: str) -> None:
    network = make_network(case)
    stretch = make_stretch(count_frames(case))
    window = torch.as_tensor(stretch.signal)[None, :, :WINDOW]
    with torch.no_grad():
        before = network(window)
        for method in list_fitting(network):
            if method in ("grad-cam", "attention-rollout"):
                explain(method, network, stretch)
        assert torch.equal(network(window), before)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())


@pytest.mark.parametrize("case", CASES)
def test_what_does_not_fit_is_refused_and_what_fits_is_named(case: str) -> None:
    network = make_network(case)
    fits = list_fitting(network)
    assert fits
    for method in set(METHODS) - set(fits):
        with pytest.raises(ParameterError) as refusal:
            explain(method, network, make_stretch(1))
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
