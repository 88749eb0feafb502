"""Figures of a codec are those of its copies and its codes."""

from __future__ import annotations

import math

import pytest
import torch
from tests.training.codec_store import RATE, SMALL

from ictal.models.braincodec import BrainCodec
from ictal.training.codec_figures import copy_segments, describe_codec, describe_use


@pytest.fixture
def codec() -> BrainCodec:
    torch.manual_seed(0)
    return BrainCodec(SMALL)


def test_before_the_quantiser_starts_it_is_passed_by(codec: BrainCodec) -> None:
    segments = torch.randn(3, 1, round(4 * RATE))
    copy, codes = copy_segments(codec, segments)
    assert codes is None
    with torch.no_grad():
        assert torch.allclose(copy, codec.decoder(codec.encoder(segments)), atol=1e-6)
    assert "codebooks" not in describe_codec(codec, segments)


def test_afterwards_the_codes_are_counted_too(codec: BrainCodec) -> None:
    segments = torch.randn(40, 1, round(4 * RATE))
    codec.train()(segments)
    copy, codes = copy_segments(codec, segments)
    assert codes is not None
    assert codes.shape == (40, 32, 2)
    with torch.no_grad():
        assert torch.allclose(codec.decode(codes[:3]), copy[:3], atol=1e-5)
    figures = describe_codec(codec, segments)
    assert figures["ratio"] == 32 * 16 / (2 * 3)
    assert len(figures["codebooks"]) == 2
    error = (copy - segments).square().sum(dim=-1) / segments.square().sum(dim=-1)
    assert figures["prd"] == pytest.approx(100 * math.sqrt(error.quantile(0.5)), rel=0.02)
    assert figures["snr"] == pytest.approx(-20 * math.log10(figures["prd"] / 100))
    assert list(figures["bands"]) == ["delta", "theta", "alpha", "beta", "gamma"]


def test_codes_that_are_all_used_alike_say_as_much_as_there_are() -> None:
    assert describe_use(torch.arange(256).repeat(3), 256) == {"used": 1.0, "perplexity": 256.0}
    assert describe_use(torch.zeros(5, dtype=torch.int64), 256) == {"used": round(1 / 256, 4), "perplexity": 1.0}
