"""One step of training."""

from __future__ import annotations

from types import ModuleType

import pytest
import torch
from torch import nn

from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.loader import WindowLoader
from ictal.training.losses import CrossEntropy
from ictal.training.task import DivergedError, TrainingTask, train_what_learns


@pytest.fixture
def task(loud: ModuleType) -> TrainingTask:
    return TrainingTask(loud.Loudness(), nn.CrossEntropyLoss(), loud.settings(), Augmentations(), n_batches=4)


def test_the_mean_is_a_copy_that_learns_nothing(task: TrainingTask) -> None:
    assert task.averaged is not None
    assert not any(one.requires_grad for one in task.averaged.parameters())
    assert task.shown is task.averaged.module is not task.network


def test_without_a_mean_the_network_itself_is_shown(loud: ModuleType) -> None:
    task = TrainingTask(loud.Loudness(), nn.CrossEntropyLoss(), loud.settings(ema=None), Augmentations(), 4)
    assert task.shown is task.network


def test_the_mean_loss_is_that_of_all_batches(task: TrainingTask) -> None:
    task._losses = [torch.tensor(1.0), torch.tensor(2.0)]
    assert task.mean_loss() == 1.5
    task._losses = [torch.tensor(6.0)]
    assert task.mean_loss() == 3.0
    assert task.mean_loss() == 3.0


@pytest.mark.parametrize("spoiled", [float("nan"), float("inf")])
def test_a_loss_that_is_no_number_is_told_by_its_batch(task: TrainingTask, spoiled: float) -> None:
    task._losses = [torch.tensor(1.0)] * 3
    task.mean_loss()
    task._losses = [torch.tensor(1.0), torch.tensor(spoiled)]
    with pytest.raises(
        DivergedError, match=f"epoch 0: the loss is {spoiled} in batch 4; try a lower learning rate than"
    ):
        task.mean_loss()


def test_weights_that_are_no_numbers_are_found(task: TrainingTask) -> None:
    task.check_weights()
    with torch.no_grad():
        task.network.get_parameter("head.bias")[0] = float("inf")
    with pytest.raises(DivergedError, match=r"head.bias is not finite after the last batch"):
        task.check_weights()


def test_layers_that_learn_nothing_work_as_in_evaluation() -> None:
    network = nn.Sequential(nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2)).requires_grad_(False), nn.BatchNorm1d(2))
    train_what_learns(network.eval())
    assert [layer.training for layer in network.modules()] == [True, True, False, False, True]


def test_the_loss_of_a_batch_is_that_of_its_labels(loud: ModuleType) -> None:
    reader = loud.LoudNights()
    windows = loud.cut_nights(reader)
    batch = next(WindowLoader(reader, windows).epoch(0))
    network = loud.Loudness().eval()
    task = TrainingTask(network, CrossEntropy().build(torch.ones(2).numpy()), loud.settings(), Augmentations(), 4)
    expected = nn.functional.cross_entropy(network(batch.signal)[:, 0], batch.labels)
    torch.testing.assert_close(task.training_step(batch, 0), expected)
