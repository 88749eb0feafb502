import numpy as np
import torch

from ictal.core.electrodes import SCALP_19
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.pattern import Pattern
from ictal.data.batch import Batch

RATE = 256.0


def added_to(pattern: Pattern, seconds: float = 16.0, n: int = 12) -> torch.Tensor:
    """What a pattern adds, seen where it is largest, shape (n, n_samples)."""
    noise = torch.from_numpy(np.random.default_rng(0).normal(0, 20, (n, 19, round(seconds * RATE)))).float()
    batch = Batch(noise, torch.zeros(n, dtype=torch.long), SCALP_19, RATE)
    changed = pattern.apply(batch, Draws(0))
    assert changed.labels.tolist() == [0] * n
    added = changed.signal - batch.signal
    return added[torch.arange(n), added.square().mean(dim=2).argmax(dim=1)]


def count_turns(wave: torch.Tensor) -> float:
    """Cycles a second, from the autocorrelation's first peak behind 0.3 s."""
    power = np.abs(np.fft.rfft(wave.numpy(), 2 * len(wave))) ** 2
    correlation = np.fft.irfft(power)[: len(wave)]
    return RATE / (correlation[round(0.3 * RATE) : round(3 * RATE)].argmax() + round(0.3 * RATE))


def test_discharges_come_back_at_their_rate() -> None:
    rates = [
        count_turns(one) for one in added_to(Pattern(probability=1.0, discharges=1.0, discharge_frequency=(1.0, 1.0)))
    ]
    assert abs(np.median(rates) - 1.0) < 0.1


def test_delta_is_smooth_and_discharges_are_pointed() -> None:
    kurtosis = []
    for share in (0.0, 1.0):
        steps = added_to(Pattern(probability=1.0, discharges=share)).diff(dim=1)
        kurtosis.append(float((steps.pow(4).mean(dim=1) / steps.square().mean(dim=1).square()).median()))
    assert kurtosis[1] > 1.5 * kurtosis[0]


def test_it_is_as_large_as_asked_for() -> None:
    small, large = (added_to(Pattern(probability=1.0, ratio=(size, size))).std(dim=1).median() for size in (1.0, 4.0))
    assert 16 < small < 24
    torch.testing.assert_close(large / small, torch.tensor(4.0), rtol=0.01, atol=0.0)


def test_seizures_have_none() -> None:
    batch = Batch(torch.randn(2, 19, 512), torch.ones(2, dtype=torch.long), SCALP_19, RATE)
    assert Pattern(probability=1.0).apply(batch, Draws(0)).signal is batch.signal
