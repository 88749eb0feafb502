"""Attention within windows that shift from block to block: figure 2 and section 3.2 of the Swin paper."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class SwinBlock(nn.Module):
    """Attention within windows and two layers for each token, both beside a way around them.

    Parameters
    ----------
    width, n_heads : int
        Numbers of a token, and heads of attention.
    sides : tuple of int
        Rows and columns of the maps.
    window : int
        Tokens of a side of the attention windows; fewer where the maps have fewer.
    shifted : bool
        Whether windows begin half a window off the corner; those that the border cuts are smaller.
    left_out : float
        How likely either part is left out of an example in training.

    Examples
    --------
    >>> block = SwinBlock(width=8, n_heads=2, sides=(10, 4), window=5, shifted=True)
    >>> block.window, block.shift, block(torch.zeros(1, 10, 4, 8)).shape
    ((5, 4), (2, 0), torch.Size([1, 10, 4, 8]))
    """

    hidden: Tensor | None

    def __init__(
        self, width: int, n_heads: int, sides: tuple[int, int], window: int, *, shifted: bool, left_out: float = 0.0
    ) -> None:
        super().__init__()
        rows, columns = sides
        self.window = (min(window, rows), min(window, columns))
        self.shift = tuple(window // 2 if shifted and window < side else 0 for side in sides)
        self.padding = (0, 0, 0, -columns % self.window[1], 0, -rows % self.window[0])
        self.norm_attention = nn.LayerNorm(width)
        self.attention = WindowAttention(width, n_heads, self.window)
        self.norm_mlp = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.leave_out = nn.Dropout1d(left_out)
        self.register_buffer("hidden", hide_strangers(sides, self.window, self.shift), persistent=False)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same shape (B, rows, columns, width)."""
        maps = maps + self._sometimes(self.attend(self.norm_attention(maps)))
        return maps + self._sometimes(self.mlp(self.norm_mlp(maps)))

    def attend(self, maps: Tensor) -> Tensor:
        """Return what the tokens of each window take from one another."""
        rows, columns = maps.shape[1:3]
        maps = functional.pad(maps, self.padding).roll([-shift for shift in self.shift], dims=(1, 2))
        windows = self.attention(split_windows(maps, self.window), self.hidden)
        maps = join_windows(windows, maps.shape[1:3], self.window).roll(self.shift, dims=(1, 2))
        return maps[:, :rows, :columns]

    def _sometimes(self, change: Tensor) -> Tensor:
        """Leave the change out of some examples: to a dropout of channels, examples are the channels of one."""
        kept: Tensor = self.leave_out(change.flatten(1).unsqueeze(0))
        return kept.view_as(change)


class WindowAttention(nn.Module):
    """Multi-head attention within windows, with a bias for how far apart two tokens are in rows and columns."""

    offsets: Tensor

    def __init__(self, width: int, n_heads: int, window: tuple[int, int]) -> None:
        super().__init__()
        rows, columns = window
        self.n_heads = n_heads
        self.attend = nn.Linear(width, 3 * width)
        self.project = nn.Linear(width, width)
        self.biases = nn.Parameter(torch.empty((2 * rows - 1) * (2 * columns - 1), n_heads))
        nn.init.trunc_normal_(self.biases, std=0.02)
        places = torch.cartesian_prod(torch.arange(rows), torch.arange(columns))
        apart = places[:, None] - places[None] + torch.tensor([rows - 1, columns - 1])
        self.register_buffer("offsets", apart[..., 0] * (2 * columns - 1) + apart[..., 1], persistent=False)

    def forward(self, windows: Tensor, hidden: Tensor | None) -> Tensor:
        """Return windows of the same shape (B, n_windows, n_tokens, width).

        `hidden` is True where a token of a window must not look at another, shape (n_windows, n_tokens, n_tokens).
        """
        parts = self.attend(windows).unflatten(-1, (3, self.n_heads, -1)).permute(3, 0, 1, 4, 2, 5)
        queries, keys, values = parts.unbind(0)
        scores = queries * queries.shape[-1] ** -0.5 @ keys.transpose(-1, -2) + self.biases[self.offsets].movedim(-1, 0)
        if hidden is not None:
            scores = scores.masked_fill(hidden.unsqueeze(1), -torch.inf)
        taken: Tensor = self.project((scores.softmax(dim=-1) @ values).transpose(2, 3).flatten(3))
        return taken


def split_windows(maps: Tensor, window: tuple[int, int]) -> Tensor:
    """Return the windows (B, n_windows, n_tokens, C) of maps (B, rows, columns, C), row by row.

    Examples
    --------
    >>> split_windows(torch.arange(8).reshape(1, 2, 4, 1), (2, 2))[0, :, :, 0].tolist()
    [[0, 1, 4, 5], [2, 3, 6, 7]]
    """
    windows = torch.unflatten(torch.unflatten(maps, 2, (-1, window[1])), 1, (-1, window[0]))
    return windows.transpose(2, 3).flatten(3, 4).flatten(1, 2)


def join_windows(windows: Tensor, sides: tuple[int, ...], window: tuple[int, int]) -> Tensor:
    """Return the maps (B, rows, columns, C) that windows were split from."""
    rows, columns = window
    maps = torch.unflatten(torch.unflatten(windows, 2, window), 1, (sides[0] // rows, sides[1] // columns))
    return maps.transpose(2, 3).flatten(3, 4).flatten(1, 2)


def hide_strangers(sides: tuple[int, int], window: tuple[int, int], shift: tuple[int, ...]) -> Tensor | None:
    """Return which tokens of a window are not neighbours, but padding or come from the other end of the maps.

    Parameters
    ----------
    sides, window : tuple of int
        Rows and columns of the maps, before they are padded to whole windows, and of a window.
    shift : tuple of int
        Rows and columns that the padded maps are rolled back by before they are split.

    Returns
    -------
    Tensor of bool, shape (n_windows, n_tokens, n_tokens), or None
        True where the first token must not look at the second; None where all may.

    Examples
    --------
    >>> hide_strangers(sides=(1, 4), window=(1, 2), shift=(0, 1))[:, 0].tolist()
    [[False, False], [False, True]]
    """
    if not any(shift) and not any(side % tokens for side, tokens in zip(sides, window, strict=True)):
        return None
    bands = []
    for side, tokens, rolled in zip(sides, window, shift, strict=True):
        place = torch.arange(side + -side % tokens)
        bands.append(((place >= rolled).int() + (place >= side).int() * 2).roll(-rolled))
    regions = bands[0][:, None] * 4 + bands[1]
    labels = split_windows(regions[None, ..., None], window)[0, ..., 0]
    return labels[:, :, None] != labels[:, None]
