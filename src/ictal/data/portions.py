"""Who is trained on and who is tested on: a split as a value, and as a file."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ictal.core.errors import ParameterError, RecordingError
from ictal.data.prepared import PreparedRecording
from ictal.io.atomic import atomic_write
from ictal.io.json_file import read_json_file

FORMAT = "ictal-splits"
VERSION = 1
SIDES = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Portion:
    """A stretch of one recording.

    Parameters
    ----------
    recording, subject : str
        As the store calls them.
    start, stop : float
        Seconds; `stop` is above `start`.

    Examples
    --------
    >>> Portion("chb01_03", "chb01", 0.0, 3600.0).duration
    3600.0
    """

    recording: str
    subject: str
    start: float
    stop: float

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.stop < math.inf:
            raise ParameterError(
                f"portion: {self.start!r} to {self.stop!r} s is not allowed; "
                "it must start at 0 or later, and stop after its start."
            )

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.stop - self.start


@dataclass(frozen=True, slots=True)
class Split:
    """What a detector is fitted on, what its training is watched on, and what it is tested on.

    Parameters
    ----------
    name : str
        Unique among the splits of one cross-validation: ``"loso-chb01"``.
    train, validation, test : tuple of Portion
    within_subject : bool
        Whether subjects stand on several sides on purpose, each at different times.
    """

    name: str
    train: tuple[Portion, ...]
    validation: tuple[Portion, ...]
    test: tuple[Portion, ...]
    within_subject: bool = False

    @property
    def sides(self) -> dict[str, tuple[Portion, ...]]:
        """The portions of ``"train"``, ``"validation"`` and ``"test"``."""
        return {"train": self.train, "validation": self.validation, "test": self.test}


def whole_recordings(recordings: Iterable[PreparedRecording]) -> tuple[Portion, ...]:
    """Return each recording from its start to its end."""
    return tuple(Portion(one.name, one.subject, 0.0, one.duration) for one in recordings)


def write_splits(path: Path | str, splits: Sequence[Split]) -> None:
    """Write splits as JSON, with a line for each portion.

    Raises
    ------
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> split = Split("mine", (Portion("a", "anna", 0.0, 60.0),), (), (Portion("b", "bert", 0.0, 60.0),))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_splits(f"{folder}/splits.json", [split])
    ...     read_splits(f"{folder}/splits.json") == (split,)
    True
    """
    opening = f'{{\n  "format": "{FORMAT}",\n  "version": {VERSION},\n  "splits": [\n'
    with atomic_write(path, "w") as file:
        file.write(opening + ",\n".join(map(_split_text, splits)) + "\n  ]\n}\n")


def read_splits(path: Path | str) -> tuple[Split, ...]:
    """Read what :func:`write_splits` wrote.

    Raises
    ------
    RecordingError
        If the file is not such a file; the field at fault is named.
    """
    content = read_json_file(path, "a file of splits", FORMAT, VERSION)
    try:
        return tuple(_decode_split(entry) for entry in _typed(content, "splits", list))
    except ParameterError as error:
        raise RecordingError(str(error), file=path) from None


def encode_portions(portions: Iterable[Portion]) -> list[dict[str, Any]]:
    """Return portions ready for JSON."""
    return [{key: getattr(portion, key) for key in _PORTION_KEYS} for portion in portions]


def decode_portions(entries: Iterable[Any]) -> tuple[Portion, ...]:
    """Return the portions that :func:`encode_portions` made ready.

    Raises
    ------
    ParameterError
        If a key is missing, unknown or of another type.
    """
    portions = []
    for entry in entries:
        if not isinstance(entry, dict) or set(entry) != set(_PORTION_KEYS):
            raise ParameterError(f"portion: {entry!r} is not allowed; it has the keys {', '.join(_PORTION_KEYS)}.")
        names = [_typed(entry, key, str) for key in ("recording", "subject")]
        times = [float(_typed(entry, key, int, float)) for key in ("start", "stop")]
        portions.append(Portion(*names, *times))
    return tuple(portions)


_PORTION_KEYS = tuple(field.name for field in fields(Portion))


def _split_text(split: Split) -> str:
    head = [f'"name": {_text(split.name)}', f'"within_subject": {_text(split.within_subject)}']
    sides = [f'"{side}": [{_rows(portions)}]' for side, portions in split.sides.items()]
    return "    {\n      " + ",\n      ".join([*head, *sides]) + "\n    }"


def _rows(portions: tuple[Portion, ...]) -> str:
    if not portions:
        return ""
    return "\n        " + ",\n        ".join(map(_text, encode_portions(portions))) + "\n      "


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _decode_split(entry: Any) -> Split:
    keys = ("name", "within_subject", *SIDES)
    if not isinstance(entry, dict) or set(entry) != set(keys):
        came = ", ".join(entry) if isinstance(entry, dict) else repr(entry)
        raise ParameterError(f"split: {came} came; it has the keys {', '.join(keys)}.")
    train, validation, test = (decode_portions(_typed(entry, side, list)) for side in SIDES)
    return Split(_typed(entry, "name", str), train, validation, test, _typed(entry, "within_subject", bool))


def _typed(entry: dict[str, Any], key: str, *kinds: type) -> Any:
    value = entry.get(key)
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        wanted = " or ".join(kind.__name__ for kind in kinds)
        raise ParameterError(f"{key}: {value!r} is not allowed; it must be of type {wanted}.")
    return value
