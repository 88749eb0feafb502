"""What a detector is worth, as JSON and as a table of subjects."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from ictal.core.version import __version__
from ictal.evaluation.behaviour import ORDINARY
from ictal.evaluation.bootstrap import LEVEL
from ictal.evaluation.curves_json import number
from ictal.evaluation.dataset import Estimate
from ictal.evaluation.folds import FoldSummary
from ictal.evaluation.measures import DECISION, FIGURES, Group, Measures
from ictal.io.atomic import atomic_write
from ictal.scoring.szcore import EVENT, SAMPLE

COLUMNS = ("subject", "recordings", "hours", "seizures", "events", "behaviour", *FIGURES)
"""Of the table of subjects."""

UNDEFINED = "n/a"


def encode_measures(measures: Measures) -> dict[str, Any]:
    """Return figures and intervals ready for JSON.

    Returns
    -------
    dict
        ``rules`` says what counted, ``average`` is over subjects, ``pooled`` of all recordings as one, ``subjects``
        each by itself, and ``within`` the sensitivity that some number of false alarms allows.
    """
    curves = measures.curves
    return {
        "ictal": __version__,
        "rules": {
            "event": EVENT.title,
            "sample": SAMPLE.title,
            "window": f"frames of {curves.frames.frame:g} s, seizure from a probability of {DECISION:g} on",
        },
        "interval": {
            "level": LEVEL,
            "method": "percentile bootstrap over subjects",
            "n_resamples": len(curves.draws),
            "seed": curves.seed,
        },
        "dataset": encode_group(measures.whole),
        "average": {name: _encode_estimate(one) for name, one in measures.average.items()},
        "pooled": {name: _encode_estimate(one) for name, one in measures.pooled.items()},
        "within": [
            {
                "false_alarms_per_day_at_most": one.limit,
                "sensitivity": number(one.sensitivity),
                "interval": _interval(*one.interval),
                "threshold": number(one.threshold),
            }
            for one in curves.limited["subjects"]
        ],
        "subjects": [encode_group(group) for group in measures.subjects],
    }


def encode_group(group: Group) -> dict[str, Any]:
    """Return some recordings as one, ready for JSON."""
    return {
        "subjects": list(group.subjects),
        "n_recordings": group.n_recordings,
        "seconds": group.seconds,
        "n_seizures": group.n_seizures,
        "n_events": group.n_events,
        "behaviour": group.behaviour,
        "figures": {name: number(value) for name, value in group.figures.items()},
        "median_onset_latency": number(group.onset_latency),
    }


def encode_fold(fold: FoldSummary) -> dict[str, Any]:
    """Return what became of a fold, ready for JSON."""
    return {
        "name": fold.name,
        "status": fold.status,
        **({"problem": fold.problem} if fold.problem else {}),
        "tested": list(fold.tested),
        "n_trained": fold.n_trained,
        "n_watched": fold.n_watched,
        "best_epoch": None if fold.history is None else fold.history.best_epoch,
        "n_epochs": None if fold.history is None else len(fold.history.epochs),
        "test": None if fold.group is None else encode_group(fold.group),
    }


def format_subjects(measures: Measures) -> str:
    """Return the figures of each subject, of all as one, and their mean as TSV; the columns are :data:`COLUMNS`."""
    rows = [(group.subjects[0], group) for group in measures.subjects] + [("(all as one)", measures.whole)]
    lines = [[name, *_cells(group), *map(_show, group.figures.values())] for name, group in rows]
    blank = [""] * (len(COLUMNS) - len(FIGURES) - 1)
    lines.append(["(mean of subjects)", *blank, *(_show(one.value) for one in measures.average.values())])
    return "".join("\t".join(line) + "\n" for line in (list(COLUMNS), *lines))


def write_subjects_table(path: Path | str, measures: Measures) -> None:
    """Write :func:`format_subjects` into a file.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    with atomic_write(path, "w") as file:
        file.write(format_subjects(measures))


def _cells(group: Group) -> list[str]:
    hours = f"{group.seconds / 3600:.3f}"
    told = "" if group.behaviour == ORDINARY else group.behaviour
    return [str(group.n_recordings), hours, str(group.n_seizures), str(group.n_events), told]


def _show(value: float) -> str:
    return f"{value:.4f}" if math.isfinite(value) else UNDEFINED


def _encode_estimate(estimate: Estimate) -> dict[str, Any]:
    interval = _interval(estimate.low, estimate.high)
    return {"value": number(estimate.value), "interval": interval, "n_subjects": estimate.n_subjects}


def _interval(low: float, high: float) -> list[float] | None:
    return [low, high] if math.isfinite(low) and math.isfinite(high) else None
