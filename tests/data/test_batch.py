"""A batch is a value: what is made of it leaves it as it was."""

from __future__ import annotations

from dataclasses import replace

import torch

from ictal.data.batch import Batch


def make_batch() -> Batch:
    signal = torch.arange(24.0).reshape(3, 2, 4)
    donors = Batch(signal + 100.0, torch.tensor([1, 1, 1]), ("C3", "C4"), 256.0)
    return Batch(
        signal, torch.tensor([0, 1, 0]), ("C3", "C4"), 256.0, windows=torch.tensor([7, 8, 9]), donors=donors, number=3
    )


def test_take_takes_windows_with_all_that_is_theirs() -> None:
    taken = make_batch().take(torch.tensor([2, 0]))
    assert taken.signal[:, 0, 0].tolist() == [16.0, 0.0]
    assert taken.windows is not None and taken.windows.tolist() == [9, 7]
    assert taken.donors is not None and taken.donors.signal[:, 0, 0].tolist() == [116.0, 100.0]
    assert (len(taken), taken.number) == (2, 3)


def test_put_replaces_some_windows_and_leaves_the_batch_alone() -> None:
    batch = make_batch()
    rows = torch.tensor([2])
    part = batch.take(rows)
    changed = batch.put(rows, replace(part, signal=-part.signal, labels=torch.tensor([1])))
    assert changed.labels.tolist() == [0, 1, 1]
    assert torch.equal(changed.signal[2], -batch.signal[2])
    assert torch.equal(changed.signal[:2], batch.signal[:2])
    assert batch.labels.tolist() == [0, 1, 0]


def test_background_holds_no_frame_of_seizure() -> None:
    batch = replace(make_batch(), labels=torch.tensor([[0, 0], [0, 1], [1, 1]]))
    assert batch.background.tolist() == [True, False, False]
    assert batch.softened().background.tolist() == [True, False, False]


def test_softened_labels_are_shares_of_classes() -> None:
    batch = replace(make_batch(), labels=torch.tensor([[0, 2], [1, 0], [0, 0]]), n_classes=3)
    soft = batch.softened()
    assert soft.soft and not batch.soft
    assert (batch.framed, soft.framed, make_batch().framed, make_batch().softened().framed) == (
        True,
        True,
        False,
        False,
    )
    assert soft.labels.dtype == torch.float32
    assert torch.equal(soft.labels.argmax(dim=2), batch.labels)
    assert soft.softened() is soft


def test_a_batch_moves_with_its_donors() -> None:
    moved = make_batch().to("meta")
    assert moved.donors is not None and moved.windows is not None
    tensors = (moved.signal, moved.labels, moved.windows, moved.donors.signal)
    assert {tensor.device.type for tensor in tensors} == {"meta"}
