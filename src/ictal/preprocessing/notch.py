"""Take out the mains and its harmonics."""

from __future__ import annotations

from functools import cached_property
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording, RecordingView, Signal
from ictal.preprocessing.filters import FilterStep
from ictal.preprocessing.sections import Section, Sections
from ictal.preprocessing.step import Stream

MAINS = (50.0, 60.0)
"""Hz, of the power grids of the world."""

_STRETCHES, _STRETCH_SECONDS = 16, 4.0
_LINE_HALF_WIDTH, _NEIGHBOURHOOD = 0.5, 5.0
_STANDS_OUT = 5.0


class Notch(FilterStep):
    """Narrow notches at a frequency and its multiples.

    Attributes
    ----------
    frequency : float or "auto"
        Hz. ``auto`` looks at up to 64 s of the recording and takes the mains frequency that stands out, if any.
    harmonics : bool
        Take out every multiple below half the sampling rate, too.
    quality : float
        Frequency over width of the notch.

    References
    ----------
    Orfanidis, Introduction to Signal Processing, 1996, section 11.3.

    Examples
    --------
    >>> len(Notch(frequency=50).design(256.0).sections)
    2
    """

    step: Literal["notch"] = "notch"
    frequency: float | Literal["auto"] = "auto"
    harmonics: bool = True
    quality: float = Field(default=30.0, gt=0, allow_inf_nan=False)

    @property
    def causal(self) -> bool:
        """Whether the phase is causal and the frequency does not wait for the recording."""
        return self.phase == "causal" and self.frequency != "auto"

    def frequencies(self, sampling_rate: float) -> tuple[float, ...]:
        """Return where the notches are in Hz.

        Raises
        ------
        ParameterError
            If the frequency is not above 0 and below half the sampling rate.
        """
        if self.frequency == "auto":
            return ()
        if not 0 < self.frequency < sampling_rate / 2:
            raise ParameterError(
                f"notch: {self.frequency:g} Hz is not allowed for a signal of {sampling_rate:g} Hz; "
                f"it must be above 0 and below {sampling_rate / 2:g} Hz."
            )
        highest = int(np.ceil(sampling_rate / 2 / self.frequency)) - 1 if self.harmonics else 1
        return tuple(self.frequency * multiple for multiple in range(1, highest + 1))

    def find_sections(self, sampling_rate: float) -> Sections:
        return tuple(_notch_section(each, self.quality, sampling_rate) for each in self.frequencies(sampling_rate))

    def known_gains(self, sampling_rate: float) -> dict[float, float]:
        return dict.fromkeys(self.frequencies(sampling_rate), 0.0)

    def design(self, sampling_rate: float) -> Self:
        """Return the filter with its sections; ``auto`` is designed when a recording is read."""
        return self if self.frequency == "auto" else super().design(sampling_rate)

    def apply(self, recording: Recording) -> Recording:
        """Return the recording without its mains."""
        return AutoNotchRecording(recording, self) if self.frequency == "auto" else super().apply(recording)

    def stream(self, channels: tuple[str, ...], sampling_rate: float) -> Stream:
        """Return the filter for a live signal.

        Raises
        ------
        ParameterError
            If the phase is not causal, or the frequency is ``auto``.
        """
        if self.frequency == "auto" and self.phase == "causal":
            raise ParameterError("notch: frequency 'auto' is not allowed on a stream; give 50 or 60.")
        return super().stream(channels, sampling_rate)


def _notch_section(frequency: float, quality: float, sampling_rate: float) -> Section:
    angle = 2 * np.pi * frequency / sampling_rate
    gain = float(1 / (1 + np.tan(angle / quality / 2)))
    middle = float(-2 * gain * np.cos(angle))
    return (gain, middle, gain, 1.0, middle, 2 * gain - 1)


class AutoNotchRecording(RecordingView):
    """A recording without the mains that was found in it."""

    def __init__(self, inner: Recording, notch: Notch) -> None:
        super().__init__(inner)
        self._notch = notch

    @cached_property
    def line_frequency(self) -> float | None:
        """The mains frequency in Hz that stands out, or ``None``; measured once."""
        return find_line_frequency(self.inner)

    @cached_property
    def _filtered(self) -> Recording:
        if self.line_frequency is None:
            return self.inner
        return self._notch.model_copy(update={"frequency": self.line_frequency}).apply(self.inner)

    def own_notes(self) -> tuple[str, ...]:
        if self.line_frequency is None:
            return ("notch: no mains frequency stands out; nothing was taken out",)
        return (f"notch: mains of {self.line_frequency:g} Hz was taken out",)

    def read_samples(self, first: int, last: int) -> Signal:
        return self._filtered.read_samples(first, last)


def find_line_frequency(recording: Recording) -> float | None:
    """Return which mains frequency stands out in a recording.

    At most 16 stretches of 4 s, spread over the recording, are looked at. A line stands out when the power within
    0.5 Hz of it is, on average over channels, at least five times that of the surrounding 5 Hz on either side.

    Returns
    -------
    float or None
        50.0 or 60.0; the stronger one of both; ``None`` where neither stands out.
    """
    length = int(_STRETCH_SECONDS * recording.sampling_rate)
    segments = [(first, last) for first, last in recording.segments if last - first >= length]
    candidates = [line for line in MAINS if line + _NEIGHBOURHOOD / 2 < recording.sampling_rate / 2]
    if not segments or not candidates:
        return None
    starts = np.concatenate([np.arange(first, last - length + 1, length) for first, last in segments])
    chosen = starts[np.unique(np.linspace(0, len(starts) - 1, _STRETCHES).round().astype(int))]
    power = np.mean([_power(recording.read_samples(start, start + length)) for start in chosen.tolist()], axis=0)
    frequencies = np.asarray(np.fft.rfftfreq(length, 1 / recording.sampling_rate), dtype=np.float64)
    prominence = {line: _prominence(power, frequencies, line) for line in candidates}
    strongest = max(prominence, key=lambda line: prominence[line])
    return strongest if prominence[strongest] >= _STANDS_OUT else None


def _power(signal: Signal) -> NDArray[np.float64]:
    """Return the power of every channel at every frequency, through a Hann window."""
    centred = signal - signal.mean(axis=1, keepdims=True, dtype=np.float64)
    spectrum = np.fft.rfft(centred * np.hanning(signal.shape[1]))
    return np.asarray(np.abs(spectrum) ** 2)


def _prominence(power: NDArray[np.float64], frequencies: NDArray[np.float64], line: float) -> float:
    """Return how much more power there is at a line than around it, averaged over the channels that have any."""
    distance = np.abs(frequencies - line)
    at_line = power[:, distance <= _LINE_HALF_WIDTH].mean(axis=1)
    around = np.median(power[:, (distance > 2 * _LINE_HALF_WIDTH) & (distance <= _NEIGHBOURHOOD)], axis=1)
    alive = at_line > 0
    floor = np.finfo(np.float64).tiny
    return float(np.mean(at_line[alive] / np.maximum(around[alive], floor))) if alive.any() else 0.0
