"""What a trainer is fed with: the batches of one epoch after another, in an order that is known beforehand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.data.balance import Indices, draw_donors
from ictal.data.batch import Batch
from ictal.data.loader import WindowLoader
from ictal.data.windows import WindowTable
from ictal.training.settings import TrainingSettings


class Feed:
    """The batches of an epoch, as one device is to see them.

    Several devices share each batch: every one has the same number of its windows, so the last batch is left out where
    it is not full. One device sees all windows, but for a last batch of a single one, which no batch norm takes.

    Parameters
    ----------
    loader : WindowLoader
        Its windows and its balance; the batch size, the seed and the workers are those of the settings.
    settings : TrainingSettings
    with_donors : bool
        Give each window a seizure of another subject, for what lays one over it.
    rank : int
        Which of ``settings.devices`` it is for.
    pin_memory : bool
        Put batches where a GPU copies them from fast.

    Attributes
    ----------
    windows : WindowTable
        What is drawn from.
    waited : float
        Seconds that were spent waiting for batches since the epoch was set.
    n_windows : int
        Windows that all devices were shown since then.

    Raises
    ------
    ParameterError
        If there are no windows, or none of a class, or less than a batch, or the devices cannot share a batch.
    """

    def __init__(
        self,
        loader: WindowLoader,
        settings: TrainingSettings,
        *,
        with_donors: bool = False,
        rank: int = 0,
        pin_memory: bool = False,
    ) -> None:
        if settings.batch_size % settings.devices:
            raise ParameterError(
                f"batch_size: {settings.batch_size} is not allowed for {settings.devices} devices; each has the same "
                "number of windows."
            )
        reading = loader.settings.model_copy(
            update={
                "batch_size": settings.batch_size // settings.devices,
                "n_workers": settings.n_workers,
                "pin_memory": pin_memory,
                "drop_last": False,
            }
        )
        self.windows = loader.batches.windows
        self._loader = WindowLoader(
            loader.batches.reader, self.windows, balance=loader.balance, settings=reading, seed=settings.seed
        )
        self._settings, self._rank, self._with_donors = settings, rank, with_donors
        _check_classes(self.windows, self.windows.labels, "the training has")
        self._n_batches = -(-len(self._own_rows(0)) // reading.batch_size)
        if not self._n_batches:
            raise ParameterError(
                f"windows: {len(self._loader.rows(0))} came for an epoch; a batch for {settings.devices} devices has "
                f"{settings.batch_size}."
            )
        self.set_epoch(0)

    def set_epoch(self, epoch: int) -> None:
        """Say which epoch is read next."""
        self._epoch, self.waited, self.n_windows = epoch, 0.0, 0

    def __len__(self) -> int:
        return self._n_batches

    def __iter__(self) -> Iterator[Batch]:
        """Read the epoch, and note how long its batches are waited for."""
        batches = self._read(self._epoch)
        while True:
            begun = time.perf_counter()
            batch = next(batches, None)
            self.waited += time.perf_counter() - begun
            if batch is None:
                return
            self.n_windows += len(batch) * self._settings.devices
            yield batch

    def count(self) -> NDArray[np.int64]:
        """Return how many windows (or frames of windows) of each class the first epoch shows, shape (n_classes,).

        Raises
        ------
        ParameterError
            If it shows none of a class.
        """
        return _check_classes(self.windows, self.windows.labels[self._rows(0)], "the balance leaves")

    def _read(self, epoch: int) -> Iterator[Batch]:
        rows = self._own_rows(epoch)
        batches = self._loader.epoch(epoch, rows=rows)
        if self._with_donors:
            donors = draw_donors(self.windows, self._rows(epoch), seed=self._settings.seed, epoch=epoch)
            pairs = zip(batches, self._loader.epoch(epoch, rows=self._share(donors)), strict=True)
            batches = (replace(batch, donors=donor) for batch, donor in pairs)
        for batch in batches:
            yield replace(batch, number=batch.number * self._settings.devices + self._rank)

    def _own_rows(self, epoch: int) -> Indices:
        return self._share(self._rows(epoch))

    def _share(self, rows: Indices) -> Indices:
        return rows[self._rank :: self._settings.devices]

    def _rows(self, epoch: int) -> Indices:
        rows, size = self._loader.rows(epoch), self._settings.batch_size
        left = len(rows) % size
        left_out = left if self._settings.devices > 1 or (left == 1 and len(rows) > 1) else 0
        return rows[: len(rows) - left_out]


def _check_classes(windows: WindowTable, labels: NDArray[np.int8], who: str) -> NDArray[np.int64]:
    counts = np.bincount(labels.ravel(), minlength=len(windows.classes)).astype(np.int64)
    for name, count in zip(windows.classes, counts, strict=True):
        if count == 0:
            raise ParameterError(f"windows: {who} none of the class {name!r}; no network can learn it.")
    return counts
