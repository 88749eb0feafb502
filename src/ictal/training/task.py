"""One step of training, as Lightning runs it: a batch varied on its device, the loss, the weights and their mean."""

from __future__ import annotations

import math
from typing import Any

import lightning.pytorch as lightning
import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from ictal.core.errors import IctalError, ParameterError
from ictal.data.augmentation.augmentation import Augmentations
from ictal.data.batch import Batch
from ictal.training.metrics import LOWER_IS_BETTER
from ictal.training.repeatable import mix_seed
from ictal.training.settings import TrainingSettings

_LOOK_EVERY = 20
"""Steps between two looks at the losses: a look makes a GPU wait."""


class DivergedError(IctalError):
    """The loss or the weights of a training are no longer numbers."""


class TrainingTask(lightning.LightningModule):
    """A network, its loss, and how its weights change.

    Parameters
    ----------
    network : Module
    loss : Module
    settings : TrainingSettings
    augmentations : Augmentations
    n_batches : int
        Of an epoch.
    """

    def __init__(
        self,
        network: nn.Module,
        loss: nn.Module,
        settings: TrainingSettings,
        augmentations: Augmentations,
        n_batches: int,
    ) -> None:
        super().__init__()
        self.network = network
        self.loss = loss
        self.averaged = None if settings.ema is None else _average(network, settings.ema)
        self._settings, self._augmentations, self._n_batches = settings, augmentations, n_batches
        self._schedules: list[Any] = []
        self._schedule_states: list[dict[str, Any]] = []
        self._losses: list[Tensor] = []
        self._sum, self._count = 0.0, 0

    @property
    def shown(self) -> nn.Module:
        """The network that is validated and kept."""
        return self.network if self.averaged is None else self.averaged.module

    @property
    def lr(self) -> float:
        """The learning rate of the next step."""
        (optimizer,) = self.trainer.optimizers
        return float(optimizer.param_groups[0]["lr"])

    def configure_optimizers(self) -> Optimizer:
        """Return the optimizer over what is not frozen, with its schedules."""
        settings = self._settings
        learning = [one for one in self.network.parameters() if one.requires_grad]
        if not learning:
            raise ParameterError("network: all of its weights are frozen; there is nothing to train.")
        optimizer = settings.optimizer.build(learning)
        self._schedules = list(
            settings.schedule.build(
                optimizer,
                steps_per_epoch=self._n_batches,
                n_epochs=settings.epochs,
                lower_is_better=settings.monitor in LOWER_IS_BETTER,
            )
        )
        for one, state in zip(self._schedules, self._schedule_states, strict=False):
            one.scheduler.load_state_dict(state)
        return optimizer

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Add the states of the schedules."""
        checkpoint["schedules"] = [one.scheduler.state_dict() for one in self._schedules]

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the states of the schedules until there are schedules."""
        self._schedule_states = checkpoint["schedules"]

    def on_train_epoch_start(self) -> None:
        """Start the random numbers of the epoch, and show the network that it is trained."""
        torch.manual_seed(mix_seed(self._settings.seed, self.current_epoch, self.global_rank))
        train_what_learns(self.network)
        self._losses, self._sum, self._count = [], 0.0, 0

    def transfer_batch_to_device(self, batch: Batch, device: torch.device, dataloader_idx: int) -> Batch:
        """Return the batch on the device; from pinned memory a GPU copies it while it computes."""
        del dataloader_idx
        return batch.to(device, non_blocking=True)

    def on_after_batch_transfer(self, batch: Batch, dataloader_idx: int) -> Batch:
        """Return the batch, varied."""
        del dataloader_idx
        return self._augmentations.apply(batch, seed=self._settings.seed)

    def training_step(self, batch: Batch, number: int) -> Tensor:
        """Return the loss of a batch."""
        del number
        loss: Tensor = self.loss(self.network(batch.signal).float(), batch.labels)
        self._losses.append(loss.detach())
        return loss

    def on_train_batch_end(self, *_: Any) -> None:
        """Step what is stepped by the batch, and look at the losses now and then."""
        for one in self._schedules:
            if not one.on_monitor:
                one.scheduler.step()
        if self.averaged is not None:
            self.averaged.update_parameters(self.network)
        if len(self._losses) == _LOOK_EVERY:
            self.mean_loss()

    def step_on_monitor(self, figure: float) -> None:
        """Step what is stepped by the epoch."""
        for one in self._schedules:
            if one.on_monitor:
                one.scheduler.step(figure)

    def mean_loss(self) -> float:
        """Return the mean of the losses of this epoch so far.

        Raises
        ------
        DivergedError
            If one of them is not finite.
        """
        losses = torch.stack(self._losses).cpu().double() if self._losses else torch.zeros(0)
        self._losses = []
        # One after another, so that the sum does not depend on when it is looked at.
        for loss in losses.tolist():
            if self.global_rank == 0 and not math.isfinite(loss):
                raise self._diverged(f"the loss is {loss} in batch {self._count}")
            self._sum, self._count = self._sum + loss, self._count + 1
        return self._sum / max(self._count, 1)

    def check_weights(self) -> None:
        """Refuse weights that are no numbers, before they are saved.

        Raises
        ------
        DivergedError
            If one is not finite.
        """
        for name, value in self.network.state_dict().items():
            if value.is_floating_point() and not torch.isfinite(value).all():
                raise self._diverged(f"{name} is not finite after the last batch")

    def _diverged(self, what: str) -> DivergedError:
        lr = self._settings.optimizer.lr
        clip = "" if self._settings.clip is not None else ", or clip = 1.0"
        return DivergedError(
            f"training diverged: epoch {self.current_epoch}: {what}; try a lower learning rate than {lr:g}{clip}. The "
            "epochs before it are kept."
        )


def train_what_learns(network: nn.Module) -> None:
    """Put a network into training mode, but for layers that are frozen: their running means must stay as they are.

    Examples
    --------
    >>> network = nn.Sequential(nn.BatchNorm1d(2).requires_grad_(False), nn.Linear(2, 2), nn.Dropout())
    >>> train_what_learns(network)
    >>> [layer.training for layer in network]
    [False, True, True]
    """
    network.train()
    for layer in network.modules():
        own = list(layer.parameters(recurse=False))
        if own and not any(one.requires_grad for one in own):
            layer.training = False


def _average(network: nn.Module, decay: float) -> AveragedModel:
    """Return the running mean of a network; its first steps weigh more, or its random start would count for long."""

    def mean(averaged: Any, current: Any, n_averaged: Any) -> None:
        n = float(n_averaged)
        kept = min(decay, (1.0 + n) / (10.0 + n))
        get_ema_multi_avg_fn(kept)(averaged, current, n_averaged)  # type: ignore[no-untyped-call]

    averaged = AveragedModel(network, multi_avg_fn=mean, use_buffers=True)
    return averaged.requires_grad_(False).eval()
