"""A search space says what may be tried, and refuses what makes no sense before anything is tried."""

from __future__ import annotations

from typing import Any

import pytest

from ictal.core.errors import ParameterError
from ictal.experiments.tuning_settings import SearchSpace, TuningSettings
from ictal.io.configuration import read_configuration
from ictal.training.metrics import MONITORS


def read(**values: Any) -> TuningSettings:
    return read_configuration(TuningSettings, values, "mine.toml", under="tuning")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "give low and high, or choices"),
        ({"low": 1}, "give low and high, or choices"),
        ({"low": 1, "high": 2, "choices": [1]}, "not both"),
        ({"choices": [1], "log": True}, "not both"),
        ({"choices": []}, "at least one is needed, and each once"),
        ({"choices": [32, 64, 32]}, "at least one is needed, and each once"),
        ({"low": 2, "high": 2}, "low 2 is not below high 2"),
        ({"low": 0, "high": 1.0, "log": True}, "log needs low above 0 and no step"),
        ({"low": 1, "high": 9, "log": True, "step": 2}, "log needs low above 0 and no step"),
        ({"low": 0.0, "high": 1.0, "step": 0.3}, "step 0.3 does not lead from low 0.0 to high 1.0"),
        ({"low": 0.0, "high": 1.0, "step": 0}, "greater than 0"),
        ({"low": 0.0, "high": float("inf")}, "finite"),
        ({"low": 0.0, "hihg": 1.0}, "'hihg' is not allowed; .* Did you mean 'high'"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_key(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ParameterError, match=rf"mine.toml: tuning.space.training.clip.*{said}"):
        read(space={"training.clip": values})


def test_whole_numbers_are_those_that_are_written_so() -> None:
    assert SearchSpace(low=1, high=9, step=2).is_whole
    assert not SearchSpace(low=1, high=9, step=0.5).is_whole
    assert not SearchSpace(choices=(1, 2)).is_whole
    assert SearchSpace(low=0.0, high=0.3, step=0.1).extremes == (0.0, 0.3)


@pytest.mark.parametrize("name", ["test/pr_auc", "test_pr_auc", "test"])
def test_no_figure_of_the_test_can_be_monitored(name: str) -> None:
    with pytest.raises(ParameterError, match=r"tuning.monitor: Input should be 'loss', 'auroc', 'pr_auc'"):
        read(monitor=name)
    assert not [one for one in MONITORS if "test" in one]
