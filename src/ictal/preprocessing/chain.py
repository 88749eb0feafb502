"""Steps one after another, as one value that JSON can carry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from pydantic import BaseModel, ConfigDict, SerializeAsAny, ValidationError, field_validator

from ictal.core.errors import ParameterError, check_option
from ictal.core.recording import Recording, Signal
from ictal.preprocessing.step import Step, Stream
from ictal.preprocessing.steps import STEPS


def parse_step(settings: Mapping[str, Any]) -> Step:
    """Return the step that plain settings describe.

    Raises
    ------
    ParameterError
        If the step, one of the keys or a value is not allowed; the allowed ones are listed.

    Examples
    --------
    >>> parse_step({"step": "low-pass", "cutoff": 64}).cutoff
    64.0
    """
    name = check_option("step", settings.get("step"), STEPS)
    model = STEPS.load(str(name))
    for key in settings:
        check_option(f"{name} setting", key, model.model_fields)
    try:
        step: Step = model.model_validate(dict(settings))
    except ValidationError as error:
        first = error.errors()[0]
        place = " ".join([str(name), *map(str, first["loc"])])
        raise ParameterError(f"{place}: {first['msg']}; {first['input']!r} came.") from None
    return step


class Chain(BaseModel):
    """Steps of preprocessing, in the order in which they act.

    Attributes
    ----------
    steps : tuple of Step
        Steps, or their settings as mappings with the name of the step under ``step``.

    Examples
    --------
    >>> chain = Chain(steps=[{"step": "montage"}, {"step": "resample", "sampling_rate": 256}])
    >>> Chain.model_validate_json(chain.model_dump_json()) == chain
    True
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[SerializeAsAny[Step], ...] = ()

    @field_validator("steps", mode="before")
    @classmethod
    def _parse(cls, steps: Any) -> Any:
        if not isinstance(steps, (list, tuple)):
            raise ValueError("steps: a list of steps is needed")
        return tuple(parse_step(step) if isinstance(step, Mapping) else step for step in steps)

    @property
    def causal(self) -> bool:
        """Whether a live stream can run all steps."""
        return all(step.causal for step in self.steps)

    def output_rate(self, sampling_rate: float) -> float:
        """Return the sampling rate in Hz of what comes out when `sampling_rate` goes in."""
        for step in self.steps:
            sampling_rate = step.output_rate(sampling_rate)
        return sampling_rate

    def design(self, sampling_rate: float) -> Self:
        """Return the chain with the coefficients of every step, for recordings of `sampling_rate` Hz.

        Raises
        ------
        ParameterError
            If a step does not fit the rate at which it runs.
        """
        designed = []
        for step in self.steps:
            designed.append(step.design(sampling_rate))
            sampling_rate = step.output_rate(sampling_rate)
        return self.model_copy(update={"steps": tuple(designed)})

    def apply(self, recording: Recording) -> Recording:
        """Return the recording seen through all steps; nothing is read until it is read."""
        for step in self.steps:
            recording = step.apply(recording)
        return recording

    def stream(self, channels: tuple[str, ...], sampling_rate: float) -> ChainStream:
        """Return the chain for a live signal.

        Raises
        ------
        ParameterError
            If a step is not causal; it is named.
        """
        streams: list[Stream] = []
        for step in self.steps:
            streams.append(step.stream(channels, sampling_rate))
            channels, sampling_rate = streams[-1].channels, streams[-1].sampling_rate
        return ChainStream(channels, sampling_rate, tuple(streams))


class ChainStream(Stream):
    """All steps of a chain, fed a live signal."""

    def __init__(self, channels: tuple[str, ...], sampling_rate: float, streams: tuple[Stream, ...]) -> None:
        self.channels = channels
        self.sampling_rate = sampling_rate
        self._streams = streams

    def push(self, block: Signal) -> Signal:
        for stream in self._streams:
            block = stream.push(block)
        return block

    def flush(self) -> Signal:
        held: Signal | None = None
        for stream in self._streams:
            pushed = [] if held is None else [stream.push(held)]
            held = np.concatenate([*pushed, stream.flush()], axis=1)
        return super().flush() if held is None else held

    def reset(self) -> None:
        for stream in self._streams:
            stream.reset()
