"""A network on one side of a split: after each epoch, and at the end with all that any later rule needs."""

from __future__ import annotations

import json
import math
import warnings
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import torch
from torch import nn

from ictal.core.errors import IctalWarning, ParameterError
from ictal.core.events import Annotations
from ictal.core.spans import Span, intersect_spans
from ictal.data.portions import Portion
from ictal.data.schemes import Scheme
from ictal.data.store import Store
from ictal.evaluation.measures import measure_evaluation
from ictal.evaluation.measures_json import encode_measures
from ictal.evaluation.operating import ScoredRecording
from ictal.evaluation.stored import ClassSpans, EvaluatedRecording, Side, write_evaluation
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.io.scores_file import write_scores
from ictal.training.assemble import event_types
from ictal.training.frames import UNLABELLED, PortionFrames, clip_annotations, plan_frames
from ictal.training.metrics import (
    MONITORS,
    NEEDS,
    SPEAK_WITHOUT_SEIZURES,
    event_figures,
    measure_loss,
    window_figures,
)
from ictal.training.scoring import ScoredPortion, score_frames, score_portions
from ictal.training.settings import TaskSettings

FIGURES, SCORES = "figures.json", "scores"
FORMAT, VERSION = "ictal-figures", 1

Validate = Callable[[nn.Module], dict[str, float]]


def make_validate(
    store: Store,
    portions: Sequence[Portion],
    task: TaskSettings,
    loss: nn.Module,
    device: torch.device | str | None = None,
) -> Validate:
    """Return what :func:`ictal.training.fit.fit` asks after each epoch.

    Parameters
    ----------
    store : Store
    portions : sequence of Portion
        The validation side of a split.
    task : TaskSettings
    loss : Module
        As training has it; see :meth:`ictal.training.losses.Loss.build`.
    device : torch.device or str, optional
        Where the network is asked; where it is, if not given.

    Returns
    -------
    callable
        Answers every figure of :data:`~ictal.training.metrics.MONITORS` for a network, from one pass over the portions;
        NaN where its :data:`~ictal.training.metrics.NEEDS` are not met. The network is left as it was.

    Raises
    ------
    ParameterError
        If the portions hold no window with a label, or the windows do not fit.

    Warns
    -----
    IctalWarning
        If none of the windows is seizure, and the monitored figure says nothing then.
    """
    planned = plan_frames(store, portions, task.windows, task.scheme)
    labels = np.concatenate([frames.labels.ravel() for frames in planned] or [np.empty(0, np.int8)])
    n_labelled, monitor = int((labels != UNLABELLED).sum()), task.training.monitor
    if n_labelled == 0:
        raise ParameterError(f"validation: its {len(planned)} portions hold no window of {task.windows.length:g} s.")
    if not (labels > 0).any() and monitor not in SPEAK_WITHOUT_SEIZURES:
        warnings.warn(
            f"validation: none of its {n_labelled} windows is seizure, so {monitor} cannot tell which epoch is best; "
            f"validate on other recordings, or monitor {', '.join(sorted(SPEAK_WITHOUT_SEIZURES))}",
            IctalWarning,
            stacklevel=2,
        )
    return partial(_validate, store=store, planned=planned, task=task, loss=loss, device=device)


