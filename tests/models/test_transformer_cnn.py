from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError
from tests.models.graph import assert_graph_answers_as

from ictal.models.transformer_cnn import TransformerCNN, TransformerCNNConfig

SMALL = {"n_channels": 2, "hidden": 8, "n_heads": 2, "n_layers": 1, "feedforward": 12}


def make_model(**settings: Any) -> TransformerCNN:
    torch.manual_seed(0)
    return TransformerCNN(TransformerCNNConfig(**{**SMALL, **settings})).eval()


@pytest.mark.parametrize(("n_layers", "n_classes"), [(2, 2), (4, 3)])
def test_parameters_are_those_of_the_published_layers(n_layers: int, n_classes: int) -> None:
    model = TransformerCNN(TransformerCNNConfig(n_channels=20, n_layers=n_layers, n_classes=n_classes))
    convolutions = 9 * (20 * 16 + 16 * 32 + 32 * 64 + 64 * 128)
    norms = 2 * (16 + 32 + 64 + 128)
    layer = 4 * 128 * 128 + 4 * 128 + 2 * 128 * 2048 + 2048 + 128 + 2 * 2 * 128
    expected = convolutions + norms + n_layers * layer + (128 + 1) * n_classes
    assert sum(value.numel() for value in model.parameters()) == expected


@pytest.mark.parametrize(("row", "column", "token"), [(0, 0, 0), (0, 99, 7), (99, 0, 56), (56, 30, 34)])
def test_a_region_of_the_picture_is_a_token(row: int, column: int, token: int) -> None:
    """100 rows are 25 after the poolings, and 8 regions of 3 or 4 of them, which overlap by one."""
    model = make_model()
    seen: list[torch.Tensor] = []
    model.encoder.register_forward_hook(lambda _, tokens, __: seen.append(tokens[0]))
    pictures = torch.randn(1, 2, 100, 100)
    touched = pictures.clone()
    touched[:, :, row, column] += 100.0
    with torch.no_grad():
        model(pictures)
        model(touched)
    assert seen[0].shape == (1, 64, 8)
    change = (seen[1] - seen[0])[0].abs().sum(dim=1)
    assert int(change.argmax()) == token
    rows, columns = torch.arange(64) // 8 - token // 8, torch.arange(64) % 8 - token % 8
    assert not change[(rows.abs() > 1) | (columns.abs() > 1)].any()


@pytest.mark.parametrize(("height", "width"), [(100, 100), (37, 5)])
def test_its_graph_answers_as_it_does_at_any_size(height: int, width: int) -> None:
    """Of 25, 9 and 1 that the poolings leave none is a multiple of 8."""
    assert_graph_answers_as(make_model(height=height, width=width))


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"height": 3}, "height"), ({"width": 2}, "width"), ({"n_heads": 3}, "hidden 8 came with 3 heads")],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, int], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        make_model(**settings)
