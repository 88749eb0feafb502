"""An LSTM that reads a picture in both directions of time, and attention that says which moments count."""

from __future__ import annotations

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from ictal.models.network import PictureConfig, PictureNetwork

N_HEADS = 2
"""Heads of the attention that has several."""


class LSTMAttentionConfig(PictureConfig):
    """What an LSTM with attention is built from.

    Attributes
    ----------
    hidden : int
        Numbers that the LSTM remembers in each direction.
    n_layers : int
        LSTM layers, one reading what the other says.
    attention : {"additive", "multi-head"}
        One linear score of each moment; or two heads that compare each with what they learned to look for.
    dropout : float
        How likely a number is left out between the layers and before the last.

    Examples
    --------
    >>> LSTMAttentionConfig(n_channels=20).hidden
    256
    """

    hidden: int = Field(default=256, gt=0)
    n_layers: int = Field(default=2, gt=0)
    attention: Literal["additive", "multi-head"] = "additive"
    dropout: float = Field(default=0.3, ge=0.0, lt=1.0)


class LSTMAttention(PictureNetwork):
    """Columns of a picture through a bidirectional LSTM; their sum, weighed by attention, through a linear layer.

    Parameters
    ----------
    config : LSTMAttentionConfig
        Sizes and kind of attention.

    References
    ----------
    Hochreiter and Schmidhuber, Long short-term memory, Neural Computation 1997; the attention is that of a study of
    spectrograms of the EEG. Its score has a bias, which the softmax would take away; how its two heads come to one
    answer it does not say: the learned query is ours. All rows of all pictures at one time are one step.

    Examples
    --------
    >>> model = LSTMAttention(LSTMAttentionConfig(n_channels=3, hidden=16)).eval()
    >>> model(torch.zeros(2, 3, 100, 100)).shape, model.attend(torch.zeros(2, 3, 100, 100)).shape
    (torch.Size([2, 1, 2]), torch.Size([2, 1, 100]))
    """

    Config: ClassVar[type[LSTMAttentionConfig]] = LSTMAttentionConfig

    def __init__(self, config: LSTMAttentionConfig) -> None:
        super().__init__(config)
        self.lstm = nn.LSTM(
            config.n_channels * config.height,
            config.hidden,
            config.n_layers,
            batch_first=True,
            bidirectional=True,
            dropout=config.dropout if config.n_layers > 1 else 0.0,
        )
        pooling = AdditivePooling if config.attention == "additive" else MultiHeadPooling
        self.pooling = pooling(2 * config.hidden)
        self.dropout = nn.Dropout(config.dropout)
        self.classifier = nn.Linear(2 * config.hidden, config.n_classes)

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits (B, n_classes) from pictures (B, C, F, T')."""
        summary, _ = self.pooling(self._read(examples))
        logits: Tensor = self.classifier(self.dropout(summary))
        return logits

    def attend(self, examples: Tensor) -> Tensor:
        """Return how much each column of pictures (B, C, F, T') counts: (B, n_heads, T'), which sums to 1 over time."""
        weights: Tensor = self.pooling(self._read(examples))[1]
        return weights

    def _read(self, examples: Tensor) -> Tensor:
        steps: Tensor = self.lstm(examples.flatten(1, 2).transpose(1, 2))[0]
        return steps


class AdditivePooling(nn.Module):
    """The sum of steps, each weighed by the softmax over time of one linear score."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.score = nn.Linear(width, 1, bias=False)

    def forward(self, steps: Tensor) -> tuple[Tensor, Tensor]:
        """Return the sum (B, width) and the weights (B, 1, n_steps) of steps (B, n_steps, width)."""
        weights = torch.softmax(self.score(steps), dim=1).transpose(1, 2)
        return (weights @ steps).squeeze(1), weights


class MultiHeadPooling(nn.Module):
    """What two heads find in the steps when asked one learned question."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.query = nn.Parameter(0.02 * torch.randn(1, 1, width))
        self.attention = nn.MultiheadAttention(width, N_HEADS, batch_first=True)

    def forward(self, steps: Tensor) -> tuple[Tensor, Tensor]:
        """Return the answer (B, width) and the weights (B, 2, n_steps) of steps (B, n_steps, width)."""
        query = self.query.expand(steps.shape[0], -1, -1)
        summary, weights = self.attention(query, steps, steps, average_attn_weights=False)
        return summary.squeeze(1), weights.squeeze(2)
