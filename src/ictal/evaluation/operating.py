"""Sensitivity against false alarms: the threshold swept through a detector's own post-processing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError, check_option
from ictal.core.events import Annotations
from ictal.core.scores import Scores
from ictal.core.spans import Span, intersect_spans, total_time
from ictal.evaluation.behaviour import name_behaviour
from ictal.evaluation.bootstrap import percentile_interval, resample_means
from ictal.postprocessing.settings import PostProcessing
from ictal.postprocessing.sweep import EventSweep
from ictal.scoring.counts import SECONDS_PER_DAY
from ictal.scoring.rules import Rule
from ictal.scoring.szcore import EVENT
from ictal.scoring.timing import Timing, measure_timing

Values = NDArray[np.float64]
Average = Literal["subjects", "pooled"]
AVERAGES: tuple[Average, ...] = ("subjects", "pooled")

FALSE_ALARM_LIMITS = (1.0, 5.0, 10.0)
"""False alarms in 24 h at which sensitivity is asked for."""


@dataclass(frozen=True, eq=False)
class ScoredRecording:
    """The scores of a recording and what is true of it.

    Parameters
    ----------
    subject : str
        Whose recording it is.
    scores : Scores
        Calibrated probabilities before smoothing.
    reference : Annotations
        The seizures that a reader marked, and the length of the recording.
    """

    subject: str
    scores: Scores
    reference: Annotations

    @property
    def seizure_spans(self) -> tuple[Span, ...]:
        """The marked seizures inside the recording, overlaps joined."""
        return intersect_spans(self.reference.seizures.spans, [(0.0, self.reference.duration)])


@dataclass(frozen=True, eq=False)
class ThresholdCounts:
    """What a rule counts for each subject at each threshold.

    Parameters
    ----------
    rule : str
        Name and version of the rule.
    threshold : float
        The detector's own; it is one of `thresholds`.
    thresholds : ndarray, shape (n_thresholds,)
        Rising.
    subjects : tuple of str
        Their names, sorted.
    true_positives, false_positives, false_negatives, claimed : ndarray, shape (n_subjects, n_thresholds)
        Counts of the rule, and the seconds that all events together last.
    duration, analysed : ndarray, shape (n_subjects,)
        Seconds recorded, and of these covered by frames that were analysed.
    """

    rule: str
    threshold: float
    thresholds: Values
    subjects: tuple[str, ...]
    true_positives: Values
    false_positives: Values
    false_negatives: Values
    claimed: Values
    duration: Values
    analysed: Values

    @property
    def place(self) -> int:
        """Where the detector's own threshold stands among the thresholds."""
        return int(np.searchsorted(self.thresholds, self.threshold))

    @property
    def verdict(self) -> str:
        """What the detector does at its own threshold; see :func:`~ictal.evaluation.behaviour.name_behaviour`."""
        return name_behaviour(self.claimed[:, self.place].sum(), self.analysed.sum())


@dataclass(frozen=True, eq=False)
class OperatingCurve:
    """Sensitivity and false alarms at each threshold, with intervals over subjects.

    Parameters
    ----------
    thresholds : ndarray, shape (n_thresholds,)
        Rising.
    sensitivity, false_alarms : ndarray, shape (n_thresholds,)
        Share of events found, and false alarms in 24 h.
    sensitivity_interval, false_alarm_interval : tuple of ndarray
        Low and high; NaN where fewer than two subjects have a value.
    """

    thresholds: Values
    sensitivity: Values
    false_alarms: Values
    sensitivity_interval: tuple[Values, Values]
    false_alarm_interval: tuple[Values, Values]


@dataclass(frozen=True, slots=True)
class LimitedSensitivity:
    """The highest sensitivity that some number of false alarms allows.

    Parameters
    ----------
    limit : float
        False alarms in 24 h that are allowed.
    sensitivity : float
        0 where only silence keeps to the limit; NaN without anything to find.
    interval : tuple of float
        Low and high over subjects, the threshold chosen anew in each resample.
    threshold : float
        Where it is reached; infinite for silence.
    false_alarms : float
        In 24 h, at that threshold.
    """

    limit: float
    sensitivity: float
    interval: tuple[float, float]
    threshold: float
    false_alarms: float


