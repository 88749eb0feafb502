"""Several detectors on the same subjects: averages with intervals, paired differences with tests, verdicts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError, check_option
from ictal.evaluation.bootstrap import percentile_interval, resample_means
from ictal.evaluation.dataset import Estimate
from ictal.evaluation.detector_figures import (
    AUROC,
    FIGURES,
    LOWER_IS_BETTER,
    SIGNIFICANT,
    DetectorFigures,
    Verdict,
    judge,
)
from ictal.evaluation.paired import correct_by_holm, flip_signs, rank_signs, smallest_p

FIRST, BEST = "first", "best"
PRIMARY = "event_f1"
"""The figure that says which detector is the best."""

EQUAL_WORDS, BETTER, WORSE = "not told apart", "better", "worse"

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Difference:
    """How much better or worse one detector is than another in the same subjects.

    Attributes
    ----------
    value, low, high : float
        The mean difference and its interval; NaN where fewer than one, or two, subjects have both figures.
    n_subjects : int
        How many have both.
    sign_flip, wilcoxon : float
        p-values; see :mod:`ictal.evaluation.paired`.
    sign_flip_corrected, wilcoxon_corrected : float
        The same by Holm for all detectors that are compared.
    """

    value: float
    low: float
    high: float
    n_subjects: int
    sign_flip: float
    wilcoxon: float
    sign_flip_corrected: float = np.nan
    wilcoxon_corrected: float = np.nan

    def words(self, figure: str) -> str:
        """Return ``better``, ``worse`` or ``not told apart``, by the corrected sign-flip test.

        Examples
        --------
        >>> Difference(0.2, 0.1, 0.3, 9, 0.004, 0.004, 0.008, 0.008).words("event_f1")
        'better'
        """
        if not self.sign_flip_corrected <= SIGNIFICANT:
            return EQUAL_WORDS
        return BETTER if (self.value > 0) != (figure in LOWER_IS_BETTER) else WORSE


@dataclass(frozen=True)
class FigureComparison:
    """One figure of all detectors.

    Attributes
    ----------
    averages : tuple of Estimate
        Over subjects; those where the figure is undefined are left out.
    differences : tuple of (Difference or None)
        To the detector that all are compared with, itself ``None``.
    """

    averages: tuple[Estimate, ...]
    differences: tuple[Difference | None, ...]


@dataclass(frozen=True)
class DetectorComparison:
    """Several detectors by all figures.

    Attributes
    ----------
    names : tuple of str
        Of the detectors.
    detectors : tuple of DetectorFigures
        In each subject.
    verdicts : tuple of Verdict
        What each is worth.
    against : int
        Which of them the others are compared with.
    figures : dict of str to FigureComparison
        By the names of :data:`~ictal.evaluation.detector_figures.FIGURES`.
    n_tests : int
        How many differences of one figure p-values are corrected for.
    """

    names: tuple[str, ...]
    detectors: tuple[DetectorFigures, ...]
    verdicts: tuple[Verdict, ...]
    against: int
    figures: dict[str, FigureComparison]
    n_tests: int

    @property
    def subjects(self) -> tuple[str, ...]:
        """Whom all were tested on."""
        return self.detectors[0].subjects


@dataclass(frozen=True, slots=True)
class ComparedRun:
    """Where a detector's results come from, and what there is beside that which is compared.

    Attributes
    ----------
    folder : str
        As it was named.
    side : str
        ``test``, ``validation``, or ``tables`` for events whose origin is not known.
    n_recordings, n_subjects : int
        That it was tested on, in common with others or not.
    """

    folder: str
    side: str
    n_recordings: int
    n_subjects: int


@dataclass(frozen=True)
class RunComparison:
    """Runs by all figures, on what all were tested on.

    Attributes
    ----------
    runs : tuple of ComparedRun
        In the order of the detectors.
    comparison : DetectorComparison
        The figures.
    seconds, n_seizures : dict of str to float
        Of each subject, how long and how many, in what is compared.
    n_recordings : int
        Recordings or stretches that are compared.
    budget : float
        False alarms in 24 h at which sensitivity is asked for.
    n_resamples, seed : int
        Of the bootstrap over subjects.
    """

    runs: tuple[ComparedRun, ...]
    comparison: DetectorComparison
    seconds: dict[str, float]
    n_seizures: dict[str, int]
    n_recordings: int
    budget: float
    n_resamples: int
    seed: int

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of the figures has to know first, in whole sentences."""
        return tuple(_remark(self))


def compare_detectors(
    names: Sequence[str], detectors: Sequence[DetectorFigures], draws: NDArray[np.int64], against: str = FIRST
) -> DetectorComparison:
    """Compare detectors that were tested on the same subjects.

    Parameters
    ----------
    names : sequence of str
        All different.
    detectors : sequence of DetectorFigures
        One or more.
    draws : ndarray of int, shape (n_resamples, n_subjects)
        From :func:`~ictal.evaluation.bootstrap.draw_subjects`, shared by all, so that differences are paired.
    against : str
        Which one the others are compared with: ``first``, ``best`` (the highest average F1 of events) or a name. The
        best is known only from these figures, so that its tests are corrected for all pairs, and not only for its own.

    Raises
    ------
    ParameterError
        If there is no detector, subjects differ, or none is named so.
    """
    if not detectors or any(one.subjects != detectors[0].subjects for one in detectors):
        came = "none came" if not detectors else "they were tested on different subjects"
        raise ParameterError(f"detectors: {came}; allowed are one or more on the same subjects.")
    averages = {
        name: tuple(average_figure(one.by_subject[name], draws, one.resampled.get(name)) for one in detectors)
        for name in FIGURES
    }
    place = _find_place(names, averages[PRIMARY], against)
    others = [number for number in range(len(detectors)) if number != place]
    pairs = [(number, place) for number in others]
    if against == BEST:
        pairs += itertools.combinations(others, 2)
    return DetectorComparison(
        names=tuple(names),
        detectors=tuple(detectors),
        verdicts=tuple(judge(*pair) for pair in zip(detectors, averages[AUROC], strict=True)),
        against=place,
        figures={
            name: FigureComparison(found, _compare_figure(name, detectors, draws, place, pairs))
            for name, found in averages.items()
        },
        n_tests=len(pairs),
    )


