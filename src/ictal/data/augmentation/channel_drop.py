"""Electrodes that fall off."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from pydantic import Field
from torch import Tensor

from ictal.data.augmentation.augmentation import Augmentation
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch


def drop_channels(signal: Tensor, dropped: Tensor) -> Tensor:
    """Return the signal with some channels of each window at 0; a window that would lose all of them keeps all.

    Parameters
    ----------
    signal : Tensor, shape (n, n_channels, n_samples)
    dropped : Tensor of bool, shape (n, n_channels)

    Examples
    --------
    >>> import torch
    >>> drop_channels(torch.ones(1, 2, 1), torch.tensor([[True, False]])).flatten()
    tensor([0., 1.])
    """
    dropped = dropped & ~dropped.all(dim=1, keepdim=True)
    return signal.masked_fill(dropped[:, :, None], 0.0)


class ChannelDrop(Augmentation):
    """Some channels at 0, as when electrodes fall off; a network learns not to lean on one of them.

    Attributes
    ----------
    share : float
        How likely each channel of a chosen window is lost.

    Examples
    --------
    >>> ChannelDrop(share=0.1).share
    0.1
    """

    augmentation: Literal["channel-drop"] = "channel-drop"
    share: float = Field(default=0.1, gt=0.0, lt=1.0)

    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return the windows without some of their channels."""
        dropped = draws.chance(self.share, *batch.signal.shape[:2])
        return replace(batch, signal=drop_channels(batch.signal, dropped))
