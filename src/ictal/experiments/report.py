"""The report of one recording, from the file to the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ictal.core.errors import OutputError, located
from ictal.core.events import Event
from ictal.core.tables import Table
from ictal.detection.library import load_detector
from ictal.experiments.outputs import Finished
from ictal.experiments.reference import read_reference
from ictal.io.atomic import ensure_folder
from ictal.io.discover import result_stem
from ictal.io.events_tsv import read_events
from ictal.io.formats import read
from ictal.preprocessing.display import filter_for_display
from ictal.reports.burden import measure_burden, write_burden_csv
from ictal.reports.coverage import measure_coverage
from ictal.reports.pictures import Picture
from ictal.reports.recording_report import write_report

Progress = Callable[[float], None]

REASONS = Table("part", {"reasons": "ictal.experiments.explain:picture_reasons"})
"""What an option asks for; loaded then."""


def report_recording(
    path: Path,
    output: Path | None = None,
    *,
    channels: Sequence[str] | None = None,
    events: Path | None = None,
    reference: Path | None = None,
    seizure_labels: Sequence[str] = (),
    detector: str | None = None,
    changes: Mapping[str, str] | None = None,
    mapping: Mapping[str, str] | None = None,
    keep_identity: bool = False,
    explain: str | None = None,
    progress: Progress = lambda share: None,
) -> Path:
    """Detect in one recording and write its report: what ``ictal report`` does.

    Parameters
    ----------
    path : Path
        The recording.
    output : Path, optional
        The HTML file; by default it is named after the recording, in the current folder.
    channels : sequence of str, optional
        Only these channels, as those of one animal of several.
    events : Path, optional
        An events table to report instead of the detected events, as after a review.
    reference : Path, optional
        An events table to compare with.
    seizure_labels : sequence of str
        In its place: what annotations of the recording itself say where they mean a seizure.
    detector, changes, mapping, keep_identity
        As for ``ictal detect``.
    explain : str, optional
        Show what counted for each event, by a method of :data:`ictal.explain.table.METHODS`.
    progress : callable, optional
        Called with the share that is done.

    Returns
    -------
    Path
        The report that was written.

    Raises
    ------
    IctalError
        If the recording cannot be analysed or the report not be written. It never takes the place of a file it is
        made from.
    """
    target = Path(f"{result_stem(path)}_report.html") if output is None else output
    _keep_inputs(target, [path, events, reference])
    ensure_folder(target.parent)
    recording = read(path, channels=channels)
    compared = read_reference(recording, reference, seizure_labels)
    reviewed = None if events is None else read_events(events, duration=recording.duration).seizures
    named = {} if mapping is None else mapping
    chosen, _ = load_detector(detector).with_settings({} if changes is None else changes).choose(recording, named)
    detection = chosen.analyse(recording, named, progress)
    if reviewed is not None:
        localised = chosen.localise(recording, reviewed, named)
        detection = replace(detection, events=reviewed, localised=localised)
    finished = Finished(recording, chosen, detection, named, keep_identity, compared)
    reasons = None if explain is None else REASONS.load("reasons")(finished, explain)
    write_report_of(target, finished, reasons)
    return target


def _keep_inputs(target: Path, inputs: Sequence[Path | None]) -> None:
    for path in inputs:
        if path is not None and target.exists() and path.exists() and target.samefile(path):
            raise OutputError(located("is what the report is made from; give the report another name", file=target))


def write_report_of(path: Path, finished: Finished, reasons: Callable[[Event], Picture] | None = None) -> None:
    """Write the report of a finished detection, and the seizure burden as CSV beside it.

    Parameters
    ----------
    path : Path
    finished : Finished
    reasons : callable, optional
        From an event to a picture of what counted for it.
    """
    leads, _ = finished.detector.prepare(finished.recording, finished.mapping)
    write_report(
        path,
        filter_for_display(leads),
        finished.detection,
        finished.reference,
        show_name=finished.keep_identity,
        show_dates=finished.keep_identity,
        reasons=reasons,
    )
    burden = measure_burden(
        finished.detection.events,
        unanalysed=measure_coverage(finished.detection).unanalysed,
        start_time=finished.recording.start_time,
    )
    write_burden_csv(path.with_name(path.stem.removesuffix("_report") + "_burden.csv"), burden)
