"""What a reader of figures must mind: folds that say nothing, detectors that claim everything, figures too good."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ictal.evaluation.behaviour import ALL_POSITIVE, NEARLY_ALL, SILENT
from ictal.evaluation.folds import FINISHED, LEFT_OUT, FoldSummary
from ictal.evaluation.measures import Group, Measures

BEHAVIOURS = {SILENT: "silent", ALL_POSITIVE: "positive everywhere"}
"""What is said of detectors whose figures say nothing."""

_MOST_NAMES = 12


def name_fault(group: Group) -> str:
    """Return what is wrong with a detector in some recordings, or nothing; silence is none where no seizure is.

    Examples
    --------
    >>> (
    ...     name_fault(Group(("anna",), 1, 3600.0, 2, 0, SILENT, {})),
    ...     name_fault(Group(("bert",), 1, 3600.0, 0, 0, SILENT, {})),
    ... )
    ('silent', '')
    """
    return "" if group.behaviour == SILENT and group.n_seizures == 0 else BEHAVIOURS.get(group.behaviour, "")


def list_remarks(
    folds: Sequence[FoldSummary], measures: Measures | None, side: str, recipe: Mapping[str, Any]
) -> Iterator[str]:
    """Yield what must be minded, the worst first.

    Parameters
    ----------
    folds : sequence of FoldSummary
        One, for a single training.
    measures : Measures or None
        ``None`` where nothing was evaluated.
    side : {"test", "validation", ""}
        What was evaluated.
    recipe : mapping
        As ``recipe.toml`` says.
    """
    yield from _of_unfinished(folds)
    if measures is None:
        yield "Nothing was evaluated: the split has neither a test nor a validation side."
    elif side == "validation":
        yield (
            "Nobody was tested: the figures are of the validation side, which chose the epoch, and too good to be "
            "expected of others."
        )
    if measures is not None:
        yield from _of_detectors(folds, measures)
        yield from _of_seizures(folds, measures)
    yield from _of_learning(folds, recipe)


def _of_unfinished(folds: Sequence[FoldSummary]) -> Iterator[str]:
    n_finished = sum(fold.status == FINISHED for fold in folds)
    if n_finished < len(folds):
        yield f"{n_finished} of {len(folds)} folds are finished; all figures are of these."
    reasons: dict[tuple[str, str], list[str]] = {}
    for fold in folds:
        if fold.status != FINISHED:
            reasons.setdefault((fold.status, fold.problem), []).append(fold.name)
    for (status, problem), names in reasons.items():
        said = "left out, it cannot be trained" if status == LEFT_OUT else "failed; the same command tries again"
        yield f"{_join(names)}: {said}: {problem}"


def _of_detectors(folds: Sequence[FoldSummary], measures: Measures) -> Iterator[str]:
    whole = measures.whole.behaviour
    if whole == SILENT:
        yield "The detector is silent: it found nothing at all; precision is undefined, and no false alarm is no merit."
    if whole == ALL_POSITIVE:
        yield (
            f"The detector is positive everywhere: its events cover {100 * NEARLY_ALL:.0f} % of the time or more; its "
            "sensitivity says nothing."
        )
    if len(folds) == 1:
        return
    for words in BEHAVIOURS.values():
        named = [fold.name for fold in folds if fold.group is not None and name_fault(fold.group) == words]
        if named:
            yield f"{_join(named)}: the detector is {words} on the test side."


def _of_seizures(folds: Sequence[FoldSummary], measures: Measures) -> Iterator[str]:
    empty = [fold.name for fold in folds if fold.group is not None and fold.group.n_seizures == 0]
    if empty and len(folds) > 1:
        yield f"{_join(empty)}: no seizure on the test side; sensitivity, AUROC and their like are undefined there."
    n_with = sum(group.n_seizures > 0 for group in measures.subjects)
    if n_with == 0:
        yield "No seizure was there to find: nothing can be said of sensitivity."
    elif n_with == 1:
        yield "One subject alone had seizures: no interval can be given, and nothing be said of others."


def _of_learning(folds: Sequence[FoldSummary], recipe: Mapping[str, Any]) -> Iterator[str]:
    n_epochs = recipe.get("training", {}).get("epochs")
    blind, rising = [], []
    for fold in folds:
        if fold.history is None or not fold.history.epochs:
            continue
        watched = fold.history.column(f"validation/{fold.history.monitor}")
        if not any(map(math.isfinite, watched)):
            blind.append(fold.name)
        elif len(watched) == n_epochs and len(watched) > 1 and fold.history.best_epoch == len(watched) - 1:
            rising.append(fold.name)
    if blind:
        yield f"{_join(blind)}: the validation could not tell epochs apart; the last one is kept."
    if rising:
        yield f"{_join(rising)}: the last epoch was the best; more epochs might be better."


def _join(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    return shown if len(names) <= _MOST_NAMES else f"{shown} and {len(names) - _MOST_NAMES} more"
