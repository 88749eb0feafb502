"""Detect seizures in many recordings and write what was found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from ictal.core.errors import IctalError, RecordingError, check_option
from ictal.detection.detector import Detector
from ictal.detection.library import DefaultDetector, load_detector
from ictal.experiments.jobs import JobRunner, WorkerDiedError
from ictal.experiments.outputs import ALWAYS, ENDINGS, Finished, summarise, write_output
from ictal.io.animals import parse_animals, pick_channels
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.io.discover import FoundRecording, find_recordings, reference_for
from ictal.io.events_tsv import read_events
from ictal.io.formats import read

Progress = Callable[[float], None]

RECORD = "detection.json"
"""What ran, and whether it came to its end."""


@dataclass(frozen=True)
class DetectRequest:
    """What is asked of :func:`detect_recordings`.

    Attributes
    ----------
    output : Path
        Folder of the results; the tree of the inputs is mirrored there.
    detector : str or None
        Name of a bundled detector or path of a ``.ictal`` file; ``None`` picks one for each recording.
    changes : dict
        Settings to change: dotted key → value as text.
    outputs : tuple of str
        What is written beside the events table and the scores; see :data:`ictal.experiments.outputs.ENDINGS`.
    mapping : dict
        What odd labels of the files mean: label → electrode or lead.
    animals : dict
        Name → channels, for files that hold several animals.
    overwrite : bool
        Whether results that are there are made anew.
    keep_identity : bool
        Whether the annotated copy keeps the identity of the patient, and tables, copy and report the dates.
    compare : bool
        Whether the report marks hits, misses and false alarms against the events table beside a BIDS recording.
    """

    output: Path
    detector: str | None = None
    changes: dict[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    mapping: dict[str, str] = field(default_factory=dict)
    animals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    overwrite: bool = False
    keep_identity: bool = False
    compare: bool = False

    @property
    def all_outputs(self) -> tuple[str, ...]:
        """The outputs of every run and those asked for, each once."""
        return tuple(dict.fromkeys([*ALWAYS, *self.outputs]))


@dataclass(frozen=True)
class DetectTask:
    """One recording, or one animal of it."""

    found: FoundRecording
    animal: str | None
    request: DetectRequest

    @property
    def title(self) -> str:
        """The recording as a person would name it."""
        return str(self.found.path) if self.animal is None else f"{self.found.path} ({self.animal})"

    def target(self, ending: str) -> Path:
        """Return the file of one result: the mirrored place, the stem, the animal, the ending."""
        stem = self.found.stem if self.animal is None else f"{self.found.stem}_{self.animal}"
        return self.request.output / self.found.relative / f"{stem}_{ending}"


@dataclass(frozen=True)
class Outcome:
    """What became of one task.

    Attributes
    ----------
    task : DetectTask
        What was to be done.
    status : {"done", "skipped", "failed"}
        Skipped: it was there already, made by the same detector.
    detector, reason : str
        Which detector ran, and by which rule.
    n_events : int
        Seizures found.
    seizure_time, duration : float
        Seconds.
    notes : tuple of str
        What was mended or left out.
    problem : str
        What went wrong, in one line that names the file.
    """

    task: DetectTask
    status: str
    detector: str = ""
    reason: str = ""
    n_events: int = 0
    seizure_time: float = 0.0
    duration: float = 0.0
    notes: tuple[str, ...] = ()
    problem: str = ""


def detect_paths(
    paths: Sequence[Path | str],
    *,
    n_jobs: int = 1,
    progress: Progress = lambda share: None,
    animals: Sequence[str] = (),
    **wanted: Any,
) -> Iterator[Outcome]:
    """Detect in all recordings under some paths: what ``ictal detect`` does.

    Parameters
    ----------
    paths : sequence of path
        Files, folders or BIDS datasets.
    n_jobs, progress
        See :func:`detect_recordings`.
    animals : sequence of str
        ``NAME=CHANNEL,CHANNEL`` for files that hold several animals.
    **wanted
        The fields of :class:`DetectRequest`.
    """
    request = DetectRequest(animals=parse_animals(animals), **wanted)
    yield from detect_recordings(plan_detection(paths, request), n_jobs, progress)


def plan_detection(paths: Sequence[Path | str], request: DetectRequest) -> list[DetectTask]:
    """Find the recordings under some paths and return one task for each, or for each animal in each.

    Raises
    ------
    IctalError
        If a path has no recording, the detector cannot be loaded, or nothing can be written: before the work begins.
    """
    for name in request.outputs:
        check_option("format", name, ENDINGS)
    _load(request)
    animals: list[str | None] = [*request.animals] if request.animals else [None]
    tasks = [DetectTask(found, animal, request) for found in find_recordings(paths) for animal in animals]
    ensure_folder(request.output)
    return tasks


def detect_recordings(
    tasks: Sequence[DetectTask], n_jobs: int = 1, progress: Progress = lambda share: None
) -> Iterator[Outcome]:
    """Run tasks and yield each outcome as it comes; a recording that fails does not stop the others.

    Parameters
    ----------
    tasks : sequence of DetectTask
        From :func:`plan_detection`.
    n_jobs : int
        Processes; with 1 all runs in this one.
    progress : callable, optional
        Called with the share of all recordings that is done.
    """
    if min(n_jobs, len(tasks)) <= 1:
        for number, task in enumerate(tasks):
            yield detect_one(task, partial(_advance, progress, number, len(tasks)))
        return
    runner: JobRunner[DetectTask, Outcome] = JobRunner(detect_one, min(n_jobs, len(tasks)))
    for number, (task, answer) in enumerate(runner.run(tasks)):
        progress((number + 1) / len(tasks))
        if isinstance(answer, WorkerDiedError):
            yield Outcome(task, "failed", problem=f"{task.title}: {answer}")
        else:
            yield answer


def _advance(progress: Progress, n_done: int, n_tasks: int, share: float) -> None:
    progress((n_done + share) / n_tasks)


def detect_one(task: DetectTask, progress: Progress = lambda share: None) -> Outcome:
    """Detect in one recording and write the results; an error becomes a failed outcome."""
    try:
        return _detect(task, progress)
    except IctalError as error:
        problem = str(error)
    except MemoryError:
        problem = "not enough memory"
    named = problem if str(task.found.path) in problem else f"{task.title}: {problem}"
    return Outcome(task, "failed", problem=named)


def _detect(task: DetectTask, progress: Progress) -> Outcome:
    request = task.request
    recording = read(task.found.path)
    if task.animal is not None:
        recording = pick_channels(recording, request.animals[task.animal])
    detector, reason = _load(request).choose(recording, request.mapping)
    run = {"detector": f"{detector.name} {detector.fingerprint}", "mapping": request.mapping}
    if not request.overwrite and _is_done(task, run):
        return Outcome(task, "skipped", detector.name, reason)
    detection = detector.analyse(recording, request.mapping, progress)
    table = reference_for(task.found) if request.compare else None
    reference = None if table is None else read_events(table, duration=recording.duration)
    finished = Finished(recording, detector, detection, request.mapping, request.keep_identity, reference)
    _write_results(task, finished, run)
    return Outcome(
        task,
        "done",
        detector.name,
        reason,
        n_events=len(detection.events),
        seizure_time=detection.events.total_time,
        duration=recording.duration,
        notes=detection.notes,
    )


def _load(request: DetectRequest) -> Detector | DefaultDetector:
    return load_detector(request.detector).with_settings(request.changes)


def _is_done(task: DetectTask, run: Mapping[str, Any]) -> bool:
    """Whether all that is asked for is there; refuse to take, or to replace, what another run or person made."""
    record, table = task.target(RECORD), task.target(ENDINGS["tsv"])
    if not record.exists():
        if table.exists():
            raise RecordingError("is there already and no detection.json says that ictal made it", file=table)
        return False
    made = _read_record(record)
    if made.get("run") != run:
        raise RecordingError("was made with other settings; --overwrite makes it anew", file=record)
    return bool(made.get("complete")) and all(task.target(ENDINGS[n]).exists() for n in task.request.all_outputs)


def _read_record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _write_results(task: DetectTask, finished: Finished, run: Mapping[str, Any]) -> None:
    """Write every output, each whole or not at all; the record says first that they are ours, last that all is done."""
    record, table = task.target(RECORD), task.target(ENDINGS["tsv"])
    ensure_folder(record.parent)
    beside_recording = record.parent.resolve() == task.found.path.parent.resolve()
    if beside_recording and table.exists() and not record.exists():
        raise RecordingError("was not made by ictal and is never replaced; choose another --output", file=table)
    _write_record(record, {"run": run, "complete": False})
    for name in task.request.all_outputs:
        write_output(name, task.target(ENDINGS[name]), finished)
    _write_record(record, {"run": run, "complete": True, **summarise(finished.detection)})


def _write_record(path: Path, record: Mapping[str, Any]) -> None:
    with atomic_write(path, "w") as file:
        json.dump(record, file, indent=1)
        file.write("\n")
