"""Options that more than one verb takes, and how their texts are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ictal.core.errors import ParameterError

Paths = Annotated[list[Path], typer.Argument(help="Files, folders or BIDS datasets.", metavar="PATH")]
DetectorName = Annotated[
    str | None,
    typer.Option("--detector", "-d", help="A bundled detector (`ictal models`) or a .ictal file.", metavar="NAME|FILE"),
]
Threshold = Annotated[
    float | None,
    typer.Option(min=0.0, max=1.0, help="Smoothed probability at which an event starts, 0 to 1.", metavar="X"),
]
Changes = Annotated[
    list[str], typer.Option("--set", help="Change any setting, as postprocessing.merge_gap=10.", metavar="KEY=VALUE")
]
Names = Annotated[
    list[str], typer.Option("--map", help="What an odd label means, as Fp1='Kanal 1'.", metavar="NAME=LABEL")
]
Animals = Annotated[
    list[str], typer.Option("--animal", help="One animal of several in a file.", metavar="NAME=CHANNEL,CHANNEL")
]
SeizureLabels = Annotated[
    list[str],
    typer.Option(
        "--seizure-label",
        help="Compare with the annotations in the file that say LABEL, or START:STOP.",
        metavar="LABEL",
    ),
]
Identity = Annotated[
    bool,
    typer.Option("--keep-identity", help="Keep dates, the patient fields in the copy, the file name in the report."),
]
THRESHOLD = "postprocessing.threshold"


def read_pairs(option: str, texts: list[str]) -> dict[str, str]:
    """Return ``KEY=VALUE`` texts as a mapping.

    Raises
    ------
    ParameterError
        If a text has no ``=``, or a key comes twice.
    """
    pairs: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key or not value or key in pairs:
            raise ParameterError(f"{option}: {text!r} is not allowed; give KEY=VALUE, each key once.")
        pairs[key] = value
    return pairs


def read_names(text: str) -> list[str]:
    """Return the names in a list that is separated by commas."""
    return [name.strip() for name in text.split(",")]


def read_changes(texts: list[str], threshold: float | None) -> dict[str, str]:
    """Return the settings to change.

    Raises
    ------
    ParameterError
        If the threshold is given twice.
    """
    changes = read_pairs("--set", texts)
    if threshold is None:
        return changes
    if THRESHOLD in changes:
        raise ParameterError(f"--threshold: is the same setting as --set {THRESHOLD}; give one of them.")
    return {**changes, THRESHOLD: str(threshold)}


def read_mapping(texts: list[str]) -> dict[str, str]:
    """Return ``NAME=LABEL`` texts as label → name."""
    return {label: name for name, label in read_pairs("--map", texts).items()}


def read_span(text: str) -> tuple[float, float]:
    """Return ``START:STOP`` in seconds.

    Raises
    ------
    ParameterError
        If it is something else.

    Examples
    --------
    >>> read_span("120:150.5")
    (120.0, 150.5)
    """
    start, colon, stop = text.partition(":")
    try:
        if not colon:
            raise ValueError
        return float(start), float(stop)
    except ValueError:
        raise ParameterError(f"--span: {text!r} is not allowed; give START:STOP in seconds, as 120:150.") from None


def is_run(source: Path) -> bool:
    """Whether a path is the folder of a run, and not a recording.

    Raises
    ------
    ParameterError
        If it is another folder.
    """
    if source.is_dir() and not (source / "run.json").is_file():
        raise ParameterError(
            f"{source}: is a folder without run.json; allowed are a recording and the folder of a run."
        )
    return source.is_dir()


def refuse_options(what: str, **options: object) -> None:
    """Refuse options that mean nothing for what was named.

    Raises
    ------
    ParameterError
        If one of them was given.

    Examples
    --------
    >>> refuse_options("a run", event=3)
    Traceback (most recent call last):
    ...
    ictal.core.errors.ParameterError: --event: is not allowed with a run.
    """
    for name, value in options.items():
        if value not in (None, [], False):
            raise ParameterError(f"--{name.replace('_', '-')}: is not allowed with {what}.")
