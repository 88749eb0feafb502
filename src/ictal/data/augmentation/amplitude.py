"""Louder and softer."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from torch import Tensor

from ictal.data.augmentation.augmentation import Augmentation, PositiveRange
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch


def scale_amplitude(signal: Tensor, factors: Tensor) -> Tensor:
    """Return the signal times one factor for each window, or for each channel of each.

    Parameters
    ----------
    signal : Tensor, shape (n, n_channels, n_samples)
    factors : Tensor, shape (n, 1) or (n, n_channels)

    Examples
    --------
    >>> import torch
    >>> scale_amplitude(torch.ones(1, 1, 2), torch.tensor([[3.0]]))
    tensor([[[3., 3.]]])
    """
    return signal * factors[:, :, None]


class Amplitude(Augmentation):
    """Windows, or each of their channels, louder and softer: skulls and electrodes differ.

    Attributes
    ----------
    factor : (float, float)
        Drawn evenly on a logarithmic scale.
    each : {"window", "channel"}
        What has a factor of its own.

    Examples
    --------
    >>> Amplitude(factor=(0.5, 2.0)).probability
    0.5
    """

    augmentation: Literal["amplitude"] = "amplitude"
    factor: PositiveRange = (0.7, 1.4)
    each: Literal["window", "channel"] = "window"

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows times their factors."""
        n_factors = batch.signal.shape[1] if self.each == "channel" else 1
        factors = draws.log_uniform(*self.factor, len(batch), n_factors)
        return replace(batch, signal=scale_amplitude(batch.signal, factors))
