"""What SeizureTransformer is made of, and what it refuses; its answers are held to the original beside the loader."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from ictal.core.errors import ParameterError
from ictal.models.seizure_transformer import (
    SeizureTransformer,
    SeizureTransformerConfig,
    make_convolution,
    make_positions,
)

SMALL: dict[str, Any] = {
    "n_channels": 3,
    "window": 2.0,
    "filters": (8, 12, 16),
    "kernels": (5, 3, 3),
    "decoder_kernels": (3, 3, 5),
    "residual_kernels": (3, 2),
    "n_layers": 2,
    "n_heads": 2,
    "feedforward": 32,
}


def make_model(seed: int = 0, **settings: Any) -> SeizureTransformer:
    torch.manual_seed(seed)
    return SeizureTransformer(SeizureTransformerConfig(**{**SMALL, **settings})).eval()


@pytest.mark.parametrize(("n_channels", "parameters"), [(19, 37_848_897), (18, 37_848_545)])
def test_parameter_count_is_the_published_one(n_channels: int, parameters: int) -> None:
    with torch.device("meta"):
        model = SeizureTransformer(SeizureTransformerConfig(n_channels=n_channels))
    assert model.input_shape == (n_channels, 15360)
    assert sum(parameter.numel() for parameter in model.parameters()) == parameters


def test_two_classes_are_one_logit_against_zero_and_more_have_their_own() -> None:
    signal = torch.randn(2, 3, 512)
    with torch.no_grad():
        two, three = make_model()(signal), make_model(n_classes=3)(signal)
    assert (two.shape, three.shape) == ((2, 512, 2), (2, 512, 3))
    assert not two[..., 0].any()
    assert two[..., 1].std() > 1e-3
    assert three.std(dim=1).min() > 1e-3


def test_the_logit_of_a_frame_is_the_mean_over_its_samples() -> None:
    model, framed = make_model(), make_model(frame=0.25)
    signal = torch.randn(2, 3, 512)
    with torch.no_grad():
        samples, frames = model(signal), framed(signal)
    assert (model.frame_rate, framed.frame_rate) == (256.0, 4.0)
    torch.testing.assert_close(frames, samples.unflatten(1, (8, 64)).mean(dim=2), rtol=0.0, atol=1e-6)


def test_attention_sees_the_whole_window_and_the_rest_does_not() -> None:
    signal = torch.randn(1, 3, 512, requires_grad=True)
    model = make_model()
    (everywhere,) = torch.autograd.grad(model(signal)[0, 0, 1], signal)
    model.attention = torch.nn.Identity()
    (near,) = torch.autograd.grad(model(signal)[0, 0, 1], signal)
    assert everywhere[0].abs().sum(dim=0).min() > 0
    assert near[0, :, :16].any()
    assert not near[0, :, 256:].any()


def test_positions_tell_a_shift_by_whole_steps_from_none() -> None:
    """Convolutions and attention alone would shift their answer with the signal; with positions it changes."""
    model = make_model()
    pulse = torch.zeros(1, 3, 512)
    pulse[..., 200:208] = 5.0
    with torch.no_grad():
        here, there = model(pulse)[0, 150:250, 1], model(pulse.roll(64, dims=2))[0, 214:314, 1]
    assert (here - there).abs().max() > 1e-3


def test_positions_are_those_of_the_formula() -> None:
    steps, pairs = np.arange(480.0)[:, None], np.arange(256)
    angles = steps / 10000 ** (2 * pairs / 512)
    found = make_positions(torch.zeros(1, 480, 512, dtype=torch.float64)).numpy()
    np.testing.assert_allclose(found[:, 0::2], np.sin(angles), atol=1e-11)
    np.testing.assert_allclose(found[:, 1::2], np.cos(angles), atol=1e-11)


def test_positions_in_half_precision_are_those_of_single() -> None:
    single = make_positions(torch.zeros(1, 480, 64))
    half = make_positions(torch.zeros(1, 480, 64, dtype=torch.bfloat16))
    assert half.dtype == torch.bfloat16
    torch.testing.assert_close(half.float(), single, rtol=0.0, atol=4e-3)


@pytest.mark.parametrize(("kernel", "before", "after"), [(1, 0, 0), (2, 0, 1), (3, 1, 1), (4, 1, 2), (11, 5, 5)])
def test_convolutions_keep_the_length_and_even_ones_look_ahead(kernel: int, before: int, after: int) -> None:
    convolution = make_convolution(1, 1, kernel)
    pulse = torch.zeros(1, 1, 1, 32)
    pulse[..., 16] = 1.0
    with torch.no_grad():
        convolution[1].weight.fill_(1.0)
        convolution[1].bias.zero_()
        answered = convolution(pulse)
    assert answered.shape == pulse.shape
    assert answered.flatten().nonzero().flatten().tolist() == list(range(16 - after, 16 + before + 1))


def test_what_is_faster_without_gradients_answers_the_same() -> None:
    model, signal = make_model(), torch.randn(2, 3, 512)
    with torch.no_grad():
        fast = model(signal)
    torch.testing.assert_close(fast, model(signal).detach(), rtol=0.0, atol=1e-5)


def test_dropout_is_for_training_alone() -> None:
    model, signal = make_model(), torch.randn(2, 3, 512)
    with torch.no_grad():
        assert torch.equal(model(signal), model(signal))
        model.train()
        assert not torch.equal(model(signal), model(signal))


def test_windows_of_another_rate_and_length() -> None:
    model = make_model(sampling_rate=200.0, window=1.6, n_channels=2, frame=0.8)
    with torch.no_grad():
        assert model(torch.randn(1, 2, 320)).shape == (1, 2, 2)
    with pytest.raises(ParameterError, match=r"shape \(1, 2, 352\) came; allowed is \(batch, 2, 320\)"):
        model(torch.zeros(1, 2, 352))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"window": 1.01171875}, r"window 1\.01172 s is 259 samples; it must be a multiple of 8"),
        ({"window": 0.3}, "whole number"),
        ({"frame": 0.3}, r"frame 0\.3 s is 76\.8 samples"),
        ({"frame": 1.5}, r"frame 1\.5 s: the window of 2 s must be a multiple"),
        ({"kernels": (5, 3)}, "kernels: 2 came for 3 filters"),
        ({"decoder_kernels": (3, 3, 5, 5)}, "decoder_kernels: 4 came for 3 filters"),
        ({"filters": (8, 12, 15)}, "the last is 15; it must be even"),
        ({"n_heads": 3}, "the last is 16 came with 3 heads"),
        ({"filters": ()}, "at least 1 item"),
        ({"residual_kernels": (3, 0)}, "greater than 0"),
        ({"dropout": 1.0}, "less than 1"),
        ({"width": 512}, "width"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        SeizureTransformerConfig(**{**SMALL, **settings})
