"""Scalograms as pictures: wavelet transforms at the columns that are kept."""

from __future__ import annotations

from typing import ClassVar, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, model_validator
from torch import Tensor

from ictal.features.pictures import PictureFront, PictureFrontConfig
from ictal.features.wavelet import Wavelet, make_morlet, make_tabulated, trim_wavelet

MORLET = "morlet"
LONGEST_RATIO = 2
"""Of the lengths of wavelets that are convolved together, the short ones filled up with zeros."""


class ScalogramConfig(PictureFrontConfig):
    """Settings of a scalogram; those of every picture, and some more.

    Attributes
    ----------
    wavelet : str
        ``morlet``: complex Morlet wavelets of `n_cycles`, scaled so that a sine of amplitude A µV has the power A²/4.
        ``morl``, ``mexh`` or ``cmorB-C``: as PyWavelets computes and scales it.
    n_cycles : float
        Width of a Morlet wavelet.
    n_rows : int
        Frequencies from `low` to `high`.
    spacing : {"linear", "logarithmic"}
        Of the frequencies.
    step : float
        Seconds between two columns, rounded to whole samples; the first column is the first sample.

    Examples
    --------
    >>> ScalogramConfig(n_channels=18, n_rows=5, low=10.0).frequencies.tolist()
    [10.0, 20.0, 30.0, 40.0, 50.0]
    """

    low: float = Field(default=0.5, gt=0.0)
    wavelet: str = MORLET
    n_cycles: float = Field(default=7.0, gt=0.0)
    n_rows: int = Field(default=100, gt=0)
    spacing: Literal["linear", "logarithmic"] = "linear"
    step: float = Field(default=1 / 16, gt=0.0)

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """Hz, rising, shape (n_rows,)."""
        space = np.linspace if self.spacing == "linear" else np.geomspace
        return np.asarray(space(self.low, self.high, self.n_rows), np.float64)

    @property
    def n_columns(self) -> int:
        """Samples of a window that are kept."""
        return -(-self.window_samples // self.samples(self.step))

    def make_wavelets(self) -> list[Wavelet]:
        """Return the wavelets, long ones first, cut to what a window sees of them."""
        return [trim_wavelet(self._make_wavelet(hertz), self.window_samples - 1) for hertz in self.frequencies]

    def _make_wavelet(self, frequency: float) -> Wavelet:
        if self.wavelet != MORLET:
            return make_tabulated(self.wavelet, frequency, self.sampling_rate)
        wavelet = make_morlet(frequency, self.sampling_rate, self.n_cycles)
        times = (np.arange(len(wavelet)) - len(wavelet) // 2) / self.sampling_rate
        gain = float(np.abs(wavelet @ np.exp(-2j * np.pi * frequency * times)))
        return wavelet / gain

    @model_validator(mode="after")
    def _wavelet_is_known(self) -> Self:
        self._make_wavelet(self.high)
        return self


class CwtFront(PictureFront):
    """Scalograms: the power of a wavelet at each frequency and time.

    The wavelets are convolved directly, and only at the columns that are kept; those of about one length together.

    Parameters
    ----------
    config : ScalogramConfig

    Examples
    --------
    >>> front = CwtFront(ScalogramConfig(n_channels=2, low=4.0, n_rows=20, step=0.25, size=None))
    >>> front.shape, front(torch.zeros(3, 2, 1024)).shape
    ((2, 20, 16), torch.Size([3, 2, 20, 16]))
    """

    Config: ClassVar[type[ScalogramConfig]] = ScalogramConfig
    config: ScalogramConfig

    def __init__(self, config: ScalogramConfig) -> None:
        super().__init__(config, (config.n_rows, config.n_columns))
        self.step = config.samples(config.step)
        self.reaches: list[int] = []
        for group in group_by_length(config.make_wavelets()):
            self.keep(f"waves_{len(self.reaches)}", group[:, None, None])
            self.reaches.append(group.shape[1] // 2)

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """Hz of each row, rising, shape (n_rows,)."""
        return self.config.frequencies

    @property
    def times(self) -> NDArray[np.float64]:
        """Seconds from the window's start to the middle of the wavelets of each column, shape (n_columns,)."""
        return np.asarray(self.step * np.arange(self.config.n_columns) / self.config.sampling_rate)

    def power(self, signal: Tensor) -> Tensor:
        """Return power, shape (B, C, n_rows, n_columns)."""
        n_samples, furthest = signal.shape[2], max(self.reaches)
        # Convolutions over pictures of height one: ONNX Runtime has its fast layout for two dimensions only. The zeros
        # around are laid once: convolutions that pad by themselves take a slow path here.
        padded = torch.nn.functional.pad(signal.reshape(-1, 1, 1, n_samples), (furthest, furthest))
        powers = []
        for number, reach in enumerate(self.reaches):
            within = padded[..., furthest - reach : furthest + n_samples + reach]
            waves = torch.nn.functional.conv2d(within, self.get_buffer(f"waves_{number}"), stride=(1, self.step))
            real, imaginary = waves.squeeze(2).chunk(2, dim=1)
            powers.append(real.square() + imaginary.square())
        return torch.cat(powers, dim=1).reshape(*signal.shape[:2], -1, powers[0].shape[2])


def group_by_length(wavelets: list[Wavelet]) -> list[NDArray[np.float64]]:
    """Return filters that correlate as the wavelets convolve, those of similar lengths in one array.

    Parameters
    ----------
    wavelets : list of ndarray
        The longest first.

    Returns
    -------
    list of ndarray, shape (2 * n_wavelets, length)
        The real parts, then the imaginary ones.

    Examples
    --------
    >>> [group.shape for group in group_by_length([np.ones(9), np.ones(5), np.ones(3)])]
    [(4, 9), (2, 3)]
    """
    groups: list[list[Wavelet]] = []
    for wavelet in wavelets:
        if groups and len(groups[-1][0]) <= LONGEST_RATIO * len(wavelet):
            groups[-1].append(wavelet)
        else:
            groups.append([wavelet])
    filters = []
    for group in groups:
        reach = len(group[0]) // 2
        filled = np.stack([np.pad(wavelet[::-1], reach - len(wavelet) // 2) for wavelet in group])
        filters.append(np.concatenate([filled.real, filled.imag]))
    return filters