def sweep_thresholds(
    recordings: Sequence[ScoredRecording],
    settings: PostProcessing,
    thresholds: Sequence[float] | Values | None = None,
    rule: Rule = EVENT,
) -> ThresholdCounts:
    """Count hits and false alarms of every subject at every threshold.

    Parameters
    ----------
    recordings : sequence of ScoredRecording
        One or more of each subject.
    settings : PostProcessing
        The rules by which the detector makes events; only the threshold is changed, and the release level where it
        would be above the threshold.
    thresholds : sequence of float, optional
        By default those of :func:`choose_thresholds`. The detector's own is always among them.
    rule : Rule
        How events are scored.

    Raises
    ------
    ParameterError
        If there is no recording, or a threshold is not above 0.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> seizure = np.repeat([0.1, 0.8, 0.1, 0.4, 0.1], 100)
    >>> scores = Scores(np.column_stack([1 - seizure, seizure]), start=0.0, step=1.0)
    >>> night = ScoredRecording("01", scores, Annotations([Event(110.0, 80.0)], 500.0))
    >>> counts = sweep_thresholds([night], PostProcessing(threshold=0.5), [0.3, 0.9])
    >>> counts.thresholds, counts.true_positives, counts.false_positives
    (array([0.3, 0.5, 0.9]), array([[1., 1., 0.]]), array([[1., 0., 0.]]))
    """
    if not recordings:
        raise ParameterError("recordings: none came; allowed are one or more.")
    sweeps = [EventSweep(one.scores, settings, one.reference.duration) for one in recordings]
    asked = choose_thresholds(recordings, sweeps) if thresholds is None else np.asarray(thresholds, dtype=np.float64)
    levels = np.union1d(asked, [settings.threshold])
    subjects = tuple(sorted({one.subject for one in recordings}))
    counts = np.zeros((4, len(subjects), len(levels)))
    seconds = np.zeros((2, len(subjects)))
    for recording, sweep in zip(recordings, sweeps, strict=True):
        row = subjects.index(recording.subject)
        counts[:, row] += _count_recording(recording, sweep, levels, rule)
        seconds[:, row] += recording.reference.duration, recording.scores.analysed.sum() * recording.scores.step
    return ThresholdCounts(rule.title, settings.threshold, levels, subjects, *counts, *seconds)


def time_detections(recordings: Sequence[ScoredRecording], settings: PostProcessing) -> list[Timing]:
    """Measure the onsets and lengths of what is detected in each recording at the detector's own threshold.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> scores = Scores([[0.9, 0.1], [0.9, 0.1], [0.2, 0.8], [0.2, 0.8]], start=0.0, step=1.0)
    >>> night = ScoredRecording("01", scores, Annotations([Event(1.0, 3.0)], 4.0))
    >>> time_detections([night], PostProcessing())[0].onset_latency
    array([1.])
    """
    timings = []
    for one in recordings:
        claims = EventSweep(one.scores, settings, one.reference.duration).spans_at(settings.threshold)
        timings.append(measure_timing(one.seizure_spans, claims, one.reference.duration))
    return timings


def choose_thresholds(
    recordings: Sequence[ScoredRecording], sweeps: Sequence[EventSweep], n_thresholds: int = 100, block: float = 60.0
) -> Values:
    """Return thresholds whose false alarms are evenly spread on a logarithmic scale, as well as can be foretold.

    These are the probabilities that one, two, … of all blocks of `block` seconds reach.

    Parameters
    ----------
    recordings, sweeps : sequences
        Of one length.
    n_thresholds : int
        At most so many come back.
    block : float
        Seconds.

    Returns
    -------
    ndarray, shape (n_thresholds,)
        Rising, above 0.
    """
    peaks = [np.empty(0)]
    for recording, sweep in zip(recordings, sweeps, strict=True):
        n_frames = max(round(block / recording.scores.step), 1)
        starts = np.arange(0, len(sweep.smoothed), n_frames)
        known = np.where(np.isnan(sweep.smoothed), 0.0, sweep.smoothed)
        peaks.append(np.maximum.reduceat(known, starts) if len(starts) else known)
    falling = np.sort(np.concatenate(peaks))[::-1]
    falling = falling[falling > 0]
    if not len(falling):
        return falling
    ranks = np.geomspace(1.0, len(falling), n_thresholds).round().astype(np.intp)
    return np.unique(falling[ranks - 1])


def trace_curve(counts: ThresholdCounts, draws: NDArray[np.int64], average: Average = "subjects") -> OperatingCurve:
    """Return sensitivity and false alarms at each threshold.

    Parameters
    ----------
    counts : ThresholdCounts
        From :func:`sweep_thresholds`.
    draws : ndarray of int, shape (n_resamples, n_subjects)
        From :func:`~ictal.evaluation.bootstrap.draw_subjects`; they give the intervals.
    average : {"subjects", "pooled"}
        The mean over subjects, those without a seizure left out of sensitivity; or all subjects as if they were one.
    """
    sensitivity, false_alarms = _rates(counts, np.ones((1, len(counts.subjects)), dtype=np.int64), average)
    resampled = _rates(counts, draws, average)
    enough = _n_subjects_with_seizures(counts) > 1, np.full(len(counts.thresholds), len(counts.subjects) > 1)
    bands = [_band(values, known) for values, known in zip(resampled, enough, strict=True)]
    return OperatingCurve(counts.thresholds, sensitivity[0], false_alarms[0], *bands)


