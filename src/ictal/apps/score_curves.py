"""What curves over thresholds come to, in a few lines."""

from __future__ import annotations

import math
from typing import Any

UNDEFINED = "n/a"


def describe_curves(summary: Any) -> str:
    """Return what a detector would do at other thresholds, and where the curves are.

    Parameters
    ----------
    summary : CurvesSummary
        From :func:`ictal.experiments.curves.score_curves`.
    """
    lines = [f"Over thresholds, {summary.rule}, average over subjects"]
    for found in summary.sensitivity:
        where = f"threshold {found.threshold:.3g}" if math.isfinite(found.threshold) else "by silence alone"
        figure = f"sensitivity {_show(found.sensitivity, found.interval)}, {where}"
        lines.append(f"  at most {f'{found.limit:g} /24 h':<12}{figure}")
    areas = f"AUROC {_show(summary.auroc)}, average precision {_show(summary.average_precision)}"
    lines.append(f"Frames: {areas}, expected calibration error {_show(summary.expected_calibration_error)}")
    lines.append(f"curves are in {summary.folder}")
    return "\n".join(lines)


def _show(value: float, interval: tuple[float, float] = (math.nan, math.nan)) -> str:
    if not math.isfinite(value):
        return UNDEFINED
    low, high = interval
    return f"{value:.3f} [{low:.3f}, {high:.3f}]" if math.isfinite(low) else f"{value:.3f}"
