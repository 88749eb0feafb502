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
        Both are among the values. Two whole numbers, written without a point, make whole numbers.
    log : bool
        Whether small values are as likely as large ones.
    step : float or None
        Between two values; `high` lies a whole number of them above `low`.
    choices : tuple or None
        Values of any kind, tables too. A text is read as ``--set`` reads it, so that ``"null"`` is none.

    Examples
    --------
    >>> SearchSpace(low=16, high=64).is_whole, SearchSpace(low=0.1, high=1).is_whole
    (True, False)
    """

    low: int | float | None = None
    high: int | float | None = None
    log: bool = False
    step: int | float | None = Field(default=None, gt=0)
    choices: tuple[Any, ...] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all values are whole numbers."""
        numbers = [number for number in (self.low, self.high, self.step) if number is not None]
        return bool(numbers) and all(isinstance(number, int) for number in numbers)

    @property
    def extremes(self) -> tuple[Any, ...]:
        """The choices, or the lowest and the highest number."""
        return (self.low, self.high) if self.choices is None else self.choices

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        numbers = (self.low, self.high, self.step)
        if self.choices is not None:
            if self.log or any(number is not None for number in numbers):
                raise ValueError("give low and high, or choices, not both")
            if not self.choices or any(one in self.choices[:place] for place, one in enumerate(self.choices)):
                raise ValueError("choices: at least one is needed, and each once")
            return self
        if self.low is None or self.high is None:
            raise ValueError("give low and high, or choices")
        if not self.low < self.high:
            raise ValueError(f"low {self.low} is not below high {self.high}")
        if self.log and (self.low <= 0 or self.step is not None):
            raise ValueError(f"log needs low above 0 and no step; low {self.low} and step {self.step} came")
        if self.step is not None and abs(round(n := (self.high - self.low) / self.step) - n) > 1e-6:
            raise ValueError(f"step {self.step} does not lead from low {self.low} to high {self.high}")
        return self


class TuningSettings(Settings):
    """How the settings of a recipe are searched.

    Attributes
    ----------
    space : dict of str to SearchSpace
        Dotted key of the recipe → its values.
    monitor : str or None
        The figure of the validation by which trials are compared, in the epoch whose weights each keeps; that by which
        ``training.monitor`` chooses the epoch where ``None``.
    sampler : {"tpe", "random"}
        How the values of the next trial follow from those before.
    startup : int
        Trials with values at random before the sampler learns from them.
    pruner : {"median", "hyperband", "none"}
        When a trial is ended early: if it is worse than the median of the finished ones at the same epoch, or by
        Hyperband.
    warmup : int
        Epochs that every trial is given.
    seed : int
        With one worker the same seed gives the same trials.
    """

    space: dict[str, SearchSpace] = Field(default_factory=dict)
    monitor: Monitor | None = None
    sampler: Literal["tpe", "random"] = "tpe"
    startup: int = Field(default=10, ge=0)
    pruner: Literal["median", "hyperband", "none"] = "median"
    warmup: int = Field(default=5, ge=1)
    seed: int = Field(default=0, ge=0)
