"""Electrodes that fall off."""

from __future__ import annotations

import torch

from ictal.data.augmentation.channel_drop import ChannelDrop, drop_channels
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch


def test_a_window_keeps_all_channels_rather_than_none() -> None:
    dropped = torch.tensor([[True, True], [True, False]])
    assert drop_channels(torch.ones(2, 2, 3), dropped)[:, :, 0].tolist() == [[1.0, 1.0], [0.0, 1.0]]


def test_about_the_share_of_channels_is_lost_whole() -> None:
    batch = Batch(torch.ones(500, 19, 4), torch.zeros(500), tuple("ABCDEFGHIJKLMNOPQRS"), 64.0)
    signal = ChannelDrop(share=0.2).change(batch, Draws(0)).signal
    lost = signal[:, :, 0] == 0
    assert torch.equal(lost, (signal == 0).all(dim=2)) and torch.equal(~lost, (signal == 1).all(dim=2))
    assert abs(lost.float().mean() - 0.2) < 0.02
