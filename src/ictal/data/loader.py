"""Batches of windows for a network, read whole, in an order that workers do not change.

Workers are threads. A batch is a few large copies, during which Python's lock is let go; a process would have to hand
each batch over, which costs ten times as long as to read it, and it outlives a trainer that is killed. Where processes
are wanted nevertheless, torch's own loader reads a :class:`BatchSet`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, ConfigDict, Field
from torch.utils.data import Dataset

from ictal.core.errors import ParameterError
from ictal.data.balance import AllWindows, Balance, Indices
from ictal.data.batch import Batch
from ictal.data.prepared import PreparedRecording
from ictal.data.windows import WindowTable

Asked = tuple[int, int, Indices]
"""The epoch, the place of the batch in it, and its windows."""


class WindowReader(Protocol):
    """What signal is read from: a :class:`~ictal.data.store.Store`, or what behaves like one.

    It is sent to workers, so it must open in each of them what it reads from.
    """

    @property
    def recordings(self) -> tuple[PreparedRecording, ...]:
        """What windows are of."""

    def read_windows(self, recordings: ArrayLike, starts: ArrayLike, length: int) -> NDArray[np.float32]:
        """Return windows, shape (n, n_channels, length)."""


class LoaderSettings(BaseModel):
    """How batches are read; none of it changes what is in them, but their size.

    Attributes
    ----------
    batch_size : int
    n_workers : int
        Threads that read ahead; 0 reads when asked.
    prefetch : int
        Batches that each of them reads ahead.
    pin_memory : bool
        Put batches where a GPU copies them from fast.
    drop_last : bool
        Leave out the last batch where it is not full.

    Examples
    --------
    >>> LoaderSettings(batch_size=32).n_workers
    1
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    batch_size: int = Field(default=64, gt=0)
    n_workers: int = Field(default=1, ge=0)
    prefetch: int = Field(default=2, gt=0)
    pin_memory: bool = False
    drop_last: bool = False


class BatchSet(Dataset[Batch]):
    """Batches of windows, each asked for by the numbers of its windows and read in one call.

    Parameters
    ----------
    reader : WindowReader
        A store.
    windows : WindowTable
        Cut from it.

    Raises
    ------
    ParameterError
        If the windows were cut from other recordings.
    """

    def __init__(self, reader: WindowReader, windows: WindowTable) -> None:
        if [one.name for one in reader.recordings] != [one.name for one in windows.recordings]:
            raise ParameterError("windows: those of other recordings came; they must be cut from what is read.")
        self.reader = reader
        self.windows = windows

    def __getitem__(self, asked: Asked) -> Batch:
        """Return one batch."""
        epoch, number, rows = asked
        chosen = self.windows.take(rows)
        first = self.windows.recordings[chosen.recording[0]]
        return Batch(
            signal=torch.from_numpy(self.reader.read_windows(chosen.recording, chosen.start, chosen.length)),
            labels=torch.from_numpy(chosen.labels.astype(np.int64)),
            channels=first.channels,
            sampling_rate=first.sampling_rate,
            n_classes=len(self.windows.classes),
            windows=torch.from_numpy(rows),
            epoch=epoch,
            number=number,
        )


class WindowLoader:
    """Epochs of batches.

    The batches of an epoch follow from the windows, the balance, the seed and the batch size alone. An epoch that was
    cut short goes on from any batch, as if it never had been.

    Parameters
    ----------
    reader : WindowReader
        A store.
    windows : WindowTable
        Cut from it.
    balance : Balance, optional
        All windows once, shuffled, where not given.
    settings : LoaderSettings, optional
    seed : int
        0 or more.

    Raises
    ------
    ParameterError
        If the windows were cut from other recordings.
    """

    def __init__(
        self,
        reader: WindowReader,
        windows: WindowTable,
        *,
        balance: Balance | None = None,
        settings: LoaderSettings | None = None,
        seed: int = 0,
    ) -> None:
        self.batches = BatchSet(reader, windows)
        self.balance = AllWindows() if balance is None else balance
        self.settings = LoaderSettings() if settings is None else settings
        self.seed = seed

    def rows(self, epoch: int) -> Indices:
        """Return the windows of an epoch in the order in which they are shown, shape (n,)."""
        return self.balance.draw(self.batches.windows.window_labels, seed=self.seed, epoch=epoch)

    def epoch(self, epoch: int, *, first_batch: int = 0, rows: Indices | None = None) -> Iterator[Batch]:
        """Read the batches of an epoch.

        Parameters
        ----------
        epoch : int
            0 or more.
        first_batch : int
            Those before it are not read.
        rows : ndarray of int64, optional
            Other windows than the balance draws: all in order for a validation, or donors for those of this epoch.

        Raises
        ------
        ParameterError
            If the epoch has fewer batches than `first_batch`.
        """
        asked = self._ask(epoch, self.rows(epoch) if rows is None else rows)
        if not 0 <= first_batch <= len(asked):
            raise ParameterError(f"first batch: {first_batch!r} came; epoch {epoch} has {len(asked)} batches.")
        return _read_ahead(self._read, asked[first_batch:], self.settings.n_workers, self.settings.prefetch)

    def n_batches(self, epoch: int) -> int:
        """Return how many batches an epoch has."""
        return len(self._ask(epoch, self.rows(epoch)))

    def _ask(self, epoch: int, rows: Indices) -> list[Asked]:
        size = self.settings.batch_size
        stop = len(rows) - len(rows) % size if self.settings.drop_last else len(rows)
        return [(epoch, number, rows[first : first + size]) for number, first in enumerate(range(0, stop, size))]

    def _read(self, asked: Asked) -> Batch:
        batch = self.batches[asked]
        return batch.pin_memory() if self.settings.pin_memory else batch


def _read_ahead(
    read: Callable[[Asked], Batch], asked: Sequence[Asked], n_workers: int, prefetch: int
) -> Iterator[Batch]:
    """Yield what is read in the order in which it is asked for, while the next ones are being read."""
    if n_workers == 0:
        yield from map(read, asked)
        return
    pool = ThreadPoolExecutor(n_workers, thread_name_prefix="read-ahead")
    try:
        reading: deque[Future[Batch]] = deque()
        for one in asked:
            reading.append(pool.submit(read, one))
            if len(reading) > n_workers * prefetch:
                yield reading.popleft().result()
        while reading:
            yield reading.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
