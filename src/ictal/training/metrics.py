"""What a validation says of a network: figures of windows before post-processing, and of events after it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn

from ictal.core.errors import ParameterError
from ictal.evaluation.dataset import score_dataset
from ictal.evaluation.measures import DECISION, EVENTS, FIGURES
from ictal.evaluation.operating import ScoredRecording
from ictal.postprocessing.settings import PostProcessing
from ictal.postprocessing.sweep import EventSweep
from ictal.scoring.counts import Counts
from ictal.scoring.curves import auroc, average_precision
from ictal.scoring.szcore import EVENT

Flags = NDArray[np.bool_]

Monitor = Literal[
    "loss",
    "auroc",
    "pr_auc",
    "balanced_accuracy",
    "f1",
    "sensitivity",
    "specificity",
    "event_sensitivity",
    "event_precision",
    "event_f1",
    "false_alarms_per_day",
]
"""A figure of the validation that can be watched. Those of windows come first, those of events by SzCORE after them."""

MONITORS: tuple[str, ...] = get_args(Monitor)

LOWER_IS_BETTER = frozenset({"loss", "false_alarms_per_day"})
"""All others are better the higher they are."""

NEEDS = {
    "loss": "a window with a label",
    "auroc": "a window of seizure and one without",
    "pr_auc": "a window of seizure",
    "balanced_accuracy": "a window of each class",
    "f1": "a window of seizure, or one that is called so",
    "sensitivity": "a window of seizure",
    "specificity": "a window without seizure",
    "event_sensitivity": "a seizure",
    "event_precision": "a detection",
    "event_f1": "a seizure or a detection",
    "false_alarms_per_day": "time that was recorded",
}
"""What each figure is undefined without: it is NaN then."""

SPEAK_WITHOUT_SEIZURES = frozenset({"loss", "specificity", "false_alarms_per_day"})
"""Figures that tell epochs apart even where there is no seizure to find."""


def window_figures(probabilities: ArrayLike, labels: ArrayLike, threshold: float = DECISION) -> dict[str, float]:
    """Return what the probabilities of windows, or of frames of them, are worth.

    A window is seizure if it is of any class but the first. Of two classes it is called seizure from `threshold` on; of
    more it is called by the class with the highest probability.

    Parameters
    ----------
    probabilities : array-like, shape (n, n_classes)
        The background first; a row of NaN was not analysed and is left out.
    labels : array-like of int, shape (n,)
        Numbers of classes; those below 0 are left out.
    threshold : float

    Returns
    -------
    dict of str to float
        ``auroc``, ``pr_auc`` (average precision), ``balanced_accuracy`` (the mean over classes of the share that is
        called rightly), ``f1``, ``sensitivity`` and ``specificity``; NaN where :data:`NEEDS` are not met.

    Raises
    ------
    ParameterError
        If the two do not fit together.

    Examples
    --------
    >>> figures = window_figures([[0.9, 0.1], [0.6, 0.4], [0.3, 0.7], [0.8, 0.2]], [0, 0, 1, 1])
    >>> figures["auroc"], figures["sensitivity"], figures["balanced_accuracy"]
    (0.75, 0.5, 0.75)
    """
    values, classes = np.asarray(probabilities, dtype=np.float64), np.asarray(labels)
    if values.ndim != 2 or values.shape[1] < 2 or classes.shape != values.shape[:1] or classes.dtype.kind not in "iu":
        raise ParameterError(
            f"windows: probabilities of shape {values.shape} and labels of shape {classes.shape} and type "
            f"{classes.dtype} came; allowed are (n, n_classes) and (n,) of integers."
        )
    known = (classes >= 0) & np.isfinite(values).all(axis=1)
    values, classes = values[known], classes[known]
    seizure, truth = values[:, 1:].sum(axis=1), classes > 0
    called = (seizure >= threshold).astype(np.intp) if values.shape[1] == 2 else values.argmax(axis=1)
    counts = _count(called > 0, truth)
    by_class = [_count(called == number, classes == number).sensitivity for number in range(values.shape[1])]
    return {
        "auroc": auroc(seizure, truth),
        "pr_auc": average_precision(seizure, truth),
        "balanced_accuracy": float(np.mean(by_class)),
        "f1": counts.f1,
        "sensitivity": counts.sensitivity,
        "specificity": counts.specificity,
    }


def measure_loss(loss: nn.Module, logits: ArrayLike, labels: ArrayLike, *, framed: bool = False) -> float:
    """Return what a training would say of all windows taken as one batch.

    Parameters
    ----------
    loss : Module
        As :meth:`ictal.training.losses.Loss.build` makes it.
    logits : array-like, shape (n, n_classes)
    labels : array-like of int, shape (n,)
        Numbers of classes; those below 0 are left out, as are logits of NaN.
    framed : bool
        Whether they are of frames in a row, and not of one window each.

    Returns
    -------
    float
        NaN without any window.

    Raises
    ------
    ParameterError
        If the loss is for frames in a row alone.

    Examples
    --------
    >>> from ictal.training.losses import CrossEntropy
    >>> loss = CrossEntropy().build(np.array([3, 1]))
    >>> round(measure_loss(loss, [[0.0, 0.0], [9.0, 9.0], [np.nan, np.nan]], [0, 1, 1]), 4)
    0.6931
    """
    values, classes = np.asarray(logits, dtype=np.float32), np.asarray(labels)
    known = (classes >= 0) & np.isfinite(values).all(axis=1)
    if not known.any():
        return math.nan
    axis = 0 if framed else 1
    place = next((tensor.device for tensor in chain(loss.parameters(), loss.buffers())), torch.device("cpu"))
    batch = torch.from_numpy(values[known]).to(place).unsqueeze(axis)
    targets = torch.from_numpy(classes[known]).long().to(place).unsqueeze(axis)
    with torch.no_grad():
        return float(loss(batch, targets))


def event_figures(recordings: Sequence[ScoredRecording], settings: PostProcessing) -> dict[str, float]:
    """Return what the events are worth that post-processing makes of scores, by the rule of events of SzCORE.

    Parameters
    ----------
    recordings : sequence of ScoredRecording
        One or more of each subject.
    settings : PostProcessing

    Returns
    -------
    dict of str to float
        ``event_sensitivity``, ``event_precision``, ``event_f1`` and ``false_alarms_per_day``, averaged over subjects;
        those for whom a figure is undefined are left out of it, and it is NaN where none is left.

    Raises
    ------
    ParameterError
        If there is no recording.

    Examples
    --------
    >>> from ictal.core.events import Annotations, Event
    >>> from ictal.core.scores import Scores
    >>> seizure = np.repeat([0.1, 0.8, 0.1, 0.9], 120)
    >>> scores = Scores(np.column_stack([1 - seizure, seizure]), start=0.0, step=1.0)
    >>> event_figures([ScoredRecording("anna", scores, Annotations([Event(110.0, 80.0)], 480.0))], PostProcessing())
    {'event_sensitivity': 1.0, 'event_precision': 0.5, 'event_f1': 0.6666666666666666, 'false_alarms_per_day': 180.0}
    """
    if not recordings:
        raise ParameterError("recordings: none came; allowed are one or more.")
    subjects = sorted({one.subject for one in recordings})
    numbers = np.array([subjects.index(one.subject) for one in recordings], dtype=np.int64)
    counts = [_count_events(one, settings) for one in recordings]
    average = score_dataset(EVENT, counts, numbers, np.ones((1, len(subjects)), dtype=np.int64)).average
    return {name: average[figure.name].value for name, figure in FIGURES.items() if figure.of == EVENTS}


def _count(called: Flags, truth: Flags) -> Counts:
    hits, n_called, n_true = int((called & truth).sum()), int(called.sum()), int(truth.sum())
    n_rest = len(truth) - n_called - n_true + hits
    return Counts(hits, n_called - hits, n_true - hits, duration=len(truth), true_negatives=n_rest)


def _count_events(recording: ScoredRecording, settings: PostProcessing) -> Counts:
    duration = recording.reference.duration
    found = EventSweep(recording.scores, settings, duration).spans_at(settings.threshold)
    return EVENT.score(recording.seizure_spans, found, duration)
