"""Losses of copies are 0 for a perfect one, and grow with what they are about."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ictal.models.braincodec_discriminator import Judged
from ictal.training.codec_losses import (
    discriminator_loss,
    feature_loss,
    generator_loss,
    line_length_loss,
    stft_loss,
)


def noise(seed: int, n: int = 2048) -> torch.Tensor:
    return torch.randn(2, 1, n, generator=torch.Generator().manual_seed(seed))


def test_line_length_does_not_see_an_offset_but_every_step() -> None:
    signal = noise(0)
    assert float(line_length_loss(signal + 5.0, signal)) == pytest.approx(0.0, abs=1e-6)
    ramp = torch.arange(2048.0) * 0.25
    assert float(line_length_loss(signal + ramp, signal)) == pytest.approx(0.25, rel=1e-3)


@given(seed=st.integers(0, 50), scale=st.floats(0.1, 3.0))
def test_line_length_bounds_the_difference_of_the_line_lengths(seed: int, scale: float) -> None:
    signal, copy = noise(seed, 64), scale * noise(seed + 1, 64)
    apart = (copy.diff(dim=-1).abs().mean() - signal.diff(dim=-1).abs().mean()).abs()
    assert float(apart) <= float(line_length_loss(copy, signal)) + 1e-6


def test_spectrograms_of_a_shifted_rhythm_are_nearer_than_those_of_another_rhythm() -> None:
    time = torch.arange(2048) / 512.0
    rhythm, shifted, other = (torch.sin(2 * math.pi * f * time + p)[None, None] for f, p in [(10, 0), (10, 1), (25, 0)])
    assert float(stft_loss(rhythm, rhythm)) == 0.0
    assert float(stft_loss(shifted, rhythm)) < 0.2 * float(stft_loss(other, rhythm))


def test_spectrograms_are_compared_at_every_window() -> None:
    signal, copy = noise(0), noise(1)
    each = [float(stft_loss(copy, signal, [window])) for window in (32, 256, 2048)]
    assert float(stft_loss(copy, signal, (32, 256, 2048))) == pytest.approx(sum(each) / 3, rel=1e-5)


def test_windows_that_are_longer_than_the_signal_are_left_out() -> None:
    signal, copy = noise(0, 64), noise(1, 64)
    assert float(stft_loss(copy, signal)) == float(stft_loss(copy, signal, (32, 64)))


def test_spectrograms_have_a_gradient_where_there_is_silence() -> None:
    copy = torch.zeros(1, 1, 2048, requires_grad=True)
    stft_loss(copy, noise(0)[:1]).backward()
    assert copy.grad is not None
    assert bool(copy.grad.isfinite().all())


def judged(logit: float, *maps: float) -> list[Judged]:
    return [Judged(torch.full((3, 1, 2, 2), logit), tuple(torch.full((3, 1), one) for one in maps))]


def test_features_count_as_shares_of_the_signals_own() -> None:
    assert float(feature_loss(judged(0, 1.0, 300.0), judged(0, 2.0, 200.0))) == pytest.approx(0.5)


def test_no_gradient_of_the_features_goes_to_the_signal() -> None:
    made, meant = torch.ones(3, requires_grad=True), torch.full((3,), 2.0, requires_grad=True)
    feature_loss([Judged(made, (made,))], [Judged(meant, (meant,))]).backward()
    assert made.grad is not None
    assert meant.grad is None


def test_hinges_stop_at_a_margin_of_one() -> None:
    assert float(generator_loss(judged(1.5))) == 0.0
    assert float(generator_loss(judged(-1.0))) == pytest.approx(2.0)
    assert float(discriminator_loss(copy=judged(-1.5), signal=judged(1.5))) == 0.0
    assert float(discriminator_loss(copy=judged(0.0), signal=judged(0.0))) == pytest.approx(2.0)
