"""Scale every channel by the mean and standard deviation of its recent past."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ictal.core.recording import Signal
from ictal.preprocessing.running import RunningStep, Summary
from ictal.preprocessing.statistics import PerChannel


class RunningZScore(RunningStep):
    """(x − mean) / standard deviation over the whole stretches of a trailing window; causal.

    Examples
    --------
    >>> RunningZScore(window=30.0).causal
    True
    """

    step: Literal["running-z-score"] = "running-z-score"

    def summarise(self, stretches: Signal) -> Summary:
        return stretches.mean(axis=-1, dtype=np.float64), stretches.std(axis=-1, dtype=np.float64)

    def combine(self, centres: PerChannel, spreads: PerChannel) -> Summary:
        # All stretches are equally long, so the variances within and between them add up to that of the whole.
        return centres.mean(axis=1), np.sqrt((spreads**2).mean(axis=1) + centres.var(axis=1))
