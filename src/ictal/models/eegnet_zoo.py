"""The EEGNet of the spectrogram study: channels mixed first, then convolutions over mixtures and time as a picture."""

from __future__ import annotations

from typing import ClassVar, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from ictal.models.network import SignalConfig, SignalNetwork

N_MIXTURES = 16
WIDTH = 4
POOL = 4
"""Samples of a column after either pooling; the second pooling looks at all four, the first at two of them."""

ROWS = 2
"""Rows that the poolings leave of the sixteen mixtures."""


class EEGNetZooConfig(SignalConfig):
    """What the EEGNet of the spectrogram study is built from.

    Attributes
    ----------
    n_channels, n_classes : int
        Channels of the signal and columns of the logits.
    sampling_rate, window : float
        Hz, and seconds that are looked at; the study has 5120 samples.
    dropout : float
        How likely a number is left out.
    norm_eps : float
        What keeps a norm from dividing by zero. It is 0 in the study, by a slip: good for weights of the study, while
        torch refuses to train with it.

    Examples
    --------
    >>> config = EEGNetZooConfig(n_channels=20)
    >>> config.window_samples, config.n_columns
    (5120, 320)
    """

    window: float = Field(default=20.0, gt=0.0)
    dropout: float = Field(default=0.25, ge=0.0, lt=1.0)
    norm_eps: float = Field(default=1e-5, ge=0.0)

    @property
    def n_columns(self) -> int:
        """Columns that are left for the dense layer; the paddings before the two convolutions add some."""
        return (self.window_samples // POOL + 1) // POOL

    @model_validator(mode="after")
    def _window_leaves_a_column(self) -> Self:
        if self.n_columns < 1:
            raise ValueError(
                f"window {self.window:g} s is {self.window_samples} samples at {self.sampling_rate:g} Hz, of which "
                f"pooling by {POOL} twice leaves none; it must be at least {POOL * (POOL - 1)}"
            )
        return self


class EEGNetZoo(SignalNetwork):
    """The EEGNet variant of the spectrogram study, for windows of the signal.

    Parameters
    ----------
    config : EEGNetZooConfig
        Sizes, rate and window.

    References
    ----------
    The public code of the study of spectrograms and deep networks for seizures, after the first version of Lawhern et
    al., EEGNet, 2016. There dropout stays on at evaluation, a norm divides by a variance without an epsilon, and a
    sigmoid stands before the loss; here dropout ends with training, the epsilon is a setting, and logits are returned.

    Examples
    --------
    >>> model = EEGNetZoo(EEGNetZooConfig(n_channels=20, n_classes=3)).eval()
    >>> model(torch.zeros(1, 20, 5120)).shape, sum(weights.numel() for weights in model.parameters())
    (torch.Size([1, 1, 3]), 8843)
    """

    Config: ClassVar[type[EEGNetZooConfig]] = EEGNetZooConfig

    def __init__(self, config: EEGNetZooConfig) -> None:
        super().__init__(config)

        def after(width: int) -> tuple[nn.Module, ...]:
            return nn.ELU(), nn.BatchNorm2d(width, eps=config.norm_eps), nn.Dropout(config.dropout)

        self.mix = nn.Sequential(nn.Conv2d(config.n_channels, N_MIXTURES, 1), *after(N_MIXTURES))
        self.read = nn.Sequential(
            nn.ZeroPad2d((16, 17, 0, 1)),
            nn.Conv2d(1, WIDTH, (2, 32)),
            *after(WIDTH),
            nn.MaxPool2d(2, stride=POOL),
            nn.ZeroPad2d((2, 1, 4, 3)),
            nn.Conv2d(WIDTH, WIDTH, (8, 4)),
            *after(WIDTH),
            nn.MaxPool2d((2, POOL)),
        )
        self.classifier = nn.Linear(WIDTH * ROWS * config.n_columns, config.n_classes)

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits (B, n_classes) of windows (B, C, T)."""
        picture = self.mix(examples.unsqueeze(2)).transpose(1, 2)
        logits: Tensor = self.classifier(torch.flatten(self.read(picture), 1))
        return logits
