"""Keep what lies below a frequency."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from ictal.preprocessing.filters import FilterStep, design_butterworth
from ictal.preprocessing.sections import Sections


class LowPass(FilterStep):
    """Butterworth low-pass.

    Attributes
    ----------
    cutoff : float
        Hz, where the gain of one pass is 1/√2; zero-phase filtering passes twice.
    order : int
        Number of poles.

    Examples
    --------
    >>> LowPass(cutoff=64.0, phase="causal").causal
    True
    """

    step: Literal["low-pass"] = "low-pass"
    cutoff: float = Field(gt=0, allow_inf_nan=False)
    order: int = Field(default=4, ge=1, le=12)

    def find_sections(self, sampling_rate: float) -> Sections:
        return design_butterworth(self.step, "lowpass", (self.cutoff,), self.order, sampling_rate)

    def known_gains(self, sampling_rate: float) -> dict[float, float]:
        del sampling_rate
        return {0.0: 1.0, self.cutoff: 0.5**0.5}
