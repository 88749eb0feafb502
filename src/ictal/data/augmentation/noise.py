"""Noise of amplifiers and of the brain."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor

from ictal.data.augmentation.augmentation import Augmentation, Range
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch


def typical_size(signal: Tensor) -> Tensor:
    """Return the root mean square of the middle channel of each window, which one bad electrode does not change.

    Parameters
    ----------
    signal : Tensor, shape (n, n_channels, n_samples)

    Returns
    -------
    Tensor, shape (n, 1, 1)

    Examples
    --------
    >>> typical_size(torch.tensor([[[3.0, -3.0], [0.0, 0.0], [900.0, 900.0]]]))
    tensor([[[3.]]])
    """
    return signal.square().mean(dim=2, keepdim=True).sqrt().median(dim=1, keepdim=True).values


def colour_pink(white: Tensor) -> Tensor:
    """Return noise whose power falls as 1/f, of standard deviation 1, from white noise of any shape (…, n_samples).

    Examples
    --------
    >>> colour_pink(torch.randn(2, 1000)).std(dim=1, correction=0).round(decimals=4)
    tensor([1., 1.])
    """
    n_samples = white.shape[-1]
    spectrum = torch.fft.rfft(white)
    falling = torch.arange(spectrum.shape[-1], device=white.device, dtype=white.dtype).clamp(min=1.0).rsqrt()
    falling[0] = 0.0
    pink: Tensor = torch.fft.irfft(spectrum * falling, n=n_samples)
    return pink / pink.std(dim=-1, correction=0, keepdim=True).clamp(min=torch.finfo(white.dtype).tiny)


def add_noise(signal: Tensor, noise: Tensor, decibels: Tensor) -> Tensor:
    """Return the signal with noise at a chosen signal-to-noise ratio.

    Parameters
    ----------
    signal : Tensor, shape (n, n_channels, n_samples)
    noise : Tensor, shape (n, n_channels, n_samples)
        Of standard deviation 1.
    decibels : Tensor, shape (n,)
        Signal to noise, against the typical channel of the window; all its channels have noise of the same size.

    Examples
    --------
    >>> noisy = add_noise(torch.full((1, 1, 4), 10.0), torch.ones(1, 1, 4), torch.tensor([20.0]))
    >>> noisy.flatten()
    tensor([11., 11., 11., 11.])
    """
    return signal + noise * typical_size(signal) * 10.0 ** (-decibels[:, None, None] / 20)


class Noise(Augmentation):
    """White or pink noise, each channel its own.

    Attributes
    ----------
    colour : {"white", "pink"}
        Amplifiers hiss white; brains and skin are nearer to pink (power as 1/f).
    decibels : (float, float)
        Signal to noise, against the typical channel of the window.

    Examples
    --------
    >>> Noise(colour="pink").decibels
    (10.0, 30.0)
    """

    augmentation: Literal["noise"] = "noise"
    colour: Literal["white", "pink"] = "white"
    decibels: Range = (10.0, 30.0)

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows with noise."""
        noise = draws.normal(batch.signal)
        if self.colour == "pink":
            noise = colour_pink(noise)
        decibels = draws.uniform(*self.decibels, len(batch))
        return replace(batch, signal=add_noise(batch.signal, noise, decibels))
