"""Steady activity of one frequency, which is no seizure however rhythmic it looks."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from ictal.data.augmentation.augmentation import Augmentation, PositiveRange
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.noise import typical_size
from ictal.data.augmentation.rhythm import fall_above
from ictal.data.augmentation.scalp_patch import draw_patches
from ictal.data.batch import Batch


def filter_narrow(white: Tensor, frequency: Tensor, width: Tensor, sampling_rate: float) -> Tensor:
    """Return noise around one frequency, of standard deviation 1, from white noise.

    Parameters
    ----------
    white : Tensor, shape (n, n_samples)
    frequency, width : Tensor, shape (n,)
        Hz: middle and standard deviation of the bell that the amplitudes follow.
    sampling_rate : float
        Hz.

    Examples
    --------
    >>> noise = filter_narrow(torch.randn(1, 512), torch.tensor([10.0]), torch.tensor([1.0]), 256.0)
    >>> round(float(noise.std(correction=0)), 3)
    1.0
    """
    n_samples = white.shape[1]
    frequencies = torch.fft.rfftfreq(n_samples, 1.0 / sampling_rate, device=white.device)
    gains = torch.exp(-0.5 * ((frequencies - frequency[:, None]) / width[:, None]).square())
    narrow: Tensor = torch.fft.irfft(torch.fft.rfft(white) * gains, n=n_samples)
    return narrow / narrow.std(dim=1, correction=0, keepdim=True).clamp(min=1e-6)


class NarrowBand(Augmentation):
    """Alpha, spindles, beta of drugs, tremor, a pump: noise of a narrow band, seen from a patch; labels stay.

    Attributes
    ----------
    frequency : (float, float)
        Hz, drawn evenly on a logarithmic scale.
    width : (float, float)
        Standard deviation of the band, as a share of its frequency.
    ratio : (float, float)
        Size at 8 Hz to that of the typical channel, drawn evenly on a logarithmic scale.
    falling : float
        Exponent with which the size falls above 8 Hz.

    Examples
    --------
    >>> NarrowBand().frequency
    (2.0, 40.0)
    """

    augmentation: Literal["narrow-band"] = "narrow-band"
    frequency: PositiveRange = (2.0, 40.0)
    width: PositiveRange = (0.06, 0.25)
    ratio: PositiveRange = (0.3, 1.5)
    falling: float = Field(default=0.6, ge=0.0)

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows with more of one band."""
        n = len(batch)
        frequency = draws.log_uniform(*self.frequency, n)
        width = frequency * draws.uniform(*self.width, n)
        noise = filter_narrow(draws.normal(batch.signal[:, 0]), frequency, width, batch.sampling_rate)
        size = (
            typical_size(batch.signal)
            * (draws.log_uniform(*self.ratio, n) * fall_above(frequency, self.falling))[:, None, None]
        )
        patches = draw_patches(batch.channels, n, draws)
        return replace(batch, signal=batch.signal + size * patches[:, :, None] * noise[:, None])
