"""How far a training is, which epoch is the best, and whether to go on: all follows from the figures of the epochs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from torch import Tensor, nn

from ictal.training.metrics import LOWER_IS_BETTER
from ictal.training.settings import TrainingSettings


def find_best(figures: Sequence[float], monitor: str) -> int | None:
    """Return the epoch with the best figure, the first of equals; ``None`` where none is a finite number.

    Parameters
    ----------
    figures : sequence of float
        The monitored figure of each epoch; one that is not finite is never the best.
    monitor : str
        Its name, one of :data:`ictal.training.metrics.MONITORS`.

    Examples
    --------
    >>> find_best([0.5, float("nan"), 0.7, 0.7], "pr_auc"), find_best([0.5, 0.7], "loss"), find_best([], "loss")
    (2, 0, None)
    """
    sign = -1.0 if monitor in LOWER_IS_BETTER else 1.0
    epochs = [epoch for epoch, figure in enumerate(figures) if math.isfinite(figure)]
    return max(epochs, key=lambda epoch: sign * figures[epoch], default=None)


def is_stalled(figures: Sequence[float], monitor: str, patience: int | None) -> bool:
    """Whether so many epochs have passed without a better figure; an endless patience, ``None``, never ends.

    Examples
    --------
    >>> is_stalled([0.5, 0.4, 0.4], "pr_auc", patience=2), is_stalled([0.5, 0.4, 0.6], "pr_auc", patience=2)
    (True, False)
    """
    if patience is None:
        return False
    best = find_best(figures, monitor)
    return len(figures) - (0 if best is None else best + 1) >= patience


@dataclass(frozen=True, eq=False)
class Standing:
    """How far a training is.

    Attributes
    ----------
    history : tuple of mapping of str to float
        The figures of each epoch.
    best_weights : dict of str to Tensor
        The state of the network after the best epoch, on the processor.
    finished : bool
        Whether no epoch is to come.
    """

    history: tuple[Mapping[str, float], ...] = ()
    best_weights: Mapping[str, Tensor] = field(default_factory=dict)
    finished: bool = False

    def encode(self) -> dict[str, Any]:
        """Return it as plain values and tensors."""
        return {"history": self.history, "best_weights": self.best_weights, "finished": self.finished}

    def monitored(self, monitor: str) -> list[float]:
        """Return the figure of each epoch, NaN where the validation did not say it."""
        return [row.get(f"validation/{monitor}", math.nan) for row in self.history]

    def best_epoch(self, monitor: str) -> int:
        """Return the epoch with the best figure; the last one as long as none was a number."""
        best = find_best(self.monitored(monitor), monitor)
        return len(self.history) - 1 if best is None else best

    def add(self, row: Mapping[str, float], network: nn.Module, settings: TrainingSettings) -> Standing:
        """Return how far it is after one more epoch.

        Parameters
        ----------
        row : mapping of str to float
            Its figures.
        network : Module
            With the weights after it.
        settings : TrainingSettings
        """
        history = (*self.history, row)
        after = replace(self, history=history)
        weights = self.best_weights
        if after.best_epoch(settings.monitor) == len(self.history):
            weights = {name: value.detach().cpu().clone() for name, value in network.state_dict().items()}
        watched = f"validation/{settings.monitor}" in row
        stalled = watched and is_stalled(after.monitored(settings.monitor), settings.monitor, settings.patience)
        return Standing(history, weights, stalled or len(history) == settings.epochs)
