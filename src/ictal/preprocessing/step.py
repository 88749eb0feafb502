"""What a step of preprocessing is, and what it turns a recording or a live stream into."""

from __future__ import annotations

import abc
from functools import cached_property
from typing import Self

import numpy as np
from pydantic import BaseModel, ConfigDict

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording, RecordingView, Signal


class Step(BaseModel, abc.ABC):
    """One operation on a signal: settings, and later the designed coefficients, as plain data.

    A step is one file, one subclass and one line in :data:`ictal.preprocessing.steps.STEPS`.

    Attributes
    ----------
    step : str
        The name in the table, which tells steps apart in JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str

    @property
    @abc.abstractmethod
    def causal(self) -> bool:
        """Whether a live stream can run it: no output waits for more than a short, fixed look-ahead."""

    @abc.abstractmethod
    def apply(self, recording: Recording) -> Recording:
        """Return the recording seen through this step; nothing is read until it is read."""

    def design(self, sampling_rate: float) -> Self:
        """Return the step with its coefficients for signals of `sampling_rate` Hz.

        Raises
        ------
        ParameterError
            If the settings do not fit the rate, or the step was designed for another one.
        """
        del sampling_rate
        return self

    def output_rate(self, sampling_rate: float) -> float:
        """Return the sampling rate in Hz of what comes out when `sampling_rate` goes in."""
        return sampling_rate

    def stream(self, channels: tuple[str, ...], sampling_rate: float) -> Stream:
        """Return the step for a live signal.

        Raises
        ------
        ParameterError
            If the step is not causal.
        """
        del channels, sampling_rate
        raise ParameterError(f"{self.step}: cannot run on a stream; it needs signal that has not come yet.")


class Stream(abc.ABC):
    """A step that is fed a live signal in blocks of any length.

    Attributes
    ----------
    channels : tuple of str
        Rows of what comes out.
    sampling_rate : float
        Hz of what comes out.
    """

    channels: tuple[str, ...]
    sampling_rate: float

    @abc.abstractmethod
    def push(self, block: Signal) -> Signal:
        """Return what follows from the next samples, float32 of shape (n_channels, any length)."""

    @abc.abstractmethod
    def reset(self) -> None:
        """Forget the past: what comes next follows a gap."""

    def flush(self) -> Signal:
        """Return what was held back for its look-ahead; the signal has ended."""
        return np.empty((len(self.channels), 0), np.float32)


class SegmentRecording(RecordingView):
    """A recording seen through a step that must not look across gaps."""

    @cached_property
    def own_segments(self) -> tuple[tuple[int, int], ...]:
        """The stretches with signal, found once."""
        return self.segments

    @abc.abstractmethod
    def read_segment(self, segment: tuple[int, int], first: int, last: int) -> Signal:
        """Return samples ``[first, last)``, which lie inside `segment`."""

    def read_samples(self, first: int, last: int) -> Signal:
        touched = [(a, b) for a, b in self.own_segments if max(a, first) < min(b, last)]
        if len(touched) == 1 and touched[0][0] <= first and last <= touched[0][1]:
            return self.read_segment(touched[0], first, last)
        signal = np.full((len(self.channels), last - first), np.nan, np.float32)
        for a, b in touched:
            start, stop = max(a, first), min(b, last)
            signal[:, start - first : stop - first] = self.read_segment((a, b), start, stop)
        return signal
