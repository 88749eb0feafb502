"""Frame by frame at every threshold: receiver operating characteristic and precision against recall."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations
from ictal.core.scores import Scores
from ictal.core.spans import Span, intersect_spans

Values = NDArray[np.float64]
Truth = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Curve:
    """A curve over thresholds, from the one that claims nothing down to the one that claims every frame.

    Parameters
    ----------
    x, y : ndarray, shape (n_points,)
        False positive rate and true positive rate, or recall and precision.
    thresholds : ndarray, shape (n_points,)
        Falling; a frame is claimed where its probability is at or above. The first is infinite.
    area : float
        Under the receiver operating characteristic; of precision against recall the average precision. NaN where one
        of the two kinds of frames is missing.
    """

    x: Values
    y: Values
    thresholds: Values
    area: float

    def thin(self, n_points: int) -> Curve:
        """Return the curve with about `n_points` of its points, evenly along it; the ends and the area stay.

        Examples
        --------
        >>> curve = roc_curve(np.linspace(0.0, 1.0, 1001), np.arange(1001) > 400)
        >>> len(curve.thin(50).x) <= 51, curve.thin(50).area == curve.area
        (True, True)
        """
        way = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(self.x)) + np.abs(np.diff(self.y)))])
        if len(way) <= n_points or not np.isfinite(way[-1]):
            return self
        kept = np.unique(np.append(np.searchsorted(way, np.linspace(0.0, way[-1], n_points)), len(way) - 1))
        return replace(self, x=self.x[kept], y=self.y[kept], thresholds=self.thresholds[kept])


def frame_truth(reference: Annotations, scores: Scores) -> Truth:
    """Return which frames of the scores are seizure: those of which seizures cover more than half.

    Parameters
    ----------
    reference : Annotations
        Only its seizures count.
    scores : Scores
        Where the frames lie.

    Returns
    -------
    ndarray of bool, shape (n_frames,)

    References
    ----------
    Dan et al., SzCORE, Epilepsia 2025: "a second is seizure when more than 50 % of it is".

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> frame_truth(Annotations([Event(1.9, 1.0)], 4.0), Scores(np.full((3, 2), 0.5), start=0.5, step=1.0))
    array([False,  True, False])
    """
    return frames_within(intersect_spans(reference.seizures.spans, [(0.0, reference.duration)]), scores)


def frames_within(spans: Sequence[Span], scores: Scores) -> Truth:
    """Return the frames of which some spans cover more than half.

    Parameters
    ----------
    spans : sequence of (start, stop)
        Seconds from 0 on; sorted, no two overlap.
    scores : Scores
        Where the frames lie.

    Returns
    -------
    ndarray of bool, shape (n_frames,)

    Examples
    --------
    >>> frames_within([(0.0, 0.4), (1.0, 1.6)], Scores(np.full((2, 2), 0.5), start=0.0, step=1.0))
    array([False,  True])
    """
    turns = np.array([0.0, *chain.from_iterable(spans)])
    lengths = np.diff(turns)
    lengths[::2] = 0.0  # the time before each span
    edges = scores.start + scores.step * np.arange(len(scores) + 1)
    covered = np.interp(edges, turns, np.concatenate([[0.0], np.cumsum(lengths)]))
    return np.asarray(np.diff(covered) / scores.step > 0.5 + 1e-9)


def known_frames(probability: ArrayLike, truth: ArrayLike) -> tuple[Values, Truth]:
    """Return the frames that were analysed.

    Parameters
    ----------
    probability : array-like, shape (n_frames,)
        NaN where a frame was not analysed.
    truth : array-like of bool, shape (n_frames,)
        Which frames are seizure.

    Raises
    ------
    ParameterError
        If the two are not of one length.

    Examples
    --------
    >>> known_frames([0.1, np.nan, 0.9], [False, True, True])
    (array([0.1, 0.9]), array([False,  True]))
    """
    values, is_seizure = np.asarray(probability, dtype=np.float64), np.asarray(truth, dtype=np.bool_)
    if values.ndim != 1 or values.shape != is_seizure.shape:
        problem = f"truth of shape {is_seizure.shape} came for probabilities of shape {values.shape}"
        raise ParameterError(f"frames: {problem}; allowed are two of one shape (n_frames,).")
    known = ~np.isnan(values)
    return values[known], is_seizure[known]


def count_above(probability: ArrayLike, truth: ArrayLike, thresholds: ArrayLike) -> tuple[Values, Values]:
    """Return how many seizure and background frames are at or above each threshold.

    Parameters
    ----------
    probability, truth
        As for :func:`known_frames`.
    thresholds : array-like, shape (n_thresholds,)
        In any order.

    Returns
    -------
    true_positives, false_positives : ndarray, shape (n_thresholds,)

    Examples
    --------
    >>> count_above([0.1, 0.4, 0.9], [False, False, True], [0.4, 0.0])
    (array([1., 1.]), array([1., 2.]))
    """
    values, is_seizure = known_frames(probability, truth)
    seizure, background = np.sort(values[is_seizure]), np.sort(values[~is_seizure])
    found, false = (len(kind) - np.searchsorted(kind, thresholds) for kind in (seizure, background))
    return found.astype(np.float64), false.astype(np.float64)


def roc_curve(probability: ArrayLike, truth: ArrayLike) -> Curve:
    """Return the receiver operating characteristic with a point for every distinct probability.

    Parameters
    ----------
    probability, truth
        As for :func:`known_frames`.

    Examples
    --------
    >>> curve = roc_curve([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
    >>> curve.x, curve.y, curve.area
    (array([0. , 0. , 0.5, 0.5, 1. ]), array([0. , 0.5, 0.5, 1. , 1. ]), 0.75)
    """
    thresholds, found, false = _count_at_each(probability, truth)
    return Curve(_shares(false, false[-1]), _shares(found, found[-1]), thresholds, _rank_share(found, false))


def precision_recall_curve(probability: ArrayLike, truth: ArrayLike) -> Curve:
    """Return precision against recall with a point for every distinct probability.

    Where nothing is claimed, precision is drawn as 1.

    Parameters
    ----------
    probability, truth
        As for :func:`known_frames`.

    Examples
    --------
    >>> curve = precision_recall_curve([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
    >>> curve.x, curve.y[:3], round(curve.area, 3)
    (array([0. , 0.5, 0.5, 1. , 1. ]), array([1. , 1. , 0.5]), 0.833)
    """
    thresholds, found, false = _count_at_each(probability, truth)
    recall, precision = _shares(found, found[-1]), np.append(1.0, found[1:] / (found + false)[1:])
    return Curve(recall, precision, thresholds, _average_precision(found, false))


def auroc(probability: ArrayLike, truth: ArrayLike) -> float:
    """Return how often a seizure frame has a higher probability than a background frame; ties count half.

    This is the rank statistic of Mann and Whitney, and the area under :func:`roc_curve`.

    Parameters
    ----------
    probability, truth
        As for :func:`known_frames`.

    Returns
    -------
    float
        NaN where one of the two kinds is missing.

    References
    ----------
    Hanley and McNeil, The meaning and use of the area under a ROC curve, Radiology 1982.

    Examples
    --------
    >>> auroc([0.2, 0.5, 0.5, np.nan], [False, False, True, True])
    0.75
    """
    _, found, false = _count_at_each(probability, truth)
    return _rank_share(found, false)


def average_precision(probability: ArrayLike, truth: ArrayLike) -> float:
    """Return the mean of the precision at each step of the recall, without interpolation.

    Parameters
    ----------
    probability, truth
        As for :func:`known_frames`.

    Returns
    -------
    float
        NaN without a seizure frame. A detector without skill has the share of seizure frames.

    Examples
    --------
    >>> average_precision([0.5, 0.5, 0.5, 0.5], [True, False, False, False])
    0.25
    """
    return measure_areas(probability, truth)[1]


def measure_areas(probability: ArrayLike, truth: ArrayLike) -> tuple[float, float]:
    """Return :func:`auroc` and :func:`average_precision`, with the work that both share done once.

    Examples
    --------
    >>> measure_areas([0.1, 0.4, 0.9], [False, True, True])
    (1.0, 1.0)
    """
    _, found, false = _count_at_each(probability, truth)
    return _rank_share(found, false), _average_precision(found, false)


def _count_at_each(probability: ArrayLike, truth: ArrayLike) -> tuple[Values, Values, Values]:
    """Return the distinct probabilities, infinity first, and the seizure and background frames at or above each."""
    values, is_seizure = known_frames(probability, truth)
    order = np.argsort(values)[::-1]
    values, is_seizure = values[order], is_seizure[order]
    last = np.flatnonzero(np.append(np.diff(values) != 0, [True] * (len(values) > 0)))
    found = np.cumsum(is_seizure, dtype=np.float64)[last]
    return (
        np.concatenate([[math.inf], values[last]]),
        np.concatenate([[0.0], found]),
        np.concatenate([[0.0], last + 1 - found]),
    )


def _rank_share(found: Values, false: Values) -> float:
    """Return the share of pairs of a seizure and a background frame that are in the right order."""
    n_pairs = found[-1] * false[-1]
    right = np.diff(found) * (false[-1] - (false[1:] + false[:-1]) / 2)
    return float(np.sum(right) / n_pairs) if n_pairs > 0 else math.nan


def _average_precision(found: Values, false: Values) -> float:
    """Return the mean of the precision at each step of the recall."""
    steps = np.diff(found) / found[-1] if found[-1] > 0 else np.full(len(found) - 1, math.nan)
    return float(np.sum(steps * (found / np.maximum(found + false, 1.0))[1:])) if len(steps) else math.nan


def _shares(part: Values, whole: float) -> Values:
    return part / whole if whole > 0 else np.full(len(part), math.nan)
