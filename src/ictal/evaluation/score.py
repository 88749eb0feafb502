"""Trees of results become figures: what ``ictal score`` does."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import IctalWarning, ParameterError, check_option
from ictal.core.spans import total_time
from ictal.evaluation import compatible, reading
from ictal.evaluation.behaviour import name_behaviour
from ictal.evaluation.bootstrap import N_RESAMPLES, draw_subjects
from ictal.evaluation.dataset import RuleScores, score_dataset
from ictal.evaluation.notes import Note, Notes
from ictal.evaluation.pairing import Pairing, check_pairing, pair_tables
from ictal.evaluation.reading import MarkedRecording
from ictal.evaluation.timing import DatasetTiming, describe_timing
from ictal.scoring.counts import Counts
from ictal.scoring.rules import COMPATIBLE, GROUPS, RULES, Rule
from ictal.scoring.timing import Timing, measure_timing

DEFAULT_RULES = ("szcore", "sample")


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """How trees are scored.

    Parameters
    ----------
    rules : tuple of str
        Names of :data:`~ictal.scoring.rules.RULES` or :data:`~ictal.scoring.rules.GROUPS`.
    missing : {"error", "negative"}, optional
        What a reference without a hypothesis is; an error, unless as the dataset tool, which takes it as no detection.
    szcore_compatible : bool
        Read and count as the dataset tool of SzCORE does.
    duration_tolerance : float, optional
        Seconds that reference and hypothesis may differ in length; 1, as the dataset tool 0.
    subjects : str, optional
        Only the subjects whose name matches; ``*`` and ``?`` stand for any letters.
    n_resamples, seed : int
        Of the bootstrap over subjects.
    """

    rules: tuple[str, ...] = DEFAULT_RULES
    missing: str | None = None
    szcore_compatible: bool = False
    duration_tolerance: float | None = None
    subjects: str | None = None
    n_resamples: int = N_RESAMPLES
    seed: int = 0

    def __post_init__(self) -> None:
        if self.duration_tolerance is not None and not 0 <= self.duration_tolerance < math.inf:
            came = self.duration_tolerance
            raise ParameterError(f"duration_tolerance: {came!r} is not allowed; it must be finite seconds, 0 or more.")
        if self.n_resamples < 1:
            raise ParameterError(f"n_resamples: {self.n_resamples!r} is not allowed; it must be 1 or more.")
        if self.szcore_compatible and self.missing == "error":
            raise ParameterError("missing: the dataset tool of SzCORE takes a missing hypothesis as no detection.")

    @property
    def tolerance(self) -> float:
        """Seconds that reference and hypothesis may differ in length."""
        if self.duration_tolerance is not None:
            return self.duration_tolerance
        return compatible.TOLERANCE if self.szcore_compatible else reading.TOLERANCE

    @property
    def missing_is(self) -> str:
        """What a reference without a hypothesis is: ``"error"`` or ``"negative"``."""
        if self.missing is not None:
            return self.missing
        return "negative" if self.szcore_compatible else "error"


@dataclass(frozen=True)
class TreeScores:
    """What a detector found against what readers marked, by every rule that was asked for.

    Attributes
    ----------
    reference, hypothesis : str
        The trees, as they were named.
    settings : ScoreSettings
        How they were scored.
    recordings : tuple of MarkedRecording
        Sorted by name.
    subjects : tuple of str
        Sorted.
    subjects_from : tuple of str
        How they are known: names of :data:`ictal.evaluation.pairing.SUBJECT_FROM`.
    rules : tuple of RuleScores
        Rows of their tables are `recordings` and `subjects`.
    timing : DatasetTiming
        How early and how long detections are.
    notes : tuple of Note
        What was odd and mended.
    """

    reference: str
    hypothesis: str
    settings: ScoreSettings
    recordings: tuple[MarkedRecording, ...]
    subjects: tuple[str, ...]
    subjects_from: tuple[str, ...]
    rules: tuple[RuleScores, ...]
    timing: DatasetTiming
    notes: tuple[Note, ...]

    @cached_property
    def subject_numbers(self) -> NDArray[np.int64]:
        """Which of `subjects` each recording is of, shape (n_recordings,)."""
        return number_subjects(self.recordings, self.subjects)

    @property
    def duration(self) -> float:
        """Seconds of all recordings."""
        return sum(recording.duration for recording in self.recordings)

    @property
    def n_reference(self) -> int:
        """Seizures that readers marked."""
        return sum(len(recording.reference) for recording in self.recordings)

    @property
    def n_hypothesis(self) -> int:
        """Events that the detector found."""
        return sum(len(recording.hypothesis) for recording in self.recordings)

    @property
    def n_missing(self) -> int:
        """Recordings without a hypothesis."""
        return sum(not recording.has_hypothesis for recording in self.recordings)

    @property
    def claimed(self) -> float:
        """Seconds that the detector's events cover."""
        return sum(total_time(recording.hypothesis) for recording in self.recordings if recording.hypothesis)

    @property
    def behaviour(self) -> str:
        """Whether the detector's figures say anything: see :mod:`ictal.evaluation.behaviour`."""
        return name_behaviour(self.claimed, self.duration)


