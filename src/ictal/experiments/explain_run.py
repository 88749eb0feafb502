"""What counts on average in the hits, misses, false alarms and background of a finished run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ictal.core.errors import IctalError, ParameterError, check_option
from ictal.data.portions import Split, read_splits
from ictal.evaluation.categories import CATEGORIES
from ictal.evaluation.folds import folder_of
from ictal.experiments.explained_fold import ExplainedFold, FoldToExplain, check_method, explain_fold, read_unseen
from ictal.experiments.jobs import WorkerDiedError, work_off
from ictal.experiments.recipe import read_recipe
from ictal.experiments.run_record import RECIPE, describe_data, read_run
from ictal.experiments.train import open_recipe_store, resolve_recipe
from ictal.explain.averages import AverageAttribution, SubjectMean
from ictal.explain.averages_file import open_averages
from ictal.explain.table import METHODS
from ictal.plots.average import draw_average
from ictal.plots.explained import describe_attribution
from ictal.plots.files import write_figure
from ictal.reports.pictures import Picture, embed
from ictal.training.train import DETECTOR

Progress = Callable[..., None]
KINDS = ("train", "crossval")
SPLITS = "splits.json"
PER_CATEGORY = 30


@dataclass(frozen=True, eq=False)
class ExplainedRun:
    """What was explained.

    Attributes
    ----------
    folder : Path
        Holds ``averages.npz``, ``averages.json`` and ``averages.tsv``; the averages of each subject are read from there
        by :func:`ictal.explain.averages_file.read_averages`.
    method : str
    side : {"test", "validation"}
        What the windows are of.
    averages : tuple of AverageAttribution
        Over subjects, for each class and category of which there is a window.
    pictures : tuple of Path
        Of these averages: ``averages.png`` and ``averages.svg``.
    """

    folder: Path
    method: str
    side: str
    averages: tuple[AverageAttribution, ...]
    pictures: tuple[Path, ...]

    def describe(self) -> tuple[str, ...]:
        """Return in words what counted in each category, and in how many windows."""
        return tuple(
            f"{one.class_name} {one.category}: {describe_attribution(one.mean)}; "
            f"{one.n_windows} windows of {one.n_subjects} subjects"
            for one in self.averages
        )

    def show(self) -> tuple[str, Picture]:
        """Return the picture for the report of the run, with its title."""
        alt = "For each class and category a head, the bands and the seconds, shaded by their share of what counted."
        caption = f"Windows of the {self.side} side, each normalised to shares; subjects count the same."
        return f"Averages by {self.method}", embed(draw_average(self.averages), "svg", alt, caption)


def explain_run(
    folder: Path,
    output: Path,
    *,
    method: str = "saliency",
    data: Path | None = None,
    per_category: int = PER_CATEGORY,
    seed: int = 0,
    n_jobs: int = 1,
    progress: Progress = lambda share, text="": None,
) -> ExplainedRun:
    """Average the explanations of the hits, misses, false alarms and background of a run, by subject and over subjects.

    The windows of each subject are explained by the detector of the fold that was tested on it. Of a training that
    tested nobody they are those of the validation side.

    Parameters
    ----------
    folder : Path
        Of ``ictal train`` or ``ictal crossval``.
    output : Path
        Where the averages are written.
    method : str
        One of :data:`ictal.explain.table.METHODS`.
    data : Path, optional
        The corpus or the store, in place of where the run had it.
    per_category : int
        Windows of a category that are explained of each subject, at most.
    seed : int
        Of the choice of windows, and of methods that draw at random.
    n_jobs : int
        Folds side by side; what is written does not depend on it.
    progress : callable
        Called with the share that is done and a text.

    Raises
    ------
    ParameterError
        If the folder is of another kind of run, the data are not those of the run, or the method does not fit.
    LeakageError
        If a detector knows a subject that it would explain.
    RecordingError, OutputError
        If a file is missing or damaged, or cannot be written.
    """
    check_option("method", method, METHODS)
    if per_category < 1:
        raise ParameterError(f"windows per category: {per_category!r} is not allowed; it must be 1 or more.")
    record = read_run(folder)
    if record.kind not in KINDS:
        raise ParameterError(f"{folder}: is a run of kind {record.kind!r}; allowed are {', '.join(KINDS)}.")
    recipe = resolve_recipe(read_recipe(folder / RECIPE), data, None)
    store = open_recipe_store(recipe, n_jobs=n_jobs, progress=progress)
    if describe_data(store)["sha256"] != record.content["data"]["sha256"]:
        raise ParameterError(f"{store.folder}: its signals are not those of the run; give the data it was made with.")
    folds = [
        FoldToExplain(place, store.folder, split, recipe, method, per_category, seed)
        for place, split in list_folds(folder, record.kind)
    ]
    for fold in folds:
        detector, _ = read_unseen(fold.split, fold.folder, store)
        check_method(detector, method)
    return merge_folds(explain_folds(folds, n_jobs, progress), output, folds[0])


def list_folds(folder: Path, kind: str) -> list[tuple[Path, Split]]:
    """Return the folder and the split of each fold that is trained.

    Raises
    ------
    ParameterError
        If there is none.
    """
    splits = read_splits(folder / SPLITS)
    places = [(folder / folder_of(split.name) if kind == "crossval" else folder, split) for split in splits]
    trained = [(place, split) for place, split in places if (place / DETECTOR).is_file()]
    if not trained:
        raise ParameterError(f"{folder}: holds no trained detector; finish the run first.")
    return trained


def explain_folds(folds: Sequence[FoldToExplain], n_jobs: int, progress: Progress) -> Iterator[ExplainedFold]:
    """Yield what each fold explains, in their order."""
    n_done = 0

    def show(share: float) -> None:
        progress((n_done + share) / len(folds), folds[n_done].split.name)

    work = partial(answer_fold, progress=show) if min(n_jobs, len(folds)) <= 1 else answer_fold
    waiting: dict[str, ExplainedFold] = {}
    names = [fold.split.name for fold in folds]
    with work_off(work, folds, n_jobs) as answers:
        for fold, answer in answers:
            if isinstance(answer, IctalError):
                raise IctalError(f"{fold.split.name}: {answer}") if isinstance(answer, WorkerDiedError) else answer
            waiting[fold.split.name] = answer
            n_done += 1
            progress(n_done / len(folds), "")
            while names and names[0] in waiting:
                yield waiting.pop(names.pop(0))


def answer_fold(fold: FoldToExplain, progress: Progress = lambda share: None) -> ExplainedFold | IctalError:
    """Explain a fold; its errors are answers, so that they come back from another process."""
    try:
        return explain_fold(fold, progress)
    except IctalError as problem:
        return problem


def merge_folds(explained: Iterable[ExplainedFold], output: Path, asked: FoldToExplain) -> ExplainedRun:
    """Write the averages of all subjects, and those over subjects; one fold at a time is held.

    Parameters
    ----------
    explained : iterable of ExplainedFold
    output : Path
    asked : FoldToExplain
        Any of the folds: what is asked is the same of all.

    Raises
    ------
    ParameterError
        If nothing in any window speaks for its class, or folds differ in leads, frequencies or columns.
    OutputError
        If a file cannot be written.
    """
    classes = asked.recipe.scheme.classes
    facts: dict[str, Any] = {
        "run": asked.recipe.name,
        "method": asked.method,
        "seed": asked.seed,
        "per_category": asked.per_category,
        "classes": list(classes),
        "folds": [],
    }
    over_subjects: dict[tuple[str, str], SubjectMean] = {}
    side = ""
    with open_averages(output, facts) as writer:
        for fold in explained:
            side = fold.side
            facts["folds"].append({"name": fold.name, "detector": fold.fingerprint, "side": side})
            for average in fold.averages:
                writer.add(average)
                over_subjects.setdefault((average.class_name, average.category), SubjectMean()).add(average)
        if not over_subjects:
            raise ParameterError(f"{asked.method}: nothing in any window speaks for its class; try another method.")
        averages = in_order([mean.average for mean in over_subjects.values()], classes)
        for average in averages:
            writer.add(average)
    return ExplainedRun(output, asked.method, side, averages, write_figure(output / "averages", draw_average(averages)))


def in_order(averages: Iterable[AverageAttribution], classes: Sequence[str]) -> tuple[AverageAttribution, ...]:
    """Return averages sorted by class, then hits, misses, false alarms and background."""
    places = {
        (name, category): (row, column)
        for row, name in enumerate(classes)
        for column, category in enumerate(CATEGORIES)
    }
    return tuple(sorted(averages, key=lambda one: places[one.class_name, one.category]))
