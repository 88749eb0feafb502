"""What a tuning leaves: the best trials as recipes, a table of all, and a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ictal.experiments.recipe import Recipe, write_recipe
from ictal.experiments.run_record import read_run
from ictal.experiments.search_space import apply_values
from ictal.experiments.trial_rows import format_rows, measure_importance, rank_rows
from ictal.experiments.trials import TRIALS, Job, strip_trials
from ictal.experiments.tuning_settings import TuningSettings
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.plots.search import Axis
from ictal.reports.tuning_report import TrialRow, TuningSummary, write_tuning_report
from ictal.training.metrics import LOWER_IS_BETTER

TOP, TABLE, REPORT = "top", "trials.csv", "report.html"


@dataclass(frozen=True)
class Tuning:
    """What ``ictal tune`` did.

    Attributes
    ----------
    folder : Path
    study : str
        Its name in the storage.
    storage : str
        Where it is, without a password.
    monitor : str
        The figure by which trials are compared.
    trials : tuple of TrialRow
        All, by number.
    best : tuple of TrialRow
        The best of those that finished, the very best first.
    recipes : tuple of Path
        Of those, for ``ictal train``.
    importance : dict of str to float
        The share of each setting; see :func:`~ictal.experiments.trial_rows.measure_importance`.
    report : Path
    """

    folder: Path
    study: str
    storage: str
    monitor: str
    trials: tuple[TrialRow, ...]
    best: tuple[TrialRow, ...]
    recipes: tuple[Path, ...]
    importance: dict[str, float]
    report: Path


def write_results(job: Job, rows: Sequence[TrialRow], storage: str) -> Tuning:
    """Write the recipes of the best trials, the table of all and the report.

    Parameters
    ----------
    job : Job
    rows : sequence of TrialRow
        All of the study; at least one has finished.
    storage : str
        Where the study is, without a password.

    Raises
    ------
    OutputError
        If a file cannot be written.
    """
    space, monitor = job.recipe.tuning.space, job.place.compared_by
    best = rank_rows(rows, monitor)[: job.top]
    strip_trials(job.folder / TRIALS, rows, job.top, monitor)
    recipes = write_top(job.folder / TOP, job.recipe, best, f"{monitor} on the validation side of {job.split.name}")
    with atomic_write(job.folder / TABLE, "w") as file:
        file.write(format_rows(rows, list(space)))
    importance = measure_importance(rows, space, job.recipe.tuning.seed)
    summary = TuningSummary(
        name=job.recipe.name,
        monitor=monitor,
        kept_by=job.recipe.training.monitor,
        lower_is_better=monitor in LOWER_IS_BETTER,
        split=job.split.name,
        n_training_subjects=len({one.subject for one in job.split.train}),
        n_validation_subjects=len({one.subject for one in job.split.validation}),
        axes=tuple(
            Axis(key, values.extremes[0], values.extremes[-1], log=values.log, choices=values.choices)
            for key, values in space.items()
        ),
        rows=tuple(rows),
        best=best,
        importance=importance,
        facts=_describe_run(job, storage),
    )
    write_tuning_report(job.folder / REPORT, summary)
    return Tuning(
        folder=job.folder,
        study=job.place.name,
        storage=storage,
        monitor=monitor,
        trials=tuple(rows),
        best=best,
        recipes=recipes,
        importance=importance,
        report=job.folder / REPORT,
    )


def write_top(folder: Path, recipe: Recipe, best: Sequence[TrialRow], what: str) -> tuple[Path, ...]:
    """Write a recipe for each of the best trials: ``1.toml`` is that of the very best.

    Parameters
    ----------
    folder : Path
        Recipes that an earlier run left there are replaced.
    recipe : Recipe
        That was tuned.
    best : sequence of TrialRow
    what : str
        What the value of a trial is.
    """
    ensure_folder(folder)
    written = []
    for rank, row in enumerate(best, start=1):
        summary = f"trial {row.number} of tuning {recipe.name}: {row.value:.4g} {what}"
        named = {"name": f"{recipe.name}-{rank}", "summary": summary, "tuning": TuningSettings()}
        tuned = apply_values(recipe, row.settings, f"trial {row.number}").model_copy(update=named)
        written.append(folder / f"{rank}.toml")
        with atomic_write(written[-1], "w") as file:
            file.write(write_recipe(tuned))
    for path in folder.iterdir():
        if re.fullmatch(r"\d+\.toml", path.name) and path not in written:
            path.unlink()
    return tuple(written)


def _describe_run(job: Job, storage: str) -> tuple[tuple[str, str], ...]:
    tuning, record = job.recipe.tuning, read_run(job.folder).content
    data, versions = record["data"], record["versions"]
    return (
        ("recipe", job.recipe.name),
        (
            "data",
            f"{data['corpus']}: {data['n_subjects']} subjects, {data['hours']:g} h, {data['n_seizures']} seizures",
        ),
        ("split", job.split.name if job.split.name == "all" else f"{job.split.name} of {job.recipe.split.by}"),
        ("sampler", f"{tuning.sampler}, {tuning.startup} trials at random first, seed {tuning.seed}"),
        ("pruner", f"{tuning.pruner}, every trial is given {tuning.warmup} epochs"),
        ("study", f"{job.place.name!r} in {storage}"),
        ("versions", ", ".join(f"{name} {number}" for name, number in versions.items())),
    )