def score_trees(reference: Path | str, hypothesis: Path | str, settings: ScoreSettings | None = None) -> TreeScores:
    """Score the event tables of a detector against those of readers: what ``ictal score`` does.

    Parameters
    ----------
    reference, hypothesis : path
        Two files or two folders; see :func:`ictal.evaluation.pairing.pair_tables`.
    settings : ScoreSettings, optional
        Which rules, and what odd files mean.

    Raises
    ------
    RecordingError
        If tables have no partner, cannot be read, or are for recordings of another length.
    ParameterError
        If a setting is not allowed.

    Warns
    -----
    IctalWarning
        If something was odd and mended, once for each kind, with the number and the first example.

    Examples
    --------
    >>> import tempfile
    >>> from ictal.core.events import Annotations, Event
    >>> from ictal.io.events_tsv import write_events
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_events(f"{folder}/reader.tsv", Annotations([Event(600.0, 60.0)], 3600.0))
    ...     write_events(f"{folder}/detector.tsv", Annotations([Event(610.0, 90.0)], 3600.0))
    ...     scores = score_trees(f"{folder}/reader.tsv", f"{folder}/detector.tsv")
    >>> [(rule.rule.name, round(rule.pooled["f1"].value, 3)) for rule in scores.rules]
    [('szcore', 1.0), ('sample', 0.667)]
    """
    settings = ScoreSettings() if settings is None else settings
    rules = choose_rules(settings)
    notes = Notes()
    pairing = pair_tables(reference, hypothesis, settings.subjects)
    _check(pairing, settings, notes)
    read = compatible.read_pair_as_tool if settings.szcore_compatible else reading.read_pair
    recordings = tuple(read(pair, notes, settings.tolerance) for pair in pairing.pairs)
    subjects = tuple(sorted({recording.subject for recording in recordings}))
    numbers = number_subjects(recordings, subjects)
    draws = draw_subjects(len(subjects), settings.n_resamples, settings.seed)
    for note in notes:
        warnings.warn(str(note), IctalWarning, stacklevel=2)
    return TreeScores(
        reference=str(reference),
        hypothesis=str(hypothesis),
        settings=settings,
        recordings=recordings,
        subjects=subjects,
        subjects_from=tuple(sorted({pair.subject_from for pair in pairing.pairs})),
        rules=tuple(score_dataset(rule, _count(rule, recordings), numbers, draws) for rule in rules),
        timing=describe_timing([_time(recording) for recording in recordings], numbers, draws),
        notes=tuple(notes),
    )


def choose_rules(settings: ScoreSettings) -> tuple[Rule, ...]:
    """Return the rules that are asked for, each once.

    Raises
    ------
    ParameterError
        If a name is not known, or the dataset tool of SzCORE has no such rule.

    Examples
    --------
    >>> [rule.name for rule in choose_rules(ScoreSettings(rules=("sample", "szcore", "sample")))]
    ['sample', 'szcore']
    """
    names: dict[str, None] = {}
    for name in settings.rules:
        names |= dict.fromkeys(GROUPS.get(check_option("rule", name, [*RULES, *GROUPS]), (name,)))
    table = COMPATIBLE if settings.szcore_compatible else RULES
    return tuple(table.load(name) for name in names)


def number_subjects(recordings: Sequence[MarkedRecording], subjects: Sequence[str]) -> NDArray[np.int64]:
    """Return which of the subjects each recording is of."""
    number_of = {subject: number for number, subject in enumerate(subjects)}
    return np.array([number_of[recording.subject] for recording in recordings], dtype=np.int64)


def _count(rule: Rule, recordings: Sequence[MarkedRecording]) -> list[Counts]:
    return [rule.score(one.reference, one.hypothesis, one.duration) for one in recordings]


def _time(recording: MarkedRecording) -> Timing:
    return measure_timing(recording.reference, recording.hypothesis, recording.duration)


def _check(pairing: Pairing, settings: ScoreSettings, notes: Notes) -> None:
    if settings.szcore_compatible:
        for table in pairing.without_reference:
            notes.add("ignored", table)
    else:
        check_pairing(pairing, settings.missing_is)
