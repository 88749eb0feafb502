"""What stands before a network that does not read the signal itself: features, computed where it computes."""

from __future__ import annotations

import abc
from typing import ClassVar, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from ictal.core.errors import ParameterError


class FrontConfig(BaseModel):
    """Settings of features; frozen, and unknown ones are refused.

    What follows from the data is filled in when a network is built for it.

    Attributes
    ----------
    n_channels : int
        Channels of the signal.
    sampling_rate : float
        Hz.
    window : float
        Seconds of a window.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    n_channels: int = Field(gt=0)
    sampling_rate: float = Field(default=256.0, gt=0.0)
    window: float = Field(default=4.0, gt=0.0)

    @property
    def window_samples(self) -> int:
        """The window in samples."""
        return round(self.window * self.sampling_rate)


class Front(nn.Module, abc.ABC):
    """Features of whole windows, as a part of the graph that is trained, exported and explained.

    A feature derives from it, says what shape it has and writes `extract`. What is exported may be computed in another
    way than what is trained with (ONNX has no complex numbers); `torch.compiler.is_exporting` tells, and a test holds
    the two equal.

    Parameters
    ----------
    config : FrontConfig

    Attributes
    ----------
    kind : {"picture", "table"}
        What the network behind it must read.
    shape : tuple of int
        Of the features of one window: ``(n_channels, height, width)`` of pictures, ``(n_features,)`` of numbers.
    """

    kind: ClassVar[Literal["picture", "table"]]
    Config: ClassVar[type[FrontConfig]]

    def __init__(self, config: FrontConfig, shape: tuple[int, ...]) -> None:
        super().__init__()
        self.config = config
        self.shape = shape

    @abc.abstractmethod
    def extract(self, signal: Tensor) -> Tensor:
        """Return the features, shape (B, *shape), of signals of the right shape (B, C, T)."""

    def forward(self, signal: Tensor) -> Tensor:
        """Return the features of windows.

        Parameters
        ----------
        signal : Tensor, shape (B, C, T)
            T is the samples of one window.

        Returns
        -------
        Tensor, shape (B, *shape)

        Raises
        ------
        ParameterError
            If the signal has another shape.
        """
        config = self.config
        if tuple(signal.shape[1:]) != (config.n_channels, config.window_samples):
            raise ParameterError(
                f"signal: shape {tuple(signal.shape)} came; allowed is (batch, {config.n_channels}, "
                f"{config.window_samples})."
            )
        device = signal.device.type
        if not torch.is_autocast_enabled(device):
            return self.extract(signal)
        with torch.autocast(device, enabled=False):  # half of the precision is too little for decibels
            return self.extract(signal.float())
