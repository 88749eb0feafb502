"""Do methods of explanation say the same of one stretch?"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.lead_seconds import gather_evidence

Values = NDArray[np.float64]

TOP = 0.1
"""The share of cells that is compared as the strongest."""


@dataclass(frozen=True, eq=False)
class Agreement:
    """How alike methods are, two and two.

    Attributes
    ----------
    methods : tuple of str
    correlation : ndarray, shape (n_methods, n_methods)
        Spearman's, over the cells that both methods tell apart.
    overlap : ndarray, shape (n_methods, n_methods)
        The share of the strongest tenth of cells that is among the strongest of both; of unrelated methods 0.1.
    """

    methods: tuple[str, ...]
    correlation: Values
    overlap: Values


def measure_agreement(attributions: Mapping[str, Attribution], stretch: Stretch) -> Agreement:
    """Return how far methods agree on one stretch.

    Parameters
    ----------
    attributions : mapping of str to Attribution
        By the name of the method. Two that tell leads apart are compared by seconds of each lead, others by seconds.
    stretch : Stretch

    Examples
    --------
    >>> stretch = Stretch(np.zeros((1, 1024)), 256.0, 0.0, ("Fz-Cz",), 256, 256, 1, slice(0, 4), (0.0, 4.0))
    >>> rising = Attribution([[[1.0, 2.0, 3.0, 4.0]]], 0.0, 1.0)
    >>> falling = Attribution([[[4.0, 3.0, 2.0, 1.0]]], 0.0, 1.0)
    >>> measure_agreement({"one": rising, "other": falling}, stretch).correlation.round(2)
    array([[ 1., -1.],
           [-1.,  1.]])
    """
    cells = [gather_evidence(attribution, stretch) for attribution in attributions.values()]
    correlation, overlap = np.eye(len(cells)), np.eye(len(cells))
    for one, other in itertools.combinations(range(len(cells)), 2):
        pair = (cells[one], cells[other])
        first, second = pair if len(pair[0]) == len(pair[1]) else (each.sum(axis=0) for each in pair)
        correlation[one, other] = correlation[other, one] = spearman(first, second)
        overlap[one, other] = overlap[other, one] = overlap_of_top(first, second)
    return Agreement(tuple(attributions), correlation, overlap)


def spearman(one: ArrayLike, other: ArrayLike) -> float:
    """Return Spearman's rank correlation of two maps; 0 where one of them is the same everywhere, for it says nothing.

    Parameters
    ----------
    one, other : array-like of the same shape

    Raises
    ------
    ParameterError
        If the shapes differ.

    Examples
    --------
    >>> round(spearman([1.0, 2.0, 3.0], [1.0, 8.0, 27.0]), 6), spearman([1.0, 1.0], [0.0, 3.0])
    (1.0, 0.0)
    """
    from scipy.stats import rankdata

    first, second = _check_shapes(one, other)
    ranks = np.array([rankdata(each) for each in (first, second)])
    ranks -= ranks.mean(axis=1, keepdims=True)
    size = float(np.sqrt((ranks[0] ** 2).sum() * (ranks[1] ** 2).sum()))
    return float((ranks[0] * ranks[1]).sum()) / size if size > 0 else 0.0


def overlap_of_top(one: ArrayLike, other: ArrayLike, share: float = TOP) -> float:
    """Return the share of the strongest values of one map that are among the strongest of another.

    Values that tie for the last place count in part, so that two maps which say nothing agree by chance only.

    Examples
    --------
    >>> overlap_of_top(np.arange(20.0), np.arange(20.0)), overlap_of_top(np.arange(20.0), -np.arange(20.0))
    (1.0, 0.0)
    """
    first, second = _check_shapes(one, other)
    n_top = max(round(share * first.size), 1)
    return float((_membership(first, n_top) * _membership(second, n_top)).sum() / n_top)


def _membership(values: Values, n_top: int) -> Values:
    """Return how far each value belongs to the strongest, with the sum `n_top`."""
    last = np.sort(values)[-n_top]
    above, level = values > last, values == last
    return np.where(above, 1.0, np.where(level, (n_top - above.sum()) / level.sum(), 0.0))


def _check_shapes(one: ArrayLike, other: ArrayLike) -> tuple[Values, Values]:
    first, second = np.asarray(one, dtype=np.float64), np.asarray(other, dtype=np.float64)
    if first.shape != second.shape or first.size == 0:
        raise ParameterError(
            f"maps: the shapes {first.shape} and {second.shape} came; they must be the same, not empty."
        )
    return first.ravel(), second.ravel()
