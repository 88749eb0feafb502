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


@dataclass(frozen=True)
class DemoResult:
    """Where the demo put everything, and how it went."""

    recording: Path
    events: Path
    report: Path
    scores: TreeScores


def run_demo(output: Path, seed: int = 0, progress: Progress = lambda share: None) -> DemoResult:
    """Simulate half an hour of scalp EEG with known seizures, detect them, write the report and score the events.

    Parameters
    ----------
    output : Path
        Folder of the dataset and the results; what an earlier demo left there is replaced.
    seed : int
        Of the simulation; the same seed gives the same files.
    progress : callable, optional
        Called with the share that is done.

    Returns
    -------
    DemoResult
        Paths, and the figures against the simulated truth.
    """
    planned = plan_demo(seed)
    dataset = write_corpus_frame(output / "dataset", "ictal demo", [planned])
    recording = write_planned(dataset, planned)
    progress(0.3)
    request = DetectRequest(output=output / "results", outputs=("report",), overwrite=True, compare=True)
    (task,) = plan_detection([dataset], request)
    (outcome,) = detect_recordings([task], progress=lambda share: progress(0.3 + 0.7 * share))
    if outcome.status != "done":
        raise RecordingError(outcome.problem)
    return DemoResult(
        recording=recording,
        events=task.target("events.tsv"),
        report=task.target("report.html"),
        scores=score_trees(dataset, output / "results"),
    )


def plan_demo(seed: int) -> PlannedHuman:
    """Return the recording of the demo: an adult with temporal seizures that are not too hard to see."""
    subject = draw_subject(seed)
    epilepsy = replace(subject.epilepsy, kind="focal-temporal")
    return PlannedHuman(
        BidsName("01"), replace(subject, epilepsy=epilepsy), seed, MINUTES * 60.0, N_SEIZURES, DIFFICULTY
    )
