"""The scores of a detector on every recording of a corpus, beside what readers marked."""

from __future__ import annotations

import hashlib
import json
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from ictal.core.errors import IctalError, IctalWarning, RecordingError, located
from ictal.data.fingerprint import hash_input
from ictal.detection.calibration import Calibration
from ictal.detection.detector import Detector
from ictal.detection.file import DetectorParts
from ictal.evaluation.operating import ScoredRecording
from ictal.experiments.jobs import WorkerDiedError, work_off
from ictal.io.corpora.corpus import Corpus, CorpusRecording, list_corpus
from ictal.io.corpora.lengths import keep_inside
from ictal.io.formats import main_file
from ictal.postprocessing.settings import PostProcessing
from ictal.training.seen import find_seen, refuse_seen

Progress = Callable[..., None]

_NO_EVENTS = PostProcessing(minimum_duration=1e9)
"""Rules that make no event: what drives one is not looked for while only scores are wanted."""


@dataclass(frozen=True)
class ScorePlan:
    """What every recording is scored with: the detector without its calibration, and what odd labels mean."""

    parts: DetectorParts
    mapping: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, detector: Detector, mapping: Mapping[str, str] | None = None) -> ScorePlan:
        """Return the plan for a detector."""
        raw = detector.settings.model_copy(update={"calibration": Calibration(), "postprocessing": _NO_EVENTS})
        return cls(replace(detector.parts, settings=raw), {} if mapping is None else dict(mapping))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A recording that cannot be used.

    Attributes
    ----------
    name : str
    hours : float
    n_seizures : int
    reason, trace : str
        Why, and where that happened, for a developer.
    """

    name: str
    hours: float
    n_seizures: int
    reason: str
    trace: str = ""


@dataclass(frozen=True, eq=False)
class CalibrationData:
    """What a detector says of a corpus before it is calibrated.

    Attributes
    ----------
    corpus : str
        Its name.
    recordings : tuple of ScoredRecording
        With the scores as the model gives them.
    left_out : tuple of LeftOut
    fingerprint : str
        16 hexadecimal digits that stand for the files and the marked seizures of `recordings`.
    n_seen : int
        Recordings that the detector was trained on.
    remarks : tuple of str
        What was odd in the corpus, a line for each kind.
    """

    corpus: str
    recordings: tuple[ScoredRecording, ...]
    left_out: tuple[LeftOut, ...]
    fingerprint: str
    n_seen: int = 0
    remarks: tuple[str, ...] = ()

    @property
    def n_subjects(self) -> int:
        """Persons or animals."""
        return len({one.subject for one in self.recordings})

    @property
    def hours(self) -> float:
        """Of all recordings."""
        return sum(one.reference.duration for one in self.recordings) / 3600.0

    @property
    def n_seizures(self) -> int:
        """Marked seizures; those that overlap count once."""
        return sum(len(one.seizure_spans) for one in self.recordings)


def score_corpus(
    detector: Detector,
    data: Path | str,
    *,
    corpus: str | None = None,
    subjects: str | None = None,
    split: str | None = None,
    mapping: Mapping[str, str] | None = None,
    allow_training_data: bool = False,
    n_jobs: int = 1,
    progress: Progress = lambda share: None,
) -> CalibrationData:
    """Run a detector over a corpus, without its calibration; what cannot be read is left out.

    Parameters
    ----------
    detector : Detector
    data : path
        The folder of the corpus.
    corpus : str, optional
        Its name in :data:`ictal.io.corpora.corpus.CORPORA`; found from the folder where not given.
    subjects : str, optional
        Only the subjects whose name matches; ``*`` and ``?`` stand for any letters.
    split : str, optional
        Only this one of the owner's official splits.
    mapping : mapping of str to str, optional
        What odd labels of the files mean: label → electrode or lead.
    allow_training_data : bool
        Whether recordings that the detector was trained on are taken all the same.
    n_jobs : int
        Recordings side by side.
    progress : callable
        Called with the share that is done.

    Raises
    ------
    RecordingError
        If there is no corpus, or none of its recordings can be scored.
    LeakageError
        If the detector was trained on one of the recordings.
    """
    listed = list_corpus(data, corpus)
    chosen = choose_recordings(listed, subjects, split)
    hashes = [_hash_or_nothing(recording) for recording in chosen]
    seen = find_seen(
        detector.settings.provenance, {one.name: own for one, own in zip(chosen, hashes, strict=True) if own}
    )
    if not allow_training_data:
        refuse_seen(seen, "calibration", "take others, or --allow-training-data all the same")
    answers: dict[int, ScoredRecording | LeftOut] = {}
    with work_off(partial(score_one, ScorePlan.of(detector, mapping)), list(enumerate(chosen)), n_jobs) as finished:
        for (number, recording), answer in finished:
            answers[number] = leave_out(recording, str(answer)) if isinstance(answer, WorkerDiedError) else answer
            progress(len(answers) / len(chosen))
    used = {number: one for number, one in sorted(answers.items()) if isinstance(one, ScoredRecording)}
    left_out = tuple(one for _, one in sorted(answers.items()) if isinstance(one, LeftOut))
    if not used:
        why = f"; the first, {left_out[0].name}: {left_out[0].reason}" if left_out else ""
        raise RecordingError(f"holds no recording that can be scored{why}", file=data)
    return CalibrationData(
        listed.name,
        tuple(used.values()),
        left_out,
        fingerprint_data([hashes[number] for number in used], list(used.values())),
        len({chosen[number].name for number in used} & set(seen)),
        tuple(tell_remarks(listed)),
    )


def choose_recordings(corpus: Corpus, subjects: str | None = None, split: str | None = None) -> list[CorpusRecording]:
    """Return the recordings of some subjects and of one official split, where these are named.

    Raises
    ------
    RecordingError
        If none is left; what there is is named.
    """
    chosen = [
        one
        for one in corpus
        if (subjects is None or fnmatchcase(one.subject, subjects)) and (split is None or one.split == split)
    ]
    if not chosen:
        splits = ", ".join(sorted({one.split for one in corpus if one.split}))
        there = f"{len(corpus)} recordings of {len(corpus.subjects)} subjects, official splits: {splits or 'none'}"
        raise RecordingError(f"holds no recording that is asked for; it has {there}", file=corpus.root)
    return chosen


def score_one(plan: ScorePlan, task: tuple[int, CorpusRecording]) -> ScoredRecording | LeftOut:
    """Score one recording, in a process of its own perhaps; that it cannot be used is an answer too."""
    _, recording = task
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", IctalWarning)
        try:
            return _score(plan, recording)
        except MemoryError:
            return leave_out(recording, "not enough memory")
        except RecordingError as error:
            return leave_out(recording, located(error.problem, field=error.field))
        except IctalError as error:
            return leave_out(recording, str(error))
        except Exception as error:  # a fault of ours in one recording shall not cost a night of others
            return leave_out(recording, f"{type(error).__name__}: {error} (a fault in ictal; --debug shows where)")


def _score(plan: ScorePlan, recording: CorpusRecording) -> ScoredRecording:
    signal = recording.read()
    scores = Detector(plan.parts).analyse(signal, plan.mapping).scores
    if not scores.analysed.any():
        raise RecordingError("nothing of it can be analysed", file=recording.path)
    marked, _ = keep_inside(recording.annotations.seizures, signal.duration, recording.name)
    return ScoredRecording(recording.subject, scores, marked)


def leave_out(recording: CorpusRecording, problem: str) -> LeftOut:
    """Return why a recording is left out, without the path of its file."""
    trace = traceback.format_exc() if sys.exc_info()[0] is not None else ""
    told = problem.replace(f"{recording.path.parent}{os.sep}", "")
    n_seizures = len(recording.annotations.seizures)
    return LeftOut(recording.name, recording.duration / 3600.0, n_seizures, told, trace)


def fingerprint_data(hashes: Sequence[str], recordings: Sequence[ScoredRecording]) -> str:
    """Return 16 hexadecimal digits that stand for files and what is marked in them, in any order."""
    lines = sorted(
        json.dumps([own, [list(span) for span in one.seizure_spans]])
        for own, one in zip(hashes, recordings, strict=True)
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def tell_remarks(corpus: Corpus) -> Iterator[str]:
    """Yield a line for each kind of remark on a corpus: how many there are, and the first."""
    for kind, number in corpus.count_remarks().items():
        first = next(remark for remark in corpus.remarks if remark.kind == kind)
        more = f" ({number - 1} more of this kind)" if number > 1 else ""
        yield f"{kind}: {first.subject_of}: {first.text}{more}"


def _hash_or_nothing(recording: CorpusRecording) -> str:
    try:
        return hash_input(main_file(recording.path))
    except RecordingError:  # it is left out when it is read, which says why
        return ""
