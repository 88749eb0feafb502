"""Periodic and rhythmic patterns that are no seizures."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import torch
from pydantic import Field
from torch import Tensor

from ictal.data.augmentation.augmentation import Augmentation, PositiveRange
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.noise import typical_size
from ictal.data.augmentation.rhythm import draw_waves
from ictal.data.augmentation.scalp_patch import draw_patches
from ictal.data.batch import Batch

STEADY = (-0.05, 0.05)
"""Octaves that a pattern drifts in 8 s: what evolves is a seizure."""


class Pattern(Augmentation):
    """Periodic discharges or rhythmic delta, laid over background that stays background.

    Attributes
    ----------
    discharges : float
        The share that is periodic discharges; the others are rhythmic delta.
    discharge_frequency, delta_frequency : (float, float)
        Hz. Above 2.5 discharges a second would be called a seizure.
    ratio : (float, float)
        Size to that of the typical channel, drawn evenly on a logarithmic scale.

    References
    ----------
    Hirsch et al., American Clinical Neurophysiology Society's standardized critical care EEG terminology: 2021 version,
    J. Clin. Neurophysiol. 2021.

    Examples
    --------
    >>> Pattern(discharges=1.0).discharge_frequency
    (0.4, 1.9)
    """

    augmentation: Literal["pattern"] = "pattern"
    discharges: float = Field(default=0.6, ge=0.0, le=1.0)
    discharge_frequency: PositiveRange = (0.4, 1.9)
    delta_frequency: PositiveRange = (0.8, 2.6)
    ratio: PositiveRange = (0.7, 4.0)

    def eligible(self, batch: Batch) -> Tensor | None:
        """Return which windows are background."""
        return batch.background

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows with patterns; their labels stay."""
        n, _, n_samples = batch.signal.shape
        seconds = n_samples / batch.sampling_rate
        sharp = draws.chance(self.discharges, n)
        waves = []
        for share, frequencies in ((1.0, self.discharge_frequency), (0.0, self.delta_frequency)):
            frequency = draws.log_uniform(*frequencies, n)
            drift = draws.uniform(*STEADY, n) * seconds / 8.0
            waves.append(draw_waves(frequency, drift, share, n_samples, batch.sampling_rate, draws))
        wave = torch.where(sharp[:, None], waves[0], waves[1])
        size = typical_size(batch.signal) * draws.log_uniform(*self.ratio, n)[:, None, None]
        patches = draw_patches(batch.channels, n, draws)
        return replace(batch, signal=batch.signal + size * patches[:, :, None] * wave[:, None])
