"""What is usual on each lead, learned as the recording goes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]


class RunningMedian:
    """A running median per lead that follows by small steps of bounded size.

    Each frame moves the median up or down by the same step, however far away the frame is; so a seizure that is ten
    times the background moves it no faster than a restless minute. The step shrinks as ``gain / n`` down to `slowest`.

    Parameters
    ----------
    n_leads : int
        Rows of the values.
    warm_up : int
        Frames whose plain median is the start; until they have come, nothing is answered.
    gain, slowest : float
        Size of the steps, in units of the values.

    Examples
    --------
    >>> median = RunningMedian(1, warm_up=3, gain=0.3, slowest=0.01)
    >>> median.push(np.array([[1.0, 5.0]])).shape
    (1, 0)
    >>> median.push(np.array([[2.0]]))
    array([[2., 2., 2.]])
    """

    def __init__(self, n_leads: int, warm_up: int, gain: float, slowest: float) -> None:
        self.gain, self.slowest, self.warm_up = gain, slowest, max(warm_up, 1)
        self._waiting: Values = np.empty((n_leads, 0))
        self._median: Values | None = None
        self._n_seen = 0

    def push(self, values: Values) -> Values:
        """Take frames, shape (n_leads, n), and return the median that each frame is held against.

        Frames of the warm-up are answered together with the frame that completes it, so the answer can be shorter or
        longer than what came, never out of order.
        """
        if self._median is not None:
            return self._follow(values)
        self._waiting = np.concatenate([self._waiting, values], axis=1)
        return self.finish() if self._waiting.shape[1] >= self.warm_up else self._waiting[:, :0]

    def finish(self) -> Values:
        """Return the medians of the frames that still wait, as in a recording shorter than the warm-up."""
        waiting, self._waiting = self._waiting, self._waiting[:, :0]
        if waiting.shape[1] == 0:
            return waiting
        start = waiting[:, : self.warm_up]
        self._median = np.median(start, axis=1)
        self._n_seen = start.shape[1]
        held = np.repeat(self._median[:, None], start.shape[1], axis=1)
        return np.concatenate([held, self._follow(waiting[:, self.warm_up :])], axis=1)

    def _follow(self, values: Values) -> Values:
        medians = np.empty_like(values)
        median = self._median
        if median is None:
            return medians[:, :0]
        for i in range(values.shape[1]):
            medians[:, i] = median
            self._n_seen += 1
            median = median + max(self.gain / self._n_seen, self.slowest) * np.sign(values[:, i] - median)
        self._median = median
        return medians
