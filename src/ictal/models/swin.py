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
from ictal.models.shifted_windows import SwinBlock

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


def _start_small(module: nn.Module) -> None:
    """Start linear layers as published: small weights, and biases of zero."""
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
