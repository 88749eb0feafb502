"""What is usual on each lead, learned as the recording goes on."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from ictal.models.rule import RuleConfig, Values


class AdaptiveConfig(RuleConfig):
    """Settings of a rule that holds each lead against its own baseline.

    Attributes
    ----------
    usual : float
        Share of the seconds of a recording that the baseline lies above: what happens often is no seizure.
    warm_up : float
        Seconds of the first baseline.
    gain, slowest : float
        How fast the baseline follows; see :class:`RunningQuantile`.
    """

    usual: float = Field(default=0.5, gt=0.0, lt=1.0)
    warm_up: float = Field(default=20.0, gt=0.0)
    gain: float = Field(default=0.25, ge=0.0)
    slowest: float = Field(default=0.002, ge=0.0)

    def start_baseline(self, n_leads: int, step: float) -> RunningQuantile:
        """Return a fresh baseline for windows every `step` seconds."""
        warm_up = round(self.warm_up / step)
        return RunningQuantile(n_leads, level=self.usual, warm_up=warm_up, gain=self.gain, slowest=self.slowest)


class RunningQuantile:
    """A running quantile per lead that follows by small steps of bounded size.

    Each frame moves the quantile by a fixed step, up or down, however far away the frame is; so a seizure of ten times
    the background moves it no faster than a restless minute does. The step shrinks as ``gain / n`` down to `slowest`.

    Parameters
    ----------
    n_leads : int
        Rows of the values.
    level : float
        Share of the frames that shall lie below, between 0 and 1.
    warm_up : int
        Frames whose plain quantile is the start; until they have come, nothing is answered.
    gain, slowest : float
        Size of the steps, in units of the values.

    References
    ----------
    Tierney, A space-efficient recursive procedure for estimating a quantile of an unknown distribution, SIAM J. Sci.
    Stat. Comput. 1983.

    Examples
    --------
    >>> median = RunningQuantile(1, level=0.5, warm_up=3, gain=0.3, slowest=0.01)
    >>> median.push(np.array([[1.0, 5.0]])).shape
    (1, 0)
    >>> median.push(np.array([[2.0]]))
    array([[2., 2., 2.]])
    """

    def __init__(self, n_leads: int, *, level: float, warm_up: int, gain: float, slowest: float) -> None:
        self.level = level
        self.gain, self.slowest, self.warm_up = gain, slowest, max(warm_up, 1)
        self._waiting: Values = np.empty((n_leads, 0))
        self._quantile: Values | None = None
        self._n_seen = 0

    def push(self, values: Values) -> Values:
        """Take frames, shape (n_leads, n), and return the quantile that each frame is held against.

        Frames of the warm-up are answered together with the frame that completes it, so the answer can be shorter or
        longer than what came, never out of order.
        """
        if self._quantile is not None:
            return self._follow(values)
        self._waiting = np.concatenate([self._waiting, values], axis=1)
        return self.finish() if self._waiting.shape[1] >= self.warm_up else self._waiting[:, :0]

    def finish(self) -> Values:
        """Return the quantiles of the frames that still wait, as in a recording shorter than the warm-up."""
        waiting, self._waiting = self._waiting, self._waiting[:, :0]
        if waiting.shape[1] == 0:
            return waiting
        start = waiting[:, : self.warm_up]
        self._quantile = np.quantile(start, self.level, axis=1)
        self._n_seen = start.shape[1]
        held = np.repeat(self._quantile[:, None], start.shape[1], axis=1)
        return np.concatenate([held, self._follow(waiting[:, self.warm_up :])], axis=1)

    def _follow(self, values: Values) -> Values:
        quantiles = np.empty_like(values)
        quantile = self._quantile
        if quantile is None:
            return quantiles[:, :0]
        for i in range(values.shape[1]):
            quantiles[:, i] = quantile
            self._n_seen += 1
            step = max(self.gain / self._n_seen, self.slowest)
            quantile = quantile + step * (self.level - (values[:, i] < quantile))
        self._quantile = quantile
        return quantiles
