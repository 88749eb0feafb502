"""How well probabilities tell seizure frames from others, over all subjects and in each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError
from ictal.evaluation.bootstrap import percentile_interval, resample_means
from ictal.evaluation.operating import ScoredRecording
from ictal.evaluation.reliability import ReliabilityBand, resample_reliability
from ictal.scoring.calibration import Binning, Brier, Reliability, brier_score, measure_reliability
from ictal.scoring.curves import (
    Curve,
    Truth,
    count_above,
    frame_truth,
    known_frames,
    precision_recall_curve,
    roc_curve,
)

Values = NDArray[np.float64]
Frames = tuple[Values, Truth]
Interval = tuple[float, float]
Points = tuple[Values, Values, Values]

N_POINTS = 500
GRID = np.linspace(0.0, 1.0, 101)
"""Where bands are measured: false positive rates, or recalls."""


@dataclass(frozen=True, eq=False)
class FrameCurve:
    """A curve over the frames of all subjects, and its area in each subject.

    Parameters
    ----------
    curve : Curve
        All frames together, thinned to what can be drawn.
    band : tuple of ndarray, shape (101,)
        Low and high over subjects at each place of :data:`GRID`.
    interval : tuple of float
        Of the area of `curve`, over subjects.
    by_subject : dict of str to float
        The area in each subject; NaN where there is none.
    mean : float
        Of the areas in subjects. No subject counts for more by recording longer, and levels of probability that differ
        between subjects cost nothing.
    mean_interval : tuple of float
        Over subjects.
    """

    curve: Curve
    band: tuple[Values, Values]
    interval: Interval
    by_subject: dict[str, float]
    mean: float
    mean_interval: Interval


@dataclass(frozen=True, eq=False)
class FrameFigures:
    """What probabilities are worth frame by frame.

    Parameters
    ----------
    roc, precision_recall : FrameCurve
        True against false positive rate, and precision against recall.
    reliability : Reliability
        Probability against share of seizure.
    brier : Brier
        Score and parts.
    band : ReliabilityBand
        Intervals of both over subjects.
    n_frames, n_seizure_frames : int
        Frames that were analysed, and those of them that are seizure.
    frame : float
        Their length in seconds.
    """

    roc: FrameCurve
    precision_recall: FrameCurve
    reliability: Reliability
    brier: Brier
    band: ReliabilityBand
    n_frames: int
    n_seizure_frames: int
    frame: float


def measure_frames(
    recordings: Sequence[ScoredRecording], draws: NDArray[np.int64], n_bins: int = 10, binning: Binning = "width"
) -> FrameFigures:
    """Compare the probability of every frame with the truth, before any smoothing or event rule.

    A frame is seizure when seizures cover more than half of it; frames that were not analysed are left out.

    Parameters
    ----------
    recordings : sequence of ScoredRecording
        One or more of each subject, with frames of one length.
    draws : ndarray of int, shape (n_resamples, n_subjects)
        From :func:`~ictal.evaluation.bootstrap.draw_subjects`; they give the intervals, for which curves are followed
        at about 500 thresholds. With fewer than two subjects with seizures intervals are NaN.
    n_bins, binning
        See :func:`~ictal.scoring.calibration.measure_reliability`.

    Raises
    ------
    ParameterError
        If there is no recording, or frames differ in their length.

    Examples
    --------
    >>> from ictal.core.events import Annotations, Event
    >>> from ictal.core.scores import Scores
    >>> scores = Scores([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.5, 0.5]], start=0.0, step=1.0)
    >>> night = ScoredRecording("01", scores, Annotations([Event(1.0, 2.0)], 4.0))
    >>> measure_frames([night], np.array([[1]])).roc.curve.area
    0.75
    """
    steps = sorted({one.scores.step for one in recordings})
    if len(steps) != 1:
        came = "none came" if not steps else f"steps of {steps[0]:g} s and {steps[-1]:g} s came"
        raise ParameterError(f"scores: {came}; allowed are those of one or more recordings with frames of one length.")
    by_subject = _gather_frames(recordings)
    values, truth = _join(by_subject.values())
    reliability = measure_reliability(values, truth, n_bins, binning)
    return FrameFigures(
        roc=_measure_curve(by_subject, roc_curve, _roc_points, draws),
        precision_recall=_measure_curve(by_subject, precision_recall_curve, _precision_points, draws),
        reliability=reliability,
        brier=brier_score(values, truth, n_bins, binning),
        band=resample_reliability(list(by_subject.values()), reliability.edges, draws),
        n_frames=len(values),
        n_seizure_frames=int(truth.sum()),
        frame=steps[0],
    )


def _gather_frames(recordings: Sequence[ScoredRecording]) -> dict[str, Frames]:
    parts: dict[str, list[Frames]] = {name: [] for name in sorted({one.subject for one in recordings})}
    for one in recordings:
        parts[one.subject].append(known_frames(one.scores.seizure, frame_truth(one.reference, one.scores)))
    return {name: _join(frames) for name, frames in parts.items()}


def _join(parts: Iterable[Frames]) -> Frames:
    values, truths = zip(*parts, strict=True)
    return np.concatenate(values), np.concatenate(truths)


def _measure_curve(
    by_subject: Mapping[str, Frames],
    trace: Callable[[ArrayLike, ArrayLike], Curve],
    join_points: Callable[[Values, Values], Points],
    draws: NDArray[np.int64],
) -> FrameCurve:
    curve = trace(*_join(by_subject.values())).thin(N_POINTS)
    counts = np.array([count_above(*frames, curve.thresholds) for frames in by_subject.values()])
    x, y, areas = join_points(draws @ counts[:, 0], draws @ counts[:, 1])
    y = np.where(np.isnan(x), np.nan, y)
    heights = np.array([np.interp(GRID, *points) for points in zip(x, y, strict=True)])
    own = {name: trace(*frames).area for name, frames in by_subject.items()}
    defined = [area for area in own.values() if np.isfinite(area)]
    enough = len(defined) > 1
    low, high = _interval(heights, enough)
    return FrameCurve(
        curve=curve,
        band=(low, high),
        interval=_pair(_interval(areas, enough)),
        by_subject=own,
        mean=float(np.mean(defined)) if defined else np.nan,
        mean_interval=_pair(_interval(resample_means(list(own.values()), draws), enough)),
    )


def _roc_points(found: Values, false: Values) -> Points:
    """Return rates, shape (n_resamples, n_thresholds), and the area under each curve."""
    x, y = _shares(false, false[:, -1:]), _shares(found, found[:, -1:])
    return x, y, np.asarray(np.trapezoid(y, x, axis=1))


def _precision_points(found: Values, false: Values) -> Points:
    """Return recall and precision, shape (n_resamples, n_thresholds), and the average precision of each curve."""
    x, y = _shares(found, found[:, -1:]), np.nan_to_num(_shares(found, found + false), nan=1.0)
    return x, y, np.sum(np.diff(x, axis=1) * y[:, 1:], axis=1)


def _shares(part: Values, whole: Values) -> Values:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


def _interval(resampled: Values, enough: bool) -> tuple[Values, Values]:
    low, high = percentile_interval(resampled)
    return (low, high) if enough else (np.full_like(low, np.nan), np.full_like(high, np.nan))


def _pair(interval: tuple[Values, Values]) -> Interval:
    return float(interval[0]), float(interval[1])
