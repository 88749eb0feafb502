"""What all networks have in common: settings that fit the data, and logits for every frame of a window."""

from __future__ import annotations

import abc
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from torch import Tensor, nn

from ictal.core.errors import ParameterError


class NetworkConfig(BaseModel):
    """Settings of a network; frozen, and unknown ones are refused.

    Attributes
    ----------
    n_classes : int
        Columns of the logits.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    n_classes: int = Field(default=2, gt=1)


class SignalConfig(NetworkConfig):
    """Settings of a network that reads the signal itself.

    Attributes
    ----------
    n_channels : int
        Channels of the signal.
    sampling_rate : float
        Hz.
    window : float
        Seconds that are looked at, a whole number of samples.

    Examples
    --------
    >>> SignalConfig(n_channels=18, window=2.0).window_samples
    512
    """

    n_channels: int = Field(gt=0)
    sampling_rate: float = Field(default=256.0, gt=0.0)
    window: float = Field(default=4.0, gt=0.0)

    @property
    def window_samples(self) -> int:
        """The window in samples."""
        return round(self.window * self.sampling_rate)

    @model_validator(mode="after")
    def _window_is_whole_samples(self) -> Self:
        require_whole_samples("window", self.window, self.sampling_rate)
        return self


class PictureConfig(NetworkConfig):
    """Settings of a network that reads pictures of the signal, such as spectrograms.

    Attributes
    ----------
    n_channels : int
        Pictures of a window: one for each channel of the signal, or one for all where they are tiled.
    height, width : int
        Rows, from low frequencies to high, and columns, in time.
    """

    n_channels: int = Field(gt=0)
    height: int = Field(default=100, gt=0)
    width: int = Field(default=100, gt=0)


class TableConfig(NetworkConfig):
    """Settings of a network that reads numbers about a window.

    Attributes
    ----------
    n_features : int
    """

    n_features: int = Field(gt=0)


class Network(nn.Module, abc.ABC):
    """A network that answers one window, or one picture or row of numbers of a window.

    An architecture derives from one of the three below and writes `answer`.

    Parameters
    ----------
    config : NetworkConfig

    Attributes
    ----------
    config : NetworkConfig
    n_classes : int
        Columns of the logits.
    """

    dense: ClassVar[bool] = False
    """Whether it also answers signals longer than a window, with what it answers to each window of them."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.n_classes = config.n_classes

    @property
    @abc.abstractmethod
    def input_shape(self) -> tuple[int, ...]:
        """The shape of one example."""

    @abc.abstractmethod
    def answer(self, examples: Tensor) -> Tensor:
        """Return logits from examples of the right shape: (B, n_classes), or (B, n_frames, n_classes)."""

    def forward(self, examples: Tensor) -> Tensor:
        """Return the logits of every frame.

        Parameters
        ----------
        examples : Tensor, shape (B, *input_shape)

        Returns
        -------
        Tensor, shape (B, n_frames, n_classes)

        Raises
        ------
        ParameterError
            If the examples have another shape.
        """
        if tuple(examples.shape[1:]) != self.input_shape:
            allowed = ", ".join(["batch", *map(str, self.input_shape)])
            raise ParameterError(f"input: shape {tuple(examples.shape)} came; allowed is ({allowed}).")
        logits = self.answer(examples)
        return logits if logits.ndim == 3 else logits.unsqueeze(1)


class SignalNetwork(Network):
    """A network of the signal ``(B, C, T)``, T the samples of a window.

    Attributes
    ----------
    sampling_rate, frame_rate : float
        Hz of the signal, and frames per second.
    receptive_field : float
        Seconds that one frame looks at.
    """

    kind: ClassVar[Literal["waveform", "frames"]] = "waveform"

    def __init__(self, config: SignalConfig) -> None:
        super().__init__(config)
        self._shape = (config.n_channels, config.window_samples)
        self.sampling_rate = config.sampling_rate
        self.frame_rate = 1.0 / config.window
        self.receptive_field = config.window

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Channels and samples."""
        return self._shape


class PictureNetwork(Network):
    """A network of pictures ``(B, C, F, T')``."""

    kind: ClassVar[Literal["picture"]] = "picture"

    def __init__(self, config: PictureConfig) -> None:
        super().__init__(config)
        self._shape = (config.n_channels, config.height, config.width)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Pictures, rows and columns."""
        return self._shape


class TableNetwork(Network):
    """A network of numbers ``(B, n_features)``."""

    kind: ClassVar[Literal["table"]] = "table"

    def __init__(self, config: TableConfig) -> None:
        super().__init__(config)
        self._shape = (config.n_features,)

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Numbers of a window."""
        return self._shape


def require_whole_samples(name: str, seconds: float, sampling_rate: float) -> None:
    """Refuse a time that is no whole number of samples.

    Raises
    ------
    ValueError
        For pydantic, which names the settings.

    Examples
    --------
    >>> require_whole_samples("window", 0.3, 256.0)
    Traceback (most recent call last):
    ...
    ValueError: window 0.3 s is 76.8 samples at 256 Hz; it must be a whole number
    """
    samples = seconds * sampling_rate
    if abs(samples - round(samples)) > 1e-6 or round(samples) < 1:
        raise ValueError(
            f"{name} {seconds:g} s is {samples:g} samples at {sampling_rate:g} Hz; it must be a whole number"
        )
