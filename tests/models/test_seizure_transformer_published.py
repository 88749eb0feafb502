"""Published checkpoints of SeizureTransformer, and what the original answers with such weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tests.models.oracle import Oracle, read_oracle
from torch import Tensor

from ictal.core.errors import ParameterError
from ictal.models.seizure_transformer_published import load_published

UNUSED = {
    "transformer_encoder_layer.linear1.weight": torch.ones(2048, 512),
    "position_encoding.pe": torch.ones(9, 1, 4),
}


@pytest.fixture(scope="module")
def oracle(test_data: Path) -> Oracle:
    return read_oracle(test_data, "seizure_transformer")


def load_state(oracle: Oracle, precision: torch.dtype) -> dict[str, Tensor]:
    return {key: torch.from_numpy(value).to(precision) for key, value in oracle.state.items()}


def assert_published_map(found: Tensor, expected: dict[str, Any]) -> None:
    maps = found.squeeze(2) if found.ndim == 4 else found.transpose(0, 1)
    assert list(maps.shape) == expected["shape"]
    np.testing.assert_allclose(maps.flatten()[expected["sample_index"]], expected["sample"], rtol=1e-9, atol=1e-9)


def test_every_layer_gives_the_published_maps(oracle: Oracle) -> None:
    model = load_published(load_state(oracle, torch.float64) | UNUSED)
    layers: dict[str, torch.nn.Module] = {}
    for name, stages in (
        ("down_conv_{} (before ELU)", model.encoder),
        ("res_block_{}", model.residual),
        ("attention_layer_{} (time, batch, feature)", model.attention),
        ("up_conv_{} (before ELU and skip)", model.decoder),
    ):
        layers |= {name.format(number): stage for number, stage in enumerate(stages, start=1)}
    layers |= {
        "output_logits (before sigmoid)": model.head,
        "after_position_encoding (time, batch, feature)": model.dropout,
    }
    seen: dict[str, Tensor] = {}
    for name, layer in layers.items():
        layer.register_forward_hook(lambda _, __, maps, name=name: seen.update({name: maps}))
    with torch.no_grad():
        logits = model(torch.from_numpy(oracle.signal))
    assert {*seen, "decoder_out"} == set(oracle.intermediates)
    for name, found in seen.items():
        assert_published_map(found, oracle.intermediates[name])
    np.testing.assert_allclose(logits[..., 1], oracle.outputs["logits"], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(logits.softmax(dim=-1)[..., 1], oracle.outputs["prob"], rtol=1e-9)
    assert (
        sum(parameter.numel() for parameter in model.parameters()) == oracle.description["parameters_used_by_forward"]
    )


def test_single_precision_is_near(oracle: Oracle) -> None:
    assert oracle.signal is not None
    model = load_published(load_state(oracle, torch.float32))
    with torch.no_grad():
        logits = model(torch.from_numpy(oracle.signal).float())
    assert logits.dtype == torch.float32
    np.testing.assert_allclose(logits[..., 1], oracle.outputs["logits"], rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({}, "key 'encoder.convs.0.weight' is missing"),
        ({"encoder.convs.0.weight": torch.ones(32, 19)}, r"has shape \(32, 19\); allowed is \(32, channels, 11\)"),
        ({"encoder.convs.0.weight": torch.ones(32, 19, 11), "lstm.weight": torch.ones(1)}, "key 'lstm.weight' is not"),
        ({"encoder.convs.0.weight": torch.ones(16, 19, 11)}, "encoder.0.1.bias.* size mismatch for encoder.0.1.weight"),
    ],
)
def test_other_checkpoints_are_refused_by_key(state: dict[str, Tensor], message: str) -> None:
    with pytest.raises(ParameterError, match=message) as refusal:
        load_published(state)
    assert "\n" not in str(refusal.value)
