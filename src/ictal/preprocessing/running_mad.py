"""Scale every channel by robust statistics of its recent past."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ictal.core.recording import Signal
from ictal.preprocessing.mad import NORMAL_MAD
from ictal.preprocessing.running import RunningStep, Summary
from ictal.preprocessing.statistics import PerChannel, find_distance, find_middle


class RunningMad(RunningStep):
    """(x − median) / median absolute deviation, robust within and between the stretches of a trailing window; causal.

    Median and deviation are found in every stretch, and their medians over the window are used: a window of which less
    than half is artefact or seizure is scaled as if there were none.

    Attributes
    ----------
    normal : bool
        Multiply the deviation by 1.4826, so that it is the standard deviation where the signal is normal noise.
    shared : bool
        Divide all channels by one deviation, the median of theirs, so that they keep their sizes to each other.

    Examples
    --------
    >>> RunningMad(window=30.0).causal
    True
    """

    step: Literal["running-mad"] = "running-mad"
    normal: bool = False
    shared: bool = False

    def summarise(self, stretches: Signal) -> Summary:
        centre = find_middle(stretches)
        return centre, find_middle(find_distance(stretches, centre[..., None]))

    def combine(self, centres: PerChannel, spreads: PerChannel) -> Summary:
        factor = NORMAL_MAD if self.normal else 1.0
        if self.shared:
            spreads = np.broadcast_to(np.median(spreads, axis=0), spreads.shape)
        return np.median(centres, axis=1), np.median(spreads, axis=1) * factor
