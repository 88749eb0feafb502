"""Windows between windows, and labels between labels."""

from __future__ import annotations

import pytest
import torch

from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.mixup import Mixup, mix
from ictal.data.batch import Batch


def make_batch(*label_shape: int) -> Batch:
    """Windows whose samples are all their own class, so that a mixed window says what it is made of."""
    classes = torch.arange(60) % 3
    signal = torch.nn.functional.one_hot(classes, 3).float()[:, :, None].expand(60, 3, 5)
    labels = classes.reshape(60, *[1] * len(label_shape)).expand(60, *label_shape)
    return Batch(signal, labels, ("A", "B", "C"), 64.0, n_classes=3)


@pytest.mark.parametrize("label_shape", [(), (4,)])
def test_labels_are_mixed_as_the_signals_are(label_shape: tuple[int, ...]) -> None:
    mixed = Mixup(alpha=1.0, probability=1.0).apply(make_batch(*label_shape), Draws(0))
    made_of = mixed.signal[:, :, 0]
    labels = mixed.labels if not label_shape else mixed.labels[:, 2]
    assert torch.allclose(labels, made_of)
    assert torch.allclose(mixed.labels.sum(dim=-1), torch.tensor(1.0))
    assert ((made_of > 0.05) & (made_of < 0.95)).any(dim=1).sum() > 20


def test_windows_that_are_not_chosen_keep_their_labels_whole() -> None:
    batch = make_batch()
    mixed = Mixup(alpha=1.0, probability=0.3).apply(batch, Draws(0))
    untouched = (mixed.signal == batch.signal).reshape(60, -1).all(dim=1)
    assert untouched.sum() > 20
    assert torch.equal(mixed.labels[untouched], batch.softened().labels[untouched])


def test_a_small_alpha_mixes_little() -> None:
    shares = Mixup(alpha=0.1, probability=1.0).apply(make_batch(), Draws(0)).labels.max(dim=1).values
    assert (shares > 0.9).float().mean() > 0.6


def test_mix_is_linear() -> None:
    mixed = mix(torch.tensor([[2.0], [2.0]]), torch.tensor([[4.0], [4.0]]), torch.tensor([1.0, 0.25]))
    assert mixed.tolist() == [[2.0], [3.5]]
