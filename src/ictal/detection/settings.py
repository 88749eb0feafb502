"""All that `detector.json` says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ictal.core.changes import change_values, read_value
from ictal.core.errors import ParameterError, check_option
from ictal.core.montage import MONTAGES
from ictal.core.windows import WindowGrid
from ictal.detection.calibration import Calibration
from ictal.postprocessing.settings import PostProcessing
from ictal.preprocessing.chain import Chain
from ictal.preprocessing.montage import AS_RECORDED

THRESHOLD, RELEASE = "postprocessing.threshold", "postprocessing.release"


class Part(BaseModel):
    """A frozen part of a detector; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Model(Part):
    """Which model, with which settings.

    Attributes
    ----------
    name : str
        As in the table of models, or ``package.module:Class`` of a network that somebody else defined.
    config : dict
        The settings of that model.
    features : dict or None
        The features that stand before a model of pictures or numbers: their name under ``features``, and settings.
    trust : bool
        Whether code that is not of ictal may be imported for it. It is never written to a file nor read from one.
    """

    name: str
    config: dict[str, Any] = Field(default_factory=dict)
    features: dict[str, Any] | None = None
    trust: bool = Field(default=False, exclude=True)

    @property
    def is_foreign(self) -> bool:
        """Whether it is not in the table of models."""
        return ":" in self.name


class Leads(Part):
    """What the detector looks at.

    Attributes
    ----------
    montage : str
        A montage by name, or ``as-recorded``: every EEG channel of the file.
    missing : {"interpolate", "mask"}
        What happens to a lead whose electrode the file does not have. It is reported in either case.
    minimum : int
        Leads that must be there without interpolation.
    otherwise : str or None
        The montage to take where fewer are there; ``None`` refuses the recording.
    """

    montage: str = "double-banana"
    missing: Literal["interpolate", "mask"] = "interpolate"
    minimum: int = Field(default=1, ge=1)
    otherwise: str | None = None

    @field_validator("montage", "otherwise")
    @classmethod
    def _montage_is_known(cls, name: str | None) -> str | None:
        return None if name is None else check_option("montage", name, [*MONTAGES, AS_RECORDED])


class Windows(Part):
    """Which windows are looked at.

    Attributes
    ----------
    length, step : float
        Seconds of a window, and between the starts of two.
    frames : int
        What a network answers for a window: one frame, which is its middle `step` seconds, or several.
    """

    length: float = Field(gt=0.0)
    step: float = Field(gt=0.0)
    frames: int = Field(default=1, gt=0)

    @property
    def grid(self) -> WindowGrid:
        """The windows on the time axis."""
        return WindowGrid(self.length, self.step)

    @property
    def frame_grid(self) -> WindowGrid:
        """What the frames look at: their windows where each has one, else the frames themselves."""
        frame = self.length / self.frames
        return self.grid if self.frames == 1 else WindowGrid(frame, frame)

    @model_validator(mode="after")
    def _step_fits(self) -> Self:
        self.grid.middle_frames(self.frames)
        return self


class DetectorSettings(Part):
    """Everything about a detector but its weights.

    Attributes
    ----------
    format : int
        Version of the file format.
    name, summary : str
        What it is called, and what it is in one sentence.
    model, leads, chain, windows, calibration, postprocessing
        The stages, in the order of the signal.
    sampling_rate : float
        Hz after the chain.
    classes : tuple of str
        Event types of the model's outputs; the first is the background.
    card : dict
        What a reader must know: training data, figures, limits.
    provenance : dict
        Where it comes from: versions, seed, data.
    hashes : dict
        SHA-256 of the other members of the file, by name.
    """

    format: Literal[1] = 1
    name: str
    summary: str
    model: Model
    leads: Leads = Leads()
    sampling_rate: float = Field(gt=0.0)
    chain: Chain
    windows: Windows
    classes: tuple[str, ...] = ("bckg", "sz")
    calibration: Calibration = Calibration()
    postprocessing: PostProcessing = PostProcessing()
    card: dict[str, str] = Field(default_factory=dict)
    provenance: dict[str, str] = Field(default_factory=dict)
    hashes: dict[str, str] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _windows_are_whole_samples(self) -> Self:
        """Refuse what would be rounded: a step that is half a sample too long is a minute late after some hours."""
        for name, seconds in (("length", self.windows.length), ("step", self.windows.step)):
            samples = seconds * self.sampling_rate
            if abs(samples - round(samples)) > 1e-6:
                raise ValueError(
                    f"windows.{name}: {seconds!r} s is not allowed; it is {samples:g} samples at "
                    f"{self.sampling_rate:g} Hz and must be a whole number of them."
                )
        return self


