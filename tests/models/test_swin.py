"""Swin: the published sizes, and what its stages do."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from pydantic import ValidationError

from ictal.models.swin import PatchMerging, Swin, SwinConfig

SMALL = {"n_channels": 2, "height": 33, "width": 28, "patch": 4, "embed": 8, "depths": (2, 2), "window_side": 3}
"""Maps of 9 × 7 and 5 × 4: all but the rows of the first are padded to windows of three."""


def make_network(**settings: Any) -> Swin:
    torch.manual_seed(0)
    return Swin(SwinConfig(**SMALL | settings)).eval()


@pytest.mark.parametrize(("preset", "parameters"), [("tiny", 28_288_354), ("small", 49_606_258), ("base", 87_768_224)])
def test_parameter_counts_are_the_published_ones(preset: Any, parameters: int) -> None:
    with torch.device("meta"):
        network = Swin(SwinConfig(n_channels=3, n_classes=1000, height=224, width=224, preset=preset))
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters


@pytest.mark.parametrize(
    ("settings", "windows", "shifts"),
    [
        ({"preset": "tiny", "height": 224, "width": 224}, [7, 7, 7, 7], [3, 3, 3, 0]),
        ({"preset": "tiny", "height": 224, "width": 224, "window_side": 14}, [14, 14, 14, 7], [7, 7, 0, 0]),
        ({}, [5, 5, 5], [2, 2, 0]),
    ],
)
def test_maps_of_the_sizes_that_are_offered_need_no_padding(
    settings: dict[str, Any], windows: list[int], shifts: list[int]
) -> None:
    with torch.device("meta"):
        network = Swin(SwinConfig(n_channels=1, **settings))
    last = [stage[-1] for stage in network.stages]
    assert [block.window for block in last] == [(side, side) for side in windows]
    assert [block.shift for block in last] == [(shift, shift) for shift in shifts]
    assert all(stage[0].shift == (0, 0) for stage in network.stages)
    assert all(block.padding == (0,) * 6 for block in last)


@pytest.mark.slow
def test_published_size_answers() -> None:
    network = Swin(SwinConfig(n_channels=3, height=224, width=224, preset="tiny")).eval()
    with torch.no_grad():
        answers = network(torch.randn(2, 3, 224, 224))
    assert answers.shape == (2, 1, 2)
    assert (answers[0] - answers[1]).abs().min() > 1e-4


def test_merging_reads_squares_of_four() -> None:
    merge = PatchMerging(2, 3)
    maps = torch.randn(1, 5, 4, 2).requires_grad_()
    merged = merge(maps)
    assert merged.shape == (1, 3, 2, 3)
    (reach,) = torch.autograd.grad(merged[0, 2, 1].sum(), maps)
    assert reach.abs().sum(dim=-1)[0].nonzero().tolist() == [[4, 2], [4, 3]]


def test_later_blocks_are_left_out_more_often() -> None:
    network = make_network(depths=(2, 3), stochastic_depth=0.4)
    chances = [block.leave_out.p for stage in network.stages for block in stage]
    assert chances == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])


def test_gradient_reaches_every_parameter() -> None:
    network = make_network(n_classes=3).train()
    network(torch.randn(4, 2, 33, 28)).square().sum().backward()
    assert [name for name, value in network.named_parameters() if value.grad is None or not value.grad.any()] == []


def test_a_preset_gives_way_to_what_is_said() -> None:
    config = SwinConfig(n_channels=1, preset="base", depths=(2, 2))
    assert (config.embed, config.n_heads, config.patch, config.depths) == (128, 4, 4, (2, 2))
    assert SwinConfig(**config.model_dump()) == config


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"embed": 9, "n_heads": 2}, "embed 9 came with 2 heads"),
        ({"height": 3}, r"height 3 and width 28 are \(1, 7\) patches of 4; 2 stages need at least 2"),
        ({"depths": (2, 0)}, "greater than 0"),
        ({"depths": ()}, "at least 1"),
        ({"window_side": 1}, "greater than 1"),
        ({"preset": "huge"}, "tiny.*small.*base"),
        ({"dephts": (2, 2)}, "dephts"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        SwinConfig(**SMALL | settings)


def test_a_shift_joins_what_the_window_before_it_kept_apart() -> None:
    """Pixels on both sides of a border of the first windows meet in the second block only."""
    network = make_network(height=36, width=36, depths=(2,), n_heads=2)
    pixels = torch.randn(1, 2, 36, 36).requires_grad_()
    tokens = network.patches(pixels)
    for block, first, last in ((network.stages[0][0], 0, 11), (network.stages[0][1], 4, 15)):
        (reach,) = torch.autograd.grad(block(tokens)[0, 2, 2].sum(), pixels, retain_graph=True)
        rows, columns = reach[0].abs().sum(dim=0).nonzero().T
        assert (rows.min(), rows.max(), columns.min(), columns.max()) == (first, last, first, last)
    (reach,) = torch.autograd.grad(network.stages[0][1](tokens)[0, 0, 0].sum(), pixels)
    assert reach[..., :4, :4].any()
    assert not reach[..., 4:, :].any()
    assert not reach[..., :, 4:].any()
