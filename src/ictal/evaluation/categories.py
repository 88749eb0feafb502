"""What each frame that a detector judged came to: hit, miss, false alarm or background; and a sample of each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError, check_option

HIT, MISS, FALSE_ALARM, BACKGROUND = "hit", "miss", "false alarm", "background"
CATEGORIES = (HIT, MISS, FALSE_ALARM, BACKGROUND)
"""True positives, false negatives, false positives and true negatives of a class against all others."""

NONE = -1
"""Of a frame that was not analysed, or whose class is not known."""

Numbers = NDArray[np.int64]


def call_frames(values: ArrayLike, threshold: float) -> Numbers:
    """Return the class that a detector calls each frame.

    Parameters
    ----------
    values : array-like, shape (n_frames, n_classes)
        Probabilities; NaN where a frame was not analysed.
    threshold : float
        The probability from which on a frame is called seizure, where there are two classes; of more the likeliest is
        taken.

    Returns
    -------
    ndarray of int, shape (n_frames,)
        Numbers of classes; :data:`NONE` where a frame was not analysed.

    Examples
    --------
    >>> call_frames([[0.4, 0.6], [0.1, 0.9], [np.nan, np.nan]], threshold=0.8).tolist()
    [0, 1, -1]
    >>> call_frames([[0.4, 0.3, 0.3], [0.2, 0.3, 0.5]], threshold=0.8).tolist()
    [0, 2]
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 2 or array.shape[1] < 2:
        raise ParameterError(
            f"scores: shape {array.shape} came; allowed is (n_frames, n_classes) of two classes or more."
        )
    called = array[:, 1] >= threshold if array.shape[1] == 2 else array.argmax(axis=1)
    return np.where(np.isfinite(array).all(axis=1), called, NONE)


def categorise(called: ArrayLike, truth: ArrayLike, target: int = 1) -> Numbers:
    """Return the category of each frame, for one class against all others.

    Parameters
    ----------
    called, truth : array-like of int, shape (n_frames,)
        Numbers of classes, by the detector and by a reader; below 0 where there is none.
    target : int
        The class.

    Returns
    -------
    ndarray of int, shape (n_frames,)
        Numbers of :data:`CATEGORIES`; :data:`NONE` where the detector or the reader calls a frame nothing.

    Examples
    --------
    >>> [CATEGORIES[one] for one in categorise([1, 0, 1, 0], [1, 1, 0, 0])]
    ['hit', 'miss', 'false alarm', 'background']
    >>> categorise([2, 2, 1, -1], [2, 1, -1, 0], target=2).tolist()
    [0, 2, -1, -1]
    """
    found, true = np.asarray(called, dtype=np.int64), np.asarray(truth, dtype=np.int64)
    if found.ndim != 1 or found.shape != true.shape:
        raise ParameterError(f"frames: {found.shape} calls came for {true.shape} truths; each frame has one of both.")
    kinds = np.where(true == target, np.where(found == target, 0, 1), np.where(found == target, 2, 3))
    return np.where((found < 0) | (true < 0), NONE, kinds)


def list_targets(n_classes: int) -> tuple[int, ...]:
    """Return the classes that categories are told for: of two the seizure alone, of more each against all others.

    Examples
    --------
    >>> list_targets(2), list_targets(3)
    ((1,), (0, 1, 2))
    """
    return (1,) if n_classes == 2 else tuple(range(n_classes))


def sample_frames(
    categories: Sequence[Numbers], category: str, most: int, rng: np.random.Generator
) -> tuple[Numbers, ...]:
    """Draw frames of a category, as many of each recording as of another where there are enough.

    Parameters
    ----------
    categories : sequence of ndarray of int
        Of each recording of a subject, from :func:`categorise`.
    category : str
        One of :data:`CATEGORIES`.
    most : int
        How many frames at most, 1 or more; all where there are not more.
    rng : Generator

    Returns
    -------
    tuple of ndarray of int
        The frames of each recording, rising.

    Raises
    ------
    ParameterError
        If there is no such category, or none is to be drawn.

    Examples
    --------
    >>> nights = [np.zeros(1000, int), np.zeros(2, int), np.full(50, 3)]
    >>> [len(frames) for frames in sample_frames(nights, "hit", 10, np.random.default_rng(0))]
    [8, 2, 0]
    """
    number = CATEGORIES.index(check_option("category", category, CATEGORIES))
    if most < 1:
        raise ParameterError(f"frames of a category: {most!r} is not allowed; it must be 1 or more.")
    there = [np.flatnonzero(of_recording == number) for of_recording in categories]
    counts = _share_out(np.array([len(frames) for frames in there], dtype=np.int64), most, rng)
    drawn = (rng.choice(frames, count, replace=False) for frames, count in zip(there, counts.tolist(), strict=True))
    return tuple(np.sort(frames) for frames in drawn)


def _share_out(available: Numbers, most: int, rng: np.random.Generator) -> Numbers:
    """Return how many are taken of each, as evenly as there are enough; who gets what is left over is drawn."""
    taken = np.zeros_like(available)
    order = rng.permutation(len(available))
    while (left := min(most, int(available.sum())) - int(taken.sum())) > 0:
        unspent = order[available[order] > taken[order]][:left]
        taken[unspent] += np.minimum(max(left // len(unspent), 1), (available - taken)[unspent])
    return taken
