"""What a study knows of its trials, as rows: ranked, as a table, and what they say about which settings matter."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ictal.experiments.search_space import read_values
from ictal.experiments.study import quiet_optuna
from ictal.experiments.tuning_settings import SearchSpace
from ictal.reports.tuning_report import FAILED, FINISHED, PRUNED, RUNNING, TrialRow
from ictal.training.metrics import LOWER_IS_BETTER

if TYPE_CHECKING:
    import optuna

REASON = "reason"
"""Under which a trial notes why it failed."""

KILLED = "the process that worked on it was killed"

FEWEST = 4
"""Finished trials from which on it is asked which settings matter."""

_STATES = {"COMPLETE": FINISHED, "PRUNED": PRUNED, "FAIL": FAILED, "RUNNING": RUNNING, "WAITING": RUNNING}


def list_rows(study: optuna.Study, space: Mapping[str, SearchSpace]) -> tuple[TrialRow, ...]:
    """Return all trials of a study, by their number."""
    return tuple(row_of(trial, space) for trial in study.get_trials(deepcopy=False))


def row_of(trial: optuna.trial.FrozenTrial, space: Mapping[str, SearchSpace]) -> TrialRow:
    """Return what a study knows of one trial."""
    state = _STATES[trial.state.name]
    curve = tuple(sorted(trial.intermediate_values.items()))
    return TrialRow(
        number=trial.number,
        state=state,
        value=None if state in (FAILED, RUNNING) else trial.value,
        settings=read_values(trial.params, space),
        curve=curve,
        seconds=None if trial.duration is None else trial.duration.total_seconds(),
        reason=str(trial.user_attrs.get(REASON, KILLED)) if state == FAILED else "",
    )


def rank_rows(rows: Sequence[TrialRow], monitor: str) -> tuple[TrialRow, ...]:
    """Return the finished trials, the best first, and of equals the earlier.

    Examples
    --------
    >>> rows = [TrialRow(0, "finished", 0.5), TrialRow(1, "pruned", 0.9), TrialRow(2, "finished", 0.7)]
    >>> [row.number for row in rank_rows(rows, "pr_auc")], [row.number for row in rank_rows(rows, "loss")]
    ([2, 0], [0, 2])
    """
    sign = 1.0 if monitor in LOWER_IS_BETTER else -1.0
    finished = [row for row in rows if row.state == FINISHED and row.value is not None]
    return tuple(sorted(finished, key=lambda row: (sign * (0.0 if row.value is None else row.value), row.number)))


def format_rows(rows: Sequence[TrialRow], keys: Sequence[str]) -> str:
    """Return trials as CSV: number, state, value, epochs, seconds, a column for each setting, and the reason."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["trial", "state", "value", "epochs", "seconds", *keys, "reason"])
    for row in rows:
        settings = [_cell(row.settings[key]) if key in row.settings else "" for key in keys]
        seconds = "" if row.seconds is None else f"{row.seconds:.1f}"
        value = "" if row.value is None else repr(row.value)
        table.writerow([row.number, row.state, value, row.epochs, seconds, *settings, row.reason])
    return text.getvalue()


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def measure_importance(rows: Sequence[TrialRow], space: Mapping[str, SearchSpace], seed: int = 0) -> dict[str, float]:
    """Return the share of each setting in how much the finished trials differ, the largest first.

    Parameters
    ----------
    rows : sequence of TrialRow
    space : mapping of str to SearchSpace
        Settings that were searched on a logarithmic scale are weighed on it.
    seed : int
        Of the random forest.

    Returns
    -------
    dict of str to float
        They add up to 1; empty where fewer than :data:`FEWEST` trials have finished or all are worth the same.

    References
    ----------
    Hutter, Hoos and Leyton-Brown, An efficient approach for assessing hyperparameter importance, ICML 2014 (fANOVA).
    """
    import optuna

    finished = [row for row in rows if row.state == FINISHED and row.settings.keys() == space.keys()]
    if len(finished) < FEWEST or len({row.value for row in finished}) == 1:
        return {}
    distributions = {key: _flat_distribution(values) for key, values in space.items()}
    with quiet_optuna():
        study = optuna.create_study()
        for row in finished:
            params = {key: _flat_value(row.settings[key], values) for key, values in space.items()}
            study.add_trial(optuna.create_trial(value=row.value, params=params, distributions=distributions))
        evaluator = optuna.importance.FanovaImportanceEvaluator(seed=seed)
        found = optuna.importance.get_param_importances(study, evaluator=evaluator)
    return {key: float(share) for key, share in found.items()}


def _flat_distribution(values: SearchSpace) -> optuna.distributions.BaseDistribution:
    import optuna

    if values.choices is not None:
        return optuna.distributions.CategoricalDistribution(tuple(range(len(values.choices))))
    low, high = (_flat_value(number, values) for number in values.extremes)
    return optuna.distributions.FloatDistribution(low, high)


def _flat_value(value: Any, values: SearchSpace) -> float | int:
    if values.choices is not None:
        return values.choices.index(value)
    return math.log(value) if values.log else float(value)
