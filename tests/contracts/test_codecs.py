"""What every codec in the table promises, whatever its architecture."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from ictal.models.table import CODECS

every_codec = pytest.mark.parametrize("name", CODECS)


def make_codec(name: str, seed: int = 0, **settings: Any) -> Any:
    torch.manual_seed(seed)
    return CODECS.load(name)(CODECS.load(name).Config(width=4, widest=8, **settings)).eval()


def make_signal(codec: Any, batch: int = 3) -> Tensor:
    return torch.randn(batch, 1, codec.config.window_samples)


@every_codec
def test_kind_says_that_it_codes(name: str) -> None:
    assert CODECS.load(name).kind == "codec"


@every_codec
def test_config_needs_nothing_is_frozen_and_refuses_unknown_keys(name: str) -> None:
    config = CODECS.load(name).Config()
    with pytest.raises(ValidationError, match="n_chanels"):
        type(config)(n_chanels=2)
    with pytest.raises(ValidationError, match="frozen"):
        config.sampling_rate = 256.0


@every_codec
def test_codes_are_bytes_at_the_rate_that_the_settings_say(name: str) -> None:
    codec = make_codec(name)
    with torch.no_grad():
        codes = codec.encode(make_signal(codec))
    assert codes.dtype == torch.int64
    assert codes.shape == (3, codec.config.n_frames, codec.config.n_codebooks)
    assert codes.min() >= 0
    assert codes.max() < min(256, codec.config.n_entries)
    assert codes[0].numel() * 8 / codec.config.window == codec.config.bit_rate


@every_codec
def test_forward_is_encoding_and_decoding(name: str) -> None:
    codec = make_codec(name)
    signal = make_signal(codec)
    with torch.no_grad():
        back, quantized = codec(signal)
        assert torch.equal(quantized.codes, codec.encode(signal))
        assert torch.equal(back, codec.decode(quantized.codes))
    assert back.shape == signal.shape


@every_codec
def test_a_segment_does_not_see_its_neighbours_in_the_batch(name: str) -> None:
    codec = make_codec(name)
    signal = make_signal(codec)
    with torch.no_grad():
        codes = codec.encode(signal)
        assert torch.equal(codes, torch.cat([codec.encode(one[None]) for one in signal]))
        alone = torch.cat([codec.decode(one[None]) for one in codes])
        torch.testing.assert_close(codec.decode(codes), alone, rtol=1e-5, atol=1e-5)


@every_codec
def test_a_seed_decides_the_weights(name: str) -> None:
    first, same, other = (make_codec(name, seed).state_dict() for seed in (7, 7, 8))
    assert all(torch.equal(first[key], same[key]) for key in first)
    assert any(not torch.equal(first[key], other[key]) for key in first)


@every_codec
def test_a_few_steps_of_training_bring_copies_nearer(name: str) -> None:
    codec = make_codec(name, n_entries=64).train()
    time = torch.arange(512) / codec.sampling_rate
    signal = torch.sin(2 * torch.pi * torch.linspace(2, 12, 32)[:, None] * time)[:, None] * 2**0.5
    optimizer = torch.optim.Adam(codec.parameters(), lr=1e-2)
    errors = []
    for _ in range(60):
        back, quantized = codec(signal)
        loss = (back - signal).square().mean()
        optimizer.zero_grad()
        (loss + 0.1 * quantized.commitment).backward()
        optimizer.step()
        errors.append(float(loss.detach()))
    assert errors[-1] < 0.5 * errors[0]
