"""Augmentations one after another: coins, seeds and settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from pydantic import ValidationError

from ictal.data.augmentation.amplitude import Amplitude
from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.augmentation.channel_drop import ChannelDrop
from ictal.data.augmentation.mixup import Mixup
from ictal.data.augmentation.noise import Noise
from ictal.data.batch import Batch


def make_batch(n: int = 400, **changes: object) -> Batch:
    return replace(Batch(torch.ones(n, 2, 8), torch.zeros(n, dtype=torch.long), ("C3", "C4"), 64.0), **changes)


def test_each_window_has_its_own_coin() -> None:
    batch = make_batch()
    changed = Augmentations(steps=(Amplitude(probability=0.25),)).apply(batch, seed=0)
    touched = (changed.signal != batch.signal).reshape(len(batch), -1)
    assert (touched.all(dim=1) | ~touched.any(dim=1)).all()
    assert 70 < touched.any(dim=1).sum() < 130


def test_seed_epoch_and_batch_decide() -> None:
    steps = Augmentations(steps=(Noise(probability=1.0),))
    batch = make_batch(4, epoch=1, number=2)
    signal = steps.apply(batch, seed=3).signal
    assert torch.equal(signal, steps.apply(batch, seed=3).signal)
    assert not torch.equal(signal, steps.apply(batch, seed=4).signal)
    assert not torch.equal(signal, steps.apply(replace(batch, epoch=2), seed=3).signal)
    assert not torch.equal(signal, steps.apply(replace(batch, number=1), seed=3).signal)


def test_another_augmentation_in_the_list_changes_no_draw() -> None:
    batch = make_batch(16)
    alone = Augmentations(steps=(Amplitude(probability=1.0),)).apply(batch, seed=0).signal
    beside = Augmentations(steps=(ChannelDrop(), Amplitude(probability=1.0))).apply(batch, seed=0).signal
    kept = beside != 0
    assert 0 < kept.sum() < kept.numel()
    assert torch.equal(alone[kept], beside[kept])


def test_an_augmentation_that_comes_twice_draws_twice() -> None:
    once = Amplitude(probability=1.0)
    batch = make_batch(16)
    first = Augmentations(steps=(once,)).apply(batch, seed=0).signal
    both = Augmentations(steps=(once, once)).apply(batch, seed=0).signal
    assert not torch.allclose(both, first * first)


def test_labels_are_shares_in_every_batch_where_windows_can_be_mixed() -> None:
    never = Augmentations(steps=(Mixup(probability=0.0),))
    assert never.apply(make_batch(), seed=0).soft


def test_recipes_carry_augmentations() -> None:
    settings = [{"augmentation": "amplitude", "factor": [0.5, 2.0]}, {"augmentation": "noise", "colour": "pink"}]
    steps = Augmentations(steps=settings)
    assert steps.steps == (Amplitude(factor=(0.5, 2.0)), Noise(colour="pink"))
    assert Augmentations.model_validate_json(steps.model_dump_json()) == steps


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"augmentation": "loudness"}, "augmentation: 'loudness' is not allowed; allowed are 'amplitude', 'band-stop'"),
        ({"augmentation": "noise", "color": "pink"}, "noise setting: 'color' .*Did you mean 'colour'"),
        ({"augmentation": "noise", "probability": 1.5}, "noise probability: .*1.5 came"),
        ({"augmentation": "noise", "decibels": [30, 10]}, r"noise decibels: .*\(lowest, highest\)"),
        ({"augmentation": "amplitude", "factor": [0.0, 1.0]}, "amplitude factor: .*above 0"),
    ],
)
def test_what_is_wrong_with_settings_is_said(settings: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Augmentations(steps=[settings])


def test_a_list_is_needed() -> None:
    with pytest.raises(ValidationError, match="a list of augmentations"):
        Augmentations(steps="noise")


def test_no_augmentation_changes_nothing() -> None:
    batch = make_batch(2)
    assert Augmentations().apply(batch, seed=0) is batch