def evaluate(
    network: nn.Module,
    store: Store,
    portions: Sequence[Portion],
    task: TaskSettings,
    folder: Path,
    side: Side,
    *,
    loss: nn.Module | None = None,
    device: torch.device | str | None = None,
) -> dict[str, Any]:
    """Score one side of a split, and write all that any rule needs later.

    Parameters
    ----------
    network : Module
        With its best weights; it is left as it was.
    store : Store
    portions : sequence of Portion
        One or more.
    task : TaskSettings
    folder : Path
        Of the run. ``scores/`` takes the probabilities of each portion, ``evaluation.json`` what is true of it (see
        :mod:`ictal.evaluation.stored`), ``figures.json`` what comes of both.
    side : {"validation", "test"}
    loss : Module, optional
        As training had it.
    device : torch.device or str, optional
        Where the network is asked; where it is, if not given.

    Returns
    -------
    dict
        What ``figures.json`` says: that of :func:`ictal.evaluation.measures_json.encode_measures`, ``side``, and
        ``monitored``, the figures that a training is watched by; ``None`` for what is undefined, with the reason under
        ``undefined``.

    Raises
    ------
    ParameterError
        If there is no portion, the windows do not fit, or the network answers with what is no number.
    OutputError
        If the system refuses to write.
    """
    scored = score_portions(network, store, portions, task.windows, task.scheme, device=device)
    recordings = _to_recordings(scored, task)
    annotations = {one.name: one.annotations for one in store.recordings}
    files = [ensure_folder(folder / SCORES) / name for name in name_files(portions)]
    for one, file in zip(recordings, files, strict=True):
        write_scores(file, one.scores)
    stored = [
        EvaluatedRecording(
            portion.recording,
            portion.subject,
            portion.start,
            portion.stop,
            one.reference,
            file,
            task.postprocessing,
            side,
            find_classes(task.scheme, annotations[portion.recording], portion),
        )
        for portion, one, file in zip(portions, recordings, files, strict=True)
    ]
    write_evaluation(folder, stored)
    monitored = _measure(scored, recordings, task, loss)
    figures = {
        "format": FORMAT,
        "version": VERSION,
        "side": side,
        **encode_measures(measure_evaluation(stored)),
        "monitored": {name: value if math.isfinite(value) else None for name, value in monitored.items()},
        "undefined": {name: f"needs {NEEDS[name]}" for name, value in monitored.items() if math.isnan(value)},
    }
    with atomic_write(folder / FIGURES, "w") as output:
        output.write(json.dumps(figures, indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    return figures


def find_classes(scheme: Scheme, annotations: Annotations, portion: Portion) -> ClassSpans | None:
    """Return when each class holds in a portion, where its own events do not say it.

    Examples
    --------
    >>> from ictal.core.events import Event
    >>> from ictal.data.schemes import PreictalScheme
    >>> marked, first = Annotations([Event(90.0, 10.0)], 200.0), Portion("night", "anna", 20.0, 80.0)
    >>> find_classes(PreictalScheme(horizon=30.0, postictal=0.0), marked, first)
    ClassSpans(stretches=(((40.0, 60.0),), ()), excluded=())
    """
    whole = scheme.timeline(annotations)
    own = scheme.timeline(clip_annotations(annotations, portion.start, portion.stop))
    layers = [_clip_spans(spans, portion) for spans in (*whole.stretches, whole.excluded)]
    alike = (
        len(layer) == len(spans) and np.allclose(layer, spans)
        for layer, spans in zip(layers, (*own.stretches, own.excluded), strict=True)
    )
    return None if all(alike) else ClassSpans(tuple(layers[:-1]), layers[-1])


def _clip_spans(spans: Sequence[Span], portion: Portion) -> tuple[Span, ...]:
    inside = intersect_spans(spans, [(portion.start, portion.stop)])
    return tuple((start - portion.start, stop - portion.start) for start, stop in inside)


def name_files(portions: Sequence[Portion]) -> tuple[str, ...]:
    """Return a name for the scores of each portion; several of one recording are numbered.

    Examples
    --------
    >>> name_files([Portion("01/a", "01", 0.0, 9.0), Portion("b", "02", 0.0, 4.0), Portion("b", "02", 6.0, 9.0)])
    ('01%2Fa.npz', 'b@1.npz', 'b@2.npz')
    """
    times, seen = Counter(portion.recording for portion in portions), Counter[str]()
    names = []
    for portion in portions:
        seen[portion.recording] += 1
        number = f"@{seen[portion.recording]}" if times[portion.recording] > 1 else ""
        names.append(f"{quote(portion.recording, safe=' ')}{number}.npz")
    return tuple(names)


def _validate(
    network: nn.Module,
    *,
    store: Store,
    planned: Sequence[PortionFrames],
    task: TaskSettings,
    loss: nn.Module,
    device: torch.device | str | None,
) -> dict[str, float]:
    scored = score_frames(network, store, planned, len(task.scheme.classes), device)
    return _measure(scored, _to_recordings(scored, task), task, loss)


def _to_recordings(scored: Sequence[ScoredPortion], task: TaskSettings) -> list[ScoredRecording]:
    """Return the portions as recordings with probabilities, as everything behind a network takes them."""
    classes = event_types(task.scheme)
    return [ScoredRecording(one.portion.subject, one.scores(classes), one.reference) for one in scored]


def _measure(
    scored: Sequence[ScoredPortion], recordings: Sequence[ScoredRecording], task: TaskSettings, loss: nn.Module | None
) -> dict[str, float]:
    """Return every figure of MONITORS in that order, without the loss where none is given."""
    labels = np.concatenate([one.labels for one in scored])
    logits = np.concatenate([one.logits for one in scored])
    framed = task.windows.n_frames is not None
    figures = {
        **({} if loss is None else {"loss": measure_loss(loss, logits, labels, framed=framed)}),
        **window_figures(np.concatenate([one.scores.values for one in recordings]), labels),
        **event_figures(recordings, task.postprocessing),
    }
    return {name: figures[name] for name in MONITORS if name in figures}
