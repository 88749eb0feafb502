"""Short labelled clips of real EEG: does a seizure outrank its own background, and does it outrank what looks like one?

Clips are too short for a false-alarm rate. What they can show is an order: every measure here is read by the share of
pairs that it puts in the right one, so that no threshold has a say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations
from ictal.core.recording import Recording, Signal
from ictal.core.spans import Span
from ictal.core.windows import WindowGrid
from ictal.detection.detector import Detector
from ictal.evaluation.bootstrap import N_RESAMPLES, bootstrap_interval, draw_subjects, percentile_interval
from ictal.features.line_length import line_length, sum_windows
from ictal.io.discover import find_recordings, reference_for
from ictal.io.events_tsv import read_events
from ictal.io.formats import read
from ictal.preprocessing.chain import Chain
from ictal.scoring.curves import auroc

Values = NDArray[np.float64]
Truth = NDArray[np.bool_]

RATE = 256.0
BROAD, FAST = (0.5, 50.0), (8.0, 30.0)
"""Bands in Hz: nearly all of the EEG, and alpha with beta."""

EQUAL_RMS = 30.0
"""µV; the height to which clips are scaled."""

_ROUNDS, _JOIN = 3, 2.0


class Clip(NamedTuple):
    """A short recording, and what is true of some of its seconds; the others are not known to be background."""

    name: str
    recording: Recording
    labels: Annotations

    @property
    def is_seizure(self) -> bool:
        """Whether a seizure is among the labels."""
        return len(self.labels.seizures) > 0


class Course(NamedTuple):
    """A measure over time: one value a frame, NaN where nothing was analysed; `start` and `step` are seconds."""

    values: Values
    start: float
    step: float

    def inside(self, spans: Sequence[Span]) -> Truth:
        """Return which frames have their middle in one of the spans, shape (n_frames,)."""
        middles = self.start + self.step * (np.arange(len(self.values)) + 0.5)
        within = [(middles >= start) & (middles < stop) for start, stop in spans]
        return np.any(within, axis=0) if within else np.zeros(len(middles), dtype=bool)


Measure = Callable[[Recording], Course]
"""Gives a recording's course; the higher, the more of a seizure."""


@dataclass(frozen=True, eq=False)
class OwnBackground:
    """Seizures against the seconds before them, clip by clip.

    Parameters
    ----------
    names : tuple of str
        Of the clips.
    ictal, preictal : ndarray, shape (n_clips,)
        Mean of the measure over the seconds of the seizure, and over those before its onset.
    areas : ndarray, shape (n_clips,)
        How often an ictal second is above a pre-ictal one (AUROC).
    interval : tuple of float
        Of the mean of `areas`, over clips.
    """

    names: tuple[str, ...]
    ictal: Values
    preictal: Values
    areas: Values
    interval: tuple[float, float]

    @property
    def n_outranking(self) -> int:
        """Clips whose seizure is above what came before it."""
        return int((self.ictal > self.preictal).sum())

    @property
    def area(self) -> float:
        """The mean of `areas`."""
        return float(np.nanmean(self.areas)) if np.isfinite(self.areas).any() else np.nan


@dataclass(frozen=True, eq=False)
class OtherClips:
    """Seizures against clips of other patterns.

    Parameters
    ----------
    scores : ndarray, shape (n_clips,)
        Mean of the measure over the labelled seconds of each clip; NaN where none of them was analysed.
    is_seizure : ndarray of bool, shape (n_clips,)
    area : float
        How often a seizure is above another clip (AUROC), of the clips that were analysed.
    interval : tuple of float
        Of `area`, over clips; seizures and others are drawn apart.
    """

    scores: Values
    is_seizure: Truth
    area: float
    interval: tuple[float, float]

    @property
    def n_analysed(self) -> tuple[int, int]:
        """Seizures and other clips that were analysed."""
        known = np.isfinite(self.scores)
        return int((known & self.is_seizure).sum()), int((known & ~self.is_seizure).sum())


def read_clips(folder: Path | str) -> tuple[Clip, ...]:
    """Return the clips of a folder, with the labels of the events table beside each.

    Parameters
    ----------
    folder : path
        Recordings, each with a table of the same name: ``a_eeg.edf`` and ``a_events.tsv``.

    Raises
    ------
    RecordingError
        If there is no recording, or one has no events table.
    """
    clips = []
    for found in find_recordings([folder]):
        table = reference_for(found)
        if table is None:
            raise RecordingError("has no events table beside it, which says what the clip shows", file=found.path)
        recording = read(found.path)
        clips.append(Clip(found.stem, recording, read_events(table, duration=recording.duration)))
    return tuple(clips)


