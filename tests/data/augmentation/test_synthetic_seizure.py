"""Seizures where there were none."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from ictal.core.errors import ParameterError
from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.noise import typical_size
from ictal.data.augmentation.synthetic_seizure import SyntheticSeizure, lay_over
from ictal.data.batch import Batch

CHANNELS = ("C3", "C4")


def random_signal(n: int, seed: int, size: float) -> torch.Tensor:
    return size * torch.randn(n, 2, 64, generator=torch.Generator().manual_seed(seed))


def size_of(signal: torch.Tensor) -> torch.Tensor:
    return signal.square().mean(dim=(1, 2), keepdim=True).sqrt()


def make_batch(labels: torch.Tensor, donor_labels: torch.Tensor) -> Batch:
    donors = Batch(random_signal(len(labels), 1, 300.0), donor_labels, CHANNELS, 64.0)
    return Batch(random_signal(len(labels), 0, 20.0), labels, CHANNELS, 64.0, donors=donors)


def test_background_becomes_seizure_and_seizures_stay() -> None:
    batch = make_batch(torch.tensor([0, 1, 0]), torch.tensor([1, 1, 1]))
    changed = SyntheticSeizure(ratio=(2.0, 2.0), probability=1.0).apply(batch, Draws(0))
    assert changed.labels.tolist() == [1, 1, 1]
    assert torch.equal(changed.signal[1], batch.signal[1])
    assert batch.donors is not None
    added = changed.signal - batch.signal
    for row in (0, 2):
        gain = added[row] / batch.donors.signal[row]
        assert torch.allclose(gain, gain.mean(), rtol=1e-3)
    ratio = (size_of(added) / typical_size(batch.signal)).flatten()
    assert ratio[[0, 2]].tolist() == pytest.approx([2.0, 2.0], rel=1e-4)


def test_only_the_frames_with_seizure_are_laid_over() -> None:
    batch = make_batch(torch.zeros(1, 4, dtype=torch.long), torch.tensor([[0, 0, 1, 1]]))
    changed = SyntheticSeizure(ratio=(1.0, 1.0), probability=1.0).apply(batch, Draws(0))
    assert changed.labels.tolist() == [[0, 0, 1, 1]]
    added = (changed.signal - batch.signal)[0]
    assert torch.equal(added[:, :24], torch.zeros(2, 24))
    assert (added[:, 40:] != 0).all()
    shown = added[:, 40:].square().mean().sqrt() / typical_size(batch.signal)
    assert 0.7 < shown < 1.4


def test_ratios_lie_in_their_range() -> None:
    n = 300
    batch = make_batch(torch.zeros(n, dtype=torch.long), torch.ones(n, dtype=torch.long))
    added = SyntheticSeizure(ratio=(0.5, 2.0), probability=1.0).apply(batch, Draws(0)).signal - batch.signal
    ratios = (size_of(added) / typical_size(batch.signal)).flatten()
    assert 0.499 < ratios.min() < 0.6 and 1.8 < ratios.max() < 2.001


def test_soft_labels_take_the_shares_of_the_donor() -> None:
    batch = make_batch(torch.tensor([0, 0]), torch.tensor([1, 1])).softened()
    assert SyntheticSeizure(probability=1.0).apply(batch, Draws(0)).labels.tolist() == [[0.0, 1.0], [0.0, 1.0]]


def test_a_donor_of_silence_adds_nothing() -> None:
    background = random_signal(1, 0, 20.0)
    laid = lay_over(background, torch.zeros(1, 2, 64), torch.ones(1, 1), torch.tensor([2.0]))
    assert torch.equal(laid, background)


def test_donors_are_needed_and_must_fit() -> None:
    batch = make_batch(torch.tensor([0, 0]), torch.tensor([1, 1]))
    assert batch.donors is not None
    wrong = {
        "without donors": None,
        r"signal of torch.float32 and shape \(2, 2, 32\)": replace(batch.donors, signal=batch.donors.signal[:, :, :32]),
        r"labels of torch.int64 and shape \(2, 1\)": replace(batch.donors, labels=torch.ones(2, 1, dtype=torch.long)),
        "labels of torch.float32": batch.donors.softened(),
        "other channels": replace(batch.donors, channels=("C4", "C3")),
    }
    for said, donors in wrong.items():
        with pytest.raises(ParameterError, match=said):
            SyntheticSeizure(probability=1.0).apply(replace(batch, donors=donors), Draws(0))
