"""A transformer that reads a picture column by column, each moment of it one token."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor, nn

from ictal.models.encoder import EncoderConfig, make_encoder
from ictal.models.network import PictureConfig, PictureNetwork


class PictureTransformerConfig(EncoderConfig, PictureConfig):
    """What a transformer of pictures is built from; the published study searched for the number of layers and heads.

    Examples
    --------
    >>> config = PictureTransformerConfig(n_channels=20)
    >>> config.width, config.hidden, config.n_layers, config.n_heads
    (100, 256, 2, 4)
    """


class PictureTransformer(PictureNetwork):
    """Columns of a picture as tokens: a linear layer, learned positions, encoder layers, their mean, a linear layer.

    Parameters
    ----------
    config : PictureTransformerConfig
        Sizes.

    References
    ----------
    Vaswani et al., Attention is all you need, NeurIPS 2017, with the encoder alone; the columns, the learned positions
    and the mean are those of a study of spectrograms of the EEG. That the positions start small is ours.

    Examples
    --------
    >>> model = PictureTransformer(PictureTransformerConfig(n_channels=3, hidden=16)).eval()
    >>> model(torch.zeros(2, 3, 100, 100)).shape
    torch.Size([2, 1, 2])
    """

    Config: ClassVar[type[PictureTransformerConfig]] = PictureTransformerConfig

    def __init__(self, config: PictureTransformerConfig) -> None:
        super().__init__(config)
        self.embed = nn.Linear(config.n_channels * config.height, config.hidden)
        self.positions = nn.Parameter(0.02 * torch.randn(1, config.width, config.hidden))
        self.encoder = make_encoder(
            config.hidden, config.n_heads, config.n_layers, feedforward=config.feedforward, dropout=config.dropout
        )
        self.classifier = nn.Linear(config.hidden, config.n_classes)

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits (B, n_classes) from pictures (B, C, F, T')."""
        tokens = self.embed(examples.flatten(1, 2).transpose(1, 2)) + self.positions
        logits: Tensor = self.classifier(self.encoder(tokens).mean(dim=1))
        return logits
