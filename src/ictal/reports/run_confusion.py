"""Which class was taken for which: the tables and pictures of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.events import BACKGROUND, SEIZURE
from ictal.data.schemes import Scheme, SeizureScheme, parse_scheme
from ictal.evaluation.confusion import UNLABELLED, Confusion, call_classes, count_confusion, label_frames
from ictal.evaluation.dataset import Estimate
from ictal.evaluation.measures import DECISION
from ictal.evaluation.operating import ScoredRecording
from ictal.evaluation.stored import ClassSpans, EvaluatedRecording
from ictal.plots.confusion import draw_confusion
from ictal.reports.pictures import Picture, embed
from ictal.reports.run_figures import show_percent

WORDS = {BACKGROUND: "background", SEIZURE: "seizure"}
"""Class → what a page calls it; others are called as the recipe does."""


@dataclass(frozen=True, eq=False)
class ConfusionTable:
    """A confusion matrix as a page shows it.

    Attributes
    ----------
    title : str
    classes : tuple of str
    cells : list of list of (int, float)
        Frames and share of the row; the share is NaN where a class has no frame.
    totals : list of int
        Of each row.
    recalls, precisions : tuple of Estimate
        Of each class.
    frame : float
        Seconds.
    n_unlabelled : int
    picture : Picture
    """

    title: str
    classes: tuple[str, ...]
    cells: list[list[tuple[int, float]]]
    totals: list[int]
    recalls: tuple[Estimate, ...]
    precisions: tuple[Estimate, ...]
    frame: float
    n_unlabelled: int
    picture: Picture


def read_scheme(recipe: Mapping[str, Any]) -> Scheme:
    """Return which classes a recipe has; background and seizure where it says nothing of them.

    Examples
    --------
    >>> read_scheme({"scheme": {"scheme": "preictal", "horizon": 600.0}}).classes, read_scheme({}).classes
    (('interictal', 'preictal', 'ictal'), ('bckg', 'sz'))
    """
    return parse_scheme(recipe["scheme"]) if "scheme" in recipe else SeizureScheme()


def measure_confusion(
    recordings: Sequence[EvaluatedRecording], scored: Sequence[ScoredRecording], scheme: Scheme
) -> Confusion:
    """Compare what each frame was called with what a scheme makes of the marked events.

    Parameters
    ----------
    recordings : sequence of EvaluatedRecording
        One or more.
    scored : sequence of ScoredRecording
        What they :meth:`~ictal.evaluation.stored.EvaluatedRecording.read`. Where their scores are of as many classes as
        the scheme has, its classes count, otherwise background and seizure.
    scheme : Scheme
    """
    subjects = sorted({one.subject for one in recordings})
    number_of = {subject: number for number, subject in enumerate(subjects)}
    first = scored[0].scores
    kept = scheme if len(scheme.classes) == len(first.classes) else SeizureScheme()
    n_classes, n_unlabelled = len(kept.classes), 0
    counts = np.zeros((len(subjects), n_classes, n_classes), dtype=np.int64)
    for stored, one in zip(recordings, scored, strict=True):
        classes, scores = _find_classes(stored, one, kept), one.scores
        truth = label_frames(scores, classes.stretches, classes.excluded)
        called = np.minimum(call_classes(scores), n_classes - 1)
        analysed = scores.analysed
        n_unlabelled += int((truth[analysed] == UNLABELLED).sum())
        counts[number_of[one.subject]] += count_confusion(truth[analysed], called[analysed], n_classes)
    return Confusion(tuple(WORDS.get(name, name) for name in kept.classes), counts, first.step, n_unlabelled)


def tabulate_confusions(confusion: Confusion, draws: NDArray[np.int64]) -> Iterator[ConfusionTable]:
    """Yield the table of all classes and, of more than two, that of the background against all others."""
    if len(confusion.classes) == 2:
        yield _tabulate(confusion, "Two classes", f"seizure is called from a probability of {DECISION:g} on", draws)
        return
    merged = confusion.merge_others("any other")
    yield _tabulate(merged, f"Two classes: {confusion.classes[0]} against any other", "the others taken as one", draws)
    title = {3: "Three classes"}.get(len(confusion.classes), f"{len(confusion.classes)} classes")
    yield _tabulate(confusion, title, "the likeliest class is called", draws)


def _find_classes(stored: EvaluatedRecording, scored: ScoredRecording, scheme: Scheme) -> ClassSpans:
    if stored.classes is not None and len(stored.classes.stretches) == len(scheme.classes) - 1:
        return stored.classes
    timeline = scheme.timeline(scored.reference)
    return ClassSpans(timeline.stretches, timeline.excluded)


def _tabulate(confusion: Confusion, title: str, note: str, draws: NDArray[np.int64]) -> ConfusionTable:
    counts, shares = confusion.counts, confusion.shares
    recalls = confusion.estimate_recalls(draws)
    told = "; ".join(f"{name} {show_percent(one)}" for name, one in zip(confusion.classes, recalls, strict=True))
    figure = draw_confusion(confusion.classes, counts, f"frames of {confusion.frame:g} s, before post-processing", note)
    return ConfusionTable(
        title=title,
        classes=confusion.classes,
        cells=[list(zip(*row, strict=True)) for row in zip(counts.tolist(), shares.tolist(), strict=True)],
        totals=counts.sum(axis=1).tolist(),
        recalls=recalls,
        precisions=confusion.estimate_precisions(draws),
        frame=confusion.frame,
        n_unlabelled=confusion.n_unlabelled,
        picture=embed(figure, "svg", f"Confusion matrix, {title.lower()}. Called rightly: {told}."),
    )
