"""A grid of cross-validations: models × features × classes × folds, each cell a run of its own, one table of all."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ictal.core.errors import IctalError, ParameterError, check_option
from ictal.data.schemes import SeizureScheme, SeizureTypeScheme
from ictal.evaluation.dataset import Estimate
from ictal.experiments.crossval import CrossValidation, crossval_recipe
from ictal.experiments.recipe import Recipe, read_recipe
from ictal.features.tables import FRONTS
from ictal.io.atomic import atomic_write, ensure_folder

TABLE = "grid.tsv"

FIGURES = {
    "balanced_accuracy": "balanced accuracy",
    "pr_auc": "PR-AUC",
    "auroc": "AUROC",
    "sample_f1": "sample F1",
    "event_f1": "event F1",
    "false_alarms_per_day": "false alarms /24 h",
}
"""What is told of a cell: averages over subjects."""

SCHEMES = {2: SeizureScheme(), 3: SeizureTypeScheme()}
"""Classes of a cell → what they are: background and seizure, or background, focal and generalised."""

Progress = Callable[..., None]


@dataclass(frozen=True)
class Cell:
    """One cross-validation of a grid.

    Attributes
    ----------
    recipe : str
        As it was named.
    features : str
        A name of :data:`~ictal.features.tables.FRONTS`, or ``""`` where the model reads the signal itself.
    n_classes, n_folds : int
    """

    recipe: str
    features: str
    n_classes: int
    n_folds: int

    @property
    def name(self) -> str:
        """Of its folder.

        Examples
        --------
        >>> Cell("zoo-vit", "stft", 2, 5).name
        'zoo-vit-stft-2-classes-5-folds'
        """
        stem = "-".join(part for part in (Path(self.recipe).stem, self.features) if part)
        return f"{stem}-{self.n_classes}-classes-{self.n_folds}-folds"


@dataclass(frozen=True, eq=False)
class CellResult:
    """What came of a cell.

    Attributes
    ----------
    cell : Cell
    folder : Path
    figures : dict of str to Estimate
        Each of :data:`FIGURES`; empty where there is a problem.
    behaviour : str
        See :func:`~ictal.evaluation.behaviour.name_behaviour`: figures of events say nothing of a detector that claims
        everything.
    problem : str
        Why there are no figures.
    """

    cell: Cell
    folder: Path
    figures: Mapping[str, Estimate]
    behaviour: str = ""
    problem: str = ""


@dataclass(frozen=True, eq=False)
class Grid:
    """What ``ictal compare --grid`` did.

    Attributes
    ----------
    results : tuple of CellResult
        In the order of the cells.
    table : Path
        The same as a table.
    """

    results: tuple[CellResult, ...]
    table: Path


def compare_grid(
    recipes: Sequence[Path | str],
    output: Path,
    *,
    features: Sequence[str] = (),
    classes: Sequence[int] = (2,),
    folds: Sequence[int] = (5,),
    data: Path | None = None,
    changes: Mapping[str, str] | None = None,
    n_jobs: int = 1,
    progress: Progress = lambda share, text="": None,
    tell: Callable[[CellResult], None] = lambda result: None,
) -> Grid:
    """Cross-validate every cell of a grid, and put what came of them into one table.

    Parameters
    ----------
    recipes : sequence of path
        As :func:`~ictal.experiments.recipe.read_recipe` takes them: one for each model.
    output : Path
        Each cell has a folder in it. A grid that was stopped goes on there; cells that are finished are read.
    features : sequence of str
        Names of :data:`~ictal.features.tables.FRONTS`; those of each recipe where none is named. They do not concern
        a model that reads the signal itself.
    classes : sequence of int
        2 or 3; see :data:`SCHEMES`.
    folds : sequence of int
        By subject.
    data, changes, n_jobs, progress
        See :func:`~ictal.experiments.crossval.crossval_recipe`.
    tell : callable
        Called with each cell that has come to an end.

    Returns
    -------
    Grid
        A cell that fails says why, and the others are run nevertheless.

    Raises
    ------
    ParameterError, RecordingError
        If a recipe, a feature or a number is not allowed; nothing has been done then.
    IctalError
        If not one cell could be finished; the reason of the first is told.
    """
    planned = [(cell, vary_recipe(cell, changes)) for cell in plan_cells(recipes, features, classes, folds)]
    results: list[CellResult] = []
    for number, (cell, recipe) in enumerate(planned):

        def share(done: float, text: str = "", cell: Cell = cell, number: int = number) -> None:
            progress((number + done) / len(planned), f"{cell.name} {text}".strip())

        result = _run_cell(cell, recipe, output / cell.name, data=data, n_jobs=n_jobs, progress=share)
        tell(result)
        results.append(result)
    if all(result.problem for result in results):
        raise IctalError(f"not one cell could be finished; {results[0].cell.name}: {results[0].problem}")
    table = ensure_folder(output) / TABLE
    with atomic_write(table) as file:
        file.write(format_grid(results).encode())
    return Grid(tuple(results), table)


def plan_cells(
    recipes: Sequence[Path | str], features: Sequence[str], classes: Sequence[int], folds: Sequence[int]
) -> tuple[Cell, ...]:
    """Return the cells of a grid: models first, then features, classes and folds.

    Raises
    ------
    ParameterError
        If there is no recipe, or a feature or a number is not allowed.

    Examples
    --------
    >>> [cell.name for cell in plan_cells(["zoo-vit", "zoo-eegnet"], ["stft", "mel"], [2], [5])]
    ['zoo-vit-stft-2-classes-5-folds', 'zoo-vit-mel-2-classes-5-folds', 'zoo-eegnet-2-classes-5-folds']
    """
    if not recipes:
        raise ParameterError("grid: no recipe came; name one for each model.")
    for name in features:
        check_option("features", name, FRONTS)
    for n_classes in classes:
        check_option("classes", n_classes, SCHEMES)
    if any(n_folds < 2 for n_folds in folds):
        raise ParameterError(f"folds: {min(folds)} is not allowed; two or more are needed.")
    cells = []
    for recipe in recipes:
        own = (read_recipe(recipe).model.features or {}).get("features", "")
        asked = (features or [own]) if own else [""]
        cells += [Cell(str(recipe), *rest) for rest in itertools.product(asked, classes, folds)]
    return tuple(cells)


def vary_recipe(cell: Cell, changes: Mapping[str, str] | None = None) -> Recipe:
    """Return the recipe of a cell.

    Examples
    --------
    >>> recipe = vary_recipe(Cell("zoo-vit", "mel", 3, 10))
    >>> recipe.model.features["features"], len(recipe.scheme.classes), recipe.split.by
    ('mel', 3, 'subject:10')
    """
    recipe = read_recipe(cell.recipe, changes)
    varied: dict[str, Any] = {
        "scheme": SCHEMES[cell.n_classes],
        "split": recipe.split.model_copy(update={"by": f"subject:{cell.n_folds}"}),
    }
    if cell.features and recipe.model.features is not None:
        features = {**recipe.model.features, "features": cell.features}
        varied["model"] = recipe.model.model_copy(update={"features": features})
    return recipe.model_copy(update=varied)


def format_grid(results: Sequence[CellResult]) -> str:
    """Return the table as tab-separated text: a row for each cell, intervals behind their figures."""
    columns = ["recipe", "features", "classes", "folds"]
    columns += [name for figure in FIGURES for name in (figure, f"{figure}_low", f"{figure}_high")]
    lines = ["\t".join([*columns, "behaviour", "problem", "run"])]
    for result in results:
        cell = result.cell
        row = [Path(cell.recipe).stem, cell.features or "n/a", str(cell.n_classes), str(cell.n_folds)]
        for name in FIGURES:
            estimate = result.figures.get(name, Estimate(math.nan, 0))
            row += [_number(value) for value in (estimate.value, estimate.low, estimate.high)]
        lines.append("\t".join([*row, result.behaviour or "n/a", result.problem or "n/a", result.folder.name]))
    return "\n".join(lines) + "\n"


def _run_cell(cell: Cell, recipe: Recipe, folder: Path, **how: Any) -> CellResult:
    try:
        run: CrossValidation = crossval_recipe(recipe, folder, **how)
    except IctalError as problem:
        return CellResult(cell, folder, {}, problem=str(problem))
    figures = {name: run.measures.average[name] for name in FIGURES}
    return CellResult(cell, folder, figures, run.measures.whole.behaviour)


def _number(value: float) -> str:
    return "n/a" if math.isnan(value) else f"{value:.4f}"
