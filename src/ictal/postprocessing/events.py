"""The one state machine that turns probabilities into events, for recordings and for live streams alike."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.events import SEIZURE, Annotations, Event
from ictal.core.scores import Scores
from ictal.postprocessing.settings import PostProcessing
from ictal.postprocessing.smoothing import MovingAverage


@dataclass(slots=True)
class _Run:
    """Frames of one candidate event; the sum is over `n_summed` of them, without those of gaps inside."""

    first: int
    last: int
    total: float
    n_summed: int

    def add(self, frame: int, value: float) -> None:
        """Take one more frame."""
        self.last = frame
        self.total += value
        self.n_summed += 1

    def join(self, later: _Run) -> _Run:
        """Return the run that both are with the gap between them."""
        return _Run(self.first, later.last, self.total + later.total, self.n_summed + later.n_summed)


class EventMachine:
    """Smoothing, hysteresis, opening, merging and duration rules, fed with probabilities in blocks of any size.

    Each event is given as soon as no later frame can change it. A frame of NaN (not analysed) ends an event and is
    never bridged, so that no event claims time that nobody looked at.

    Parameters
    ----------
    settings : PostProcessing
        The rules.
    start, step : float
        When the first frame begins and how long a frame is, in seconds.

    Examples
    --------
    >>> machine = EventMachine(PostProcessing(threshold=0.5, merge_gap=2.0), start=0.0, step=1.0)
    >>> machine.push([0.1, 0.9, 0.1, 0.9])
    []
    >>> [event.span for event in machine.finish()]
    [(1.0, 4.0)]
    """

    def __init__(self, settings: PostProcessing, start: float, step: float) -> None:
        self.settings = settings
        self.start = start
        self.step = step
        self._average = MovingAverage(round(settings.smoothing / step))
        self._frame = 0
        self._active = False
        self._stretch: _Run | None = None
        self._run: _Run | None = None

    def push(self, probabilities: ArrayLike) -> list[Event]:
        """Take the next probabilities, shape (n_frames,), and return the events that are now certain."""
        return self._follow(self._average.push(np.asarray(probabilities, dtype=np.float64)))

    def finish(self) -> list[Event]:
        """Return the events that waited for more; the stream is over."""
        events = self._follow(self._average.finish())
        return events + self._close()

    def _follow(self, smoothed: NDArray[np.float64]) -> list[Event]:
        events: list[Event] = []
        for value in smoothed.tolist():
            level = self.settings.release_level if self._active else self.settings.threshold
            self._active = value >= level
            if self._active:
                self._extend(value)
            else:
                self._stretch = None
                if self._run is not None and (np.isnan(value) or self._gap_is_final()):
                    events += self._close()
            self._frame += 1
        return events

    def _extend(self, value: float) -> None:
        if self._stretch is None:
            self._stretch = _Run(self._frame, self._frame, 0.0, 0)
        self._stretch.add(self._frame, value)
        if self._stretch is not self._run and self._is_open():
            self._run = self._stretch if self._run is None else self._run.join(self._stretch)
            self._stretch = self._run

    def _is_open(self) -> bool:
        """Whether the stretch above the level is long enough to be of an event."""
        stretch = self._stretch
        return stretch is not None and stretch.n_summed * self.step >= self.settings.opening - 1e-9

    def _gap_is_final(self) -> bool:
        """Whether an event that starts at the next frame would be too far from the open one to join it."""
        gap = (self._frame - self._run.last) * self.step if self._run is not None else 0.0
        return gap >= self.settings.merge_gap - 1e-9

    def _close(self) -> list[Event]:
        run, self._run = self._run, None
        if run is None:
            return []
        onset = self.start + run.first * self.step
        duration = (run.last + 1 - run.first) * self.step
        longest = float("inf") if self.settings.maximum_duration is None else self.settings.maximum_duration
        if not self.settings.minimum_duration - 1e-9 <= duration <= longest + 1e-9:
            return []
        return [Event(onset, duration, SEIZURE, confidence=min(run.total / run.n_summed, 1.0))]


def find_events(scores: Scores, settings: PostProcessing, duration: float) -> Annotations:
    """Return the events of a whole recording.

    Parameters
    ----------
    scores : Scores
        Calibrated probabilities.
    settings : PostProcessing
        The rules.
    duration : float
        Length of the recording in seconds; no event passes its end.

    Returns
    -------
    Annotations
        Seizures with the mean smoothed probability as their confidence. It is the probability that a second of the
        event is seizure only where the detector was calibrated; otherwise it orders events, no more.

    Examples
    --------
    >>> scores = Scores([[0.8, 0.2], [0.1, 0.9], [0.1, 0.9]], start=0.0, step=1.0)
    >>> find_events(scores, PostProcessing(threshold=0.5), duration=3.0)[0].confidence
    0.9
    """
    machine = EventMachine(settings, scores.start, scores.step)
    found = itertools.chain(machine.push(scores.seizure), machine.finish())
    return Annotations([_within(event, duration) for event in found], duration)


def _within(event: Event, duration: float) -> Event:
    onset, stop = max(event.onset, 0.0), min(event.stop, duration)
    return Event(onset, stop - onset, event.event_type, event.confidence, event.channels)
