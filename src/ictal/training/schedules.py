"""How the learning rate goes over a training, by the names that recipes use."""

from __future__ import annotations

import abc
from typing import Literal

from pydantic import Field

from ictal.core.tables import Table
from ictal.io.configuration import Settings

SCHEDULES = Table(
    "schedule",
    {
        "constant": "ictal.training.schedules:Constant",
    },
)
"""Name → class."""


class Schedule(Settings, abc.ABC):
    """Settings of a schedule.

    Attributes
    ----------
    warm_up : float
        Epochs over which the learning rate rises from near 0 to its highest.
    """

    schedule: str
    warm_up: float = Field(default=0.0, ge=0.0)

    @abc.abstractmethod
    def factor(self, epoch: float, n_epochs: int) -> float:
        """Return the share of the highest learning rate at a time in epochs, which may lie between two."""


class Constant(Schedule):
    """The same rate after the warm-up."""

    schedule: Literal["constant"] = "constant"

    def factor(self, epoch: float, n_epochs: int) -> float:
        return 1.0
