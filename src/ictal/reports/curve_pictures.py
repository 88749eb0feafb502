"""The curves of a detector as pictures: each with the figures that it comes to, and the rule that counted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ictal.evaluation.curves import DetectorCurves
from ictal.evaluation.frames import GRID, FrameCurve
from ictal.evaluation.operating import find_sensitivity
from ictal.plots.curves import draw_latencies, draw_operating, draw_precision_recall, draw_reliability, draw_roc
from ictal.scoring.counts import SECONDS_PER_DAY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_N_LIMITS = 240


def draw_pictures(curves: DetectorCurves) -> Iterator[tuple[str, Figure]]:
    """Yield the name and the figure of each picture."""
    frames, timing = curves.frames, curves.timing
    framed = f"frames of {frames.frame:g} s; seizure where more than half of the frame is"
    chance = frames.n_seizure_frames / frames.n_frames if frames.n_frames else np.nan
    yield "operating", _draw_operating(curves)
    roc, precision = frames.roc, frames.precision_recall
    own = curves.settings.threshold
    at = f"; ● at {own:.3g}"
    note = f"AUROC {_tell(roc.curve.area, roc.interval)}; mean over subjects {_tell(roc.mean)}{at}"
    yield "roc", draw_roc(roc.curve, framed, note, _band_of(roc), threshold=own)
    note = f"average precision {_tell(precision.curve.area, precision.interval)}; chance {_tell(chance)}{at}"
    yield (
        "precision_recall",
        draw_precision_recall(precision.curve, framed, note, _band_of(precision), prevalence=chance, threshold=own),
    )
    error, brier, band = frames.reliability.expected_calibration_error, frames.brier, frames.band
    note = f"expected calibration error {_tell(error)}; Brier score {_tell(brier.score)}, skill {_tell(brier.skill)}"
    yield "reliability", draw_reliability(frames.reliability, framed, note, (band.low, band.high))
    median = timing.medians["onset_latency"].value
    note = f"{timing.n_detected} of {timing.n_reference} seizures detected at threshold {curves.settings.threshold:.3g}"
    note += f"; median {median:.1f} s" if timing.n_detected else ""
    yield "latency", draw_latencies(curves.latencies, curves.counts.rule, note)


def _draw_operating(curves: DetectorCurves) -> Figure:
    counts, curve = curves.counts, curves.operating["subjects"]
    # The axis begins where a single false alarm in all the time would be, or at 1, and ends behind the last threshold.
    fewest = min(1.0, 10.0 ** np.floor(np.log10(SECONDS_PER_DAY / max(counts.duration.sum(), 1.0))))
    most = max(20.0, 1.2 * float(curve.false_alarms.max()))
    limits = np.geomspace(fewest, most, _N_LIMITS)
    found = find_sensitivity(counts, curves.draws, limits.tolist())
    low, high = np.array([one.interval for one in found]).T
    at = ", ".join(f"{_tell(one.sensitivity, digits=2)} at {one.limit:g}" for one in curves.limited["subjects"])
    own = curve.false_alarms[counts.place], curve.sensitivity[counts.place]
    note = f"{at}; ● own threshold {counts.threshold:.3g}: {_tell(own[1], digits=2)} at {own[0]:.1f}"
    sensitivity = [one.sensitivity for one in found]
    return draw_operating(limits, sensitivity, counts.rule, note, (low, high), chosen=own)


def _band_of(measured: FrameCurve) -> tuple[Any, Any, Any]:
    return (GRID, *measured.band)


def _tell(value: float, interval: tuple[float, float] | None = None, digits: int = 3) -> str:
    """Return a figure for a picture, with its interval where there is one."""
    if not np.isfinite(value):
        return "undefined"
    text = f"{value:.{digits}f}".replace("-", "−")
    if interval is None or not np.isfinite(interval).all():
        return text
    return f"{text} ({interval[0]:.{digits}f} to {interval[1]:.{digits}f})"
