import math

import numpy as np
import pytest
import torch

from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.rhythm import Rhythm, draw_waves, spread_waves
from ictal.data.batch import Batch

RATE, SAMPLES = 256.0, 1024


def background(n: int, n_classes: int = 2) -> Batch:
    noise = torch.from_numpy(np.random.default_rng(0).normal(0, 20, (n, 19, SAMPLES))).float()
    return Batch(noise, torch.zeros(n, dtype=torch.long), SCALP_19, RATE, n_classes=n_classes)


def peak_of(wave: torch.Tensor) -> float:
    power = np.abs(np.fft.rfft(wave.numpy() * np.hanning(len(wave)))) ** 2
    return float(np.fft.rfftfreq(len(wave), 1 / RATE)[power.argmax()])


def test_a_smooth_rhythm_is_at_its_frequency() -> None:
    asked = torch.tensor([4.0, 9.0, 20.0] * 20)
    waves = draw_waves(asked, torch.zeros(60), 0.0, SAMPLES, RATE, Draws(0))
    off = [abs(math.log2(peak_of(wave) / float(f))) for wave, f in zip(waves, asked, strict=True)]
    assert np.median(off) < 0.06
    torch.testing.assert_close(waves.std(dim=1), torch.ones(60))


def test_it_drifts_by_the_octaves_that_are_asked_for() -> None:
    waves = draw_waves(torch.full((40,), 10.0), torch.full((40,), -1.0), 0.0, SAMPLES, RATE, Draws(1))
    early, late = (np.median([peak_of(one) for one in part]) for part in (waves[:, :384], waves[:, -384:]))
    assert -1.1 < math.log2(late / early) < -0.4


def test_spikes_and_waves_are_more_pointed_than_smooth_rhythms() -> None:
    def pointed(sharp: float) -> float:
        waves = draw_waves(torch.full((60,), 3.0), torch.zeros(60), sharp, SAMPLES, RATE, Draws(2))
        return float(waves.diff(dim=1).pow(4).mean(dim=1).div(waves.diff(dim=1).square().mean(dim=1).square()).median())

    assert pointed(1.0) > 1.3 * pointed(0.0)


def test_fast_rhythms_are_never_of_spikes() -> None:
    frequency = torch.full((8,), 15.0)
    sharp, smooth = (draw_waves(frequency, torch.zeros(8), share, SAMPLES, RATE, Draws(3)) for share in (1.0, 0.0))
    assert torch.equal(sharp, smooth)


def test_background_becomes_seizure_and_seizures_stay_as_they_are() -> None:
    batch = background(6)
    mixed = Batch(batch.signal, torch.tensor([0, 1, 0, 1, 0, 0]), SCALP_19, RATE)
    changed = Rhythm(probability=1.0).apply(mixed, Draws(0))
    assert changed.labels.tolist() == [1] * 6
    assert torch.equal(changed.signal[[1, 3]], batch.signal[[1, 3]])
    assert Rhythm(probability=1.0).apply(mixed.softened(), Draws(0)).labels[0].tolist() == [0.0, 1.0]


def test_the_rhythm_is_as_large_as_asked_for_and_smaller_when_fast() -> None:
    def size(frequency: float) -> float:
        step = Rhythm(probability=1.0, frequency=(frequency, frequency), ratio=(2.0, 2.0), damped=0.0, sharp=0.0)
        batch = background(60)
        added = step.apply(batch, Draws(4)).signal - batch.signal
        return float(added.square().mean(dim=2).sqrt().amax(dim=1).median()) / 20.0

    assert 1.8 < size(8.0) < 3.5
    assert size(8.0) / size(28.0) == pytest.approx((28 / 8) ** 0.6, rel=0.2)


def test_some_backgrounds_are_weaker_meanwhile() -> None:
    batch = background(200)
    step = Rhythm(probability=1.0, ratio=(1e-6, 1e-6), damped=1.0)
    left = step.apply(batch, Draws(5)).signal.std(dim=(1, 2)) / batch.signal.std(dim=(1, 2))
    assert 0.29 < left.min() < 0.35
    assert 0.9 < left.max() < 1.01


def test_a_second_patch_comes_a_little_later_in_some_windows() -> None:
    wave = torch.randn(300, SAMPLES)
    seen = spread_waves(wave, SCALP_19, RATE, Draws(6))
    ranks = torch.linalg.matrix_rank(seen, rtol=1e-3)
    assert 0.35 < (ranks > 1).float().mean() < 0.65
    assert ranks.max() == 2


def test_kinds_of_seizures_are_refused() -> None:
    with pytest.raises(ParameterError, match="3 classes came"):
        Rhythm(probability=1.0).apply(background(2, n_classes=3), Draws(0))
