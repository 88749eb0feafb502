"""BrainCodec: a neural codec that says one channel of EEG in 256 bit/s.

A convolutional encoder of the SEANet family brings a segment of 2048 samples to 32 vectors of 64 numbers, a residual
quantiser says each vector with four bytes, and the decoder, the encoder's mirror, makes the signal again. Each channel
is coded by itself. The networks see segments of mean 0 and deviation 1; see :func:`standardise`.
"""

from __future__ import annotations

import math
from typing import ClassVar, Literal, NamedTuple, Self

from pydantic import Field, model_validator
from torch import Tensor, nn

from ictal.models.codebook import QuantizerConfig
from ictal.models.network import require_whole_samples
from ictal.models.residual_quantizer import Quantized, ResidualQuantizer
from ictal.models.seanet import Decoder, Encoder, SEANetConfig

QUIETEST = 1e-3
"""Smallest deviation, in µV, that a segment is taken to have: no amplifier resolves as little."""


class BrainCodecConfig(SEANetConfig, QuantizerConfig):
    """What the codec is built from: what is said here, and the settings of its networks and its quantiser.

    Attributes
    ----------
    sampling_rate : float
        Hz of the signal.
    window : float
        Seconds of a segment, a whole number of frames.

    Examples
    --------
    >>> config = BrainCodecConfig()
    >>> config.hop, config.n_frames, config.bit_rate, config.widths
    (64, 32, 256.0, (16, 32, 64, 128, 256, 256, 256))
    """

    sampling_rate: float = Field(default=512.0, gt=0.0)
    window: float = Field(default=4.0, gt=0.0)

    @property
    def window_samples(self) -> int:
        """Samples of a segment."""
        return round(self.window * self.sampling_rate)

    @property
    def n_frames(self) -> int:
        """Frames of a segment."""
        return self.window_samples // self.hop

    @property
    def bit_rate(self) -> float:
        """Bits for a second of one channel, without the two numbers that say the size of a segment."""
        return self.sampling_rate / self.hop * self.n_codebooks * math.ceil(math.log2(self.n_entries))

    @model_validator(mode="after")
    def _segment_fits(self) -> Self:
        require_whole_samples("window", self.window, self.sampling_rate)
        if self.window_samples % self.hop:
            raise ValueError(
                f"window {self.window:g} s is {self.window_samples} samples; "
                f"it must be a whole number of frames of {self.hop}"
            )
        return self


class BrainCodec(nn.Module):
    """The codec: encoder, residual quantiser and decoder of one channel.

    Parameters
    ----------
    config : BrainCodecConfig

    Attributes
    ----------
    encoder, quantizer, decoder : Module

    References
    ----------
    Carzaniga et al., The case for cleaner biosignals: high-fidelity neural compression for EEG/iEEG transfer, ICLR
    2025: sizes, rates, quantiser. Défossez et al., High fidelity neural audio compression, 2022: the networks, here
    without norm and without recurrence. No weights are published; what brings segments to one size is ours.

    Examples
    --------
    >>> import torch
    >>> codec = BrainCodec(BrainCodecConfig()).eval()
    >>> codes = codec.encode(torch.randn(3, 1, 2048))
    >>> codes.shape, codec.decode(codes).shape
    (torch.Size([3, 32, 4]), torch.Size([3, 1, 2048]))
    """

    kind: ClassVar[Literal["codec"]] = "codec"
    Config: ClassVar[type[BrainCodecConfig]] = BrainCodecConfig

    def __init__(self, config: BrainCodecConfig) -> None:
        super().__init__()
        self.config = config
        self.sampling_rate = config.sampling_rate
        self.encoder = Encoder(config)
        self.quantizer = ResidualQuantizer(config)
        self.decoder = Decoder(config)

    def forward(self, signal: Tensor) -> tuple[Tensor, Quantized]:
        """Return what comes back of standardised segments, and how they were quantised.

        Parameters
        ----------
        signal : Tensor, shape (N, 1, T)

        Returns
        -------
        reconstruction : Tensor, shape (N, 1, T)
        quantized : Quantized

        Raises
        ------
        ParameterError
            If the signal has another shape.
        """
        quantized = self.quantizer(self.encoder(signal))
        return self.decoder(quantized.quantised)[..., : signal.shape[-1]], quantized

    def encode(self, signal: Tensor) -> Tensor:
        """Return the codes of standardised segments: (N, 1, T) → int64 of (N, ceil(T / hop), n_codebooks)."""
        return self.quantizer.encode(self.encoder(signal))

    def decode(self, codes: Tensor) -> Tensor:
        """Return the standardised segments that codes stand for: (N, n_frames, n_codebooks) → (N, 1, T)."""
        signal: Tensor = self.decoder(self.quantizer.decode(codes))
        return signal


class CodeWriter(nn.Module):
    """The encoding half of a codec as a module of its own, (N, 1, T) → codes, to be exported."""

    def __init__(self, codec: BrainCodec) -> None:
        super().__init__()
        self.encoder, self.quantizer = codec.encoder, codec.quantizer

    def forward(self, signal: Tensor) -> Tensor:
        """Return the codes of standardised segments."""
        return self.quantizer.encode(self.encoder(signal))


class CodeReader(nn.Module):
    """The decoding half of a codec as a module of its own, codes → (N, 1, T), to be exported."""

    def __init__(self, codec: BrainCodec) -> None:
        super().__init__()
        self.quantizer, self.decoder = codec.quantizer, codec.decoder

    def forward(self, codes: Tensor) -> Tensor:
        """Return the standardised segments that codes stand for."""
        signal: Tensor = self.decoder(self.quantizer.decode(codes))
        return signal


class Standardised(NamedTuple):
    """Segments of mean 0 and deviation 1, and what they were before: ``signal * deviation + mean``.

    Attributes
    ----------
    signal : Tensor, shape (..., T)
    mean, deviation : Tensor, shape (..., 1)
        In the unit of the signal.
    """

    signal: Tensor
    mean: Tensor
    deviation: Tensor


def standardise(signal: Tensor) -> Standardised:
    """Bring each segment to mean 0 and deviation 1, as the networks want it.

    EEG of one person is many times larger than that of another, and an electrode may sit on an offset of millivolts.
    A codec that had to say this with its codes would have few left for the waves. So mean and deviation are kept beside
    the codes as two numbers of 32 bits a segment, which adds 16 bit/s to the published 256 bit/s of a channel.

    Parameters
    ----------
    signal : Tensor, shape (..., T)
        µV. A segment that deviates by less than 0.001 is taken as if it deviated by that much, so that a flat one stays
        flat.

    Returns
    -------
    Standardised

    Examples
    --------
    >>> import torch
    >>> one = standardise(torch.tensor([[90.0, 110.0, 90.0, 110.0]]))
    >>> one.signal, one.mean, one.deviation
    (tensor([[-1.,  1., -1.,  1.]]), tensor([[100.]]), tensor([[10.]]))
    """
    mean = signal.mean(dim=-1, keepdim=True)
    # A large offset leaves a rest behind in single precision, which would be all there is of a flat segment.
    rest = (signal - mean).mean(dim=-1, keepdim=True)
    centred = signal - mean - rest
    deviation = centred.square().mean(dim=-1, keepdim=True).sqrt().clamp_min(QUIETEST)
    return Standardised(centred / deviation, mean + rest, deviation)
