"""Compare what runs, cross-validations or tables of events come to on the same recordings."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from ictal.core.errors import IctalWarning, ParameterError, RecordingError, check_positive
from ictal.evaluation.bootstrap import N_RESAMPLES, draw_subjects
from ictal.evaluation.comparison import FIRST, ComparedRun, RunComparison, compare_detectors
from ictal.evaluation.detector_figures import BUDGET, Detected, DetectorFigures, measure_detector
from ictal.evaluation.matching import Stretch, count_subjects, match_stretches, stretch_of
from ictal.evaluation.notes import Notes
from ictal.evaluation.pairing import check_pairing, pair_tables
from ictal.evaluation.reading import MarkedRecording, read_pair
from ictal.evaluation.stored import FILE, EvaluatedRecording, read_evaluation
from ictal.io.atomic import ensure_folder
from ictal.reports.comparison_report import write_comparison

TABLES = "tables"


def compare_runs(
    folders: Sequence[Path | str],
    output: Path | str | None = None,
    *,
    reference: Path | str | None = None,
    against: str = FIRST,
    false_alarms_per_day: float = BUDGET,
    n_resamples: int = N_RESAMPLES,
    seed: int = 0,
    progress: Callable[[float], None] = lambda share: None,
) -> RunComparison:
    """Compare detectors on the recordings that all of them were tested on: what ``ictal compare`` does.

    Parameters
    ----------
    folders : sequence of path
        One or more, each a run or a cross-validation with its ``evaluation.json``, or the event tables of a detector.
    output : path, optional
        Where the report is written, one HTML file.
    reference : path, optional
        What readers marked, for event tables.
    against : str
        Which run the others are compared with: ``first``, ``best`` (by the F1 of events), or the name of its folder.
    false_alarms_per_day : float
        At which sensitivity is asked for.
    n_resamples, seed : int
        Of the bootstrap over subjects.
    progress : callable, optional
        Told the share that is done.

    Raises
    ------
    RecordingError
        If a folder holds no results, nothing is in common, or the seizures of a recording differ between runs.
    ParameterError
        If there is no folder, one comes twice, or a setting is not allowed.
    OutputError
        If the report cannot be written.

    Warns
    -----
    IctalWarning
        If something in event tables was odd and mended.
    """
    check_positive("false_alarms_per_day", false_alarms_per_day)
    labels = label_runs(folders)
    if output is not None:
        ensure_folder(Path(output).parent)
    tested = dict(zip(labels, (read_run(Path(folder), reference) for folder in folders), strict=True))
    matched = match_stretches(tested)
    common = matched[labels[0]]
    draws = draw_subjects(count_subjects(common), n_resamples, seed)
    figures: list[DetectorFigures] = []
    for label in labels:
        detected = [read_detected(one.origin) for one in matched[label]]
        figures.append(measure_detector(detected, draws, false_alarms_per_day, seed))
        progress(len(figures) / len(labels))
    found = RunComparison(
        runs=tuple(_describe(folder, tested[label]) for label, folder in zip(labels, folders, strict=True)),
        comparison=compare_detectors(labels, figures, draws, against),
        seconds=_by_subject(common, lambda one: one.stop - one.start),
        n_seizures={name: int(number) for name, number in _by_subject(common, lambda one: len(one.seizures)).items()},
        n_recordings=len(common),
        budget=false_alarms_per_day,
        n_resamples=n_resamples,
        seed=seed,
    )
    if output is not None:
        write_comparison(output, found)
    return found


def label_runs(folders: Sequence[Path | str]) -> tuple[str, ...]:
    """Name runs by the ends of their paths that tell them apart.

    Raises
    ------
    ParameterError
        If there is none, or one comes twice.

    Examples
    --------
    >>> label_runs(["out/a/loso", "out/b/loso"]), label_runs(["out/a/loso", "out/b"])
    (('a/loso', 'b/loso'), ('loso', 'b'))
    """
    parts = [Path(folder).resolve().parts for folder in folders]
    if not parts or len(set(parts)) < len(parts):
        came = "none came" if not parts else "one came twice"
        raise ParameterError(f"runs: {came}; allowed are one or more different folders.")
    for length in range(1, max(map(len, parts)) + 1):
        labels = tuple("/".join(one[-length:]) for one in parts)
        if len(set(labels)) == len(labels):
            break
    return labels


def read_run(folder: Path, reference: Path | str | None = None) -> tuple[Stretch, ...]:
    """Read what a detector was tested on; the scores of runs are not read yet.

    Parameters
    ----------
    folder : Path
        With an ``evaluation.json``, or with event tables.
    reference : path, optional
        For event tables; a reference without one was not tested.

    Raises
    ------
    RecordingError
        If there is no such folder, what is in it cannot be read, or it holds no evaluation and there is no reference.
    """
    if not folder.is_dir():
        raise RecordingError("there is no such folder", file=folder)
    if (folder / FILE).exists():
        return tuple(stretch_of(one) for one in read_evaluation(folder))
    if reference is None:
        mend = "name one of a finished `ictal train` or `ictal crossval`, or say --reference for event tables"
        raise RecordingError(f"holds no {FILE}; {mend}", file=folder)
    pairing, notes = pair_tables(reference, folder), Notes()
    check_pairing(pairing, "negative")
    marked = [read_pair(pair, notes) for pair in pairing.pairs if pair.hypothesis is not None]
    for note in notes:
        warnings.warn(str(note), IctalWarning, stacklevel=2)
    return tuple(stretch_of(one) for one in marked)


def read_detected(origin: MarkedRecording | EvaluatedRecording) -> Detected:
    """Read the scores of a recording, where there are any, and make its events by the detector's own rules."""
    if isinstance(origin, MarkedRecording):
        return Detected(origin)
    return Detected(origin.mark(), origin.read(), origin.postprocessing)


def _describe(folder: Path | str, run: Sequence[Stretch]) -> ComparedRun:
    sides = {one.origin.side for one in run if isinstance(one.origin, EvaluatedRecording)}
    return ComparedRun(str(folder), sides.pop() if sides else TABLES, len(run), count_subjects(run))


def _by_subject(stretches: Sequence[Stretch], measure: Callable[[Stretch], float]) -> dict[str, float]:
    totals = dict.fromkeys(sorted({one.subject for one in stretches}), 0.0)
    for one in stretches:
        totals[one.subject] += measure(one)
    return totals
