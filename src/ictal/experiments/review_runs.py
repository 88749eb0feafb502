"""Detectors that are run from a review, one recording after the other, and what they found so far."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from ictal.core.errors import IctalError, OutputError, check_option
from ictal.core.events import Annotations, Event
from ictal.detection.detector import Detector
from ictal.detection.library import BUNDLED, describe_detectors, load_detector
from ictal.experiments.detect import detect_one
from ictal.experiments.plan import DetectRequest, DetectTask
from ictal.io.discover import FoundRecording
from ictal.review.decision import encode_event
from ictal.review.folder import place_of

State = Literal["waiting", "running", "done", "failed"]

MEANINGLESS = "eegwavenet-untrained"
"""The bundled detector that is for benchmarks alone."""

STOPPED = "was stopped before its end"


class RunStoppedError(IctalError):
    """The review was closed while a detector was at work."""


@dataclass(frozen=True, slots=True)
class Runnable:
    """A detector that may be run.

    Parameters
    ----------
    name : str
        What it is called here.
    what : str
        What it is, in one sentence.
    source : str
        What loads it: a name or the path of a file.
    """

    name: str
    what: str
    source: str


def list_runnable(named: Iterable[str | Path] = ()) -> tuple[Runnable, ...]:
    """Return the detectors that a review may run: those that come with ictal, and those that its user named.

    Parameters
    ----------
    named : iterable of str or path
        Names of bundled detectors, or ``.ictal`` files.

    Raises
    ------
    IctalError
        If something named is no detector.

    Examples
    --------
    >>> [one.name for one in list_runnable()]
    ['eegwavenet-scalp', 'eegwavenet-rodent', 'line-length', 'spike-rate']
    """
    own = list(map(str, named))
    bundled = (one for one in describe_detectors() if one[0] != MEANINGLESS or one[0] in own)
    runnable = {name: Runnable(name, what, name) for name, what in bundled}
    for source in own:
        loaded = load_detector(source)
        if source not in BUNDLED and isinstance(loaded, Detector):
            name = loaded.name if loaded.name not in runnable else f"{loaded.name} ({Path(source).name})"
            runnable[name] = Runnable(name, loaded.settings.summary, source)
    return tuple(runnable.values())


@dataclass(frozen=True, slots=True)
class Run:
    """A detector at work on a recording.

    Parameters
    ----------
    recording : str
        The place of its results.
    detector : str
        By the name of its :class:`Runnable`.
    share : float
        How much of the recording is done.
    state : {"waiting", "running", "done", "failed"}
    problem : str or None
        Why it failed, in one line that names no file.
    events : tuple of Event
        Found so far; they are provisional, and without their channels, until the run is done.
    """

    recording: str
    detector: str
    share: float = 0.0
    state: State = "waiting"
    problem: str | None = None
    events: tuple[Event, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether nothing of it will change."""
        return self.state in {"done", "failed"}


def encode_run(run: Run) -> dict[str, Any]:
    """Return a run as plain values.

    Examples
    --------
    >>> encode_run(Run("night", "line-length"))["state"]
    'waiting'
    """
    return {
        "recording": run.recording,
        "detector": run.detector,
        "share": round(run.share, 4),
        "state": run.state,
        "problem": run.problem,
        "events": [encode_event(event) for event in run.events],
    }


class RunQueue:
    """Runs detectors one after the other, in a thread; what they find lies where ``ictal detect`` would write it.

    Parameters
    ----------
    detected : Path
        Folder of the results; those of an earlier run on the same recording are made anew.
    runnable : iterable of Runnable
        What may be run; nothing else is.

    Examples
    --------
    >>> import tempfile
    >>> from ictal.core.recording import Recording
    >>> from ictal.io.edf_write import write_edf
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     night = Path(folder, "night.edf")
    ...     write_edf(night, Recording.from_array([[0.0, 1.0] * 128 * 30], 256.0, ["cortex"]))
    ...     queue = RunQueue(Path(folder, "detected"), list_runnable())
    ...     waiting = queue.start(FoundRecording(night, Path(), "night"), "line-length")
    ...     queue.finish()
    ...     queue.close()
    ...     wrote = Path(folder, "detected/night_events.tsv").exists()
    >>> waiting.recording, queue.runs[0].state, wrote
    ('night', 'done', True)
    """

    def __init__(self, detected: Path, runnable: Iterable[Runnable]) -> None:
        self.runnable = {one.name: one for one in runnable}
        self._detected = detected
        self._runs: list[Run] = []
        self._ends: list[Future[None]] = []
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ictal-run")
        self._is_closed = False

    @property
    def runs(self) -> tuple[Run, ...]:
        """All runs as they stand, in the order in which they were asked for."""
        with self._lock:
            return tuple(self._runs)

    def start(self, found: FoundRecording, detector: str, mapping: Mapping[str, str] | None = None) -> Run:
        """Run a detector on a recording as soon as those before are done; a run that is not over is not begun twice.

        Parameters
        ----------
        found : FoundRecording
        detector : str
            Name of a :class:`Runnable`.
        mapping : mapping of str to str, optional
            What odd labels of the file mean.

        Raises
        ------
        ParameterError
            If the detector may not be run.
        OutputError
            If the queue was closed.
        """
        check_option("detector", detector, self.runnable)
        request = DetectRequest(
            self._detected,
            detector=self.runnable[detector].source,
            mapping={} if mapping is None else dict(mapping),
            overwrite=True,
        )
        run = Run(place_of(found), detector)
        with self._lock:
            if self._is_closed:
                raise OutputError("no detector is run any more: the review is being closed")
            for other in self._runs:
                if (other.recording, other.detector) == (run.recording, run.detector) and not other.is_over:
                    return other
            self._runs.append(run)
            task = DetectTask(found, request)
            self._ends.append(self._pool.submit(self._work, len(self._runs) - 1, task))
        return run

    def finish(self) -> None:
        """Wait until all runs are over."""
        for end in tuple(self._ends):
            end.result()

    def close(self) -> None:
        """Stop: a run that waits is not begun, and one at work ends within a few minutes of its recording."""
        with self._lock:
            self._is_closed = True
        self._pool.shutdown(wait=True)

    def _work(self, number: int, task: DetectTask) -> None:
        if self._is_closed:
            self._change(number, state="failed", problem=STOPPED)
            return
        self._change(number, state="running")
        outcome = detect_one(task, partial(self._advance, number), partial(self._tell, number))
        if outcome.status == "done":
            self._change(number, state="done", share=1.0)
        else:
            problem = " ".join(outcome.problem.removeprefix(f"{task.title}: ").split())
            self._change(number, state="failed", problem=problem, events=())

    def _advance(self, number: int, share: float) -> None:
        if self._is_closed:
            raise RunStoppedError(STOPPED)
        self._change(number, share=share)

    def _tell(self, number: int, events: Annotations) -> None:
        self._change(number, events=tuple(events))

    def _change(self, number: int, **changes: Any) -> None:
        with self._lock:
            self._runs[number] = replace(self._runs[number], **changes)
