"""What a detector is worth on what it was tested on: of each subject, averaged over them, and of all taken as one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ictal.core.spans import total_time
from ictal.evaluation.behaviour import name_behaviour
from ictal.evaluation.bootstrap import N_RESAMPLES, percentile_interval, resample_means
from ictal.evaluation.curves import DetectorCurves, measure_curves
from ictal.evaluation.dataset import Estimate, RuleScores, figures_of, score_dataset
from ictal.evaluation.operating import ScoredRecording
from ictal.evaluation.reading import MarkedRecording
from ictal.evaluation.stored import EvaluatedRecording
from ictal.postprocessing.events import find_events
from ictal.postprocessing.settings import PostProcessing
from ictal.scoring.curves import Truth, frame_truth, known_frames, measure_areas
from ictal.scoring.szcore import EVENT, SAMPLE
from ictal.scoring.timing import Timing, measure_timing

Values = NDArray[np.float64]


class Figure(NamedTuple):
    """What a figure is called, what it is of, and what the rule behind it calls it."""

    title: str
    of: str
    name: str


EVENTS, SECONDS, WINDOWS = "events", "seconds", "windows"

FIGURES = {
    "event_sensitivity": Figure("sensitivity", EVENTS, "sensitivity"),
    "event_precision": Figure("precision", EVENTS, "precision"),
    "event_f1": Figure("F1", EVENTS, "f1"),
    "false_alarms_per_day": Figure("false alarms /24 h", EVENTS, "false_positives_per_day"),
    "sample_sensitivity": Figure("sensitivity", SECONDS, "sensitivity"),
    "sample_precision": Figure("precision", SECONDS, "precision"),
    "sample_f1": Figure("F1", SECONDS, "f1"),
    "auroc": Figure("AUROC", WINDOWS, "auroc"),
    "pr_auc": Figure("PR-AUC", WINDOWS, "pr_auc"),
    "balanced_accuracy": Figure("balanced accuracy", WINDOWS, "balanced_accuracy"),
    "f1": Figure("F1", WINDOWS, "f1"),
}
"""Events and seconds by the rules of SzCORE, after post-processing; windows before it."""

DECISION = 0.5
"""The probability from which on a window is called seizure; of more than two classes the likeliest is taken."""

_OF_RANKS = ("auroc", "pr_auc")
_OF_WINDOWS = ("balanced_accuracy", "f1")


@dataclass(frozen=True)
class Group:
    """Some recordings taken as one: those of a subject, of a fold, or all.

    Attributes
    ----------
    subjects : tuple of str
        Sorted.
    n_recordings : int
        Stretches of one recording count each.
    seconds : float
        Of all of them.
    n_seizures, n_events : int
        Marked by a reader, and found by the detector.
    behaviour : str
        See :func:`~ictal.evaluation.behaviour.name_behaviour`.
    figures : dict of str to float
        Each of :data:`FIGURES`; NaN where it is undefined.
    onset_latency : float
        The median over detected seizures of the seconds from their onset to that of the event; NaN without one.
    """

    subjects: tuple[str, ...]
    n_recordings: int
    seconds: float
    n_seizures: int
    n_events: int
    behaviour: str
    figures: Mapping[str, float]
    onset_latency: float = math.nan


@dataclass(frozen=True, eq=False)
class Measures:
    """All that was measured.

    Attributes
    ----------
    subjects : tuple of Group
        Each by itself, sorted by name.
    whole : Group
        All as one.
    average, pooled : dict of str to Estimate
        Each of :data:`FIGURES`: the mean over subjects, those where it is undefined left out, and that of `whole`.
    curves : DetectorCurves
        The same at other thresholds.
    """

    subjects: tuple[Group, ...]
    whole: Group
    average: Mapping[str, Estimate]
    pooled: Mapping[str, Estimate]
    curves: DetectorCurves
    _parts: _Parts

    @property
    def marked(self) -> tuple[MarkedRecording, ...]:
        """What was marked and found in each recording, as every rule takes it."""
        return self._parts.marked

    @property
    def scored(self) -> tuple[ScoredRecording, ...]:
        """The scores of each recording, and what is true of it."""
        return self._parts.scored

    @property
    def subject_numbers(self) -> NDArray[np.int64]:
        """Which of `subjects` each recording is of, shape (n_recordings,)."""
        return self._parts.numbers

    @property
    def events(self) -> RuleScores:
        """What the rule of events counted."""
        return self._parts.events

    @property
    def timings(self) -> tuple[Timing, ...]:
        """How early and how long the detections of each recording are."""
        return self._parts.timings

    @property
    def titles(self) -> dict[str, str]:
        """What each figure is called where those of events, seconds and windows stand together."""
        return {name: f"{figure.of}: {figure.title}" for name, figure in FIGURES.items()}

    def of(self, names: Iterable[tuple[str, float]]) -> Group:
        """Take some recordings as one, a fold perhaps.

        Parameters
        ----------
        names : iterable of (str, float)
            Name and start of each.
        """
        wanted = set(names)
        return self._parts.take([row for row, key in enumerate(self._parts.keys) if key in wanted])


@dataclass(frozen=True, eq=False)
class _Parts:
    """What was counted in each recording."""

    keys: tuple[tuple[str, float], ...]
    numbers: NDArray[np.int64]
    scored: tuple[ScoredRecording, ...]
    marked: tuple[MarkedRecording, ...]
    timings: tuple[Timing, ...]
    analysed: Values
    frames: tuple[tuple[Values, Truth], ...]
    windows: Values
    events: RuleScores
    seconds: RuleScores

    def take(self, rows: Sequence[int]) -> Group:
        """Take some recordings as one."""
        marked = [self.marked[row] for row in rows]
        figures: dict[str, float] = {}
        for of, scored in ((EVENTS, self.events), (SECONDS, self.seconds)):
            (values,) = figures_of(scored.rule, scored.recordings[rows].sum(axis=0, keepdims=True)).tolist()
            named = dict(zip(scored.rule.figures, values, strict=True))
            figures |= {key: named[figure.name] for key, figure in FIGURES.items() if figure.of == of}
        values, truth = (np.concatenate(parts) for parts in zip(*(self.frames[row] for row in rows), strict=True))
        figures |= dict(zip(_OF_RANKS, measure_areas(values, truth), strict=True))
        (of_windows,) = _judge_windows(self.windows[rows].sum(axis=0, keepdims=True)).tolist()
        figures |= dict(zip(_OF_WINDOWS, of_windows, strict=True))
        claimed = sum(total_time(one.hypothesis) for one in marked)
        latencies = np.concatenate([self.timings[row].onset_latency for row in rows])
        return Group(
            subjects=tuple(sorted({one.subject for one in marked})),
            n_recordings=len(rows),
            seconds=sum(one.duration for one in marked),
            n_seizures=sum(len(one.reference) for one in marked),
            n_events=sum(len(one.hypothesis) for one in marked),
            behaviour=name_behaviour(claimed, float(self.analysed[rows].sum())),
            figures={name: figures[name] for name in FIGURES},
            onset_latency=float(np.median(latencies)) if len(latencies) else math.nan,
        )


def measure_evaluation(
    recordings: Sequence[EvaluatedRecording], n_resamples: int = N_RESAMPLES, seed: int = 0
) -> Measures:
    """Measure a detector, or those of the folds of a cross-validation, by all that it left.

    Parameters
    ----------
    recordings : sequence of EvaluatedRecording
        One or more. Events are made by the rules of each; the curves take those of the first.
    n_resamples, seed : int
        Of the bootstrap over subjects.

    Raises
    ------
    ParameterError
        If there is no recording, or frames differ in their length.
    RecordingError
        If a file of scores is missing or damaged.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from ictal.core.events import Annotations, Event
    >>> from ictal.core.scores import Scores
    >>> from ictal.io.scores_file import write_scores
    >>> from ictal.postprocessing.settings import PostProcessing
    >>> path = Path(tempfile.mkdtemp(), "night.npz")
    >>> write_scores(path, Scores([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], start=0.0, step=1.0))
    >>> marked = Annotations([Event(1.0, 2.0)], 3.0)
    >>> night = EvaluatedRecording("night", "anna", 0.0, 3.0, marked, path, PostProcessing(threshold=0.6), "test")
    >>> measures = measure_evaluation([night])
    >>> measures.pooled["event_f1"].value, measures.pooled["balanced_accuracy"].value
    (1.0, 1.0)
    """
    scored = [one.read() for one in recordings]
    settings = recordings[0].postprocessing if recordings else PostProcessing()
    curves = measure_curves(scored, settings, n_resamples, seed)
    names, draws = curves.counts.subjects, curves.draws
    numbers = np.array([names.index(one.subject) for one in scored], dtype=np.int64)
    parts = _count(recordings, scored, numbers, draws)
    groups = tuple(parts.take(np.flatnonzero(numbers == number).tolist()) for number in range(len(names)))
    whole = parts.take(range(len(scored)))
    by_subject = np.array([list(group.figures.values()) for group in groups])
    average = dict(zip(FIGURES, (_average(column, draws) for column in by_subject.T), strict=True))
    pooled = _pool(parts, whole, curves, numbers, np.isfinite(by_subject).sum(axis=0).tolist())
    return Measures(groups, whole, average, pooled, curves, parts)


def _count(
    recordings: Sequence[EvaluatedRecording],
    scored: Sequence[ScoredRecording],
    numbers: NDArray[np.int64],
    draws: NDArray[np.int64],
) -> _Parts:
    marked = tuple(_mark(one, own) for one, own in zip(recordings, scored, strict=True))
    frames = tuple(known_frames(one.scores.seizure, frame_truth(one.reference, one.scores)) for one in scored)
    events, seconds = (
        score_dataset(rule, [rule.score(one.reference, one.hypothesis, one.duration) for one in marked], numbers, draws)
        for rule in (EVENT, SAMPLE)
    )
    return _Parts(
        keys=tuple((one.name, one.start) for one in recordings),
        numbers=numbers,
        scored=tuple(scored),
        marked=marked,
        timings=tuple(measure_timing(one.reference, one.hypothesis, one.duration) for one in marked),
        analysed=np.array([one.scores.analysed.sum() * one.scores.step for one in scored]),
        frames=frames,
        windows=np.array([_count_windows(one) for one in scored]),
        events=events,
        seconds=seconds,
    )


def _mark(one: EvaluatedRecording, scored: ScoredRecording) -> MarkedRecording:
    found = find_events(scored.scores, one.postprocessing, one.reference.duration)
    return MarkedRecording(one.name, one.subject, found.duration, scored.seizure_spans, found.spans)


def _count_windows(scored: ScoredRecording) -> tuple[float, ...]:
    """Return true and false positives, false and true negatives."""
    scores, truth = scored.scores, frame_truth(scored.reference, scored.scores)
    called = scores.seizure >= DECISION if len(scores.classes) <= 2 else scores.values.argmax(axis=1) > 0
    kinds = (called & truth, called & ~truth, ~called & truth, ~called & ~truth)
    return tuple(float((kind & scores.analysed).sum()) for kind in kinds)


def _judge_windows(counts: Values) -> Values:
    """Return balanced accuracy and F1 of each row of counts, shape (n, 2)."""
    hits, false, missed, rest = counts.T
    return np.column_stack(
        [(_share(hits, hits + missed) + _share(rest, rest + false)) / 2, _share(2 * hits, 2 * hits + false + missed)]
    )


def _share(part: Values, whole: Values) -> Values:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))


def _average(values: Values, draws: NDArray[np.int64]) -> Estimate:
    known = values[np.isfinite(values)]
    if not len(known):
        return Estimate(np.nan, 0)
    interval = percentile_interval(resample_means(values, draws)) if len(known) > 1 else (np.nan, np.nan)
    return Estimate(float(known.mean()), len(known), float(interval[0]), float(interval[1]), float(known.std()))


def _pool(
    parts: _Parts, whole: Group, curves: DetectorCurves, numbers: NDArray[np.int64], n_defined: Sequence[int]
) -> dict[str, Estimate]:
    """Return the figures of all as one, with intervals from drawing subjects."""
    counts = np.zeros((curves.draws.shape[1], parts.windows.shape[1]))
    np.add.at(counts, numbers, parts.windows)
    low, high = percentile_interval(_judge_windows(curves.draws @ counts))
    intervals = {
        "auroc": curves.frames.roc.interval,
        "pr_auc": curves.frames.precision_recall.interval,
        **dict(zip(_OF_WINDOWS, zip(low.tolist(), high.tolist(), strict=True), strict=True)),
    }
    pooled = {}
    for (name, figure), n_subjects in zip(FIGURES.items(), n_defined, strict=True):
        if figure.of == WINDOWS:
            interval = intervals[name] if n_subjects > 1 else (np.nan, np.nan)
            pooled[name] = Estimate(whole.figures[name], n_subjects, *interval)
        else:
            pooled[name] = (parts.events if figure.of == EVENTS else parts.seconds).pooled[figure.name]
    return pooled
