"""Convert a corpus as its owner ships it to BIDS in the form of SzCORE, several recordings side by side."""

from __future__ import annotations

import hashlib
import json
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ictal.core.errors import IctalError, IctalWarning, OutputError, RecordingError, check_option, located
from ictal.core.recording import Recording, RecordingView
from ictal.core.version import __version__
from ictal.experiments.conversion_frame import count_channels, write_frame
from ictal.experiments.jobs import WorkerDiedError, work_off
from ictal.experiments.szcore_form import bring_to_szcore, is_referential, rename_channels
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.io.bids import BidsName, write_bids_recording
from ictal.io.corpora.corpus import Corpus, CorpusRecording, Remark, list_corpus
from ictal.io.corpora.lengths import keep_inside
from ictal.io.corpora.marked import MarkedRecording
from ictal.io.edf_write import Identity
from ictal.io.events_tsv import MISSING

MONTAGES = ("as-recorded", "szcore")

TABLE = Path("sourcedata", "recordings.tsv")
"""Which recording of the corpus became which file."""

COLUMNS = (
    *("file", "status", "source_name", "source_file", "source_id", "source_session", "source_split", "source_start"),
    *("source_channels", "hours", "seizures", "source_seizures", "notes"),
)
"""Of the table; ``source_start`` is in seconds from the start of the session."""

Progress = Callable[[float], None]

_FINGERPRINT = "SourceFingerprint"


@dataclass(frozen=True)
class Plan:
    """What every recording is converted with."""

    folder: Path
    montage: str = "as-recorded"
    keep_identity: bool = False


@dataclass(frozen=True)
class Task:
    """One recording of the corpus, and what it is called in the dataset."""

    recording: CorpusRecording
    name: BidsName


@dataclass(frozen=True)
class Outcome:
    """What became of one recording.

    Attributes
    ----------
    task : Task
    status : {"converted", "there", "left-out"}
        There: an earlier run converted it, from the same file and annotations in the same way.
    hours : float
    n_seizures : int
        Of what was written.
    notes : tuple of str
        What was mended, left out or interpolated.
    remarks : tuple of Remark
        What of the annotations does not fit the signal.
    problem, trace : str
        Why it was left out, and where that happened, for a developer.
    """

    task: Task
    status: str
    hours: float = 0.0
    n_seizures: int = 0
    notes: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    problem: str = ""
    trace: str = ""


