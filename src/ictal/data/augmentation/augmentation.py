"""What an augmentation is, and how several act one after another."""

from __future__ import annotations

import abc
from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

import torch
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SerializeAsAny, field_validator
from torch import Tensor

from ictal.data.augmentation.draws import Draws
from ictal.data.augmentation.table import AUGMENTATIONS
from ictal.data.batch import Batch
from ictal.data.settings import parse_settings


def _check_order(ends: tuple[float, float]) -> tuple[float, float]:
    if not float("-inf") < ends[0] <= ends[1] < float("inf"):
        raise ValueError("a range is (lowest, highest), both finite")
    return ends


def _check_positive(ends: tuple[float, float]) -> tuple[float, float]:
    if ends[0] <= 0:
        raise ValueError("both ends must be above 0")
    return ends


Range = Annotated[tuple[float, float], AfterValidator(_check_order)]
"""Lowest and highest of what is drawn."""

PositiveRange = Annotated[Range, AfterValidator(_check_positive)]
"""Lowest and highest of what is drawn, both above 0."""


class Augmentation(BaseModel, abc.ABC):
    """One way to vary windows: its settings, as plain data.

    An augmentation is one file, one pure function on tensors, one subclass and one line in
    :data:`ictal.data.augmentation.table.AUGMENTATIONS`.

    Attributes
    ----------
    augmentation : str
        The name in the table, which tells them apart in a recipe.
    probability : float
        How likely a window is changed; each window has its own coin.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    softens: ClassVar[bool] = False
    """Whether labels become shares of classes, in every batch."""

    augmentation: str
    probability: float = Field(default=0.5, ge=0.0, le=1.0)

    @abc.abstractmethod
    def change(self, batch: Batch, draws: Draws) -> Batch:
        """Return a batch of chosen windows, changed; the one that came stays as it is."""

    def eligible(self, batch: Batch) -> Tensor | None:
        """Return which windows may be changed, bool of shape (n,), or ``None`` for all."""
        del batch
        return None

    @torch.no_grad()
    def apply(self, batch: Batch, draws: Draws) -> Batch:
        """Return the batch with the windows changed that the coins choose.

        Parameters
        ----------
        batch : Batch
        draws : Draws
            On the device of the batch.

        Raises
        ------
        ParameterError
            If the augmentation does not fit the channels, the rate or the length of the windows.
        """
        if self.softens:
            batch = batch.softened()
        chosen = draws.chance(self.probability, len(batch))
        allowed = self.eligible(batch)
        if allowed is not None:
            chosen = chosen & allowed
        rows = torch.nonzero(chosen)[:, 0]
        return batch.put(rows, self.change(batch.take(rows), draws)) if len(rows) else batch


class Augmentations(BaseModel):
    """Augmentations, in the order in which they act.

    Attributes
    ----------
    steps : tuple of Augmentation
        Augmentations, or their settings as mappings with the name under ``augmentation``.

    Examples
    --------
    >>> steps = [{"augmentation": "amplitude", "factor": [0.5, 2.0], "probability": 1.0}]
    >>> augmentations = Augmentations(steps=steps)
    >>> batch = Batch(torch.ones(1, 1, 4), torch.tensor([0]), ("C3",), 256.0)
    >>> bool((augmentations.apply(batch, seed=0).signal == batch.signal).all())
    False
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[SerializeAsAny[Augmentation], ...] = ()

    @field_validator("steps", mode="before")
    @classmethod
    def _parse(cls, steps: Any) -> Any:
        if not isinstance(steps, (list, tuple)):
            raise ValueError("steps: a list of augmentations is needed")
        return tuple(parse_settings(AUGMENTATIONS, step) if isinstance(step, Mapping) else step for step in steps)

    def apply(self, batch: Batch, *, seed: int) -> Batch:
        """Return the batch, varied.

        What is drawn depends on the seed, the epoch and the number of the batch and the name of the augmentation alone:
        not on the workers that read it, and not on what else is in the list.

        Parameters
        ----------
        batch : Batch
            It stays as it is.
        seed : int
            0 or more.
        """
        seen: Counter[str] = Counter()
        for step in self.steps:
            key = (seed, batch.epoch, batch.number, seen[step.augmentation], step.augmentation)
            batch = step.apply(batch, Draws(*key, device=batch.signal.device))
            seen[step.augmentation] += 1
        return batch
