"""Optimizers, by the names that recipes use."""

from __future__ import annotations

import abc
from collections.abc import Iterable
from typing import Literal

import torch
from pydantic import Field

from ictal.core.tables import Table
from ictal.io.configuration import Settings

OPTIMIZERS = Table(
    "optimizer",
    {
        "adam": "ictal.training.optimizers:Adam",
    },
)
"""Name → class."""


class Optimizer(Settings, abc.ABC):
    """Settings of an optimizer.

    Attributes
    ----------
    lr : float
        The highest learning rate; a schedule takes shares of it.
    weight_decay : float
    """

    optimizer: str
    lr: float = Field(default=1e-3, gt=0.0)
    weight_decay: float = Field(default=0.0, ge=0.0)

    @abc.abstractmethod
    def build(self, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        """Return the optimizer over some parameters."""


class Adam(Optimizer):
    """Adam (Kingma and Ba, 2015)."""

    optimizer: Literal["adam"] = "adam"

    def build(self, parameters: Iterable[torch.nn.Parameter]) -> torch.optim.Optimizer:
        return torch.optim.Adam(parameters, lr=self.lr, weight_decay=self.weight_decay)
