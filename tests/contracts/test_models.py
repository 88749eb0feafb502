"""What every trainable network in the table promises, whatever its architecture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from pydantic import ValidationError
from safetensors.torch import load, save
from torch import Tensor

from ictal.models.table import MODELS
from ictal.training.export import export_onnx

N_CHANNELS = 3


def make_waveforms(model: Any, batch: int, n_frames: int) -> Tensor:
    """Signals of so many frames in µV, and half a hop more."""
    window = model.receptive_field * model.sampling_rate
    hop = model.sampling_rate / model.frame_rate
    return 50 * torch.randn(batch, N_CHANNELS, int(window + (n_frames - 0.5) * hop))


def make_framed(model: Any, batch: int, n_frames: int) -> Tensor:
    """Signals of so many frames in µV, and half a frame more."""
    return 50 * torch.randn(batch, N_CHANNELS, int((n_frames + 0.5) * model.sampling_rate / model.frame_rate))


INPUTS: dict[str, Callable[[Any, int, int], Tensor]] = {"waveform": make_waveforms, "frames": make_framed}


def make_model(name: str, n_classes: int = 2, seed: int = 0) -> Any:
    network = MODELS.load(name)
    torch.manual_seed(seed)
    return network(network.Config(n_channels=N_CHANNELS, n_classes=n_classes)).eval()


def make_input(model: Any, batch: int = 2, n_frames: int = 4) -> Tensor:
    return INPUTS[model.kind](model, batch, n_frames)


def assert_same(logits: Tensor, expected: Tensor) -> None:
    """Refuse what is more than rounding."""
    rounding = 1e-6 * max(1.0, float(expected.abs().max()))
    torch.testing.assert_close(logits, expected, rtol=0.0, atol=rounding)


every_network = pytest.mark.parametrize("name", [name for name in MODELS if MODELS.load(name).kind != "rule"])
waveform_models = pytest.mark.parametrize("name", [name for name in MODELS if MODELS.load(name).kind == "waveform"])
frame_models = pytest.mark.parametrize("name", [name for name in MODELS if MODELS.load(name).kind == "frames"])


@pytest.mark.parametrize("name", MODELS)
def test_kind_is_one_that_has_a_contract(name: str) -> None:
    assert MODELS.load(name).kind in {*INPUTS, "rule"}


@every_network
def test_config_is_frozen_and_refuses_unknown_keys(name: str) -> None:
    config = MODELS.load(name).Config
    with pytest.raises(ValidationError, match="n_chanels"):
        config(n_channels=N_CHANNELS, n_chanels=2)
    with pytest.raises(ValidationError, match="frozen"):
        config(n_channels=N_CHANNELS).n_channels = 4


@every_network
@pytest.mark.parametrize("n_classes", [2, 3])
@pytest.mark.parametrize("n_frames", [1, 4])
def test_logits_have_a_row_for_each_frame(name: str, n_classes: int, n_frames: int) -> None:
    model = make_model(name, n_classes)
    with torch.no_grad():
        logits = model(make_input(model, 2, n_frames))
    assert model.n_classes == n_classes
    assert logits.shape == (2, n_frames, n_classes)
    assert logits.dtype == torch.float32
    assert logits.isfinite().all()


@every_network
def test_answers_are_logits_not_probabilities(name: str) -> None:
    model = make_model(name)
    with torch.no_grad():
        logits = model(make_input(model))
    assert (logits.exp().sum(dim=-1) - 1).abs().min() > 1e-4
    assert (logits.sum(dim=-1) - 1).abs().min() > 1e-4


@every_network
def test_gradient_reaches_every_parameter(name: str) -> None:
    model = make_model(name).train()
    torch.nn.functional.cross_entropy(model(make_input(model, 4)).flatten(0, 1), torch.arange(16) % 2).backward()
    without = [key for key, value in model.named_parameters() if value.grad is None or not value.grad.any()]
    assert without == []


@every_network
def test_an_example_does_not_see_its_neighbours_in_the_batch(name: str) -> None:
    model = make_model(name)
    examples = make_input(model, 3)
    with torch.no_grad():
        alone = torch.cat([model(example[None]) for example in examples])
        assert_same(model(examples), alone)


@every_network
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


@waveform_models
def test_exported_graph_answers_as_the_model(name: str) -> None:
    model = make_model(name)
    session = onnxruntime.InferenceSession(export_onnx(model, N_CHANNELS), providers=["CPUExecutionProvider"])
    for batch, n_frames in ((1, 1), (3, 5)):
        signal = make_input(model, batch, n_frames)
        with torch.no_grad():
            expected = model(signal).numpy()
        (answer,) = session.run(["logits"], {"signal": signal.numpy()})
        np.testing.assert_allclose(answer, expected, rtol=0.0, atol=1e-5)
