"""Agreement beyond chance: of two readers and of many, and how sure it is.

References
----------
Cohen, A coefficient of agreement for nominal scales, Educational and Psychological Measurement 1960.
Fleiss, Cohen and Everitt, Large sample standard errors of kappa and weighted kappa, Psychological Bulletin 1969.
Fleiss, Measuring nominal scale agreement among many raters, Psychological Bulletin 1971.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError
from ictal.evaluation.bootstrap import LEVEL, draw_subjects, percentile_interval
from ictal.scoring.counts import Counts

ASYMPTOTIC = "asymptotic (Fleiss, Cohen and Everitt 1969)"
"""An interval for things that are independent of one another, such as events."""

BOOTSTRAP = "bootstrap over recordings (Efron and Tibshirani 1993)"
"""An interval for things that are not, such as the seconds of a recording."""

NOTHING = "there is nothing to agree on"
ONE_KIND = "the readers say the same of everything, so that chance explains all agreement"
ALWAYS_ZERO = "one reader says the same of everything, so that kappa can only be 0"
ALL_AGREE = "all agree, which leaves the interval without width"
TOO_FEW = "fewer than two recordings: no interval"


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance, from -1 to 1; 0 is chance.

    Parameters
    ----------
    value : float or None
        ``None`` where it is not defined.
    low, high : float or None
        Its interval of 95 %.
    method : str
        How the interval was had: :data:`ASYMPTOTIC`, :data:`BOOTSTRAP`, or nothing without one.
    reason : str
        Why there is no value or no interval, or why it says little.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    reason: str = ""


def cohen_kappa(both: int, first_alone: int, second_alone: int, neither: int) -> Kappa:
    """Return Cohen's kappa of two readers who said yes or no to the same things.

    Parameters
    ----------
    both, first_alone, second_alone, neither : int
        How many things both, one or none of them said yes to.

    Returns
    -------
    Kappa
        With its asymptotic interval, which is rough for fewer than some 30 things; without one where all agree.

    Examples
    --------
    >>> kappa = cohen_kappa(58, 12, 4, 31)
    >>> f"{kappa.value:.3f} ({kappa.low:.3f} to {kappa.high:.3f})"
    '0.676 (0.532 to 0.820)'
    >>> cohen_kappa(7, 0, 0, 0).value is None
    True
    """
    value = _kappa(both, first_alone, second_alone, neither)
    if math.isnan(value):
        return Kappa(None, reason=ONE_KIND if both + neither else NOTHING)
    n_things = both + first_alone + second_alone + neither
    if not {both + first_alone, both + second_alone}.isdisjoint((0, n_things)):
        return Kappa(value, reason=ALWAYS_ZERO)
    if not first_alone and not second_alone:
        return Kappa(value, reason=ALL_AGREE)
    error = _standard_error(np.array([[both, first_alone], [second_alone, neither]], dtype=np.float64), value)
    reach = NormalDist().inv_cdf((1 + LEVEL) / 2) * error
    return Kappa(value, max(value - reach, -1.0), min(value + reach, 1.0), ASYMPTOTIC)


def pooled_kappa(tables: ArrayLike) -> Kappa:
    """Return Cohen's kappa over several recordings, whose things are no independent observations.

    Parameters
    ----------
    tables : array-like, shape (n_recordings, 4)
        The arguments of :func:`cohen_kappa`, for each recording.

    Returns
    -------
    Kappa
        Over all recordings together; its interval, by the bootstrap over recordings, needs two.

    Examples
    --------
    >>> kappa = pooled_kappa([[60, 9, 3, 528], [0, 0, 12, 588], [30, 4, 6, 560]])
    >>> round(kappa.value, 3), kappa.low <= kappa.value <= kappa.high
    (0.831, True)
    """
    numbers = np.asarray(tables, dtype=np.float64).reshape(-1, 4)
    value = _kappa(*numbers.sum(axis=0))
    if math.isnan(value):
        return Kappa(None, reason=ONE_KIND if numbers.any() else NOTHING)
    if len(numbers) < 2:
        return Kappa(value, reason=TOO_FEW)
    low, high = percentile_interval([_kappa(*table) for table in draw_subjects(len(numbers)) @ numbers])
    return Kappa(value, float(low), float(high), BOOTSTRAP)


def fleiss_kappa(counts: ArrayLike) -> Kappa:
    """Return Fleiss' kappa of many readers.

    Parameters
    ----------
    counts : array-like of int, shape (n_things, n_kinds)
        How many readers said that a thing is of a kind; every thing by the same number of them, two or more.

    Returns
    -------
    Kappa
        Without an interval.

    Raises
    ------
    ParameterError
        If not every thing has the same number of readers, two or more.

    Examples
    --------
    >>> round(fleiss_kappa([[3, 0], [2, 1], [0, 3], [0, 3]]).value, 3)
    0.657
    """
    said = np.asarray(counts, dtype=np.float64)
    if not said.size:
        return Kappa(None, reason=NOTHING)
    numbers = set(said.sum(axis=1).tolist())
    n_readers = numbers.pop()
    if numbers or n_readers < 2:
        raise ParameterError("counts: of every thing the same number of readers must have said something, two or more.")
    observed = ((said**2).sum(axis=1) - n_readers).mean() / (n_readers * (n_readers - 1))
    shares = said.sum(axis=0) / said.sum()
    expected = (shares**2).sum()
    if (shares == 1).any():
        return Kappa(None, reason=ONE_KIND)
    return Kappa(float((observed - expected) / (1 - expected)))


def positive_agreement(both: int, first_alone: int, second_alone: int) -> float | None:
    """Return how far two readers agree on what at least one of them said yes to; ``None`` if there is none.

    It is the share of common ones in all that either said yes to, and does not depend on how often nobody did.

    References
    ----------
    Cicchetti and Feinstein, High agreement but low kappa: II, Journal of Clinical Epidemiology 1990.

    Examples
    --------
    >>> positive_agreement(3, 1, 1)
    0.75
    """
    share = Counts(both, second_alone, first_alone, duration=0.0).f1
    return None if math.isnan(share) else share


def _kappa(both: float, first_alone: float, second_alone: float, neither: float) -> float:
    """Return kappa, NaN where there is nothing, or where all is of one kind and agreed."""
    if not first_alone and not second_alone and (not both or not neither):
        return math.nan
    return float(Counts(both, second_alone, first_alone, duration=0.0, true_negatives=neither).kappa)


def _standard_error(table: NDArray[np.float64], kappa: float) -> float:
    """Return the large-sample standard error: formula 13 of Fleiss, Cohen and Everitt, 1969."""
    n_things = table.sum()
    shares = table / n_things
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    expected = (rows * columns).sum()
    agreed = np.diag(shares) * (1 - (rows + columns) * (1 - kappa)) ** 2
    crossed = shares * (columns[:, None] + rows[None, :]) ** 2
    variance = agreed.sum() + (1 - kappa) ** 2 * (crossed.sum() - np.trace(crossed))
    variance -= (kappa - expected * (1 - kappa)) ** 2
    return float(math.sqrt(max(variance, 0.0) / n_things) / (1 - expected))
