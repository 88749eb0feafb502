"""Run every recording of a corpus through a chain once, several side by side, into a store."""

from __future__ import annotations

import os
import traceback
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ictal.core.errors import IctalError, IctalWarning, OutputError, RecordingError, located
from ictal.core.version import __version__
from ictal.data.fingerprint import SeenInput, add_seen, hash_input, make_key, read_seen, take_stamp, write_seen
from ictal.data.manifest import (
    EventRow,
    LeftOutRow,
    Manifest,
    RecordingRow,
    RemarkRow,
    SignalRow,
    write_manifest,
)
from ictal.data.store_write import (
    find_signal,
    find_unlisted,
    finish_signal,
    open_for_writing,
    signal_bytes,
    was_finished,
    write_signal,
)
from ictal.experiments.jobs import WorkerDiedError, work_off
from ictal.experiments.recipe import load_chain
from ictal.io.corpora.corpus import Corpus, CorpusRecording, list_corpus
from ictal.io.corpora.lengths import keep_inside
from ictal.io.formats import main_file
from ictal.preprocessing.chain import Chain

Progress = Callable[[float], None]


@dataclass(frozen=True)
class Plan:
    """What every recording is prepared with.

    Attributes
    ----------
    folder : Path
        Of the store.
    chain : Chain
    verify : bool
        Whether what is there is read again and compared with its hash.
    """

    folder: Path
    chain: Chain
    verify: bool = False


@dataclass(frozen=True)
class Task:
    """One recording, and the hash that an earlier run took of it, if any."""

    recording: CorpusRecording
    seen: SeenInput | None


@dataclass(frozen=True)
class Outcome:
    """What became of one recording.

    Attributes
    ----------
    name : str
    status : {"prepared", "there", "mended", "left-out"}
        Mended: it was there and damaged, and was made anew.
    signal : SignalRow or None
    seen : SeenInput or None
        Its hash, where it was taken now.
    problem, trace : str
        Why it was left out, without the path of the file; and where that happened, for a developer.
    """

    name: str
    status: str
    signal: SignalRow | None = None
    seen: SeenInput | None = None
    problem: str = ""
    trace: str = ""


