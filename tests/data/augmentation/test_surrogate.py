"""The spectrum is kept, the course in time is not."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.surrogate import Surrogate, turn_phases
from ictal.data.batch import Batch


def make_batch(n_samples: int = 512) -> Batch:
    signal = 5.0 + 30.0 * torch.randn(8, 3, n_samples, generator=torch.Generator().manual_seed(0)).cumsum(dim=2)
    signal[:, 1] += signal[:, 0].roll(3, dims=1)
    return Batch(signal, torch.zeros(8, dtype=torch.long), ("A", "B", "C"), 128.0)


def correlation(one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    one, other = one - one.mean(dim=2, keepdim=True), other - other.mean(dim=2, keepdim=True)
    return (one * other).sum(dim=2) / (one.norm(dim=2) * other.norm(dim=2))


@pytest.mark.parametrize("channels", ["together", "apart"])
@pytest.mark.parametrize("n_samples", [512, 511])
def test_the_spectrum_is_kept_and_the_signal_is_new(channels: str, n_samples: int) -> None:
    batch = make_batch(n_samples)
    surrogate = Surrogate(channels=channels).change(batch, Draws(0)).signal
    before, after = torch.fft.rfft(batch.signal).abs(), torch.fft.rfft(surrogate).abs()
    assert torch.allclose(before, after, rtol=1e-3, atol=1e-5 * float(before.max()))
    assert torch.allclose(surrogate.mean(dim=2), batch.signal.mean(dim=2), rtol=1e-4, atol=0.1)
    assert correlation(batch.signal, surrogate).abs().mean() < 0.5


def test_together_keeps_cross_spectra_and_apart_does_not() -> None:
    batch = make_batch()

    def cross(signal: torch.Tensor) -> torch.Tensor:
        spectrum = torch.fft.rfft(signal)[:, :, 1:-1]
        return spectrum[:, 0] * spectrum[:, 1].conj()

    before = cross(batch.signal)
    together = cross(Surrogate(channels="together").change(batch, Draws(0)).signal)
    apart = cross(Surrogate(channels="apart").change(batch, Draws(0)).signal)
    assert ((together - before).abs() / before.abs()).median() < 1e-3
    assert ((apart - before).abs() / before.abs()).median() > 0.5


@given(strength=st.floats(0.01, 0.3))
def test_little_strength_changes_little(strength: float) -> None:
    batch = make_batch()
    surrogate = Surrogate(strength=strength).change(batch, Draws(0)).signal
    assert correlation(batch.signal, surrogate).min() > 1.0 - 5.0 * strength**2


def test_windows_whose_frames_differ_are_left_alone() -> None:
    batch = make_batch().take(torch.arange(3))
    framed = Batch(batch.signal, torch.tensor([[0, 0], [0, 1], [1, 1]]), batch.channels, batch.sampling_rate)
    for labelled in (framed, framed.softened()):
        changed = Surrogate(probability=1.0).apply(labelled, Draws(0))
        same = (changed.signal == batch.signal).reshape(3, -1).all(dim=1)
        assert same.tolist() == [False, True, False]


def test_turning_there_and_back_gives_the_signal() -> None:
    signal = make_batch(64).signal
    phases = Draws(0).uniform(-3.0, 3.0, 8, 1, 33)
    back = turn_phases(turn_phases(signal, phases), -phases)
    assert torch.allclose(back, signal, rtol=1e-4, atol=1e-2)
