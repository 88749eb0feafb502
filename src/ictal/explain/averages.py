"""What counts on average: mean explanations of the windows of a category, of one subject and over subjects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError

Values = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class AverageAttribution:
    """What counted on average in the windows of a category.

    Parameters
    ----------
    category : str
        One of :data:`ictal.evaluation.categories.CATEGORIES`.
    class_name : str
        The class that the category is of, and that was asked about.
    subject : str or None
        Whose windows; ``None`` for the mean over subjects.
    mean : Attribution
        Shares; time is from the start of the window.
    standard_error : ndarray, shape of the mean
        Of a subject over windows, of several over subjects; NaN where there is but one.
    n_windows, n_subjects : int
        What the mean is of. Windows in which nothing speaks for the class have no shares, and are not counted.
    """

    category: str
    class_name: str
    subject: str | None
    mean: Attribution
    standard_error: Values
    n_windows: int
    n_subjects: int


class RunningMean:
    """Mean and standard error of arrays that come one by one; it holds two of them, however many come.

    References
    ----------
    Welford, Note on a method for calculating corrected sums of squares and products, Technometrics 1962.

    Examples
    --------
    >>> running = RunningMean()
    >>> for value in (1.0, 2.0, 6.0):
    ...     running.add(np.array([value]))
    >>> running.mean, running.standard_error.round(3)
    (array([3.]), array([1.528]))
    """

    def __init__(self) -> None:
        self.n = 0
        self.mean: Values = np.zeros(())
        self._squares: Values = np.zeros(())

    def add(self, values: Values) -> None:
        """Take one more array, of the shape of the others."""
        self.n += 1
        before = values - self.mean
        self.mean = self.mean + before / self.n
        self._squares = self._squares + before * (values - self.mean)

    @property
    def standard_error(self) -> Values:
        """Of the mean; NaN of less than two."""
        if self.n < 2:
            return np.full(self.mean.shape, np.nan)
        return np.asarray(np.sqrt(self._squares / (self.n - 1) / self.n))


def average_windows(
    attributions: Iterable[Attribution], *, category: str, class_name: str, subject: str
) -> AverageAttribution | None:
    """Return the mean over windows of one subject, each normalised to shares first so that no loud one rules.

    Parameters
    ----------
    attributions : iterable of Attribution
        One for each window, with the same leads, frequencies and columns. They are looked at one by one, and not kept.
    category, class_name, subject : str
        See :class:`AverageAttribution`.

    Returns
    -------
    AverageAttribution or None
        ``None`` where there is no window in which anything speaks for the class.

    Raises
    ------
    ParameterError
        If the windows differ in leads, frequencies or columns.

    Examples
    --------
    >>> quiet, loud = (Attribution([[row]], 0.0, 1.0) for row in ([1.0, 3.0], [100.0, 0.0]))
    >>> average = average_windows([quiet, loud], category="hit", class_name="sz", subject="anna")
    >>> average.mean.values.tolist(), average.n_windows
    ([[[0.625, 0.375]]], 2)
    """
    running, first = RunningMean(), None
    for one in attributions:
        if first is None:
            first = one
        check_axes(first, one)
        if one.evidence.any():
            running.add(one.evidence)
    if first is None or running.n == 0:
        return None
    return AverageAttribution(
        category=category,
        class_name=class_name,
        subject=subject,
        mean=_with_values(first, running.mean),
        standard_error=running.standard_error,
        n_windows=running.n,
        n_subjects=1,
    )


class SubjectMean:
    """The mean over subjects whose averages come one by one; each counts the same however many windows it has."""

    def __init__(self) -> None:
        self._running = RunningMean()
        self._first: AverageAttribution | None = None
        self._n_windows = 0

    def add(self, one: AverageAttribution) -> None:
        """Take the average of one more subject.

        Raises
        ------
        ParameterError
            If it is of another class or category than the others, or of other leads, frequencies or columns.
        """
        first = one if self._first is None else self._first
        kinds = [(each.class_name, each.category) for each in (first, one)]
        if kinds[0] != kinds[1]:
            raise ParameterError(f"averages: {kinds} came; allowed are those of one class and category.")
        check_axes(first.mean, one.mean)
        self._first = first
        self._running.add(one.mean.values)
        self._n_windows += one.n_windows

    @property
    def average(self) -> AverageAttribution:
        """What came so far.

        Raises
        ------
        ParameterError
            If nothing came.
        """
        if self._first is None:
            raise ParameterError("averages: none came; allowed are one or more.")
        return replace(
            self._first,
            subject=None,
            mean=_with_values(self._first.mean, self._running.mean),
            standard_error=self._running.standard_error,
            n_windows=self._n_windows,
            n_subjects=self._running.n,
        )


def average_subjects(averages: Iterable[AverageAttribution]) -> AverageAttribution:
    """Return the mean over subjects, in which each counts the same however many windows it has.

    Parameters
    ----------
    averages : iterable of AverageAttribution
        One or more, of one category and class, with the same leads, frequencies and columns.

    Raises
    ------
    ParameterError
        If there is none, or they differ.

    Examples
    --------
    >>> of = lambda row, n: AverageAttribution("hit", "sz", "s", Attribution([[row]], 0.0, 1.0), np.zeros(2), n, 1)
    >>> average = average_subjects([of([1.0, 0.0], 30), of([0.5, 0.5], 2)])
    >>> average.mean.values.tolist(), average.n_windows, average.n_subjects
    ([[[0.75, 0.25]]], 32, 2)
    """
    over_subjects = SubjectMean()
    for one in averages:
        over_subjects.add(one)
    return over_subjects.average


def check_axes(first: Attribution, other: Attribution) -> None:
    """Refuse two attributions that do not lie on the same leads, frequencies and columns.

    Raises
    ------
    ParameterError
        If they do not; what differs is named.
    """
    pairs = {
        "leads": (first.leads, other.leads),
        "frequencies": (first.frequencies, other.frequencies),
        "columns": (first.values.shape[2], other.values.shape[2]),
        "start and step": ((first.start, first.step), (other.start, other.step)),
    }
    for name, (one, another) in pairs.items():
        if one != another:
            raise ParameterError(f"averages: {name} {one} and {another} came; allowed are the same in all windows.")


def _with_values(like: Attribution, values: Values) -> Attribution:
    return Attribution(values, like.start, like.step, like.leads, like.frequencies, like.method)
