"""What happens after each epoch: it is validated, noted, compared with the best, saved and told."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import lightning.pytorch as lightning
import torch
from lightning.pytorch.callbacks import Checkpoint
from torch import nn

from ictal.core.errors import ParameterError
from ictal.training.checkpoint import LAST
from ictal.training.feed import Feed
from ictal.training.settings import TrainingSettings
from ictal.training.standing import Standing, find_best
from ictal.training.task import TrainingTask

Figures = Mapping[str, float]
Validate = Callable[[nn.Module], Figures]
Watch = Callable[[int, Figures], None]
Progress = Callable[..., None]

_MOVE_EVERY = 0.2
"""Seconds between two moves of a progress bar."""


class Epochs(Checkpoint):
    """The history of a training and its best epoch.

    Of several devices the first one validates, writes and tells, and the others learn the figures from it.

    Parameters
    ----------
    feed : Feed
    settings : TrainingSettings
    fingerprint : mapping of str to str
        Of the training; see :func:`ictal.training.checkpoint.make_fingerprint`.
    folder : Path or None
        Of the run.
    validate, watch, progress : callable
        As :func:`ictal.training.fit.fit` takes them.

    Attributes
    ----------
    standing : Standing
        The history so far and the best weights.
    """

    def __init__(
        self,
        feed: Feed,
        settings: TrainingSettings,
        fingerprint: Mapping[str, str],
        folder: Path | None,
        *,
        validate: Validate | None = None,
        watch: Watch | None = None,
        progress: Progress = lambda share, text="": None,
    ) -> None:
        self.standing = Standing()
        self._feed, self._settings, self._fingerprint, self._folder = feed, settings, dict(fingerprint), folder
        self._validate, self._watch, self._progress = validate, watch, progress
        self._begun = self._moved = 0.0

    def state_dict(self) -> dict[str, Any]:
        """Return what a training that goes on must know."""
        return self.standing.encode()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what was known."""
        self.standing = Standing(**state_dict)

    def on_save_checkpoint(self, trainer: Any, pl_module: Any, checkpoint: dict[str, Any]) -> None:
        """Say which training it is a checkpoint of."""
        checkpoint["fingerprint"] = self._fingerprint

    def on_train_epoch_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Have the batches of the epoch read."""
        self._feed.set_epoch(trainer.current_epoch)
        self._begun = time.perf_counter()

    def on_train_batch_end(
        self, trainer: lightning.Trainer, pl_module: lightning.LightningModule, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Move the progress bar now and then."""
        now = time.perf_counter()
        if trainer.is_global_zero and now - self._moved > _MOVE_EVERY:
            self._moved = now
            self._tell(trainer.current_epoch + (batch_idx + 1) / len(self._feed), _task_of(pl_module).mean_loss())

    def on_train_epoch_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Validate, note, compare, save and tell."""
        task, settings = _task_of(pl_module), self._settings
        row = trainer.strategy.broadcast(self._measure(task))
        self.standing = standing = self.standing.add(row, task.shown, settings)
        task.step_on_monitor(standing.monitored(settings.monitor)[-1])
        trainer.should_stop = trainer.should_stop or standing.finished
        for tracker in trainer.loggers:
            tracker.log_metrics(row, step=trainer.current_epoch)
        if self._folder is not None:
            trainer.save_checkpoint(self._folder / LAST)
        if trainer.is_global_zero:
            self._tell(len(standing.history), row["train/loss"])
            if self._watch is not None:
                self._watch(trainer.current_epoch, row)

    def _measure(self, task: TrainingTask) -> dict[str, float]:
        """Return the figures of the epoch that is just over; only the first device validates."""
        loss = float(task.trainer.strategy.reduce(torch.tensor(task.mean_loss(), device=task.device), reduce_op="mean"))
        seconds = time.perf_counter() - self._begun
        row = {
            "epoch": task.current_epoch,
            "train/loss": loss,
            "lr": task.lr,
            "train/waiting": self._feed.waited / seconds,
            "train/windows_per_second": self._feed.n_windows / seconds,
        }
        if not task.trainer.is_global_zero:
            return row
        task.check_weights()
        return row if self._validate is None else row | self._validated(task.shown, self._validate)

    def _validated(self, network: nn.Module, validate: Validate) -> dict[str, float]:
        network.eval()
        with torch.no_grad():
            figures = validate(network)
        if self._settings.monitor not in figures:
            raise ParameterError(
                f"monitor: {self._settings.monitor!r} is not among what the validation says: {', '.join(figures)}."
            )
        return {f"validation/{name}": float(value) for name, value in figures.items()}

    def _tell(self, epochs: float, loss: float) -> None:
        """Say how far it is: the epoch, the loss of the training, and the monitored figure with the best so far."""
        n_epochs, monitor = self._settings.epochs, self._settings.monitor
        text = f"epoch {math.ceil(epochs)}/{n_epochs}, loss {loss:.3g}"
        figures = self.standing.monitored(monitor)
        best = find_best(figures, monitor)
        if best is not None:
            text += f", {monitor} {figures[-1]:.3g} (best {figures[best]:.3g})"
        self._progress(1.0 if self.standing.finished else epochs / n_epochs, text)


def _task_of(module: lightning.LightningModule) -> TrainingTask:
    if not isinstance(module, TrainingTask):
        raise TypeError(f"{type(module).__name__} is no TrainingTask")
    return module