def score_with(detector: Detector) -> Measure:
    """Return the seizure probability of a detector as a measure; NaN throughout where it refuses the recording."""

    def measure(recording: Recording) -> Course:
        frames = detector.settings.windows.frame_grid
        try:
            scores = detector.analyse(recording).scores
        except RecordingError:
            n_frames = int(recording.duration / frames.step)
            return Course(np.full(n_frames, np.nan), frames.frame_start, frames.step)
        return Course(scores.seizure, scores.start, scores.step)

    return measure


def measure_windows(
    recording: Recording, band: tuple[float, float], window: float, amplitude: Callable[[Signal, int, int], Values]
) -> Course:
    """Return the median over the leads of the double banana of an amplitude, every second.

    Parameters
    ----------
    recording : Recording
    band : (low, high)
        Hz that are left.
    window : float
        Seconds.
    amplitude : callable
        From signal, window and hop in samples to one value a lead and window, shape (n_leads, n_windows).

    Examples
    --------
    >>> wave = 100 * np.sin(2 * np.pi * 10 * np.arange(2560) / 256)
    >>> swinging = Recording.from_array([wave, 0 * wave], 256.0, ["Fp1", "F3"])
    >>> measure_windows(swinging, FAST, 1.0, root_mean_square).values.shape
    (10,)
    """
    signal = see_band(recording, band).read()
    values = amplitude(signal, round(window * RATE), round(RATE))
    seen = values[values.any(axis=1)]  # a lead that could not be made is 0 throughout
    grid = WindowGrid(window, 1.0)
    return Course(np.median(seen if len(seen) else values, axis=0), grid.frame_start, grid.step)


def see_band(recording: Recording, band: tuple[float, float]) -> Recording:
    """Return the double banana of a recording at 256 Hz, band-passed without a shift in time."""
    low, high = band
    steps = ({"step": "resample", "sampling_rate": RATE}, {"step": "band-pass", "low": low, "high": high})
    return Chain.model_validate({"steps": [{"step": "montage", "to": "double-banana"}, *steps]}).apply(recording)


def root_mean_square(signal: Signal, window: int, hop: int) -> Values:
    """Return the root mean square of every whole window in µV, shape (n_leads, n_windows); as in `measure_windows`.

    Examples
    --------
    >>> root_mean_square(np.array([[3.0, -3.0, 4.0, -4.0]], np.float32), window=2, hop=2)
    array([[3., 4.]])
    """
    return np.sqrt(np.asarray(sum_windows(signal.astype(np.float64) ** 2, window, hop)) / window)


def pen_travel(signal: Signal, window: int, hop: int) -> Values:
    """Return the line length of every whole window in µV/s, shape (n_leads, n_windows); as in `measure_windows`."""
    return np.asarray(line_length(signal, RATE, window, hop)[:, :, 0])


AMPLITUDES: dict[str, Measure] = {
    "line length of 4 s, 0.5–50 Hz": partial(measure_windows, band=BROAD, window=4.0, amplitude=pen_travel),
    "RMS of 1 s, 8–30 Hz": partial(measure_windows, band=FAST, window=1.0, amplitude=root_mean_square),
}
"""What plain amplitude can do, with no baseline and nothing learned: a detector has to be better than this."""


def equalise(clip: Clip) -> Clip:
    """Return the clip scaled so that its labelled seconds have one height, :data:`EQUAL_RMS`, in the double banana.

    Raises
    ------
    RecordingError
        If nothing is labelled, or there is no signal where something is.
    """
    seen = see_band(clip.recording, BROAD)
    labelled = [seen.read(start, stop) for start, stop in clip.labels.spans]
    height = float(np.sqrt(np.mean(np.concatenate(labelled, axis=1, dtype=np.float64) ** 2))) if labelled else 0.0
    if not height > 0:
        raise RecordingError("has no labelled second with a signal", file=clip.recording.source)
    signal = clip.recording.read() * (EQUAL_RMS / height)
    scaled = Recording.from_array(signal, clip.recording.sampling_rate, clip.recording.channels)
    return clip._replace(recording=scaled)


def rank_in_clips(clips: Sequence[Clip], measure: Measure) -> OwnBackground:
    """Hold the seizure of each clip against the seconds before it.

    Parameters
    ----------
    clips : sequence of Clip
        Each begins before the onset of its seizure.
    measure : callable

    Raises
    ------
    RecordingError
        If a clip has no seizure, or none begins after its start.
    """
    rows = []
    for clip in clips:
        spans = clip.labels.seizures.spans
        if not spans or spans[0][0] <= 0:
            raise RecordingError("has no second before a seizure", file=clip.recording.source)
        course = measure(clip.recording)
        ictal, before = course.inside(spans), course.inside([(0.0, spans[0][0])])
        area = auroc(course.values[ictal | before], ictal[ictal | before])
        rows.append((_mean(course.values[ictal]), _mean(course.values[before]), area))
    seizure, background, areas = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    low, high = bootstrap_interval(areas)
    names = tuple(clip.name for clip in clips)
    return OwnBackground(names, seizure, background, areas, (float(low), float(high)))


