"""The report of a run, from its folder to the page, with the EEG of what its detectors did worst."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ictal.core.errors import ParameterError
from ictal.core.tables import Table
from ictal.data.portions import Split, read_splits
from ictal.evaluation.measures import Measures
from ictal.evaluation.stored import FILE as EVALUATION
from ictal.evaluation.stored import EvaluatedRecording, read_evaluation
from ictal.evaluation.worst import N_WORST, find_worst
from ictal.experiments.recipe import read_recipe
from ictal.experiments.run_record import RECIPE, RECORD, RunRecord, read_run
from ictal.experiments.run_signal import RunSignal, open_signal
from ictal.io.atomic import ensure_folder
from ictal.reports.pictures import Picture
from ictal.reports.run_report import write_run_report
from ictal.reports.worst import WorstSection, show_worst

Progress = Callable[[float], None]

KINDS = ("train", "crossval", "finetune")
"""The runs that this report is of; others write a report of their own."""

AVERAGES = Table("part", {"explain": "ictal.experiments.explain_run:explain_run"})
"""What needs torch; loaded when asked for."""

SPLITS, EXPLAINED = "splits.json", "explained"

_SHARE_EXPLAINED = 0.8


def report_run(
    folder: Path,
    output: Path | None = None,
    *,
    data: Path | None = None,
    n_worst: int = N_WORST,
    method: str | None = None,
    explanations: Sequence[tuple[str, Picture]] = (),
    measures: Measures | None = None,
    progress: Progress = lambda share: None,
) -> Path:
    """Write the report of a run: what ``ictal report RUN`` does.

    Parameters
    ----------
    folder : Path
        Of a training or a cross-validation.
    output : Path, optional
        The HTML file; ``report.html`` in the folder where not given.
    data : Path, optional
        The corpus, or a store of it, to show the EEG of the worst events from; see
        :func:`ictal.experiments.run_signal.open_signal`.
    n_worst : int
        How many misses and how many false alarms are shown; 0 leaves them out.
    method : str, optional
        Show what counted on average, too, by a method of :data:`ictal.explain.table.METHODS`; the averages are
        written into the folder ``explained`` of the run. See :func:`ictal.experiments.explain_run.explain_run`.
    explanations, measures
        See :func:`ictal.reports.run_report.write_run_report`.
    progress : callable
        Called with the share that is done.

    Returns
    -------
    Path
        The report. Where the EEG is not to be had, it says so, and lists the events without pictures.

    Raises
    ------
    ParameterError
        If the folder is of another kind of run, or a value is not allowed.
    RecordingError
        If the folder holds no run, or a file of it is missing or damaged.
    OutputError
        If the report cannot be written.
    """
    record = open_finished(folder)
    shown, start = list(explanations), 0.0
    if method is not None:
        start = _SHARE_EXPLAINED
        explained = AVERAGES.load("explain")(
            folder,
            folder / EXPLAINED,
            method=method,
            data=data,
            progress=lambda share, text="": progress(start * share),
        )
        shown.append(explained.show())
    worst = None
    if n_worst and (folder / EVALUATION).is_file():
        worst = show_worst_of(folder, record, data, n_worst, lambda share: progress(start + (1.0 - start) * share))
    if output is not None:
        ensure_folder(output.parent)
    return write_run_report(folder, output, worst, shown, measures=measures)


def open_finished(folder: Path) -> RunRecord:
    """Return what a run folder says of itself, if the report of a run can be made of it.

    Raises
    ------
    ParameterError
        If it is none, or of another kind of run.
    """
    allowed = f"a report can be made of a recording, or of the folder of a run ({', '.join(KINDS)})"
    if not (folder / RECORD).is_file():
        raise ParameterError(f"{folder}: holds no {RECORD}; {allowed}.")
    record = read_run(folder)
    if record.kind not in KINDS:
        raise ParameterError(f"{folder}: is a run of kind {record.kind!r}; {allowed}.")
    return record


def show_worst_of(folder: Path, record: RunRecord, data: Path | None, n_worst: int, progress: Progress) -> WorstSection:
    """Pick and draw the worst misses and false alarms of a run; see :func:`report_run`."""
    misses, alarms = find_worst(read_evaluation(folder), n_worst)
    signal: RunSignal = open_signal(record, read_recipe(folder / RECIPE), data)
    splits = read_splits(folder / SPLITS)
    fold_of = (lambda one: name_fold(one, splits)) if record.kind == "crossval" else (lambda one: "")
    return show_worst(misses, alarms, signal.read, fold_of, note=signal.note, progress=progress)


def name_fold(one: EvaluatedRecording, splits: Sequence[Split]) -> str:
    """Return the name of the split that a recording stands in on the side where it was evaluated, or nothing.

    Examples
    --------
    >>> from ictal.core.events import Annotations
    >>> from ictal.data.portions import Portion
    >>> from ictal.postprocessing.settings import PostProcessing
    >>> night = EvaluatedRecording("n", "anna", 60.0, 90.0, Annotations((), 30.0), Path("s"), PostProcessing(), "test")
    >>> name_fold(night, [Split("loso-anna", (), (), (Portion("n", "anna", 0.0, 3600.0),))])
    'loso-anna'
    """
    for split in splits:
        for portion in split.sides[one.side]:
            inside = portion.start - 1.0 <= one.start and one.stop <= portion.stop + 1.0
            if portion.recording == one.name and inside:
                return split.name
    return ""
