"""Classical numbers about each channel of a window, for models that read tables."""

from __future__ import annotations

from typing import ClassVar, Literal, Self, TypeAlias

import torch
from pydantic import Field, field_validator, model_validator
from torch import Tensor

from ictal.core.errors import ParameterError
from ictal.features.band_powers import BANDS, sum_bands
from ictal.features.front import Front, FrontConfig
from ictal.features.hjorth import hjorth
from ictal.features.line_length import line_length
from ictal.features.spectral_entropy import measure_entropy
from ictal.features.spikes import spike_rate
from ictal.features.stft import Array
from ictal.features.welch import band_columns, make_basis, welch

Quantity: TypeAlias = Literal["line-length", "spike-rate", "band-powers", "hjorth", "spectral-entropy"]

SPECTRAL: set[Quantity] = {"band-powers", "spectral-entropy"}
SUMMARIES = ("mean", "sd", "max")
LEAST_POWER = 1e-6
"""µV²; a quieter band counts as this, so that it has a logarithm."""


class NumbersConfig(FrontConfig):
    """Which numbers.

    Attributes
    ----------
    n_channels, sampling_rate, window
        See :class:`ictal.features.front.FrontConfig`.
    quantities : tuple of str
        Of ``line-length`` in µV/s, ``spike-rate`` in spikes per second, ``band-powers`` and the activity of ``hjorth``
        in decades of µV², its mobility in 1/s and its complexity, and ``spectral-entropy`` from 0 to 1.
    per_channel : bool
        Whether there are numbers of every channel. Otherwise there are their mean, standard deviation and maximum over
        the channels, as many for one montage as for another.
    bands : dict of str to (float, float)
        Hz, each from its first frequency on and below its second; the entropy is that of all from the lowest to the
        highest.
    segment : float
        Seconds of the segments of the spectrum; a shorter window is one segment.
    spike_height : float
        See :func:`ictal.features.spikes.spike_rate`.

    Examples
    --------
    >>> NumbersConfig(n_channels=1, quantities=("line-length", "spike-rate")).names
    ('line-length 0', 'spike-rate 0')
    >>> NumbersConfig(n_channels=19, quantities=("line-length",), per_channel=False).names
    ('line-length mean', 'line-length sd', 'line-length max')
    """

    quantities: tuple[Quantity, ...] = Field(
        default=("line-length", "spike-rate", "band-powers", "hjorth", "spectral-entropy"), min_length=1
    )
    per_channel: bool = True
    bands: dict[str, tuple[float, float]] = Field(default=BANDS, min_length=1)
    segment: float = Field(default=2.0, gt=0.0)
    spike_height: float = Field(default=4.0, gt=0.0)

    @property
    def segment_samples(self) -> int:
        """A segment in samples."""
        return min(round(self.segment * self.sampling_rate), self.window_samples)

    @property
    def entropy_columns(self) -> slice:
        """Which frequencies of the spectrum the entropy is of."""
        limits = [limit for band in self.bands.values() for limit in band]
        return band_columns(min(limits), max(limits), self.sampling_rate, self.segment_samples)

    @property
    def names(self) -> tuple[str, ...]:
        """What each number is: the quantity, and the number of its channel or how the channels are summed up."""
        parts = {"band-powers": (*self.bands,), "hjorth": ("activity", "mobility", "complexity")}
        of_one = [name for quantity in self.quantities for name in parts.get(quantity, (quantity,))]
        places = range(self.n_channels) if self.per_channel else SUMMARIES
        return tuple(f"{name} {place}" for place in places for name in of_one)

    @field_validator("quantities")
    @classmethod
    def _each_once(cls, quantities: tuple[Quantity, ...]) -> tuple[Quantity, ...]:
        if len(set(quantities)) < len(quantities):
            raise ValueError(f"{', '.join(quantities)} came; each may come once")
        return quantities

    @model_validator(mode="after")
    def _bands_have_frequencies(self) -> Self:
        if SPECTRAL.isdisjoint(self.quantities):
            return self
        for name, (low, high) in self.bands.items():
            half = self.sampling_rate / 2
            if not 0.0 <= low < high <= half:
                raise ValueError(
                    f"band {name} is {low:g} to {high:g} Hz; it must rise, up to {half:g} Hz, half the sampling rate"
                )
            try:
                band_columns(low, high, self.sampling_rate, self.segment_samples)
            except ParameterError as error:
                raise ValueError(f"band {name} is too narrow for the segment: {error}") from error
        return self


