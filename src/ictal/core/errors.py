"""What ictal says when something cannot be done, and how it is worded.

Every message is one line that says which file, which field or parameter, what came and what is allowed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class IctalError(Exception):
    """Base of every error that ictal raises on purpose."""


class ParameterError(IctalError, ValueError):
    """A parameter has a value that is not allowed."""


class RecordingError(IctalError):
    """A recording cannot be used.

    Parameters
    ----------
    problem : str
        What is wrong and, where there is one, the mend.
    file : path, optional
        The file that is at fault; its name opens the message.
    field : str, optional
        The header field, channel or stretch that is at fault.

    Examples
    --------
    >>> str(RecordingError("is 0 bytes long", file="night.edf", field="header"))
    'night.edf: header: is 0 bytes long'
    """

    def __init__(self, problem: str, *, file: Path | str | None = None, field: str | None = None) -> None:
        self.problem = problem
        self.file = file
        self.field = field
        super().__init__(located(problem, file=file, field=field))

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild_recording_error, (type(self), self.problem, self.file, self.field)


def _rebuild_recording_error(
    kind: type[RecordingError], problem: str, file: Path | str | None, field: str | None
) -> RecordingError:
    return kind(problem, file=file, field=field)


class OutputError(IctalError):
    """A result cannot be written."""


class IctalWarning(UserWarning):
    """Something was mended or left out, and the user should know."""


def located(text: str, *, file: Path | str | None = None, field: str | None = None) -> str:
    """Put the file and the field at fault in front of a message.

    Examples
    --------
    >>> located("is not a number", file="a.edf", field="number of signals")
    'a.edf: number of signals: is not a number'
    """
    parts = [str(part) for part in (file, field) if part is not None]
    return ": ".join([*parts, text])


def check_option(parameter: str, value: T, allowed: Iterable[T]) -> T:
    """Return `value` if it is among `allowed`; otherwise name the allowed ones, the near ones first.

    Raises
    ------
    ParameterError
        If `value` is not allowed.

    Examples
    --------
    >>> check_option("missing", "mask", ["interpolate", "mask"])
    'mask'
    """
    options = list(allowed)
    if value in options:
        return value
    near = difflib.get_close_matches(str(value), [str(option) for option in options], n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    listed = ", ".join(repr(option) for option in options)
    raise ParameterError(f"{parameter}: {value!r} is not allowed; allowed are {listed}.{hint}")


def check_positive(parameter: str, value: float) -> float:
    """Return `value` if it is a finite number above zero.

    Raises
    ------
    ParameterError
        If it is not.
    """
    if not 0 < value < float("inf"):
        raise ParameterError(f"{parameter}: {value!r} is not allowed; it must be a finite number above 0.")
    return value
