"""EEGTransformer: attention among the pieces that the numbers of a window are cut into."""

from __future__ import annotations

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor, nn

from ictal.models.eeglstm import Steps
from ictal.models.encoder import EncoderConfig, make_encoder
from ictal.models.network import TableConfig, TableNetwork


class EEGTransformerConfig(EncoderConfig, TableConfig):
    """What EEGTransformer is built from; the encoder is as large as that of the study.

    Attributes
    ----------
    n_features, n_classes : int
        Numbers of a window, 1024 in the study, and columns of the logits.
    token_features : int
        Numbers that make a token, or all where there are fewer; zeros fill the last token up.
    hidden : int
        Numbers of a token inside the encoder, a multiple of the heads.
    n_layers, n_heads : int
        Encoder layers, and heads of attention in each.
    feedforward : int
        Numbers between the two linear layers that follow the attention.
    dropout : float
        How likely a number inside is left out.

    Examples
    --------
    >>> EEGTransformerConfig(n_features=1024).n_tokens
    16
    """

    token_features: int = Field(default=64, gt=0)
    hidden: int = Field(default=1024, gt=0)
    feedforward: int = Field(default=4096, gt=0)

    @property
    def n_tokens(self) -> int:
        """Tokens that the numbers are cut into."""
        return -(-self.n_features // self.token_features)


class EEGTransformer(TableNetwork):
    """The transformer of the mouse study on principal components, cut into tokens that attend to one another.

    Each token has an embedding for its place, and the mean of what the encoder makes of them is the answer. The first
    logit is 0, as that of :class:`ictal.models.eegcnn1d.EEGCNN1D`.

    Parameters
    ----------
    config : EEGTransformerConfig
        Sizes and tokens.

    References
    ----------
    The public code of the study of 30-second windows of mice with tuberous sclerosis complex. There the attention runs
    across the batch, so that the answer to a window depends on its neighbours; the encoder and the last layer, of
    25,195,521 parameters, are as there, the tokens and their embedding are ours.

    Examples
    --------
    >>> model = EEGTransformer(EEGTransformerConfig(n_features=100, hidden=32, feedforward=64)).eval()
    >>> model(torch.zeros(3, 100)).shape
    torch.Size([3, 1, 2])
    """

    Config: ClassVar[type[EEGTransformerConfig]] = EEGTransformerConfig

    def __init__(self, config: EEGTransformerConfig) -> None:
        super().__init__(config)
        size = min(config.token_features, config.n_features)
        self.cut = Steps(config.n_features, size)
        self.embed = nn.Linear(size, config.hidden)
        self.places = nn.Parameter(0.02 * torch.randn(config.n_tokens, config.hidden))
        self.encoder = make_encoder(
            config.hidden, config.n_heads, config.n_layers, feedforward=config.feedforward, dropout=config.dropout
        )
        self.norm = nn.LayerNorm(config.hidden)
        self.classifier = nn.Sequential(nn.Linear(config.hidden, config.n_classes - 1), nn.ConstantPad1d((1, 0), 0.0))

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits (B, n_classes) of numbers (B, n_features)."""
        tokens = self.embed(self.cut(examples)) + self.places
        logits: Tensor = self.classifier(self.norm(self.encoder(tokens)).mean(dim=1))
        return logits
