"""What a trainer is fed with: who sees which windows, in which order."""

from __future__ import annotations

import time
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.data.balance import Undersample, draw_donors
from ictal.data.loader import LoaderSettings, WindowLoader
from ictal.data.windows import WindowTable
from ictal.training.feed import Feed


@pytest.fixture(scope="module")
def make_loader(loud: ModuleType) -> Any:
    def make(n_windows: int | None = None, **other: Any) -> WindowLoader:
        reader = loud.LoudNights()
        windows: WindowTable = loud.cut_nights(reader)
        # Every third one, so that few windows hold both classes.
        chosen = windows.take(np.argsort(np.arange(len(windows)) % 3, kind="stable")[:n_windows])
        return WindowLoader(reader, chosen, **other)

    return make


def rows(feed: Feed) -> list[list[int]]:
    return [batch.windows.tolist() for batch in feed if batch.windows is not None]


@given(n_windows=st.integers(40, 60), batch_size=st.sampled_from([4, 8, 16]), devices=st.sampled_from([1, 2, 4]))
def test_each_batch_is_shared_by_the_devices(
    make_loader: Any, loud: ModuleType, n_windows: int, batch_size: int, devices: int
) -> None:
    loader, settings = make_loader(n_windows), loud.settings(batch_size=batch_size, devices=devices)
    shares = [rows(Feed(loader, settings, rank=rank)) for rank in range(devices)]
    drawn = WindowLoader(loader.batches.reader, loader.batches.windows, seed=settings.seed).rows(0).tolist()
    left = n_windows % batch_size
    n_shown = n_windows - (left if devices > 1 or left == 1 else 0)
    assert {len(share) for share in shares} == {-(-n_shown // batch_size)}
    for number, parts in enumerate(zip(*shares, strict=True)):
        batch = drawn[number * batch_size : min((number + 1) * batch_size, n_shown)]
        assert list(parts) == [batch[rank::devices] for rank in range(devices)]


def test_batches_of_several_devices_have_numbers_of_their_own(make_loader: Any, loud: ModuleType) -> None:
    """So they are varied in ways of their own."""
    settings = loud.settings(batch_size=8, devices=2)
    numbers = [[batch.number for batch in Feed(make_loader(40), settings, rank=rank)] for rank in range(2)]
    assert numbers == [[0, 2, 4, 6, 8], [1, 3, 5, 7, 9]]


def test_settings_say_how_it_is_read(make_loader: Any, loud: ModuleType) -> None:
    loader = make_loader(settings=LoaderSettings(batch_size=64, n_workers=0, drop_last=True), seed=9)
    feed = Feed(loader, loud.settings(batch_size=50, n_workers=2, seed=3))
    assert [len(batch) for batch in feed] == [50, 50, 50, 4]
    assert rows(feed) == rows(Feed(make_loader(), loud.settings(batch_size=50, seed=3)))


def test_each_epoch_has_its_own_order(make_loader: Any, loud: ModuleType) -> None:
    feed = Feed(make_loader(balance=Undersample(ratio=1.0)), loud.settings())
    first = rows(feed)
    feed.set_epoch(1)
    assert rows(feed) != first
    feed.set_epoch(0)
    assert rows(feed) == first


@pytest.mark.parametrize("devices", [1, 2])
def test_donors_are_seizures_of_others(make_loader: Any, loud: ModuleType, devices: int) -> None:
    loader, settings = make_loader(), loud.settings(devices=devices)
    windows = loader.batches.windows
    drawn: dict[int, int] = {}
    for rank in range(devices):
        for batch in Feed(loader, settings, with_donors=True, rank=rank):
            assert (batch.donors.labels == 1).all()
            assert (windows.subject[batch.windows] != windows.subject[batch.donors.windows]).all()
            drawn |= dict(zip(batch.windows.tolist(), batch.donors.windows.tolist(), strict=True))
    chosen = WindowLoader(loader.batches.reader, windows, seed=settings.seed).rows(0)
    chosen = chosen[: len(chosen) - len(chosen) % settings.batch_size if devices > 1 else None]
    donors = draw_donors(windows, chosen, seed=settings.seed, epoch=0)
    assert drawn == dict(zip(chosen.tolist(), donors.tolist(), strict=True))


def test_waiting_is_measured(make_loader: Any, loud: ModuleType) -> None:
    loader = make_loader(40)
    read = loader.batches.reader.read_windows

    def slowly(*asked: Any) -> np.ndarray:
        time.sleep(0.01)
        return read(*asked)

    loader.batches.reader.read_windows = slowly
    feed = Feed(loader, loud.settings(batch_size=8, n_workers=0))
    batches = iter(feed)
    next(batches)
    waited = feed.waited
    assert 0.01 <= waited < 0.1
    assert feed.n_windows == 8
    time.sleep(0.1)
    assert [len(batch) for batch in batches] == [8] * 4
    assert 0.05 <= feed.waited < 0.15
    feed.set_epoch(1)
    assert (feed.waited, feed.n_windows) == (0.0, 0)


def test_counts_are_those_that_the_balance_leaves(make_loader: Any, loud: ModuleType) -> None:
    loader = make_loader(balance=Undersample(ratio=0.5))
    counts = Feed(loader, loud.settings()).count()
    n_seizures = int(np.sum(loader.batches.windows.labels))
    assert counts.dtype == np.int64
    assert counts.tolist() == [2 * n_seizures, n_seizures]


def test_what_cannot_be_shared_is_refused(make_loader: Any, loud: ModuleType) -> None:
    with pytest.raises(ParameterError, match="batch_size: 8 is not allowed for 3 devices"):
        Feed(make_loader(), loud.settings(devices=3))
    with pytest.raises(ParameterError, match="30 came for an epoch; a batch for 2 devices has 64"):
        Feed(make_loader(30), loud.settings(batch_size=64, devices=2))


def test_a_class_that_is_missing_is_named(make_loader: Any, loud: ModuleType) -> None:
    windows = make_loader().batches.windows
    with pytest.raises(ParameterError, match="the training has none of the class 'bckg'"):
        Feed(WindowLoader(loud.LoudNights(), windows.take(windows.labels == 1)), loud.settings())
