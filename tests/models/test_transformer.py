from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError

from ictal.models.transformer import PictureTransformer, PictureTransformerConfig

SMALL = {"n_channels": 2, "height": 5, "width": 7, "hidden": 8, "n_heads": 2, "feedforward": 12}

ENCODER_LAYER = 4 * 256 * 256 + 4 * 256 + 2 * 256 * 2048 + 2048 + 256 + 2 * 2 * 256
"""Attention, the two linear layers behind it, two norms."""


def make_model(**settings: Any) -> PictureTransformer:
    torch.manual_seed(0)
    return PictureTransformer(PictureTransformerConfig(**{**SMALL, **settings})).eval()


@pytest.mark.parametrize(("n_layers", "n_classes"), [(2, 2), (6, 3)])
def test_parameters_are_those_of_the_published_layers(n_layers: int, n_classes: int) -> None:
    model = PictureTransformer(PictureTransformerConfig(n_channels=20, n_layers=n_layers, n_classes=n_classes))
    embed, positions, classifier = 20 * 100 * 256 + 256, 100 * 256, (256 + 1) * n_classes
    expected = embed + positions + n_layers * ENCODER_LAYER + classifier
    assert sum(value.numel() for value in model.parameters()) == expected


def test_a_moment_of_all_pictures_is_a_token() -> None:
    model, pictures = make_model(), torch.randn(3, 2, 5, 7)
    tokens = torch.stack([pictures[..., column].flatten(1) for column in range(7)], dim=1)
    with torch.no_grad():
        encoded = model.encoder(model.embed(tokens) + model.positions)
        torch.testing.assert_close(model(pictures)[:, 0], model.classifier(encoded.mean(dim=1)))


def test_time_is_known_from_positions_alone() -> None:
    model, pictures = make_model(), torch.randn(3, 2, 5, 7)
    order = torch.tensor([3, 0, 6, 1, 5, 2, 4])
    with torch.no_grad():
        expected = model(pictures)
        assert not torch.allclose(model(pictures[..., order]), expected, atol=1e-4)
        model.positions.copy_(model.positions[:, order])
        torch.testing.assert_close(model(pictures[..., order]), expected)


@pytest.mark.parametrize("settings", [{"n_heads": 3}, {"width": 0}, {"n_patches": 10}], ids=str)
def test_settings_that_cannot_be_are_refused(settings: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match=next(iter(settings)).removeprefix("n_")):
        make_model(**settings)
