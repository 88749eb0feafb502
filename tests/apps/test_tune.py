"""What ``ictal tune`` says."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from ictal.apps.tune import describe_tuning
from ictal.reports.tuning_report import TrialRow

ROWS = (
    TrialRow(0, "finished", 0.81234, {"training.optimizer.lr": 1e-3}),
    TrialRow(1, "pruned", 0.4),
    TrialRow(2, "failed"),
    TrialRow(3, "finished", 0.9),
)


def test_the_best_trial_and_where_it_stands_are_told() -> None:
    tuning = SimpleNamespace(
        trials=ROWS,
        best=(ROWS[0],),
        monitor="pr_auc",
        importance={"training.optimizer.lr": 0.8, "training.batch_size": 0.2},
        recipes=(Path("run", "top", "1.toml"),),
        report=Path("run", "report.html"),
    )
    assert describe_tuning(tuning) == [
        "trials    4 trials: 2 finished, 1 pruned, 1 failed",
        "best      trial 0: pr_auc 0.8123 on the validation side, which chose it",
        "          training.optimizer.lr = 0.001",
        "mattered  training.optimizer.lr most: 80 % of the differences",
        f"recipes   {Path('run', 'top')}: 1",
        f"report    {Path('run', 'report.html')}",
    ]
