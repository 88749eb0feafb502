"""A detector sits an exam on simulated EEG, where all is known: also what each of its false alarms was."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.core.spans import Span, total_time
from ictal.detection.detector import Detector
from ictal.detection.library import load_detector
from ictal.evaluation.behaviour import name_behaviour
from ictal.evaluation.bootstrap import bootstrap_interval, draw_subjects
from ictal.evaluation.dataset import Estimate, score_dataset
from ictal.evaluation.false_alarms import count_causes, find_false_alarms
from ictal.evaluation.notes import Notes
from ictal.evaluation.operating import (
    LimitedSensitivity,
    ScoredRecording,
    ThresholdCounts,
    find_sensitivity,
    sweep_thresholds,
)
from ictal.evaluation.pairing import check_pairing, pair_tables
from ictal.evaluation.reading import MarkedRecording, read_pair
from ictal.evaluation.timing import describe_timing
from ictal.experiments.detect import detect_paths
from ictal.experiments.outputs import ENDINGS
from ictal.io.events_tsv import read_events
from ictal.io.scores_file import read_scores
from ictal.postprocessing.settings import PostProcessing
from ictal.scoring.szcore import EVENT
from ictal.scoring.timing import measure_timing
from ictal.simulation import exam
from ictal.simulation.corpus import TRUTH_FOLDER

Progress = Callable[[float], None]
ALARM_LIMIT = 5.0
"""False alarms in 24 h at which sensitivity is compared."""


@dataclass(frozen=True, eq=False)
class ExaminedRecording:
    """What was planted in a recording, and what a detector made of it.

    Parameters
    ----------
    marked : MarkedRecording
        Seizures that were planted, and those that were found.
    scores : Scores
        Of the detector.
    planted : Annotations
        Everything that was planted.
    population, kind : str
        Whom the subject was drawn from, and the kind of its seizures.
    """

    marked: MarkedRecording
    scores: Scores
    planted: Annotations
    population: str
    kind: str


@dataclass(frozen=True)
class GroupFigures:
    """Figures of some subjects of an exam.

    Parameters
    ----------
    name : str
        What they have in common.
    n_subjects, n_seizures : int
    hours : float
    average : dict of str to Estimate
        By the event rule of SzCORE, averaged over subjects.
    onset_latency : Estimate
        Median over the detected seizures, in seconds.
    limited : Estimate
        Sensitivity at the one threshold at which all subjects of the exam together have :data:`ALARM_LIMIT` false
        alarms in 24 h.
    """

    name: str
    n_subjects: int
    n_seizures: int
    hours: float
    average: dict[str, Estimate]
    onset_latency: Estimate
    limited: Estimate


@dataclass(frozen=True)
class Examination:
    """How a detector did.

    Parameters
    ----------
    detector : str
        Name and fingerprint.
    dataset : str
        Its name, and whether it is as it was frozen.
    rule : str
        Name and version of the rule of events.
    behaviour : str
        ``ordinary``, ``silent`` or ``all-positive``.
    everyone : GroupFigures
    populations, kinds : tuple of GroupFigures
        By whom subjects were drawn from, and by the kind of their seizures.
    limited : LimitedSensitivity
        Sensitivity of all at :data:`ALARM_LIMIT` false alarms in 24 h; its interval chooses the threshold anew in each
        resample.
    causes : dict of str to int
        False alarms by what they were put down to, most first; see
        :func:`ictal.evaluation.false_alarms.find_cause`.
    """

    detector: str
    dataset: str
    rule: str
    behaviour: str
    everyone: GroupFigures
    populations: tuple[GroupFigures, ...]
    kinds: tuple[GroupFigures, ...]
    limited: LimitedSensitivity
    causes: dict[str, int]


def examine_detector(
    folder: Path | str,
    detector: str,
    results: Path | str,
    *,
    n_jobs: int = 1,
    progress: Progress = lambda share: None,
) -> Examination:
    """Run a detector over a simulated dataset and judge it.

    Parameters
    ----------
    folder : path
        What ``ictal simulate`` wrote.
    detector : str
        A bundled detector or a ``.ictal`` file.
    results : path
        Folder of what it finds; what is there already is not made again.
    n_jobs, progress
        See :func:`ictal.experiments.detect.detect_recordings`.

    Raises
    ------
    RecordingError
        If a recording cannot be analysed, or the dataset does not say what was planted.
    ParameterError
        If there is no such detector.
    """
    loaded = load_detector(detector)
    if not isinstance(loaded, Detector):
        raise ParameterError("detector: an exam is of one detector; name it.")
    outcomes = detect_paths([folder], output=Path(results), detector=detector, n_jobs=n_jobs, progress=progress)
    failed = [outcome.problem for outcome in outcomes if outcome.status == "failed"]
    if failed:
        raise RecordingError(f"{failed[0]} (and {len(failed) - 1} more)" if failed[1:] else failed[0])
    return judge(
        read_examined(folder, results),
        loaded.settings.postprocessing,
        detector=f"{loaded.name} {loaded.fingerprint}",
        dataset=name_dataset(folder),
    )


def judge(
    recordings: Sequence[ExaminedRecording], settings: PostProcessing, *, detector: str = "", dataset: str = ""
) -> Examination:
    """Judge what a detector found in simulated recordings.

    Parameters
    ----------
    recordings : sequence of ExaminedRecording
        One or more of each subject.
    settings : PostProcessing
        The rules by which the detector makes events.
    detector, dataset : str
        Their names.
    """
    scored = [_as_scored(one) for one in recordings]
    counts = sweep_thresholds(scored, settings)
    (limited,) = find_sensitivity(counts, draw_subjects(len(counts.subjects)), [ALARM_LIMIT])

    def describe(name: str, chosen: Sequence[ExaminedRecording]) -> GroupFigures:
        return describe_group(name, chosen, counts, limited.threshold)

    def split(by: Callable[[ExaminedRecording], str]) -> tuple[GroupFigures, ...]:
        names = sorted({by(one) for one in recordings})
        return tuple(describe(name, [one for one in recordings if by(one) == name]) for name in names)

    claimed = sum(total_time(one.marked.hypothesis) for one in recordings)
    return Examination(
        detector=detector,
        dataset=dataset,
        rule=EVENT.title,
        behaviour=name_behaviour(claimed, sum(one.marked.duration for one in recordings)),
        everyone=describe("all", recordings),
        populations=split(lambda one: one.population),
        kinds=split(lambda one: one.kind),
        limited=limited,
        causes=count_causes((_false_alarms_of(one.marked), one.planted) for one in recordings),
    )


def describe_group(
    name: str, recordings: Sequence[ExaminedRecording], counts: ThresholdCounts, threshold: float
) -> GroupFigures:
    """Return the figures of some of the subjects of an exam.

    Parameters
    ----------
    name : str
        What the subjects have in common.
    recordings : sequence of ExaminedRecording
        All of theirs.
    counts : ThresholdCounts
        Of these subjects and perhaps others.
    threshold : float
        One of `counts`, at which `limited` is measured; infinite for silence.
    """
    marked = [one.marked for one in recordings]
    subjects = sorted({one.subject for one in marked})
    numbers = np.array([subjects.index(one.subject) for one in marked], dtype=np.int64)
    draws = draw_subjects(len(subjects))
    found = [EVENT.score(one.reference, one.hypothesis, one.duration) for one in marked]
    timings = [measure_timing(one.reference, one.hypothesis, one.duration) for one in marked]
    return GroupFigures(
        name=name,
        n_subjects=len(subjects),
        n_seizures=sum(len(one.reference) for one in marked),
        hours=sum(one.duration for one in marked) / 3600.0,
        average=score_dataset(EVENT, found, numbers, draws).average,
        onset_latency=describe_timing(timings, numbers, draws).medians["onset_latency"],
        limited=_sensitivity_at(threshold, counts, subjects),
    )


def read_examined(folder: Path | str, results: Path | str) -> tuple[ExaminedRecording, ...]:
    """Read what a detector found in a simulated dataset, and what was planted there.

    Parameters
    ----------
    folder : path
        What ``ictal simulate`` wrote.
    results : path
        What ``ictal detect`` wrote.

    Raises
    ------
    RecordingError
        If results are missing, or the dataset does not say what was planted.
    """
    pairing = pair_tables(folder, results)
    check_pairing(pairing, "error")
    examined = []
    for pair in pairing.pairs:
        marked = read_pair(pair, Notes())
        scores = read_scores(str(pair.hypothesis).removesuffix(ENDINGS["tsv"]) + ENDINGS["scores"])
        truth = Path(folder, TRUTH_FOLDER, f"{pair.name}_desc-truth_events.tsv")
        planted = read_events(truth, duration=marked.duration)
        population, kind = _read_group(truth.with_name(f"{Path(pair.name).name}_desc-truth_phantom.json"))
        examined.append(ExaminedRecording(marked, scores, planted, population, kind))
    return tuple(examined)


def name_dataset(folder: Path | str) -> str:
    """Return the name of a simulated dataset; of the frozen exam also whether it is that, byte for byte.

    Raises
    ------
    RecordingError
        If the folder does not say what it is.
    """
    name = str(_read_json(Path(folder, "dataset_description.json")).get("Name", ""))
    if name != exam.NAME:
        return name
    frozen = bool(exam.read_hashes()) and not exam.changed_files(folder)
    return f"{name}, {'as frozen' if frozen else 'NOT as frozen'}"


def _read_group(path: Path) -> tuple[str, str]:
    """Return the population of a simulated subject and the kind of its seizures."""
    planned = _read_json(path)
    try:
        if "subject" not in planned:  # a rodent
            return str(planned["population"]), str(planned["seizure_kind"])
        return str(planned["subject"]["population"]), str(planned["subject"]["epilepsy"]["kind"])
    except (KeyError, TypeError):
        raise RecordingError("does not say which subject was simulated", file=path) from None


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RecordingError("there is no such file; an exam is what `ictal simulate` writes", file=path) from None
    except (OSError, ValueError):
        raise RecordingError("is not JSON", file=path) from None
    if not isinstance(content, dict):
        raise RecordingError("is not a JSON object", file=path)
    return content


def _as_scored(one: ExaminedRecording) -> ScoredRecording:
    seizures = (Event(start, stop - start) for start, stop in one.marked.reference)
    return ScoredRecording(one.marked.subject, one.scores, Annotations(seizures, one.marked.duration))


def _false_alarms_of(marked: MarkedRecording) -> tuple[Span, ...]:
    return find_false_alarms(marked.reference, marked.hypothesis, marked.duration)


def _sensitivity_at(threshold: float, counts: ThresholdCounts, subjects: Sequence[str]) -> Estimate:
    """Return the mean sensitivity of some subjects at one threshold for all."""
    rows = [counts.subjects.index(subject) for subject in subjects]
    wanted = (counts.true_positives + counts.false_negatives)[rows, 0]
    found = np.zeros(len(rows))
    if math.isfinite(threshold):
        found = counts.true_positives[rows, int(np.searchsorted(counts.thresholds, threshold))]
    shares = np.divide(found, wanted, out=np.full(len(rows), np.nan), where=wanted > 0)
    low, high = bootstrap_interval(shares)
    known = shares[np.isfinite(shares)]
    return Estimate(float(known.mean()) if len(known) else math.nan, len(known), float(low), float(high))
