"""Bring a signal to another sampling rate."""

from __future__ import annotations

from functools import cached_property
from typing import Literal

import numpy as np
from pydantic import Field

from ictal.core.errors import check_positive
from ictal.core.recording import Recording, Signal
from ictal.core.spans import complement_spans
from ictal.preprocessing.polyphase import convert, find_ratio, input_range
from ictal.preprocessing.step import SegmentRecording, Step, Stream


class Resample(Step):
    """Polyphase resampling, equal to ``scipy.signal.resample_poly``; nothing at all where the rate already fits.

    The filter follows from the two rates by a closed formula, so there is no design to carry and one step serves
    recordings of every rate. On a stream it looks ahead ten samples of the slower of the two rates.

    Attributes
    ----------
    sampling_rate : float
        Hz of what comes out.

    Examples
    --------
    >>> Resample(sampling_rate=256.0).apply(Recording.from_array(np.zeros(500), 250.0)).n_samples
    512
    """

    step: Literal["resample"] = "resample"
    sampling_rate: float = Field(gt=0, allow_inf_nan=False)

    @property
    def causal(self) -> bool:
        """Whether a stream can run it: with a short look-ahead."""
        return True

    def output_rate(self, sampling_rate: float) -> float:
        check_positive("sampling_rate", sampling_rate)
        return self.sampling_rate

    def apply(self, recording: Recording) -> Recording:
        """Return the recording at the new rate; each stretch between gaps is resampled by itself."""
        up, down = find_ratio(recording.sampling_rate, self.sampling_rate)
        return recording if up == down else ResampledRecording(recording, self.sampling_rate, up, down)

    def stream(self, channels: tuple[str, ...], sampling_rate: float) -> Stream:
        """Return the step for a live signal."""
        return ResampleStream(channels, self.sampling_rate, *find_ratio(sampling_rate, self.sampling_rate))


class ResampledRecording(SegmentRecording):
    """A recording at another sampling rate."""

    def __init__(self, inner: Recording, sampling_rate: float, up: int, down: int) -> None:
        super().__init__(inner)
        self._up, self._down = up, down
        self.sampling_rate = sampling_rate
        self.n_samples = -(-inner.n_samples * up // down)

    @cached_property
    def _source_segments(self) -> dict[tuple[int, int], tuple[int, int]]:
        """The stretches with signal in samples of this recording → the same in samples of the inner one."""
        pairs = {}
        for start, stop in complement_spans(self.gaps, 0.0, self.inner.duration):
            source = (round(start * self.inner.sampling_rate), round(stop * self.inner.sampling_rate))
            last = self.n_samples if stop == self.inner.duration else round(stop * self.sampling_rate)
            if source[0] < source[1]:
                pairs[round(start * self.sampling_rate), last] = source
        return pairs

    @cached_property
    def own_segments(self) -> tuple[tuple[int, int], ...]:
        return tuple((first, last) for first, last in self._source_segments if first < last)

    def read_segment(self, segment: tuple[int, int], first: int, last: int) -> Signal:
        begin, end = self._source_segments[segment]
        wanted = input_range(self._up, self._down, first, last)
        start, stop = max(begin, wanted[0]), min(end, wanted[1])
        if start >= stop:
            return np.zeros((len(self.channels), last - first), np.float32)
        return convert(self.inner.read_samples(start, stop), self._up, self._down, first, last, offset=start)


class ResampleStream(Stream):
    """Resampling of a live signal."""

    def __init__(self, channels: tuple[str, ...], sampling_rate: float, up: int, down: int) -> None:
        self.channels = channels
        self.sampling_rate = sampling_rate
        self._up, self._down = up, down
        self._held: Signal = np.empty((len(channels), 0), np.float32)
        self._offset = self._given = 0

    def push(self, block: Signal) -> Signal:
        if self._up == self._down:
            return block
        self._held = np.concatenate([self._held, block], axis=1)
        n_received = self._offset + self._held.shape[1]
        margin = input_range(self._up, self._down, 0, 1)[1]
        return self._give(max(self._given, (n_received - margin) * self._up // self._down))

    def flush(self) -> Signal:
        n_received = self._offset + self._held.shape[1]
        rest = self._give(-(-n_received * self._up // self._down))
        self.reset()
        return rest

    def reset(self) -> None:
        self._held = np.empty((len(self.channels), 0), np.float32)
        self._offset = self._given = 0

    def _give(self, last: int) -> Signal:
        """Return the output up to `last`, and forget the input that no later output needs."""
        if last <= self._given:
            return np.empty((len(self.channels), 0), np.float32)
        output = convert(self._held, self._up, self._down, self._given, last, offset=self._offset)
        self._given = last
        needed = max(self._offset, input_range(self._up, self._down, last, last + 1)[0])
        self._held = self._held[:, needed - self._offset :]
        self._offset = needed
        return output
