"""Swin: attention within windows that are shifted from block to block, on maps that halve from stage to stage."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn import functional

from ictal.models.encoder import require_equal_heads
from ictal.models.network import PictureConfig, PictureNetwork

_PUBLISHED = {"patch": 4, "window_side": 7}
PRESETS: dict[str, dict[str, Any]] = {
    "tiny": _PUBLISHED | {"embed": 96, "n_heads": 3, "depths": (2, 2, 6, 2), "stochastic_depth": 0.2},
    "small": _PUBLISHED | {"embed": 96, "n_heads": 3, "depths": (2, 2, 18, 2), "stochastic_depth": 0.3},
    "base": _PUBLISHED | {"embed": 128, "n_heads": 4, "depths": (2, 2, 18, 2), "stochastic_depth": 0.5},
}
"""The published sizes, for pictures of 224 × 224; there a window of 14 divides the maps as 7 does."""


class SwinConfig(PictureConfig):
    """What a Swin transformer is built from.

    What is not given is taken from the preset. Without one it fits pictures of 100 × 100: patches of 5 leave maps of
    20, 10 and 5, all of them whole windows. Maps of other pictures are padded, and no token attends to the padding.

    Attributes
    ----------
    n_channels, n_classes : int
        Pictures of a window and columns of the logits.
    height, width : int
        Rows and columns of a picture.
    preset : {"tiny", "small", "base"} or None
        A published size.
    patch : int
        Pixels of the sides of a token's patch.
    embed, n_heads : int
        Numbers of a token and heads of attention in the first stage; both double from stage to stage.
    depths : tuple of int
        Blocks of each stage.
    window_side : int
        Tokens of the sides of an attention window.
    stochastic_depth : float
        How likely the last block is left out of an example in training; less likely the earlier a block is.

    Examples
    --------
    >>> SwinConfig(n_channels=20).depths, SwinConfig(n_channels=20, preset="tiny", window_side=14).depths
    ((2, 2, 2), (2, 2, 6, 2))
    """

    preset: Literal["tiny", "small", "base"] | None = None
    patch: int = Field(default=5, gt=0)
    embed: int = Field(default=64, gt=0)
    n_heads: int = Field(default=2, gt=0)
    depths: tuple[Annotated[int, Field(gt=0)], ...] = Field(default=(2, 2, 2), min_length=1)
    window_side: int = Field(default=5, gt=1)
    stochastic_depth: float = Field(default=0.1, ge=0.0, lt=1.0)

    @property
    def maps(self) -> tuple[tuple[int, int], ...]:
        """Rows and columns of the maps of each stage."""
        steps = [self.patch << stage for stage in range(len(self.depths))]
        return tuple((-(-self.height // step), -(-self.width // step)) for step in steps)

    @model_validator(mode="before")
    @classmethod
    def _take_from_preset(cls, settings: Any) -> Any:
        preset = settings.get("preset") if isinstance(settings, Mapping) else None
        return {**PRESETS[preset], **settings} if preset in PRESETS else settings

    @model_validator(mode="after")
    def _stages_fit(self) -> Self:
        require_equal_heads("embed", self.embed, self.n_heads)
        needed = 1 << (len(self.depths) - 1)
        if min(self.maps[0]) < needed:
            raise ValueError(
                f"height {self.height} and width {self.width} are {self.maps[0]} patches of {self.patch}; "
                f"{len(self.depths)} stages need at least {needed} each way"
            )
        return self


class Swin(PictureNetwork):
    """The Swin transformer; the mean of its last tokens is classified.

    Parameters
    ----------
    config : SwinConfig

    References
    ----------
    Liu et al., Swin Transformer: hierarchical vision transformer using shifted windows, ICCV 2021. Where a side of a
    map is no longer than the window, there is one window over it and no shift, as in the authors' code. The size for
    100 × 100, and that padding is hidden, are ours.

    Examples
    --------
    >>> model = Swin(SwinConfig(n_channels=20)).eval()
    >>> model(torch.zeros(2, 20, 100, 100)).shape
    torch.Size([2, 1, 2])
    """

    Config: ClassVar[type[SwinConfig]] = SwinConfig

    def __init__(self, config: SwinConfig) -> None:
        super().__init__(config)
        widths = [config.embed << stage for stage in range(len(config.depths))]
        n_blocks = sum(config.depths)
        chances = (config.stochastic_depth * block / max(n_blocks - 1, 1) for block in range(n_blocks))
        self.patches = PatchEmbedding(config.n_channels, config.embed, config.patch)
        self.stages = nn.ModuleList(
            nn.Sequential(
                *(
                    SwinBlock(
                        widths[stage],
                        config.n_heads << stage,
                        config.maps[stage],
                        config.window_side,
                        shifted=block % 2 == 1,
                        left_out=next(chances),
                    )
                    for block in range(depth)
                )
            )
            for stage, depth in enumerate(config.depths)
        )
        self.merges = nn.ModuleList(PatchMerging(*pair) for pair in pairwise(widths))
        self.norm = nn.LayerNorm(widths[-1])
        self.classifier = nn.Linear(widths[-1], config.n_classes)
        self.apply(_start_small)

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits, shape (B, n_classes), of pictures (B, C, height, width)."""
        maps = self.stages[0](self.patches(examples))
        for merge, stage in zip(self.merges, self.stages[1:], strict=True):
            maps = stage(merge(maps))
        logits: Tensor = self.classifier(self.norm(maps).mean(dim=(1, 2)))
        return logits


class PatchEmbedding(nn.Module):
    """A token for each patch of a picture (B, C, height, width): maps (B, rows, columns, width)."""

    def __init__(self, n_channels: int, width: int, patch: int) -> None:
        super().__init__()
        self.patch = patch
        self.project = nn.Conv2d(n_channels, width, patch, stride=patch)
        self.norm = nn.LayerNorm(width)

    def forward(self, pictures: Tensor) -> Tensor:
        """Return the tokens; patches that reach over the border see zeros there."""
        below, right = (-side % self.patch for side in pictures.shape[2:])
        tokens: Tensor = self.norm(self.project(functional.pad(pictures, (0, right, 0, below))).permute(0, 2, 3, 1))
        return tokens


class PatchMerging(nn.Module):
    """One token for each square of four: maps (B, rows, columns, C) to half the rows and columns, rounded up."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(4 * n_in)
        self.reduce = nn.Linear(4 * n_in, n_out, bias=False)

    def forward(self, maps: Tensor) -> Tensor:
        """Return the merged maps; squares that reach over the border see zeros there."""
        below, right = (side % 2 for side in maps.shape[1:3])
        maps = functional.pad(maps, (0, 0, 0, right, 0, below))
        squares = [maps[:, row::2, column::2] for column in (0, 1) for row in (0, 1)]
        merged: Tensor = self.reduce(self.norm(torch.cat(squares, dim=-1)))
        return merged


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


def _start_small(module: nn.Module) -> None:
    """Start linear layers as published: small weights, and biases of zero."""
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
