"""Plain settings, as TOML, JSON and the command line carry them, become typed ones, or one line says why not."""

from __future__ import annotations

import types
import typing
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from ictal.core.errors import ParameterError, check_option

M = TypeVar("M", bound=BaseModel)


class Settings(BaseModel):
    """A frozen part of a recipe; unknown keys are refused, and numbers are finite."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def read_configuration(model: type[M], values: Any, origin: str, *, under: str = "") -> M:
    """Return typed settings from plain ones.

    Parameters
    ----------
    model : type of BaseModel
        What they are to become.
    values : mapping
        Plain settings.
    origin : str
        Where they come from, for messages: a file, or ``--set``.
    under : str
        The key in the origin that holds them; the origin itself where not given.

    Raises
    ------
    ParameterError
        If a key is unknown or missing, or a value is of another type or out of range; the message names the key, what
        came, what is allowed, and the nearest key.

    Examples
    --------
    >>> from ictal.postprocessing.settings import PostProcessing
    >>> read_configuration(PostProcessing, {"treshold": 0.4}, "mine.toml")
    Traceback (most recent call last):
    ...
    ictal.core.errors.ParameterError: mine.toml: 'treshold' is not allowed; allowed are 'smoothing', 'threshold', \
'release', 'opening', 'merge_gap', 'minimum_duration', 'maximum_duration'. Did you mean 'threshold'?
    """
    try:
        return model.model_validate(values)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = first["loc"]
        if first["type"] == "extra_forbidden":
            parent = _model_at(model, place[:-1])
            check_option(_named(origin, under, place[:-1]), str(place[-1]), parent.model_fields)
        said = str(first["ctx"]["error"]) if first["type"] == "value_error" else first["msg"]
        came = "" if first["type"] in ("missing", "value_error") else f"; {_shorten(first['input'])} came"
        raise ParameterError(f"{_named(origin, under, place)}: {said}{came}") from None


def _named(origin: str, under: str, place: tuple[int | str, ...]) -> str:
    key = ".".join([under] * bool(under) + [str(part) for part in place])
    return f"{origin}: {key}" if key else origin


def _shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _model_at(model: Any, place: tuple[int | str, ...]) -> type[BaseModel]:
    """Return the type of the settings that have a key too many."""
    for part in place:
        found = _model_in(model)
        model = found.model_fields[str(part)].annotation if found is not None else typing.get_args(model)[-1]
    found = _model_in(model)
    if found is None:
        raise TypeError(f"{model} at {place} holds no settings")
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        models = [_model_in(part) for part in typing.get_args(annotation)]
        return next((one for one in models if one is not None), None)
    return None
