"""A grid is cross-validated cell by cell, and one that was stopped goes on."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.experiments.loud_corpus import write_loud_corpus, write_loud_recipe

from ictal.core.errors import IctalError, ParameterError
from ictal.experiments.grid import CellResult, Grid, compare_grid, plan_cells, vary_recipe
from ictal.experiments.stores import open_store
from ictal.preprocessing.chain import Chain

SMALL = {"training.epochs": "1"}
VIT = """\
name = "vit"

[model.config]
n_patches = 4
hidden = 16
n_layers = 1

[model.features]
features = "stft"
size = [16, 16]
segment = 0.5
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("grid")
    prepared = open_store(write_loud_corpus(folder / "corpus", 4), Chain(), stores=folder / "stores")
    (folder / "store").symlink_to(prepared.folder)
    write_loud_recipe(folder, model=VIT).rename(folder / "vit.toml")
    write_loud_recipe(folder)
    return folder


@pytest.fixture(scope="module")
def grid(place: Path) -> Grid:
    return run(place, [])


def run(place: Path, told: list[CellResult]) -> Grid:
    recipes = [place / "vit.toml", place / "loud.toml"]
    return compare_grid(
        recipes,
        place / "grid",
        features=["mel"],
        folds=[2],
        data=place / "store",
        changes=SMALL,
        tell=told.append,
    )


def test_every_cell_has_its_row(grid: Grid) -> None:
    names = ["vit-mel-2-classes-2-folds", "loud-2-classes-2-folds"]
    assert [result.cell.name for result in grid.results] == names
    with grid.table.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [(row["recipe"], row["features"]) for row in rows] == [("vit", "mel"), ("loud", "n/a")]
    for row, result in zip(rows, grid.results, strict=True):
        assert float(row["auroc"]) == pytest.approx(result.figures["auroc"].value, abs=1e-4)
        assert float(row["auroc_low"]) <= float(row["auroc"]) <= float(row["auroc_high"])
        assert (result.folder / "report.html").is_file()


def test_finished_cells_are_read(place: Path, grid: Grid) -> None:
    before = {path: path.stat().st_mtime_ns for path in (place / "grid").rglob("detector.ictal")}
    told: list[CellResult] = []
    again = run(place, told)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(told) == 2
    assert [one.figures for one in again.results] == [one.figures for one in grid.results]


@pytest.mark.usefixtures("grid")
def test_a_cell_that_fails_says_why_and_the_others_go_on(place: Path) -> None:
    """Four subjects cannot be in five folds."""
    loud = [place / "loud.toml"]
    made = compare_grid(loud, place / "grid", folds=[2, 5], data=place / "store", changes=SMALL).results
    assert (made[0].problem, bool(made[0].figures)) == ("", True)
    assert "5" in made[1].problem
    with pytest.raises(IctalError, match="not one cell could be finished; loud-2-classes-5-folds"):
        compare_grid([place / "loud.toml"], place / "none", folds=[5], data=place / "store", changes=SMALL)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (([], ["stft"], [2], [5]), "no recipe came"),
        ((["zoo-vit"], ["sftt"], [2], [5]), "Did you mean 'stft'"),
        ((["zoo-vit"], [], [4], [5]), "classes: 4 is not allowed; allowed are 2, 3"),
        ((["zoo-vit"], [], [2], [1]), "folds: 1 is not allowed"),
        ((["zoo-vitt"], [], [2], [5]), "Did you mean 'zoo-vit'"),
    ],
)
def test_what_is_not_allowed_is_refused(
    settings: tuple[list[str], list[str], list[int], list[int]], message: str
) -> None:
    with pytest.raises(ParameterError, match=message):
        plan_cells(*settings)


def test_a_cell_keeps_what_the_recipe_says_of_its_pictures() -> None:
    (cell,) = plan_cells(["zoo-lstm"], ["cwt"], [3], [10])
    varied = vary_recipe(cell, SMALL)
    assert varied.model.features == {"features": "cwt", "size": [100, 100], "scale": "decibel", "tiled": True}
    assert (varied.training.epochs, varied.split.by, varied.scheme.classes) == (
        1,
        "subject:10",
        ("bckg", "focal", "generalised"),
    )
