"""The report of a training or a cross-validation: one HTML file that needs nothing else."""

from __future__ import annotations

import base64
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from ictal.evaluation.bootstrap import LEVEL
from ictal.evaluation.dataset import Estimate
from ictal.evaluation.folds import FoldSummary
from ictal.evaluation.measures import EVENTS, FIGURES, SECONDS, WINDOWS, Measures, measure_evaluation
from ictal.evaluation.measures_json import encode_measures, format_subjects
from ictal.evaluation.stored import FILE as EVALUATION
from ictal.evaluation.stored import read_evaluation
from ictal.io.atomic import atomic_write
from ictal.io.json_file import read_json_file
from ictal.plots import style
from ictal.plots.bars import Column, draw_bars
from ictal.plots.curves import draw_learning
from ictal.reports.curve_pictures import draw_pictures
from ictal.reports.page import flatten_settings, load_template
from ictal.reports.pictures import Picture, embed
from ictal.reports.run_folds import read_folds
from ictal.reports.run_remarks import list_remarks, name_fault

TEMPLATE = "run.html.j2"
FILE = "report.html"

TILES = OF_FOLDS = ("event_sensitivity", "event_f1", "false_alarms_per_day", "auroc", "pr_auc")
"""The figures at the top of the page, and of the table of folds."""

OF_SUBJECTS = (
    *("event_sensitivity", "event_precision", "event_f1", "false_alarms_per_day", "sample_f1"),
    *("auroc", "pr_auc", "balanced_accuracy"),
)
"""The figures of the table of subjects."""

BARS = {"event_sensitivity": style.DETECTED, "false_alarms_per_day": style.FALSE_ALARM, "auroc": style.REFERENCE}

GROUPS = {EVENTS: "Events", SECONDS: "Seconds", WINDOWS: "Windows"}

UNDEFINED = "–"

_KINDS = {"crossval": "cross-validation", "train": "training", "finetune": "fine-tuning"}
_PICTURES = {
    "operating": "Sensitivity that some number of false alarms in 24 h allows",
    "latency": "Latencies of detections",
    "roc": "Receiver operating characteristic of windows",
    "precision_recall": "Precision against recall of windows",
}


def write_run_report(
    folder: Path,
    output: Path | None = None,
    worst: Any = None,
    explanations: Sequence[tuple[str, Picture]] = (),
    *,
    measures: Measures | None = None,
) -> Path:
    """Write the report of a finished training or cross-validation from what its folder holds.

    Parameters
    ----------
    folder : Path
        With ``run.json``, ``recipe.toml``, ``splits.json``, and ``evaluation.json`` with the scores where anything was
        evaluated; ``history.json`` of a training, ``figures.json`` and the folders of the folds of a cross-validation.
    output : Path, optional
        The HTML file; ``report.html`` in the folder where not given.
    worst : optional
        What ``run_worst.html.j2`` shows: the worst misses and false alarms.
    explanations : sequence of (str, Picture)
        What the detector looked at: a title, and a picture of it.
    measures : Measures, optional
        Of ``evaluation.json``, where they have been taken already.

    Returns
    -------
    Path
        The report: one file without scripts and links to the outside.

    Raises
    ------
    RecordingError
        If a file of the run is missing or damaged.
    OutputError
        If the report cannot be written.
    """
    record = read_json_file(folder / "run.json", "the record of a run", "ictal-run", 1)
    recipe = tomllib.loads((folder / "recipe.toml").read_text(encoding="utf-8"))
    recordings = read_evaluation(folder) if (folder / EVALUATION).is_file() else ()
    if measures is None and recordings:
        measures = measure_evaluation(recordings)
    folds = read_folds(folder, record["kind"], recordings, measures)
    side = recordings[0].side if recordings else ""
    context = {
        "kind": _KINDS.get(record["kind"], record["kind"]),
        "record": record,
        "recipe": recipe,
        "facts": list(_list_facts(record, recipe)),
        "settings": list(flatten_settings(_without_path(recipe))),
        "side": side,
        "folds": folds,
        "remarks": list(list_remarks(folds, measures, side, recipe)),
        "learning": list(_draw_learning(folds)),
        "titles": {name: figure.title for name, figure in FIGURES.items()},
        "of_folds": OF_FOLDS,
        "monitor": recipe["training"]["monitor"],
        "worst": worst,
        "explanations": explanations,
        **(_show_measures(measures) if measures is not None else {"measures": None}),
    }
    template = load_template(
        TEMPLATE, figure=show_figure, estimate=show_estimate, behaviour=name_fault, spans=span_groups
    )
    path = folder / FILE if output is None else output
    with atomic_write(path, "w") as file:
        file.writelines(template.generate(context))
    return path


