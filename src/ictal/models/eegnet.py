"""EEGNet: filters in time, filters in space for each of them, and a separable convolution that summarises both."""

from __future__ import annotations

from typing import ClassVar, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn.utils.parametrize import register_parametrization

from ictal.models.network import SignalConfig, SignalNetwork

POOLS = (4, 8)
"""Samples, then columns, of which each mean is taken."""


class EEGNetConfig(SignalConfig):
    """What EEGNet is built from; the defaults are EEGNet-8,2.

    Attributes
    ----------
    n_channels, n_classes : int
        Channels of the signal and columns of the logits.
    sampling_rate, window : float
        Hz, and seconds that are looked at.
    n_filters : int
        F1, the filters in time.
    depth : int
        D, the filters in space for each filter in time.
    n_summaries : int
        F2, the channels of the separable convolution.
    kernel : float
        Seconds of a filter in time.
    separable_kernel : int
        Columns of the separable convolution, each the mean of four samples.
    dropout : float
        How likely a number is left out; the paper has 0.25 for subjects who were not trained on.
    spatial_limit, dense_limit : float or None
        The greatest length of a filter in space and of the weights of a class; none is no limit.

    Examples
    --------
    >>> config = EEGNetConfig(n_channels=18)
    >>> config.kernel_samples, config.n_columns
    (128, 32)
    """

    n_filters: int = Field(default=8, gt=0)
    depth: int = Field(default=2, gt=0)
    n_summaries: int = Field(default=16, gt=0)
    kernel: float = Field(default=0.5, gt=0.0)
    separable_kernel: int = Field(default=16, gt=0)
    dropout: float = Field(default=0.5, ge=0.0, lt=1.0)
    spatial_limit: float | None = Field(default=1.0, gt=0.0)
    dense_limit: float | None = Field(default=0.25, gt=0.0)

    @property
    def kernel_samples(self) -> int:
        """A filter in time, in samples."""
        return max(round(self.kernel * self.sampling_rate), 1)

    @property
    def n_columns(self) -> int:
        """Columns that are left for the dense layer; an even kernel, padded by half to each side, adds one."""
        columns = self.window_samples
        for kernel, pool in zip((self.kernel_samples, self.separable_kernel), POOLS, strict=True):
            columns = (columns + (kernel + 1) % 2) // pool
        return columns

    @model_validator(mode="after")
    def _window_leaves_a_column(self) -> Self:
        if self.n_columns < 1:
            raise ValueError(
                f"window {self.window:g} s is {self.window_samples} samples at {self.sampling_rate:g} Hz, of which "
                f"pooling by {POOLS[0]} and {POOLS[1]} leaves none; it must be about {POOLS[0] * POOLS[1]} or more"
            )
        return self


class EEGNet(SignalNetwork):
    """EEGNet of one window.

    Parameters
    ----------
    config : EEGNetConfig
        Sizes, rate, window and limits.

    References
    ----------
    Lawhern et al., EEGNet: a compact convolutional neural network for EEG-based brain-computer interfaces, J. Neural
    Eng. 2018, table 2. Even kernels see as far to both sides, as in the common PyTorch version, where the paper's
    Keras pads to the same length. The lengths are limited in every forward pass, not after each step of training.
    The published network ends in a softmax; this one returns logits.

    Examples
    --------
    >>> model = EEGNet(EEGNetConfig(n_channels=18)).eval()
    >>> model(torch.zeros(1, 18, 1024)).shape
    torch.Size([1, 1, 2])
    """

    Config: ClassVar[type[EEGNetConfig]] = EEGNetConfig

    def __init__(self, config: EEGNetConfig) -> None:
        super().__init__(config)
        n_filters, n_spatial, n_summaries = config.n_filters, config.n_filters * config.depth, config.n_summaries
        kernel, separable_kernel = config.kernel_samples, config.separable_kernel
        self.temporal = nn.Sequential(
            nn.Conv2d(1, n_filters, (1, kernel), padding=(0, kernel // 2), bias=False), _make_norm(n_filters)
        )
        self.spatial = nn.Sequential(
            nn.Conv2d(n_filters, n_spatial, (config.n_channels, 1), groups=n_filters, bias=False),
            _make_norm(n_spatial),
            nn.ELU(),
            nn.AvgPool2d((1, POOLS[0])),
            nn.Dropout(config.dropout),
        )
        self.separable = nn.Sequential(
            nn.Conv2d(
                n_spatial,
                n_spatial,
                (1, separable_kernel),
                padding=(0, separable_kernel // 2),
                groups=n_spatial,
                bias=False,
            ),
            nn.Conv2d(n_spatial, n_summaries, 1, bias=False),
            _make_norm(n_summaries),
            nn.ELU(),
            nn.AvgPool2d((1, POOLS[1])),
            nn.Dropout(config.dropout),
        )
        self.classifier = nn.Linear(n_summaries * config.n_columns, config.n_classes)
        for layer, limit in ((self.spatial[0], config.spatial_limit), (self.classifier, config.dense_limit)):
            if limit is not None:
                register_parametrization(layer, "weight", MaxNorm(limit))

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits (B, n_classes) of windows (B, C, T)."""
        maps = self.separable(self.spatial(self.temporal(examples.unsqueeze(1))))
        logits: Tensor = self.classifier(maps.flatten(1))
        return logits


class MaxNorm(nn.Module):
    """Weights whose rows are shortened to a greatest length where they are longer.

    Parameters
    ----------
    limit : float
        The greatest Euclidean length of ``weights[i]``.

    Examples
    --------
    >>> MaxNorm(1.0)(torch.tensor([[3.0, 4.0], [0.3, 0.4]])).norm(dim=1).round(decimals=4)
    tensor([1.0000, 0.5000])
    """

    def __init__(self, limit: float) -> None:
        super().__init__()
        self.limit = limit

    def forward(self, weights: Tensor) -> Tensor:
        """Return weights of the same shape."""
        return torch.renorm(weights, p=2, dim=0, maxnorm=self.limit)


def _make_norm(width: int) -> nn.Module:
    """Return the batch norm with the constants of Keras, in which the paper's network was written."""
    return nn.BatchNorm2d(width, eps=1e-3, momentum=0.01)
