"""What a codec is trained on: how far a copy is from its signal, and whether a discriminator can tell them apart.

Signals are of shape ``(N, 1, T)``, in standard deviations; each loss is a scalar.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn.functional import l1_loss, relu

from ictal.models.braincodec_discriminator import Judged

STFT_WINDOWS = (32, 64, 128, 256, 512, 1024, 2048)
"""Samples: at 512 Hz from 62.5 ms to 4 s."""

LEAST_MAGNITUDE = 0.03
"""What is added before a logarithm; white noise of a standard deviation of 1 has a magnitude of about 1."""


def line_length_loss(copy: Tensor, signal: Tensor) -> Tensor:
    """Return how differently two pens travel: the mean distance between the steps from one sample to the next.

    It bounds the difference of the two line lengths, and so counts what is fast more than the distance of the signals.

    Examples
    --------
    >>> float(line_length_loss(torch.tensor([[[0.0, 1.0, 0.0]]]), torch.zeros(1, 1, 3)))
    1.0
    """
    return l1_loss(copy.diff(dim=-1), signal.diff(dim=-1))


def stft_loss(copy: Tensor, signal: Tensor, windows: Sequence[int] = STFT_WINDOWS) -> Tensor:
    """Return how far the spectrograms of two signals are apart, the mean over several windows.

    For each window it is the distance of the magnitudes as a share of the signal's, which is about what is large, and
    that of their logarithms, which is about every frequency alike.

    Parameters
    ----------
    copy, signal : Tensor, shape (N, 1, T)
    windows : sequence of int
        Samples; each moves by a quarter. Those longer than the signal are left out.

    References
    ----------
    Yamamoto, Song and Kim, Parallel WaveGAN, ICASSP 2020.

    Examples
    --------
    >>> signal = torch.randn(2, 1, 2048)
    >>> float(stft_loss(signal, signal))
    0.0
    """
    losses = []
    for window in (window for window in windows if window <= signal.shape[-1]):
        made, meant = _magnitudes(copy, window), _magnitudes(signal, window)
        share = l1_loss(made, meant) / meant.mean().clamp(min=LEAST_MAGNITUDE)
        losses.append(share + l1_loss((made + LEAST_MAGNITUDE).log(), (meant + LEAST_MAGNITUDE).log()))
    return torch.stack(losses).mean()


def _magnitudes(signal: Tensor, window: int) -> Tensor:
    shape = torch.hann_window(window, dtype=signal.dtype, device=signal.device)
    shape = shape / shape.square().sum().sqrt()
    picture = torch.stft(signal.squeeze(1), window, window // 4, window=shape, return_complex=True)
    power: Tensor = torch.view_as_real(picture).square().sum(dim=-1)
    return (power + 1e-9).sqrt()  # the root has no gradient at 0


def feature_loss(copy: Sequence[Judged], signal: Sequence[Judged]) -> Tensor:
    """Return how far what the discriminators saw is apart: of each layer as a share of what it saw of the signal."""
    shares = [
        l1_loss(made, meant.detach()) / meant.detach().abs().mean().clamp(min=1e-6)
        for one, other in zip(copy, signal, strict=True)
        for made, meant in zip(one.maps, other.maps, strict=True)
    ]
    return torch.stack(shares).mean()


def generator_loss(copy: Sequence[Judged]) -> Tensor:
    """Return how far the discriminators are from taking a copy for a signal: the hinge of the codec.

    Examples
    --------
    >>> float(generator_loss([Judged(torch.tensor([-1.0, 3.0]), ())]))
    1.0
    """
    return torch.stack([relu(1.0 - judged.logits).mean() for judged in copy]).mean()


def discriminator_loss(copy: Sequence[Judged], signal: Sequence[Judged]) -> Tensor:
    """Return how far the discriminators are from telling copies and signals apart by a margin of 1 each.

    References
    ----------
    Lim and Ye, Geometric GAN, 2017.

    Examples
    --------
    >>> apart = Judged(torch.tensor([-2.0]), ()), Judged(torch.tensor([2.0]), ())
    >>> float(discriminator_loss(apart[:1], apart[1:])), float(discriminator_loss(apart[1:], apart[:1]))
    (0.0, 6.0)
    """
    losses = [
        relu(1.0 + made.logits).mean() + relu(1.0 - meant.logits).mean()
        for made, meant in zip(copy, signal, strict=True)
    ]
    return torch.stack(losses).mean()
