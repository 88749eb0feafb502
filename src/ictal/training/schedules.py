"""How the learning rate goes over a training, by the names that recipes use."""

from __future__ import annotations

import abc
import math
from dataclasses import dataclass
from typing import Literal

from pydantic import Field
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR, LinearLR, LRScheduler, ReduceLROnPlateau

from ictal.core.errors import ParameterError
from ictal.core.tables import Table
from ictal.io.configuration import Settings

SCHEDULES = Table(
    "schedule",
    {
        "constant": "ictal.training.schedules:Constant",
        "cosine": "ictal.training.schedules:Cosine",
        "one-cycle": "ictal.training.schedules:OneCycle",
        "plateau": "ictal.training.schedules:Plateau",
    },
)
"""Name → class."""


@dataclass(frozen=True, eq=False)
class Stepped:
    """A scheduler of torch, and when it is stepped.

    Parameters
    ----------
    scheduler : LRScheduler
        Its state goes with a checkpoint beside that of the optimizer.
    on_monitor : bool
        Whether it is stepped after each epoch, by ``scheduler.step(figure)`` with the monitored figure of the
        validation; otherwise after each batch, by ``scheduler.step()``.
    """

    scheduler: LRScheduler
    on_monitor: bool = False


class Schedule(Settings, abc.ABC):
    """Settings of a schedule.

    Whoever trains builds the optimizer, builds the schedule on it, and, where a killed run goes on, then loads the
    states of both. Each scheduler is stepped after ``optimizer.step()``: those by the batch after each of them, those
    on the monitor once after each epoch. The rate that counts stands in ``optimizer.param_groups``.

    Attributes
    ----------
    warm_up : float
        Epochs over which the learning rate rises, batch by batch, from near 0 to where the schedule begins; the rest of
        the schedule is spread over the epochs that are left.
    """

    schedule: str
    warm_up: float = Field(default=0.0, ge=0.0)

    @abc.abstractmethod
    def build(
        self, optimizer: Optimizer, *, steps_per_epoch: int, n_epochs: int, lower_is_better: bool = False
    ) -> tuple[Stepped, ...]:
        """Return what is to be stepped; the rate of the first batch is set already.

        Parameters
        ----------
        optimizer : torch.optim.Optimizer
            Its rates are the highest.
        steps_per_epoch : int
            Batches of an epoch.
        n_epochs : int
            At most so many are trained.
        lower_is_better : bool
            Of the monitored figure.

        Raises
        ------
        ParameterError
            If the warm-up leaves no batch.
        """

    def _warm_up_steps(self, steps_per_epoch: int, n_epochs: int) -> int:
        steps = round(self.warm_up * steps_per_epoch)
        if steps >= n_epochs * steps_per_epoch:
            raise ParameterError(
                f"schedule.warm_up: {self.warm_up:g} epochs came; fewer than the {n_epochs} of the training are needed."
            )
        return steps


class Curve(Schedule):
    """A schedule that is known beforehand, as a curve over the training."""

    @abc.abstractmethod
    def share(self, progress: float) -> float:
        """Return the share of the highest rate at a progress from 0, after the warm-up, to 1, at the end."""

    def build(
        self, optimizer: Optimizer, *, steps_per_epoch: int, n_epochs: int, lower_is_better: bool = False
    ) -> tuple[Stepped, ...]:
        n_steps, n_warm_up = steps_per_epoch * n_epochs, self._warm_up_steps(steps_per_epoch, n_epochs)

        def factor(step: int) -> float:
            if step < n_warm_up:
                return self.share(0.0) * (step + 1) / (n_warm_up + 1)
            return self.share(min((step - n_warm_up) / (n_steps - n_warm_up), 1.0))

        return (Stepped(LambdaLR(optimizer, factor)),)


class Constant(Curve):
    """The same rate after the warm-up.

    Examples
    --------
    >>> Constant().share(0.7)
    1.0
    """

    schedule: Literal["constant"] = "constant"

    def share(self, progress: float) -> float:
        return 1.0


