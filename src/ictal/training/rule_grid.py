"""Settings of the post-processing, each with each, and what every one of them does in a recording."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.scores import Scores
from ictal.core.spans import Span, total_time
from ictal.detection.calibration import Calibration
from ictal.evaluation.confidence import smooth
from ictal.evaluation.operating import ScoredRecording
from ictal.postprocessing.settings import PostProcessing
from ictal.postprocessing.sweep import EventSweep
from ictal.scoring.counts import SECONDS_PER_DAY, Counts
from ictal.scoring.szcore import EVENT
from ictal.training.calibration import Method, calibrate_scores, fit_calibration

Values = NDArray[np.float64]
Place = tuple[int, ...]

_BLOCK = 60.0
_BEYOND = 20.0
"""Thresholds are tried up to about so many times the false alarms that are allowed."""


@dataclass(frozen=True, slots=True)
class RuleGrid:
    """Which rules of post-processing are tried, each with each.

    Attributes
    ----------
    smoothing, merge_gap, minimum_duration : tuple of float
        Seconds, as in :class:`~ictal.postprocessing.settings.PostProcessing`.
    release : tuple of float
        As a share of the threshold.
    n_thresholds : int
        How many thresholds; see :func:`choose_levels`.
    """

    smoothing: tuple[float, ...] = (0.0, 5.0, 9.0, 15.0, 21.0)
    release: tuple[float, ...] = (0.5, 0.75, 1.0)
    merge_gap: tuple[float, ...] = (0.0, 10.0, 30.0)
    minimum_duration: tuple[float, ...] = (0.0, 5.0, 10.0, 20.0)
    n_thresholds: int = 40


GRID = RuleGrid()


@dataclass(frozen=True, eq=False)
class Search:
    """All settings that are tried; a place in it is one of each: smoothing, threshold, release, gap, duration.

    Parameters
    ----------
    grid : RuleGrid
    own : PostProcessing
        The rules of the detector, of which the longest duration is kept.
    calibrations : tuple of Calibration
        One for each smoothing, as that is part of the fit.
    thresholds : ndarray, shape (n_smoothings, n_thresholds)
        Falling.
    """

    grid: RuleGrid
    own: PostProcessing
    calibrations: tuple[Calibration, ...]
    thresholds: Values

    @property
    def shape(self) -> tuple[int, ...]:
        """How many of each there are."""
        rest = (self.grid.release, self.grid.merge_gap, self.grid.minimum_duration)
        return (*self.thresholds.shape, *map(len, rest))

    def rules(self, place: Place) -> PostProcessing:
        """Return the rules at a place."""
        smoothing, threshold, release, gap, shortest = place
        level, share = float(self.thresholds[smoothing, threshold]), self.grid.release[release]
        longest = self.own.maximum_duration
        return PostProcessing(
            smoothing=self.grid.smoothing[smoothing],
            threshold=level,
            release=None if share == 1.0 else float(f"{share * level:.6g}"),
            merge_gap=self.grid.merge_gap[gap],
            minimum_duration=min(self.grid.minimum_duration[shortest], np.inf if longest is None else longest),
            maximum_duration=longest,
        )


@dataclass(frozen=True, eq=False)
class SearchCounts:
    """What each setting does in each subject.

    Parameters
    ----------
    subjects : tuple of str
    counted : ndarray, shape (4, n_subjects, *search.shape)
        As :func:`count_recording` has it.
    duration, analysed : ndarray, shape (n_subjects,)
        Seconds recorded, and of these covered by frames that were analysed.
    """

    subjects: tuple[str, ...]
    counted: NDArray[np.float32]
    duration: Values
    analysed: Values

    @property
    def found(self) -> NDArray[np.float32]:
        """True positives, shape (n_subjects, *search.shape)."""
        return np.asarray(self.counted[0])

    @property
    def false(self) -> NDArray[np.float32]:
        """False positives, shape (n_subjects, *search.shape)."""
        return np.asarray(self.counted[1])

    @property
    def missed(self) -> NDArray[np.float32]:
        """False negatives, shape (n_subjects, *search.shape)."""
        return np.asarray(self.counted[2])

    @property
    def claimed(self) -> NDArray[np.float32]:
        """Seconds that all events together last, shape (n_subjects, *search.shape)."""
        return np.asarray(self.counted[3])

    def take(self, rows: Sequence[int]) -> SearchCounts:
        """Return those of some subjects, by their numbers."""
        chosen = list(rows)
        names = tuple(self.subjects[row] for row in chosen)
        return SearchCounts(names, self.counted[:, chosen], self.duration[chosen], self.analysed[chosen])

    def at(self, row: int, place: Place) -> Counts:
        """Return the counts of one subject at one setting."""
        found, false, missed = (float(part[(row, *place)]) for part in (self.found, self.false, self.missed))
        return Counts(found, false, missed, float(self.duration[row]))


def plan_search(
    recordings: Sequence[ScoredRecording],
    own: PostProcessing,
    budget: float,
    method: Method = "platt",
    grid: RuleGrid = GRID,
) -> Search:
    """Fit a calibration for each smoothing, and choose thresholds.

    Parameters
    ----------
    recordings : sequence of ScoredRecording
        With the scores as the model gives them.
    own : PostProcessing
        The rules of the detector.
    budget : float
        False alarms in 24 h that are allowed.
    method : str
        See :func:`ictal.training.calibration.fit_calibration`.
    grid : RuleGrid
        What is tried.

    Raises
    ------
    ParameterError
        If nothing can be fitted.
    """
    calibrations = tuple(fit_calibration(recordings, method, seconds) for seconds in grid.smoothing)
    days = sum(one.reference.duration for one in recordings) / SECONDS_PER_DAY
    reach = sum(total_time(one.seizure_spans) / _BLOCK + 2 * len(one.seizure_spans) for one in recordings)
    most = reach + _BEYOND * max(budget * days, 1.0)
    levels = []
    for seconds, calibration in zip(grid.smoothing, calibrations, strict=True):
        smoothed = [smooth(calibrate_scores(one.scores, calibration), seconds) for one in recordings]
        lengths = [max(round(_BLOCK / one.scores.step), 1) for one in recordings]
        levels.append(choose_levels(smoothed, lengths, grid.n_thresholds, most))
    return Search(grid, own, calibrations, np.array(levels))


def choose_levels(smoothed: Sequence[Values], lengths: Sequence[int], n_levels: int, most: float) -> Values:
    """Return thresholds that one, two, … of all blocks of a minute reach, as many for few blocks as for many.

    Parameters
    ----------
    smoothed : sequence of ndarray, shape (n_frames,)
        Probabilities of each recording; NaN where unknown.
    lengths : sequence of int
        Frames of a block in each.
    n_levels : int
    most : float
        Blocks that the lowest threshold lets through.

    Returns
    -------
    ndarray, shape (n_levels,)
        Falling, above 0 and at most 1, each midway between two blocks, so that none hangs by one frame.

    Examples
    --------
    >>> choose_levels([np.array([0.1, 0.9, 0.5, 0.3])], [1], n_levels=3, most=3.0)
    array([0.7, 0.4, 0.2])
    """
    peaks = [np.empty(0)]
    for values, length in zip(smoothed, lengths, strict=True):
        known = np.nan_to_num(values, nan=0.0)
        peaks.append(np.maximum.reduceat(known, np.arange(0, len(known), length)) if len(known) else known)
    falling = np.append(np.sort(np.concatenate(peaks))[::-1], 0.0)
    between = (falling[:-1] + falling[1:]) / 2
    ranks = np.geomspace(1.0, min(max(most, 1.0), len(between)), n_levels).round().astype(np.intp)
    return np.array([float(f"{level:.6g}") for level in np.clip(between[ranks - 1], 1e-6, 1.0).tolist()])


def count_recording(search: Search, recording: ScoredRecording) -> NDArray[np.float32]:
    """Count what every setting does in one recording.

    Returns
    -------
    ndarray, shape (4, *search.shape)
        True positives, false positives, false negatives, and seconds that all events last.
    """
    counted = np.zeros((4, *search.shape), dtype=np.float32)
    duration, wanted = recording.reference.duration, recording.seizure_spans

    @functools.cache
    def count(claims: tuple[Span, ...]) -> tuple[float, float, float, float]:
        counts = EVENT.score(wanted, claims, duration)
        return counts.true_positives, counts.false_positives, counts.false_negatives, total_time(claims)

    for number, calibration in enumerate(search.calibrations):
        values = smooth(calibrate_scores(recording.scores, calibration), search.grid.smoothing[number])
        smoothed = Scores(np.column_stack([1.0 - values, values]), recording.scores.start, recording.scores.step)
        highest = float(np.nan_to_num(values, nan=0.0).max(initial=0.0))
        for rest in np.ndindex(*search.shape[1:]):
            place = (number, *rest)
            level = float(search.thresholds[number, rest[0]])
            claims: tuple[Span, ...] = ()
            if level <= highest:
                rules = search.rules(place).model_copy(update={"smoothing": 0.0})
                claims = EventSweep(smoothed, rules, duration).spans_at(level)
            counted[(slice(None), *place)] = count(claims)
    return counted


def gather_counts(recordings: Sequence[ScoredRecording], counted: Sequence[NDArray[np.float32]]) -> SearchCounts:
    """Add up what :func:`count_recording` gives over the recordings of each subject."""
    subjects = tuple(sorted({one.subject for one in recordings}))
    totals = np.zeros((4, len(subjects), *counted[0].shape[1:]), dtype=np.float32)
    seconds = np.zeros((2, len(subjects)))
    for recording, counts in zip(recordings, counted, strict=True):
        row = subjects.index(recording.subject)
        totals[:, row] += counts
        seconds[:, row] += recording.reference.duration, recording.scores.analysed.sum() * recording.scores.step
    return SearchCounts(subjects, totals, *seconds)
