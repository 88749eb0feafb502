"""A grid of cross-validations as text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from ictal.apps.compare_table import align
from ictal.evaluation.dataset import Estimate
from ictal.experiments.grid import FIGURES, Grid


def describe_grid(grid: Grid) -> str:
    """Return the table of a grid: averages over subjects, with their intervals.

    Parameters
    ----------
    grid : Grid
        From :func:`ictal.experiments.grid.compare_grid`.
    """
    rows = [["model", "features", "classes", "folds", *FIGURES.values(), "detector"]]
    for result in grid.results:
        cell = result.cell
        head = [Path(cell.recipe).stem, cell.features or "signal", str(cell.n_classes), str(cell.n_folds)]
        rows.append([*head, *(show_estimate(result.figures, name) for name in FIGURES), result.behaviour or "–"])
    return "\n".join(align(rows))


def show_estimate(figures: Mapping[str, Estimate], name: str) -> str:
    """Return a figure with its interval in brackets.

    Examples
    --------
    >>> show_estimate({"auroc": Estimate(0.5, 2, 0.25, 1.0)}, "auroc"), show_estimate({}, "auroc")
    ('0.50 (0.25–1.00)', '–')
    """
    estimate = figures.get(name)
    if estimate is None or math.isnan(estimate.value):
        return "–"
    interval = f" ({estimate.low:.2f}–{estimate.high:.2f})" if estimate.has_interval else ""
    return f"{estimate.value:.2f}{interval}"
