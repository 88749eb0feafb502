"""All that `detector.json` says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ictal.core.errors import ParameterError, check_option
from ictal.core.windows import WindowGrid
from ictal.detection.calibration import Calibration
from ictal.postprocessing.settings import PostProcessing
from ictal.preprocessing.chain import Chain


class Part(BaseModel):
    """A frozen part of a detector; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Model(Part):
    """Which model, with which settings.

    Attributes
    ----------
    name : str
        As in the table of models.
    config : dict
        The settings of that model.
    """

    name: str
    config: dict[str, Any] = Field(default_factory=dict)


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


class Windows(Part):
    """Length and step of the windows in seconds."""

    length: float = Field(gt=0.0)
    step: float = Field(gt=0.0)

    @property
    def grid(self) -> WindowGrid:
        """The windows on the time axis."""
        return WindowGrid(self.length, self.step)


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


def decode_settings(text: str | bytes, origin: str) -> DetectorSettings:
    """Read `detector.json`.

    Raises
    ------
    ParameterError
        If it is not one; the message names `origin`, the key, what came and what is allowed.
    """
    try:
        values = json.loads(text)
    except ValueError as problem:
        raise ParameterError(f"{origin}: detector.json is not JSON: {problem}") from None
    return _validate(values, origin)


def encode_settings(settings: DetectorSettings) -> str:
    """Write `detector.json`, indented and with sorted hashes, so that two files can be compared by eye."""
    return settings.model_dump_json(indent=1) + "\n"


def change_settings(settings: DetectorSettings, changes: Mapping[str, str]) -> DetectorSettings:
    """Return the settings with some values replaced.

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
    >>> change_settings(settings, {"postprocessing.threshold": "0.7"}).postprocessing.threshold
    0.7
    """
    values: dict[str, Any] = json.loads(settings.model_dump_json())
    for key, text in changes.items():
        *path, last = key.split(".")
        place: Any = values
        for depth, part in enumerate(path):
            place = _enter(place, part, f"--set {'.'.join(path[: depth + 1])}")
        _enter(place, last, f"--set {key}")
        if isinstance(place, list):
            place[int(last)] = _value(text)
        else:
            place[last] = _value(text)
    return _validate(values, "--set")


def _enter(place: Any, part: str, parameter: str) -> Any:
    if isinstance(place, list):
        return place[int(check_option(parameter, part, [str(i) for i in range(len(place))]))]
    allowed = list(place) if isinstance(place, dict) else []
    return place[check_option(parameter, part, allowed)]


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _validate(values: Any, origin: str) -> DetectorSettings:
    try:
        return DetectorSettings.model_validate(values)
    except ValidationError as problem:
        first = problem.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        came = "" if first["type"] == "missing" else f" (came: {str(first['input'])[:60]!r})"
        raise ParameterError(f"{origin}: {key or 'detector.json'}: {first['msg']}{came}") from None
