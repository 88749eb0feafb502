"""How early and how long detections are over a data set: medians over seizures, intervals over subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.evaluation.bootstrap import percentile_interval
from ictal.evaluation.dataset import Estimate
from ictal.scoring.timing import Timing

ERRORS = ("onset_latency", "offset_error", "duration_error")
"""What is measured in seconds: attributes of :class:`~ictal.scoring.timing.Timing`."""

WITHIN = (5.0, 10.0, 30.0)
"""Seconds that an error may have to be called small."""


@dataclass(frozen=True)
class DatasetTiming:
    """Errors of time over a data set.

    Attributes
    ----------
    n_reference, n_detected : int
        Seizures, those less than 90 s apart taken as one.
    medians : dict of str to Estimate
        The median over all detected seizures in seconds, by name of :data:`ERRORS`; the interval is over subjects.
    """

    n_reference: int
    n_detected: int
    medians: dict[str, Estimate]


def describe_timing(
    timings: Sequence[Timing], subject_numbers: NDArray[np.int64], draws: NDArray[np.int64]
) -> DatasetTiming:
    """Take medians over the detected seizures of all recordings.

    Parameters
    ----------
    timings : sequence of Timing
        Of each recording.
    subject_numbers : ndarray of int, shape (n_recordings,)
        Which subject each recording is of, from 0.
    draws : ndarray of int, shape (n_resamples, n_subjects)
        From :func:`ictal.evaluation.bootstrap.draw_subjects`.

    Examples
    --------
    >>> from ictal.evaluation.bootstrap import draw_subjects
    >>> from ictal.scoring.timing import measure_timing
    >>> late = [measure_timing([(60.0, 90.0)], [(60.0 + latency, 90.0)], 600.0) for latency in (2.0, 4.0, 9.0)]
    >>> describe_timing(late, np.array([0, 1, 2]), draw_subjects(3)).medians["onset_latency"].value
    4.0
    """
    n_detected = [len(timing.onset_latency) for timing in timings]
    subjects = np.repeat(subject_numbers, n_detected)
    n_subjects = len(set(subjects.tolist()))
    weights = draws.astype(np.int32)[:, subjects]
    medians = {}
    for name in ERRORS:
        errors = np.concatenate([getattr(timing, name) for timing in timings]) if timings else np.empty(0)
        if not len(errors):
            medians[name] = Estimate(np.nan, 0)
            continue
        low, high = percentile_interval(weighted_medians(errors, weights))
        interval = (float(low), float(high)) if n_subjects > 1 else (np.nan, np.nan)
        medians[name] = Estimate(float(np.median(errors)), n_subjects, *interval)
    return DatasetTiming(sum(timing.n_reference for timing in timings), sum(n_detected), medians)


@dataclass(frozen=True)
class ErrorSpread:
    """How one of :data:`ERRORS` spreads over the detected seizures.

    Attributes
    ----------
    n_detected : int
    median : Estimate
        Seconds; the interval is over subjects.
    quartiles : tuple of float
        Between which the middle half lies; NaN without a detection.
    within : dict of float to Estimate
        Seconds → the share of detected seizures whose error is no larger, early or late.
    """

    n_detected: int
    median: Estimate
    quartiles: tuple[float, float]
    within: dict[float, Estimate]


def describe_spread(
    timings: Sequence[Timing], subject_numbers: NDArray[np.int64], draws: NDArray[np.int64]
) -> dict[str, ErrorSpread]:
    """Return how each of :data:`ERRORS` spreads; parameters are those of :func:`describe_timing`.

    Examples
    --------
    >>> from ictal.evaluation.bootstrap import draw_subjects
    >>> from ictal.scoring.timing import measure_timing
    >>> late = [measure_timing([(60.0, 90.0)], [(60.0 + latency, 90.0)], 600.0) for latency in (2.0, 4.0, 9.0)]
    >>> spread = describe_spread(late, np.array([0, 1, 2]), draw_subjects(3))["onset_latency"]
    >>> spread.quartiles, round(spread.within[5.0].value, 3)
    ((3.0, 6.5), 0.667)
    """
    medians = describe_timing(timings, subject_numbers, draws).medians
    subjects = np.repeat(subject_numbers, [len(timing.onset_latency) for timing in timings])
    spreads = {}
    for name in ERRORS:
        errors = np.concatenate([getattr(timing, name) for timing in timings]) if timings else np.empty(0)
        low, high = np.quantile(errors, [0.25, 0.75]).tolist() if len(errors) else (np.nan, np.nan)
        within = {limit: _share_within(np.abs(errors) <= limit, subjects, draws) for limit in WITHIN}
        spreads[name] = ErrorSpread(len(errors), medians[name], (low, high), within)
    return spreads


def _share_within(near: NDArray[np.bool_], subjects: NDArray[np.int64], draws: NDArray[np.int64]) -> Estimate:
    if not len(near):
        return Estimate(np.nan, 0)
    n_all = np.bincount(subjects, minlength=draws.shape[1])
    n_near = np.bincount(subjects, near, minlength=draws.shape[1])
    n_subjects = int((n_all > 0).sum())
    if n_subjects < 2:
        return Estimate(float(near.mean()), n_subjects)
    drawn = draws @ n_all
    shares = np.divide(draws @ n_near, drawn, out=np.full(len(draws), np.nan), where=drawn > 0)
    low, high = percentile_interval(shares)
    return Estimate(float(near.mean()), n_subjects, float(low), float(high))


def weighted_medians(values: NDArray[np.float64], weights: NDArray[np.integer]) -> NDArray[np.float64]:
    """Return the median of values that come several times, for many ways of drawing them.

    Parameters
    ----------
    values : ndarray, shape (n_values,)
        In any order.
    weights : ndarray of int, shape (n_draws, n_values)
        How often each value comes, 0 or more.

    Returns
    -------
    ndarray, shape (n_draws,)
        NaN where no value comes.

    Examples
    --------
    >>> weighted_medians(np.array([5.0, 1.0]), np.array([[1, 1], [2, 1], [0, 0]]))
    array([ 3.,  5., nan])
    """
    order = np.argsort(values)
    ranks = np.cumsum(weights[:, order], axis=1, dtype=weights.dtype)
    totals = ranks[:, -1:]
    # The middle values are those at the 0-based ranks (n - 1) // 2 and n // 2, one and the same where n is odd.
    lower, upper = (np.argmax(ranks > middle, axis=1) for middle in ((totals - 1) // 2, totals // 2))
    ordered = values[order]
    return np.where(totals[:, 0] > 0, (ordered[lower] + ordered[upper]) / 2, np.nan)
