"""The report of a training or a cross-validation: one HTML file that needs nothing else."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ictal.evaluation.measures import FIGURES, Measures, measure_evaluation
from ictal.evaluation.stored import FILE as EVALUATION
from ictal.evaluation.stored import EvaluatedRecording, read_evaluation
from ictal.io.atomic import atomic_write
from ictal.io.json_file import read_json_file
from ictal.reports.page import flatten_settings, load_template
from ictal.reports.pictures import Picture
from ictal.reports.run_confusion import measure_confusion, read_scheme, tabulate_confusions
from ictal.reports.run_figures import (
    OF_FOLDS,
    group_digits,
    show_estimate,
    show_figure,
    show_measures,
    show_part,
    show_percent,
    show_seconds,
    span_groups,
)
from ictal.reports.run_folds import CROSSVAL, read_folds
from ictal.reports.run_pictures import picture_curves, picture_learning, picture_subjects
from ictal.reports.run_provenance import SIMULATED, list_detectors, list_provenance, name_corpus, tell_origin
from ictal.reports.run_remarks import list_remarks, name_fault
from ictal.reports.run_rules import compare_rules, find_kappa
from ictal.reports.run_timing import show_timing

TEMPLATE = "run.html.j2"
FILE = "report.html"

FILTERS: dict[str, Callable[..., Any]] = {
    "behaviour": name_fault,
    "estimate": show_estimate,
    "figure": show_figure,
    "grouped": group_digits,
    "part": show_part,
    "seconds": show_seconds,
    "share": show_percent,
    "spans": span_groups,
}
"""What the template calls the ways to write a number."""

_KINDS = {"crossval": "cross-validation", "train": "training", "finetune": "fine-tuning"}


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
        "provenance": list_provenance(folder, record, recipe),
        "is_simulated": tell_origin(record, recipe) == SIMULATED,
        "detectors": list_detectors(folder, folds) if record["kind"] == CROSSVAL else [],
        "settings": list(flatten_settings(name_corpus(recipe))),
        "side": side,
        "folds": folds,
        "remarks": list(list_remarks(folds, measures, side, recipe)),
        "learning": list(picture_learning(folds)),
        "titles": {name: figure.title for name, figure in FIGURES.items()},
        "of_folds": OF_FOLDS,
        "monitor": recipe["training"]["monitor"],
        "is_finetuned": any(folder.glob("folds/*/finetune")),
        "worst": worst,
        "explanations": explanations,
        **({"measures": None} if measures is None else _show_evaluation(recordings, recipe, measures)),
    }
    template = load_template(TEMPLATE, **FILTERS)
    path = folder / FILE if output is None else output
    with atomic_write(path, "w") as file:
        file.writelines(template.generate(context))
    return path


def _show_evaluation(
    recordings: Sequence[EvaluatedRecording], recipe: dict[str, Any], measures: Measures
) -> dict[str, Any]:
    """Return what the template says of the figures of an evaluation."""
    confusion = measure_confusion(recordings, measures.scored, read_scheme(recipe))
    return {
        **show_measures(measures),
        **show_timing(measures),
        "curves": picture_curves(measures),
        "bars": picture_subjects(measures),
        "confusions": list(tabulate_confusions(confusion, measures.curves.draws)),
        "compared": list(compare_rules(measures)),
        "kappa": find_kappa(measures),
        "frames": measures.curves.frames,
        "n_rules": len({one.postprocessing.model_dump_json() for one in recordings}),
    }
