"""A temporal convolutional network: dilated convolutions that look ever further, a logit for every frame."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor, nn
from torch.nn.utils.parametrizations import weight_norm

from ictal.core.errors import ParameterError
from ictal.models.network import NetworkConfig


class TCNConfig(NetworkConfig):
    """What a temporal convolutional network is built from.

    Attributes
    ----------
    n_channels, n_classes : int
        Channels of the signal and columns of the logits.
    sampling_rate : float
        Hz.
    frame : float
        Seconds of a frame, a whole number of strides.
    stride : int
        Samples that are read at once; what follows runs at so many times a lower rate.
    width : int
        Channels inside.
    kernel : int
        Steps that a convolution looks at.
    n_blocks : int
        Residual blocks, of dilations 1, 2, 4, 8, …
    dropout : float
        How likely a channel inside is left out.
    causal : bool
        Whether a frame looks at what was before its end only, as a live stream must; otherwise as far to both sides.

    Examples
    --------
    >>> TCNConfig(n_channels=18).frame_samples
    256
    """

    n_channels: int = Field(gt=0)
    sampling_rate: float = Field(default=256.0, gt=0.0)
    frame: float = Field(default=1.0, gt=0.0)
    stride: int = Field(default=4, gt=0)
    width: int = Field(default=32, gt=0)
    kernel: int = Field(default=5, gt=1)
    n_blocks: int = Field(default=7, gt=0, le=16)
    dropout: float = Field(default=0.1, ge=0.0, lt=1.0)
    causal: bool = True

    @property
    def frame_samples(self) -> int:
        """A frame in samples."""
        return round(self.frame * self.sampling_rate)

    @property
    def field_samples(self) -> int:
        """The samples that a frame looks at: its own, and what the two convolutions of each block reach."""
        return self.frame_samples + self.stride * 2 * (self.kernel - 1) * ((1 << self.n_blocks) - 1)

    @model_validator(mode="after")
    def _whole_strides(self) -> Self:
        samples = self.frame * self.sampling_rate
        if abs(samples - round(samples)) > 1e-6 or round(samples) % self.stride or round(samples) < 1:
            raise ValueError(
                f"frame {self.frame:g} s is {samples:g} samples at {self.sampling_rate:g} Hz; "
                f"it must be a whole number of strides of {self.stride}"
            )
        return self


class TCN(nn.Module):
    """A temporal convolutional network that answers every frame of a signal of any length.

    The signal is read `stride` samples at a time, goes through the residual blocks, and each frame is the mean of what
    they say over it. Before the first sample, and after the last where it is not causal, blocks see zeros.

    Parameters
    ----------
    config : TCNConfig
        Sizes, rates and direction.

    Attributes
    ----------
    n_classes : int
        Columns of the logits.
    sampling_rate : float
        Hz of the signal.
    frame_rate : float
        Frames per second.
    receptive_field : float
        Seconds that one frame looks at: up to its end where it is causal, around its middle otherwise.

    References
    ----------
    Bai, Kolter and Koltun, An empirical evaluation of generic convolutional and recurrent networks for sequence
    modeling, 2018: the residual block and its dilations. The stride, the norm behind it and the frames are ours.

    Examples
    --------
    >>> model = TCN(TCNConfig(n_channels=18)).eval()
    >>> model(torch.zeros(1, 18, 60 * 256)).shape, round(model.receptive_field, 1)
    (torch.Size([1, 60, 2]), 16.9)
    """

    kind: ClassVar[Literal["frames"]] = "frames"
    dense: ClassVar[bool] = True
    Config: ClassVar[type[TCNConfig]] = TCNConfig

    def __init__(self, config: TCNConfig) -> None:
        super().__init__()
        self.config = config
        self.n_classes = config.n_classes
        self.sampling_rate = config.sampling_rate
        self.frame_rate = 1.0 / config.frame
        self.receptive_field = config.field_samples / config.sampling_rate
        self.read = nn.Sequential(
            nn.Conv1d(config.n_channels, config.width, config.stride, stride=config.stride, bias=False),
            nn.BatchNorm1d(config.width),
        )
        self.blocks = nn.Sequential(*(ResidualBlock(config, dilation=2**i) for i in range(config.n_blocks)))
        self.answer = nn.Sequential(
            nn.AvgPool1d(config.frame_samples // config.stride), nn.Conv1d(config.width, config.n_classes, 1)
        )

    def forward(self, signal: Tensor) -> Tensor:
        """Return the logits of every frame.

        Parameters
        ----------
        signal : Tensor, shape (B, C, T)
            Samples after the last whole frame have none of their own.

        Returns
        -------
        Tensor, shape (B, n_frames, n_classes)

        Raises
        ------
        ParameterError
            If the signal is shorter than a frame or has another number of channels.
        """
        config = self.config
        if signal.ndim != 3 or signal.shape[1] != config.n_channels or signal.shape[2] < config.frame_samples:
            raise ParameterError(
                f"signal: shape {tuple(signal.shape)} came; allowed is (batch, {config.n_channels}, samples) of at "
                f"least {config.frame_samples} samples."
            )
        logits: Tensor = self.answer(self.blocks(self.read(signal)))
        return logits.transpose(1, 2)


class ResidualBlock(nn.Module):
    """Two dilated convolutions beside a way around them: figure 1b of the paper, without a change of width."""

    def __init__(self, config: TCNConfig, dilation: int) -> None:
        super().__init__()
        reach = (config.kernel - 1) * dilation
        before = reach if config.causal else reach // 2

        def half() -> tuple[nn.Module, ...]:
            return (
                nn.ConstantPad1d((before, reach - before), 0.0),
                weight_norm(nn.Conv1d(config.width, config.width, config.kernel, dilation=dilation)),
                nn.ReLU(),
                nn.Dropout1d(config.dropout),
            )

        self.path = nn.Sequential(*half(), *half())

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same shape (B, width, n_steps)."""
        return torch.relu(maps + self.path(maps))
