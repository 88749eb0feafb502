"""What is tuned, and how."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from ictal.io.configuration import Settings
from ictal.training.metrics import Monitor


class SearchSpace(Settings):
    """The values that one setting of a recipe may take: one of `choices`, or a number from `low` to `high`.

    Attributes
    ----------
    low, high : float or None
        Both whole numbers make whole numbers.
    log : bool
        Whether small values are as likely as large ones.
    step : float or None
        Between two values.
    choices : tuple or None
    """

    low: int | float | None = None
    high: int | float | None = None
    log: bool = False
    step: int | float | None = None
    choices: tuple[Any, ...] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        numbers = self.low is not None and self.high is not None
        if numbers == (self.choices is not None) or (self.low is None) != (self.high is None):
            raise ValueError("give low and high, or choices")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise ValueError(f"low {self.low} is not below high {self.high}")
        return self


class TuningSettings(Settings):
    """How the settings of a recipe are searched.

    Attributes
    ----------
    space : dict of str to SearchSpace
        Dotted key of the recipe → its values.
    monitor : str or None
        The figure of the validation that is to be best; that of the training where ``None``.
    sampler : {"tpe", "random"}
    pruner : {"median", "hyperband", "none"}
    seed : int
    """

    space: dict[str, SearchSpace] = Field(default_factory=dict)
    monitor: Monitor | None = None
    sampler: Literal["tpe", "random"] = "tpe"
    pruner: Literal["median", "hyperband", "none"] = "median"
    seed: int = Field(default=0, ge=0)
