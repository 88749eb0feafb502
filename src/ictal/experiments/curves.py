"""What a detector would do at other thresholds, from the scores that it left: curves as JSON and as pictures."""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import ValidationError

from ictal.core.errors import IctalWarning, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.bootstrap import N_RESAMPLES
from ictal.evaluation.curves import DetectorCurves, measure_curves
from ictal.evaluation.curves_json import write_curves_json
from ictal.evaluation.frames import GRID, FrameCurve
from ictal.evaluation.notes import Notes
from ictal.evaluation.operating import LimitedSensitivity, ScoredRecording, find_sensitivity
from ictal.evaluation.pairing import check_pairing, pair_tables
from ictal.evaluation.reading import TOLERANCE, MarkedRecording, read_pair
from ictal.experiments.outputs import ENDINGS
from ictal.experiments.plan import RECORD
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.io.scores_file import read_scores
from ictal.plots import style
from ictal.plots.curves import draw_latencies, draw_operating, draw_precision_recall, draw_reliability, draw_roc
from ictal.postprocessing.settings import PostProcessing
from ictal.scoring.counts import SECONDS_PER_DAY

if TYPE_CHECKING:
    from matplotlib.figure import Figure

JSON_NAME = "curves.json"
_N_LIMITS = 240


@dataclass(frozen=True)
class CurvesSummary:
    """What curves come to, and where they are.

    Attributes
    ----------
    folder : Path
        Where all was written.
    files : tuple of Path
        The JSON first, then the pictures.
    detector : str
        Name and fingerprint of the detector.
    verdict : str
        ``ordinary``, ``silent`` or ``all-positive``.
    rule : str
        Name and version of the rule of events.
    n_subjects : int
        Whom all intervals are over.
    sensitivity : tuple of LimitedSensitivity
        At 1, 5 and 10 false alarms in 24 h, averaged over subjects.
    auroc, average_precision, expected_calibration_error : float
        Of all frames together.
    """

    folder: Path
    files: tuple[Path, ...]
    detector: str
    verdict: str
    rule: str
    n_subjects: int
    sensitivity: tuple[LimitedSensitivity, ...]
    auroc: float
    average_precision: float
    expected_calibration_error: float


@dataclass(frozen=True)
class _Run:
    """Which detector left scores, and how it makes events."""

    detector: str
    settings: PostProcessing
    record: Path


def score_curves(
    reference: Path | str,
    results: Path | str,
    output: Path | str,
    *,
    missing: str = "error",
    duration_tolerance: float = TOLERANCE,
    subjects: str | None = None,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
) -> CurvesSummary:
    """Write what the detector whose results these are would do at other thresholds: ``ictal score --curves``.

    The threshold is swept through the detector's own post-processing. Written are ``curves.json``, and as PNG and SVG
    sensitivity against false alarms, receiver operating characteristic, precision against recall, reliability and
    latencies.

    Parameters
    ----------
    reference : path
        What readers marked: an events table or a folder of them.
    results : path
        What ``ictal detect`` wrote, with the scores: an events table or a folder.
    output : path
        Folder of the curves; what earlier ones left there is replaced.
    missing : {"error", "negative"}
        Whether a reference without results is an error, or a recording in which nothing is detected at any threshold.
    duration_tolerance : float
        Seconds that reference and results may differ in length.
    subjects : str, optional
        Only the subjects whose name matches; ``*`` and ``?`` stand for any letters.
    n_resamples, seed : int
        Of the bootstrap over subjects.

    Raises
    ------
    RecordingError
        If tables have no partner or cannot be read, results have no scores, or two detectors or settings made them.
    OutputError
        If the curves cannot be written.

    Warns
    -----
    IctalWarning
        If something in the tables was odd and mended.
    """
    folder = ensure_folder(output)
    pairing = pair_tables(reference, results, subjects)
    check_pairing(pairing, missing)
    notes = Notes()
    tables = [(read_pair(pair, notes, duration_tolerance), pair.hypothesis) for pair in pairing.pairs]
    for note in notes:
        warnings.warn(str(note), IctalWarning, stacklevel=2)
    found = [Path(table) for _, table in tables if table is not None]
    if not found:
        raise RecordingError("holds no results for any reference", file=results)
    run = _one_run(found)
    scores = {table: read_scores(_beside(table, ENDINGS["scores"])) for table in found}
    nothing = _no_scores(next(iter(scores.values())))
    recordings = [_join(marked, nothing if table is None else scores[Path(table)]) for marked, table in tables]
    curves = measure_curves(recordings, run.settings, n_resamples, seed)
    origin = {
        "reference": str(reference),
        "results": str(results),
        "detector": run.detector,
        "n_recordings": len(recordings),
        "n_missing": len(recordings) - len(found),
    }
    write_curves_json(folder / JSON_NAME, curves, origin)
    pictures = [path for name, figure in draw_pictures(curves) for path in _write_picture(folder / name, figure)]
    return CurvesSummary(
        folder=folder,
        files=(folder / JSON_NAME, *pictures),
        detector=run.detector,
        verdict=curves.counts.verdict,
        rule=curves.counts.rule,
        n_subjects=len(curves.counts.subjects),
        sensitivity=curves.limited["subjects"],
        auroc=curves.frames.roc.curve.area,
        average_precision=curves.frames.precision_recall.curve.area,
        expected_calibration_error=curves.frames.reliability.expected_calibration_error,
    )


