"""Scaling by what was seen lately: statistics of whole stretches of a trailing window.

The signal is cut into short stretches; each stretch is scaled by the statistics of the stretches in the window before
it. So every value depends on a known, finite past, reading at random equals reading in order, and a stream needs to
keep two numbers a channel and stretch.
"""

from __future__ import annotations

import abc
from collections import deque
from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from ictal.core.recording import Recording, Signal
from ictal.preprocessing.statistics import PerChannel, rescale
from ictal.preprocessing.step import SegmentRecording, Step, Stream

Summary = tuple[PerChannel, PerChannel]
"""Centre and spread, one number for each channel, or for each channel and stretch."""


class RunningStep(Step):
    """Base of the steps that scale by a trailing window.

    Attributes
    ----------
    window : float
        Seconds of the past that count; a segment begins with fewer.
    update : float
        Seconds of a stretch, and how often the statistics are renewed. The first stretch of a segment has no past and
        is 0.
    floor : float
        The least spread, in units of the signal, so that silence is not blown up to noise.
    typical : float or None
        A usual spread, in units of the signal: where little has been seen, the scale is nearer to it. Without it the
        first stretch of a segment, which has no past, is 0.
    trust : float
        Seconds of the past for which `typical` counts, as if they had been seen; the mean is geometric.
    limit : float or None
        Values farther from 0 than this, in spreads, are set to it: an artefact behind a quiet minute has no end.
    """

    window: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    update: float = Field(default=1.0, gt=0, allow_inf_nan=False)
    floor: float = Field(default=1e-3, gt=0, allow_inf_nan=False)
    typical: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    trust: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    limit: float | None = Field(default=None, gt=0, allow_inf_nan=False)

    @property
    def causal(self) -> bool:
        """Yes: only the past counts."""
        return True

    @abc.abstractmethod
    def summarise(self, stretches: Signal) -> Summary:
        """Return centre and spread along the last axis."""

    @abc.abstractmethod
    def combine(self, centres: PerChannel, spreads: PerChannel) -> Summary:
        """Return centre and spread of several stretches, from theirs, each of shape (n_channels, n_stretches)."""

    def scale(self, signal: Signal, past: Summary) -> Signal:
        """Return samples of one stretch in units of the stretches before it."""
        n_channels, n_seen = past[0].shape
        if n_seen == 0:
            if self.typical is None:
                return np.zeros_like(signal)
            centre, spread = np.zeros(n_channels), np.full(n_channels, self.typical)
        else:
            centre, spread = self.combine(*past)
        spread = np.maximum(spread, self.floor)
        if self.typical is not None:
            seen = n_seen * self.update / (n_seen * self.update + self.trust)
            spread = spread**seen * self.typical ** (1.0 - seen)
        scaled = rescale(signal, centre[:, None], spread[:, None])
        return scaled if self.limit is None else np.clip(scaled, -self.limit, self.limit)

    def stretch_length(self, sampling_rate: float) -> int:
        """Return the samples of a stretch."""
        return max(1, round(self.update * sampling_rate))

    @property
    def n_stretches(self) -> int:
        """How many stretches the window holds."""
        return max(1, round(self.window / self.update))

    def apply(self, recording: Recording) -> Recording:
        """Return the recording in units of its recent past."""
        return RunningRecording(recording, self)

    def stream(self, channels: tuple[str, ...], sampling_rate: float) -> Stream:
        """Return the step for a live signal."""
        return RunningStream(channels, sampling_rate, self)

    @model_validator(mode="after")
    def _window_holds_a_stretch(self) -> Self:
        if self.update > self.window:
            raise ValueError(f"{self.step}: update {self.update:g} s is above window {self.window:g} s")
        return self


_MOST_KEPT = 10_000
"""Stretches whose statistics are remembered; a day of seconds is some more, and they are asked for in order."""


