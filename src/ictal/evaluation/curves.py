"""All that scores say of a detector: at its own threshold, at others, and frame by frame."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.evaluation.bootstrap import N_RESAMPLES, draw_subjects
from ictal.evaluation.frames import FrameFigures, measure_frames
from ictal.evaluation.operating import (
    AVERAGES,
    FALSE_ALARM_LIMITS,
    LimitedSensitivity,
    OperatingCurve,
    ScoredRecording,
    ThresholdCounts,
    find_sensitivity,
    sweep_thresholds,
    time_detections,
    trace_curve,
)
from ictal.evaluation.timing import DatasetTiming, describe_timing
from ictal.postprocessing.settings import PostProcessing


@dataclass(frozen=True, eq=False)
class DetectorCurves:
    """What a detector does at its own threshold and would do at others.

    Parameters
    ----------
    settings : PostProcessing
        The rules by which it makes events.
    counts : ThresholdCounts
        Hits and false alarms of each subject at each threshold.
    operating : dict of str to OperatingCurve
        By way of averaging: ``subjects``, ``pooled``.
    limited : dict of str to tuple of LimitedSensitivity
        Sensitivity at 1, 5 and 10 false alarms in 24 h, by way of averaging.
    frames : FrameFigures
        Probabilities against the truth, frame by frame.
    latencies : ndarray, shape (n_detected,)
        Seconds from the onset of each seizure that is detected at the own threshold to that of its detection.
    timing : DatasetTiming
        Medians of latencies and other errors of time at the own threshold.
    draws : ndarray of int, shape (n_resamples, n_subjects)
        What all intervals are made from.
    seed : int
        Of the draws.
    """

    settings: PostProcessing
    counts: ThresholdCounts
    operating: dict[str, OperatingCurve]
    limited: dict[str, tuple[LimitedSensitivity, ...]]
    frames: FrameFigures
    latencies: NDArray[np.float64]
    timing: DatasetTiming
    draws: NDArray[np.int64]
    seed: int


def measure_curves(
    recordings: Sequence[ScoredRecording], settings: PostProcessing, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> DetectorCurves:
    """Sweep the threshold of a detector over its scores, and compare them with the truth frame by frame.

    Parameters
    ----------
    recordings : sequence of ScoredRecording
        One or more of each subject.
    settings : PostProcessing
        The rules by which the detector makes events, with its own threshold.
    n_resamples, seed : int
        Of the bootstrap over subjects.

    Raises
    ------
    ParameterError
        If there is no recording, or frames differ in their length.

    Examples
    --------
    >>> from ictal.core.events import Annotations, Event
    >>> from ictal.core.scores import Scores
    >>> seizure = np.repeat([0.1, 0.8, 0.1], 100)
    >>> scores = Scores(np.column_stack([1 - seizure, seizure]), start=0.0, step=1.0)
    >>> night = ScoredRecording("01", scores, Annotations([Event(95.0, 100.0)], 300.0))
    >>> curves = measure_curves([night], PostProcessing(threshold=0.5))
    >>> curves.limited["subjects"][0].sensitivity, curves.latencies
    (1.0, array([5.]))
    """
    counts = sweep_thresholds(recordings, settings)
    draws = draw_subjects(len(counts.subjects), n_resamples, seed)
    timings = time_detections(recordings, settings)
    numbers = np.array([counts.subjects.index(one.subject) for one in recordings], dtype=np.int64)
    return DetectorCurves(
        settings=settings,
        counts=counts,
        operating={average: trace_curve(counts, draws, average) for average in AVERAGES},
        limited={average: find_sensitivity(counts, draws, FALSE_ALARM_LIMITS, average) for average in AVERAGES},
        frames=measure_frames(recordings, draws),
        latencies=np.concatenate([timing.onset_latency for timing in timings]),
        timing=describe_timing(timings, numbers, draws),
        draws=draws,
        seed=seed,
    )
