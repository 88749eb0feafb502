"""Noise of the right colour and size."""

from __future__ import annotations

import pytest
import torch

from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.noise import Noise, add_noise, colour_pink, typical_size
from ictal.data.batch import Batch


def make_batch() -> Batch:
    signal = 20.0 * torch.randn(16, 4, 4096, generator=torch.Generator().manual_seed(0))
    return Batch(signal, torch.zeros(16, dtype=torch.long), ("A", "B", "C", "D"), 256.0)


@pytest.mark.parametrize("colour", ["white", "pink"])
def test_noise_has_the_size_that_was_asked_for(colour: str) -> None:
    batch = make_batch()
    noise = Noise(colour=colour, decibels=(20.0, 20.0)).change(batch, Draws(0)).signal - batch.signal
    ratio = typical_size(noise) / typical_size(batch.signal)
    assert torch.allclose(ratio, torch.tensor(0.1), atol=0.005)


@pytest.mark.parametrize(("colour", "slope"), [("white", 0.0), ("pink", -1.0)])
def test_power_falls_with_the_slope_of_its_colour(colour: str, slope: float) -> None:
    batch = make_batch()
    noise = Noise(colour=colour).change(batch, Draws(1)).signal - batch.signal
    power = torch.fft.rfft(noise).abs().square().mean(dim=(0, 1))
    low, high = power[16:32].mean(), power[512:1024].mean()
    assert abs(float(torch.log2(high / low)) / 5 - slope) < 0.05


def test_one_bad_electrode_makes_no_more_noise() -> None:
    batch = make_batch()
    signal = batch.signal.clone()
    signal[:, 0] *= 1000.0
    assert torch.allclose(typical_size(signal), typical_size(batch.signal), rtol=0.1)


def test_channels_have_noise_of_their_own() -> None:
    batch = make_batch()
    noise = (Noise(colour="pink").change(batch, Draws(0)).signal - batch.signal)[0]
    assert (torch.corrcoef(noise) - torch.eye(4)).abs().max() < 0.3


def test_flat_windows_stay_flat() -> None:
    flat = torch.zeros(1, 2, 8)
    assert torch.equal(add_noise(flat, torch.ones(1, 2, 8), torch.tensor([0.0])), flat)


def test_pink_noise_has_no_mean_and_odd_lengths_are_kept() -> None:
    pink = colour_pink(torch.randn(3, 1001, generator=torch.Generator().manual_seed(0)))
    assert pink.shape == (3, 1001) and pink.mean(dim=1).abs().max() < 1e-5
