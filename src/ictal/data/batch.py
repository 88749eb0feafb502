"""What a network is shown at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor
from torch.nn.functional import one_hot


@dataclass(frozen=True, eq=False)
class Batch:
    """Windows and their labels, and what is known of all of them.

    Parameters
    ----------
    signal : Tensor of float32, shape (n, n_channels, n_samples)
    labels : Tensor
        Of int64, shape (n,) or (n, n_frames); or, where windows were mixed, shares of float32 with one more axis of
        `n_classes`.
    channels : tuple of str
        The rows of the signal.
    sampling_rate : float
        Hz.
    n_classes : int
        The background among them.
    windows : Tensor of int64, shape (n,), optional
        The rows of the window table.
    epoch, number : int
        The epoch, and the place of the batch in it.
    donors : Batch, optional
        One seizure for each window, which may be laid over it.

    Examples
    --------
    >>> batch = Batch(torch.zeros(2, 1, 4), torch.tensor([0, 1]), ("C3",), 256.0)
    >>> batch.softened().labels
    tensor([[1., 0.],
            [0., 1.]])
    """

    signal: Tensor
    labels: Tensor
    channels: tuple[str, ...]
    sampling_rate: float
    n_classes: int = 2
    windows: Tensor | None = None
    epoch: int = 0
    number: int = 0
    donors: Batch | None = None

    def __len__(self) -> int:
        return len(self.signal)

    @property
    def soft(self) -> bool:
        """Whether the labels are shares of classes."""
        return self.labels.is_floating_point()

    @property
    def framed(self) -> bool:
        """Whether each frame of a window has its own label."""
        return self.labels.ndim - self.soft == 2

    @property
    def background(self) -> Tensor:
        """Which windows hold nothing but background, bool of shape (n,)."""
        quiet = self.labels[..., 0] == 1.0 if self.soft else self.labels == 0
        return quiet.reshape(len(self), -1).all(dim=1)

    def softened(self) -> Self:
        """Return the batch with shares of classes for labels."""
        if self.soft:
            return self
        return replace(self, labels=one_hot(self.labels, self.n_classes).float())

    def take(self, rows: Tensor) -> Self:
        """Return some of the windows."""
        return replace(
            self,
            signal=self.signal[rows],
            labels=self.labels[rows],
            windows=None if self.windows is None else self.windows[rows],
            donors=None if self.donors is None else self.donors.take(rows),
        )

    def put(self, rows: Tensor, changed: Batch) -> Self:
        """Return the batch with the signal and labels of some windows replaced; this one stays as it is."""
        return replace(
            self,
            signal=self.signal.index_copy(0, rows, changed.signal),
            labels=self.labels.index_copy(0, rows, changed.labels),
        )

    def to(self, device: torch.device | str, non_blocking: bool = False) -> Self:
        """Return the batch on a device."""
        return self._moved(lambda tensor: tensor.to(device, non_blocking=non_blocking))

    def pin_memory(self) -> Self:
        """Return the batch in memory from which a GPU copies fast."""
        return self._moved(torch.Tensor.pin_memory)

    def _moved(self, move: Callable[[Tensor], Tensor]) -> Self:
        return replace(
            self,
            signal=move(self.signal),
            labels=move(self.labels),
            windows=None if self.windows is None else move(self.windows),
            donors=None if self.donors is None else self.donors._moved(move),
        )
