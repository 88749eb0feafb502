"""Curves as JSON: strict, and with ``null`` where a figure is undefined."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ictal.core.version import __version__
from ictal.evaluation.bootstrap import LEVEL
from ictal.evaluation.curves import DetectorCurves
from ictal.evaluation.dataset import Estimate
from ictal.evaluation.frames import GRID, FrameCurve
from ictal.evaluation.operating import LimitedSensitivity
from ictal.io.atomic import atomic_write
from ictal.scoring.calibration import Brier, Reliability

FORMAT = "ictal-curves"
VERSION = 1


def write_curves_json(path: Path | str, curves: DetectorCurves, origin: Mapping[str, Any]) -> None:
    """Write curves and figures.

    Parameters
    ----------
    path : path
        The file; it appears when it is complete.
    curves : DetectorCurves
        From :func:`ictal.evaluation.curves.measure_curves`.
    origin : mapping
        What they were made from, ready for JSON.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    with atomic_write(path, "w") as file:
        json.dump({**_head(), **origin, **encode_curves(curves)}, file, ensure_ascii=False, allow_nan=False, indent=1)
        file.write("\n")


def encode_curves(curves: DetectorCurves) -> dict[str, Any]:
    """Return curves and figures ready for JSON.

    Returns
    -------
    dict
        ``dataset``, ``postprocessing``, ``interval``, ``operating`` (sensitivity against false alarms),
        ``timing``, ``frames`` (receiver operating characteristic, precision and recall) and ``calibration``.
    """
    counts, frames = curves.counts, curves.frames
    return {
        "dataset": {
            "n_subjects": len(counts.subjects),
            "subjects": list(counts.subjects),
            "seconds": float(counts.duration.sum()),
            "analysed_seconds": float(counts.analysed.sum()),
            "verdict": counts.verdict,
        },
        "postprocessing": curves.settings.model_dump(),
        "interval": {
            "level": LEVEL,
            "method": "percentile bootstrap over subjects",
            "n_resamples": len(curves.draws),
            "seed": curves.seed,
        },
        "operating": {
            "rule": counts.rule,
            "own_threshold": counts.threshold,
            "thresholds": counts.thresholds.tolist(),
            **{average: _encode_operating(curves, average) for average in curves.operating},
        },
        "timing": {
            "n_reference": curves.timing.n_reference,
            "n_detected": curves.timing.n_detected,
            "median": {name: _encode_estimate(value) for name, value in curves.timing.medians.items()},
            "onset_latency": numbers(curves.latencies),
        },
        "frames": {
            "frame_seconds": frames.frame,
            "n_frames": frames.n_frames,
            "n_seizure_frames": frames.n_seizure_frames,
            "roc": _encode_frame_curve(frames.roc, "false_positive_rate", "true_positive_rate"),
            "precision_recall": _encode_frame_curve(frames.precision_recall, "recall", "precision"),
        },
        "calibration": _encode_calibration(frames.reliability, frames.brier),
    }


def number(value: float) -> float | None:
    """Return a finite number, or ``None``.

    Examples
    --------
    >>> number(0.5), number(math.nan), number(math.inf)
    (0.5, None, None)
    """
    return float(value) if math.isfinite(value) else None


def numbers(values: ArrayLike) -> list[float | None]:
    """Return finite numbers, and ``None`` for all others.

    Examples
    --------
    >>> numbers([math.inf, 0.5])
    [None, 0.5]
    """
    return [number(value) for value in np.asarray(values, dtype=np.float64).tolist()]


def _head() -> dict[str, Any]:
    return {"format": FORMAT, "version": VERSION, "ictal": __version__}


def _encode_operating(curves: DetectorCurves, average: str) -> dict[str, Any]:
    curve, place = curves.operating[average], curves.counts.place
    found, false = curve.sensitivity_interval, curve.false_alarm_interval
    return {
        "own": {
            "sensitivity": number(curve.sensitivity[place]),
            "sensitivity_interval": _interval(found[0][place], found[1][place]),
            "false_alarms_per_day": number(curve.false_alarms[place]),
            "false_alarms_interval": _interval(false[0][place], false[1][place]),
        },
        "at": [_encode_limited(limited) for limited in curves.limited[average]],
        "sensitivity": numbers(curve.sensitivity),
        "sensitivity_low": numbers(found[0]),
        "sensitivity_high": numbers(found[1]),
        "false_alarms_per_day": numbers(curve.false_alarms),
        "false_alarms_low": numbers(false[0]),
        "false_alarms_high": numbers(false[1]),
    }


def _encode_limited(limited: LimitedSensitivity) -> dict[str, Any]:
    return {
        "false_alarms_per_day_at_most": limited.limit,
        "sensitivity": number(limited.sensitivity),
        "sensitivity_interval": _interval(*limited.interval),
        "threshold": number(limited.threshold),
        "false_alarms_per_day": number(limited.false_alarms),
    }


def _encode_estimate(estimate: Estimate) -> dict[str, Any]:
    interval = _interval(estimate.low, estimate.high)
    return {"value": number(estimate.value), "interval": interval, "n_subjects": estimate.n_subjects}


def _encode_frame_curve(measured: FrameCurve, across: str, upward: str) -> dict[str, Any]:
    curve = measured.curve
    return {
        "area": number(curve.area),
        "area_interval": _interval(*measured.interval),
        "mean_over_subjects": number(measured.mean),
        "mean_interval": _interval(*measured.mean_interval),
        "by_subject": {name: number(area) for name, area in measured.by_subject.items()},
        across: numbers(curve.x),
        upward: numbers(curve.y),
        "thresholds": numbers(curve.thresholds),
        "band": {across: numbers(GRID), "low": numbers(measured.band[0]), "high": numbers(measured.band[1])},
    }


def _encode_calibration(table: Reliability, brier: Brier) -> dict[str, Any]:
    return {
        "expected_calibration_error": number(table.expected_calibration_error),
        "brier": {
            "score": number(brier.score),
            "reliability": number(brier.reliability),
            "resolution": number(brier.resolution),
            "uncertainty": number(brier.uncertainty),
            "within_bins": number(brier.within_bins),
            "skill": number(brier.skill),
        },
        "edges": numbers(table.edges),
        "predicted": numbers(table.predicted),
        "observed": numbers(table.observed),
        "n_frames": table.n_frames.tolist(),
    }


def _interval(low: float, high: float) -> list[float] | None:
    return [float(low), float(high)] if math.isfinite(low) and math.isfinite(high) else None
