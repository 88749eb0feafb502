"""Checks of a network of which it is known what it reads: one lead, one band."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ictal.detection.stretch import Stretch
from ictal.explain.check import ExplanationCheck
from ictal.explain.check_network import check_explanations
from ictal.explain.truth import Planted

LEADS = ("F7-T7", "T7-P7", "T8-P8", "P8-O2")
METHODS = ("saliency", "integrated-gradients", "occlusion")
RATE = 128.0


class LeadInBand(nn.Module):
    """The log of the power of one lead around 6 Hz, in windows of 2 s."""

    n_classes = 2

    def __init__(self) -> None:
        super().__init__()
        times = torch.arange(-64, 65) / RATE
        waves = torch.stack([torch.cos(2 * math.pi * 6 * times), torch.sin(2 * math.pi * 6 * times)])
        taps = torch.zeros(2, len(LEADS), 129)
        taps[:, 1] = waves * torch.hann_window(129, periodic=False) / 32
        self.taps = nn.Parameter(taps)

    def forward(self, signal: Tensor) -> Tensor:
        """Return logits (B, 1, 2)."""
        power = nn.functional.conv1d(signal, self.taps, padding=64).square().mean(dim=(1, 2))
        score = torch.log(power + 1e-2)
        return torch.stack([torch.zeros_like(score), score], dim=1)[:, None]


def make_stretch() -> Stretch:
    """12 s of noise on all leads, with waves of 6 Hz on two of them from 4 s to 8 s."""
    rng = np.random.default_rng(0)
    signal = rng.normal(0, 0.3, (len(LEADS), round(12 * RATE)))
    inside = slice(round(4 * RATE), round(8 * RATE))
    waves = np.sin(2 * np.pi * 6 * np.arange(round(4 * RATE)) / RATE)
    signal[1, inside] += waves
    signal[2, inside] += waves
    return Stretch(signal.astype(np.float32), RATE, 0.0, LEADS, 256, 128, 1, slice(0, 11), (0.0, 12.0))


@pytest.fixture(scope="module")
def found() -> ExplanationCheck:
    planted = Planted(("T7-P7",), (4.0, 8.0), (4.0, 8.0))
    return check_explanations(
        LeadInBand(), make_stretch(), METHODS, planted=planted, depths=(1.0,), n_steps=10, n_orders=20
    )


@pytest.mark.parametrize("number", range(len(METHODS)), ids=METHODS)
def test_every_method_finds_what_the_network_reads(found: ExplanationCheck, number: int) -> None:
    check = found.methods[number]
    assert check.method == METHODS[number]
    assert check.truth is not None
    assert check.truth.leads is not None
    assert check.truth.band is not None
    assert check.truth.leads.found > 0.9
    assert check.truth.band.found > 0.7
    assert check.truth.band.ratio > 4.0


@pytest.mark.parametrize("number", range(len(METHODS)), ids=METHODS)
def test_what_every_method_finds_makes_the_score(found: ExplanationCheck, number: int) -> None:
    removal = found.methods[number].removal
    assert removal.deletion_beats == 1.0
    assert removal.insertion_beats >= 0.95


@pytest.mark.parametrize("number", range(1, len(METHODS)), ids=METHODS[1:])
def test_what_a_part_adds_is_in_the_seconds_of_the_waves(found: ExplanationCheck, number: int) -> None:
    """Not so the gradient, which is largest where the waves are small: there a little more counts most."""
    truth = found.methods[number].truth
    assert truth is not None
    assert truth.seconds is not None
    assert truth.seconds.found > 0.7


def test_methods_agree_on_what_is_known(found: ExplanationCheck) -> None:
    assert found.agreement.correlation.min() > 0.8


def test_maps_change_with_the_weights(found: ExplanationCheck) -> None:
    by_name = {check.method: check.randomisation for check in found.methods}
    assert by_name["occlusion"] is not None
    assert by_name["occlusion"].depths == (1.0,)
    assert by_name["occlusion"].similarities[0] < 0.7


def test_nothing_is_randomised_where_no_depths_are_given() -> None:
    check = check_explanations(LeadInBand(), make_stretch(), METHODS[:1], depths=(), n_steps=2, n_orders=1)
    assert check.methods[0].randomisation is None
    assert check.methods[0].truth is None


def test_progress_is_told() -> None:
    told: list[float] = []
    check_explanations(
        LeadInBand(), make_stretch(), METHODS[:2], depths=(), n_steps=2, n_orders=1, progress=told.append
    )
    assert told == sorted(told)
    assert len(told) == 2
