"""How far a figure could have come out otherwise, had other subjects been recorded: the bootstrap over subjects."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError

N_RESAMPLES = 2000
LEVEL = 0.95

Values = NDArray[np.float64]


def draw_subjects(n_subjects: int, n_resamples: int = N_RESAMPLES, seed: int = 0) -> NDArray[np.int64]:
    """Draw as many subjects as there are, with replacement, many times.

    Sums over the drawn subjects are products with this matrix, so that figures of all resamples are had at once; and
    figures that share the draws can be compared resample by resample.

    Parameters
    ----------
    n_subjects, n_resamples : int
        Both 1 or more.
    seed : int
        The same seed gives the same draws.

    Returns
    -------
    ndarray of int, shape (n_resamples, n_subjects)
        How often each subject was drawn; rows add up to `n_subjects`.

    Raises
    ------
    ParameterError
        If a number is below 1.

    References
    ----------
    Efron and Tibshirani, An Introduction to the Bootstrap, 1993.

    Examples
    --------
    >>> draw_subjects(3, n_resamples=2).sum(axis=1)
    array([3, 3])
    """
    for name, number in (("subjects", n_subjects), ("resamples", n_resamples)):
        if number < 1:
            raise ParameterError(f"number of {name}: {number!r} is not allowed; it must be 1 or more.")
    return np.random.default_rng(seed).multinomial(n_subjects, np.full(n_subjects, 1.0 / n_subjects), n_resamples)


def resample_means(values: ArrayLike, draws: NDArray[np.int64]) -> Values:
    """Return the mean over the drawn subjects, those without a value left out.

    Parameters
    ----------
    values : array-like, shape (n_subjects, ...)
        A figure of each subject; NaN where it is undefined.
    draws : ndarray of int, shape (n_resamples, n_subjects)
        From :func:`draw_subjects`.

    Returns
    -------
    ndarray, shape (n_resamples, ...)
        NaN where no drawn subject has a value.

    Examples
    --------
    >>> resample_means([0.5, 1.0, np.nan], np.array([[1, 1, 1], [2, 0, 1], [0, 0, 3]]))
    array([0.75, 0.5 ,  nan])
    """
    figures = np.asarray(values, dtype=np.float64)
    known = np.isfinite(figures)
    totals = np.tensordot(draws, np.where(known, figures, 0.0), axes=1)
    numbers = np.tensordot(draws, known.astype(np.float64), axes=1)
    return np.asarray(np.divide(totals, numbers, out=np.full(totals.shape, np.nan), where=numbers > 0))


def percentile_interval(resampled: ArrayLike, level: float = LEVEL) -> tuple[Values, Values]:
    """Return between which values the middle share of the resamples lies, undefined resamples left out.

    Parameters
    ----------
    resampled : array-like, shape (n_resamples, ...)
        A figure of each resample.
    level : float
        The share, above 0 and below 1.

    Returns
    -------
    low, high : ndarray, shape (...)
        NaN where no resample has a value.

    Raises
    ------
    ParameterError
        If the level is none.

    Examples
    --------
    >>> low, high = percentile_interval(np.arange(101.0), level=0.5)
    >>> float(low), float(high)
    (25.0, 75.0)
    """
    if not 0 < level < 1:
        raise ParameterError(f"level of the interval: {level!r} is not allowed; it must be above 0 and below 1.")
    figures = np.asarray(resampled, dtype=np.float64)
    defined = np.isfinite(figures).any(axis=0)
    filled = np.where(defined, figures, 0.0)
    low, high = np.nanquantile(filled, [(1 - level) / 2, (1 + level) / 2], axis=0)
    return np.where(defined, low, np.nan), np.where(defined, high, np.nan)


def bootstrap_interval(
    values: ArrayLike, *, n_resamples: int = N_RESAMPLES, level: float = LEVEL, seed: int = 0
) -> tuple[Values, Values]:
    """Return the percentile interval of a mean over subjects.

    Parameters
    ----------
    values : array-like, shape (n_subjects, ...)
        A figure of each subject; NaN where it is undefined.
    n_resamples, level, seed
        See :func:`draw_subjects` and :func:`percentile_interval`.

    Returns
    -------
    low, high : ndarray, shape (...)
        NaN where fewer than two subjects have a value: one subject says nothing about others.

    Examples
    --------
    >>> low, high = bootstrap_interval([0.0, 1.0, 0.5, 0.5, np.nan])
    >>> 0.0 <= float(low) < 0.5 < float(high) <= 1.0
    True
    """
    figures = np.asarray(values, dtype=np.float64)
    low, high = percentile_interval(resample_means(figures, draw_subjects(len(figures), n_resamples, seed)), level)
    enough = np.isfinite(figures).sum(axis=0) > 1
    return np.where(enough, low, np.nan), np.where(enough, high, np.nan)
