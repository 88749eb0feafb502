"""How probabilities become events."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class PostProcessing(BaseModel):
    """Settings of the event rules, in the order in which they act.

    Attributes
    ----------
    smoothing : float
        Seconds of the centred moving average over the probabilities; 0 leaves them as they are.
    threshold : float
        An event starts where the smoothed probability reaches this.
    release : float or None
        It lasts while the probability stays at or above this (hysteresis); ``None`` means `threshold`.
    opening : float
        Stretches above these levels that are shorter than this many seconds are no events, and join none.
    merge_gap : float
        Events less than this many seconds apart are one.
    minimum_duration : float
        Shorter events are dropped, after merging.
    maximum_duration : float or None
        Longer events are dropped, after merging; ``None`` keeps all.

    Examples
    --------
    >>> PostProcessing(threshold=0.8).release_level
    0.8
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    smoothing: float = Field(default=0.0, ge=0.0)
    threshold: float = Field(default=0.5, gt=0.0, le=1.0)
    release: float | None = Field(default=None, gt=0.0, le=1.0)
    opening: float = Field(default=0.0, ge=0.0)
    merge_gap: float = Field(default=0.0, ge=0.0)
    minimum_duration: float = Field(default=0.0, ge=0.0)
    maximum_duration: float | None = Field(default=None, gt=0.0)

    @property
    def release_level(self) -> float:
        """The probability under which an event ends."""
        return self.threshold if self.release is None else self.release

    @model_validator(mode="after")
    def _levels_fit(self) -> Self:
        if self.release_level > self.threshold:
            raise ValueError(f"release {self.release} is above threshold {self.threshold}; it may be at most that")
        if self.maximum_duration is not None and self.maximum_duration < self.minimum_duration:
            raise ValueError(
                f"maximum_duration {self.maximum_duration} is below minimum_duration {self.minimum_duration}"
            )
        return self
