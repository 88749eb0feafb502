"""Who sees whom through windows, shifts and borders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from ictal.models.shifted_windows import SwinBlock, hide_strangers, join_windows, split_windows


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


def test_blocks_are_left_out_of_whole_examples_in_training_only() -> None:
    block = SwinBlock(4, 2, (3, 3), 3, shifted=False, left_out=0.5)
    maps = torch.randn(200, 3, 3, 4)
    changed = (block(maps) != maps).flatten(1)
    assert torch.equal(changed.any(dim=1), changed.all(dim=1))
    assert 0.6 < changed.any(dim=1).float().mean() < 0.9
    block.eval()
    assert (block(maps) != maps).flatten(1).any(dim=1).all()
