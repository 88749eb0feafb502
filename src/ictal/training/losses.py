"""Losses, by the names that recipes use."""

from __future__ import annotations

import abc
from typing import Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from ictal.core.tables import Table
from ictal.io.configuration import Settings

LOSSES = Table(
    "loss",
    {
        "cross-entropy": "ictal.training.losses:CrossEntropy",
    },
)
"""Name → class."""


class Loss(Settings, abc.ABC):
    """Settings of a loss."""

    loss: str

    @abc.abstractmethod
    def build(self, counts: NDArray[np.int64]) -> nn.Module:
        """Return the loss as a module.

        Parameters
        ----------
        counts : ndarray of int64, shape (n_classes,)
            How many training windows (or frames) there are of each class.

        Returns
        -------
        Module
            Called with logits ``(B, n_frames, n_classes)`` and targets, int64 ``(B,)`` or ``(B, n_frames)`` or, of
            mixed windows, float32 shares ``(B, n_classes)`` or ``(B, n_frames, n_classes)``; answers a scalar.
        """


class CrossEntropy(Loss):
    """Cross-entropy."""

    loss: Literal["cross-entropy"] = "cross-entropy"

    def build(self, counts: NDArray[np.int64]) -> nn.Module:
        return _CrossEntropy()


class _CrossEntropy(nn.Module):
    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:
        frames = targets if targets.ndim >= logits.ndim - (not targets.is_floating_point()) else targets[:, None]
        return torch.nn.functional.cross_entropy(logits.movedim(-1, 1), frames.movedim(-1, 1) if frames.is_floating_point() else frames)