@dataclass(frozen=True)
class Preparation:
    """What ``ictal prepare`` did.

    Attributes
    ----------
    folder : Path
        Of the store.
    manifest : Manifest
        What is in it.
    corpus : Corpus
        What there was to prepare.
    outcomes : tuple of Outcome
        One for each recording of the corpus.
    unlisted : tuple of Path
        Files of signals that are not of this corpus and chain, unless they were removed.
    """

    folder: Path
    manifest: Manifest
    corpus: Corpus
    outcomes: tuple[Outcome, ...]
    unlisted: tuple[Path, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many recordings have each status."""
        return Counter(outcome.status for outcome in self.outcomes)

    @property
    def n_bytes(self) -> int:
        """Of all signals that the store uses."""
        return sum({row.signal.key: signal_bytes(row.signal) for row in self.manifest.recordings}.values())


def prepare_corpus(
    source: Path | str,
    output: Path | str,
    *,
    corpus: str | None = None,
    recipe: Path | str | None = None,
    changes: Mapping[str, str] | None = None,
    **how: Any,
) -> Preparation:
    """Prepare a corpus as its owner ships it: what ``ictal prepare`` does.

    Parameters
    ----------
    source : path
        The folder of the corpus.
    output : path
        The folder of the store: new, empty, or a store, of which everything that still fits is kept.
    corpus : str, optional
        Name of the corpus; found from the folder where not given.
    recipe, changes
        See :func:`~ictal.experiments.recipe.load_chain`.
    **how
        As in :func:`prepare_recordings`.

    Raises
    ------
    ParameterError
        If the corpus is not known, or the recipe is not allowed.
    RecordingError
        If there is no corpus, or none of its recordings can be prepared.
    OutputError
        If the store cannot be written; what was finished is kept.
    """
    chain = load_chain(recipe, changes)
    return prepare_recordings(list_corpus(source, corpus), Path(output), chain, **how)


def prepare_recordings(
    corpus: Corpus,
    folder: Path,
    chain: Chain,
    *,
    n_jobs: int = 1,
    verify: bool = False,
    prune: bool = False,
    progress: Progress = lambda share: None,
    tell: Callable[[Outcome], None] = lambda outcome: None,
) -> Preparation:
    """Prepare recordings and write the manifest of the store.

    What is there and fits is kept, so a run that was stopped goes on where it was; the bytes of the store are the same.

    Parameters
    ----------
    corpus : Corpus
    folder : Path
        Of the store.
    chain : Chain
    n_jobs : int
        Recordings side by side.
    verify : bool
        Read all inputs and all signals again and compare their hashes; what is damaged is made anew.
    prune : bool
        Remove the signals that the store does not use any more.
    progress : callable
        Called with the share that is done.
    tell : callable
        Called with the outcome of each recording that is left out, as soon as that is known.

    Raises
    ------
    RecordingError
        If two recordings have the same name, or none can be prepared.
    OutputError
        If the store cannot be written; what was finished is kept.
    """
    _refuse_repeated(corpus)
    with open_for_writing(folder):
        outcomes: dict[str, Outcome] = {}
        for outcome in _prepare_all(Plan(folder, chain, verify), corpus.recordings, n_jobs):
            outcomes[outcome.name] = outcome
            if outcome.signal is None:
                tell(outcome)
            progress(len(outcomes) / len(corpus))
        manifest = describe_store(corpus, chain, outcomes)
        if not manifest.recordings:
            why = f"; the first, {corpus.recordings[0].name}: {manifest.left_out[0].reason}" if len(corpus) else ""
            raise RecordingError(f"holds no recording that can be prepared{why}", file=corpus.root)
        write_manifest(folder, manifest)
        unlisted = find_unlisted(folder, [row.signal for row in manifest.recordings])
        if prune:
            for file in unlisted:
                file.unlink(missing_ok=True)
        return Preparation(
            folder, manifest, corpus, tuple(outcomes[one.name] for one in corpus), () if prune else unlisted
        )


def _refuse_repeated(corpus: Corpus) -> None:
    repeated = [name for name, number in Counter(recording.name for recording in corpus).items() if number > 1]
    if repeated:
        raise RecordingError(
            f"{len(repeated)} names of recordings come twice; the first is {repeated[0]}", file=corpus.root
        )


def _prepare_all(plan: Plan, recordings: Sequence[CorpusRecording], n_jobs: int) -> Iterator[Outcome]:
    """Yield what becomes of each recording, as they come, and keep the hashes that were taken."""
    known = read_seen(plan.folder)
    seen = {recording.name: known[recording.name] for recording in recordings if recording.name in known}
    write_seen(plan.folder, seen.values())
    for outcome in _work(plan, [Task(recording, seen.get(recording.name)) for recording in recordings], n_jobs):
        if outcome.seen is not None:
            seen[outcome.name] = outcome.seen
            add_seen(plan.folder, outcome.seen)
        yield outcome
    write_seen(plan.folder, [seen[recording.name] for recording in recordings if recording.name in seen])


def _work(plan: Plan, tasks: Sequence[Task], n_jobs: int) -> Iterator[Outcome]:
    """Yield what becomes of each recording, as they come."""
    with work_off(partial(prepare_one, plan), tasks, n_jobs) as answers:
        for task, answer in answers:
            if isinstance(answer, WorkerDiedError):
                yield Outcome(task.recording.name, "left-out", problem=str(answer))
            elif isinstance(answer, OutputError):
                raise answer
            else:
                yield answer


def prepare_one(plan: Plan, task: Task) -> Outcome | OutputError:
    """Prepare one recording, in a process of its own perhaps; an error is an answer too.

    What cannot be read is left out; that the store cannot be written concerns all.
    """
    recording = task.recording
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IctalWarning)  # what was mended is in the notes of the recording
        try:
            return _prepare(plan, task)
        except OutputError as error:
            return error
        except MemoryError:
            return _leave_out(recording, "not enough memory")
        except RecordingError as error:
            return _leave_out(recording, located(error.problem, field=error.field))
        except IctalError as error:
            return _leave_out(recording, str(error))
        except Exception as error:  # a fault of ours in one recording shall not cost a night of others
            return _leave_out(recording, f"{type(error).__name__}: {error} (a fault in ictal; --debug shows where)")


def _leave_out(recording: CorpusRecording, problem: str) -> Outcome:
    told = problem.replace(f"{recording.path.parent}{os.sep}", "")
    return Outcome(recording.name, "left-out", problem=told, trace=traceback.format_exc())


def _prepare(plan: Plan, task: Task) -> Outcome:
    recording = task.recording
    path = main_file(recording.path)
    stamp = take_stamp(path)
    is_known = task.seen is not None and task.seen.stamp == stamp and not plan.verify
    seen = task.seen if is_known and task.seen is not None else SeenInput(recording.name, stamp, hash_input(path))
    key = make_key(seen.sha256, recording.channels, plan.chain)
    signal = find_signal(plan.folder, key, verify=plan.verify)
    status = "there"
    if signal is None:
        status = "mended" if was_finished(plan.folder, key) else "prepared"
        signal = write_signal(plan.folder, key, seen.sha256, recording.read(), plan.chain)
        if take_stamp(path) != stamp:
            raise RecordingError("has changed while it was read", file=recording.path)
        finish_signal(plan.folder, signal)
    return Outcome(recording.name, status, signal, None if is_known else seen)


def describe_store(corpus: Corpus, chain: Chain, outcomes: Mapping[str, Outcome]) -> Manifest:
    """Return what a store of these recordings says about itself, in the order of the corpus.

    Parameters
    ----------
    corpus : Corpus
    chain : Chain
    outcomes : mapping of str to Outcome
        By name of the recording.
    """
    rows, left_out = [], []
    remarks = [RemarkRow(remark.kind, remark.subject_of, remark.text) for remark in corpus.remarks]
    for recording in corpus:
        outcome = outcomes[recording.name]
        if outcome.signal is None:
            hours, n_seizures = recording.duration / 3600.0, len(recording.annotations.seizures)
            left_out.append(LeftOutRow(recording.name, recording.subject, hours, n_seizures, outcome.problem))
            continue
        row, odd = _describe_recording(recording, outcome.signal)
        rows.append(row)
        remarks += odd
    settings = chain.model_dump(mode="json")
    return Manifest(__version__, corpus.name, settings, tuple(left_out), tuple(remarks), tuple(rows))


def _describe_recording(recording: CorpusRecording, signal: SignalRow) -> tuple[RecordingRow, list[RemarkRow]]:
    """Return a recording as the store lists it, and what of its annotations is not over signal."""
    kept, cut = keep_inside(recording.annotations, signal.duration, recording.name)
    remarks = [RemarkRow(remark.kind, remark.subject_of, remark.text) for remark in cut]
    row = RecordingRow(
        name=recording.name,
        subject=recording.subject,
        session=recording.session,
        signal=signal,
        split=recording.split,
        start=recording.start,
        events=tuple(map(EventRow.of, kept)),
    )
    for seizure in row.seizures_without_signal:
        text = f"{seizure.event_type} from {seizure.onset:g} to {seizure.stop:g} s lies in a gap; nothing shows it."
        remarks.append(RemarkRow("without-signal", recording.name, text))
    return row, remarks
