from __future__ import annotations

from pathlib import Path

from ictal.apps.compare_grid import describe_grid
from ictal.evaluation.dataset import Estimate
from ictal.experiments.grid import Cell, CellResult, Grid


def test_a_row_for_each_cell() -> None:
    figures = {"balanced_accuracy": Estimate(0.8214, 4, 0.7, 0.9), "pr_auc": Estimate(0.5, 1)}
    good = CellResult(Cell("runs/zoo-vit.toml", "stft", 2, 5), Path("a"), figures, "all-positive")
    bad = CellResult(Cell("zoo-eegnet", "", 3, 10), Path("b"), {}, problem="no seizure")
    assert describe_grid(Grid((good, bad), Path("grid.tsv"))).splitlines() == [
        "model       features  classes  folds  balanced accuracy  PR-AUC  AUROC  sample F1  event F1"
        "  false alarms /24 h  detector",
        "zoo-vit     stft      2        5      0.82 (0.70–0.90)   0.50    –      –          –       "
        "  –                   all-positive",
        "zoo-eegnet  signal    3        10     –                  –       –      –          –       "
        "  –                   –",
    ]
