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


def read_configuration(model: type[M], values: Any, origin: str) -> M:
    """Return typed settings from plain ones.

    Parameters
    ----------
    model : type of BaseModel
        What they are to become.
    values : mapping
        Plain settings.
    origin : str
        Where they come from, for messages: a file, or ``--set``.

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
'release', 'merge_gap', 'minimum_duration', 'maximum_duration'. Did you mean 'threshold'?
    """
    try:
        return model.model_validate(values)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = first["loc"]
        if first["type"] == "extra_forbidden":
            parent = _model_at(model, place[:-1])
            if parent is not None:
                check_option(": ".join([origin, *_key(place[:-1])]), str(place[-1]), parent.model_fields)
        said = str(first["ctx"]["error"]) if first["type"] == "value_error" else first["msg"]
        came = "" if first["type"] in ("missing", "value_error") else f"; {_shorten(first['input'])} came"
        raise ParameterError(f"{': '.join([origin, *_key(place)])}: {said}{came}.".replace("..", ".")) from None


def _key(place: tuple[int | str, ...]) -> list[str]:
    return [".".join(map(str, place))] if place else []


def _shorten(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _model_at(model: type[BaseModel], place: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Return the type of the settings at a place, where it can be told from the types alone."""
    found: type[BaseModel] | None = model
    for part in place:
        field = None if found is None else found.model_fields.get(str(part))
        found = None if field is None else _model_in(field.annotation)
    return found


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        models = [_model_in(part) for part in typing.get_args(annotation)]
        return next((one for one in models if one is not None), None)
    return None
