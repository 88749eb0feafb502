"""The ways to split a store, by the names that recipes use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ictal.core.errors import ParameterError
from ictal.core.tables import Table
from ictal.data.leakage import check_split
from ictal.data.persons import ALIASES, Aliases
from ictal.data.portions import Split
from ictal.data.prepared import PreparedRecording

SPLITS = Table(
    "split",
    {
        "loso": "ictal.data.subject_splits:leave_one_subject_out",
        "subject": "ictal.data.subject_splits:split_by_subject",
        "seizure": "ictal.data.seizure_splits:leave_one_seizure_out",
        "chrono": "ictal.data.seizure_splits:split_by_time",
        "official": "ictal.data.subject_splits:official_split",
        "all": "ictal.data.subject_splits:train_on_all",
    },
)
"""Each takes recordings, and `seed`, `validation` and `aliases` by name."""

NUMBERS: dict[str, tuple[str, type[int] | type[float]]] = {"subject": ("n_folds", int), "chrono": ("first", float)}
"""What the number behind the colon is: folds (``subject:5``), seconds (``chrono:7200``)."""

MOST_VALIDATION = 0.5


def make_splits(
    name: str,
    recordings: Sequence[PreparedRecording],
    *,
    seed: int = 0,
    validation: float = 0.2,
    aliases: Aliases = ALIASES,
) -> tuple[Split, ...]:
    """Return the folds of a way to split, each checked for leaks.

    Parameters
    ----------
    name : str
        ``loso``, ``subject:5``, ``subject:10``, ``seizure``, ``chrono``, ``chrono:7200``, ``official``, or ``all``
        that tests on nobody.
    recordings : sequence of PreparedRecording
        Those of the store; those of one subject in the order of time.
    seed : int
        The same seed and store give the same folds.
    validation : float
        The share of what is not tested that training is watched on, at most 0.5; 0 leaves the validation side empty.
    aliases : mapping of str to str
        Subjects that are the same person.

    Raises
    ------
    ParameterError
        If there is no such way, or the store has too little for it.
    LeakageError
        If a split leaks, which the official one of a corpus can.

    Examples
    --------
    >>> from ictal.core.events import Annotations
    >>> store = [
    ...     PreparedRecording(name, name, "1", "", ("C3",), 1.0, 60, Annotations((), 60.0)) for name in ("a", "b", "c")
    ... ]
    >>> [split.name for split in make_splits("loso", store)]
    ['loso-a', 'loso-b', 'loso-c']
    """
    if not 0 <= validation <= MOST_VALIDATION:
        raise ParameterError(f"validation: {validation!r} is not allowed; it must be from 0 to {MOST_VALIDATION}.")
    way, colon, number = name.partition(":")
    make = SPLITS.load(way)
    settings = {} if not colon else _read_number(name, way, number)
    splits: tuple[Split, ...] = make(recordings, seed=seed, validation=validation, aliases=aliases, **settings)
    for split in splits:
        check_split(split, recordings, aliases=aliases)
    return splits


def _read_number(name: str, way: str, number: str) -> dict[str, Any]:
    if way not in NUMBERS:
        raise ParameterError(f"split: {name!r} is not allowed; {way} takes no number.")
    parameter, kind = NUMBERS[way]
    try:
        return {parameter: kind(number)}
    except ValueError:
        raise ParameterError(
            f"split: {name!r} is not allowed; {parameter} must be a number of type {kind.__name__}."
        ) from None
