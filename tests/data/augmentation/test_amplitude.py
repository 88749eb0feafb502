"""Louder and softer."""

from __future__ import annotations

import pytest
import torch

from ictal.data.augmentation.amplitude import Amplitude, scale_amplitude
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch


def test_factors_multiply_whole_windows_or_channels() -> None:
    signal = torch.ones(2, 3, 4)
    assert scale_amplitude(signal, torch.tensor([[2.0], [3.0]]))[1].unique().tolist() == [3.0]
    assert scale_amplitude(signal, torch.arange(6.0).reshape(2, 3))[1, :, 0].tolist() == [3.0, 4.0, 5.0]


@pytest.mark.parametrize(("each", "n_factors"), [("window", 1), ("channel", 3)])
def test_factors_lie_in_their_range_and_each_has_its_own(each: str, n_factors: int) -> None:
    batch = Batch(torch.ones(200, 3, 4), torch.zeros(200), ("A", "B", "C"), 64.0)
    factors = Amplitude(factor=(0.5, 2.0), each=each).change(batch, Draws(0)).signal[:, :, 0]
    assert 0.5 <= factors.min() < 0.6 and 1.8 < factors.max() <= 2.0
    assert {len(row.unique()) for row in factors} == {n_factors}
    assert 70 < (factors[:, 0] < 1.0).sum() < 130
