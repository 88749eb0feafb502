"""Visible tables: a name on the left, where it lives on the right, loaded on first use."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any

from ictal.core.errors import check_option


class Table(Mapping[str, str]):
    """A registry that reads as a table and loads nothing until asked.

    Parameters
    ----------
    kind : str
        What the entries are, for messages: ``"model"``, ``"step"``.
    entries : mapping of str to str
        Name → ``"package.module:attribute"``.

    Examples
    --------
    >>> table = Table("number", {"pi": "math:pi"})
    >>> round(table.load("pi"), 2)
    3.14
    >>> list(table)
    ['pi']
    """

    def __init__(self, kind: str, entries: Mapping[str, str]) -> None:
        self.kind = kind
        self._entries = dict(entries)

    def __getitem__(self, name: str) -> str:
        return self._entries[check_option(self.kind, name, self._entries)]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def load(self, name: str) -> Any:
        """Return the object behind `name`; an unknown name lists the known ones.

        Raises
        ------
        ParameterError
            If `name` is not in the table.
        """
        return load_attribute(self[name])


def load_attribute(address: str) -> Any:
    """Return the object at ``"package.module:attribute"``.

    Examples
    --------
    >>> load_attribute("math:tau") > 6
    True
    """
    module, _, attribute = address.partition(":")
    return getattr(importlib.import_module(module), attribute)
