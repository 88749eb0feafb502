"""Pictures of a run: curves, subjects side by side, and how training went."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np

from ictal.evaluation.dataset import COUNTED
from ictal.evaluation.folds import FoldSummary
from ictal.evaluation.measures import FIGURES, Measures
from ictal.plots import style
from ictal.plots.bars import Column, draw_bars
from ictal.plots.curves import draw_learning
from ictal.reports.curve_pictures import draw_pictures
from ictal.reports.pictures import Picture, embed
from ictal.reports.run_figures import show_figure

BARS = {"event_sensitivity": style.DETECTED, "false_alarms_per_day": style.FALSE_ALARM, "auroc": style.REFERENCE}
"""The figures that are drawn of each subject, and in which colour."""

CURVES = {
    "operating": "Sensitivity that some number of false alarms in 24 h allows",
    "reliability": "Share of seizure at each probability",
    "roc": "Receiver operating characteristic of windows",
    "precision_recall": "Precision against recall of windows",
    "latency": "Latencies of detections",
}
"""Picture → what it is, in words."""


def picture_curves(measures: Measures) -> dict[str, Picture]:
    """Draw each of :data:`CURVES`."""
    figures = dict(draw_pictures(measures.curves))
    return {
        name: embed(figures[name], "svg", f"{words}; its figures stand above it.") for name, words in CURVES.items()
    }


def picture_subjects(measures: Measures) -> Picture:
    """Draw a row of bars for each subject, with the number behind each bar."""
    columns = []
    for name, colour in BARS.items():
        values = [group.figures[name] for group in measures.subjects]
        column = Column(
            "event sensitivity" if name == "event_sensitivity" else FIGURES[name].title,
            np.array(values),
            mean=measures.average[name].value,
            top=math.nan if name == "false_alarms_per_day" else 1.0,
            colour=colour,
            texts=_count_found(measures) if name == "event_sensitivity" else [show_figure(one, name) for one in values],
        )
        columns.append(column)
    figure = draw_bars([group.subjects[0] for group in measures.subjects], columns)
    return embed(figure, "svg", "Event sensitivity, false alarms in 24 h and AUROC of each subject, as in the table.")


def picture_learning(folds: Sequence[FoldSummary]) -> Iterator[Picture]:
    """Draw the loss of the training and the figure that was watched, where there is one."""
    histories = [fold.history for fold in folds if fold.history is not None and fold.history.epochs]
    if not histories:
        return
    best = [history.best_epoch for history in histories]
    note = "● the epoch whose weights are kept"
    losses = [history.column("train/loss") for history in histories]
    if not _has_number(losses):  # fitted at once, without a course
        return
    figure = draw_learning(losses, "loss", "Training: mean loss of each epoch", note, best=best)
    yield embed(figure, "svg", f"Loss of {len(histories)} trainings by epoch.")
    monitor = histories[0].monitor
    watched = [history.column(f"validation/{monitor}") for history in histories]
    if _has_number(watched):
        top = math.nan if monitor in {"loss", "false_alarms_per_day"} else 1.0
        title = FIGURES[monitor].title if monitor in FIGURES else monitor
        figure = draw_learning(watched, title, f"Validation: {title} of each epoch", note, best=best, top=top)
        yield embed(figure, "svg", f"{title} of the validation of {len(histories)} trainings by epoch.")


def _count_found(measures: Measures) -> list[str]:
    found, missed = (COUNTED.index(name) for name in ("true_positives", "false_negatives"))
    table = measures.events.subjects
    return [f"{row[found]:.0f} of {row[found] + row[missed]:.0f}" for row in table]


def _has_number(columns: Sequence[Sequence[float]]) -> bool:
    return any(math.isfinite(value) for column in columns for value in column)
