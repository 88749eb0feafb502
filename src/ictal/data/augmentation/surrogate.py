"""Another signal with the same spectrum."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from ictal.data.augmentation.augmentation import Augmentation
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch


def turn_phases(signal: Tensor, phases: Tensor) -> Tensor:
    """Return the signal with the phase of each frequency turned; the size of each is kept.

    Parameters
    ----------
    signal : Tensor, shape (n, n_channels, n_samples)
    phases : Tensor, shape (n, 1 or n_channels, n_samples // 2 + 1)
        Radians, added to those of the signal. The mean, and the highest frequency where the number of samples is even,
        have no phase and stay as they are.

    Examples
    --------
    >>> signal = torch.tensor([[[1.0, 0.0, -1.0, 0.0]]])
    >>> turn_phases(signal, torch.full((1, 1, 3), torch.pi)).round(decimals=4) + 0.0
    tensor([[[-1.,  0.,  1.,  0.]]])
    """
    n_samples = signal.shape[-1]
    turns = torch.polar(torch.ones_like(phases), phases)
    turns[..., 0] = 1.0
    if n_samples % 2 == 0:
        turns[..., -1] = 1.0
    turned: Tensor = torch.fft.irfft(torch.fft.rfft(signal) * turns, n=n_samples)
    return turned


class Surrogate(Augmentation):
    """Fourier surrogates: the spectrum is kept, the course in time is new.

    What only phases tell is lost, the sharpness of spikes above all; it suits rhythmic seizures and background.

    Attributes
    ----------
    channels : {"together", "apart"}
        Together, all channels are turned alike, which keeps their cross-spectra, and so where on the head a rhythm is
        and how it travels. Apart, each has its own phases.
    strength : float
        1 draws phases from the full circle, less from a part of it.

    References
    ----------
    Schwabedal et al., Addressing class imbalance in classification problems of noisy signals by using Fourier transform
    surrogates, 2018. Prichard and Theiler, Generating surrogate data for time series with several simultaneously
    measured variables, Phys. Rev. Lett. 1994.

    Examples
    --------
    >>> Surrogate().channels
    'together'
    """

    augmentation: Literal["surrogate"] = "surrogate"
    channels: Literal["together", "apart"] = "together"
    strength: float = Field(default=1.0, gt=0.0, le=1.0)

    def eligible(self, batch: Batch) -> Tensor | None:
        """Return which windows have the same label in all frames: where in the window a seizure is would be lost."""
        if not batch.framed:
            return None
        return (batch.labels == batch.labels[:, :1]).reshape(len(batch), -1).all(dim=1)

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the surrogates of the windows."""
        n_windows, n_channels, n_samples = batch.signal.shape
        n_rows = n_channels if self.channels == "apart" else 1
        most = self.strength * torch.pi
        return replace(
            batch,
            signal=turn_phases(batch.signal, draws.uniform(-most, most, n_windows, n_rows, n_samples // 2 + 1)),
        )
