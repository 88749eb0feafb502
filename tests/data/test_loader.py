"""Batches from a store: the same whoever reads them, and from any batch on."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from ictal.core.errors import ParameterError
from ictal.core.events import Event
from ictal.core.recording import Recording
from ictal.core.windows import WindowGrid
from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.balance import Undersample, draw_donors
from ictal.data.batch import Batch
from ictal.data.loader import BatchSet, LoaderSettings, WindowLoader
from ictal.data.manifest import EventRow, Manifest, RecordingRow, write_manifest
from ictal.data.store import Store
from ictal.data.store_write import open_for_writing, write_signal
from ictal.data.windows import WindowTable, cut_windows
from ictal.preprocessing.chain import Chain

RATE, SECONDS = 64.0, 90.0
CHANNELS = ("C3", "C4", "O1")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Three recordings of three subjects, each with a seizure from 30 to 40 s."""
    folder, rows = tmp_path_factory.mktemp("data") / "store", []
    with open_for_writing(folder):
        for number, name in enumerate(("anna", "bert", "carl")):
            signal = np.random.default_rng(number).normal(0.0, 20.0, (len(CHANNELS), int(RATE * SECONDS)))
            recording = Recording.from_array(signal.astype(np.float32), RATE, CHANNELS)
            facts = write_signal(folder, f"{number:064x}", "0" * 64, recording, Chain())
            rows.append(RecordingRow(name, name, "1", facts, events=(EventRow.of(Event(30.0, 10.0)),)))
        write_manifest(folder, Manifest("0", "made for tests", Chain().model_dump(), recordings=tuple(rows)))
    return Store(folder)


@pytest.fixture(scope="module")
def windows(store: Store) -> WindowTable:
    return cut_windows(store.recordings, WindowGrid(4.0, 0.5))


def loader_of(store: Store, windows: WindowTable, **settings: object) -> WindowLoader:
    return WindowLoader(store, windows, balance=Undersample(ratio=0.5), settings=LoaderSettings(**settings), seed=7)


def assert_same_batches(some: Iterable[Batch], others: Iterable[Batch]) -> None:
    for one, other in zip(some, others, strict=True):
        assert one.windows is not None and other.windows is not None
        assert torch.equal(one.windows, other.windows)
        assert torch.equal(one.signal, other.signal)
        assert torch.equal(one.labels, other.labels)
        assert (one.epoch, one.number) == (other.epoch, other.number)


def test_batches_hold_the_windows_of_the_balance_in_its_order(store: Store, windows: WindowTable) -> None:
    loader = loader_of(store, windows, batch_size=10)
    batches = list(loader.epoch(3))
    rows = np.concatenate([batch.windows for batch in batches])
    np.testing.assert_array_equal(rows, Undersample(ratio=0.5).draw(windows.window_labels, seed=7, epoch=3))
    assert [(batch.epoch, batch.number) for batch in batches] == [(3, number) for number in range(len(batches))]
    assert {len(batch) for batch in batches[:-1]} == {10} and len(batches) == loader.n_batches(3)
    for batch in batches:
        for signal, label, row in zip(batch.signal, batch.labels, batch.windows.tolist(), strict=True):
            whole = store.recording(int(windows.recording[row])).read()
            expected = whole[:, windows.start[row] : windows.start[row] + windows.length]
            np.testing.assert_array_equal(signal, expected)
            assert label == windows.labels[row]


def test_a_batch_says_what_it_is(store: Store, windows: WindowTable) -> None:
    batch = next(loader_of(store, windows, batch_size=8).epoch(0))
    assert batch.signal.shape == (8, 3, 256) and batch.signal.dtype == torch.float32
    assert batch.labels.shape == (8,) and batch.labels.dtype == torch.int64
    assert (batch.channels, batch.sampling_rate, batch.n_classes) == (CHANNELS, RATE, 2)


def test_frames_have_labels(store: Store) -> None:
    framed = cut_windows(store.recordings, WindowGrid(4.0, 4.0), n_frames=8)
    batch = next(WindowLoader(store, framed, settings=LoaderSettings(batch_size=200)).epoch(0))
    assert batch.labels.shape == (66, 8) and batch.framed
    np.testing.assert_array_equal(batch.labels, framed.labels[batch.windows])


@pytest.mark.parametrize("n_workers", [1, 3])
def test_workers_change_nothing(store: Store, windows: WindowTable, n_workers: int) -> None:
    alone, together = (loader_of(store, windows, batch_size=7, n_workers=n) for n in (0, n_workers))
    for epoch in (0, 1):
        assert_same_batches(together.epoch(epoch), alone.epoch(epoch))


def test_processes_that_share_no_memory_open_the_store_themselves(store: Store, windows: WindowTable) -> None:
    asked = [(2, number, np.arange(number, 400, 10)) for number in range(3)]
    batches = BatchSet(store, windows)
    spawned = DataLoader(
        batches, batch_size=None, sampler=asked, num_workers=1, multiprocessing_context="spawn", timeout=120
    )
    assert_same_batches(spawned, map(batches.__getitem__, asked))


