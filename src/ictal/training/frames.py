"""Which windows of a portion a detector looks at, where their frames lie, and what they are called."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ictal.core.events import Annotations
from ictal.data.labels import Labels
from ictal.data.portions import Portion
from ictal.data.schemes import Scheme
from ictal.data.store import Store
from ictal.data.windows import WindowTable, cut_windows
from ictal.training.settings import WindowSettings

UNLABELLED = -1
"""The label of a frame to which the scheme gives none, or in which there is no signal."""

_ROUNDING = 1e-6
"""Of a sample: times in seconds are not exact."""


@dataclass(frozen=True, eq=False)
class PortionFrames:
    """Which windows of a portion are looked at, and what their frames are called; no signal is read for it.

    Parameters
    ----------
    portion : Portion
    recording : int
        Its number in the store.
    starts : ndarray of int64, shape (n_seen,)
        First sample of every window that lies wholly in signal, ascending.
    rows : ndarray of int64, shape (n_seen,)
        Which windows of the portion's axis they are; the others lie over a gap.
    labels : ndarray of int8, shape (n_windows, n_kept)
        Of the frames that count of every window on the axis; :data:`UNLABELLED` where there is none.
    length, hop : int
        Samples of a window, and between two.
    answered, first_kept : int
        Frames that the network answers for a window, and the first of them that counts.
    start, step : float
        When the first frame begins, in seconds of the portion, and how long a frame is.
    reference : Annotations
        In seconds of the portion.
    """

    portion: Portion
    recording: int
    starts: NDArray[np.int64]
    rows: NDArray[np.int64]
    labels: Labels
    length: int
    hop: int
    answered: int
    first_kept: int
    start: float
    step: float
    reference: Annotations

    def blocks(self, n_windows: int) -> Iterator[slice]:
        """Yield runs of at most so many windows between which no window is missing."""
        n_seen = len(self.starts)
        breaks = np.flatnonzero(np.diff(self.starts) != self.hop) + 1
        for first, stop in pairwise([0, *breaks.tolist(), n_seen]):
            for begin in range(first, stop, n_windows):
                yield slice(begin, min(begin + n_windows, stop))


def plan_frames(
    store: Store, portions: Sequence[Portion], windows: WindowSettings, scheme: Scheme
) -> tuple[PortionFrames, ...]:
    """Lay out the windows of some portions.

    Windows lie on one grid from the start of each recording, whatever its portions, as a detector looks at it; none
    reaches over a gap or over the border of its portion.

    Parameters
    ----------
    store : Store
    portions : sequence of Portion
    windows : WindowSettings
    scheme : Scheme
        Gives the labels: those of the windows of :func:`ictal.data.windows.cut_windows`.

    Raises
    ------
    ParameterError
        If a portion is of no recording of the store, or the windows do not fit.
    """
    cut = partial(cut_windows, store.recordings, windows.grid, portions=portions)
    seen = cut()
    labelled = cut(scheme, rule=windows.rule, n_frames=windows.n_frames, starts=store.starts)
    numbers = {one.name: number for number, one in enumerate(store.recordings)}
    plan = partial(_plan_portion, seen=seen, labelled=labelled, windows=windows)
    return tuple(plan(portion, numbers[portion.recording]) for portion in portions)


def kept_frames(windows: WindowSettings) -> tuple[int, int, int]:
    """Return how many frames a network answers for a window, the first that counts and how many count.

    Raises
    ------
    ParameterError
        If the middle `step` seconds of a window are not whole frames.

    Examples
    --------
    >>> kept_frames(WindowSettings(length=60.0, step=30.0, n_frames=120)), kept_frames(WindowSettings())
    ((120, 30, 60), (1, 0, 1))
    """
    answered = 1 if windows.n_frames is None else windows.n_frames
    return answered, *windows.grid.middle_frames(answered)


def clip_annotations(annotations: Annotations, start: float, stop: float) -> Annotations:
    """Return what of some annotations lies in a stretch, in seconds from its start.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> clipped = clip_annotations(Annotations([Event(10.0, 30.0), Event(50.0, 5.0)], 60.0), 20.0, 45.0)
    >>> clipped.spans, clipped.duration
    (((0.0, 20.0),), 25.0)
    """
    clipped = []
    for event in annotations:
        first, last = max(event.onset, start), min(event.stop, stop)
        if first < last or (event.duration == 0 and start <= event.onset < stop):
            clipped.append(replace(event, onset=first - start, duration=last - first))
    return Annotations(clipped, stop - start)


def _plan_portion(
    portion: Portion, number: int, *, seen: WindowTable, labelled: WindowTable, windows: WindowSettings
) -> PortionFrames:
    rate, length = seen.sampling_rate, seen.length
    hop = round(windows.step * rate)
    first, last = _axis_of(portion, seen.recordings[number].n_samples / rate, rate, length, hop)
    answered, first_kept, n_kept = kept_frames(windows)
    kept = slice(first_kept, first_kept + n_kept)
    with_label, with_signal = (_rows_within(table, number, first * hop, last * hop) for table in (labelled, seen))
    labels = np.full((last - first, n_kept), UNLABELLED, np.int8)
    labels[labelled.start[with_label] // hop - first] = labelled.labels[with_label].reshape(-1, answered)[:, kept]
    return PortionFrames(
        portion=portion,
        recording=number,
        starts=seen.start[with_signal],
        rows=seen.start[with_signal] // hop - first,
        labels=labels,
        length=length,
        hop=hop,
        answered=answered,
        first_kept=first_kept,
        start=first * hop / rate + windows.grid.frame_start - portion.start,
        step=windows.step / n_kept,
        reference=clip_annotations(seen.recordings[number].annotations, portion.start, portion.stop),
    )


def _axis_of(portion: Portion, duration: float, rate: float, length: int, hop: int) -> tuple[int, int]:
    """Return the numbers ``[first, last)`` on the grid of the recording of the windows that a portion has room for."""
    begin = math.ceil(portion.start * rate - _ROUNDING)
    end = math.floor(min(portion.stop, duration) * rate + _ROUNDING)
    first = -(-begin // hop)
    return first, max((end - length) // hop + 1, first)


def _rows_within(table: WindowTable, number: int, start: int, stop: int) -> slice:
    """Return which rows of a table are windows of a recording that begin in ``[start, stop)``."""
    begin, end = np.searchsorted(table.recording, [number, number + 1])
    first, last = np.searchsorted(table.start[begin:end], [start, stop])
    return slice(int(begin + first), int(begin + last))
