"""Scale every channel to mean 0 and standard deviation 1 over the whole recording."""

from __future__ import annotations

from typing import Literal

from ictal.core.recording import Recording
from ictal.preprocessing.statistics import ScaledRecording, find_mean_and_deviation
from ictal.preprocessing.step import Step


class ZScore(Step):
    """(x − mean) / standard deviation of each channel, from one pass over the whole recording, gaps left out.

    The deviation is that of the population; a channel that never changes becomes 0.

    Examples
    --------
    >>> ZScore().apply(Recording.from_array([[1.0, 2.0, 3.0]], 1.0)).read().round(3)
    array([[-1.225,  0.   ,  1.225]], dtype=float32)
    """

    step: Literal["z-score"] = "z-score"

    @property
    def causal(self) -> bool:
        """No: the statistics are those of the whole recording."""
        return False

    def apply(self, recording: Recording) -> Recording:
        """Return the recording in standard deviations."""
        return ScaledRecording(recording, find_mean_and_deviation)