def find_sensitivity(
    counts: ThresholdCounts,
    draws: NDArray[np.int64],
    limits: Sequence[float] = FALSE_ALARM_LIMITS,
    average: Average = "subjects",
) -> tuple[LimitedSensitivity, ...]:
    """Return the highest sensitivity at any threshold that keeps to each limit of false alarms.

    Parameters
    ----------
    counts, draws, average
        As for :func:`trace_curve`.
    limits : sequence of float
        False alarms in 24 h.

    Examples
    --------
    >>> one, two = np.array([[1.0, 1.0, 0.0]]), np.array([[5.0, 2.0, 0.0]])
    >>> day = np.array([86400.0])
    >>> counts = ThresholdCounts("any", 0.5, np.array([0.3, 0.5, 0.7]), ("01",), one, two, 1 - one, one, day, day)
    >>> [(found.sensitivity, found.threshold) for found in find_sensitivity(counts, np.array([[1]]), [1.0, 5.0])]
    [(0.0, inf), (1.0, 0.5)]
    """
    everyone = np.ones((1, len(counts.subjects)), dtype=np.int64)
    estimate, resampled = _rates(counts, everyone, average), _rates(counts, draws, average)
    enough = _n_subjects_with_seizures(counts).max(initial=0) > 1
    found = []
    for limit in limits:
        best, place = _best_within(*estimate, limit)
        low, high = _band(_best_within(*resampled, limit)[0], np.asarray(enough))
        silent = place[0] == len(counts.thresholds)
        threshold = np.inf if silent else counts.thresholds[place[0]]
        alarms = 0.0 if silent else estimate[1][0, place[0]]
        found.append(
            LimitedSensitivity(limit, float(best[0]), (float(low), float(high)), float(threshold), float(alarms))
        )
    return tuple(found)


def resample_sensitivity(
    counts: ThresholdCounts, draws: NDArray[np.int64], limit: float, average: Average = "subjects"
) -> Values:
    """Return the highest sensitivity within a limit in each resample, the threshold chosen anew in each.

    Parameters
    ----------
    counts, draws, average
        As for :func:`trace_curve`; detectors that share the draws can be compared resample by resample.
    limit : float
        False alarms in 24 h.

    Returns
    -------
    ndarray, shape (n_resamples,)
        NaN where no drawn subject has anything to find.

    Examples
    --------
    >>> found, day = np.array([[1.0, 0.0], [0.0, 0.0]]), np.full(2, 86400.0)
    >>> counts = ThresholdCounts(
    ...     "any", 0.5, np.array([0.5, 0.7]), ("01", "02"), found, found, 1 - found, found, day, day
    ... )
    >>> resample_sensitivity(counts, np.array([[1, 1], [2, 0], [0, 2]]), limit=1.0)
    array([0.5, 1. , 0. ])
    """
    return _best_within(*_rates(counts, draws, average), limit)[0]


def _count_recording(recording: ScoredRecording, sweep: EventSweep, levels: Values, rule: Rule) -> Values:
    """Return hits, false alarms, misses and claimed seconds, shape (4, n_thresholds)."""
    counted = np.zeros((4, len(levels)))
    reference, before = recording.seizure_spans, None
    highest = np.fmax.reduce(sweep.smoothed, initial=0.0)
    for place, level in enumerate(levels.tolist()):
        claims = sweep.spans_at(level) if level <= highest else ()
        if claims == before:  # thresholds that no frame lies between
            counted[:, place] = counted[:, place - 1]
            continue
        counts = rule.score(reference, claims, recording.reference.duration)
        counted[:, place] = (
            counts.true_positives,
            counts.false_positives,
            counts.false_negatives,
            total_time(claims),
        )
        before = claims
    return counted


def _rates(counts: ThresholdCounts, draws: NDArray[np.int64], average: Average) -> tuple[Values, Values]:
    """Return sensitivity and false alarms in 24 h of each draw at each threshold."""
    check_option("average", average, AVERAGES)
    found, false = counts.true_positives, counts.false_positives * SECONDS_PER_DAY
    wanted, duration = found + counts.false_negatives, counts.duration[:, None]
    if average == "subjects":
        return resample_means(_ratio(found, wanted), draws), resample_means(_ratio(false, duration), draws)
    return _ratio(draws @ found, draws @ wanted), _ratio(draws @ false, draws @ duration)


def _ratio(part: Values, whole: Values) -> Values:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


def _n_subjects_with_seizures(counts: ThresholdCounts) -> NDArray[np.int64]:
    return np.asarray((counts.true_positives + counts.false_negatives > 0).sum(axis=0))


def _band(resampled: Values, enough: NDArray[np.bool_]) -> tuple[Values, Values]:
    low, high = percentile_interval(resampled)
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)


def _best_within(sensitivity: Values, false_alarms: Values, limit: float) -> tuple[Values, NDArray[np.intp]]:
    """Return the best sensitivity of each row and the highest threshold that has it; the last place is silence."""
    silence = np.where(np.isnan(sensitivity).all(axis=1), np.nan, 0.0)[:, None]
    allowed = np.where(false_alarms <= limit, sensitivity, -1.0)
    ranked = np.concatenate([allowed, silence], axis=1)[:, ::-1]
    place = np.nanargmax(np.nan_to_num(ranked, nan=-1.0), axis=1)
    return ranked[np.arange(len(ranked)), place], ranked.shape[1] - 1 - place
