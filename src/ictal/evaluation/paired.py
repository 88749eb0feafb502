"""Could two detectors be equally good? Tests of differences within subjects, and their correction for several."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

MOST_EXACT = 15
"""Subjects that differ up to which every flip of signs is tried; above, signs are drawn."""

N_FLIPS = 9999
_DIGITS = 12
_ROUNDING = 10.0**-_DIGITS

Values = NDArray[np.float64]


def flip_signs(differences: ArrayLike, seed: int = 0) -> float:
    """Return how often chance alone makes a mean difference as large: the sign-flip permutation test, two-sided.

    If two detectors are equally good, each subject's difference could as well have had the other sign. With up to 15
    subjects that differ all combinations of signs are tried, else 9999 are drawn.

    Parameters
    ----------
    differences : array-like, shape (n_subjects,)
        Of one subject each; NaN where one of the two figures is undefined.
    seed : int
        Of the draws.

    Returns
    -------
    float
        Above 0 and at most 1; 1 without any difference, NaN without a subject.

    References
    ----------
    Fisher, The Design of Experiments, 1935, section 21; Phipson and Smyth, Permutation p-values should never be zero,
    Stat Appl Genet Mol Biol 2010, for the drawn ones.

    Examples
    --------
    >>> flip_signs([0.1, 0.2, 0.1, 0.3, 0.2, 0.4])
    0.03125
    >>> flip_signs([0.1, -0.1, np.nan])
    1.0
    """
    known, differing = _select(differences)
    if not len(known):
        return np.nan
    if not len(differing):
        return 1.0
    if len(differing) <= MOST_EXACT:
        sums = _every_sign(len(differing)) @ differing
        return float(np.mean(_reaches(sums, differing)))
    drawn = np.random.default_rng(seed).integers(0, 2, (N_FLIPS, len(differing)), dtype=np.int8) * 2 - 1
    return float((1 + _reaches(drawn @ differing, differing).sum()) / (1 + N_FLIPS))


def rank_signs(differences: ArrayLike) -> float:
    """Return the p-value of Wilcoxon's signed-rank test, two-sided; subjects without a difference are left out.

    With up to 15 subjects it is exact, with ties too; above, it is that of scipy.

    Parameters
    ----------
    differences : array-like, shape (n_subjects,)
        As for :func:`flip_signs`.

    Returns
    -------
    float
        1 without any difference, NaN without a subject.

    References
    ----------
    Wilcoxon, Individual comparisons by ranking methods, Biometrics 1945; Demšar, Statistical comparisons of classifiers
    over multiple data sets, JMLR 2006.

    Examples
    --------
    >>> rank_signs([0.1, 0.2, 0.15, 0.3, 0.25, 0.4])
    0.03125
    """
    from scipy.stats import rankdata, wilcoxon

    known, differing = _select(differences)
    if not len(known):
        return np.nan
    if not len(differing):
        return 1.0
    # Differences of shares tie only up to rounding, and ranks ask for ties.
    rounded = np.round(differing, _DIGITS)
    if len(rounded) <= MOST_EXACT:
        return flip_signs(np.sign(rounded) * rankdata(np.abs(rounded)))
    return float(wilcoxon(rounded).pvalue)


def correct_by_holm(p_values: ArrayLike) -> Values:
    """Return p-values that hold for all of several tests together: Holm's step-down correction.

    Parameters
    ----------
    p_values : array-like, shape (n_tests,)
        NaN where a test could not be made; it counts for none.

    Returns
    -------
    ndarray, shape (n_tests,)
        None below that of the test alone.

    References
    ----------
    Holm, A simple sequentially rejective multiple test procedure, Scand J Stat 1979.

    Examples
    --------
    >>> correct_by_holm([0.01, 0.04, np.nan, 0.03])
    array([0.03, 0.06,  nan, 0.06])
    """
    alone = np.asarray(p_values, dtype=np.float64)
    corrected = np.full(len(alone), np.nan)
    order = np.argsort(alone)[: np.isfinite(alone).sum()]
    steps = alone[order] * np.arange(len(order), 0, -1)
    corrected[order] = np.minimum(np.maximum.accumulate(steps), 1.0)
    return corrected


def smallest_p(n_subjects: int) -> float:
    """Return what the sign-flip test comes to if all of so many subjects agree: it can say no more.

    Examples
    --------
    >>> smallest_p(4), smallest_p(6)
    (0.125, 0.03125)
    """
    return 2.0 ** (1 - n_subjects) if n_subjects > 0 else np.nan


def _select(differences: ArrayLike) -> tuple[Values, Values]:
    """Return the differences that are defined, and of these those that are not 0 but for rounding."""
    values = np.asarray(differences, dtype=np.float64)
    known = values[np.isfinite(values)]
    return known, known[np.abs(known) > _ROUNDING]


def _every_sign(number: int) -> Values:
    """Return all combinations of signs whose first is positive, shape (2 ** (number - 1), number)."""
    places = np.arange(2 ** (number - 1))[:, None] >> np.arange(number - 1) & 1
    return np.hstack([np.ones((len(places), 1)), 1.0 - 2.0 * places])


def _reaches(sums: Values, differences: Values) -> NDArray[np.bool_]:
    """Return which sums are as far from 0 as that of the differences as they are."""
    return np.asarray(np.abs(sums) >= np.abs(differences.sum()) - 1e-9 * np.abs(differences).sum())
