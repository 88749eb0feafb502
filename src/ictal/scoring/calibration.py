"""What a probability is worth: of the frames with probability p, is the share p seizure?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError, check_option
from ictal.scoring.curves import Truth, Values, known_frames

Binning = Literal["width", "count"]
BINNINGS: tuple[Binning, ...] = ("width", "count")


@dataclass(frozen=True, eq=False)
class Reliability:
    """Frames in bins of their probability.

    Parameters
    ----------
    edges : ndarray, shape (n_bins + 1,)
        A bin reaches from above its lower edge up to its upper edge; the first holds its lower edge too.
    predicted, observed : ndarray, shape (n_bins,)
        Mean probability and share of seizure frames; NaN in an empty bin.
    n_frames : ndarray of int, shape (n_bins,)
        Frames in each bin.
    """

    edges: Values
    predicted: Values
    observed: Values
    n_frames: NDArray[np.int64]

    @property
    def expected_calibration_error(self) -> float:
        """Mean distance between predicted and observed share, each bin weighed by its frames; NaN without frames.

        Guo et al., On calibration of modern neural networks, ICML 2017.
        """
        return _mean_over_frames(np.abs(self.predicted - self.observed), self.n_frames)


@dataclass(frozen=True, slots=True)
class Brier:
    """The Brier score and what it is made of: ``reliability - resolution + uncertainty + within_bins``.

    Parameters
    ----------
    score : float
        Mean squared distance between probability and truth.
    reliability : float
        What miscalibration adds.
    resolution : float
        What is gained because bins differ in their share of seizure.
    uncertainty : float
        The score of always saying the overall share of seizure.
    within_bins : float
        What is left because the probabilities inside a bin differ.

    References
    ----------
    Murphy, A new vector partition of the probability score, J Appl Meteorol 1973; Stephenson et al., Two extra
    components in the Brier score decomposition, Weather and Forecasting 2008.
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within_bins: float

    @property
    def skill(self) -> float:
        """The share of the uncertainty that is taken away: 1 is perfect, 0 no better than the overall share."""
        return 1.0 - self.score / self.uncertainty if self.uncertainty > 0 else math.nan


def measure_reliability(
    probability: ArrayLike, truth: ArrayLike, n_bins: int = 10, binning: Binning = "width"
) -> Reliability:
    """Sort frames into bins of their probability and compare it with the share that is seizure.

    Parameters
    ----------
    probability : array-like, shape (n_frames,)
        From 0 to 1; NaN where a frame was not analysed.
    truth : array-like of bool, shape (n_frames,)
        Which frames are seizure.
    n_bins : int
        Bins asked for.
    binning : {"width", "count"}
        Bins of equal width, or of equally many frames; of the latter there are fewer where many frames are alike.

    Raises
    ------
    ParameterError
        If a probability is not one, or a parameter is not allowed.

    Examples
    --------
    >>> table = measure_reliability([0.1, 0.2, 0.8, 0.9], [False, False, True, False], n_bins=2)
    >>> table.predicted.round(2), table.observed, round(table.expected_calibration_error, 2)
    (array([0.15, 0.85]), array([0. , 0.5]), 0.25)
    """
    values, is_seizure = _check_frames(probability, truth)
    edges = _bin_edges(values, n_bins, binning)
    number, n_frames = _sort_into(edges, values)
    return Reliability(edges, _bin_means(values, number, n_frames), _bin_means(is_seizure, number, n_frames), n_frames)


def brier_score(probability: ArrayLike, truth: ArrayLike, n_bins: int = 10, binning: Binning = "width") -> Brier:
    """Return the Brier score and its parts, in the bins of :func:`measure_reliability`.

    Parameters
    ----------
    probability, truth, n_bins, binning
        As for :func:`measure_reliability`.

    Returns
    -------
    Brier
        All NaN without frames.

    Examples
    --------
    >>> brier = brier_score([0.0, 0.0, 1.0, 1.0], [False, False, True, False])
    >>> brier.score, brier.reliability, brier.resolution, brier.uncertainty
    (0.25, 0.125, 0.0625, 0.1875)
    """
    values, is_seizure = _check_frames(probability, truth)
    if not len(values):
        return Brier(math.nan, math.nan, math.nan, math.nan, math.nan)
    table = measure_reliability(values, is_seizure, n_bins, binning)
    number, _ = _sort_into(table.edges, values)
    overall = float(is_seizure.mean())
    apart = values - table.predicted[number]
    within = apart**2 - 2.0 * apart * (is_seizure - table.observed[number])
    return Brier(
        score=float(np.mean((values - is_seizure) ** 2)),
        reliability=_mean_over_frames((table.predicted - table.observed) ** 2, table.n_frames),
        resolution=_mean_over_frames((table.observed - overall) ** 2, table.n_frames),
        uncertainty=overall * (1.0 - overall),
        within_bins=float(np.mean(within)),
    )


def _check_frames(probability: ArrayLike, truth: ArrayLike) -> tuple[Values, Truth]:
    values, is_seizure = known_frames(probability, truth)
    outside = values[(values < 0.0) | (values > 1.0)]
    if len(outside):
        raise ParameterError(f"probability: {float(outside[0])!r} is not allowed; it must be from 0 to 1.")
    return values, is_seizure


def _bin_edges(values: Values, n_bins: int, binning: Binning) -> Values:
    if n_bins < 1:
        raise ParameterError(f"number of bins: {n_bins!r} is not allowed; it must be 1 or more.")
    check_option("binning", binning, BINNINGS)
    shares = np.linspace(0.0, 1.0, n_bins + 1)
    if binning == "width" or not len(values):
        return shares
    edges = np.unique(np.quantile(values, shares))
    return edges if len(edges) > 1 else np.repeat(edges, 2)


def _sort_into(edges: Values, values: Values) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    number = np.searchsorted(edges[1:-1], values)
    return number, np.bincount(number, minlength=len(edges) - 1)


def _bin_means(values: NDArray[np.generic], number: NDArray[np.intp], n_frames: NDArray[np.int64]) -> Values:
    totals = np.bincount(number, values, minlength=len(n_frames))
    return np.asarray(np.divide(totals, n_frames, out=np.full(len(n_frames), np.nan), where=n_frames > 0))


def _mean_over_frames(values: Values, n_frames: NDArray[np.int64]) -> float:
    filled = n_frames > 0
    return float(np.average(values[filled], weights=n_frames[filled])) if filled.any() else math.nan
