"""SeizureTransformer: a U-net over time with attention at its bottom, a logit for every sample.

Five convolutions halve the time axis; seven residual blocks and eight layers of attention read what is left of it; five
convolutions double it again, each beside what the way down had at the same rate.
"""

from __future__ import annotations

import math
from typing import ClassVar, Literal, Self

import torch
from pydantic import Field, PositiveInt, model_validator
from torch import Tensor, nn

from ictal.models.encoder import make_encoder, require_equal_heads
from ictal.models.network import SignalConfig, SignalNetwork, require_whole_samples

Sizes = tuple[PositiveInt, ...]


class SeizureTransformerConfig(SignalConfig):
    """What SeizureTransformer is built from; the defaults are those of the paper.

    Attributes
    ----------
    n_channels, n_classes : int
        Channels of the signal and columns of the logits.
    sampling_rate : float
        Hz.
    window : float
        Seconds that are looked at: a multiple of 32 samples, or of two to the number of filters.
    frame : float or None
        Seconds of a frame, whole samples, of which the window is a multiple; ``None`` is one sample. The logit of a
        frame is the mean of those of its samples.
    filters : tuple of int
        Channels inside after each convolution down; the last is the width of the attention.
    kernels, decoder_kernels : tuple of int
        Samples that each convolution looks at, on the way down and on the way up.
    residual_kernels : tuple of int
        One for each residual block.
    n_layers, n_heads, feedforward : int
        Of the attention: layers, heads in each, and numbers between its two linear layers.
    dropout : float
        How likely a channel of a residual block, or a number in the attention, is left out.

    Examples
    --------
    >>> config = SeizureTransformerConfig(n_channels=19, frame=1.0)
    >>> config.window_samples, config.frame_samples
    (15360, 256)
    """

    window: float = Field(default=60.0, gt=0.0)
    frame: float | None = Field(default=None, gt=0.0)
    filters: Sizes = Field(default=(32, 64, 128, 256, 512), min_length=1)
    kernels: Sizes = (11, 9, 7, 7, 5)
    decoder_kernels: Sizes = (3, 5, 5, 7, 7)
    residual_kernels: Sizes = (3, 3, 3, 3, 2, 3, 2)
    n_layers: int = Field(default=8, gt=0)
    n_heads: int = Field(default=4, gt=0)
    feedforward: int = Field(default=2048, gt=0)
    dropout: float = Field(default=0.1, ge=0.0, lt=1.0)

    @property
    def frame_samples(self) -> int:
        """A frame in samples."""
        return 1 if self.frame is None else round(self.frame * self.sampling_rate)

    @model_validator(mode="after")
    def _sizes_fit(self) -> Self:
        n_filters = len(self.filters)
        for name, sizes in (("kernels", self.kernels), ("decoder_kernels", self.decoder_kernels)):
            if len(sizes) != n_filters:
                raise ValueError(f"{name}: {len(sizes)} came for {n_filters} filters; there must be one for each")
        if self.filters[-1] % 2:
            raise ValueError(f"filters: the last is {self.filters[-1]}; it must be even")
        require_equal_heads("filters: the last is", self.filters[-1], self.n_heads)
        return self

    @model_validator(mode="after")
    def _times_fit(self) -> Self:
        halvings = 2 ** len(self.filters)
        if self.window_samples % halvings:
            raise ValueError(
                f"window {self.window:g} s is {self.window_samples} samples; it must be a multiple of {halvings}"
            )
        if self.frame is not None:
            require_whole_samples("frame", self.frame, self.sampling_rate)
            if self.window_samples % self.frame_samples:
                raise ValueError(f"frame {self.frame:g} s: the window of {self.window:g} s must be a multiple of it")
        return self


