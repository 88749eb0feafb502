"""The chain of preprocessing that a recipe asks for."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ictal.core.changes import change_values
from ictal.core.errors import ParameterError, RecordingError
from ictal.preprocessing.chain import Chain

DEFAULT_RECIPE = """\
[[chain.steps]]
step = "montage"
to = "double-banana"
missing = "interpolate"

[[chain.steps]]
step = "resample"
sampling_rate = 256.0

[[chain.steps]]
step = "notch"
frequency = "auto"

[[chain.steps]]
step = "band-pass"
low = 0.5
high = 60.0
"""
"""Scalp EEG as most published detectors take it; what is prepared where no recipe is named."""


def load_chain(recipe: Path | str | None = None, changes: Mapping[str, str] | None = None) -> Chain:
    """Return the chain of a recipe, with some values changed.

    Parameters
    ----------
    recipe : path, optional
        A TOML file; its table ``chain`` has the form that it has in a detector, and other tables are not looked at.
        :data:`DEFAULT_RECIPE` where not given.
    changes : mapping of str to str, optional
        Dotted key → value as text: ``chain.steps.3.high`` → ``100``.

    Raises
    ------
    RecordingError
        If there is no such file.
    ParameterError
        If it is not TOML, has no chain, or a key or value is not allowed.

    Examples
    --------
    >>> [step.step for step in load_chain(changes={"chain.steps.3.high": "100"}).steps]
    ['montage', 'resample', 'notch', 'band-pass']
    """
    origin = "default recipe" if recipe is None else str(recipe)
    table = _read_table(DEFAULT_RECIPE if recipe is None else _read_text(Path(recipe)), origin)
    if "chain" not in table:
        raise ParameterError(
            f"{origin}: has no table 'chain'; it has {', '.join(map(repr, table)) if table else 'none'}."
        )
    chain = _parse(table["chain"], origin)
    if changes is None or not changes:
        return chain
    changed = change_values({"chain": chain.model_dump(mode="json")}, changes)
    return _parse(changed["chain"], "--set")


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise RecordingError(f"cannot be read: {reason}", file=path) from None


def _read_table(text: str, origin: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"{origin}: is not TOML: {error}") from None


def _parse(chain: Any, origin: str) -> Chain:
    try:
        return Chain.model_validate(chain)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(["chain", *map(str, first["loc"])])
        said = first["ctx"]["error"] if first["type"] == "value_error" else first["msg"]
        raise ParameterError(f"{origin}: {place}: {said}") from None
