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

from ictal.core.errors import ParameterError
from ictal.models.network import require_whole_samples
from ictal.models.residual_quantizer import Quantized, QuantizerConfig, ResidualQuantizer

KERNEL = 3
"""Steps that a convolution looks at, but for those that change the rate."""

QUIETEST = 1e-3
"""Smallest deviation, in µV, that a segment is taken to have: no amplifier resolves as little."""


class BrainCodecConfig(QuantizerConfig):
    """What the codec is built from: what is said here, and the settings of its quantiser.

    Attributes
    ----------
    sampling_rate : float
        Hz of the signal.
    window : float
        Seconds of a segment, a whole number of frames.
    ratios : tuple of int
        By how much each stage of the encoder lowers the rate, first to last.
    width, widest : int
        Channels inside behind the first convolution, and after as many doublings as the stages allow at most.
    dimension : int
        Numbers in a latent vector.

    Examples
    --------
    >>> config = BrainCodecConfig()
    >>> config.hop, config.n_frames, config.bit_rate, config.widths
    (64, 32, 256.0, (16, 32, 64, 128, 256, 256, 256))
    """

    sampling_rate: float = Field(default=512.0, gt=0.0)
    window: float = Field(default=4.0, gt=0.0)
    ratios: tuple[int, ...] = (2, 2, 2, 2, 2, 2)
    width: int = Field(default=16, gt=1)
    widest: int = Field(default=256, gt=1)

    @property
    def hop(self) -> int:
        """Samples of a frame."""
        return math.prod(self.ratios)

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

    @property
    def widths(self) -> tuple[int, ...]:
        """Channels inside, before the first stage of the encoder and after each."""
        return tuple(min(self.width << i, self.widest) for i in range(len(self.ratios) + 1))

    @model_validator(mode="after")
    def _stages_fit(self) -> Self:
        require_whole_samples("window", self.window, self.sampling_rate)
        if not self.ratios or min(self.ratios) < 2:
            raise ValueError(f"ratios {list(self.ratios)} came; allowed are one or more whole numbers from 2 up")
        if self.window_samples % self.hop:
            raise ValueError(
                f"window {self.window:g} s is {self.window_samples} samples; "
                f"it must be a whole number of frames of {self.hop}"
            )
        if self.width % 2 or self.widest % 2 or self.width > self.widest:
            raise ValueError(f"width {self.width} and widest {self.widest} came; both must be even, and the first less")
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


class Encoder(nn.Module):
    """A signal brought to few vectors: at each stage a residual block, then a convolution that lowers the rate.

    Parameters
    ----------
    config : BrainCodecConfig

    Examples
    --------
    >>> import torch
    >>> Encoder(BrainCodecConfig(ratios=(2, 2, 2, 2)))(torch.zeros(5, 1, 2048)).shape
    torch.Size([5, 64, 128])
    """

    def __init__(self, config: BrainCodecConfig) -> None:
        super().__init__()
        widths = config.widths
        self.conv_in = SameConv(1, widths[0], KERNEL)
        self.stages = nn.ModuleList(
            DownStage(before, after, ratio)
            for before, after, ratio in zip(widths[:-1], widths[1:], config.ratios, strict=True)
        )
        self.conv_out = SameConv(widths[-1], config.dimension, KERNEL)

    def forward(self, signal: Tensor) -> Tensor:
        """Return latent vectors.

        Parameters
        ----------
        signal : Tensor, shape (N, 1, T)

        Returns
        -------
        Tensor, shape (N, dimension, ceil(T / hop))

        Raises
        ------
        ParameterError
            If the signal has another shape, or no samples.
        """
        if signal.ndim != 3 or signal.shape[1] != 1 or signal.shape[2] < 1:
            raise ParameterError(f"signal: shape {tuple(signal.shape)} came; allowed is (batch, 1, samples).")
        maps = self.conv_in(signal)
        for stage in self.stages:
            maps = stage(maps)
        latent: Tensor = self.conv_out(nn.functional.elu(maps))
        return latent


