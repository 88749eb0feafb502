from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from ictal.models.encoder import EncoderConfig, make_encoder


def make_small(seed: int = 0, **settings: Any) -> nn.Sequential:
    torch.manual_seed(seed)
    return make_encoder(**{"width": 8, "n_heads": 2, "n_layers": 2, "feedforward": 12, **settings}).eval().double()


def attend(layer: Any, tokens: Tensor) -> Tensor:
    """softmax(Q K' / sqrt d) V of every head, side by side, through the last linear layer."""
    attention = layer.self_attn
    projected = tokens @ attention.in_proj_weight.T + attention.in_proj_bias
    heads = []
    for queries, keys, values in zip(*(part.split(4, dim=2) for part in projected.chunk(3, dim=2)), strict=True):
        weights = torch.softmax(queries @ keys.transpose(1, 2) / 2.0, dim=2)
        heads.append(weights @ values)
    return torch.cat(heads, dim=2) @ attention.out_proj.weight.T + attention.out_proj.bias


def test_layers_normalise_what_they_add_up_to() -> None:
    encoder, tokens = make_small(), torch.randn(3, 5, 8, dtype=torch.float64)
    with torch.no_grad():
        expected = tokens
        for layer in encoder:
            expected = layer.norm1(expected + attend(layer, expected))
            expected = layer.norm2(expected + layer.linear2(layer.linear1(expected).relu()))
        torch.testing.assert_close(encoder(tokens), expected)


def test_layers_may_normalise_what_they_read() -> None:
    encoder = make_small(norm_first=True, activation="gelu")
    tokens = torch.randn(3, 5, 8, dtype=torch.float64)
    with torch.no_grad():
        expected = tokens
        for layer in encoder[:2]:
            expected = expected + attend(layer, layer.norm1(expected))
            expected = expected + layer.linear2(nn.functional.gelu(layer.linear1(layer.norm2(expected))))
        torch.testing.assert_close(encoder(tokens), encoder[2](expected))


def test_each_layer_starts_with_weights_of_its_own() -> None:
    first, second = make_small()
    assert not torch.equal(first.linear1.weight, second.linear1.weight)
    assert not torch.equal(first.self_attn.in_proj_weight, second.self_attn.in_proj_weight)


def test_a_layer_has_the_parameters_of_its_figure() -> None:
    attention, feedforward, norms = 4 * 256 * 256 + 4 * 256, 2 * 256 * 2048 + 2048 + 256, 2 * 2 * 256
    for n_layers in (1, 3):
        encoder = make_encoder(256, 4, n_layers)
        assert sum(value.numel() for value in encoder.parameters()) == n_layers * (attention + feedforward + norms)


def test_without_gradients_the_answer_is_the_same() -> None:
    """Then torch takes another way through a layer."""
    encoder, tokens = make_small().float(), torch.randn(3, 5, 8)
    with torch.no_grad():
        quick = encoder(tokens)
        assert torch.equal(encoder(tokens), quick)
    torch.testing.assert_close(encoder(tokens).detach(), quick, rtol=1e-5, atol=1e-6)


def test_hooks_see_the_attention_of_every_head() -> None:
    encoder, tokens = make_small(), torch.randn(3, 5, 8, dtype=torch.float64)
    seen: list[Tensor] = []
    for layer in encoder:
        layer.self_attn.register_forward_pre_hook(
            lambda _, args, settings: (args, {**settings, "need_weights": True, "average_attn_weights": False}),
            with_kwargs=True,
        )
        layer.self_attn.register_forward_hook(lambda _, __, answer: seen.append(answer[1]))
    with torch.no_grad():
        plain = make_small()(tokens)
        torch.testing.assert_close(encoder(tokens), plain)
    assert [weights.shape for weights in seen] == [(3, 2, 5, 5)] * 2
    for weights in seen:
        torch.testing.assert_close(weights.sum(dim=-1), torch.ones(3, 2, 5, dtype=torch.float64))


def test_dropout_is_on_in_training_alone() -> None:
    encoder, tokens = make_small(dropout=0.5), torch.randn(3, 5, 8, dtype=torch.float64)
    assert torch.equal(encoder(tokens), encoder(tokens))
    encoder.train()
    assert not torch.equal(encoder(tokens), encoder(tokens))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"n_heads": 3}, "hidden 256 came with 3 heads"),
        ({"n_layers": 0}, "greater than 0"),
        ({"dropout": 1.0}, "less than 1"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        EncoderConfig(**settings)
