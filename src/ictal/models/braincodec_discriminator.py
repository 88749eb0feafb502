"""Discriminators of a codec: networks that look at spectrograms of several windows and tell a signal from its copy."""

from __future__ import annotations

from typing import NamedTuple

import torch
from pydantic import BaseModel, ConfigDict, Field, field_validator
from torch import Tensor, nn
from torch.nn.functional import leaky_relu
from torch.nn.utils.parametrizations import weight_norm

from ictal.core.errors import ParameterError

SLOPE = 0.2
"""Of the leaky rectifier."""


class DiscriminatorConfig(BaseModel):
    """What the discriminators are built from.

    Attributes
    ----------
    windows : tuple of int
        Samples of the window of each discriminator's spectrogram; it moves by a quarter of them.
    width : int
        Maps inside.
    dilations : tuple of int
        Of the layers that halve the frequencies, in time.

    Examples
    --------
    >>> DiscriminatorConfig().windows
    (1024, 512, 256, 128, 64)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    windows: tuple[int, ...] = Field(default=(1024, 512, 256, 128, 64), min_length=1)
    width: int = Field(default=32, gt=0)
    dilations: tuple[int, ...] = (1, 2, 4)

    @field_validator("windows")
    @classmethod
    def _quarters(cls, windows: tuple[int, ...]) -> tuple[int, ...]:
        wrong = [window for window in windows if window < 16 or window % 4]
        if wrong:
            raise ValueError(f"window {wrong[0]} is not allowed; it must be a multiple of 4, and at least 16 samples")
        return windows


class Judged(NamedTuple):
    """What one discriminator says.

    Parameters
    ----------
    logits : Tensor, shape (N, 1, n_times, n_frequencies)
        Above 0 for a signal, below 0 for a copy.
    maps : tuple of Tensor
        What each of its layers saw.
    """

    logits: Tensor
    maps: tuple[Tensor, ...]


class STFTDiscriminators(nn.Module):
    """One discriminator for each window of the spectrogram.

    Parameters
    ----------
    config : DiscriminatorConfig

    References
    ----------
    Défossez et al., High fidelity neural audio compression, TMLR 2023, figure 2: real and imaginary parts as two maps,
    and layers of 3 by 9 that halve the frequencies and look ever further in time. Windows are ours, for 512 Hz.

    Examples
    --------
    >>> judges = STFTDiscriminators(DiscriminatorConfig(windows=(64, 32), width=4))
    >>> [tuple(judged.logits.shape) for judged in judges(torch.zeros(3, 1, 512))]
    [(3, 1, 29, 5), (3, 1, 61, 3)]
    """

    def __init__(self, config: DiscriminatorConfig) -> None:
        super().__init__()
        self.config = config
        self.judges = nn.ModuleList(STFTDiscriminator(window, config) for window in config.windows)

    def forward(self, signal: Tensor) -> list[Judged]:
        """Judge a signal by each window.

        Parameters
        ----------
        signal : Tensor, shape (N, 1, T)

        Raises
        ------
        ParameterError
            If it has another shape, or is shorter than the longest window.
        """
        longest = max(self.config.windows)
        if signal.ndim != 3 or signal.shape[1] != 1 or signal.shape[2] < longest:
            raise ParameterError(
                f"signal: shape {tuple(signal.shape)} came; allowed is (n, 1, samples) of at least {longest} samples."
            )
        return [judge(signal) for judge in self.judges]


class STFTDiscriminator(nn.Module):
    """A discriminator of spectrograms of one window."""

    window: Tensor

    def __init__(self, window: int, config: DiscriminatorConfig) -> None:
        super().__init__()
        shape = torch.hann_window(window)
        self.register_buffer("window", shape / shape.square().sum().sqrt(), persistent=False)
        width = config.width
        self.layers = nn.ModuleList(
            [
                weight_norm(nn.Conv2d(2, width, (3, 9), padding=(1, 4))),
                *(
                    weight_norm(nn.Conv2d(width, width, (3, 9), (1, 2), padding=(reach, 4), dilation=(reach, 1)))
                    for reach in config.dilations
                ),
                weight_norm(nn.Conv2d(width, width, 3, padding=1)),
            ]
        )
        self.last = weight_norm(nn.Conv2d(width, 1, 3, padding=1))

    def forward(self, signal: Tensor) -> Judged:
        """Judge a signal (N, 1, T)."""
        window = self.window
        picture = torch.stft(
            signal.squeeze(1), len(window), len(window) // 4, window=window, center=False, return_complex=True
        )
        seen = torch.view_as_real(picture).permute(0, 3, 2, 1)
        maps = []
        for layer in self.layers:
            seen = leaky_relu(layer(seen), SLOPE)
            maps.append(seen)
        return Judged(self.last(seen), tuple(maps))
