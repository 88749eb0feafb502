"""CNN-BiLSTM: convolutions that shorten the signal, and a recurrent network that reads it both ways."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn

from ictal.models.network import SignalConfig, SignalNetwork

KERNEL = 3
POOL = 4

SIZES: dict[str, dict[str, Any]] = {
    "light": {"widths": (8,), "hidden": 16, "dense": 16},
    "full": {"widths": (32, 64, 128), "hidden": 64, "dense": 64},
}
"""What the two sizes stand for: those of the public code, and ours for the text, which has no numbers."""


class CNNBiLSTMConfig(SignalConfig):
    """What CNN-BiLSTM is built from.

    Attributes
    ----------
    n_channels, n_classes : int
        Channels of the signal and columns of the logits.
    sampling_rate, window : float
        Hz, and seconds that are looked at, at least 4 samples for each block, multiplied.
    size : {"light", "full"}
        Decides widths, hidden and dense where they are not given, as in `SIZES`.
    widths : tuple of int
        Channels behind each block of convolution, norm and a maximum of four.
    hidden : int
        Numbers that the recurrent network remembers in each direction.
    dense : int
        Numbers between the two dense layers.
    dropout : float
        How likely a number is left out, behind the blocks and between the dense layers.
    bidirectional : bool
        Whether the signal is read both ways, as the text has it, or forward only, as the public code has it.
    recurrent : bool
        Whether there is a recurrent network at all. Without it, which the text tries too, the dense layers read the
        mean of the columns.

    Examples
    --------
    >>> CNNBiLSTMConfig(n_channels=19, size="full", hidden=128).widths
    (32, 64, 128)
    """

    size: Literal["light", "full"] = "light"
    widths: tuple[Annotated[int, Field(gt=0)], ...] = Field(default=SIZES["light"]["widths"], min_length=1)
    hidden: int = Field(default=SIZES["light"]["hidden"], gt=0)
    dense: int = Field(default=SIZES["light"]["dense"], gt=0)
    dropout: float = Field(default=0.3, ge=0.0, lt=1.0)
    bidirectional: bool = True
    recurrent: bool = True

    @model_validator(mode="before")
    @classmethod
    def _fill_in_the_size(cls, settings: Any) -> Any:
        return SIZES.get(str(settings.get("size")), {}) | settings if isinstance(settings, dict) else settings

    @model_validator(mode="after")
    def _blocks_leave_a_column(self) -> Self:
        shortest = POOL ** len(self.widths)
        if self.window_samples < shortest:
            raise ValueError(
                f"window {self.window:g} s is {self.window_samples} samples at {self.sampling_rate:g} Hz; "
                f"with {len(self.widths)} blocks it must be at least {shortest}"
            )
        return self


class CNNBiLSTM(SignalNetwork):
    """Convolutions, a recurrent network over what they leave, and two dense layers.

    Parameters
    ----------
    config : CNNBiLSTMConfig
        Sizes, rate, window and directions.

    References
    ----------
    NeuroCare, a hybrid of convolutions and a bidirectional LSTM for the Siena scalp EEG. The public code of the light
    size reads one way, has the norm behind the ReLU and ends in a softmax; this one returns logits. The text gives no
    numbers for the full size: three blocks and 64 units each way are ours.

    Examples
    --------
    >>> model = CNNBiLSTM(CNNBiLSTMConfig(n_channels=19)).eval()
    >>> model(torch.zeros(1, 19, 1024)).shape
    torch.Size([1, 1, 2])
    """

    Config: ClassVar[type[CNNBiLSTMConfig]] = CNNBiLSTMConfig

    def __init__(self, config: CNNBiLSTMConfig) -> None:
        super().__init__(config)
        widths = (config.n_channels, *config.widths)
        self.blocks = nn.Sequential(*(_make_block(n_in, n_out, config.dropout) for n_in, n_out in pairwise(widths)))
        n_directions = 2 if config.bidirectional else 1
        self.lstm = (
            nn.LSTM(widths[-1], config.hidden, batch_first=True, bidirectional=config.bidirectional)
            if config.recurrent
            else None
        )
        self.classifier = nn.Sequential(
            nn.Linear(n_directions * config.hidden if config.recurrent else widths[-1], config.dense),
            nn.ReLU(),
            nn.Dropout(config.dropout),
            nn.Linear(config.dense, config.n_classes),
        )

    def answer(self, examples: Tensor) -> Tensor:
        """Return logits (B, n_classes) of windows (B, C, T)."""
        columns = self.blocks(examples.unsqueeze(2)).squeeze(2)
        logits: Tensor = self.classifier(self.summarise(columns))
        return logits

    def summarise(self, columns: Tensor) -> Tensor:
        """Return what is known at the end of each direction, or the mean, from columns (B, width, n_columns)."""
        if self.lstm is None:
            return columns.mean(dim=2)
        _, (last, _) = self.lstm(columns.transpose(1, 2))
        return torch.cat(last.unbind(0), dim=1)


def _make_block(n_in: int, n_out: int, dropout: float) -> nn.Sequential:
    """Return one block over pictures of height one, which ONNX Runtime runs faster; the norm has Keras' constants."""
    return nn.Sequential(
        nn.Conv2d(n_in, n_out, (1, KERNEL), padding=(0, KERNEL // 2)),
        nn.ReLU(),
        nn.BatchNorm2d(n_out, eps=1e-3, momentum=0.01),
        nn.MaxPool2d((1, POOL)),
        nn.Dropout(dropout),
    )
