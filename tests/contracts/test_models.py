"""What every trainable network in the table promises, whatever its architecture."""

from __future__ import annotations

import copy
from functools import cache
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load, save
from tests.models.graph import assert_graph_answers_as
from torch import Tensor

from ictal.models.table import MODELS
from ictal.training.export import export_onnx, is_dense

N_CHANNELS = 3

SMALL: dict[str, dict[str, Any]] = {
    "candidate-rule": {"n_features": 2},
    "cnn-bilstm": {"window": 1.0},
    "eegcnn1d": {"window": 1.0},
    "eeglstm": {"step_features": 16},
    "eegnet-zoo": {"window": 2.0},
    "eegtransformer": {"token_features": 16, "hidden": 16, "feedforward": 32},
    "inception-transformer": {"height": 30, "width": 40, "resize_to": 107, "hidden": 16, "feedforward": 32},
    "lstm-attention": {"height": 20, "width": 20, "hidden": 16},
    "resnet1d": {"window": 1.0, "widths": (8, 16)},
    "seizure-transformer": {
        "window": 2.0,
        "filters": (8, 16),
        "kernels": (5, 3),
        "decoder_kernels": (3, 5),
        "residual_kernels": (3, 2),
        "n_layers": 1,
        "feedforward": 16,
    },
    "swin": {"height": 20, "width": 20, "patch": 2, "embed": 16, "depths": (2, 2), "window_side": 3},
    "transformer": {"height": 20, "width": 20, "hidden": 16, "feedforward": 32},
    "transformer-cnn": {"height": 20, "width": 20, "hidden": 16, "feedforward": 32},
    "vit": {"height": 20, "width": 20, "hidden": 16, "feedforward": 32},
}
"""Settings with which an architecture is small enough to be tried in all ways; by default as published."""

KINDS = {"waveform", "frames", "picture", "table", "estimator", "codec", "rule"}
UNTRAINED = {"rule", "codec"}
"""Kinds that have contracts of their own."""

TWO_CLASSES = {"candidate-rule"}
"""What can tell seizure from background, and no more."""


def make_config(name: str, n_classes: int = 2) -> Any:
    fields = MODELS.load(name).Config.model_fields
    sizes = {"n_channels": N_CHANNELS, "n_features": 64}
    known = {key: value for key, value in sizes.items() if key in fields and key not in SMALL.get(name, {})}
    return MODELS.load(name).Config(n_classes=n_classes, **known, **SMALL.get(name, {}))


def make_model(name: str, n_classes: int = 2, seed: int = 0) -> Any:
    """A fresh model; what it takes to draw the weights of a large one is done once."""
    return copy.deepcopy(draw_model(name, n_classes, seed))


@cache
def draw_model(name: str, n_classes: int, seed: int) -> Any:
    torch.manual_seed(seed)
    model = MODELS.load(name)(make_config(name, n_classes)).eval()
    if model.kind == "estimator":
        chance = np.random.default_rng(seed)
        model.fit(chance.normal(size=(60, model.config.n_features)).astype(np.float32), np.arange(60) % n_classes)
    return model


def make_input(model: Any, batch: int = 2, n_frames: int | None = None) -> Tensor:
    """Examples of the size of a µV signal: of a dense network signals of so many frames, and half of one more."""
    if not getattr(model, "dense", False):
        scale = 50.0 if model.kind in ("waveform", "frames") else 1.0
        return scale * torch.randn(batch, *model.input_shape)
    hop, window = model.sampling_rate / model.frame_rate, model.receptive_field * model.sampling_rate
    before = window - hop if model.kind == "waveform" else 0
    return 50 * torch.randn(batch, N_CHANNELS, int(before + ((4 if n_frames is None else n_frames) + 0.5) * hop))


def assert_same(logits: Tensor, expected: Tensor) -> None:
    """Refuse what is more than rounding, which is 2e-6 through the 94 convolutions of Inception."""
    rounding = 5e-6 * max(1.0, float(expected.abs().max()))
    torch.testing.assert_close(logits, expected, rtol=0.0, atol=rounding)


def named(*kinds: str, dense: bool = False) -> pytest.MarkDecorator:
    """Each model of some kinds."""
    chosen = [name for name in MODELS if MODELS.load(name).kind in kinds]
    return pytest.mark.parametrize("name", [name for name in chosen if not dense or make_model(name).dense])


every_model = named(*KINDS - UNTRAINED)
every_network = named(*KINDS - UNTRAINED - {"estimator"})
waveform_models = named("waveform", dense=True)
frame_models = named("frames", dense=True)


@pytest.mark.parametrize("name", MODELS)
def test_kind_is_one_that_is_known(name: str) -> None:
    assert MODELS.load(name).kind in KINDS


@every_model
def test_config_is_frozen_and_refuses_unknown_keys(name: str) -> None:
    config = make_config(name)
    with pytest.raises(ValidationError, match="n_chanels"):
        type(config)(**config.model_dump(), n_chanels=2)
    with pytest.raises(ValidationError, match="frozen"):
        config.n_classes = 4


