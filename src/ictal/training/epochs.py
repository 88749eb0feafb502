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
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.training.checkpoint import LAST
from ictal.training.feed import Feed
from ictal.training.metrics import LOWER_IS_BETTER
from ictal.training.settings import TrainingSettings
from ictal.training.task import TrainingTask

Figures = Mapping[str, float]
Validate = Callable[[nn.Module], Figures]
Watch = Callable[[int, Figures], None]
Progress = Callable[[float, str], None]


class Epochs(Checkpoint):
    """The history of a training and its best epoch.

    Attributes
    ----------
    history : list of dict
        The figures of each epoch.
    best_epoch : int
        That with the best figure; the last one where nothing is validated, or no figure was a number so far.
    best_weights : dict of str to Tensor
        The state of the network then, on the processor.
    finished : bool
        Whether no epoch is to come.
    """

    def __init__(
        self,
        feed: Feed,
        settings: TrainingSettings,
        fingerprint: Mapping[str, str],
        *,
        validate: Validate | None,
        folder: Path | None,
        watch: Watch | None,
        progress: Progress,
    ) -> None:
        self.history: list[dict[str, float]] = []
        self.best_epoch = -1
        self.best_weights: dict[str, Tensor] = {}
        self.finished = False
        self._feed, self._settings, self._fingerprint = feed, settings, dict(fingerprint)
        self._validate, self._folder, self._watch, self._progress = validate, folder, watch, progress
        self._begun = 0.0

    def state_dict(self) -> dict[str, Any]:
        """Return what a training that goes on must know."""
        names = ("history", "best_epoch", "best_weights", "finished")
        return {name: getattr(self, name) for name in names}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over what was known."""
        for name, value in state_dict.items():
            setattr(self, name, value)

    def on_save_checkpoint(self, trainer: Any, pl_module: Any, checkpoint: dict[str, Any]) -> None:
        """Say which training it is a checkpoint of."""
        checkpoint["fingerprint"] = self._fingerprint

    def on_train_epoch_start(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Have the batches of the epoch read."""
        self._feed.epoch = trainer.current_epoch
        self._feed.waited, self._feed.n_windows = 0.0, 0
        self._begun = time.perf_counter()

    def on_train_epoch_end(self, trainer: lightning.Trainer, pl_module: lightning.LightningModule) -> None:
        """Validate, note, compare, save and tell."""
        task = pl_module
        if not isinstance(task, TrainingTask):
            raise TypeError("only a TrainingTask has epochs of this kind")
        seconds = time.perf_counter() - self._begun
        row = {
            "epoch": trainer.current_epoch,
            "train/loss": task.mean_loss(),
            "lr": task.lr,
            "train/waiting": self._feed.waited / seconds,
            "train/windows_per_second": self._feed.n_windows / seconds,
        }
        task.check_weights()
        row.update(self._validated(task.shown))
        self.history.append(row)
        figure = row.get(f"validation/{self._settings.monitor}", math.nan)
        self._compare(figure, task.shown)
        task.step_on_monitor(figure)
        n_epochs, patience = self._settings.epochs, self._settings.patience
        is_patient = self._validate is None or patience is None or trainer.current_epoch - self.best_epoch < patience
        self.finished = len(self.history) == n_epochs or not is_patient
        trainer.should_stop = trainer.should_stop or self.finished
        if self._folder is not None:
            trainer.save_checkpoint(self._folder / LAST)
        self._progress(len(self.history) / n_epochs, self._text(row))
        if self._watch is not None:
            self._watch(trainer.current_epoch, row)

    def _validated(self, network: nn.Module) -> dict[str, float]:
        if self._validate is None:
            return {}
        was_training = network.training
        network.eval()
        with torch.no_grad():
            figures = self._validate(network)
        network.train(was_training)
        if self._settings.monitor not in figures:
            raise ParameterError(
                f"monitor: {self._settings.monitor!r} is not among what the validation says: {', '.join(figures)}."
            )
        return {f"validation/{name}": float(value) for name, value in figures.items()}

    def _compare(self, figure: float, network: nn.Module) -> None:
        monitor = f"validation/{self._settings.monitor}"
        best = math.nan if self.best_epoch < 0 else self.history[self.best_epoch].get(monitor, math.nan)
        sign = -1.0 if self._settings.monitor in LOWER_IS_BETTER else 1.0
        if math.isnan(best) or sign * figure > sign * best:
            self.best_epoch = len(self.history) - 1
            self.best_weights = {name: value.detach().cpu().clone() for name, value in network.state_dict().items()}

    def _text(self, row: Figures) -> str:
        monitor = self._settings.monitor
        text = f"epoch {int(row['epoch']) + 1}, loss {row['train/loss']:.3g}"
        return text if f"validation/{monitor}" not in row else f"{text}, {monitor} {row[f'validation/{monitor}']:.3g}"
