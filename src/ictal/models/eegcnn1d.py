"""EEGCNN1D: four convolutions, each followed by a halving, and two dense layers over all that is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from ictal.models.network import SignalConfig, SignalNetwork

KERNEL = 5
WIDTHS = (16, 32, 64, 64)
DENSE = 128


class EEGCNN1DConfig(SignalConfig):
    """What EEGCNN1D is built from; the defaults are 30 s at 128 Hz, as in the study.

    Attributes
    ----------
    n_channels, n_classes : int
        Channels of the signal, one in the study, and columns of the logits.
    sampling_rate, window : float
        Hz, and seconds that are looked at, at least 16 samples.
    dropout : float
        How likely one of the numbers between the dense layers is left out.

    Examples
    --------
    >>> EEGCNN1DConfig(n_channels=1).window_samples
    3840
    """

    sampling_rate: float = Field(default=128.0, gt=0.0)
    window: float = Field(default=30.0, gt=0.0)
    dropout: float = Field(default=0.5, ge=0.0, lt=1.0)

    @model_validator(mode="after")
    def _window_outlasts_the_halvings(self) -> Self:
        require_halvings(f"window {self.window:g} s", self.window_samples, len(WIDTHS))
        return self


class EEGCNN1D(SignalNetwork):
    """The convolutional network of the mouse study on windows of the signal.

    The first class is the one that the others are measured against: its logit is 0, and the network answers one number
    for each of the others. With two classes that is the single logit of the study beside a constant, and cross-entropy
    over both is binary cross-entropy of the one.

    Parameters
    ----------
    config : EEGCNN1DConfig
        Sizes, rate and window.

    References
    ----------
    The public code of the study of 30-second windows of mice with tuberous sclerosis complex: 1,999,873 parameters.

    Examples
    --------
    >>> model = EEGCNN1D(EEGCNN1DConfig(n_channels=1)).eval()
    >>> model(torch.zeros(1, 1, 3840)).shape, sum(weights.numel() for weights in model.parameters())
    (torch.Size([1, 1, 2]), 1999873)
    """

    Config: ClassVar[type[EEGCNN1DConfig]] = EEGCNN1DConfig

    def __init__(self, config: EEGCNN1DConfig) -> None:
        super().__init__(config)
        columns = config.window_samples >> len(WIDTHS)
        self.blocks = make_blocks(config.n_channels, WIDTHS)
        self.classifier = make_classifier(WIDTHS[-1] * columns, config.n_classes, config.dropout)

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits (B, n_classes) of windows (B, C, T)."""
        logits: Tensor = self.classifier(torch.flatten(self.blocks(examples.unsqueeze(2)), 1))
        return logits


def make_blocks(n_channels: int, widths: Sequence[int]) -> nn.Sequential:
    """Return convolutions of five columns, each with a ReLU and a maximum of two, over pictures of height one.

    ONNX Runtime runs convolutions of two dimensions faster than of one.

    Parameters
    ----------
    n_channels : int
        Channels that come in.
    widths : sequence of int
        Channels behind each convolution.

    Returns
    -------
    Sequential
        From (B, n_channels, 1, T) to (B, widths[-1], 1, T >> len(widths)).

    Examples
    --------
    >>> make_blocks(1, (16, 32))(torch.zeros(1, 1, 1, 100)).shape
    torch.Size([1, 32, 1, 25])
    """
    layers: list[nn.Module] = []
    for n_in, n_out in zip((n_channels, *widths), widths, strict=False):
        layers += [nn.Conv2d(n_in, n_out, (1, KERNEL), padding=(0, KERNEL // 2)), nn.ReLU(), nn.MaxPool2d((1, 2))]
    return nn.Sequential(*layers)


def make_classifier(n_numbers: int, n_classes: int, dropout: float) -> nn.Sequential:
    """Return two dense layers whose first logit is the constant 0.

    Parameters
    ----------
    n_numbers : int
        Numbers that come in.
    n_classes : int
        Columns of the logits.
    dropout : float
        How likely one of the numbers between the layers is left out.

    Returns
    -------
    Sequential
        From (B, n_numbers) to (B, n_classes).

    Examples
    --------
    >>> make_classifier(64, 2, dropout=0.5)(torch.zeros(1, 64))[:, 0].tolist()
    [0.0]
    """
    return nn.Sequential(
        nn.Linear(n_numbers, DENSE),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(DENSE, n_classes - 1),
        nn.ConstantPad1d((1, 0), 0.0),
    )


def require_halvings(name: str, n_columns: int, n_halvings: int) -> None:
    """Refuse what halvings would leave nothing of.

    Raises
    ------
    ValueError
        For pydantic, which names the settings.

    Examples
    --------
    >>> require_halvings("window 0.1 s", 12, 4)
    Traceback (most recent call last):
    ...
    ValueError: window 0.1 s gives 12 columns, which cannot be halved 4 times; it must give at least 16
    """
    if n_columns >> n_halvings < 1:
        raise ValueError(
            f"{name} gives {n_columns} columns, which cannot be halved {n_halvings} times; "
            f"it must give at least {1 << n_halvings}"
        )
