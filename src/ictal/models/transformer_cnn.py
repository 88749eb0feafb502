"""Convolutions that see a picture's details, and a transformer that relates its regions."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field
from torch import Tensor, nn

from ictal.models.encoder import EncoderConfig, make_encoder
from ictal.models.network import PictureConfig, PictureNetwork

GRID = 8
"""Regions along each side of the picture."""

SMALLEST = 4
"""Rows and columns that leave one after both poolings."""


class TransformerCNNConfig(EncoderConfig, PictureConfig):
    """What the hybrid is built from; height and width are at least 4.

    Attributes
    ----------
    hidden : int
        Channels of the last convolution, which are the numbers of a token.

    Examples
    --------
    >>> TransformerCNNConfig(n_channels=20).hidden
    128
    """

    height: int = Field(default=100, ge=SMALLEST)
    width: int = Field(default=100, ge=SMALLEST)
    hidden: int = Field(default=128, gt=0)


class TransformerCNN(PictureNetwork):
    """Four convolutions and two poolings, 8 × 8 regions as tokens, encoder layers, their mean, a linear layer.

    Parameters
    ----------
    config : TransformerCNNConfig
        Sizes.

    References
    ----------
    The custom hybrid of a study of spectrograms of the EEG. Tokens have no positions but what convolutions know of the
    picture's border, as there; the convolutions have no bias of their own, which the norms behind them would take away.

    Examples
    --------
    >>> import torch
    >>> model = TransformerCNN(TransformerCNNConfig(n_channels=3)).eval()
    >>> model(torch.zeros(2, 3, 100, 100)).shape
    torch.Size([2, 1, 2])
    """

    Config: ClassVar[type[TransformerCNNConfig]] = TransformerCNNConfig

    def __init__(self, config: TransformerCNNConfig) -> None:
        super().__init__(config)
        self.regions = nn.Sequential(
            *_make_convolution(config.n_channels, 16),
            *_make_convolution(16, 32),
            nn.MaxPool2d(2),
            *_make_convolution(32, 64),
            *_make_convolution(64, config.hidden),
            nn.MaxPool2d(2),
            nn.AdaptiveAvgPool2d(GRID),
        )
        self.encoder = make_encoder(
            config.hidden, config.n_heads, config.n_layers, feedforward=config.feedforward, dropout=config.dropout
        )
        self.classifier = nn.Linear(config.hidden, config.n_classes)

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits (B, n_classes) from pictures (B, C, F, T')."""
        tokens = self.regions(examples).flatten(2).transpose(1, 2)
        logits: Tensor = self.classifier(self.encoder(tokens).mean(dim=1))
        return logits


def _make_convolution(n_read: int, n_written: int) -> tuple[nn.Module, ...]:
    return nn.Conv2d(n_read, n_written, 3, padding=1, bias=False), nn.BatchNorm2d(n_written), nn.ReLU()