class SeizureTransformer(SignalNetwork):
    """The SeizureTransformer of the 2025 challenge, which it won.

    The published network has one logit a sample, against zero: here it is the second of two columns, beside a column of
    zeros, so that softmax gives the published probability. With more classes each has a column of its own.

    Parameters
    ----------
    config : SeizureTransformerConfig
        Sizes, rate, window and frame.

    Attributes
    ----------
    frame_rate : float
        Frames per second: the sampling rate where no frame was set.
    receptive_field : float
        Seconds that one frame looks at: the whole window.

    References
    ----------
    Wu, Zhao and Yener, SeizureTransformer: Scaling U-Net with Transformer for Simultaneous Time-Step Level Seizure
    Detection from Long EEG Recordings, 2025, arXiv 2504.00336. Published: all but the frames and a third class. The
    checkpoints also hold one layer of attention that is never used; :func:`load_published` leaves it out.

    Examples
    --------
    >>> sizes = {"filters": (8, 16), "kernels": (5, 3), "decoder_kernels": (3, 5), "feedforward": 32, "n_layers": 1}
    >>> config = SeizureTransformerConfig(n_channels=19, window=4.0, frame=1.0, **sizes)
    >>> SeizureTransformer(config).eval()(torch.zeros(2, 19, 1024)).shape
    torch.Size([2, 4, 2])
    """

    kind: ClassVar[Literal["waveform", "frames"]] = "frames"
    Config: ClassVar[type[SeizureTransformerConfig]] = SeizureTransformerConfig

    def __init__(self, config: SeizureTransformerConfig) -> None:
        super().__init__(config)
        self.config: SeizureTransformerConfig = config
        self.frame_rate = config.sampling_rate / config.frame_samples
        filters, width = config.filters, config.filters[-1]
        down, up = (config.n_channels, *filters), (width, *reversed(filters))
        self.encoder = nn.ModuleList(map(make_convolution, down[:-1], down[1:], config.kernels))
        self.residual = nn.Sequential(
            *(ResidualBlock(width, kernel, config.dropout) for kernel in config.residual_kernels)
        )
        self.dropout = nn.Dropout(config.dropout)
        self.attention = make_encoder(
            width, config.n_heads, config.n_layers, feedforward=config.feedforward, dropout=config.dropout
        )
        self.decoder = nn.ModuleList(map(make_convolution, up[:-1], up[1:], config.decoder_kernels))
        self.head = make_convolution(filters[0], 1 if config.n_classes == 2 else config.n_classes, config.kernels[0])

    def answer(self, signal: Tensor) -> Tensor:
        """Return logits (B, n_frames, n_classes) of windows (B, C, T)."""
        maps, passed = signal.unsqueeze(2), []
        for convolution in self.encoder:
            passed.append(nn.functional.elu(convolution(maps)))
            maps = nn.functional.max_pool2d(passed[-1], (1, 2))
        maps = self.attend(self.residual(maps))
        for convolution in self.decoder:
            doubled = nn.functional.interpolate(maps, scale_factor=(1.0, 2.0))
            maps = nn.functional.elu(convolution(doubled)) + passed.pop()
        logits = nn.functional.avg_pool2d(self.head(maps), (1, self.config.frame_samples)).squeeze(2).transpose(1, 2)
        return nn.functional.pad(logits, (1, 0)) if self.n_classes == 2 else logits

    def attend(self, maps: Tensor) -> Tensor:
        """Return maps (B, width, 1, n_steps), and what attention over all steps adds to them."""
        steps = maps.squeeze(2).transpose(1, 2)
        attended: Tensor = self.attention(self.dropout(steps + make_positions(steps)))
        return maps + attended.transpose(1, 2).unsqueeze(2)


class ResidualBlock(nn.Module):
    """Twice norm, ReLU, dropout of channels and convolution, beside a way around them."""

    def __init__(self, width: int, kernel: int, dropout: float) -> None:
        super().__init__()

        def half() -> tuple[nn.Module, ...]:
            norm = nn.BatchNorm2d(width, eps=1e-3)
            return norm, nn.ReLU(), nn.Dropout2d(dropout), make_convolution(width, width, kernel)

        self.path = nn.Sequential(*half(), *half())

    def forward(self, maps: Tensor) -> Tensor:
        """Return maps of the same shape (B, width, 1, n_steps)."""
        kept: Tensor = maps + self.path(maps)
        return kept


def make_convolution(n_in: int, n_out: int, kernel: int) -> nn.Sequential:
    """Return a convolution over time, with as many zeros around as it takes off; an even kernel looks ahead.

    Maps are pictures of height one: ONNX Runtime has its fast layout for two dimensions only.
    """
    around = nn.ZeroPad2d(((kernel - 1) // 2, kernel // 2, 0, 0))
    return nn.Sequential(around, nn.Conv2d(n_in, n_out, (1, kernel)))


def make_positions(steps: Tensor) -> Tensor:
    """Return the sines and cosines that tell steps (B, n_steps, width) apart, shape (n_steps, width).

    References
    ----------
    Vaswani et al., Attention is all you need, 2017, section 3.5.

    Examples
    --------
    >>> make_positions(torch.zeros(1, 2, 4)).round(decimals=3)
    tensor([[0.0000, 1.0000, 0.0000, 1.0000],
            [0.8410, 0.5400, 0.0100, 1.0000]])
    """
    n_steps, width = steps.shape[1:]
    # Half precision cannot count far enough.
    precision = torch.promote_types(steps.dtype, torch.float32)
    time = torch.arange(n_steps, dtype=precision, device=steps.device)
    pace = torch.exp(torch.arange(0, width, 2, dtype=precision, device=steps.device) * (-math.log(1e4) / width))
    angles = time[:, None] * pace
    return torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1).to(steps.dtype)
