"""Plain settings, as recipes and JSON carry them, become the value that a table names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ictal.core.errors import ParameterError, check_option
from ictal.core.tables import Table


def parse_settings(table: Table, settings: Mapping[str, Any]) -> Any:
    """Return the value that plain settings describe.

    Parameters
    ----------
    table : Table
        Name → pydantic class; its kind is the key under which the settings say the name.
    settings : mapping of str to value

    Raises
    ------
    ParameterError
        If the name, one of the keys or a value is not allowed; the allowed ones are listed.

    Examples
    --------
    >>> table = Table("balance", {"undersample": "ictal.data.balance:Undersample"})
    >>> parse_settings(table, {"balance": "undersample", "ratio": 0.1}).ratio
    0.1
    """
    name = check_option(table.kind, settings.get(table.kind), table)
    model = table.load(str(name))
    for key in settings:
        check_option(f"{name} setting", key, model.model_fields)
    try:
        return model.model_validate(dict(settings))
    except ValidationError as error:
        first = error.errors()[0]
        place = " ".join([str(name), *map(str, first["loc"])])
        raise ParameterError(f"{place}: {first['msg']}; {first['input']!r} came.") from None
