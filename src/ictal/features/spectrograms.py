"""Spectrograms as pictures: the short-time Fourier transform, and its mel bands."""

from __future__ import annotations

from typing import ClassVar, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, model_validator
from torch import Tensor

from ictal.features.mel import find_mel_corners, make_mel_bands
from ictal.features.pictures import PictureFront, PictureFrontConfig
from ictal.features.stft import find_frequencies, find_scale, hann


class SpectrogramConfig(PictureFrontConfig):
    """Settings of a spectrogram; those of every picture, and two more.

    Attributes
    ----------
    segment, step : float
        Seconds of a segment, and seconds between the starts of two; rounded to whole samples.

    Examples
    --------
    >>> config = SpectrogramConfig(n_channels=18)
    >>> config.bins, config.n_segments
    (range(1, 51), 49)
    """

    segment: float = Field(default=1.0, gt=0.0)
    step: float = Field(default=1 / 16, gt=0.0)

    @property
    def n_segments(self) -> int:
        """Whole segments in a window."""
        return (self.window_samples - self.samples(self.segment)) // self.samples(self.step) + 1

    @property
    def bins(self) -> range:
        """Frequencies of the transform that are kept, by number."""
        frequencies = find_frequencies(self.samples(self.segment), self.sampling_rate)
        first, last = np.searchsorted(frequencies, [self.low - 1e-9, self.high + 1e-9])
        return range(int(first), int(last))

    @model_validator(mode="after")
    def _segments_fit(self) -> Self:
        if self.n_segments < 1:
            raise ValueError(
                f"segment {self.segment:g} s came; it must not be longer than the window, {self.window:g} s"
            )
        if len(self.bins) == 0:
            raise ValueError(
                f"low {self.low:g} and high {self.high:g} Hz came; no multiple of {1 / self.segment:g} Hz, which a "
                f"segment of {self.segment:g} s resolves, lies between them"
            )
        return self


class StftFront(PictureFront):
    """Spectrograms: the power of Hann-windowed segments at each frequency.

    A sine of amplitude A µV has the power A²/4. The transform is a convolution with windowed cosines and sines, of the
    wanted frequencies alone: on CPUs faster than the FFT at the lengths of EEG, and the same in an exported graph.

    Parameters
    ----------
    config : SpectrogramConfig

    Examples
    --------
    >>> front = StftFront(SpectrogramConfig(n_channels=18))
    >>> front.shape, front(torch.zeros(2, 18, 1024)).shape
    ((18, 100, 100), torch.Size([2, 18, 100, 100]))
    """

    Config: ClassVar[type[SpectrogramConfig]] = SpectrogramConfig
    config: SpectrogramConfig
    waves: Tensor

    def __init__(self, config: SpectrogramConfig, n_rows: int | None = None) -> None:
        super().__init__(config, (len(config.bins) if n_rows is None else n_rows, config.n_segments))
        length = config.samples(config.segment)
        window = hann(length) * find_scale(hann(length), "spectrum")
        phases = 2 * np.pi * np.outer(config.bins, np.arange(length)) / length
        self.keep("waves", (np.concatenate([np.cos(phases), np.sin(phases)]) * window)[:, None, None])
        self.step = config.samples(config.step)

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """Hz of each row, rising, shape (n_bins,)."""
        config = self.config
        return find_frequencies(config.samples(config.segment), config.sampling_rate)[config.bins]

    @property
    def times(self) -> NDArray[np.float64]:
        """Seconds from the window's start to the middle of each segment, shape (n_segments,)."""
        begins = self.step * np.arange(self.config.n_segments)
        return np.asarray((begins + self.config.samples(self.config.segment) / 2) / self.config.sampling_rate)

    def power(self, signal: Tensor) -> Tensor:
        """Return power in µV², shape (B, C, n_bins, n_segments)."""
        # Convolutions over pictures of height one: ONNX Runtime has its fast layout for two dimensions only.
        rows = signal.reshape(-1, 1, 1, signal.shape[2])
        waves: Tensor = torch.nn.functional.conv2d(rows, self.waves, stride=(1, self.step))
        cosines, sines = waves.squeeze(2).chunk(2, dim=1)
        return (cosines.square() + sines.square()).reshape(*signal.shape[:2], *cosines.shape[1:])


class MelConfig(SpectrogramConfig):
    """Settings of a mel spectrogram; those of a spectrogram, and three more.

    Attributes
    ----------
    n_bands : int
        Bands from `low` to `high`; none may be so narrow that it holds no frequency of the transform.
    htk, normalised : bool
        See :func:`ictal.features.mel.make_mel_bands`.
    """

    n_bands: int = Field(default=32, gt=0)
    htk: bool = False
    normalised: bool = False

    @property
    def bands(self) -> NDArray[np.float64]:
        """Weights of the kept frequencies, shape (n_bands, n_bins)."""
        bands = make_mel_bands(
            self.n_bands,
            self.samples(self.segment),
            self.sampling_rate,
            low=self.low,
            high=self.high,
            htk=self.htk,
            normalised=self.normalised,
        )
        return bands[:, self.bins.start : self.bins.stop]

    @model_validator(mode="after")
    def _no_band_is_empty(self) -> Self:
        n_empty = int((self.bands.sum(axis=1) == 0).sum())
        if n_empty > 0:
            raise ValueError(
                f"n_bands {self.n_bands} came; {n_empty} of them hold no multiple of {1 / self.segment:g} Hz, which a "
                f"segment of {self.segment:g} s resolves: take fewer bands or a longer segment"
            )
        return self


class MelFront(StftFront):
    """Spectrograms of which the frequencies are gathered in mel bands.

    Parameters
    ----------
    config : MelConfig

    Examples
    --------
    >>> front = MelFront(MelConfig(n_channels=18, size=None))
    >>> front.shape, front(torch.zeros(2, 18, 1024)).shape
    ((18, 32, 49), torch.Size([2, 18, 32, 49]))
    """

    Config: ClassVar[type[MelConfig]] = MelConfig
    config: MelConfig
    bands: Tensor

    def __init__(self, config: MelConfig) -> None:
        super().__init__(config, config.n_bands)
        self.keep("bands", config.bands)

    @property
    def frequencies(self) -> NDArray[np.float64]:
        """Hz at which each band is highest, rising, shape (n_bands,)."""
        config = self.config
        return find_mel_corners(config.n_bands, config.low, config.high, htk=config.htk)[1:-1]

    def power(self, signal: Tensor) -> Tensor:
        """Return power in µV² (over Hz where normalised), shape (B, C, n_bands, n_segments)."""
        return self.bands @ super().power(signal)
