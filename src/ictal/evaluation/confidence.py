"""What smoothed probabilities are worth: those that events begin with, and that are their confidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.scores import Scores
from ictal.core.spans import intersect_spans, total_time
from ictal.evaluation.operating import ScoredRecording
from ictal.postprocessing.events import find_events
from ictal.postprocessing.settings import PostProcessing
from ictal.postprocessing.sweep import EventSweep
from ictal.scoring.calibration import Reliability
from ictal.scoring.curves import Truth, frame_truth

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Frames:
    """The frames of one recording.

    Parameters
    ----------
    scores : Scores
        The probabilities before smoothing.
    truth : ndarray of bool, shape (n_frames,)
        Which are seizure.
    weight : float
        Of each frame; those of a subject add up to one.
    """

    scores: Scores
    truth: Truth
    weight: float


@dataclass(frozen=True, slots=True)
class Confidence:
    """What detectors promise of their events, and what becomes of it.

    Attributes
    ----------
    n_events : int
    promised : float
        Mean confidence of the seconds in events; NaN without events.
    true : float
        Share of those seconds that is seizure.
    """

    n_events: int
    promised: float
    true: float


def smooth(scores: Scores, smoothing: float) -> Values:
    """Return the smoothed seizure probability, shape (n_frames,), as the rules of events see it; NaN where unknown.

    Examples
    --------
    >>> smooth(Scores([[1.0, 0.0], [0.7, 0.3], [1.0, 0.0]], start=0.0, step=1.0), 3.0)
    array([0.15, 0.1 , 0.15])
    """
    return EventSweep(scores, PostProcessing(smoothing=smoothing), 0.0).smoothed


def gather_frames(recordings: Sequence[ScoredRecording]) -> tuple[Frames, ...]:
    """Return the frames of each recording, weighed so that each subject counts the same."""
    subjects = Counter[str]()
    for one in recordings:
        subjects[one.subject] += int(one.scores.analysed.sum())
    return tuple(
        Frames(one.scores, frame_truth(one.reference, one.scores), 1.0 / max(subjects[one.subject], 1))
        for one in recordings
    )


def measure_smoothed(recordings: Sequence[ScoredRecording], smoothing: float, n_bins: int = 10) -> Reliability:
    """Compare the smoothed probability of frames with the share that is seizure, each subject weighing the same.

    Parameters
    ----------
    recordings : sequence of ScoredRecording
        With calibrated scores.
    smoothing : float
        Seconds.
    n_bins : int
        Of equal width.
    """
    edges = np.linspace(0.0, 1.0, n_bins + 1)
    sums, n_frames = np.zeros((3, n_bins)), np.zeros(n_bins, dtype=np.int64)
    for one in gather_frames(recordings):
        values = smooth(one.scores, smoothing)
        known = np.isfinite(values)
        place = np.searchsorted(edges[1:-1], values[known])
        for row, what in enumerate((np.ones(known.sum()), values[known], one.truth[known])):
            sums[row] += one.weight * np.bincount(place, what, minlength=n_bins)
        n_frames += np.bincount(place, minlength=n_bins)
    predicted, observed = (np.divide(row, sums[0], out=np.full(n_bins, np.nan), where=sums[0] > 0) for row in sums[1:])
    return Reliability(edges, predicted, observed, n_frames)


def measure_confidence(recordings: Sequence[ScoredRecording], settings: PostProcessing) -> Confidence:
    """Compare the confidence of events with the share of them that is seizure, each subject weighing the same.

    Parameters
    ----------
    recordings : sequence of ScoredRecording
        With calibrated scores.
    settings : PostProcessing
        The rules that make events.

    Examples
    --------
    >>> from ictal.core.events import Annotations, Event
    >>> scores = Scores([[0.9, 0.1], [0.4, 0.6], [0.2, 0.8]], start=0.0, step=1.0)
    >>> night = ScoredRecording("01", scores, Annotations([Event(2.0, 1.0)], 3.0))
    >>> measure_confidence([night], PostProcessing(threshold=0.5))
    Confidence(n_events=1, promised=0.7, true=0.5)
    """
    n_events, seconds, promised, true = 0, 0.0, 0.0, 0.0
    for one, frames in zip(recordings, gather_frames(recordings), strict=True):
        events = find_events(one.scores, settings, one.reference.duration)
        sure = [event.duration * (np.nan if event.confidence is None else event.confidence) for event in events]
        n_events += len(events)
        seconds += frames.weight * events.total_time
        promised += frames.weight * sum(sure)
        true += frames.weight * total_time(intersect_spans(events.spans, one.seizure_spans))
    if seconds == 0:
        return Confidence(n_events, np.nan, np.nan)
    return Confidence(n_events, promised / seconds, true / seconds)
