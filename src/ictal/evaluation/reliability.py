"""How far the reliability of probabilities could have come out otherwise, had other subjects been recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.evaluation.bootstrap import percentile_interval
from ictal.scoring.curves import Truth

Values = NDArray[np.float64]
Interval = tuple[float, float]


@dataclass(frozen=True, eq=False)
class ReliabilityBand:
    """Intervals over subjects of what :class:`~ictal.scoring.calibration.Reliability` and its like say.

    Parameters
    ----------
    low, high : ndarray, shape (n_bins,)
        Of the share of seizure in each bin; NaN where fewer than two subjects have frames in it.
    error, brier : tuple of float
        Of the expected calibration error and of the Brier score; NaN for fewer than two subjects.
    """

    low: Values
    high: Values
    error: Interval
    brier: Interval


def resample_reliability(
    frames: Sequence[tuple[Values, Truth]], edges: Values, draws: NDArray[np.int64]
) -> ReliabilityBand:
    """Measure reliability in resamples of subjects.

    Parameters
    ----------
    frames : sequence of (ndarray, ndarray of bool)
        Of each subject the probabilities, all of them known, and which frames are seizure.
    edges : ndarray, shape (n_bins + 1,)
        Of the bins, as of :class:`~ictal.scoring.calibration.Reliability`; all resamples share them.
    draws : ndarray of int, shape (n_resamples, n_subjects)
        From :func:`ictal.evaluation.bootstrap.draw_subjects`.

    Examples
    --------
    >>> one = np.array([0.2, 0.9]), np.array([False, True])
    >>> other = np.array([0.2, 0.9]), np.array([True, True])
    >>> band = resample_reliability([one, other], np.array([0.0, 0.5, 1.0]), np.array([[2, 0], [0, 2]]))
    >>> band.low.round(3), band.high.round(3)
    (array([0.025, 1.   ]), array([0.975, 1.   ]))
    """
    bins = np.array([_sum_bins(values, truth, edges) for values, truth in frames])
    squares = np.array([float(np.sum((values - truth) ** 2)) for values, truth in frames])
    n_frames, promised, found = (draws @ bins[:, kind] for kind in range(3))
    total = n_frames.sum(axis=1)
    shares = _divide(found, n_frames)
    errors = _divide(np.abs(promised - found).sum(axis=1), total)
    low, high = percentile_interval(shares)
    enough = (bins[:, 0] > 0).sum(axis=0) > 1
    return ReliabilityBand(
        np.where(enough, low, np.nan),
        np.where(enough, high, np.nan),
        _interval_of(errors, len(frames)),
        _interval_of(_divide(draws @ squares, total), len(frames)),
    )


def _sum_bins(values: Values, truth: Truth, edges: Values) -> Values:
    """Return the number of frames, their probabilities added and their seizures of each bin, shape (3, n_bins)."""
    number = np.searchsorted(edges[1:-1], values)
    n_bins = len(edges) - 1
    return np.array([np.bincount(number, weights, n_bins) for weights in (None, values, truth)], dtype=np.float64)


def _interval_of(resampled: Values, n_subjects: int) -> Interval:
    if n_subjects < 2:
        return np.nan, np.nan
    low, high = percentile_interval(resampled)
    return float(low), float(high)


def _divide(part: Values, whole: Values) -> Values:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))
