"""Keep what lies between two frequencies."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from ictal.preprocessing.filters import FilterStep, design_butterworth
from ictal.preprocessing.sections import Sections


class BandPass(FilterStep):
    """Butterworth band-pass.

    Attributes
    ----------
    low, high : float
        Hz, where the gain of one pass is 1/√2; zero-phase filtering passes twice.
    order : int
        As in ``scipy.signal.butter``: the filter has twice as many poles.

    Examples
    --------
    >>> band = BandPass(low=0.5, high=50.0).design(256.0)
    >>> len(band.sections), band.causal
    (4, False)
    """

    step: Literal["band-pass"] = "band-pass"
    low: float = Field(gt=0, allow_inf_nan=False)
    high: float = Field(gt=0, allow_inf_nan=False)
    order: int = Field(default=4, ge=1, le=12)

    def find_sections(self, sampling_rate: float) -> Sections:
        return design_butterworth(self.step, "bandpass", (self.low, self.high), self.order, sampling_rate)

    def known_gains(self, sampling_rate: float) -> dict[float, float]:
        del sampling_rate
        return {self.low: 0.5**0.5, self.high: 0.5**0.5}

    @model_validator(mode="after")
    def _band_is_not_empty(self) -> Self:
        if self.low >= self.high:
            raise ValueError(f"band-pass: low {self.low:g} Hz must be below high {self.high:g} Hz")
        return self