def decode_settings(text: str | bytes, origin: str) -> DetectorSettings:
    """Read `detector.json`.

    Raises
    ------
    ParameterError
        If it is not one; the message names `origin`, the key, what came and what is allowed.
    """
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise ParameterError(f"{origin}: detector.json is not JSON: {problem}") from None
    return _validate(values, origin)


def encode_settings(settings: DetectorSettings) -> str:
    """Write `detector.json`, indented and with sorted hashes, so that two files can be compared by eye."""
    return settings.model_dump_json(indent=1) + "\n"


def change_settings(settings: DetectorSettings, changes: Mapping[str, str]) -> DetectorSettings:
    """Return the settings with some values replaced.

    A threshold below the release level takes that along, and filters are designed anew where the chain was changed:
    else a change of one setting could ask for a change of another.

    Parameters
    ----------
    settings : DetectorSettings
        What to change.
    changes : mapping of str to str
        Dotted key → value as text; the text is read as JSON where it is JSON, as a plain string otherwise.

    Raises
    ------
    ParameterError
        If a key does not exist (the keys at that place are listed) or a value does not fit.

    Examples
    --------
    >>> from ictal.detection.library import load_detector
    >>> settings = load_detector("line-length").settings
    >>> changed = change_settings(settings, {"postprocessing.threshold": "0.2"})
    >>> changed.postprocessing.threshold, changed.postprocessing.release
    (0.2, 0.2)
    """
    values: dict[str, Any] = json.loads(settings.model_dump_json())
    if any(key.startswith("chain.") for key in changes):
        _forget_designs(values["chain"]["steps"])
    values = change_values(values, _with_release(changes, settings.postprocessing.release))
    return _validate(values, "--set")


def _with_release(changes: Mapping[str, str], release: float | None) -> Mapping[str, str]:
    """Return the changes, and one of the release level where the threshold alone would fall below it."""
    level = read_value(changes.get(THRESHOLD, ""))
    if RELEASE in changes or release is None or not isinstance(level, int | float) or level >= release:
        return changes
    return {**changes, RELEASE: changes[THRESHOLD]}


def _forget_designs(steps: list[dict[str, Any]]) -> None:
    for step in steps:
        if "designed_for" in step:
            step["sections"], step["designed_for"] = [], None


def _validate(values: Any, origin: str) -> DetectorSettings:
    try:
        return DetectorSettings.model_validate(values)
    except ValidationError as problem:
        raise ParameterError(_word_problem(problem, origin)) from None


def _word_problem(problem: ValidationError, origin: str) -> str:
    """Return one line that says which key, what came and what is allowed."""
    first = problem.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    where = f"{origin}: {key}" if key else origin
    if first["type"] == "extra_forbidden":
        *path, last = first["loc"]
        allowed: Any = DetectorSettings
        for part in path:
            allowed = allowed.model_fields[part].annotation
        return f"{where}: {last!r} is not allowed; allowed are {', '.join(map(repr, allowed.model_fields))}."
    if first["type"] == "value_error":
        return f"{where}: {first['ctx']['error']}"
    came = "" if first["type"] == "missing" else f" (came: {str(first['input'])[:60]!r})"
    return f"{where}: {first['msg']}{came}"
