"""The whole chain on simulated EEG, for somebody who has no recording at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.experiments.detect import Outcome, detect_recordings
from ictal.experiments.plan import DetectRequest, DetectTask, plan_detection
from ictal.io.atomic import ensure_folder
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import read_events, write_events
from ictal.reports.comparison import compare_events
from ictal.simulation.phantom import simulate_recording

Progress = Callable[[float], None]

MINUTES = 30
N_SEIZURES = 3
STEM = "sub-01_ses-01_task-szMonitoring_run-00"


@dataclass(frozen=True)
class DemoResult:
    """Where the demo put everything, and how it went."""

    recording: Path
    events: Path
    report: Path
    n_seizures: int
    n_hits: int
    n_false_alarms: int


def run_demo(output: Path, seed: int = 0, progress: Progress = lambda share: None) -> DemoResult:
    """Simulate half an hour of scalp EEG with known seizures, detect them and write the report.

    Parameters
    ----------
    output : Path
        Folder of the recording and the results; what an earlier demo left there is replaced.
    seed : int
        Of the simulation; the same seed gives the same files.
    progress : callable, optional
        Called with the share that is done.

    Returns
    -------
    DemoResult
        Paths, and the comparison with the simulated truth.
    """
    simulated = simulate_recording(MINUTES * 60.0, seed=seed, seizures=N_SEIZURES)
    progress(0.3)
    folder = ensure_folder(output / "recording")
    source = folder / f"{STEM}_eeg.edf"
    write_edf(source, simulated)
    write_events(folder / f"{STEM}_events.tsv", simulated.annotations)
    progress(0.4)
    request = DetectRequest(output=output / "results", outputs=("report",), overwrite=True, compare=True)
    (task,) = plan_detection([source], request)
    (outcome,) = detect_recordings([task], progress=lambda share: progress(0.4 + 0.6 * share))
    return _compare(task, outcome, source)


def _compare(task: DetectTask, outcome: Outcome, source: Path) -> DemoResult:
    if outcome.status != "done":
        raise RecordingError(outcome.problem)
    truth = read_events(source.with_name(f"{STEM}_events.tsv"))
    comparison = compare_events(read_events(task.target("events.tsv")).seizures, truth.seizures)
    return DemoResult(
        recording=source,
        events=task.target("events.tsv"),
        report=task.target("report.html"),
        n_seizures=len(truth.seizures),
        n_hits=len(comparison.hits),
        n_false_alarms=len(comparison.false_alarms),
    )
