"""Settings changed by dotted keys, as ``--set chain.steps.1.cutoff=64`` does."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from ictal.core.errors import ParameterError, check_option


def change_values(values: Any, changes: Mapping[str, str], parameter: str = "--set") -> Any:
    """Return plain settings with some values replaced.

    Parameters
    ----------
    values : dict or list
        As JSON or TOML carry them; left as they are.
    changes : mapping of str to str
        Dotted key → value as text; the text is read as JSON where it is JSON, as a plain string otherwise.
    parameter : str
        Where the changes come from, for messages.

    Raises
    ------
    ParameterError
        If a key does not exist; the keys at that place are listed.

    Examples
    --------
    >>> change_values({"steps": [{"cutoff": 30.0}]}, {"steps.0.cutoff": "64"})
    {'steps': [{'cutoff': 64}]}
    """
    changed = copy.deepcopy(values)
    for key, text in changes.items():
        *path, last = key.split(".")
        place = changed
        for depth, part in enumerate(path):
            place = place[_find(place, part, f"{parameter} {'.'.join(path[: depth + 1])}")]
        place[_find(place, last, f"{parameter} {key}")] = read_value(text)
    return changed


def _find(place: Any, part: str, parameter: str) -> str | int:
    if isinstance(place, list):
        return int(check_option(parameter, part, [str(number) for number in range(len(place))]))
    if not isinstance(place, dict) or not place:
        raise ParameterError(f"{parameter}: {part!r} is not allowed; {parameter.rpartition('.')[0]} has no keys.")
    return str(check_option(parameter, part, place))


def read_value(text: str) -> Any:
    """Return what a text means: JSON where it is JSON, else the text itself.

    Examples
    --------
    >>> read_value("0.5"), read_value("auto")
    (0.5, 'auto')
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
