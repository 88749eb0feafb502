from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from ictal.models.vit import ViT, ViTConfig

SMALL = {"n_channels": 2, "height": 6, "width": 9, "n_patches": 3, "hidden": 8, "n_heads": 2, "feedforward": 12}

ENCODER_LAYER = 4 * 256 * 256 + 4 * 256 + 2 * 256 * 2048 + 2048 + 256 + 2 * 2 * 256
"""Attention, the two linear layers behind it, two norms."""


def make_model(**settings: Any) -> ViT:
    torch.manual_seed(0)
    return ViT(ViTConfig(**{**SMALL, **settings})).eval()


def cut(pictures: Tensor) -> Tensor:
    """Patches of 2 × 3 in rows, each as one line of numbers: (B, 9, 12)."""
    corners = [(row, column) for row in (0, 2, 4) for column in (0, 3, 6)]
    patches = [pictures[:, :, row : row + 2, column : column + 3].flatten(1) for row, column in corners]
    return torch.stack(patches, dim=1)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_parameters_are_those_of_the_published_sizes(n_classes: int) -> None:
    model = ViT(ViTConfig(n_channels=20, n_classes=n_classes))
    embed, token, positions = 20 * 10 * 10 * 256 + 256, 256, (10 * 10 + 1) * 256
    expected = embed + token + positions + 2 * ENCODER_LAYER + (256 + 1) * n_classes
    assert sum(value.numel() for value in model.parameters()) == expected


def test_patches_go_through_one_linear_layer_and_the_class_token_answers() -> None:
    model, pictures = make_model(), torch.randn(4, 2, 6, 9)
    with torch.no_grad():
        patches = cut(pictures) @ model.embed.weight.flatten(1).T + model.embed.bias
        tokens = torch.cat([model.class_token.repeat(4, 1, 1), patches], dim=1) + model.positions
        expected = model.classifier(model.encoder(tokens)[:, 0])
        torch.testing.assert_close(model(pictures)[:, 0], expected)


def test_place_is_known_from_positions_alone() -> None:
    model, pictures = make_model(), torch.randn(4, 2, 6, 9)
    moved = pictures.clone()
    moved[:, :, :2, :3], moved[:, :, 4:, 3:6] = pictures[:, :, 4:, 3:6], pictures[:, :, :2, :3]
    order = torch.arange(10)
    order[1], order[8] = 8, 1
    with torch.no_grad():
        expected = model(pictures)
        assert not torch.allclose(model(moved), expected, atol=1e-4)
        model.positions.copy_(model.positions[:, order])
        torch.testing.assert_close(model(moved), expected)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"height": 7}, "height 7 came with n_patches 3; it must be a multiple of it"),
        ({"width": 10}, "width 10 came with n_patches 3"),
        ({"n_patches": 30}, "height 6 came with n_patches 30"),
        ({"n_heads": 3}, "hidden 8 came with 3 heads"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, int], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        make_model(**settings)
