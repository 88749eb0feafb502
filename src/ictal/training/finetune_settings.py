"""How a detector is adapted to a patient, as typed settings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args

from pydantic import Field, SerializeAsAny, field_validator

from ictal.data.settings import parse_settings
from ictal.io.configuration import Settings
from ictal.training.optimizers import OPTIMIZERS, Adam, Optimizer

Layers = Literal["head", "all"]

Protocol = Literal["first-hour", "first-seizure"]
"""Strictly the first hour, or the first one that contains a seizure; see :mod:`ictal.training.stretches`."""

PROTOCOLS: tuple[Protocol, ...] = get_args(Protocol)


class FinetuneSettings(Settings):
    """How a network is trained further on one patient, and what keeps it from forgetting.

    Attributes
    ----------
    layers : {"head", "all"}
        What learns: the last part of the network, or all of it. The running means of batch norms never change, nor do
        their weights.
    epochs : int
        At most so many; the weights of that which does best on the windows that are held back are taken.
    optimizer : Optimizer
    strength : float
        Of the pull towards the weights that the network came with, as in L2-SP: half the squared distance to them is
        weighed so in what is minimised.
    validation : float
        Share of the windows of each class, the last in time, that is held back.
    rehearsal : float
        Share of an epoch's windows that are of other patients, where a store of them is given; or else, where the
        patient shows no seizure, imagined (see :mod:`ictal.training.imagined`).
    batch_size : int
    seed : int

    References
    ----------
    Li, Grandvalet and Davoine, Explicit inductive bias for transfer learning with convolutional networks, ICML 2018
    (L2-SP). Robins, Catastrophic forgetting, rehearsal and pseudorehearsal, Connection Science 1995.

    Examples
    --------
    >>> FinetuneSettings(layers="head", optimizer={"optimizer": "sgd", "lr": 0.01}).optimizer.lr
    0.01
    """

    layers: Layers = "all"
    epochs: int = Field(default=10, gt=0)
    optimizer: SerializeAsAny[Optimizer] = Adam(lr=3e-4)
    strength: float = Field(default=0.01, ge=0.0)
    validation: float = Field(default=0.25, gt=0.0, le=0.5)
    rehearsal: float = Field(default=0.5, gt=0.0, lt=1.0)
    batch_size: int = Field(default=32, gt=1)
    seed: int = Field(default=0, ge=0)

    @field_validator("optimizer", mode="before")
    @classmethod
    def _parse_optimizer(cls, value: Any) -> Any:
        return parse_settings(OPTIMIZERS, value) if isinstance(value, Mapping) else value
