"""Rows that are sums of other rows: what montages and references have in common."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ictal.core.recording import Recording, RecordingView, Signal
from ictal.preprocessing.products import multiply_columns
from ictal.preprocessing.step import Stream

Weights = NDArray[np.float64]


def mix(weights: NDArray[np.float32], signal: Signal) -> Signal:
    """Return ``weights @ signal`` in float32; rows that are mere copies are copied."""
    if _copies(weights):
        return np.asarray(signal[weights.argmax(axis=1)])
    return multiply_columns(weights, signal)


def _copies(weights: NDArray[np.float32]) -> bool:
    return bool(((weights == 1).sum(axis=1) == 1).all() and ((weights != 0).sum(axis=1) == 1).all())


class MixedRecording(RecordingView):
    """A recording whose rows are sums of those of another; only the rows that matter are read, where that can be.

    Parameters
    ----------
    inner : Recording
    weights : ndarray, shape (n_rows, n_channels of inner)
    channels : tuple of str
        Labels of the rows.
    """

    def __init__(self, inner: Recording, weights: Weights, channels: tuple[str, ...]) -> None:
        super().__init__(inner)
        self.channels = channels
        used = _in_order_of_use(weights)
        self._source = _narrow(inner, used)
        kept = weights[:, used] if self._source is not inner else weights
        self._weights = kept.astype(np.float32)
        n_rows, n_kept = kept.shape
        self._unchanged = n_rows == n_kept and bool((kept == np.eye(n_rows)).all())

    def read_samples(self, first: int, last: int) -> Signal:
        signal = self._source.read_samples(first, last)
        return signal if self._unchanged else mix(self._weights, signal)


def _in_order_of_use(weights: Weights) -> list[int]:
    rows, columns = np.nonzero(weights)
    del rows
    return list(dict.fromkeys(columns.tolist()))


def _narrow(inner: Recording, used: list[int]) -> Recording:
    """Return a recording of the used channels only, or `inner` itself where it cannot tell them apart."""
    labels = tuple(inner.channels[index] for index in used)
    first_of_name = all(inner.channels.index(label) == index for label, index in zip(labels, used, strict=True))
    return inner.select(labels) if used and first_of_name else inner


class MixingStream(Stream):
    """A live signal whose rows are sums of those that come in."""

    def __init__(self, weights: Weights, channels: tuple[str, ...], sampling_rate: float) -> None:
        self.channels = channels
        self.sampling_rate = sampling_rate
        self._weights = weights.astype(np.float32)

    def push(self, block: Signal) -> Signal:
        return mix(self._weights, block)

    def reset(self) -> None:
        """Nothing is remembered."""