class Cosine(Curve):
    """Half a cosine from the highest rate down to a floor.

    Attributes
    ----------
    floor : float
        Share of the highest rate at the end.

    References
    ----------
    Loshchilov and Hutter, SGDR: Stochastic gradient descent with warm restarts, ICLR 2017 (without the restarts).

    Examples
    --------
    >>> schedule = Cosine(floor=0.1)
    >>> [round(schedule.share(progress), 2) for progress in (0.0, 0.5, 1.0)]
    [1.0, 0.55, 0.1]
    """

    schedule: Literal["cosine"] = "cosine"
    floor: float = Field(default=0.0, ge=0.0, lt=1.0)

    def share(self, progress: float) -> float:
        return _glide(1.0, self.floor, progress)


class OneCycle(Curve):
    """Up from a low rate to the highest and down to almost nothing, both as half a cosine; momentum stays as it is.

    Attributes
    ----------
    peak : float
        Share of the training at which the rate is highest.
    start, floor : float
        Shares of the highest rate at the start and at the end.

    References
    ----------
    Smith and Topin, Super-convergence: Very fast training of neural networks using large learning rates, 2018. The
    shape and the defaults are those of :class:`torch.optim.lr_scheduler.OneCycleLR`.

    Examples
    --------
    >>> schedule = OneCycle(peak=0.25)
    >>> [round(schedule.share(progress), 2) for progress in (0.0, 0.25, 1.0)]
    [0.04, 1.0, 0.0]
    """

    schedule: Literal["one-cycle"] = "one-cycle"
    peak: float = Field(default=0.3, gt=0.0, lt=1.0)
    start: float = Field(default=0.04, gt=0.0, lt=1.0)
    floor: float = Field(default=4e-6, ge=0.0, lt=1.0)

    def share(self, progress: float) -> float:
        if progress < self.peak:
            return _glide(self.start, 1.0, progress / self.peak)
        return _glide(1.0, self.floor, (progress - self.peak) / (1.0 - self.peak))


class Plateau(Schedule):
    """A rate that falls by a factor whenever the monitored figure has not become better for some epochs.

    Epochs of the warm-up are not counted. A figure that is not a number is not better.

    Attributes
    ----------
    factor : float
        What the rate is multiplied with.
    patience : int
        Epochs without a better figure that are let pass; the rate falls after the next one.
    floor : float
        Share of the highest rate below which it does not fall.

    Examples
    --------
    >>> import torch
    >>> optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    >>> (plateau,) = Plateau(patience=1).build(optimizer, steps_per_epoch=10, n_epochs=50)
    >>> for figure in (0.8, 0.7, 0.7):
    ...     plateau.scheduler.step(figure)
    >>> optimizer.param_groups[0]["lr"]
    0.5
    """

    schedule: Literal["plateau"] = "plateau"
    factor: float = Field(default=0.5, gt=0.0, lt=1.0)
    patience: int = Field(default=5, ge=0)
    floor: float = Field(default=0.0, ge=0.0, lt=1.0)

    def build(
        self, optimizer: Optimizer, *, steps_per_epoch: int, n_epochs: int, lower_is_better: bool = False
    ) -> tuple[Stepped, ...]:
        n_warm_up = self._warm_up_steps(steps_per_epoch, n_epochs)
        plateau = ReduceLROnPlateau(
            optimizer,
            mode="min" if lower_is_better else "max",
            factor=self.factor,
            patience=self.patience,
            threshold=0.0,
            min_lr=[self.floor * group["lr"] for group in optimizer.param_groups],
            eps=0.0,
        )
        plateau.cooldown_counter = math.ceil(self.warm_up)
        if n_warm_up == 0:
            return (Stepped(plateau, on_monitor=True),)
        # A LambdaLR would overwrite what the plateau has taken off; this one only multiplies.
        rise = LinearLR(optimizer, start_factor=1 / (n_warm_up + 1), total_iters=n_warm_up)
        return (Stepped(rise), Stepped(plateau, on_monitor=True))


def _glide(start: float, stop: float, progress: float) -> float:
    """Return the value on half a cosine between two."""
    return stop + (start - stop) * (1.0 + math.cos(math.pi * progress)) / 2.0
