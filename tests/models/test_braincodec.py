from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.models.braincodec import BrainCodec, BrainCodecConfig, CodeReader, CodeWriter, standardise


def make_codec(seed: int = 0, **settings: Any) -> BrainCodec:
    torch.manual_seed(seed)
    return BrainCodec(BrainCodecConfig(**settings)).eval()


def test_rate_is_a_64th_of_the_signal() -> None:
    config = BrainCodecConfig()
    assert config.sampling_rate * 32 / config.bit_rate == 64
    codes = make_codec().encode(torch.randn(1, 1, config.window_samples))
    assert codes.numel() * 8 / config.window == config.bit_rate
    assert codes.min() >= 0
    assert codes.max() < 256


@pytest.mark.parametrize("n_samples", [1, 2, 63, 64, 65, 300])
def test_a_signal_of_any_length_comes_back_as_long(n_samples: int) -> None:
    codec = make_codec()
    with torch.no_grad():
        back, quantized = codec(torch.randn(2, 1, n_samples))
    assert back.shape == (2, 1, n_samples)
    assert quantized.codes.shape == (2, -(-n_samples // 64), 4)


@pytest.mark.parametrize("ratios", [(2, 3), (5,), (3, 4, 2)])
def test_other_ratios_keep_the_length(ratios: tuple[int, ...]) -> None:
    codec = make_codec(ratios=ratios, sampling_rate=240.0, width=4, widest=8)
    with torch.no_grad():
        assert codec(torch.randn(1, 1, 960))[0].shape == (1, 1, 960)
        assert codec.encode(torch.randn(1, 1, 961)).shape == (1, 960 // codec.config.hop + 1, 4)


def test_forward_is_encoding_and_decoding() -> None:
    codec, signal = make_codec(), torch.randn(3, 1, 2048)
    with torch.no_grad():
        back, quantized = codec(signal)
        assert torch.equal(quantized.codes, codec.encode(signal))
        assert torch.equal(back, codec.decode(quantized.codes))


def test_gradient_reaches_encoder_and_decoder_through_the_codes() -> None:
    codec = make_codec().train()
    back, _ = codec(torch.randn(2, 1, 512))
    back.square().mean().backward()
    assert [key for key, value in codec.named_parameters() if value.grad is None or not value.grad.any()] == []


@pytest.mark.filterwarnings("ignore:.isinstance.treespec, LeafSpec:FutureWarning")
def test_both_halves_run_in_onnx_runtime() -> None:
    codec = make_codec(width=4, widest=16)
    signal = torch.randn(3, 1, 2048)
    with torch.no_grad():
        codes = codec.encode(signal)
        expected = codec.decode(codes)
    for half, given_, wanted in ((CodeWriter(codec), signal, codes), (CodeReader(codec), codes, expected)):
        found = run_exported(half, given_)
        np.testing.assert_allclose(found, wanted, rtol=0.0, atol=1e-5)


def run_exported(module: nn.Module, example: Tensor) -> Any:
    """What an exported module answers to a batch of a size it was not exported with."""
    batch = torch.export.Dim("batch", min=1, max=4096)
    frozen = module.eval().requires_grad_(False)
    exported = torch.onnx.export(frozen, (example[:2],), dynamo=True, dynamic_shapes=({0: batch},), verbose=False)
    assert exported is not None
    graph = exported.model_proto.SerializeToString()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: example.numpy()})[0]


@pytest.mark.parametrize("shape", [(1, 2, 100), (1, 100), (1, 1, 0)])
def test_another_shape_is_refused_by_name(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match=r"signal: shape .* came; allowed is \(batch, 1, samples\)"):
        make_codec()(torch.zeros(shape))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ratios": ()}, "one or more whole numbers from 2 up"),
        ({"ratios": (2, 1)}, "one or more whole numbers from 2 up"),
        ({"window": 4.1}, "whole number"),
        ({"window": 4.0625}, "whole number of frames of 64"),
        ({"width": 15}, "must be even"),
        ({"width": 32, "widest": 16}, "must be even"),
        ({"n_entries": 257}, "less than or equal to 256"),
        ({"stages": 6}, "stages"),
    ],
)
def test_settings_that_cannot_be_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        BrainCodecConfig(**changes)


@settings(deadline=None, max_examples=30)
@given(offset=st.floats(-1e5, 1e5), gain=st.floats(0.01, 1e4))
def test_segments_of_any_size_look_the_same_to_the_codec(offset: float, gain: float) -> None:
    signal = torch.randn(4, 1, 2048, dtype=torch.float64)
    plain, other = standardise(signal), standardise(signal * gain + offset)
    torch.testing.assert_close(other.signal, plain.signal, rtol=1e-6, atol=1e-6)
    torch.testing.assert_close(other.signal * other.deviation + other.mean, signal * gain + offset)


@pytest.mark.parametrize("level", [0.0, 7.3, -12_345.678])
def test_a_flat_segment_stays_flat(level: float) -> None:
    flat = standardise(torch.full((2, 1, 2048), level))
    assert flat.signal.abs().max() < 1e-3
    torch.testing.assert_close(flat.signal * flat.deviation + flat.mean, torch.full((2, 1, 2048), level))