@dataclass(frozen=True)
class Conversion:
    """What ``ictal convert`` did.

    Attributes
    ----------
    folder : Path
        Of the dataset.
    corpus : Corpus
        What there was to convert.
    outcomes : tuple of Outcome
        One for each recording, in the owner's order.
    """

    folder: Path
    corpus: Corpus
    outcomes: tuple[Outcome, ...]

    @property
    def hours(self) -> float:
        """Of all recordings that are in the dataset."""
        return sum(outcome.hours for outcome in self.outcomes)

    @property
    def n_seizures(self) -> int:
        """Of all recordings that are in the dataset."""
        return sum(outcome.n_seizures for outcome in self.outcomes)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many recordings have each status."""
        return Counter(outcome.status for outcome in self.outcomes)

    @property
    def left_out(self) -> Mapping[str, tuple[Outcome, ...]]:
        """The recordings that could not be converted, by why not."""
        grouped: dict[str, list[Outcome]] = {}
        for outcome in self.outcomes:
            if outcome.status == "left-out":
                grouped.setdefault(outcome.problem, []).append(outcome)
        return {problem: tuple(outcomes) for problem, outcomes in grouped.items()}

    @property
    def remarks(self) -> Mapping[str, int]:
        """How many remarks there are of each kind, on the corpus and on what did not fit its signals."""
        cut = [remark.kind for outcome in self.outcomes for remark in outcome.remarks]
        return dict(Counter([*(remark.kind for remark in self.corpus.remarks), *cut]).most_common())


def convert_corpus(
    source: Path | str,
    output: Path | str,
    *,
    corpus: str | None = None,
    montage: str = "as-recorded",
    keep_identity: bool = False,
    n_jobs: int = 1,
    progress: Progress = lambda share: None,
) -> Conversion:
    """Convert a corpus to BIDS in the form of SzCORE: what ``ictal convert`` does.

    Persons become ``sub-01`` … in the owner's order, their sessions ``ses-01`` …, their recordings ``run-00`` …,
    whether they can be converted or not. What an earlier run converted from the same file and annotations in the same
    way is kept, so that a run that was stopped goes on where it was.

    Parameters
    ----------
    source : path
        The folder of the corpus.
    output : path
        The folder of the dataset: new, empty, or one that an earlier run made of this corpus.
    corpus : str, optional
        Its name; found from the folder where not given.
    montage : {"as-recorded", "szcore"}
        Every channel as it is; or as :func:`~ictal.experiments.szcore_form.bring_to_szcore` has it.
    keep_identity : bool
        Keep dates and the header fields that say who was recorded.
    n_jobs : int
        Recordings side by side.
    progress : callable
        Called with the share that is done.

    Raises
    ------
    ParameterError
        If corpus or montage are not known.
    RecordingError
        If there is no corpus.
    OutputError
        If the folder holds something else, or a file cannot be written; what was finished is kept.
    """
    check_option("montage", montage, MONTAGES)
    found = list_corpus(source, corpus)
    tasks = number_recordings(found)
    root = Path(output)
    _refuse_strangers(root, tasks)
    _write_frame(root, found, tasks, montage)
    outcomes: dict[str, Outcome] = {}
    for outcome in _work(Plan(root, montage, keep_identity), tasks, n_jobs):
        outcomes[outcome.task.name.stem] = outcome
        progress(len(outcomes) / len(tasks))
    done = Conversion(root, found, tuple(outcomes[task.name.stem] for task in tasks))
    _write_table(root / TABLE, [describe_outcome(found.root, outcome) for outcome in done.outcomes])
    return done


def number_recordings(corpus: Corpus) -> tuple[Task, ...]:
    """Return what each recording is called in BIDS, in the owner's order."""
    persons = {subject: number for number, subject in enumerate(corpus.subjects, start=1)}
    width = max(2, len(str(len(persons))))
    sessions: Counter[str] = Counter()
    names: dict[int, BidsName] = {}
    for (subject, _), recordings in corpus.sessions.items():
        sessions[subject] += 1
        run_width = max(2, len(str(len(recordings) - 1)))
        for run, recording in enumerate(recordings):
            person, session = f"{persons[subject]:0{width}d}", f"{sessions[subject]:02d}"
            names[id(recording)] = BidsName(person, session, f"{run:0{run_width}d}")
    return tuple(Task(recording, names[id(recording)]) for recording in corpus)


