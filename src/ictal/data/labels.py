"""What a window is called, from the classes of the time that it covers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError, check_option, check_positive
from ictal.core.spans import Span, merge_spans
from ictal.data.schemes import Timeline

Labels = NDArray[np.int8]
Seconds = NDArray[np.float64]

RULES = {
    "majority": "more than 50 % of its time",
    "seconds": "more than 50 % of its seconds, each of which is so by more than 50 % of its time (SzCORE)",
    "any": "any of its time",
    "centre": "the instant in its middle",
}
"""What of a window, or of a frame of it, must be of another class than 0 for it to be so."""

_DECIMALS = 9
_MOST_EDGES = 1 << 22


def label_windows(
    timeline: Timeline, starts: Seconds, length: float, *, rule: str = "majority", n_frames: int | None = None
) -> Labels:
    """Return the classes of windows of one recording.

    Parameters
    ----------
    timeline : Timeline
        When each class holds.
    starts : ndarray of float64, shape (n_windows,)
        Seconds, ascending.
    length : float
        Of each window, in seconds.
    rule : {"majority", "seconds", "any", "centre"}
        A rule of :data:`RULES`. With the first two, a window of which more than half is not of class 0 gets the class
        that covers most of it, and of equal ones the last; with ``any`` it gets the last class that it touches.
    n_frames : int, optional
        Frames of equal length in each window, each labelled by itself.

    Returns
    -------
    ndarray of int8, shape (n_windows,) or (n_windows, n_frames)

    Raises
    ------
    ParameterError
        If there is no such rule, or ``seconds`` is asked of frames that are not whole seconds.

    References
    ----------
    Dan et al., SzCORE, Epilepsia 2025: "a second is seizure when more than 50 % of it is".

    Examples
    --------
    >>> timeline = Timeline((((10.5, 13.0),),))
    >>> label_windows(timeline, np.array([8.0, 9.0, 10.0]), 4.0)
    array([0, 1, 1], dtype=int8)
    >>> label_windows(timeline, np.array([8.0, 9.0, 10.0]), 4.0, n_frames=4)
    array([[0, 0, 0, 1],
           [0, 0, 1, 1],
           [0, 1, 1, 0]], dtype=int8)
    """
    touched, found = label_touched(timeline, starts, length, rule=rule, n_frames=n_frames)
    labels = np.zeros((len(starts), *found.shape[1:]), np.int8)
    labels[touched] = found
    return labels


def label_touched(
    timeline: Timeline, starts: Seconds, length: float, *, rule: str = "majority", n_frames: int | None = None
) -> tuple[NDArray[np.intp], Labels]:
    """Return which windows touch another class than 0, and their labels; all others are of class 0.

    Parameters and errors are those of :func:`label_windows`. Seizures are rare: this is what makes labels cheap.

    Returns
    -------
    ndarray of intp, shape (n_touched,)
    ndarray of int8, shape (n_touched,) or (n_touched, n_frames)
    """
    n, frame = check_frames(rule, check_positive("window length", length), n_frames)
    touched = _touched(merge_spans(span for stretches in timeline.stretches for span in stretches), starts, length)
    labels = np.empty((len(touched), n), np.int8)
    at_once = max(_MOST_EDGES // (n * max(round(frame), 1)), 1)
    for first in range(0, len(touched), at_once):
        block = slice(first, first + at_once)
        labels[block] = _RULE_OF[rule](timeline.stretches, starts[touched[block], None] + np.arange(n) * frame, frame)
    return touched, labels[:, 0] if n_frames is None else labels


def check_frames(rule: str, length: float, n_frames: int | None) -> tuple[int, float]:
    """Return how many frames a window of `length` seconds has, and their length in seconds.

    Raises
    ------
    ParameterError
        If there is no such rule, or it does not fit such frames.

    Examples
    --------
    >>> check_frames("majority", 60.0, 15360)
    (15360, 0.00390625)
    """
    check_option("label rule", rule, RULES)
    n = 1 if n_frames is None else n_frames
    if n < 1:
        raise ParameterError(f"n_frames: {n_frames!r} is not allowed; it must be 1 or more.")
    frame = length / n
    if rule == "seconds" and (round(frame) < 1 or abs(frame - round(frame)) > 1e-9):
        raise ParameterError(
            f"label rule: 'seconds' is not allowed for windows or frames of {frame:g} s; they must be whole seconds."
        )
    return n, frame


def _touched(spans: Sequence[Span], starts: Seconds, length: float) -> NDArray[np.intp]:
    """Return the numbers of the windows that share time with a span; all others are of class 0."""
    if not spans:
        return np.empty(0, np.intp)
    edges = np.asarray(spans)
    firsts = np.searchsorted(starts, edges[:, 0] - length)
    lasts = np.searchsorted(starts, edges[:, 1], side="right")
    return np.unique(np.concatenate([np.arange(a, b) for a, b in zip(firsts, lasts, strict=True)]))


def _by_majority(stretches: Sequence[Sequence[Span]], starts: Seconds, frame: float) -> Labels:
    return _prevailing(_covered(stretches, starts, frame), frame)


def _by_seconds(stretches: Sequence[Sequence[Span]], starts: Seconds, frame: float) -> Labels:
    n_seconds = round(frame)
    seconds = _by_majority(stretches, starts[..., None] + np.arange(n_seconds), 1.0)
    counts = [(seconds == number).sum(axis=-1) for number in range(1, len(stretches) + 1)]
    return _prevailing(np.asarray(counts, np.float64), n_seconds)


def _by_any(stretches: Sequence[Sequence[Span]], starts: Seconds, frame: float) -> Labels:
    return _last_class(_covered(stretches, starts, frame) > 0)


def _by_centre(stretches: Sequence[Sequence[Span]], starts: Seconds, frame: float) -> Labels:
    centres = starts + frame / 2
    # Between two edges with an odd number of edges before it, an instant is inside a span.
    inside = [np.searchsorted(np.ravel(spans), centres, side="right") % 2 == 1 for spans in stretches]
    return _last_class(np.asarray(inside))


_RULE_OF = {"majority": _by_majority, "seconds": _by_seconds, "any": _by_any, "centre": _by_centre}


def _covered(stretches: Sequence[Sequence[Span]], starts: Seconds, frame: float) -> Seconds:
    """Return how many seconds of each frame are of class 1, 2, …, shape (n_classes - 1, *starts.shape)."""
    covered = np.zeros((len(stretches), *starts.shape))
    for own, spans in zip(covered, stretches, strict=True):
        if spans:
            edges = np.asarray(spans, np.float64)
            until = np.zeros(edges.size)
            np.cumsum(edges[:, 1] - edges[:, 0], out=until[1::2])
            until[2::2] = until[1:-1:2]
            own[...] = np.interp(starts + frame, edges.ravel(), until) - np.interp(starts, edges.ravel(), until)
    return covered.round(_DECIMALS)


def _prevailing(shares: Seconds, whole: float) -> Labels:
    """Return class 0 where the others have no majority together, else the largest of them, of equal ones the last."""
    largest = len(shares) - np.argmax(shares[::-1], axis=0)
    return np.where(np.round(shares.sum(axis=0) - whole / 2, _DECIMALS) > 0, largest, 0).astype(np.int8)


def _last_class(holds: NDArray[np.bool_]) -> Labels:
    """Return the last class that holds, or 0; `holds` has shape (n_classes - 1, …)."""
    last = len(holds) - np.argmax(holds[::-1], axis=0)
    return np.where(holds.any(axis=0), last, 0).astype(np.int8)
