"""Windows of a store: where each begins and what it is called; no signal is read."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError
from ictal.core.spans import Span, complement_spans, intersect_spans
from ictal.core.windows import WindowGrid
from ictal.data.labels import Labels, check_frames, label_touched
from ictal.data.portions import Portion
from ictal.data.prepared import PreparedRecording
from ictal.data.schemes import Scheme, SeizureScheme
from ictal.data.sessions import session_events

_ROUNDING = 1e-6
"""Of a sample: times in seconds are not exact."""


@dataclass(frozen=True, eq=False)
class WindowTable:
    """Windows of equal length with their labels.

    Parameters
    ----------
    recordings : tuple of PreparedRecording
        All those of the store, in its order.
    recording : ndarray of int32, shape (n_windows,)
        Which of them each window is of.
    start : ndarray of int64, shape (n_windows,)
        Its first sample.
    labels : ndarray of int8, shape (n_windows,) or (n_windows, n_frames)
        Numbers of `classes`.
    length : int
        Samples of each window.
    classes : tuple of str
        Class 0 comes first.
    """

    recordings: tuple[PreparedRecording, ...]
    recording: NDArray[np.int32]
    start: NDArray[np.int64]
    labels: Labels
    length: int
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        lengths = (len(self.recording), len(self.start), len(self.labels))
        if len(set(lengths)) != 1:
            raise ParameterError(
                "windows: recording, start and labels have {}, {} and {} entries; each window has one of each.".format(
                    *lengths
                )
            )

    def __len__(self) -> int:
        return len(self.start)

    @property
    def sampling_rate(self) -> float:
        """Hz, of all recordings."""
        return self.recordings[0].sampling_rate

    @property
    def times(self) -> NDArray[np.float64]:
        """When each window begins, in seconds of its recording, shape (n_windows,)."""
        return self.start / self.sampling_rate

    @property
    def window_labels(self) -> Labels:
        """The last class in each window, shape (n_windows,): one with a frame of seizure is a seizure."""
        return self.labels if self.labels.ndim == 1 else self.labels.max(axis=1)

    @property
    def subjects(self) -> tuple[str, ...]:
        """Every subject of the store once, in its order."""
        return tuple(dict.fromkeys(recording.subject for recording in self.recordings))

    @property
    def subject(self) -> NDArray[np.int32]:
        """Which of `subjects` each window is of, shape (n_windows,)."""
        numbers = {name: number for number, name in enumerate(self.subjects)}
        of_recordings = np.array([numbers[recording.subject] for recording in self.recordings], np.int32)
        return of_recordings[self.recording]

    def count(self) -> dict[str, int]:
        """Return how many windows (or frames of windows) there are of each class."""
        counts = np.bincount(self.labels.ravel(), minlength=len(self.classes))
        return dict(zip(self.classes, counts.tolist(), strict=True))

    def take(self, chosen: ArrayLike) -> WindowTable:
        """Return some of the windows.

        Parameters
        ----------
        chosen : array-like of int or bool
            Numbers of windows in any order, or which of all are taken.
        """
        index = np.asarray(chosen)
        if index.size == 0:
            index = index.astype(np.intp)
        return replace(self, recording=self.recording[index], start=self.start[index], labels=self.labels[index])


def cut_windows(
    recordings: Sequence[PreparedRecording],
    grid: WindowGrid,
    scheme: Scheme | None = None,
    *,
    rule: str = "majority",
    n_frames: int | None = None,
    portions: Iterable[Portion] | None = None,
    starts: Mapping[str, float] | None = None,
) -> WindowTable:
    """Return all windows of a grid that lie wholly in signal, and their labels.

    The grid begins at the start of each recording, whatever its portions, so a window is the same in every split, and
    the same that a detector looks at. No window reaches over a gap, over the end, over the border of a portion, or into
    time to which the scheme gives no label.

    Parameters
    ----------
    recordings : sequence of PreparedRecording
        All those of the store, at one sampling rate.
    grid : WindowGrid
        Its length and step must be whole samples.
    scheme : Scheme, optional
        Which classes there are; background and seizure where not given.
    rule : str
        What makes a window be of a class: a name of :data:`ictal.data.labels.RULES`.
    n_frames : int, optional
        Labels for each window, for models with as many frames.
    portions : iterable of Portion, optional
        One side of a split; all of the recordings where not given.
    starts : mapping of str to float, optional
        Seconds from the start of the session, by the name of the recording. Seizures in other recordings of the session
        then count for what is pre-ictal or post-ictal.

    Returns
    -------
    WindowTable
        In the order of the recordings and of time.

    Raises
    ------
    ParameterError
        If rates differ, the grid is not whole samples, the rule does not fit, or a portion is of no recording.

    Examples
    --------
    >>> from ictal.core.events import Annotations, Event
    >>> night = PreparedRecording("a", "anna", "1", "", ("C3",), 256.0, 2560, Annotations([Event(6.0, 4.0)], 10.0))
    >>> windows = cut_windows([night], WindowGrid(length=4.0, step=2.0))
    >>> windows.times, windows.labels
    (array([0., 2., 4., 6.]), array([0, 0, 0, 1], dtype=int8))
    """
    rate = _common_rate(recordings)
    length, step = (_whole_samples(name, getattr(grid, name), rate) for name in ("length", "step"))
    check_frames(rule, length / rate, n_frames)
    chosen = SeizureScheme() if scheme is None else scheme
    sides = _portions_by_name(recordings, portions)
    events = session_events(recordings, {} if starts is None else starts)
    timelines = [chosen.timeline(own) for own in events]
    ranges = [
        _grid_ranges(_free_samples(recording, timeline.excluded, sides[recording.name]), length, step)
        for recording, timeline in zip(recordings, timelines, strict=True)
    ]
    counts = [sum(stop - first for first, stop in own) for own in ranges]
    start = np.empty(sum(counts), np.int64)
    labels = np.zeros((len(start), *(() if n_frames is None else (n_frames,))), np.int8)
    ends = np.cumsum(counts, dtype=np.int64)
    for own, timeline, end, count in zip(ranges, timelines, ends, counts, strict=True):
        if count:
            here = slice(end - count, end)
            start[here] = np.concatenate([np.arange(first * step, stop * step, step) for first, stop in own])
            own_starts = start[here] / rate
            touched, found = label_touched(timeline, own_starts, length / rate, rule=rule, n_frames=n_frames)
            labels[touched + (end - count)] = found
    number = np.repeat(np.arange(len(recordings), dtype=np.int32), counts)
    return WindowTable(tuple(recordings), number, start, labels, length, chosen.classes)


def _common_rate(recordings: Sequence[PreparedRecording]) -> float:
    if not recordings:
        raise ParameterError("recordings: none came; windows are cut from one or more.")
    first = recordings[0]
    for other in recordings:
        if other.sampling_rate != first.sampling_rate:
            raise ParameterError(
                f"recordings: {first.name} has {first.sampling_rate:g} Hz and {other.name} {other.sampling_rate:g} Hz; "
                "resample all to one rate."
            )
    return first.sampling_rate


def _whole_samples(name: str, seconds: float, rate: float) -> int:
    samples = seconds * rate
    if round(samples) < 1 or abs(samples - round(samples)) > _ROUNDING:
        raise ParameterError(
            f"window {name}: {seconds:g} s is not allowed at {rate:g} Hz; it must be a whole number of samples."
        )
    return round(samples)


def _portions_by_name(
    recordings: Sequence[PreparedRecording], portions: Iterable[Portion] | None
) -> dict[str, list[Span]]:
    """Return the stretches of each recording that are wanted, in seconds."""
    if portions is None:
        return {recording.name: [(0.0, recording.duration)] for recording in recordings}
    wanted: dict[str, list[Span]] = {recording.name: [] for recording in recordings}
    for portion in portions:
        if portion.recording not in wanted:
            raise ParameterError(f"portion: there is no recording {portion.recording!r} in the store.")
        wanted[portion.recording].append((portion.start, portion.stop))
    return wanted


def _free_samples(
    recording: PreparedRecording, excluded: Iterable[Span], wanted: Iterable[Span]
) -> tuple[tuple[int, int], ...]:
    """Return the stretches of wanted signal with labels, as ``(first, last)`` sample numbers."""
    rate = recording.sampling_rate
    gaps = [(float(round(a * rate)), float(round(b * rate))) for a, b in recording.gaps]
    left_out = [(_floor(a * rate), _ceil(b * rate)) for a, b in excluded]
    inside = [(_ceil(a * rate), _floor(b * rate)) for a, b in wanted]
    free = complement_spans([*gaps, *left_out], 0.0, recording.n_samples)
    return tuple((int(a), int(b)) for a, b in intersect_spans(free, inside))


def _grid_ranges(stretches: Iterable[tuple[int, int]], length: int, step: int) -> list[tuple[int, int]]:
    """Return the numbers ``[first, stop)`` on the grid of the windows that lie wholly in each stretch."""
    ranges = [(-(-first // step), (last - length) // step + 1) for first, last in stretches]
    return [(first, stop) for first, stop in ranges if first < stop]


def _floor(samples: float) -> float:
    return float(math.floor(samples + _ROUNDING))


def _ceil(samples: float) -> float:
    return float(math.ceil(samples - _ROUNDING))
