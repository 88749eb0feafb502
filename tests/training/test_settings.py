import json

import pytest

from ictal.core.errors import ParameterError
from ictal.core.windows import WindowGrid
from ictal.data.balance import Undersample
from ictal.data.schemes import PreictalScheme
from ictal.io.configuration import read_configuration
from ictal.training.settings import TaskSettings, TrainingSettings, WindowSettings

CHANGED = {
    "windows": {"length": 8.0, "training_step": 4.0},
    "scheme": {"scheme": "preictal", "horizon": 600.0},
    "balance": {"balance": "undersample", "ratio": 0.25},
    "augmentation": {"steps": [{"augmentation": "amplitude", "factor": [0.5, 2.0]}]},
    "training": {
        "optimizer": {"optimizer": "sgd", "lr": 0.1},
        "schedule": {"schedule": "cosine", "warm_up": 1.0},
        "loss": {"loss": "focal"},
        "monitor": "event_f1",
    },
}


def test_plain_settings_become_the_parts_that_they_name_and_come_back() -> None:
    task = read_configuration(TaskSettings, CHANGED, "mine.toml")
    assert task.balance == Undersample(ratio=0.25)
    assert task.scheme == PreictalScheme(horizon=600.0)
    assert task.training.optimizer.lr == 0.1
    assert read_configuration(TaskSettings, json.loads(task.model_dump_json()), "again") == task


def test_training_looks_at_the_windows_of_the_detector_unless_told_otherwise() -> None:
    assert WindowSettings().training_grid == WindowSettings().grid == WindowGrid(4.0, 1.0)
    assert WindowSettings(training_step=2.0).training_grid == WindowGrid(4.0, 2.0)


@pytest.mark.parametrize(
    ("training", "message"),
    [
        ({"loss": {"loss": "focl"}}, "training.loss: loss: 'focl' is not allowed; .*Did you mean 'focal'"),
        (
            {"optimizer": {"optimizer": "adam", "learning_rate": 1}},
            "training.optimizer: .*'learning_rate' is not allowed",
        ),
        ({"schedule": {"schedule": "cosine", "warm_up": -1}}, "training.schedule: cosine warm_up: .*-1 came"),
        ({"monitor": "test_f1"}, "training.monitor: Input should be 'loss', 'auroc'.*'test_f1' came"),
        ({"ema": 1.0}, "training.ema: Input should be less than 1; 1.0 came"),
    ],
)
def test_what_is_not_allowed_is_told_by_its_key(training: dict[str, object], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        read_configuration(TaskSettings, {"training": training}, "mine.toml")


def test_defaults_stop_at_nothing() -> None:
    assert TrainingSettings().patience is None
