"""Splits in which no person stands on two sides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

import numpy as np

from ictal.core.errors import ParameterError, check_option
from ictal.data.persons import ALIASES, Aliases, count_seizures, group_by_person
from ictal.data.portions import Portion, Split, whole_recordings
from ictal.data.prepared import PreparedRecording

OFFICIAL = {
    "train": "train",
    "training": "train",
    "dev": "validation",
    "val": "validation",
    "validation": "validation",
    "eval": "test",
    "test": "test",
    "dev_test": "test",
}
"""What the owners of corpora call the sides."""


def split_by_subject(
    recordings: Sequence[PreparedRecording],
    n_folds: int = 5,
    *,
    seed: int = 0,
    validation: float = 0.2,
    aliases: Aliases = ALIASES,
) -> tuple[Split, ...]:
    """Return folds of persons; each person is tested once, and the folds have about equally many seizures.

    Parameters
    ----------
    recordings : sequence of PreparedRecording
    n_folds : int
        At least 2, at most as many as persons.
    seed, validation, aliases
        As in :func:`ictal.data.splits.make_splits`.

    Raises
    ------
    ParameterError
        If there are too few persons.
    """
    grouped = group_by_person(recordings, aliases)
    if not 2 <= n_folds <= len(grouped):
        raise ParameterError(
            f"n_folds: {n_folds!r} is not allowed; it must be from 2 to the {len(grouped)} subjects of the store."
        )
    folds = deal_persons(_seizures_of(grouped), n_folds, np.random.default_rng(seed))
    names = [f"subject-{n_folds}-fold-{number}" for number in range(1, n_folds + 1)]
    return _hold_out(grouped, dict(zip(names, folds, strict=True)), seed, validation)


def leave_one_subject_out(
    recordings: Sequence[PreparedRecording], *, seed: int = 0, validation: float = 0.2, aliases: Aliases = ALIASES
) -> tuple[Split, ...]:
    """Return a fold for each person, who alone is tested.

    Parameters
    ----------
    recordings : sequence of PreparedRecording
    seed, validation, aliases
        As in :func:`ictal.data.splits.make_splits`.

    Raises
    ------
    ParameterError
        If there are too few persons.
    """
    grouped = group_by_person(recordings, aliases)
    if len(grouped) < 2:
        raise ParameterError(f"loso: a store with {len(grouped)} subject is not allowed; it needs 2 or more.")
    return _hold_out(grouped, {f"loso-{person}": (person,) for person in grouped}, seed, validation)


def train_on_all(
    recordings: Sequence[PreparedRecording], *, seed: int = 0, validation: float = 0.2, aliases: Aliases = ALIASES
) -> tuple[Split, ...]:
    """Return the one split that tests on nobody, for a detector that is tested elsewhere.

    Parameters
    ----------
    recordings : sequence of PreparedRecording
    seed, validation, aliases
        As in :func:`ictal.data.splits.make_splits`.
    """
    return _hold_out(group_by_person(recordings, aliases), {"all": ()}, seed, validation)


def official_split(
    recordings: Sequence[PreparedRecording], *, seed: int = 0, validation: float = 0.2, aliases: Aliases = ALIASES
) -> tuple[Split, ...]:
    """Return the one split that the owner of the corpus made.

    Where the owner made no validation side, it is taken from the persons of the training side.

    Parameters
    ----------
    recordings : sequence of PreparedRecording
    seed, validation, aliases
        As in :func:`ictal.data.splits.make_splits`.

    Raises
    ------
    ParameterError
        If a recording has no side, or one that is not in :data:`OFFICIAL`, or nothing is to train on or to test on.
    """
    sides: dict[str, list[PreparedRecording]] = {"train": [], "validation": [], "test": []}
    for recording in recordings:
        if not recording.split:
            raise ParameterError(f"official: recording {recording.name!r} has no official split; choose another.")
        sides[OFFICIAL[check_option("official split", recording.split, OFFICIAL)]].append(recording)
    for side in ("train", "test"):
        if not sides[side]:
            raise ParameterError(f"official: no recording is on the {side} side; choose another split.")
    if not sides["validation"] and validation > 0:
        grouped = group_by_person(sides["train"], aliases)
        watched = choose_validation(_seizures_of(grouped), validation, np.random.default_rng(seed))
        for person in sorted(watched):
            sides["validation"] += grouped.pop(person)
        sides["train"] = [recording for own in grouped.values() for recording in own]
    train, watch, test = (whole_recordings(own) for own in sides.values())
    return (Split("official", train, watch, test),)


def deal_persons(seizures: Mapping[str, int], n_groups: int, rng: np.random.Generator) -> tuple[tuple[str, ...], ...]:
    """Deal persons to groups that have about equally many of them and of their seizures.

    The persons with the most seizures are dealt first, one to each group, then the next. So the seizures of two groups
    differ by no more than those of the two most different persons.

    Parameters
    ----------
    seizures : mapping of str to int
        Of each person.
    n_groups : int
    rng : Generator
        Decides among those who are dealt together, and among those with equally many seizures.

    Returns
    -------
    tuple of tuple of str, length n_groups
        The numbers of persons differ by 1 at most.
    """
    shuffled = rng.permutation(sorted(seizures)).tolist()
    ranked = sorted(shuffled, key=lambda person: -seizures[person])
    groups: list[list[str]] = [[] for _ in range(n_groups)]
    for first in range(0, len(ranked), n_groups):
        for group, person in zip(rng.permutation(n_groups), ranked[first : first + n_groups], strict=False):
            groups[group].append(person)
    return tuple(map(tuple, groups))


def choose_validation(seizures: Mapping[str, int], share: float, rng: np.random.Generator) -> frozenset[str]:
    """Choose about a share of the persons, with and without seizures, as the rest are.

    Where it can be, the rest keeps a seizure, and there is one among the chosen too.

    Raises
    ------
    ParameterError
        If there is one person alone.
    """
    if share <= 0:
        return frozenset()
    if len(seizures) < 2:
        raise ParameterError(
            "validation: a training side with one subject is not allowed; it needs 2, one to watch training on. "
            "Use more subjects, or validation 0."
        )
    groups = deal_persons(seizures, min(max(round(1 / share), 2), len(seizures)), rng)
    counts = {group: sum(seizures[person] for person in group) for group in groups}
    total = sum(counts.values())
    sparing = [group for group in groups if counts[group] < total or total == 0]
    telling = [group for group in sparing if counts[group] > 0]
    candidates = telling if telling else sparing
    return frozenset(candidates[rng.integers(len(candidates))])


def _hold_out(
    grouped: Mapping[str, Sequence[PreparedRecording]],
    folds: Mapping[str, Iterable[str]],
    seed: int,
    validation: float,
) -> tuple[Split, ...]:
    """Return the split of each fold: its persons are tested, some of the others are watched."""
    seizures = _seizures_of(grouped)
    portions = {person: whole_recordings(own) for person, own in grouped.items()}
    splits = []
    for number, (name, fold) in enumerate(folds.items()):
        tested = frozenset(fold)
        others = {person: count for person, count in seizures.items() if person not in tested}
        watched = choose_validation(others, validation, np.random.default_rng([seed, number]))
        sides = (others.keys() - watched, watched, tested)
        train, watch, test = (_join(portions[person] for person in portions if person in side) for side in sides)
        splits.append(Split(name, train, watch, test))
    return tuple(splits)


def _join(of_persons: Iterable[tuple[Portion, ...]]) -> tuple[Portion, ...]:
    return tuple(chain.from_iterable(of_persons))


def _seizures_of(grouped: Mapping[str, Sequence[PreparedRecording]]) -> dict[str, int]:
    return {person: count_seizures(own) for person, own in grouped.items()}