class Numbers(Front):
    """Line length, spikes, band powers, Hjorth's parameters and spectral entropy of every channel, or summed up.

    The gradient passes through all but the spike rate, which is a count.

    Parameters
    ----------
    config : NumbersConfig

    Attributes
    ----------
    names : tuple of str
        What each feature is: the numbers of the first channel (or the means), of the second, …

    Examples
    --------
    >>> numbers = Numbers(NumbersConfig(n_channels=2, quantities=("hjorth",)))
    >>> numbers(torch.randn(5, 2, 1024)).shape, numbers.names[:2]
    (torch.Size([5, 6]), ('activity 0', 'mobility 0'))
    """

    kind: ClassVar[Literal["table"]] = "table"
    Config: ClassVar[type[NumbersConfig]] = NumbersConfig
    config: NumbersConfig
    basis: Tensor | None

    def __init__(self, config: NumbersConfig) -> None:
        super().__init__(config, (len(config.names),))
        self.names = config.names
        basis = None
        if not SPECTRAL.isdisjoint(config.quantities):
            basis = torch.from_numpy(make_basis(config.sampling_rate, config.segment_samples)).float()
        self.register_buffer("basis", basis, persistent=False)

    def extract(self, signal: Tensor) -> Tensor:
        """Return the numbers, shape (B, n_features), of windows (B, C, T)."""
        spectrum = None
        if self.basis is not None:
            spectrum = welch(signal, self.config.sampling_rate, self.config.segment_samples, basis=self.basis)
        of_channels = torch.cat([self._measure(q, signal, spectrum) for q in self.config.quantities], dim=2)
        return (of_channels if self.config.per_channel else summarize(of_channels)).flatten(1)

    def _measure(self, quantity: Quantity, signal: Tensor, spectrum: Array) -> Tensor:
        """Return one quantity of every channel, shape (B, C, n)."""
        config, rate = self.config, self.config.sampling_rate
        numbers: Tensor
        match quantity:
            case "line-length":
                numbers = line_length(signal, rate, config.window_samples, config.window_samples)[:, :, 0]
            case "spike-rate":
                numbers = spike_rate(signal, rate, height=config.spike_height)[:, :, None]
            case "band-powers":
                numbers = _decades(sum_bands(spectrum, config.bands.values(), rate, config.segment_samples))
            case "spectral-entropy":
                numbers = measure_entropy(spectrum[:, :, config.entropy_columns])[:, :, None]
            case "hjorth":
                parameters = hjorth(signal, rate)
                numbers = torch.cat([_decades(parameters[:, :, :1]), parameters[:, :, 1:]], dim=2)
        return numbers


def summarize(of_channels: Tensor) -> Tensor:
    """Return mean, standard deviation and maximum over channels, shape (B, 3, n), of numbers (B, C, n).

    Examples
    --------
    >>> summarize(torch.tensor([[[1.0], [3.0], [5.0], [3.0]]])).flatten()
    tensor([3.0000, 1.4142, 5.0000])
    """
    variance = of_channels.var(dim=1, correction=0)
    return torch.stack([of_channels.mean(dim=1), variance.clamp(min=1e-12).sqrt(), of_channels.amax(dim=1)], dim=1)


def _decades(power: Tensor) -> Tensor:
    return power.clamp(min=LEAST_POWER).log10()
