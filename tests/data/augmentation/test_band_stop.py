"""A band that is not there."""

from __future__ import annotations

import pytest
import torch

from ictal.core.errors import ParameterError
from ictal.data.augmentation.band_stop import EDGE, BandStop, stop_band
from ictal.data.augmentation.draws import Draws
from ictal.data.batch import Batch

RATE = 256.0


def noise(n: int) -> torch.Tensor:
    return torch.randn(n, 3, 1024, generator=torch.Generator().manual_seed(0))


def test_the_band_is_gone_and_the_rest_is_there() -> None:
    low, high = torch.tensor([8.0, 20.0]), torch.tensor([12.0, 21.0])
    signal = noise(2)
    stopped = torch.fft.rfft(stop_band(signal, RATE, low, high))
    before = torch.fft.rfft(signal)
    frequencies = torch.fft.rfftfreq(1024, 1 / RATE)
    for row in range(2):
        inside = (frequencies >= low[row]) & (frequencies <= high[row])
        outside = (frequencies <= low[row] - EDGE) | (frequencies >= high[row] + EDGE)
        assert stopped[row][:, inside].abs().max() < 1e-3
        assert torch.allclose(stopped[row][:, outside], before[row][:, outside], atol=1e-3)


def test_each_window_loses_a_band_of_the_width_asked_for() -> None:
    batch = Batch(noise(200), torch.zeros(200), ("A", "B", "C"), RATE)
    after = BandStop(centre=(5.0, 30.0), width=(4.0, 4.0)).change(batch, Draws(0)).signal
    gone = (torch.fft.rfft(after).abs() < 1e-3).all(dim=1)
    frequencies = torch.fft.rfftfreq(1024, 1 / RATE)
    widths = gone.sum(dim=1) * RATE / 1024
    centres = (gone * frequencies).sum(dim=1) / gone.sum(dim=1)
    assert ((widths > 3.7) & (widths <= 4.25)).all()
    assert 5.0 - 0.2 < centres.min() < 7.0 and 28.0 < centres.max() < 30.2


def test_bands_above_half_of_the_rate_are_refused() -> None:
    batch = Batch(torch.zeros(1, 1, 64), torch.zeros(1), ("C3",), 64.0)
    with pytest.raises(ParameterError, match="40 Hz came; less than 32 Hz"):
        BandStop().change(batch, Draws(0))
