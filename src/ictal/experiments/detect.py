"""Detect seizures in many recordings and write what was found."""

from __future__ import annotations

import json
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ictal.core.errors import IctalError, IctalWarning, OutputError, RecordingError, located
from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.detection.detector import Detector, Found
from ictal.experiments.jobs import JobRunner, WorkerDiedError
from ictal.experiments.outputs import Finished, summarise, write_output
from ictal.experiments.plan import RECORD, DetectRequest, DetectTask, plan_detection
from ictal.experiments.reference import read_reference
from ictal.io.animals import parse_animals
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.io.discover import reference_for

Progress = Callable[[float], None]


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
    seizure_time, duration, analysed, unanalysed : float
        Seconds; `unanalysed` are those whose windows hold gaps or too many artefacts.
    notes : tuple of str
        What was mended or left out.
    problem : str
        What went wrong, in one line that names the file.
    trace : str
        Where it went wrong, for a developer.
    """

    task: DetectTask
    status: str
    detector: str = ""
    reason: str = ""
    n_events: int = 0
    seizure_time: float = 0.0
    duration: float = 0.0
    analysed: float = 0.0
    unanalysed: float = 0.0
    notes: tuple[str, ...] = ()
    problem: str = ""
    trace: str = ""


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
            outcome = detect_one(task, partial(_advance, progress, number, len(tasks)))
            progress((number + 1) / len(tasks))
            yield outcome
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


def detect_one(task: DetectTask, progress: Progress = lambda share: None, found: Found | None = None) -> Outcome:
    """Detect in one recording and write the results; an error becomes a failed outcome, and a warning a note.

    Parameters
    ----------
    task : DetectTask
    progress : callable, optional
        Called with the share of the recording that is done.
    found : callable, optional
        Called with the events so far, as :meth:`ictal.detection.detector.Detector.analyse` says.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", IctalWarning)
        try:
            outcome = _detect(task, progress, found)
        except MemoryError:
            outcome = _fail(task, "not enough memory")
        except IctalError as error:
            outcome = _fail(task, str(error))
        except Exception as error:  # a fault of ours in one recording shall not cost a night of others
            outcome = _fail(task, f"{type(error).__name__}: {error} (a fault in ictal; --debug shows where)")
    said = [str(one.message) for one in caught if issubclass(one.category, IctalWarning)]
    return replace(outcome, notes=_join_notes(outcome.notes, said, task.found.path))


def _fail(task: DetectTask, problem: str) -> Outcome:
    alone = problem.removeprefix(f"{task.found.path}: ")
    return Outcome(task, "failed", problem=f"{task.title}: {alone}", trace=traceback.format_exc())


def _join_notes(notes: Iterable[str], warned: Iterable[str], path: Path) -> tuple[str, ...]:
    """Return all notes, each once: most warnings are notes of the recording too, with the name of the file in front."""
    noted = tuple(dict.fromkeys(notes))
    texts = dict.fromkeys(text.removeprefix(f"{path}: ") for text in warned)
    return (*noted, *(text for text in texts if text not in "; ".join(noted)))


def _detect(task: DetectTask, progress: Progress, found: Found | None) -> Outcome:
    request = task.request
    _refuse_foreign(task)
    recording = task.found.read()
    detector, reason = request.load_detector().choose(recording, request.mapping)
    run = _describe_run(task, detector)
    if not request.overwrite and _is_done(task, run):
        return Outcome(task, "skipped", detector.name, reason)
    reference = _find_reference(task, recording)
    detection = detector.analyse(recording, request.mapping, progress, found)
    finished = Finished(recording, detector, detection, request.mapping, request.keep_identity, reference)
    _write_results(task, finished, run)
    analysed = detection.scores.analysed
    return Outcome(
        task,
        "done",
        detector.name,
        reason,
        n_events=len(detection.events),
        seizure_time=detection.events.total_time,
        duration=recording.duration,
        analysed=float(analysed.sum() * detection.scores.step),
        unanalysed=float((~analysed).sum() * detection.scores.step),
        notes=detection.notes,
    )


def _refuse_foreign(task: DetectTask) -> None:
    table = task.output("tsv")
    if table.exists() and not task.target(RECORD).exists():
        problem = f"is there already and was not made by ictal ({RECORD} would say so); choose another --output"
        raise OutputError(located(problem, file=table))


def _describe_run(task: DetectTask, detector: Detector) -> dict[str, Any]:
    """Return what the results depend on beside the recording: a run that differs in any of it is another run."""
    request = task.request
    return {
        "detector": f"{detector.name} {detector.fingerprint}",
        "mapping": request.mapping,
        "channels": list(task.found.channels),
        "keep_identity": request.keep_identity,
        "compare": request.compare,
        "seizure_labels": list(request.seizure_labels),
    }


def _find_reference(task: DetectTask, recording: Recording) -> Annotations | None:
    table = reference_for(task.found) if task.request.compare else None
    if table is not None and table.resolve() == task.output("tsv").resolve():
        table = None  # what ictal itself found before
    if task.request.compare and table is None:
        problem = "has no events table beside it to compare with"
        warnings.warn(located(problem, file=task.found.path), IctalWarning, stacklevel=2)
    return read_reference(recording, table, task.request.seizure_labels)


def _is_done(task: DetectTask, run: Mapping[str, Any]) -> bool:
    """Whether all that is asked for is there; refuse to take what another run made."""
    record = task.target(RECORD)
    if not record.exists():
        return False
    made = _read_record(record)
    if made.get("run") != run:
        raise RecordingError("was made with other settings; --overwrite makes it anew", file=record)
    return bool(made.get("complete")) and all(task.output(name).exists() for name in task.request.all_outputs)


def _read_record(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _write_results(task: DetectTask, finished: Finished, run: Mapping[str, Any]) -> None:
    """Write every output, each whole or not at all; the record says first that they are ours, last that all is done."""
    record = task.target(RECORD)
    ensure_folder(record.parent)
    _write_record(record, {"run": run, "complete": False})
    for name in task.request.all_outputs:
        write_output(name, task.output(name), finished)
    _write_record(record, {"run": run, "complete": True, **summarise(finished.detection)})


def _write_record(path: Path, record: Mapping[str, Any]) -> None:
    with atomic_write(path, "w") as file:
        json.dump(record, file, indent=1)
        file.write("\n")
