"""Power over time and frequency as pictures for networks: the scale, the size, and all channels in one."""

from __future__ import annotations

import abc
import math
from typing import ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, model_validator
from torch import Tensor

from ictal.features.decibels import power_to_decibels
from ictal.features.front import Front, FrontConfig

FLOOR = 1e-6
"""Power of silence, µV²: -60 dB. Less is the rounding of numbers, not EEG."""

FLATTEST = 1e-2
"""dB², added to the variance of a picture, so that one without any contrast becomes zeros."""


class PictureFrontConfig(FrontConfig):
    """Settings that all pictures share.

    Attributes
    ----------
    n_channels : int
        Channels of the signal.
    sampling_rate, window
        Hz, and seconds of a window.
    low, high : float
        Hz; the lowest and the highest row.
    scale : {"decibel", "z-score", "log", "power"}
        Decibels over 1 µV², not below -60; those as z-scores of each picture; the natural logarithm of 1 + power; µV².
    size : (int, int), optional
        Height and width of what comes out. ``None`` leaves every frequency and every segment as it is.
    tiled : bool
        Whether the channels lie side by side in one large picture, row by row, as square as can be, and what is left
        over is 0. Its z-scores are those of all channels together.
    """

    low: float = Field(default=0.5, ge=0.0)
    high: float = Field(default=50.0, gt=0.0)
    scale: Literal["decibel", "z-score", "log", "power"] = "decibel"
    size: tuple[int, int] | None = (100, 100)
    tiled: bool = False

    @property
    def grid(self) -> tuple[int, int]:
        """Rows and columns of tiles."""
        if not self.tiled:
            return 1, 1
        columns = math.isqrt(self.n_channels - 1) + 1
        return -(-self.n_channels // columns), columns

    @model_validator(mode="after")
    def _band_is_below_half_the_rate(self) -> Self:
        if not self.low < self.high <= self.sampling_rate / 2:
            raise ValueError(
                f"low {self.low:g} and high {self.high:g} Hz came; allowed is low < high ≤ {self.sampling_rate / 2:g} "
                f"Hz, half of the sampling rate"
            )
        return self

    @model_validator(mode="after")
    def _tiles_have_pixels(self) -> Self:
        rows, columns = self.grid
        if self.size is not None and (self.size[0] < rows or self.size[1] < columns):
            raise ValueError(f"size {self.size} came; {rows} × {columns} pictures must fit in")
        return self

    def samples(self, seconds: float) -> int:
        """Seconds in samples, the nearest, at least one."""
        return max(round(seconds * self.sampling_rate), 1)


class PictureFront(Front):
    """Pictures of power over time, from low frequencies at the top to high.

    A kind of picture derives from it, says how many rows and columns it has by nature, which frequencies and times
    these are, and writes `power`.

    Parameters
    ----------
    config : PictureFrontConfig
    native : (int, int)
        Rows and columns of the power of one channel.
    """

    kind: ClassVar[Literal["picture"]] = "picture"
    rows: Tensor
    columns: Tensor

    def __init__(self, config: PictureFrontConfig, native: tuple[int, int]) -> None:
        down, across = config.grid
        tile = native if config.size is None else (config.size[0] // down, config.size[1] // across)
        height, width = config.size if config.size is not None else (tile[0] * down, tile[1] * across)
        super().__init__(config, (1 if config.tiled else config.n_channels, height, width))
        self.scale, self.tiled, self.grid, self.resized = config.scale, config.tiled, config.grid, tile != native
        for name, n_from, n_to in zip(("rows", "columns"), native, tile, strict=True):
            self.keep(name, make_resizer(n_from, n_to))

    @property
    @abc.abstractmethod
    def frequencies(self) -> NDArray[np.float64]:
        """Hz of the middle of each native row, rising."""

    @property
    @abc.abstractmethod
    def times(self) -> NDArray[np.float64]:
        """Seconds from the window's start to the middle of each native column, rising."""

    @abc.abstractmethod
    def power(self, signal: Tensor) -> Tensor:
        """Return power in µV², shape (B, C, *native), of signals of the right shape (B, C, T)."""

    def extract(self, signal: Tensor) -> Tensor:
        """Return pictures, shape (B, *shape)."""
        pictures = self._to_scale(self.power(signal))
        if self.resized:
            pictures = self.rows @ pictures @ self.columns.T
        if self.scale == "z-score":
            over = (1, 2, 3) if self.tiled else (2, 3)
            centred = pictures - pictures.mean(dim=over, keepdim=True)
            pictures = centred / (centred.square().mean(dim=over, keepdim=True) + FLATTEST).sqrt()
        return self._lay_tiles(pictures) if self.tiled else pictures

    def keep(self, name: str, values: NDArray[np.floating]) -> None:
        """Keep numbers that follow from the settings: they move with the module and are not stored with weights."""
        self.register_buffer(name, torch.as_tensor(values, dtype=torch.float32), persistent=False)

    def _to_scale(self, power: Tensor) -> Tensor:
        if self.scale == "power":
            return power
        if self.scale == "log":
            return power.log1p()
        decibels: Tensor = power_to_decibels(power, floor=FLOOR)
        return decibels

    def _lay_tiles(self, pictures: Tensor) -> Tensor:
        """From (B, C, h, w) to (B, 1, H, W)."""
        (down, across), (_, height, width) = self.grid, self.shape
        n_channels, h, w = pictures.shape[1:]
        filled = torch.nn.functional.pad(pictures, (0, 0, 0, 0, 0, down * across - n_channels))
        large = filled.reshape(-1, down, across, h, w).transpose(2, 3).reshape(-1, 1, down * h, across * w)
        return torch.nn.functional.pad(large, (0, width - across * w, 0, height - down * h))


def make_resizer(n_from: int, n_to: int) -> NDArray[np.float64]:
    """Return the matrix that gives an axis another number of pixels.

    Enlarging interpolates between the middles of two pixels, shrinking takes the mean over what a new pixel covers; a
    product with a matrix trains, exports and runs alike everywhere.

    Returns
    -------
    ndarray, shape (n_to, n_from)
        Each row adds up to 1.

    Examples
    --------
    >>> make_resizer(2, 4) @ [0.0, 1.0]
    array([0.  , 0.25, 0.75, 1.  ])
    >>> make_resizer(3, 2) @ [0.0, 3.0, 6.0]
    array([1., 5.])
    """
    if n_to >= n_from:
        middles = np.clip((np.arange(n_to) + 0.5) * n_from / n_to - 0.5, 0, n_from - 1)
        linear: NDArray[np.float64] = np.maximum(1 - np.abs(middles[:, None] - np.arange(n_from)), 0.0)
        return linear
    borders = np.arange(n_to + 1) * n_from / n_to
    ends = np.minimum.outer(borders[1:], np.arange(1, n_from + 1))
    starts = np.maximum.outer(borders[:-1], np.arange(n_from))
    covered: NDArray[np.float64] = np.maximum(ends - starts, 0.0)
    return covered * (n_to / n_from)
