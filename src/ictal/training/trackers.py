"""Where the figures of each epoch go while a training runs, by the names that recipes use.

Each is a logger of Lightning. Nothing leaves this machine unless the owner of an account asks for it: Weights & Biases
writes into the folder, to be sent by ``wandb sync``, unless ``WANDB_MODE=online`` is set; MLflow writes into the folder
unless ``MLFLOW_TRACKING_URI`` names a server.
"""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lightning.pytorch.loggers import Logger, MLFlowLogger, TensorBoardLogger, WandbLogger

from ictal.core.errors import ParameterError
from ictal.core.tables import Table
from ictal.io.atomic import atomic_write
from ictal.training.checkpoint import FREE
from ictal.training.settings import TrainingSettings

TRACKERS = Table(
    "tracker",
    {
        "csv": "ictal.training.trackers:MetricsTable",
        "tensorboard": "ictal.training.trackers:make_tensorboard",
        "wandb": "ictal.training.trackers:make_wandb",
        "mlflow": "ictal.training.trackers:make_mlflow",
    },
)
"""Name → what makes it, given the folder of a run."""

NEEDS = {"tensorboard": "tensorboard", "wandb": "wandb", "mlflow": "mlflow"}
"""Name → the package that it needs."""

METRICS = "metrics.csv"


@contextmanager
def open_trackers(
    names: Sequence[str], folder: Path | None, settings: TrainingSettings
) -> Iterator[tuple[Logger, ...]]:
    """Give those that are asked for, and before them the table and, where it is installed, TensorBoard.

    Weights & Biases has one run at a time in a process; it is over when the block is left.

    Parameters
    ----------
    names : sequence of str
        Of :data:`TRACKERS`.
    folder : Path or None
        Of the run; without one there is nothing to track.
    settings : TrainingSettings
        They are told to each.

    Raises
    ------
    ParameterError
        If a name is unknown, or its package is not installed.
    """
    if folder is None:
        yield ()
        return
    always = ["csv", *(["tensorboard"] if _is_installed("tensorboard") else [])]
    opened: list[Logger] = []
    for name in dict.fromkeys([*always, *names]):
        make = TRACKERS.load(name)
        if not _is_installed(name):
            raise ParameterError(f"tracker: {name!r} needs a package that is not there; pip install 'ictal[track]'.")
        opened.append(make(folder))
    try:
        for one in opened:
            one.log_hyperparams(settings.model_dump(mode="json", exclude=set(FREE)))
        yield tuple(opened)
    finally:
        for one in opened:
            if isinstance(one, WandbLogger):
                one.experiment.finish()


def _is_installed(name: str) -> bool:
    return name not in NEEDS or importlib.util.find_spec(NEEDS[name]) is not None


class MetricsTable(Logger):
    """``metrics.csv``, a line for each epoch.

    A training that goes on from an earlier epoch replaces the lines that come after it.

    Parameters
    ----------
    folder : Path
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._path = folder / METRICS

    @property
    def name(self) -> str:
        """Of the run."""
        return ""

    @property
    def version(self) -> str:
        """There is one."""
        return ""

    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        """They stand in the recipe of the run."""

    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        """Add the line of an epoch.

        Raises
        ------
        OutputError
            If the system refuses to write.
        """
        before = [row for row in _read_rows(self._path) if float(row["epoch"]) < metrics["epoch"]]
        rows: list[dict[str, Any]] = [*before, dict(metrics)]
        with atomic_write(self._path, "w") as file:
            table = csv.DictWriter(file, list(dict.fromkeys(key for row in rows for key in row)), lineterminator="\n")
            table.writeheader()
            table.writerows(rows)


def read_metrics(path: Path) -> list[dict[str, float]]:
    """Return the lines of a table of metrics; none where there is no table."""
    return [{key: float(value) for key, value in row.items() if value} for row in _read_rows(path)]


def _read_rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def make_tensorboard(folder: Path) -> Logger:
    """Return TensorBoard's event files, in ``tensorboard/``."""
    return TensorBoardLogger(folder, name="tensorboard", version="", default_hp_metric=False)


def make_wandb(folder: Path) -> Logger:
    """Return a run of Weights & Biases, in ``wandb/``; the same one where a training goes on."""
    import wandb

    run = wandb.init(
        project="ictal",
        name=folder.name,
        dir=folder,
        id=_run_name(folder),
        resume="allow",
        mode="online" if os.environ.get("WANDB_MODE") == "online" else "offline",
        settings=wandb.Settings(silent=True, console="off"),
    )
    return WandbLogger(experiment=run)


def make_mlflow(folder: Path) -> Logger:
    """Return a run of MLflow, in ``mlflow.db``; the same one where a training goes on."""
    from mlflow.tracking import MlflowClient

    # It tells of each table that it makes in its database.
    logging.getLogger("mlflow").setLevel(logging.WARNING)
    uri = os.environ.get("MLFLOW_TRACKING_URI", f"sqlite:///{folder.resolve()}/mlflow.db")
    name = _run_name(folder)
    client = MlflowClient(uri)
    experiment = client.get_experiment_by_name("ictal")
    known = client.search_runs([experiment.experiment_id], f"tags.run = '{name}'") if experiment is not None else []
    run_id = known[0].info.run_id if known else None
    return MLFlowLogger("ictal", run_name=folder.name, tracking_uri=uri, tags={"run": name}, run_id=run_id)


def _run_name(folder: Path) -> str:
    return hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