class Decoder(nn.Module):
    """The encoder's mirror: at each stage a transposed convolution that raises the rate, then a residual block.

    Parameters
    ----------
    config : BrainCodecConfig

    Examples
    --------
    >>> import torch
    >>> Decoder(BrainCodecConfig())(torch.zeros(5, 64, 32)).shape
    torch.Size([5, 1, 2048])
    """

    def __init__(self, config: BrainCodecConfig) -> None:
        super().__init__()
        widths, ratios = config.widths[::-1], config.ratios[::-1]
        self.conv_in = SameConv(config.dimension, widths[0], KERNEL)
        self.stages = nn.ModuleList(
            UpStage(before, after, ratio) for before, after, ratio in zip(widths[:-1], widths[1:], ratios, strict=True)
        )
        self.conv_out = SameConv(widths[-1], 1, KERNEL)

    def forward(self, latent: Tensor) -> Tensor:
        """Return the signal: (N, dimension, n_frames) → (N, 1, n_frames · hop)."""
        maps = self.conv_in(latent)
        for stage in self.stages:
            maps = stage(maps)
        signal: Tensor = self.conv_out(nn.functional.elu(maps))
        return signal


class DownStage(nn.Module):
    """A residual block, then a convolution that lowers the rate."""

    def __init__(self, before: int, after: int, ratio: int) -> None:
        super().__init__()
        self.residual = ResidualBlock(before)
        self.downsample = SameConv(before, after, 2 * ratio, stride=ratio)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps at the lower rate: (N, before, T) → (N, after, ceil(T / ratio))."""
        lowered: Tensor = self.downsample(nn.functional.elu(self.residual(maps)))
        return lowered


class UpStage(nn.Module):
    """A transposed convolution that raises the rate, then a residual block."""

    def __init__(self, before: int, after: int, ratio: int) -> None:
        super().__init__()
        self.ratio = ratio
        self.upsample = nn.ConvTranspose1d(before, after, 2 * ratio, stride=ratio)
        self.residual = ResidualBlock(after)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps at the higher rate: (N, before, T) → (N, after, T · ratio)."""
        overhang = self.ratio // 2
        raised = self.upsample(nn.functional.elu(maps))
        block: Tensor = self.residual(raised[..., self.ratio - overhang : raised.shape[-1] - overhang])
        return block


class ResidualBlock(nn.Module):
    """Two convolutions through half the width, beside a way around them."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv_k3 = SameConv(width, width // 2, KERNEL)
        self.conv_k1 = nn.Conv1d(width // 2, width, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same shape (N, width, T)."""
        path: Tensor = self.conv_k1(nn.functional.elu(self.conv_k3(nn.functional.elu(maps))))
        return maps + path


class SameConv(nn.Conv1d):
    """A convolution of T samples to ceil(T / stride), which sees the signal mirrored at both ends."""

    def __init__(self, before: int, after: int, kernel: int, stride: int = 1) -> None:
        super().__init__(before, after, kernel, stride=stride)

    def forward(self, input: Tensor) -> Tensor:
        """Return maps: (N, before, T) → (N, after, ceil(T / stride))."""
        kernel, stride, n_samples = self.kernel_size[0], self.stride[0], input.shape[-1]
        total = kernel - stride
        missing = (-(-n_samples // stride) - 1) * stride + kernel - total - n_samples
        return super().forward(mirror(input, total - total // 2, total // 2 + missing))


def mirror(maps: Tensor, left: int, right: int) -> Tensor:
    """Return maps with so many mirrored samples before and after; zeros are mirrored where there are too few.

    Examples
    --------
    >>> import torch
    >>> mirror(torch.tensor([[1.0, 2.0, 3.0]]), 2, 1), mirror(torch.tensor([[1.0]]), 1, 1)
    (tensor([[3., 2., 1., 2., 3., 2.]]), tensor([[0., 1., 0.]]))
    """
    missing = max(0, max(left, right) + 1 - maps.shape[-1])
    mirrored = nn.functional.pad(nn.functional.pad(maps, (0, missing)), (left, right), mode="reflect")
    return mirrored[..., : mirrored.shape[-1] - missing] if missing else mirrored


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