class RunningRecording(SegmentRecording):
    """A recording scaled by its recent past; the statistics of what was read are kept, so that it is read once."""

    def __init__(self, inner: Recording, step: RunningStep) -> None:
        super().__init__(inner)
        self._step = step
        self._known: dict[tuple[int, int], Summary] = {}

    def read_segment(self, segment: tuple[int, int], first: int, last: int) -> Signal:
        begin, length = segment[0], self._step.stretch_length(self.sampling_rate)
        now = (first - begin) // length
        oldest = max(0, now - self._step.n_stretches)
        unknown = (number for number in range(oldest, now) if (begin, number) not in self._known)
        start = next(unknown, now)
        signal = self.inner.read_samples(begin + start * length, last)
        self._learn(begin, start, summarise_stretches(self._step, signal, length))
        n_whole = signal.shape[1] // length
        past = [self._known[begin, number] for number in range(oldest, start + n_whole)]
        summary = _join(past, len(signal))
        here = signal[:, (now - start) * length :]
        scaled = scale_stretches(self._step, here, length, summary, now - oldest)
        return scaled[:, first - begin - now * length :]

    def _learn(self, begin: int, start: int, summary: Summary) -> None:
        if len(self._known) > _MOST_KEPT:
            self._known = {key: known for key, known in self._known.items() if key[1] >= start - self._step.n_stretches}
        for number, (centre, spread) in enumerate(zip(*(part.T for part in summary), strict=True), start=start):
            self._known[begin, number] = centre, spread


def run_over(step: RunningStep, signal: Signal, length: int) -> Signal:
    """Scale a signal stretch by stretch; the first sample begins a stretch."""
    return scale_stretches(step, signal, length, summarise_stretches(step, signal, length), 0)


def summarise_stretches(step: RunningStep, signal: Signal, length: int) -> Summary:
    """Return centre and spread of every whole stretch, each of shape (n_channels, n_stretches)."""
    n_whole = signal.shape[1] // length
    return step.summarise(signal[:, : n_whole * length].reshape(len(signal), n_whole, length))


def scale_stretches(step: RunningStep, signal: Signal, length: int, summary: Summary, n_before: int) -> Signal:
    """Scale a signal by the stretches before each of its own, of which the first `n_before` precede the signal."""
    centres, spreads = summary
    scaled = np.empty_like(signal)
    for index, start in enumerate(range(0, signal.shape[1], length), start=n_before):
        window = slice(max(0, index - step.n_stretches), index)
        piece = slice(start, start + length)
        scaled[:, piece] = step.scale(signal[:, piece], (centres[:, window], spreads[:, window]))
    return scaled


def _join(past: Sequence[Summary], n_channels: int) -> Summary:
    """Return centres and spreads of stretches side by side, each of shape (n_channels, n_stretches)."""
    if not past:
        return np.empty((n_channels, 0)), np.empty((n_channels, 0))
    centres, spreads = zip(*past, strict=True)
    return np.stack(centres, axis=1), np.stack(spreads, axis=1)


class RunningStream(Stream):
    """A live signal scaled by its recent past."""

    def __init__(self, channels: tuple[str, ...], sampling_rate: float, step: RunningStep) -> None:
        self.channels = channels
        self.sampling_rate = sampling_rate
        self._step = step
        self._length = step.stretch_length(sampling_rate)
        self._past: deque[Summary] = deque(maxlen=step.n_stretches)
        self._begun: Signal = np.empty((len(channels), 0), np.float32)

    def push(self, block: Signal) -> Signal:
        scaled = np.empty_like(block)
        start = 0
        while start < block.shape[1]:
            stop = min(start + self._length - self._begun.shape[1], block.shape[1])
            piece = block[:, start:stop]
            scaled[:, start:stop] = self._step.scale(piece, self._gather_past())
            self._begun = np.concatenate([self._begun, piece], axis=1)
            if self._begun.shape[1] == self._length:
                self._past.append(self._step.summarise(self._begun))
                self._begun = self._begun[:, :0]
            start = stop
        return scaled

    def reset(self) -> None:
        self._past.clear()
        self._begun = self._begun[:, :0]

    def _gather_past(self) -> Summary:
        return _join(list(self._past), len(self.channels))
