"""A band of frequencies that is not there."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import torch
from torch import Tensor

from ictal.core.errors import ParameterError
from ictal.data.augmentation.augmentation import Augmentation, PositiveRange
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch

EDGE = 0.5
"""Hz between what passes and what is gone."""


def stop_band(signal: Tensor, sampling_rate: float, low: Tensor, high: Tensor) -> Tensor:
    """Return each window without its band, all of it gone from `low` to `high`, with edges of half a hertz outside.

    Parameters
    ----------
    signal : Tensor, shape (n, n_channels, n_samples)
    sampling_rate : float
        Hz.
    low, high : Tensor, shape (n,)
        Hz.

    Examples
    --------
    >>> seconds = torch.arange(1024) / 256.0
    >>> sine = torch.sin(2 * torch.pi * 10.0 * seconds)[None, None, :]
    >>> bool(stop_band(sine, 256.0, torch.tensor([9.0]), torch.tensor([11.0])).abs().max() < 1e-5)
    True
    """
    n_samples = signal.shape[-1]
    frequencies = torch.fft.rfftfreq(n_samples, 1 / sampling_rate, device=signal.device, dtype=signal.dtype)
    outside = torch.maximum(low[:, None] - frequencies, frequencies - high[:, None])
    gain = 0.5 - 0.5 * torch.cos(torch.pi * (outside / EDGE).clamp(0.0, 1.0))
    stopped: Tensor = torch.fft.irfft(torch.fft.rfft(signal) * gain[:, None, :], n=n_samples)
    return stopped


class BandStop(Augmentation):
    """Windows without one band of frequencies, so that no single rhythm decides.

    Attributes
    ----------
    centre : (float, float)
        Hz; below half of the sampling rate.
    width : (float, float)
        Hz.

    References
    ----------
    Cheng et al., Subject-aware contrastive learning for biosignals, 2020 (random band-stop filters).

    Examples
    --------
    >>> BandStop(width=(1.0, 2.0)).centre
    (2.0, 40.0)
    """

    augmentation: Literal["band-stop"] = "band-stop"
    centre: PositiveRange = (2.0, 40.0)
    width: PositiveRange = (1.0, 5.0)

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows without their bands."""
        if self.centre[1] >= batch.sampling_rate / 2:
            raise ParameterError(
                f"band-stop centre: {self.centre[1]:g} Hz came; less than {batch.sampling_rate / 2:g} Hz, half of the "
                "sampling rate, is allowed."
            )
        centre, half = draws.uniform(*self.centre, len(batch)), draws.uniform(*self.width, len(batch)) / 2
        return replace(batch, signal=stop_band(batch.signal, batch.sampling_rate, centre - half, centre + half))
