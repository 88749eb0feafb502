import numpy as np
import torch

from ictal.core.electrodes import SCALP_19
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.narrow_band import NarrowBand, filter_narrow
from ictal.data.batch import Batch

RATE = 256.0


def test_the_power_is_in_the_band() -> None:
    white = torch.from_numpy(np.random.default_rng(0).normal(size=(50, 2048))).float()
    noise = filter_narrow(white, torch.full((50,), 12.0), torch.full((50,), 1.5), RATE)
    power = torch.fft.rfft(noise).abs().square().mean(dim=0)
    frequencies = torch.fft.rfftfreq(2048, 1 / RATE)
    assert abs(float((power * frequencies).sum() / power.sum()) - 12.0) < 0.2
    inside = (frequencies > 8.0) & (frequencies < 16.0)
    assert power[inside].sum() > 0.99 * power.sum()
    torch.testing.assert_close(noise.std(dim=1, correction=0), torch.ones(50))


def test_labels_stay_and_the_size_is_what_was_asked_for() -> None:
    signal = torch.from_numpy(np.random.default_rng(1).normal(0, 20, (40, 19, 1024))).float()
    batch = Batch(signal, torch.arange(40) % 2, SCALP_19, RATE)
    step = NarrowBand(probability=1.0, frequency=(8.0, 8.0), ratio=(2.0, 2.0))
    changed = step.apply(batch, Draws(0))
    assert torch.equal(changed.labels, batch.labels)
    largest = (changed.signal - signal).std(dim=2).amax(dim=1)
    torch.testing.assert_close(largest, torch.full((40,), 40.0), rtol=0.1, atol=0.0)


def test_fast_bands_are_smaller() -> None:
    signal = torch.from_numpy(np.random.default_rng(2).normal(0, 20, (40, 19, 1024))).float()
    batch = Batch(signal, torch.zeros(40, dtype=torch.long), SCALP_19, RATE)
    sizes = [
        float((NarrowBand(probability=1.0, frequency=(f, f)).apply(batch, Draws(0)).signal - signal).std())
        for f in (8.0, 32.0)
    ]
    assert abs(sizes[0] / sizes[1] - 4**0.6) < 0.15