def draw_pictures(curves: DetectorCurves) -> Iterator[tuple[str, Figure]]:
    """Yield the name and the figure of each picture."""
    frames, timing = curves.frames, curves.timing
    framed = f"frames of {frames.frame:g} s; seizure where more than half of the frame is"
    chance = frames.n_seizure_frames / frames.n_frames if frames.n_frames else np.nan
    yield "operating", _draw_operating(curves)
    roc, precision = frames.roc, frames.precision_recall
    note = f"AUROC {_tell(roc.curve.area, roc.interval)}; mean over subjects {_tell(roc.mean)}"
    yield "roc", draw_roc(roc.curve, framed, note, _band_of(roc))
    note = f"average precision {_tell(precision.curve.area, precision.interval)}; chance {_tell(chance)}"
    yield (
        "precision_recall",
        draw_precision_recall(precision.curve, framed, note, _band_of(precision), prevalence=chance),
    )
    error, brier = frames.reliability.expected_calibration_error, frames.brier
    note = f"expected calibration error {_tell(error)}; Brier score {_tell(brier.score)}, skill {_tell(brier.skill)}"
    yield "reliability", draw_reliability(frames.reliability, framed, note)
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


def _write_picture(stem: Path, figure: Figure) -> list[Path]:
    written = []
    for ending, encode in ((".png", style.encode_png), (".svg", style.encode_svg)):
        path = stem.with_name(stem.name + ending)
        with atomic_write(path) as file:
            file.write(encode(figure))
        written.append(path)
    return written


def _beside(table: Path, ending: str) -> Path:
    return table.with_name(table.name.removesuffix(ENDINGS["tsv"]) + ending)


def _one_run(tables: list[Path]) -> _Run:
    """Return the detector that left all results, with the settings that it had."""
    first = _read_run(_beside(tables[0], RECORD))
    for table in tables[1:]:
        run = _read_run(_beside(table, RECORD))
        if (run.detector, run.settings) != (first.detector, first.settings):
            other = f"{first.record} was made by {first.detector!r}"
            problem = f"was made by {run.detector!r}, {other}; curves are of one detector with one set of settings"
            raise RecordingError(problem, file=run.record)
    return first


def _read_run(record: Path) -> _Run:
    try:
        made = json.loads(record.read_text(encoding="utf-8"))
        settings = PostProcessing.model_validate(made["settings"]["postprocessing"])
        return _Run(str(made["run"]["detector"]), settings, record)
    except FileNotFoundError:
        problem = "there is no such file; curves need all that `ictal detect` writes beside its tables"
        raise RecordingError(problem, file=record) from None
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise RecordingError("is not a finished record of `ictal detect`", file=record) from error


def _join(marked: MarkedRecording, scores: Scores) -> ScoredRecording:
    reference = Annotations((Event(start, stop - start) for start, stop in marked.reference), marked.duration)
    return ScoredRecording(marked.subject, scores, reference)


def _no_scores(like: Scores) -> Scores:
    """Return the scores of a recording that was not looked at."""
    return Scores(np.empty((0, len(like.classes))), like.start, like.step, like.classes)