def convert_one(plan: Plan, task: Task) -> Outcome | OutputError:
    """Convert one recording, in a process of its own perhaps; an error is an answer too.

    What cannot be read is left out; that nothing can be written concerns all.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", IctalWarning)
        try:
            outcome = _find_converted(plan, task)
            return _convert(plan, task, caught) if outcome is None else outcome
        except OutputError as error:
            return error
        except MemoryError:
            return _leave_out(task, "not enough memory")
        except RecordingError as error:
            return _leave_out(task, located(error.problem, field=error.field))
        except IctalError as error:
            return _leave_out(task, str(error))
        except Exception as error:  # a fault of ours in one recording shall not cost a night of others
            return _leave_out(task, f"{type(error).__name__}: {error} (a fault in ictal; --debug shows where)")


def describe_outcome(root: Path, outcome: Outcome) -> tuple[str, ...]:
    """Return the row of a recording in the table, cells as in :data:`COLUMNS`."""
    recording, name = outcome.task.recording, outcome.task.name
    is_inside = recording.path.is_relative_to(root)
    source = recording.path.relative_to(root).as_posix() if is_inside else recording.path.name
    notes = [outcome.problem, *outcome.notes, *(remark.text for remark in outcome.remarks)]
    is_written = outcome.status in {"converted", "there"}
    return (
        (name.folder / f"{name.stem}_eeg.edf").as_posix() if is_written else MISSING,
        outcome.status,
        recording.name,
        source,
        recording.subject,
        recording.session,
        recording.split,
        "" if recording.start is None else f"{recording.start:g}",
        ",".join(recording.channels),
        f"{outcome.hours:.4f}",
        str(outcome.n_seizures),
        str(len(recording.annotations.seizures)),
        "; ".join(note for note in notes if note),
    )


def _convert(plan: Plan, task: Task, caught: Sequence[warnings.WarningMessage]) -> Outcome:
    source = task.recording.read()
    reference = MISSING
    signal: Recording = source
    if plan.montage == "szcore":
        signal = bring_to_szcore(source)
        reference = "Common Average" if is_referential(source.channels) else "bipolar"
    kept, remarks = keep_inside(source.annotations, signal.duration, task.recording.name)
    events = replace(kept, events=tuple(rename_channels(event, signal.channels) for event in kept))
    marked = MarkedRecording(signal, events)
    sidecar = {**count_channels(signal), "EEGReference": reference, _FINGERPRINT: take_fingerprint(plan, task)}
    identity = find_identity(source) if plan.keep_identity else None
    start_time = source.start_time if plan.keep_identity else None
    write_bids_recording(plan.folder, task.name, marked, sidecar, start_time=start_time, identity=identity)
    said = [str(warning.message).split(": ", 1)[-1] for warning in caught if "data records" in str(warning.message)]
    notes = tuple(dict.fromkeys([*signal.notes, *said]))
    return Outcome(task, "converted", signal.duration / 3600.0, len(events.seizures), notes, remarks)


def find_identity(recording: Recording) -> Identity | None:
    """Return what the file behind a recording says of whom it is, if it is one that does."""
    while isinstance(recording, RecordingView):
        recording = recording.inner
    header = getattr(recording, "header", None)
    return None if header is None else Identity(header.patient, header.recording)


def take_fingerprint(plan: Plan, task: Task) -> str:
    """Return what changes when a recording would be converted otherwise: its size, its annotations, the settings."""
    recording = task.recording
    size = recording.path.stat().st_size if recording.path.is_file() else -1
    said = (__version__, plan.montage, plan.keep_identity, recording.name, recording.channels, size)
    return hashlib.sha256(repr((said, recording.annotations)).encode()).hexdigest()


def _find_converted(plan: Plan, task: Task) -> Outcome | None:
    """Return what an earlier run made of a recording, if it would come out the same."""
    stem = plan.folder / task.name.folder / task.name.stem
    sidecar, signal = stem.with_name(f"{stem.name}_eeg.json"), stem.with_name(f"{stem.name}_eeg.edf")
    try:
        said = json.loads(sidecar.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if said.get(_FINGERPRINT) != take_fingerprint(plan, task) or not signal.is_file():
        return None
    seconds = float(said["RecordingDuration"])
    kept, remarks = keep_inside(task.recording.annotations, seconds, task.recording.name)
    return Outcome(task, "there", seconds / 3600.0, len(kept.seizures), remarks=remarks)


def _leave_out(task: Task, problem: str) -> Outcome:
    told = problem.replace(str(task.recording.path), task.recording.path.name)
    return Outcome(task, "left-out", problem=told, trace=traceback.format_exc())


def _work(plan: Plan, tasks: Sequence[Task], n_jobs: int) -> Iterator[Outcome]:
    """Yield what becomes of each recording, as they come."""
    with work_off(partial(convert_one, plan), tasks, n_jobs) as answers:
        for task, answer in answers:
            if isinstance(answer, WorkerDiedError):
                yield Outcome(task, "left-out", problem=str(answer))
            elif isinstance(answer, OutputError):
                raise answer
            else:
                yield answer


def _refuse_strangers(root: Path, tasks: Sequence[Task]) -> None:
    if not root.is_dir() or not any(root.iterdir()):
        return
    if not (root / TABLE).is_file():
        raise OutputError(f"{root}: the folder is not empty and holds no conversion; choose another one.")
    known = {f"{task.name.stem}_eeg.edf" for task in tasks}
    strangers = sorted(path.name for path in root.glob("sub-*/ses-*/eeg/*_eeg.edf") if path.name not in known)
    if strangers:
        raise OutputError(f"{root}: {strangers[0]} is not of this corpus; choose another folder or remove it.")


def _write_frame(root: Path, corpus: Corpus, tasks: Sequence[Task], montage: str) -> None:
    """Write all of the dataset but its recordings; the table says of all that they are not converted yet."""
    persons = {task.recording.subject: task.name.subject for task in tasks}
    how = f"{montage} montage; {TABLE.as_posix()} says which recording became which file, what was left out, and why"
    write_frame(root, corpus, persons, how)
    ensure_folder(root / TABLE.parent)
    _write_table(root / TABLE, [describe_outcome(corpus.root, Outcome(task, "not-yet")) for task in tasks])


def _write_table(path: Path, rows: Sequence[Sequence[str]]) -> None:
    with atomic_write(path, "w") as file:
        for row in (COLUMNS, *rows):
            cells = (" ".join(cell.split()) for cell in row)
            file.write("\t".join(cell if cell else MISSING for cell in cells) + "\n")