@every_model
@pytest.mark.parametrize("n_classes", [2, 3])
def test_logits_have_a_row_for_each_frame(name: str, n_classes: int) -> None:
    if name in TWO_CLASSES and n_classes > 2:
        with pytest.raises(ValidationError, match="n_classes"):
            make_config(name, n_classes)
        return
    model = make_model(name, n_classes)
    for n_frames in (1, 4) if getattr(model, "dense", False) else (round(count_frames(model)),):
        with torch.no_grad():
            logits = model(make_input(model, 2, n_frames))
        assert model.n_classes == n_classes
        assert logits.shape == (2, n_frames, n_classes)
        assert logits.dtype == torch.float32
        assert logits.isfinite().all()


def count_frames(model: Any) -> float:
    """How many frames it says that it answers for a window."""
    return model.frame_rate * model.receptive_field if model.kind == "frames" else 1.0


@every_model
def test_answers_are_logits_not_probabilities(name: str) -> None:
    model = make_model(name)
    with torch.no_grad():
        logits = model(make_input(model))
    assert (logits.exp().sum(dim=-1) - 1).abs().max() > 1e-4
    assert (logits.sum(dim=-1) - 1).abs().max() > 1e-4


@every_network
def test_gradient_reaches_every_parameter(name: str) -> None:
    model = make_model(name).train()
    logits = model(make_input(model, 4)).flatten(0, 1)
    torch.nn.functional.cross_entropy(logits, torch.arange(len(logits)) % 2).backward()
    without = [key for key, value in model.named_parameters() if value.grad is None or not value.grad.any()]
    assert without == []


@every_model
def test_an_example_does_not_see_its_neighbours_in_the_batch(name: str) -> None:
    model = make_model(name)
    examples = make_input(model, 3)
    with torch.no_grad():
        alone = torch.cat([model(example[None]) for example in examples])
        assert_same(model(examples), alone)


@every_model
def test_evaluation_repeats_itself(name: str) -> None:
    model = make_model(name)
    examples = make_input(model)
    with torch.no_grad():
        assert torch.equal(model(examples), model(examples))


@every_network
def test_a_seed_decides_the_weights(name: str) -> None:
    first, same, other = (make_model(name, seed=seed).state_dict() for seed in (7, 7, 8))
    assert all(torch.equal(first[key], same[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)


@every_network
def test_saved_weights_give_the_same_answer(name: str) -> None:
    model, other = make_model(name, seed=0), make_model(name, seed=1)
    examples = make_input(model)
    other.load_state_dict(load(save(model.state_dict())))
    with torch.no_grad():
        assert torch.equal(model(examples), other(examples))


@waveform_models
def test_dense_equals_windowed(name: str) -> None:
    model = make_model(name)
    signal = make_input(model, 2, 4)
    window, hop = round(model.receptive_field * model.sampling_rate), round(model.sampling_rate / model.frame_rate)
    with torch.no_grad():
        windowed = torch.cat([model(signal[..., i * hop : i * hop + window]) for i in range(4)], dim=1)
        assert_same(model(signal), windowed)


@frame_models
def test_a_frame_looks_no_further_than_its_receptive_field(name: str) -> None:
    model = make_model(name)
    hop, reach = model.sampling_rate / model.frame_rate, model.receptive_field * model.sampling_rate
    n_around = int(reach / hop) + 2
    signal = make_input(model, 1, 2 * n_around + 1).requires_grad_()
    model(signal)[0, n_around, 0].backward()
    assert signal.grad is not None
    seen = signal.grad.abs().sum(dim=(0, 1)).nonzero()[:, 0]
    assert seen[0] <= n_around * hop < (n_around + 1) * hop <= seen[-1] + hop
    assert seen[-1] - seen[0] < reach + 1e-6


@frame_models
def test_frames_are_the_same_wherever_a_window_begins(name: str) -> None:
    model = make_model(name)
    hop, n_around = round(model.sampling_rate / model.frame_rate), int(model.receptive_field * model.frame_rate) + 1
    signal = make_input(model, 1, 2 * n_around + 6)
    with torch.no_grad():
        whole, later = model(signal), model(signal[..., 3 * hop :])
    inside = slice(n_around, -n_around)
    assert_same(later[:, inside], whole[:, 3:][:, inside])


@named("waveform", "frames")
def test_exported_graph_answers_as_the_model(name: str) -> None:
    model = make_model(name)
    window = make_input(model, 1, 8).shape[2] if model.kind == "frames" else None
    graph = export_onnx(model, N_CHANNELS if model.dense else model.input_shape[0], window=window)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    for batch, n_frames in ((1, 1), (3, 5)) if is_dense(model) else ((1, 8), (3, 8)):
        signal = make_input(model, batch, n_frames)
        with torch.no_grad():
            expected = model(signal).numpy()
        (answer,) = session.run(["logits"], {"signal": signal.numpy()})
        np.testing.assert_allclose(answer, expected, rtol=0.0, atol=1e-5 * max(1.0, float(np.abs(expected).max())))


@named("picture", "table")
def test_exported_graph_of_examples_answers_as_the_model(name: str) -> None:
    assert_graph_answers_as(make_model(name))