def average_figure(by_subject: Values, draws: NDArray[np.int64], resampled: Values | None = None) -> Estimate:
    """Return the mean over subjects with its interval.

    Parameters
    ----------
    by_subject : ndarray, shape (n_subjects,)
        NaN where undefined.
    draws : ndarray of int, shape (n_resamples, n_subjects)
    resampled : ndarray, shape (n_resamples,), optional
        The average of each resample; by default the mean over its subjects.

    Examples
    --------
    >>> average_figure(np.array([0.5, 1.0, np.nan]), np.array([[1, 1, 1], [2, 0, 1], [0, 2, 1]])).value
    0.75
    """
    known = by_subject[np.isfinite(by_subject)]
    if not len(known):
        return Estimate(np.nan, 0)
    means = resample_means(by_subject, draws) if resampled is None else resampled
    low, high = percentile_interval(means) if len(known) > 1 else (np.nan, np.nan)
    return Estimate(float(known.mean()), len(known), float(low), float(high), float(known.std()))


def subtract_figure(
    by_subject: Values, other: Values, draws: NDArray[np.int64], resampled: Values | None = None
) -> Difference:
    """Return the mean difference in the same subjects, with its interval and both tests.

    Parameters
    ----------
    by_subject, other : ndarray, shape (n_subjects,)
        Of one detector, and of the one that it is compared with; NaN where undefined.
    draws, resampled
        As for :func:`average_figure`, the latter of the difference.

    Examples
    --------
    >>> found = subtract_figure(np.array([0.5, 0.75, 1.0]), np.array([0.25, 0.5, 0.75]), np.ones((9, 3), dtype=int))
    >>> found.value, found.sign_flip
    (0.25, 0.25)
    """
    differences = by_subject - other
    mean = average_figure(differences, draws, resampled)
    return Difference(
        mean.value, mean.low, mean.high, mean.n_subjects, flip_signs(differences), rank_signs(differences)
    )


def _compare_figure(
    name: str,
    detectors: Sequence[DetectorFigures],
    draws: NDArray[np.int64],
    place: int,
    pairs: Sequence[tuple[int, int]],
) -> tuple[Difference | None, ...]:
    """Return the differences of the first pairs, those to the detector at `place`, corrected for all."""
    found = [_subtract(name, detectors[one], detectors[other], draws) for one, other in pairs]
    by_flips = correct_by_holm([one.sign_flip for one in found])
    by_ranks = correct_by_holm([one.wilcoxon for one in found])
    corrected = [
        replace(one, sign_flip_corrected=float(flips), wilcoxon_corrected=float(ranks))
        for one, flips, ranks in zip(found, by_flips, by_ranks, strict=True)
    ]
    return (*corrected[:place], None, *corrected[place : len(detectors) - 1])


def _subtract(name: str, one: DetectorFigures, other: DetectorFigures, draws: NDArray[np.int64]) -> Difference:
    resampled = (
        one.resampled[name] - other.resampled[name] if name in one.resampled and name in other.resampled else None
    )
    return subtract_figure(one.by_subject[name], other.by_subject[name], draws, resampled)


def _find_place(names: Sequence[str], primary: Sequence[Estimate], against: str) -> int:
    if against == FIRST:
        return 0
    if against == BEST:
        return int(np.argmax([-1.0 if np.isnan(one.value) else one.value for one in primary]))
    return list(names).index(check_option("against", against, [FIRST, BEST, *names]))


def _remark(found: RunComparison) -> Iterator[str]:
    n_subjects = len(found.comparison.subjects)
    runs = list(zip(found.comparison.names, found.runs, strict=True))
    if any(run.n_recordings > found.n_recordings for run in found.runs):
        tested = ", ".join(
            f"{name} on {run.n_recordings} recordings of {run.n_subjects} subjects" for name, run in runs
        )
        common = f"{found.n_recordings} recordings of {n_subjects} subjects"
        yield f"Recordings differ: {tested}. Only the {common} that all were tested on are compared."
    for name, run in runs:
        if run.side == "validation":
            yield (
                f"{name} was evaluated on validation recordings, which may have helped to choose it: "
                "its figures are too good, and are no test."
            )
    for name, detector in zip(found.comparison.names, found.comparison.detectors, strict=True):
        yield from (f"{name}: {note}." for note in detector.notes)
    if not sum(found.n_seizures.values()):
        yield "There is no seizure in what all were tested on."
    if n_subjects == 1:
        yield "There is one subject, who says nothing about others: no intervals, and no test can tell detectors apart."
        return
    least = smallest_p(n_subjects) * found.comparison.n_tests
    if least > SIGNIFICANT:
        for_all = f" for {found.comparison.n_tests} comparisons" if found.comparison.n_tests > 1 else ""
        p = f"p{for_all} is {min(least, 1.0):.2g} at least, even if all of them agree"
        yield f"With {n_subjects} subjects no test can tell detectors apart: {p}."
