"""Counts of recordings become figures of a data set: pooled, averaged over subjects, with intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.evaluation.bootstrap import LEVEL, percentile_interval, resample_means
from ictal.scoring.counts import Counts
from ictal.scoring.rules import Rule

COUNTED = ("true_positives", "false_positives", "false_negatives", "duration", "true_negatives")
"""The columns of a table of counts, in the order of the parameters of :class:`~ictal.scoring.counts.Counts`."""

RATE = "false_positives_per_day"
"""The one figure with a unit."""

Table = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure of a data set and how sure it is.

    Attributes
    ----------
    value : float
        NaN where it is undefined.
    n_subjects : int
        How many subjects have a value of their own.
    low, high : float
        The interval; NaN where fewer than two subjects have a value.
    standard_deviation : float
        Over those subjects (population); NaN for pooled figures.
    """

    value: float
    n_subjects: int
    low: float = math.nan
    high: float = math.nan
    standard_deviation: float = math.nan

    @property
    def has_interval(self) -> bool:
        """Whether anything can be said of other subjects."""
        return not math.isnan(self.low)


@dataclass(frozen=True)
class RuleScores:
    """What one rule says of a data set.

    Attributes
    ----------
    rule : Rule
        Its name and version.
    recordings, subjects : ndarray, shape (n_recordings or n_subjects, 5)
        Counts; the columns are :data:`COUNTED`.
    average : dict of str to Estimate
        The figures of subjects, averaged; subjects where a figure is undefined are left out of it.
    pooled : dict of str to Estimate
        The figures of all recordings taken as one.
    """

    rule: Rule
    recordings: Table
    subjects: Table
    average: dict[str, Estimate]
    pooled: dict[str, Estimate]


def score_dataset(
    rule: Rule, counts: Sequence[Counts], subject_numbers: NDArray[np.int64], draws: NDArray[np.int64]
) -> RuleScores:
    """Pool the counts of each subject and of all, and average over subjects.

    Parameters
    ----------
    rule : Rule
        What counted.
    counts : sequence of Counts
        Of each recording.
    subject_numbers : ndarray of int, shape (n_recordings,)
        Which subject each recording is of, from 0.
    draws : ndarray of int, shape (n_resamples, n_subjects)
        From :func:`ictal.evaluation.bootstrap.draw_subjects`.

    References
    ----------
    Dan et al., SzCORE, Epilepsia 2025: counts are added over the recordings of a subject, figures averaged over
    subjects.

    Examples
    --------
    >>> from ictal.evaluation.bootstrap import draw_subjects
    >>> from ictal.scoring.rules import RULES
    >>> counts = [Counts(1, 0, 0, 3600.0), Counts(0, 2, 3, 3600.0)]
    >>> scores = score_dataset(RULES.load("szcore"), counts, np.array([0, 1]), draw_subjects(2))
    >>> scores.average["sensitivity"].value, scores.pooled["sensitivity"].value
    (0.5, 0.25)
    """
    recordings = tabulate(counts)
    subjects = np.zeros((draws.shape[1], len(COUNTED)))
    np.add.at(subjects, subject_numbers, recordings)
    of_subjects = figures_of(rule, subjects)
    n_defined = np.isfinite(of_subjects).sum(axis=0)
    # An event rule counts no background: NaN in every product with the draws, as it should be.
    resampled_pools = figures_of(rule, draws @ subjects)
    average = _estimate(rule, _mean(of_subjects), n_defined, resample_means(of_subjects, draws), _spread(of_subjects))
    pooled = _estimate(rule, figures_of(rule, subjects.sum(axis=0, keepdims=True))[0], n_defined, resampled_pools)
    return RuleScores(rule, recordings, subjects, average, pooled)


def tabulate(counts: Sequence[Counts]) -> Table:
    """Return counts as a table, a row each; the columns are :data:`COUNTED`."""
    rows = [(c.true_positives, c.false_positives, c.false_negatives, c.duration, c.true_negatives) for c in counts]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(COUNTED))


def figures_of(rule: Rule, counts: Table) -> Table:
    """Return the figures that a rule is read by.

    Parameters
    ----------
    rule : Rule
        Its `figures` are calculated; false positives a day are given in seconds where it counts stretches of time.
    counts : ndarray, shape (n, 5)
        A table as of :func:`tabulate`.

    Returns
    -------
    ndarray, shape (n, n_figures)
        NaN where undefined.

    Examples
    --------
    >>> from ictal.scoring.rules import RULES
    >>> figures_of(RULES.load("sample"), np.array([[3.0, 1.0, 1.0, 86400.0, 86395.0]])).tolist()
    [[0.75, 0.75, 0.75, 1.0]]
    """
    scale = 1.0 if rule.seconds_per_count is None else rule.seconds_per_count
    scales = [scale if name == RATE else 1.0 for name in rule.figures]
    rows = [[getattr(row, name) for name in rule.figures] for row in (Counts(*row) for row in counts.tolist())]
    return np.array(rows, dtype=np.float64).reshape(len(rows), len(scales)) * scales


def _estimate(
    rule: Rule, values: Table, n_defined: NDArray[np.int64], resampled: Table, spread: Table | None = None
) -> dict[str, Estimate]:
    low, high = percentile_interval(resampled, LEVEL)
    enough = n_defined > 1
    columns = [values, n_defined, np.where(enough, low, np.nan), np.where(enough, high, np.nan)]
    if spread is not None:
        columns.append(spread)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {name: Estimate(*row) for name, row in zip(rule.figures, rows, strict=True)}


def _mean(figures: Table) -> Table:
    known = np.isfinite(figures)
    number = known.sum(axis=0)
    total = np.where(known, figures, 0.0).sum(axis=0)
    return np.asarray(np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0))


def _spread(figures: Table) -> Table:
    return np.asarray(np.sqrt(_mean((figures - _mean(figures)) ** 2)))
