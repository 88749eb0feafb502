"""What scores are worth as probabilities, fitted on recordings that the model was not trained on.

What a detector reports is a mean over neighbouring frames: the smoothed probability starts its events and is their
confidence. Smoothing knows more than a single frame does, so that means of calibrated frames are no probabilities any
more: too low in seizures, too high beside them. Therefore the smoothing stands inside the fit, and what comes out of it
is compared with the truth.

Every subject has the same weight, so that long recordings do not drown others. Within a subject a second weighs as much
as a first fit holds it for seizure: the probabilities that are told are those in events, and the many seconds that are
surely background would else decide over them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError, check_option
from ictal.core.scores import Scores
from ictal.detection.calibration import Calibration, calibrate
from ictal.evaluation.confidence import Frames, gather_frames, smooth
from ictal.evaluation.operating import ScoredRecording

Values = NDArray[np.float64]
Method = Literal["none", "platt", "temperature", "isotonic"]
METHODS: tuple[Method, ...] = ("platt", "temperature", "isotonic", "none")
"""How scores may be calibrated; the first is the usual one."""

_LEAST = 1e-6
"""The probability below which a miss costs no more: one wrong label shall not decide alone."""

_LEAST_WEIGHT = 0.01
"""The probability as which a second weighs at least, so that the background keeps a say."""

_KNOTS = 12
"""Quantiles of seizure frames, and as many of the others, between which a rising line is straight."""

_SMALLEST_STEP = 1e-4
"""By which a rising line rises at least from knot to knot."""

_STEEPEST, _FURTHEST = 5.0, 50.0


def fit_calibration(
    recordings: Sequence[ScoredRecording], method: Method = "platt", smoothing: float = 0.0
) -> Calibration:
    """Return the calibration after which smoothed scores are probabilities.

    Parameters
    ----------
    recordings : sequence of ScoredRecording
        With the scores as the model gives them, and what a reader marked.
    method : {"platt", "temperature", "isotonic", "none"}
        Two numbers, one, or a rising line of up to 24 knots. ``platt`` and ``temperature`` have the least log loss,
        ``isotonic`` the least squares. ``none`` fits nothing.
    smoothing : float
        Seconds of the moving average that the detector's rules begin with.

    Raises
    ------
    ParameterError
        If the method is not known, or seizure or background is missing.

    Examples
    --------
    >>> from ictal.core.events import Annotations, Event
    >>> seizure = np.tile([0.2, 0.8], 100)
    >>> scores = Scores(np.column_stack([1 - seizure, seizure]), start=0.0, step=1.0)
    >>> often = Annotations([Event(second, 1.0) for second in range(3, 200, 4)], 200.0)
    >>> fitted = fit_calibration([ScoredRecording("01", scores, often)], "isotonic")
    >>> np.interp([0.2, 0.8], fitted.scores, fitted.probabilities).round(2)
    array([0. , 0.5])
    """
    check_option("method", method, METHODS)
    if method == "none":
        return Calibration()
    frames = gather_frames(recordings)
    seizure = sum(int(one.truth[one.scores.analysed].sum()) for one in frames)
    there = sum(int(one.scores.analysed.sum()) for one in frames)
    if seizure in (0, there):
        what = "seizure" if seizure == 0 else "background"
        raise ParameterError(f"recordings: none of {there} analysed frames is {what}; a fit needs both kinds.")
    fit = _FITS[method]
    first = fit(frames, smoothing, [np.full(len(one.scores), one.weight) for one in frames])
    return fit(frames, smoothing, [_weigh_likely(one, first, smoothing) for one in frames])


def calibrate_recordings(
    recordings: Sequence[ScoredRecording], calibration: Calibration
) -> tuple[ScoredRecording, ...]:
    """Return recordings with calibrated scores."""
    return tuple(replace(one, scores=calibrate_scores(one.scores, calibration)) for one in recordings)


def calibrate_left_out(
    recordings: Sequence[ScoredRecording], method: Method, smoothing: float
) -> tuple[ScoredRecording, ...]:
    """Return recordings whose scores were calibrated on all other subjects.

    Where nothing can be fitted on the others, for want of a seizure say, the recordings of that subject are left out.
    """
    calibrated: list[ScoredRecording] = []
    for subject in dict.fromkeys(one.subject for one in recordings):
        own = [one for one in recordings if one.subject == subject]
        others = [one for one in recordings if one.subject != subject]
        with contextlib.suppress(ParameterError):
            calibrated += calibrate_recordings(own, fit_calibration(others, method, smoothing))
    return tuple(calibrated)


def calibrate_scores(scores: Scores, calibration: Calibration) -> Scores:
    """Return calibrated scores.

    Examples
    --------
    >>> scores = Scores([[0.1, 0.9]], start=0.0, step=1.0)
    >>> calibrate_scores(scores, Calibration(kind="temperature", temperature=2.0)).seizure.round(2)
    array([0.75])
    """
    return Scores(calibrate(scores.values, calibration), scores.start, scores.step, scores.classes)


def _weigh_likely(frames: Frames, calibration: Calibration, smoothing: float) -> Values:
    """Return weights of frames that grow with their probability, shape (n_frames,)."""
    probability = np.nan_to_num(smooth(calibrate_scores(frames.scores, calibration), smoothing))
    return np.asarray(frames.weight * np.maximum(probability, _LEAST_WEIGHT))


def _fit_platt(frames: Sequence[Frames], smoothing: float, weights: Sequence[Values]) -> Calibration:
    def make(numbers: Values) -> Calibration:
        return Calibration(kind="platt", slope=float(np.exp(numbers[0])), intercept=float(numbers[1]))

    return _fit_numbers(make, 2, frames, smoothing, weights)


def _fit_temperature(frames: Sequence[Frames], smoothing: float, weights: Sequence[Values]) -> Calibration:
    def make(numbers: Values) -> Calibration:
        return Calibration(kind="temperature", temperature=float(np.exp(numbers[0])))

    return _fit_numbers(make, 1, frames, smoothing, weights)


def _fit_numbers(
    make: Callable[[Values], Calibration],
    n_numbers: int,
    frames: Sequence[Frames],
    smoothing: float,
    weights: Sequence[Values],
) -> Calibration:
    """Return the calibration of least log loss; the first number is a logarithm, so that order is always kept."""
    from scipy.optimize import minimize

    whole = sum(float(weight.sum()) for weight in weights)

    def loss(numbers: Values) -> float:
        calibration = make(numbers)
        total = 0.0
        for one, weight in zip(frames, weights, strict=True):
            probability = smooth(calibrate_scores(one.scores, calibration), smoothing)
            known = np.isfinite(probability)
            safe = np.clip(probability[known], _LEAST, 1.0 - _LEAST)
            total -= float((weight[known] * np.log(np.where(one.truth[known], safe, 1.0 - safe))).sum())
        return total / whole

    limits = [(-np.log(_STEEPEST), np.log(_STEEPEST)), (-_FURTHEST, _FURTHEST)][:n_numbers]
    found: Any = minimize(loss, np.zeros(n_numbers), bounds=limits, method="L-BFGS-B")
    best = make(found.x)
    return best.model_copy(update={name: float(f"{value:.6g}") for name, value in best if isinstance(value, float)})


def _fit_line(frames: Sequence[Frames], smoothing: float, weights: Sequence[Values]) -> Calibration:
    """Return the rising line of least squares.

    The line is a sum of ramps, one between each two knots, and so is the smoothed line of the smoothed ramps: to find
    their heights is a linear problem (Lawson and Hanson, Solving least squares problems, 1974). None is below a small
    step, so that no two scores become one.
    """
    from scipy.optimize import nnls

    knots = _choose_knots(frames)
    square, right = np.zeros((len(knots), len(knots))), np.zeros(len(knots))
    for one, weight in zip(frames, weights, strict=True):
        ramps = _smooth_ramps(one.scores, knots, smoothing)
        known = np.isfinite(ramps).all(axis=0)
        weighed = weight[known] * ramps[:, known]
        # Not by matrix product: threads of the linear algebra library would wait longer than they work.
        square += np.einsum("it,jt->ij", weighed, ramps[:, known])
        right += weighed[:, one.truth[known]].sum(axis=1)
    steps = np.append(0.0, np.full(len(knots) - 1, _SMALLEST_STEP))
    root = np.linalg.cholesky(square + 1e-9 * np.trace(square) * np.eye(len(knots)))
    # What is added to the steps, and what is left above the line, add up to the rest: the heavy last row asks for it.
    heavy = 1e3 * np.abs(root).max()
    matrix = np.block([[root.T, np.zeros((len(knots), 1))], [np.full((1, len(knots) + 1), heavy)]])
    rest = np.append(np.linalg.solve(root, right - square @ steps), heavy * (1.0 - steps.sum()))
    heights = steps + nnls(matrix, rest)[0][:-1]
    line = np.minimum(np.cumsum(heights), 1.0).round(6)
    return Calibration(kind="isotonic", scores=tuple(knots.tolist()), probabilities=tuple(line.tolist()))


def _choose_knots(frames: Sequence[Frames]) -> Values:
    """Return where the line may bend: at quantiles of the scores of seizure frames and of the others."""
    shares = np.linspace(0.0, 1.0, _KNOTS)
    kinds = [
        np.concatenate([one.scores.seizure[one.scores.analysed & (one.truth == wanted)] for one in frames])
        for wanted in (True, False)
    ]
    knots = np.unique(np.concatenate([np.quantile(kind, shares) for kind in kinds]))
    if len(knots) < 2:
        raise ParameterError(
            f"scores: all are {float(knots[0])!r}; a detector that tells nothing cannot be calibrated."
        )
    return knots


def _smooth_ramps(scores: Scores, knots: Values, smoothing: float) -> Values:
    """Return, smoothed, 1 and the ramps that rise from 0 to 1 between each two knots, shape (n_knots, n_frames)."""
    rise = np.clip((scores.seizure - knots[:-1, None]) / np.diff(knots)[:, None], 0.0, 1.0)
    start = np.where(scores.analysed, 1.0, np.nan)
    ramps = (Scores(np.column_stack([1.0 - ramp, ramp]), scores.start, scores.step) for ramp in (start, *rise))
    return np.stack([smooth(ramp, smoothing) for ramp in ramps])


_FITS = {"platt": _fit_platt, "temperature": _fit_temperature, "isotonic": _fit_line}
