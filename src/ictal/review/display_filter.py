"""The filters of a page: what a reader sets on the screen, as one zero-phase pass.

High-pass and low-pass are Butterworth filters of second order, as in :mod:`ictal.preprocessing.display`. They are
written out here, as the first page must not wait for the import of scipy.

References
----------
Orfanidis, Introduction to Signal Processing, 1996, section 11.5.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Literal

from ictal.core.recording import Recording
from ictal.preprocessing.filters import FilterStep
from ictal.preprocessing.notch import Notch
from ictal.preprocessing.sections import Section, Sections

HIGHEST_SHARE = 0.45
"""Of the sampling rate; no cut-off lies above."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is taken out of the EEG for the eye, in Hz; ``None`` is not set.

    Parameters
    ----------
    high_pass, low_pass : float or None
        Where the gain of one of the two passes is 1/√2.
    notch : float or None
        The mains; its multiples are taken out, too.

    Examples
    --------
    >>> Filters(0.5, 70.0, 50.0).fit(100.0)
    Filters(high_pass=0.5, low_pass=None, notch=None)
    """

    high_pass: float | None = None
    low_pass: float | None = None
    notch: float | None = None

    def fit(self, sampling_rate: float) -> Filters:
        """Return the filters that a signal of `sampling_rate` Hz can have.

        A low-pass and a notch above what the rate can carry have nothing to take out and are dropped; a high-pass is
        lowered.
        """
        highest = HIGHEST_SHARE * sampling_rate
        return Filters(
            high_pass=None if self.high_pass is None else min(self.high_pass, highest),
            low_pass=None if self.low_pass is None or self.low_pass > highest else self.low_pass,
            notch=None if self.notch is None or self.notch > highest else self.notch,
        )

    def apply(self, recording: Recording) -> Recording:
        """Return the recording seen through the filters that its rate allows; each page reads the padding it needs."""
        fitting = self.fit(recording.sampling_rate)
        if fitting == Filters():
            return recording
        return _design(fitting, recording.sampling_rate).apply(recording)


@functools.lru_cache(maxsize=64)
def _design(filters: Filters, sampling_rate: float) -> _DisplayStep:
    chosen = _DisplayStep(high_pass=filters.high_pass, low_pass=filters.low_pass, notch=filters.notch)
    return chosen.design(sampling_rate)


class _DisplayStep(FilterStep):
    """High-pass, low-pass and notch in one cascade, which costs no more than one of them."""

    step: Literal["display"] = "display"
    high_pass: float | None
    low_pass: float | None
    notch: float | None

    def find_sections(self, sampling_rate: float) -> Sections:
        sections: list[Section] = []
        if self.high_pass is not None:
            sections.append(design_section("high-pass", self.high_pass, sampling_rate))
        if self.low_pass is not None:
            sections.append(design_section("low-pass", self.low_pass, sampling_rate))
        if self.notch is not None:
            sections += Notch(frequency=self.notch).find_sections(sampling_rate)
        return tuple(sections)

    def known_gains(self, sampling_rate: float) -> dict[float, float]:
        del sampling_rate
        return {}


def design_section(kind: Literal["high-pass", "low-pass"], cutoff: float, sampling_rate: float) -> Section:
    """Return a Butterworth filter of second order.

    Parameters
    ----------
    kind : {"high-pass", "low-pass"}
    cutoff : float
        Hz, below half the sampling rate.
    sampling_rate : float
        Hz.

    Examples
    --------
    >>> [round(number, 4) for number in design_section("low-pass", 32.0, 256.0)]
    [0.0976, 0.1953, 0.0976, 1.0, -0.9428, 0.3333]
    """
    warped = math.tan(math.pi * cutoff / sampling_rate)
    norm = 1 / (1 + math.sqrt(2) * warped + warped**2)
    gain, middle = (norm, -2.0) if kind == "high-pass" else (warped**2 * norm, 2.0)
    return (gain, middle * gain, gain, 1.0, 2 * (warped**2 - 1) * norm, (1 - math.sqrt(2) * warped + warped**2) * norm)
