"""Trials as rows: ranked by what they are worth, as a table, and by which of their settings it matters."""

from __future__ import annotations

import csv
import io

import numpy as np
import optuna
import pytest

from ictal.experiments.trial_rows import KILLED, REASON, format_rows, list_rows, measure_importance, rank_rows
from ictal.experiments.tuning_settings import SearchSpace
from ictal.reports.tuning_report import TrialRow

SPACE = {
    "lr": SearchSpace(low=1e-4, high=1e-1, log=True),
    "loss": SearchSpace(choices=({"loss": "focal"}, {"loss": "cross-entropy"})),
}


def test_what_becomes_of_a_trial_is_read_from_the_study() -> None:
    study = optuna.create_study(direction="maximize")

    def work(trial: optuna.Trial) -> float:
        trial.suggest_float("lr", 1e-4, 1e-1, log=True)
        trial.suggest_categorical("loss", ['{"loss": "focal"}', '{"loss": "cross-entropy"}'])
        trial.report(0.5, 1)
        trial.report(0.7, 2)
        if trial.number == 1:
            raise optuna.TrialPruned
        if trial.number == 2:
            trial.set_user_attr(REASON, "out of memory")
        if trial.number >= 2:
            raise MemoryError
        return 0.7

    optuna.logging.set_verbosity(optuna.logging.CRITICAL)
    study.optimize(work, n_trials=4, catch=(MemoryError,))
    study.ask()
    rows = list_rows(study, SPACE)
    assert [row.state for row in rows] == ["finished", "pruned", "failed", "failed", "running"]
    assert [row.value for row in rows] == [0.7, 0.7, None, None, None]
    assert [row.reason for row in rows] == ["", "", "out of memory", KILLED, ""]
    assert [row.epochs for row in rows] == [2, 2, 2, 2, 0]
    assert rows[0].settings["loss"] in SPACE["loss"].extremes
    assert rows[4].settings == {}
    assert [row.has_ended for row in rows] == [True, True, True, True, False]
    table = list(csv.DictReader(io.StringIO(format_rows(rows, list(SPACE)))))
    assert [float(one["value"]) for one in table[:2]] == [0.7, 0.7]
    assert [one["reason"] for one in table] == [row.reason for row in rows]
    assert float(table[0]["lr"]) == rows[0].settings["lr"]


def test_of_equals_the_earlier_is_better_and_only_finished_ones_count() -> None:
    rows = [TrialRow(n, "finished", value) for n, value in enumerate([0.5, 0.9, 0.9, 0.1])]
    rows += [TrialRow(4, "pruned", 0.99), TrialRow(5, "failed")]
    assert [row.number for row in rank_rows(rows, "pr_auc")] == [1, 2, 0, 3]
    assert [row.number for row in rank_rows(rows, "false_alarms_per_day")] == [3, 0, 1, 2]


def tried(n_trials: int, noise: float = 0.0) -> list[TrialRow]:
    """Trials whose value depends on the order of magnitude of the learning rate alone."""
    rng = np.random.default_rng(0)
    rows = []
    for number in range(n_trials):
        lr, loss = 10 ** rng.uniform(-4, -1), SPACE["loss"].extremes[number % 2]
        rows.append(TrialRow(number, "finished", float(np.log10(lr) + noise * rng.normal()), {"lr": lr, "loss": loss}))
    return rows


def test_the_setting_that_decides_matters_most() -> None:
    shares = measure_importance(tried(40, noise=0.05), SPACE)
    assert list(shares) == ["lr", "loss"]
    assert sum(shares.values()) == pytest.approx(1.0)
    assert shares["lr"] > 0.95
    assert measure_importance(tried(6), SPACE) == measure_importance(tried(6), SPACE)


@pytest.mark.parametrize(
    "rows", [tried(3), [TrialRow(n, "finished", 0.5, {"lr": 1e-3, "loss": {"loss": "focal"}}) for n in range(9)]]
)
def test_of_too_few_or_equal_trials_nothing_is_said(rows: list[TrialRow]) -> None:
    assert measure_importance(rows, SPACE) == {}
