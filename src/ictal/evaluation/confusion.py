"""Which class was taken for which: the frames of all subjects, before post-processing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.core.scores import Scores
from ictal.core.spans import Span
from ictal.evaluation.bootstrap import percentile_interval
from ictal.evaluation.dataset import Estimate
from ictal.evaluation.measures import DECISION
from ictal.scoring.curves import frames_within

Classes = NDArray[np.int64]
Values = NDArray[np.float64]

UNLABELLED = -1
"""A frame to which a scheme gives no class."""


@dataclass(frozen=True, eq=False)
class Confusion:
    """How many frames of each class were called what.

    Parameters
    ----------
    classes : tuple of str
        The background first.
    by_subject : ndarray, shape (n_subjects, n_classes, n_classes)
        Frames; rows are what is true, columns what was called.
    frame : float
        Their length in seconds.
    n_unlabelled : int
        Frames that are left out because they belong to no class.

    Examples
    --------
    >>> table = Confusion(("bckg", "sz"), np.array([[[90, 10], [2, 8]]]), 1.0)
    >>> table.shares
    array([[0.9, 0.1],
           [0.2, 0.8]])
    """

    classes: tuple[str, ...]
    by_subject: NDArray[np.int64]
    frame: float
    n_unlabelled: int = 0

    @property
    def counts(self) -> NDArray[np.int64]:
        """The frames of all subjects, shape (n_classes, n_classes)."""
        return np.asarray(self.by_subject.sum(axis=0))

    @property
    def shares(self) -> Values:
        """Of the frames of each class, the share that was called what; rows add up to 1, or are NaN without a frame."""
        return _divide(self.counts, self.counts.sum(axis=1, keepdims=True))

    def estimate_recalls(self, draws: NDArray[np.int64]) -> tuple[Estimate, ...]:
        """Return of each class the share of its frames that was called rightly, with its interval over subjects."""
        return self._estimate(draws, axis=2)

    def estimate_precisions(self, draws: NDArray[np.int64]) -> tuple[Estimate, ...]:
        """Return of each class the share of the frames called so that are of it, with its interval over subjects."""
        return self._estimate(draws, axis=1)

    def merge_others(self, name: str) -> Confusion:
        """Return the background against all other classes, taken as one of this name.

        Examples
        --------
        >>> table = Confusion(("bckg", "a", "b"), np.array([[[9, 1, 0], [1, 5, 2], [0, 1, 3]]]), 1.0)
        >>> table.merge_others("any").counts
        array([[ 9,  1],
               [ 1, 11]])
        """
        groups = np.minimum(np.arange(len(self.classes)), 1)
        into = np.eye(2, dtype=np.int64)[groups]
        merged = np.einsum("sij,ia,jb->sab", self.by_subject, into, into)
        return Confusion((self.classes[0], name), merged, self.frame, self.n_unlabelled)

    def _estimate(self, draws: NDArray[np.int64], axis: int) -> tuple[Estimate, ...]:
        right = np.diagonal(self.by_subject, axis1=1, axis2=2)
        whole = self.by_subject.sum(axis=axis)
        low, high = percentile_interval(_divide(draws @ right, draws @ whole))
        pooled = _divide(right.sum(axis=0), whole.sum(axis=0))
        n_subjects = (whole > 0).sum(axis=0)
        enough = n_subjects > 1
        rows = zip(pooled, n_subjects, np.where(enough, low, np.nan), np.where(enough, high, np.nan), strict=True)
        return tuple(Estimate(float(value), int(n), float(a), float(b)) for value, n, a, b in rows)


def label_frames(scores: Scores, stretches: Sequence[Sequence[Span]], excluded: Sequence[Span] = ()) -> Classes:
    """Return the class of each frame: that which covers more than half of it, or the background.

    Parameters
    ----------
    scores : Scores
        Where the frames lie.
    stretches : sequence of sequence of (start, stop)
        When class 1, 2, … hold, in seconds of the scores; sorted, no two overlap.
    excluded : sequence of (start, stop)
        Time without a class.

    Returns
    -------
    ndarray of int, shape (n_frames,)
        :data:`UNLABELLED` where more than half is excluded.

    Examples
    --------
    >>> label_frames(Scores(np.full((4, 2), 0.5), start=0.0, step=1.0), [[(0.9, 2.0)]], [(3.0, 9.0)])
    array([ 0,  1,  0, -1])
    """
    labels = np.zeros(len(scores), dtype=np.int64)
    for number, spans in enumerate(stretches, start=1):
        labels[frames_within(spans, scores)] = number
    labels[frames_within(excluded, scores)] = UNLABELLED
    return labels


def call_classes(scores: Scores) -> Classes:
    """Return what each frame is called: of two classes seizure from 0.5 on, of more the likeliest.

    Examples
    --------
    >>> call_classes(Scores([[0.5, 0.5], [0.9, 0.1]], start=0.0, step=1.0))
    array([1, 0])
    """
    if len(scores.classes) == 2:
        return (scores.seizure >= DECISION).astype(np.int64)
    return np.asarray(scores.values.argmax(axis=1))


def count_confusion(truth: Classes, called: Classes, n_classes: int) -> NDArray[np.int64]:
    """Return how many frames of each class were called what, shape (n_classes, n_classes); the unlabelled left out.

    Raises
    ------
    ParameterError
        If there is a class above `n_classes`.

    Examples
    --------
    >>> count_confusion(np.array([0, 0, 1, -1]), np.array([0, 1, 1, 1]), 2)
    array([[1, 1],
           [0, 1]])
    """
    known = truth != UNLABELLED
    pairs = truth[known] * n_classes + called[known]
    highest = max(truth.max(initial=0), called.max(initial=0))
    if highest >= n_classes:
        raise ParameterError(f"classes: number {highest} came; allowed are 0 to {n_classes - 1}.")
    return np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)


def _divide(part: NDArray[np.generic], whole: NDArray[np.generic]) -> Values:
    parts, wholes = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    return np.asarray(np.divide(parts, wholes, out=np.full(parts.shape, np.nan), where=wholes > 0))
