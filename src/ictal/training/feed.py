"""What a trainer is fed with: the batches of one epoch after another, in an order that is known beforehand."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ictal.core.errors import ParameterError
from ictal.data.balance import Indices, draw_donors
from ictal.data.batch import Batch
from ictal.data.loader import WindowLoader
from ictal.training.settings import TrainingSettings


class Feed:
    """The batches of the epoch that `epoch` says, as one device is to see them.

    Several devices share each batch: every one has the same number of its windows, so the last batch, if it is not
    full, is left out. One device sees all windows, unless the last batch were a single one, which no batch norm takes.

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
    epoch : int
        Which epoch is read next.
    waited : float
        Seconds that were spent waiting for batches since it was last set to 0.
    n_windows : int
        Windows that were read since then, by all devices.
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
        reading = {
            "batch_size": settings.batch_size // settings.devices,
            "n_workers": settings.n_workers,
            "pin_memory": pin_memory,
            "drop_last": False,
        }
        self.windows = loader.batches.windows
        self._loader = WindowLoader(
            loader.batches.reader,
            self.windows,
            balance=loader.balance,
            settings=loader.settings.model_copy(update=reading),
            seed=settings.seed,
        )
        self._settings, self._rank, self._with_donors = settings, rank, with_donors
        self.epoch, self.waited, self.n_windows = 0, 0.0, 0
        self._n_batches = -(-len(self._own_rows(0)) // self._loader.settings.batch_size)

    def __len__(self) -> int:
        return self._n_batches

    def __iter__(self) -> Iterator[Batch]:
        """Read the epoch, and note how long its batches are waited for."""
        batches = self._read()
        while True:
            begun = time.perf_counter()
            batch = next(batches, None)
            self.waited += time.perf_counter() - begun
            if batch is None:
                return
            self.n_windows += len(batch) * self._settings.devices
            yield batch

    def count(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Return how many windows (or frames of windows) of each class the first epoch shows, shape (n_classes,).

        Raises
        ------
        ParameterError
            If it shows none of a class, or has no batch.
        """
        windows = self.windows
        if len(self) == 0:
            raise ParameterError(
                f"windows: the training has {len(windows)}, of which the balance leaves less than one batch of "
                f"{self._settings.batch_size}."
            )
        counts = np.bincount(windows.labels[self._all_rows(0)].ravel(), minlength=len(windows.classes))
        for name, count in zip(windows.classes, counts, strict=True):
            if count == 0:
                raise ParameterError(f"windows: the training has none of the class {name!r}; no network can learn it.")
        return counts.astype(np.int64)

    def _read(self) -> Iterator[Batch]:
        epoch, rows = self.epoch, self._own_rows(self.epoch)
        batches = self._loader.epoch(epoch, rows=rows)
        if self._with_donors:
            donors = draw_donors(self.windows, rows, seed=self._settings.seed, epoch=epoch)
            pairs = zip(batches, self._loader.epoch(epoch, rows=donors), strict=True)
            batches = (replace(batch, donors=donor) for batch, donor in pairs)
        for batch in batches:
            yield replace(batch, number=batch.number * self._settings.devices + self._rank)

    def _all_rows(self, epoch: int) -> Indices:
        rows, size = self._loader.rows(epoch), self._settings.batch_size
        left = len(rows) % size
        left_out = left if self._settings.devices > 1 or (left == 1 and len(rows) > 1) else 0
        return rows[: len(rows) - left_out]

    def _own_rows(self, epoch: int) -> Indices:
        return self._all_rows(epoch)[self._rank :: self._settings.devices]
