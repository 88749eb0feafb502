"""What a detector would do at other thresholds, from the scores that it left: curves as JSON and as pictures."""

from __future__ import annotations

import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import ValidationError

from ictal.core.errors import IctalWarning, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.bootstrap import N_RESAMPLES
from ictal.evaluation.curves import measure_curves
from ictal.evaluation.curves_json import write_curves_json
from ictal.evaluation.notes import Notes
from ictal.evaluation.operating import LimitedSensitivity, ScoredRecording
from ictal.evaluation.pairing import check_pairing, pair_tables
from ictal.evaluation.reading import TOLERANCE, MarkedRecording, read_pair
from ictal.experiments.outputs import ENDINGS
from ictal.experiments.plan import RECORD
from ictal.io.atomic import ensure_folder
from ictal.io.scores_file import read_scores
from ictal.plots.files import write_figure
from ictal.postprocessing.settings import PostProcessing
from ictal.reports.curve_pictures import draw_pictures

if TYPE_CHECKING:
    pass

JSON_NAME = "curves.json"


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
    pictures = [path for name, figure in draw_pictures(curves) for path in write_figure(folder / name, figure)]
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
