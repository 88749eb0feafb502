"""The whole chain on simulated EEG, for somebody who has no recording at hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.evaluation.score import TreeScores, score_trees
from ictal.experiments.detect import detect_recordings
from ictal.experiments.plan import DetectRequest, plan_detection
from ictal.io.bids import BidsName
from ictal.simulation.corpus import PlannedHuman, write_corpus_frame, write_planned
from ictal.simulation.populations import draw_subject

Progress = Callable[[float], None]

MINUTES = 30
N_SEIZURES = 3
DIFFICULTY = 0.3

NIGHT_HOURS = 8
NIGHT_SEIZURES = 9
"""A night of somebody with many seizures: enough to decide, in a recording that is long enough to get lost in."""

NIGHT_THRESHOLD = "0.4"
"""Lower than the detector's own: where a reader decides, a false alarm costs a glance and a miss is lost."""


@dataclass(frozen=True)
class DemoResult:
    """Where the demo put everything, and how it went."""

    dataset: Path
    results: Path
    recording: Path
    events: Path
    report: Path
    scores: TreeScores


def run_demo(
    output: Path, seed: int = 0, progress: Progress = lambda share: None, *, night: bool = False
) -> DemoResult:
    """Simulate scalp EEG with known seizures, detect them, write the report and score the events.

    Parameters
    ----------
    output : Path
        Folder of the dataset and the results; what an earlier demo left there is replaced.
    seed : int
        Of the simulation; the same seed gives the same files.
    progress : callable, optional
        Called with the share that is done.
    night : bool
        Whether a night of eight hours is simulated in place of half an hour.

    Returns
    -------
    DemoResult
        Paths, and the figures against the simulated truth.
    """
    planned = plan_demo(seed, night=night)
    dataset = write_corpus_frame(output / "dataset", "ictal demo", [planned])
    recording = write_planned(dataset, planned)
    progress(0.3)
    changes = {"postprocessing.threshold": NIGHT_THRESHOLD} if night else {}
    request = DetectRequest(
        output=output / "results", changes=changes, outputs=("report",), overwrite=True, compare=True
    )
    (task,) = plan_detection([dataset], request)
    (outcome,) = detect_recordings([task], progress=lambda share: progress(0.3 + 0.7 * share))
    if outcome.status != "done":
        raise RecordingError(outcome.problem)
    return DemoResult(
        dataset=dataset,
        results=output / "results",
        recording=recording,
        events=task.target("events.tsv"),
        report=task.target("report.html"),
        scores=score_trees(dataset, output / "results"),
    )


def plan_demo(seed: int, *, night: bool = False) -> PlannedHuman:
    """Return the recording of the demo: an adult with temporal seizures that are not too hard to see."""
    subject = draw_subject(seed)
    epilepsy = replace(subject.epilepsy, kind="focal-temporal")
    duration, n_seizures = (NIGHT_HOURS * 3600.0, NIGHT_SEIZURES) if night else (MINUTES * 60.0, N_SEIZURES)
    return PlannedHuman(BidsName("01"), replace(subject, epilepsy=epilepsy), seed, duration, n_seizures, DIFFICULTY)
