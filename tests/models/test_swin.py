"""Swin: the published sizes, and who sees whom through windows, shifts and borders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import Tensor

from ictal.models.swin import (
    PatchMerging,
    Swin,
    SwinBlock,
    SwinConfig,
    hide_strangers,
    join_windows,
    split_windows,
)

SMALL = {"n_channels": 2, "height": 33, "width": 28, "patch": 4, "embed": 8, "depths": (2, 2), "window_side": 3}
"""Maps of 9 × 7 and 5 × 4: all but the rows of the first are padded to windows of three."""


def make_network(**settings: Any) -> Swin:
    torch.manual_seed(0)
    return Swin(SwinConfig(**SMALL | settings)).eval()


def make_block(rows: int, columns: int, window: int, *, shifted: bool) -> SwinBlock:
    """A block whose tokens tell one another apart."""
    torch.manual_seed(3)
    block = SwinBlock(4, 2, (rows, columns), window, shifted=shifted).double().eval()
    torch.nn.init.normal_(block.attention.biases)
    return block


def who_meets(side: int, window: int, shifted: bool) -> np.ndarray[Any, Any]:
    """Along one side: the windows that places fall into when they are counted by hand."""
    first = window - window // 2 if shifted and window < side else 0
    place = np.arange(side)
    return np.where(place < window // 2, -1, (place - window // 2) // window) if first else place // window


def strangers(rows: int, columns: int, window: int, shifted: bool) -> Tensor:
    """Which tokens share no window, shape (n_tokens, n_tokens)."""
    down, along = who_meets(rows, window, shifted), who_meets(columns, window, shifted)
    window_of = np.stack(np.broadcast_arrays(down[:, None], along[None]), axis=-1).reshape(-1, 2)
    return torch.from_numpy((window_of[:, None] != window_of[None]).any(axis=-1))


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


@pytest.mark.parametrize("shifted", [False, True])
@pytest.mark.parametrize(("rows", "columns", "window"), [(6, 9, 3), (10, 5, 5), (7, 6, 4), (5, 2, 3)])
def test_tokens_see_their_window_and_nothing_else(rows: int, columns: int, window: int, shifted: bool) -> None:
    """Neither across the wrap of the shift nor beyond a window; the gradient between any two tokens tells."""
    block, n = make_block(rows, columns, window, shifted=shifted), rows * columns
    maps = torch.randn(1, rows, columns, 4, dtype=torch.float64)
    seen = torch.autograd.functional.jacobian(
        lambda maps: block.attend(maps).sum(dim=-1).flatten(), maps, vectorize=True
    )
    reach = seen.reshape(n, n, 4).abs().amax(dim=-1)
    hidden = strangers(rows, columns, window, shifted)
    assert torch.equal(reach == 0.0, hidden)
    assert reach[~hidden].min() > 1e-9


@pytest.mark.parametrize("shifted", [False, True])
@pytest.mark.parametrize(("rows", "columns", "window"), [(6, 6, 3), (5, 7, 4), (7, 2, 3)])
def test_attention_is_that_of_the_paper(rows: int, columns: int, window: int, shifted: bool) -> None:
    """Equation 4 token by token: no windows are split, padded or rolled."""
    block = make_block(rows, columns, window, shifted=shifted)
    attention, hidden = block.attention, strangers(rows, columns, window, shifted)
    maps = torch.randn(1, rows, columns, 4, dtype=torch.float64)
    table = attention.biases.reshape(2 * block.window[0] - 1, 2 * block.window[1] - 1, 2)
    queries, keys, values = attention.attend(maps).reshape(rows * columns, 3, 2, 2).unbind(1)
    taken = torch.zeros(rows * columns, 2, 2, dtype=torch.float64)
    for one in range(rows * columns):
        friends = (~hidden[one]).nonzero()[:, 0]
        down = one // columns - friends // columns + block.window[0] - 1
        along = one % columns - friends % columns + block.window[1] - 1
        scores = (queries[one] * keys[friends]).sum(dim=-1) / 2**0.5 + table[down, along]
        taken[one] = (scores.softmax(dim=0).unsqueeze(-1) * values[friends]).sum(dim=0)
    expected = attention.project(taken.flatten(1)).reshape(1, rows, columns, 4)
    torch.testing.assert_close(block.attend(maps), expected, rtol=1e-12, atol=1e-12)


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


@settings(max_examples=30, deadline=None)
@given(st.tuples(*[st.integers(1, 4)] * 4))
def test_windows_join_to_the_maps_they_were_split_from(sizes: tuple[int, int, int, int]) -> None:
    down, along, rows, columns = sizes
    maps = torch.arange(2 * down * rows * along * columns * 3).reshape(2, down * rows, along * columns, 3)
    windows = split_windows(maps, (rows, columns))
    assert windows.shape == (2, down * along, rows * columns, 3)
    assert torch.equal(windows[:, 0].unflatten(1, (rows, columns)), maps[:, :rows, :columns])
    assert torch.equal(join_windows(windows, (down * rows, along * columns), (rows, columns)), maps)


def test_nothing_is_hidden_where_nothing_is_shifted_or_padded() -> None:
    assert hide_strangers((6, 9), (3, 3), (0, 0)) is None
    assert hide_strangers((6, 8), (3, 3), (0, 0)) is not None


def test_merging_reads_squares_of_four() -> None:
    merge = PatchMerging(2, 3)
    maps = torch.randn(1, 5, 4, 2).requires_grad_()
    merged = merge(maps)
    assert merged.shape == (1, 3, 2, 3)
    (reach,) = torch.autograd.grad(merged[0, 2, 1].sum(), maps)
    assert reach.abs().sum(dim=-1)[0].nonzero().tolist() == [[4, 2], [4, 3]]


def test_blocks_are_left_out_of_whole_examples_in_training_only() -> None:
    block = SwinBlock(4, 2, (3, 3), 3, shifted=False, left_out=0.5)
    maps = torch.randn(200, 3, 3, 4)
    changed = (block(maps) != maps).flatten(1)
    assert torch.equal(changed.any(dim=1), changed.all(dim=1))
    assert 0.6 < changed.any(dim=1).float().mean() < 0.9
    block.eval()
    assert (block(maps) != maps).flatten(1).any(dim=1).all()


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
