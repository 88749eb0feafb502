"""Convolutions that bring a signal to few vectors and back: the SEANet encoder and decoder of neural codecs."""

from __future__ import annotations

import math
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor, nn

from ictal.core.errors import ParameterError

KERNEL = 3
"""Steps that a convolution looks at, but for those that change the rate."""


class SEANetConfig(BaseModel):
    """What encoder and decoder are built from.

    Attributes
    ----------
    ratios : tuple of int
        By how much each stage of the encoder lowers the rate, first to last.
    width, widest : int
        Channels inside behind the first convolution, and after as many doublings as the stages allow at most.
    dimension : int
        Numbers in a latent vector.

    Examples
    --------
    >>> SEANetConfig(ratios=(2, 2)).hop, SEANetConfig(ratios=(2, 2)).widths
    (4, (16, 32, 64))
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    ratios: tuple[int, ...] = (2, 2, 2, 2, 2, 2)
    width: int = Field(default=16, gt=1)
    widest: int = Field(default=256, gt=1)
    dimension: int = Field(default=64, gt=0)

    @property
    def hop(self) -> int:
        """Samples of a frame."""
        return math.prod(self.ratios)

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels inside, before the first stage of the encoder and after each."""
        return tuple(min(self.width << i, self.widest) for i in range(len(self.ratios) + 1))

    @model_validator(mode="after")
    def _stages_fit(self) -> Self:
        if not self.ratios or min(self.ratios) < 2:
            raise ValueError(f"ratios {list(self.ratios)} came; allowed are one or more whole numbers from 2 up")
        if self.width % 2 or self.widest % 2 or self.width > self.widest:
            raise ValueError(f"width {self.width} and widest {self.widest} came; both must be even, and the first less")
        return self


class Encoder(nn.Module):
    """A signal brought to few vectors: at each stage a residual block, then a convolution that lowers the rate.

    Parameters
    ----------
    config : SEANetConfig

    Examples
    --------
    >>> import torch
    >>> Encoder(SEANetConfig(ratios=(2, 2, 2, 2)))(torch.zeros(5, 1, 2048)).shape
    torch.Size([5, 64, 128])
    """

    def __init__(self, config: SEANetConfig) -> None:
        super().__init__()
        widths = config.widths
        self.conv_in = SameConv(1, widths[0], KERNEL)
        self.stages = nn.ModuleList(
            DownStage(before, after, ratio)
            for before, after, ratio in zip(widths[:-1], widths[1:], config.ratios, strict=True)
        )
        self.conv_out = SameConv(widths[-1], config.dimension, KERNEL)

    def forward(self, signal: Tensor) -> Tensor:
        """Return latent vectors.

        Parameters
        ----------
        signal : Tensor, shape (N, 1, T)

        Returns
        -------
        Tensor, shape (N, dimension, ceil(T / hop))

        Raises
        ------
        ParameterError
            If the signal has another shape, or no samples.
        """
        if signal.ndim != 3 or signal.shape[1] != 1 or signal.shape[2] < 1:
            raise ParameterError(f"signal: shape {tuple(signal.shape)} came; allowed is (batch, 1, samples).")
        maps = self.conv_in(signal)
        for stage in self.stages:
            maps = stage(maps)
        latent: Tensor = self.conv_out(nn.functional.elu(maps))
        return latent


class Decoder(nn.Module):
    """The encoder's mirror: at each stage a transposed convolution that raises the rate, then a residual block.

    Parameters
    ----------
    config : SEANetConfig

    Examples
    --------
    >>> import torch
    >>> Decoder(SEANetConfig())(torch.zeros(5, 64, 32)).shape
    torch.Size([5, 1, 2048])
    """

    def __init__(self, config: SEANetConfig) -> None:
        super().__init__()
        widths, ratios = config.widths[::-1], config.ratios[::-1]
        self.conv_in = SameConv(config.dimension, widths[0], KERNEL)
        self.stages = nn.ModuleList(
            UpStage(before, after, ratio) for before, after, ratio in zip(widths[:-1], widths[1:], ratios, strict=True)
        )
        self.conv_out = SameConv(widths[-1], 1, KERNEL)

    def forward(self, latent: Tensor) -> Tensor:
        """Return the signal: (N, dimension, n_frames) → (N, 1, n_frames · hop)."""
        maps = self.conv_in(latent)
        for stage in self.stages:
            maps = stage(maps)
        signal: Tensor = self.conv_out(nn.functional.elu(maps))
        return signal


class DownStage(nn.Module):
    """A residual block, then a convolution that lowers the rate."""

    def __init__(self, before: int, after: int, ratio: int) -> None:
        super().__init__()
        self.residual = ResidualBlock(before)
        self.downsample = SameConv(before, after, 2 * ratio, stride=ratio)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps at the lower rate: (N, before, T) → (N, after, ceil(T / ratio))."""
        lowered: Tensor = self.downsample(nn.functional.elu(self.residual(maps)))
        return lowered


class UpStage(nn.Module):
    """A transposed convolution that raises the rate, then a residual block."""

    def __init__(self, before: int, after: int, ratio: int) -> None:
        super().__init__()
        self.ratio = ratio
        self.upsample = nn.ConvTranspose1d(before, after, 2 * ratio, stride=ratio)
        self.residual = ResidualBlock(after)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps at the higher rate: (N, before, T) → (N, after, T · ratio)."""
        overhang = self.ratio // 2
        raised = self.upsample(nn.functional.elu(maps))
        block: Tensor = self.residual(raised[..., self.ratio - overhang : raised.shape[-1] - overhang])
        return block


class ResidualBlock(nn.Module):
    """Two convolutions through half the width, beside a way around them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv_k3 = SameConv(width, width // 2, KERNEL)
        self.conv_k1 = nn.Conv1d(width // 2, width, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same shape (N, width, T)."""
        path: Tensor = self.conv_k1(nn.functional.elu(self.conv_k3(nn.functional.elu(maps))))
        return maps + path


class SameConv(nn.Conv1d):
    """A convolution of T samples to ceil(T / stride), which sees the signal mirrored at both ends."""

    def __init__(self, before: int, after: int, kernel: int, stride: int = 1) -> None:
        super().__init__(before, after, kernel, stride=stride)

    def forward(self, input: Tensor) -> Tensor:
        """Return maps: (N, before, T) → (N, after, ceil(T / stride))."""
        kernel, stride, n_samples = self.kernel_size[0], self.stride[0], input.shape[-1]
        total = kernel - stride
        missing = (-(-n_samples // stride) - 1) * stride + kernel - total - n_samples
        return super().forward(mirror(input, total - total // 2, total // 2 + missing))


def mirror(maps: Tensor, left: int, right: int) -> Tensor:
    """Return maps with so many mirrored samples before and after; zeros are mirrored where there are too few.

    Examples
    --------
    >>> import torch
    >>> mirror(torch.tensor([[1.0, 2.0, 3.0]]), 2, 1), mirror(torch.tensor([[1.0]]), 1, 1)
    (tensor([[3., 2., 1., 2., 3., 2.]]), tensor([[0., 1., 0.]]))
    """
    missing = max(0, max(left, right) + 1 - maps.shape[-1])
    mirrored = nn.functional.pad(nn.functional.pad(maps, (0, missing)), (left, right), mode="reflect")
    return mirrored[..., : mirrored.shape[-1] - missing] if missing else mirrored
