"""Which smoothing, threshold and durations find the most seizures for a number of false alarms that one can live with.

Every setting of a grid is counted on every recording; the best of thousands looks better than it is. So a setting is
judged together with its neighbours in the grid, which favours the middle of a plateau over a lone peak, and the choice
itself is repeated without each subject and tried on that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import IctalError, check_option
from ictal.evaluation.behaviour import NEARLY_ALL
from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.dataset import RuleScores, score_dataset
from ictal.evaluation.operating import ScoredRecording
from ictal.postprocessing.settings import PostProcessing
from ictal.postprocessing.sweep import EventSweep
from ictal.scoring.counts import SECONDS_PER_DAY, Counts
from ictal.scoring.szcore import EVENT
from ictal.training.rule_grid import Place, SearchCounts

Values = NDArray[np.float64]
Objective = Literal["sensitivity", "f1"]
OBJECTIVES: tuple[Objective, ...] = ("sensitivity", "f1")
"""What shall be highest, on average over subjects; the first is the usual one."""

_NEIGHBOURS = (3, 5, 3, 3, 3)
"""Settings that are judged together: of smoothing, threshold, release, gap and duration."""


class BudgetError(IctalError):
    """No setting keeps to the number of false alarms that is allowed."""


def choose_place(counts: SearchCounts, budget: float, objective: Objective = "sensitivity") -> Place:
    """Return the setting that is best among those that keep to a number of false alarms.

    All figures are averages over subjects. A setting must keep to the budget itself and, if any does, on the mean with
    its neighbours in the grid; it is judged by what it reaches or by that mean, whichever is lower. Neighbours are one
    step away in each direction, or two of the threshold. Of equals those with the fewest false alarms are left, and the
    one in the middle of them is taken. Settings that claim nearly all of the time do not count.

    Parameters
    ----------
    counts : SearchCounts
    budget : float
        False alarms in 24 h.
    objective : {"sensitivity", "f1"}

    Raises
    ------
    BudgetError
        If none keeps to it; the nearest is named.
    """
    check_option("objective", objective, OBJECTIVES)
    found, missed, false = counts.found, counts.missed, counts.false
    alarms = (false * SECONDS_PER_DAY / _by_subject(counts.duration, false)).mean(axis=0)
    sensitivity = _mean_of_shares(found, found + missed)
    merit = sensitivity if objective == "sensitivity" else _mean_of_shares(2 * found, 2 * found + missed + false)
    claims_all = counts.claimed.sum(axis=0) >= NEARLY_ALL * counts.analysed.sum()
    useful = (found.sum(axis=0) > 0) & ~claims_all
    allowed = useful & (alarms <= budget)
    if not allowed.any():
        raise BudgetError(_tell_nearest(useful, claims_all, sensitivity, alarms, budget))
    # Rounded, for neighbours are added up in other orders at other places.
    calmness, worth = _around(alarms).round(9), np.minimum(merit, _around(merit)).round(9)
    calm = allowed & (calmness <= budget)
    left = calm if calm.any() else allowed
    left = left & (worth == worth[left].max())
    left = left & (calmness == calmness[left].min())
    places = np.argwhere(left)
    nearest = np.abs(places - places.mean(axis=0)).sum(axis=1).argmin()
    return tuple(places[nearest].tolist())


def try_left_out(
    counts: SearchCounts, budget: float, objective: Objective = "sensitivity"
) -> Iterator[tuple[str, Counts | None]]:
    """Yield what the setting that is chosen on all other subjects does in each; ``None`` where none fits them."""
    for row, subject in enumerate(counts.subjects):
        others = counts.take([other for other in range(len(counts.subjects)) if other != row])
        try:
            yield subject, counts.at(row, choose_place(others, budget, objective))
        except BudgetError:
            yield subject, None


def score_left_out(counts: SearchCounts, budget: float, objective: Objective = "sensitivity") -> RuleScores | None:
    """Return the figures of :func:`try_left_out`; ``None`` with fewer than two subjects that can be tried."""
    if len(counts.subjects) < 2:
        return None
    tried = [found for _, found in try_left_out(counts, budget, objective) if found is not None]
    if len(tried) < 2:
        return None
    return score_dataset(EVENT, tried, np.arange(len(tried)), draw_subjects(len(tried)))


def score_rules(recordings: Sequence[ScoredRecording], settings: PostProcessing) -> RuleScores:
    """Return the SzCORE figures of the events that rules make of calibrated scores."""
    subjects = sorted({one.subject for one in recordings})
    counts = []
    for one in recordings:
        claims = EventSweep(one.scores, settings, one.reference.duration).spans_at(settings.threshold)
        counts.append(EVENT.score(one.seizure_spans, claims, one.reference.duration))
    numbers = np.array([subjects.index(one.subject) for one in recordings], dtype=np.int64)
    return score_dataset(EVENT, counts, numbers, draw_subjects(len(subjects)))


def bound_rate(n_alarms: float, duration: float, level: float = 0.95) -> tuple[float, float]:
    """Return between which rates the true one lies, as far as chance alone is concerned.

    Parameters
    ----------
    n_alarms : float
        How many were counted.
    duration : float
        In so many seconds.
    level : float
        How sure the bounds are.

    Returns
    -------
    low, high : float
        In 24 h.

    References
    ----------
    Garwood, Fiducial limits for the Poisson distribution, Biometrika 1936.

    Examples
    --------
    >>> [round(bound, 2) for bound in bound_rate(0, 86400.0)]
    [0.0, 3.69]
    """
    from scipy.special import gammaincinv

    days, tail = duration / SECONDS_PER_DAY, (1.0 - level) / 2.0
    low = float(gammaincinv(n_alarms, tail)) if n_alarms > 0 else 0.0
    return low / days, float(gammaincinv(n_alarms + 1.0, 1.0 - tail)) / days


def _by_subject(values: Values, like: NDArray[np.float32]) -> Values:
    return values.reshape(-1, *[1] * (like.ndim - 1))


def _mean_of_shares(part: NDArray[np.float32], whole: NDArray[np.float32]) -> Values:
    """Return the mean over subjects, those in whom the share is undefined left out; 0 where it is in all."""
    shares = np.divide(part, whole, out=np.zeros(part.shape), where=whole > 0)
    return np.asarray(shares.sum(axis=0) / np.maximum((whole > 0).sum(axis=0), 1))


def _around(values: Values) -> Values:
    """Return the mean of each setting and its neighbours; beyond the ends of the grid the ends count again."""
    from scipy.ndimage import uniform_filter

    return np.asarray(uniform_filter(values, size=_NEIGHBOURS, mode="nearest"))


def _tell_nearest(
    useful: NDArray[np.bool_], claims_all: NDArray[np.bool_], sensitivity: Values, alarms: Values, budget: float
) -> str:
    allowed = f"{budget:g} false alarms in 24 h are allowed"
    if not useful.any():
        if claims_all.any():
            return f"{allowed}; the detector is positive everywhere: it claims nothing or nearly all of the time."
        return f"{allowed}; the detector finds none of the seizures at any threshold."
    nearest = np.lexsort((-sensitivity[useful], alarms[useful]))[0]
    reached = f"the nearest has {alarms[useful][nearest]:.3g}, with a sensitivity of {sensitivity[useful][nearest]:.2f}"
    return f"{allowed}, and no setting that finds a seizure keeps to that; {reached}."