def show_figure(value: float, name: str) -> str:
    """Return a figure as a table shows it.

    Examples
    --------
    >>> show_figure(0.81249, "auroc"), show_figure(12.345, "false_alarms_per_day"), show_figure(math.nan, "auroc")
    ('0.812', '12.3', '–')
    """
    if not math.isfinite(value):
        return UNDEFINED
    if name != "false_alarms_per_day":
        return f"{value:.3f}"
    return f"{value:.1f}" if value < 1000 else f"{value:.0f}"


def show_estimate(estimate: Estimate, name: str) -> str:
    """Return a figure with its interval, where it has one.

    Examples
    --------
    >>> show_estimate(Estimate(0.8, 3, 0.71, 0.93), "auroc"), show_estimate(Estimate(0.8, 1), "auroc")
    ('0.800 [0.710, 0.930]', '0.800')
    """
    shown = show_figure(estimate.value, name)
    if not estimate.has_interval:
        return shown
    return f"{shown} [{show_figure(estimate.low, name)}, {show_figure(estimate.high, name)}]"


def span_groups(names: Sequence[str]) -> list[tuple[str, int]]:
    """Return what neighbouring figures are of, and how many of them are of it.

    Examples
    --------
    >>> span_groups(["event_f1", "false_alarms_per_day", "auroc"])
    [('Events', 2), ('Windows', 1)]
    """
    return [(GROUPS[of], len(list(own))) for of, own in groupby(names, key=lambda name: FIGURES[name].of)]


def _show_measures(measures: Measures) -> dict[str, Any]:
    return {
        "measures": measures,
        "tiles": [(FIGURES[name], name, measures.average[name]) for name in TILES],
        "groups": [
            (title, [name for name, figure in FIGURES.items() if figure.of == of]) for of, title in GROUPS.items()
        ],
        "limited": measures.curves.limited["subjects"],
        "of_subjects": OF_SUBJECTS,
        "rules": encode_measures(measures)["rules"],
        "level": f"{100 * LEVEL:.0f} %",
        "n_resamples": len(measures.curves.draws),
        "curves": _draw_curves(measures),
        "bars": _draw_bars(measures),
        "table": base64.b64encode(format_subjects(measures).encode()).decode(),
    }


def _draw_curves(measures: Measures) -> list[Picture]:
    figures = dict(draw_pictures(measures.curves))
    return [embed(figures[name], "svg", f"{title}; the figures stand above it.") for name, title in _PICTURES.items()]


def _draw_bars(measures: Measures) -> Picture:
    columns = [
        Column(
            "event sensitivity" if name == "event_sensitivity" else FIGURES[name].title,
            np.array([group.figures[name] for group in measures.subjects]),
            mean=measures.average[name].value,
            top=math.nan if name == "false_alarms_per_day" else 1.0,
            colour=colour,
        )
        for name, colour in BARS.items()
    ]
    figure = draw_bars([group.subjects[0] for group in measures.subjects], columns)
    return embed(figure, "svg", "Event sensitivity, false alarms in 24 h and AUROC of each subject, as in the table.")


def _draw_learning(folds: Sequence[FoldSummary]) -> Iterator[Picture]:
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


def _has_number(columns: Sequence[Sequence[float]]) -> bool:
    return any(math.isfinite(value) for column in columns for value in column)


def _list_facts(record: Mapping[str, Any], recipe: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what was run: name and value."""
    data, git, versions = record["data"], record.get("git", {}), record.get("versions", {})
    way = recipe.get("split", {})
    yield "Recipe", f"{record['recipe']}: {recipe['summary']}" if recipe.get("summary") else record["recipe"]
    yield "Model", str(recipe.get("model", {}).get("name", ""))
    yield (
        "Data",
        f"{data['corpus']}: {data['n_subjects']} subjects, {data['n_recordings']} recordings, {data['hours']:.1f} h, "
        f"{data['n_seizures']} seizures",
    )
    yield "Hash of the signals", str(data["sha256"])
    name = record.get("split", way.get("by", ""))
    yield "Split", f"{name}, seed {way.get('seed', 0)}; {100 * way.get('validation', 0.0):.0f} % of the rest watched"
    yield "Seed, threads", f"{record.get('seed')}, {record.get('threads')}"
    yield "Versions", ", ".join(f"{package} {version}" for package, version in versions.items())
    if git:
        yield "Commit", git["commit"] + (", with changes that are not committed" if git.get("changed") else "")
    yield "Machine", str(record.get("machine", ""))


def _without_path(recipe: Mapping[str, Any]) -> dict[str, Any]:
    """Return the recipe with the name of the folder of its data alone: where it lies can tell of whom it is."""
    data = dict(recipe.get("data", {}))
    if "corpus" in data:
        data["corpus"] = Path(data["corpus"]).name
    return {**recipe, "data": data}