@pytest.mark.parametrize("n_workers", [0, 2])
@pytest.mark.parametrize("first_batch", [0, 3, 13])
def test_an_epoch_goes_on_from_any_batch(store: Store, windows: WindowTable, n_workers: int, first_batch: int) -> None:
    whole = list(loader_of(store, windows, batch_size=12).epoch(1))
    rest = loader_of(store, windows, batch_size=12, n_workers=n_workers).epoch(1, first_batch=first_batch)
    assert_same_batches(rest, whole[first_batch:])


def test_an_epoch_that_is_left_in_the_middle_leaves_nothing_behind(store: Store, windows: WindowTable) -> None:
    loader = loader_of(store, windows, batch_size=5, n_workers=2, prefetch=4)
    for _ in zip(loader.epoch(0), range(3), strict=False):
        pass
    assert_same_batches(loader.epoch(1), loader_of(store, windows, batch_size=5).epoch(1))


def readers() -> int:
    return sum(thread.name.startswith("read-ahead") for thread in threading.enumerate())


def test_workers_end_with_their_epoch(store: Store, windows: WindowTable) -> None:
    epoch = loader_of(store, windows, batch_size=5, n_workers=2).epoch(0)
    next(epoch)
    assert readers() == 2
    del epoch
    assert readers() == 0


@pytest.mark.parametrize("n_workers", [0, 2])
def test_what_cannot_be_read_is_said_where_batches_are_asked_for(
    store: Store, windows: WindowTable, n_workers: int
) -> None:
    late = replace(windows, start=windows.start + 10**6)
    with pytest.raises(ParameterError, match=r"windows: samples .* are not allowed"):
        list(loader_of(store, late, n_workers=n_workers).epoch(0))
    assert readers() == 0


def test_epochs_side_by_side_do_not_mix(store: Store, windows: WindowTable) -> None:
    loader = loader_of(store, windows, batch_size=9)
    first, second = loader.epoch(0), loader.epoch(1)
    pairs = list(zip(first, second, strict=True))
    assert {(one.epoch, other.epoch) for one, other in pairs} == {(0, 1)}
    assert_same_batches([one for one, _ in pairs], loader.epoch(0))


def test_a_resumed_epoch_cannot_begin_after_its_end(store: Store, windows: WindowTable) -> None:
    loader = loader_of(store, windows, batch_size=100)
    assert list(loader.epoch(0, first_batch=loader.n_batches(0))) == []
    for first_batch in (-1, loader.n_batches(0) + 1):
        with pytest.raises(ParameterError, match=f"{first_batch} came; epoch 0 has {loader.n_batches(0)} batches"):
            loader.epoch(0, first_batch=first_batch)


def test_the_last_batch_may_be_left_out(store: Store, windows: WindowTable) -> None:
    kept, dropped = (list(loader_of(store, windows, batch_size=100, drop_last=drop).epoch(0)) for drop in (False, True))
    assert len(kept[-1]) < 100
    assert_same_batches(kept[:-1], dropped)


def test_windows_may_be_given_in_order(store: Store, windows: WindowTable) -> None:
    batches = loader_of(store, windows, batch_size=64).epoch(0, rows=np.arange(len(windows)))
    assert torch.cat([batch.labels for batch in batches]).tolist() == windows.labels.tolist()


def test_donors_come_beside_the_windows_of_an_epoch(store: Store, windows: WindowTable) -> None:
    loader = loader_of(store, windows, batch_size=32)
    donors = draw_donors(windows, loader.rows(0), seed=7, epoch=0)
    for batch, other in zip(loader.epoch(0), loader.epoch(0, rows=donors), strict=True):
        assert other.labels.all()
        assert (windows.subject[batch.windows] != windows.subject[other.windows]).all()


def test_augmented_batches_are_the_same_for_any_workers_and_after_a_stop(store: Store, windows: WindowTable) -> None:
    steps = Augmentations(steps=({"augmentation": "noise"}, {"augmentation": "mixup"}, {"augmentation": "time-shift"}))
    whole, rest = (
        [steps.apply(batch, seed=7) for batch in loader.epoch(1, first_batch=first)]
        for loader, first in ((loader_of(store, windows), 0), (loader_of(store, windows, n_workers=3), 2))
    )
    assert_same_batches(rest, whole[2:])
    assert not torch.equal(whole[0].signal[:1], whole[1].signal[:1])


@pytest.mark.parametrize("n_workers", [0, 1])
def test_the_global_random_numbers_are_left_alone(store: Store, windows: WindowTable, n_workers: int) -> None:
    loader = loader_of(store, windows, n_workers=n_workers)
    state = torch.get_rng_state()
    list(loader.epoch(0))
    assert torch.equal(torch.get_rng_state(), state)


def test_windows_of_other_recordings_are_refused(store: Store, windows: WindowTable) -> None:
    fewer = cut_windows(store.recordings[1:], WindowGrid(4.0, 1.0))
    with pytest.raises(ParameterError, match="those of other recordings came"):
        WindowLoader(store, fewer)
