"""The encoder and the decoder give what the published ones give."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.models.oracle import NetworkT, Oracle, make_signal, make_state
from torch import Tensor, nn

from ictal.models.seanet import Decoder, Encoder, SEANetConfig, mirror

ReadOracle = Callable[[str], Oracle]


FOUR_STAGES = SEANetConfig(ratios=(2, 2, 2, 2))


precisions = pytest.mark.parametrize(("precision", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])


def load_oracle(oracle: Oracle, network: NetworkT) -> NetworkT:
    """The network with the oracle's weights, whose stages count from one."""
    named = replace(oracle, state=make_state(oracle.description["tensors"], key="name"))
    return named.load(network, lambda key: re.sub(r"stage_(\d)", lambda found: f"stages.{int(found[1]) - 1}", key))


def count_parameters(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


@precisions
@pytest.mark.parametrize("n_samples", [2048, 2051, 100])
def test_encoder_gives_the_published_latent(
    read_oracle: ReadOracle, n_samples: int, precision: torch.dtype, tolerance: float
) -> None:
    oracle = read_oracle("braincodec_encoder_6stage")
    encoder = load_oracle(oracle, Encoder(SEANetConfig())).to(precision)
    with torch.no_grad():
        latent = encoder(torch.from_numpy(make_signal((2, 1, n_samples), 512.0)).to(precision))
    np.testing.assert_allclose(latent, oracle.outputs[f"latent_T{n_samples}"], rtol=tolerance, atol=tolerance)


@precisions
@pytest.mark.parametrize(("name", "config"), [("6stage", SEANetConfig()), ("4stage", FOUR_STAGES)])
def test_decoder_gives_the_published_signal(
    read_oracle: ReadOracle, name: str, config: SEANetConfig, precision: torch.dtype, tolerance: float
) -> None:
    oracle = read_oracle(f"braincodec_decoder_{name}")
    assert oracle.signal is not None
    decoder = load_oracle(oracle, Decoder(config)).to(precision)
    with torch.no_grad():
        signal = decoder(torch.from_numpy(oracle.signal).to(precision))
    np.testing.assert_allclose(signal, oracle.outputs["waveform"], rtol=tolerance, atol=tolerance)


def test_every_stage_of_the_encoder_gives_the_published_maps(read_oracle: ReadOracle) -> None:
    oracle = read_oracle("braincodec_encoder_6stage")
    encoder = load_oracle(oracle, Encoder(SEANetConfig()))
    seen: dict[str, Tensor] = {}

    def watch(name: str, layer: nn.Module) -> None:
        layer.register_forward_hook(lambda _, __, maps: seen.update({name: maps}))

    watch("conv_in", encoder.conv_in)
    watch("conv_out", encoder.conv_out)
    for i, stage in enumerate(encoder.stages, start=1):
        watch(f"stage_{i}.residual", stage.get_submodule("residual"))
        watch(f"stage_{i}.downsample", stage.get_submodule("downsample"))
    for n_samples in (2048, 2051, 100):
        with torch.no_grad():
            encoder(torch.from_numpy(make_signal((2, 1, n_samples), 512.0)))
        for name, maps in seen.items():
            expected = oracle.intermediates[f"T{n_samples} / {name}"]
            assert list(maps.shape) == expected["shape"]
            np.testing.assert_allclose(maps.flatten()[expected["sample_index"]], expected["sample"], atol=1e-9)


@pytest.mark.parametrize(
    ("network", "n_parameters"),
    [
        (Encoder(SEANetConfig()), 1_055_432),
        (Decoder(SEANetConfig()), 1_055_369),
        (Encoder(FOUR_STAGES), 267_720),
        (Decoder(FOUR_STAGES), 267_657),
    ],
)
def test_parameter_count_is_the_published_one(network: nn.Module, n_parameters: int) -> None:
    assert count_parameters(network) == n_parameters


@settings(deadline=None)
@given(left=st.integers(0, 4), right=st.integers(0, 4), n_samples=st.integers(5, 12))
def test_mirroring_is_what_numpy_calls_reflect(left: int, right: int, n_samples: int) -> None:
    maps = np.arange(float(n_samples))
    ours = mirror(torch.from_numpy(maps)[None], left, right)[0]
    np.testing.assert_array_equal(ours, np.pad(maps, (left, right), mode="reflect"))
