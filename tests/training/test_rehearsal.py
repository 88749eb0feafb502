from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.balance import AllWindows, Balance, Undersample, Weighted
from ictal.data.loader import BatchSet, LoaderSettings, WindowLoader
from ictal.training.readers import WindowsInMemory, join_windows
from ictal.training.rehearsal import KnownAnswers, Rehearsed, balance_patient, fill_epoch, take_witnesses

CLASSES = ("bckg", "sz")


def make(labels: list[int], level: float = 0.0) -> BatchSet:
    signal = np.full((len(labels), 1, 4), level) + np.arange(len(labels))[:, None, None]
    reader = WindowsInMemory(signal, ["anna"] * len(labels), ("C3",), 1.0)
    return BatchSet(reader, reader.tabulate(np.array(labels), CLASSES))


class Mean(nn.Module):
    def forward(self, signal: Tensor) -> Tensor:
        loud = signal.mean(dim=(1, 2)) / 10.0
        return torch.stack([-loud, loud], dim=1)[:, None]


def test_an_epoch_has_the_share_of_others_and_of_seizures_that_is_asked_for() -> None:
    own, others = make([0] * 900 + [1] * 100), make([0] * 5000 + [1] * 50)
    labels = join_windows([own, others]).windows.window_labels
    balance = Rehearsed(
        n_own=1000,
        own=balance_patient(own.windows, Undersample(ratio=0.5)),
        others=fill_epoch(Undersample(ratio=0.5)),
        share=0.25,
    )
    drawn = balance.draw(labels, seed=0, epoch=0)
    is_other = drawn >= 1000
    assert is_other.mean() == np.float64(333 / 1333)
    for side in (is_other, ~is_other):
        assert abs(labels[drawn[side]].mean() - 1 / 3) < 0.06
    assert not np.array_equal(drawn, balance.draw(labels, seed=0, epoch=1))


def test_the_balance_of_the_training_is_kept_where_it_can_be() -> None:
    with_seizure, without = make([0] * 30 + [1]), make([0] * 30)
    kept: list[tuple[Balance, Balance]] = [
        (Undersample(ratio=0.5), Weighted(shares=(1.0, 0.5), n_windows=31)),
        (Weighted(shares=(1.0, 3.0), n_windows=9), Weighted(shares=(1.0, 3.0), n_windows=31)),
        (AllWindows(), AllWindows()),
    ]
    for trained, expected in kept:
        assert balance_patient(with_seizure.windows, trained) == expected
        assert balance_patient(without.windows, trained) == AllWindows()


def test_known_answers_are_the_labels_of_their_windows_and_of_no_other() -> None:
    patient, imagined = make([0] * 6), make([1] * 6, level=20.0)
    joined = join_windows([patient, imagined])
    answers = KnownAnswers.of(Mean(), imagined, first=6)
    loader = WindowLoader(joined.reader, joined.windows, settings=LoaderSettings(batch_size=12), seed=1)
    (batch,) = loader.epoch(0)
    varied = Augmentations(steps=(answers,)).apply(batch, seed=0)
    rows = batch.windows.numpy()
    seizure = varied.labels[:, 1].numpy()
    np.testing.assert_array_equal(seizure[rows < 6], 0.0)
    means = 20.0 + rows[rows >= 6] - 6
    np.testing.assert_allclose(seizure[rows >= 6], 1.0 / (1.0 + np.exp(-2.0 * means / 10.0)), rtol=1e-5)
    np.testing.assert_array_equal(varied.signal, batch.signal)


def test_witnesses_are_seizures_that_are_not_learned_from() -> None:
    others = make([0] * 50 + [1] * 40)
    learned, witnesses = take_witnesses(others, seed=0)
    assert witnesses.windows.count() == {"bckg": 0, "sz": 10}
    assert learned.windows.count() == {"bckg": 50, "sz": 30}
    starts = [set(one.windows.start.tolist()) for one in (learned, witnesses)]
    assert not starts[0] & starts[1]
