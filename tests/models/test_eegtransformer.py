"""EEGTransformer: the encoder of its public code, on tokens of one window instead of windows of one batch."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError
from tests.models.oracle import Oracle

from ictal.models.eegtransformer import EEGTransformer, EEGTransformerConfig

SMALL = {"n_features": 40, "token_features": 8, "hidden": 16, "n_heads": 2, "feedforward": 32}
RENAMED = (("transformer_encoder.layers", "encoder"), ("transformer_encoder.norm", "norm"), ("fc", "classifier.0"))


def rename(key: str) -> str:
    published, ours = next(pair for pair in RENAMED if key.startswith(pair[0]))
    return ours + key.removeprefix(published)


def make_model(**settings: Any) -> EEGTransformer:
    torch.manual_seed(0)
    return EEGTransformer(EEGTransformerConfig(**{**SMALL, **settings})).eval()


def test_a_window_alone_gives_the_published_answer_in_one_token(read_oracle: Callable[[str], Oracle]) -> None:
    """In the original a window alone attends to itself; a single token, embedded as it is, does the same."""
    oracle = read_oracle("eegtransformer")
    model = EEGTransformer(EEGTransformerConfig(n_features=1024, token_features=1024))
    published = {key: value for key, value in model.named_parameters() if not key.startswith(("embed", "places"))}
    assert sum(value.numel() for value in published.values()) == oracle.parameters == 25_195_521
    oracle.state.update({"embed.weight": np.eye(1024), "embed.bias": np.zeros(1024), "places": np.zeros((1, 1024))})
    oracle.load(model, lambda key: key if key in ("embed.weight", "embed.bias", "places") else rename(key))
    windows = torch.from_numpy(oracle.signal[:, 0])
    with torch.no_grad():
        logits = model(windows)[:, 0]
        np.testing.assert_allclose(logits[:1, 1:], oracle.outputs["logits_first_alone"], rtol=1e-9)
        in_float32 = model.float()(windows.float())[:1, 0, 1:]
    np.testing.assert_allclose(in_float32, oracle.outputs["logits_first_alone"], rtol=1e-5)
    assert np.abs(logits[0, 1] - oracle.outputs["logits"][0, 0]) > 0.1


def test_a_window_does_not_see_its_neighbours_in_the_batch() -> None:
    model, windows = make_model().double(), torch.randn(3, 40, dtype=torch.float64)
    windows.requires_grad_()
    model(windows)[0, 0, 1].backward()
    assert windows.grad is not None
    assert windows.grad[0].any()
    assert not windows.grad[1:].any()
    with torch.no_grad():
        torch.testing.assert_close(model(windows[:1]), model(windows)[:1], rtol=1e-12, atol=1e-12)


def test_tokens_see_each_other_and_their_place() -> None:
    model, window = make_model(), torch.randn(1, 40)
    turned = torch.cat([window[:, 8:16], window[:, :8], window[:, 16:]], dim=1)
    with torch.no_grad():
        assert (model(window) - model(turned)).abs().max() > 1e-5
        model.places.zero_()
        torch.testing.assert_close(model(window), model(turned))


def test_layers_start_with_weights_of_their_own() -> None:
    first, second = make_model().encoder
    assert not torch.equal(first.linear1.weight, second.linear1.weight)


@pytest.mark.parametrize("n_features", [1, 7, 8, 9, 39])
def test_any_number_of_features_makes_tokens(n_features: int) -> None:
    model = make_model(n_features=n_features, n_classes=3)
    with torch.no_grad():
        assert model(torch.randn(2, n_features)).shape == (2, 1, 3)


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValidationError, match="hidden 100 came with 8 heads"):
        EEGTransformerConfig(n_features=40, hidden=100, n_heads=8)