def rank_clips(clips: Sequence[Clip], measure: Measure) -> OtherClips:
    """Hold the clips that show a seizure against all others, by their labelled seconds.

    Parameters
    ----------
    clips : sequence of Clip
    measure : callable
    """
    courses = [measure(clip.recording) for clip in clips]
    labelled = [
        _mean(course.values[course.inside(clip.labels.spans)]) for course, clip in zip(courses, clips, strict=True)
    ]
    return _compare(np.array(labelled), clips)


def rank_in_a_row(clips: Sequence[Clip], measure: Measure, seed: int = 0) -> OtherClips:
    """Hold clips against each other as if they were one recording, so that a running baseline is the same for all.

    The labelled seconds of all clips stand one after another in a drawn order, three times over; the last round counts,
    without the 2 s beside each join.

    Parameters
    ----------
    clips : sequence of Clip
        With the channels of the first one at least, and at its sampling rate.
    measure : callable
    seed : int
        Of the order.

    Raises
    ------
    ParameterError
        If a clip has other channels or another sampling rate.
    """
    order = np.random.default_rng(seed).permutation(len(clips))
    channels, rate = clips[0].recording.channels, clips[0].recording.sampling_rate
    pieces = [_labelled_signal(clips[number], channels, rate) for number in order]
    course = measure(Recording.from_array(np.concatenate(pieces * _ROUNDS, axis=1), rate, channels))
    ends = np.cumsum([piece.shape[1] for piece in pieces] * _ROUNDS)[-len(pieces) :] / rate
    scores = np.empty(len(clips))
    for number, piece, end in zip(order, pieces, ends.tolist(), strict=True):
        inner = (end - piece.shape[1] / rate + _JOIN, end - _JOIN)
        scores[number] = _mean(course.values[course.inside([inner])])
    return _compare(scores, clips)


def _compare(scores: Values, clips: Sequence[Clip]) -> OtherClips:
    is_seizure = np.array([clip.is_seizure for clip in clips])
    return OtherClips(scores, is_seizure, auroc(scores, is_seizure), area_interval(scores, is_seizure))


def _labelled_signal(clip: Clip, channels: Sequence[str], rate: float) -> Signal:
    """Return the labelled seconds, each channel around 0, so that joins are small steps."""
    if clip.recording.sampling_rate != rate:
        came = clip.recording.sampling_rate
        raise ParameterError(f"{clip.name}: {came:g} Hz is not allowed; all clips must be at {rate:g} Hz.")
    recording = clip.recording.select(channels)
    stretches = [recording.read(start, stop) for start, stop in clip.labels.spans]
    return np.concatenate([stretch - stretch.mean(axis=1, keepdims=True) for stretch in stretches], axis=1)


def area_interval(
    scores: ArrayLike, is_seizure: ArrayLike, n_resamples: int = N_RESAMPLES, seed: int = 0
) -> tuple[float, float]:
    """Return the percentile interval of an AUROC over clips; seizures and others are drawn apart.

    Parameters
    ----------
    scores : array-like, shape (n_clips,)
        NaN where a clip was not analysed; it is left out.
    is_seizure : array-like of bool, shape (n_clips,)
    n_resamples, seed : int
        See :func:`ictal.evaluation.bootstrap.draw_subjects`.

    Returns
    -------
    low, high : float
        NaN where there are fewer than two of either kind.

    Examples
    --------
    >>> area_interval([0.9, 0.8, 0.1, 0.2], [True, True, False, False])
    (1.0, 1.0)
    """
    values, truth = np.asarray(scores, dtype=np.float64), np.asarray(is_seizure, dtype=np.bool_)
    seizures, others = values[truth & np.isfinite(values)], values[~truth & np.isfinite(values)]
    if min(len(seizures), len(others)) < 2:
        return np.nan, np.nan
    right = (seizures[:, None] > others) + 0.5 * (seizures[:, None] == others)
    drawn = draw_subjects(len(seizures), n_resamples, seed), draw_subjects(len(others), n_resamples, seed + 1)
    areas = np.sum((drawn[0] @ right) * drawn[1], axis=1) / right.size
    low, high = percentile_interval(areas)
    return float(low), float(high)


def _mean(values: Values) -> float:
    """Return the mean of what was analysed; NaN where nothing was."""
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else np.nan
