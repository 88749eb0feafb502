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
