"""How a training went, epoch by epoch: ``history.json``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ictal.core.errors import RecordingError
from ictal.io.atomic import atomic_write
from ictal.io.json_file import read_json_file

FILE = "history.json"
FORMAT = "ictal-history"
VERSION = 1


@dataclass(frozen=True)
class TrainingHistory:
    """The figures of each epoch.

    Parameters
    ----------
    monitor : str
        The figure of the validation that said which epoch is the best.
    best_epoch : int
        From 0 on.
    epochs : tuple of dict of str to float
        ``epoch``, ``lr``, ``train/loss`` and what the validation said, as ``validation/pr_auc``; NaN where undefined.
    """

    monitor: str
    best_epoch: int
    epochs: tuple[Mapping[str, float], ...]

    def column(self, name: str) -> list[float]:
        """Return a figure of each epoch; NaN where an epoch has none.

        Examples
        --------
        >>> TrainingHistory("f1", 1, ({"train/loss": 0.7}, {"train/loss": 0.2})).column("train/loss")
        [0.7, 0.2]
        """
        return [epoch.get(name, math.nan) for epoch in self.epochs]


def write_history(folder: Path, history: TrainingHistory) -> None:
    """Write ``history.json``.

    Raises
    ------
    OutputError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> history = TrainingHistory("f1", 0, ({"epoch": 0.0, "train/loss": 0.7},))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_history(Path(folder), history)
    ...     read_history(Path(folder)) == history
    True
    """
    head = {"format": FORMAT, "version": VERSION, "monitor": history.monitor, "best_epoch": history.best_epoch}
    rows = [{name: value if math.isfinite(value) else None for name, value in one.items()} for one in history.epochs]
    with atomic_write(folder / FILE, "w") as file:
        file.write(json.dumps({**head, "epochs": rows}, indent=1, allow_nan=False) + "\n")


def read_history(folder: Path) -> TrainingHistory:
    """Read what :func:`write_history` wrote.

    Raises
    ------
    RecordingError
        If the folder holds no history, or it is not as this version of ictal writes it.
    """
    path = folder / FILE
    content = read_json_file(path, "a history of a training", FORMAT, VERSION)
    try:
        epochs = tuple(
            {name: math.nan if value is None else float(value) for name, value in row.items()}
            for row in content["epochs"]
        )
        return TrainingHistory(str(content["monitor"]), int(content["best_epoch"]), epochs)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise RecordingError("is not a history as ictal writes it", file=path) from None
