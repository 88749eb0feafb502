"""The events of one recording at many thresholds, as the state machine gives them but a whole recording at a time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import check_positive
from ictal.core.scores import Scores
from ictal.core.spans import Span
from ictal.postprocessing.settings import PostProcessing
from ictal.postprocessing.smoothing import MovingAverage

_ROUNDING = 1e-9


class EventSweep:
    """The events at any threshold, by the other rules of some settings; the smoothing is done once.

    A threshold below the release level takes that along, as it does for a detector whose threshold is changed.

    Parameters
    ----------
    scores : Scores
        Calibrated probabilities.
    settings : PostProcessing
        The rules; their threshold is not looked at.
    duration : float
        Length of the recording in seconds; no event passes its end.

    Attributes
    ----------
    smoothed : ndarray, shape (n_frames,)
        The probabilities that thresholds are held against; NaN where a frame was not analysed.

    Examples
    --------
    >>> scores = Scores([[0.9, 0.1], [0.2, 0.8], [0.4, 0.6]], start=0.0, step=1.0)
    >>> sweep = EventSweep(scores, PostProcessing(), duration=3.0)
    >>> sweep.spans_at(0.5), sweep.spans_at(0.7), sweep.spans_at(0.9)
    (((1.0, 3.0),), ((1.0, 2.0),), ())
    """

    def __init__(self, scores: Scores, settings: PostProcessing, duration: float) -> None:
        average = MovingAverage(round(settings.smoothing / scores.step))
        self.smoothed: NDArray[np.float64] = np.concatenate([average.push(scores.seizure), average.finish()])
        self._n_unseen = np.concatenate([[0], np.cumsum(np.isnan(self.smoothed))])
        self._settings = settings
        self._start, self._step, self._duration = scores.start, scores.step, duration

    def spans_at(self, threshold: float) -> tuple[Span, ...]:
        """Return the spans of :func:`~ictal.postprocessing.events.find_events` at a threshold.

        Parameters
        ----------
        threshold : float
            Above 0. Above 1 there is no event.

        Returns
        -------
        tuple of (start, stop)
            Seconds, in order.
        """
        check_positive("threshold", threshold)
        first, end = self._merge(*self._runs(threshold))
        longest = math.inf if self._settings.maximum_duration is None else self._settings.maximum_duration
        length = (end - first) * self._step
        kept = (length >= self._settings.minimum_duration - _ROUNDING) & (length <= longest + _ROUNDING)
        onset = self._start + first[kept] * self._step
        start, stop = np.maximum(onset, 0.0), np.minimum(onset + length[kept], self._duration)
        inside = start < stop
        return tuple(zip(start[inside].tolist(), stop[inside].tolist(), strict=True))

    def _runs(self, threshold: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Return the first frame of each run and the frame after its last, by threshold, release level and opening."""
        release = self._settings.release
        lasting = self.smoothed >= (threshold if release is None else min(release, threshold))
        turns = np.flatnonzero(np.diff(np.concatenate([[False], lasting, [False]]).astype(np.int8))).reshape(-1, 2)
        begin, end = turns[:, 0], turns[:, 1]
        reached = np.append(np.flatnonzero(self.smoothed >= threshold), len(self.smoothed))
        first = reached[np.searchsorted(reached, begin)]
        kept = (first < end) & ((end - first) * self._step >= self._settings.opening - _ROUNDING)
        return first[kept], end[kept]

    def _merge(self, first: NDArray[np.intp], end: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Join runs that are close, unless frames between them were not analysed."""
        near = (first[1:] - end[:-1]) * self._step < self._settings.merge_gap - _ROUNDING
        apart = ~near | (self._n_unseen[first[1:]] > self._n_unseen[end[:-1]])
        edge = [True] * (len(first) > 0)
        return first[np.concatenate([edge, apart]).astype(bool)], end[np.concatenate([apart, edge]).astype(bool)]
