"""Optimizers, by the names that recipes use."""

from __future__ import annotations

import abc
from collections.abc import Iterable
from typing import Any, Literal, Self

import torch
from pydantic import Field, model_validator
from torch.nn import Parameter

from ictal.core.tables import Table
from ictal.io.configuration import Settings

OPTIMIZERS = Table(
    "optimizer",
    {
        "adam": "ictal.training.optimizers:Adam",
        "adamw": "ictal.training.optimizers:AdamW",
        "radam": "ictal.training.optimizers:RAdam",
        "sgd": "ictal.training.optimizers:SGD",
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
        Weight of half the squared norm of the parameters in what is minimised; of AdamW, the share of the learning rate
        by which the parameters shrink with each step.
    decay_norms : bool
        Whether biases and the weights of norms, that is all parameters of one dimension, decay too.
    """

    optimizer: str
    lr: float = Field(default=1e-3, gt=0.0)
    weight_decay: float = Field(default=0.0, ge=0.0)
    decay_norms: bool = True

    @abc.abstractmethod
    def build(self, parameters: Iterable[Parameter]) -> torch.optim.Optimizer:
        """Return the optimizer over some parameters."""

    def _group(self, parameters: Iterable[Parameter]) -> list[dict[str, Any]]:
        groups: dict[float, list[Parameter]] = {}
        for parameter in parameters:
            decays = self.decay_norms or parameter.ndim > 1
            groups.setdefault(self.weight_decay if decays else 0.0, []).append(parameter)
        return [{"params": members, "weight_decay": decay} for decay, members in groups.items()]


class Adam(Optimizer):
    """Adam, with the decay in the gradient.

    References
    ----------
    Kingma and Ba, Adam: A method for stochastic optimization, ICLR 2015.

    Examples
    --------
    >>> optimizer = Adam(lr=0.01).build(torch.nn.Linear(2, 2).parameters())
    >>> optimizer.param_groups[0]["lr"]
    0.01
    """

    optimizer: Literal["adam"] = "adam"

    def build(self, parameters: Iterable[Parameter]) -> torch.optim.Optimizer:
        return torch.optim.Adam(self._group(parameters), lr=self.lr)


class AdamW(Optimizer):
    """Adam, with the decay beside the gradient.

    References
    ----------
    Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019.

    Examples
    --------
    >>> optimizer = AdamW(weight_decay=0.05, decay_norms=False).build(torch.nn.Linear(2, 2).parameters())
    >>> [group["weight_decay"] for group in optimizer.param_groups]
    [0.05, 0.0]
    """

    optimizer: Literal["adamw"] = "adamw"
    weight_decay: float = Field(default=0.01, ge=0.0)

    def build(self, parameters: Iterable[Parameter]) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self._group(parameters), lr=self.lr)


class RAdam(Optimizer):
    """Adam with its own warm-up, while the variance of the gradients is not known yet; with the decay in the gradient.

    References
    ----------
    Liu et al., On the variance of the adaptive learning rate and beyond, ICLR 2020.

    Examples
    --------
    >>> type(RAdam().build(torch.nn.Linear(2, 2).parameters())).__name__
    'RAdam'
    """

    optimizer: Literal["radam"] = "radam"

    def build(self, parameters: Iterable[Parameter]) -> torch.optim.Optimizer:
        return torch.optim.RAdam(self._group(parameters), lr=self.lr)


class SGD(Optimizer):
    """Stochastic gradient descent with momentum.

    Attributes
    ----------
    momentum : float
        Share of the last step that goes on.
    nesterov : bool
        Whether the gradient is taken where the momentum leads.

    References
    ----------
    Sutskever et al., On the importance of initialization and momentum in deep learning, ICML 2013.

    Examples
    --------
    >>> SGD(lr=0.1).build(torch.nn.Linear(2, 2).parameters()).param_groups[0]["momentum"]
    0.9
    """

    optimizer: Literal["sgd"] = "sgd"
    lr: float = Field(default=1e-2, gt=0.0)
    momentum: float = Field(default=0.9, ge=0.0, lt=1.0)
    nesterov: bool = False

    @model_validator(mode="after")
    def _nesterov_has_momentum(self) -> Self:
        if self.nesterov and self.momentum == 0.0:
            raise ValueError("nesterov needs a momentum above 0")
        return self

    def build(self, parameters: Iterable[Parameter]) -> torch.optim.Optimizer:
        groups = self._group(parameters)
        return torch.optim.SGD(groups, lr=self.lr, momentum=self.momentum, nesterov=self.nesterov)
