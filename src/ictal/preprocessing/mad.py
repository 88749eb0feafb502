"""Scale every channel by its median absolute deviation over the whole recording."""

from __future__ import annotations

from typing import Literal

from ictal.core.recording import Recording
from ictal.preprocessing.statistics import PerChannel, ScaledRecording, find_median_and_mad
from ictal.preprocessing.step import Step

NORMAL_MAD = 1.4826
"""Standard deviation of a normal distribution over its median absolute deviation."""


class Mad(Step):
    """(x − median) / median absolute deviation of each channel over the whole recording, gaps left out.

    Seizures and artefacts hardly move it, unlike the standard deviation. A channel without spread becomes 0.

    Attributes
    ----------
    normal : bool
        Multiply the deviation by 1.4826, so that it is the standard deviation where the signal is normal noise.

    Examples
    --------
    >>> Mad().apply(Recording.from_array([[1.0, 2.0, 3.0, 100.0, 2.0]], 1.0)).read()
    array([[-1.,  0.,  1., 98.,  0.]], dtype=float32)
    """

    step: Literal["mad"] = "mad"
    normal: bool = False

    @property
    def causal(self) -> bool:
        """No: the statistics are those of the whole recording."""
        return False

    def apply(self, recording: Recording) -> Recording:
        """Return the recording in median absolute deviations."""
        return ScaledRecording(recording, self._measure)

    def _measure(self, recording: Recording) -> tuple[PerChannel, PerChannel]:
        median, deviation = find_median_and_mad(recording)
        return median, deviation * (NORMAL_MAD if self.normal else 1.0)
