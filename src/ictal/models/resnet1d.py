"""Residual blocks at the full rate of the signal, and a mean over the window: a plain, strong baseline."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, ClassVar

import torch
from pydantic import Field
from torch import Tensor, nn

from ictal.models.network import SignalConfig, SignalNetwork

KERNELS = (8, 5, 3)
"""Samples that the three convolutions of a block look at."""


class ResNet1DConfig(SignalConfig):
    """What ResNet1D is built from; the widths are those of the paper.

    Attributes
    ----------
    n_channels, n_classes : int
        Channels of the signal and columns of the logits.
    sampling_rate, window : float
        Hz, and seconds that are looked at.
    widths : tuple of int
        Channels of each block.

    Examples
    --------
    >>> ResNet1DConfig(n_channels=18).widths
    (64, 128, 128)
    """

    widths: tuple[Annotated[int, Field(gt=0)], ...] = Field(default=(64, 128, 128), min_length=1)


class ResNet1D(SignalNetwork):
    """The residual network for time series.

    Parameters
    ----------
    config : ResNet1DConfig
        Widths, rate and window.

    References
    ----------
    Wang, Yan and Oates, Time series classification from scratch with deep neural networks: a strong baseline, IJCNN
    2017, figure 1c. As in the review of Ismail Fawaz et al., 2019, the signal itself is not normalised first, and a
    way around a block is a norm where the width stays and a convolution with a norm where it changes.

    Examples
    --------
    >>> model = ResNet1D(ResNet1DConfig(n_channels=1, window=1.0)).eval()
    >>> model(torch.zeros(1, 1, 256)).shape, sum(weights.numel() for weights in model.parameters())
    (torch.Size([1, 1, 2]), 504258)
    """

    Config: ClassVar[type[ResNet1DConfig]] = ResNet1DConfig

    def __init__(self, config: ResNet1DConfig) -> None:
        super().__init__(config)
        widths = (config.n_channels, *config.widths)
        self.blocks = nn.Sequential(*(ResidualBlock(n_in, n_out) for n_in, n_out in pairwise(widths)))
        self.classifier = nn.Linear(widths[-1], config.n_classes)

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits (B, n_classes) of windows (B, C, T)."""
        logits: Tensor = self.classifier(self.blocks(examples.unsqueeze(2)).mean(dim=(2, 3)))
        return logits


class ResidualBlock(nn.Module):
    """Three convolutions beside a way around them, over pictures of height one, which ONNX Runtime runs faster.

    Parameters
    ----------
    n_in, n_out : int
        Channels that come in and go out.

    Examples
    --------
    >>> ResidualBlock(3, 16)(torch.zeros(2, 3, 1, 100)).shape
    torch.Size([2, 16, 1, 100])
    """

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        first, second, third = KERNELS
        self.path = nn.Sequential(
            *_make_convolution(n_in, n_out, first),
            nn.ReLU(),
            *_make_convolution(n_out, n_out, second),
            nn.ReLU(),
            *_make_convolution(n_out, n_out, third),
        )
        around = _make_convolution(n_in, n_out, 1) if n_in != n_out else (nn.BatchNorm2d(n_out),)
        self.around = nn.Sequential(*around)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps (B, n_out, 1, T) of maps (B, n_in, 1, T)."""
        return torch.relu(self.path(maps) + self.around(maps))


def _make_convolution(n_in: int, n_out: int, kernel: int) -> tuple[nn.Module, ...]:
    """Return a convolution that keeps the length, one more zero behind than before where it is even, and its norm."""
    before = (kernel - 1) // 2
    return (
        nn.ZeroPad2d((before, kernel - 1 - before, 0, 0)),
        nn.Conv2d(n_in, n_out, (1, kernel)),
        nn.BatchNorm2d(n_out),
    )
