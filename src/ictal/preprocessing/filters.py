"""What all filters share: a design that is plain data, a lazy recording, a stream."""

from __future__ import annotations

import abc
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, FiniteFloat, model_validator

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording, Signal
from ictal.preprocessing.sections import (
    Sections,
    block_filter,
    edge_length,
    filter_causal,
    filter_zero_phase,
    gain_at,
    memory_length,
    steady_state,
)
from ictal.preprocessing.step import SegmentRecording, Step, Stream

SectionNumbers = Annotated[
    tuple[tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat], ...],
    Field(description="second-order sections (b0, b1, b2, 1, a1, a2)"),
]


class FilterStep(Step):
    """A filter of second-order sections; base of the band-pass, low-pass, high-pass and notch.

    Attributes
    ----------
    phase : {"zero", "causal"}
        Forward and backward without a shift in time, or forward only.
    start : {"steady", "zero"}
        A causal filter begins as if its first sample had always been there, or as if there had been zeros.
    sections : tuple of (b0, b1, b2, 1, a1, a2)
        The design; empty until :meth:`design`.
    designed_for : float or None
        The sampling rate of the design in Hz.
    """

    phase: Literal["zero", "causal"] = "zero"
    start: Literal["steady", "zero"] = "steady"
    sections: SectionNumbers = ()
    designed_for: float | None = Field(default=None, gt=0, allow_inf_nan=False)

    @abc.abstractmethod
    def find_sections(self, sampling_rate: float) -> Sections:
        """Return the sections for signals of `sampling_rate` Hz."""

    @abc.abstractmethod
    def known_gains(self, sampling_rate: float) -> dict[float, float]:
        """Return frequencies in Hz at which the settings fix the gain, and that gain."""

    @property
    def causal(self) -> bool:
        """Whether the phase is causal."""
        return self.phase == "causal"

    def design(self, sampling_rate: float) -> Self:
        """Return the filter with its sections for `sampling_rate` Hz.

        Raises
        ------
        ParameterError
            If a frequency does not fit under half the rate, or the filter was designed for another rate.
        """
        if self.designed_for is None:
            return self.model_copy(
                update={"sections": self.find_sections(sampling_rate), "designed_for": float(sampling_rate)}
            )
        if abs(self.designed_for - sampling_rate) > 1e-9 * sampling_rate:
            raise ParameterError(
                f"{self.step}: designed for {self.designed_for:g} Hz, but a signal of {sampling_rate:g} Hz came; "
                "resample first, or give the step without sections."
            )
        return self

    def apply(self, recording: Recording) -> Recording:
        """Return the recording seen through the filter; each stretch between gaps is filtered by itself."""
        return FilteredRecording(recording, self.design(recording.sampling_rate))

    def stream(self, channels: tuple[str, ...], sampling_rate: float) -> Stream:
        """Return the filter for a live signal.

        Raises
        ------
        ParameterError
            If the phase is not causal.
        """
        if not self.causal:
            return super().stream(channels, sampling_rate)
        designed = self.design(sampling_rate)
        return FilterStream(channels, sampling_rate, designed.sections, steady=self.start == "steady")

    @model_validator(mode="after")
    def _design_fits(self) -> Self:
        if self.start == "zero" and self.phase == "zero":
            raise ValueError(f"{self.step}: start='zero' needs phase='causal'; zero-phase filters start steady")
        if (self.designed_for is None) != (not self.sections):
            raise ValueError(f"{self.step}: sections and designed_for come together or not at all")
        if self.designed_for is None:
            return self
        for _, _, _, a0, a1, a2 in self.sections:
            if a0 != 1 or abs(a2) >= 1 or abs(a1) >= 1 + a2:
                raise ValueError(
                    f"{self.step}: the section (1, {a1:g}, {a2:g}) is not stable, or does not begin with 1"
                )
        for frequency, gain in self.known_gains(self.designed_for).items():
            if abs(gain_at(self.sections, frequency, self.designed_for) - gain) > 1e-3:
                raise ValueError(
                    f"{self.step}: the sections were designed for other settings; leave out sections and designed_for "
                    "to design them anew"
                )
        return self


def design_butterworth(
    step: str,
    kind: Literal["lowpass", "highpass", "bandpass"],
    cutoffs: tuple[float, ...],
    order: int,
    sampling_rate: float,
) -> Sections:
    """Return the sections of a Butterworth filter.

    Parameters
    ----------
    step : str
        Who asks, for messages.
    kind : {"lowpass", "highpass", "bandpass"}
    cutoffs : tuple of float
        Hz, where the gain of one pass is 1/√2.
    order : int
        As in ``scipy.signal.butter``: a band-pass has twice as many poles.
    sampling_rate : float
        Hz.

    Raises
    ------
    ParameterError
        If a cutoff is not below half the sampling rate.
    """
    if max(cutoffs) >= sampling_rate / 2:
        raise ParameterError(
            f"{step}: {max(cutoffs):g} Hz is not allowed for a signal of {sampling_rate:g} Hz; "
            f"it must be below {sampling_rate / 2:g} Hz."
        )
    from scipy.signal import butter

    numbers = butter(order, cutoffs if kind == "bandpass" else cutoffs[0], kind, fs=sampling_rate, output="sos")
    return tuple((b0, b1, b2, a0, a1, a2) for b0, b1, b2, a0, a1, a2 in numbers.tolist())


class FilteredRecording(SegmentRecording):
    """A recording seen through a filter."""

    def __init__(self, inner: Recording, designed: FilterStep) -> None:
        super().__init__(inner)
        self._sections = designed.sections
        self._zero_phase = designed.phase == "zero"
        self._steady = designed.start == "steady"
        self._edge = edge_length(self._sections)
        self._memory = max(memory_length(self._sections), self._edge + 1)

    def read_segment(self, segment: tuple[int, int], first: int, last: int) -> Signal:
        begin, end = segment
        start = max(begin, first - self._memory)
        if self._zero_phase:
            stop = min(end, last + self._memory)
            edge = min(self._edge, end - begin - 1)
            signal = self.inner.read_samples(start, stop)
            filtered = filter_zero_phase(
                self._sections, signal, edge if start == begin else 0, edge if stop == end else 0
            )
        else:
            signal = self.inner.read_samples(start, last)
            filtered = filter_causal(self._sections, signal, steady=self._steady or start > begin)
        return filtered[:, first - start : last - start]


class FilterStream(Stream):
    """A causal filter that is fed a live signal."""

    def __init__(self, channels: tuple[str, ...], sampling_rate: float, sections: Sections, *, steady: bool) -> None:
        self.channels = channels
        self.sampling_rate = sampling_rate
        self._sections = sections
        self._steady = steady
        self._state: NDArray[np.float64] | None = None

    def push(self, block: Signal) -> Signal:
        if block.shape[1] == 0:
            return block
        signal = block.astype(np.float64)
        if self._state is None:
            self._state = np.outer(signal[:, 0] * self._steady, steady_state(self._sections))
        filtered, self._state = block_filter(self._sections).advance(signal, self._state)
        return filtered.astype(np.float32)

    def reset(self) -> None:
        self._state = None
