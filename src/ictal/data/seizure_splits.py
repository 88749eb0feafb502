"""Splits within one person, in time: the recordings of a person are seen as one long stretch."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ictal.core.errors import IctalWarning, ParameterError, check_positive
from ictal.core.spans import Span, merge_spans
from ictal.data.persons import ALIASES, Aliases, group_by_person
from ictal.data.portions import Portion, Split
from ictal.data.prepared import PreparedRecording

GUARD = 60.0
"""Seconds between two sides: longer than the windows of any model here and than what a filter remembers."""


def leave_one_seizure_out(
    recordings: Sequence[PreparedRecording],
    *,
    seed: int = 0,
    validation: float = 0.2,
    aliases: Aliases = ALIASES,
    guard: float = GUARD,
) -> tuple[Split, ...]:
    """Return a fold for each seizure of each person, which is tested with the time around it.

    The time of a person is cut midway between seizures. One stretch is tested, some of the others are watched, the rest
    is trained on. Seizures less than `guard` seconds apart are held together.

    Parameters
    ----------
    recordings : sequence of PreparedRecording
        Those of one subject in the order of time.
    seed, validation, aliases
        As in :func:`ictal.data.splits.make_splits`.
    guard : float
        Seconds that are left out at every cut.

    Raises
    ------
    ParameterError
        If no person has enough seizures: 3, or 2 without a validation side.

    Warns
    -----
    IctalWarning
        If some persons have too few; they are left out.
    """
    check_positive("guard", guard)
    grouped = group_by_person(recordings, aliases)
    needed = 3 if validation > 0 else 2
    splits: list[Split] = []
    left_out = 0
    for number, (person, own) in enumerate(grouped.items()):
        cells = _cells(own, guard)
        if len(cells) < needed:
            left_out += 1
            continue
        rng = np.random.default_rng([seed, number])
        n_watched = max(round(validation * (len(cells) - 1)), 1) if validation > 0 else 0
        for tested in range(len(cells)):
            others = rng.permutation([cell for cell in range(len(cells)) if cell != tested])
            sides = [sorted(others[n_watched:].tolist()), sorted(others[:n_watched].tolist()), [tested]]
            train, watch, test = (_portions(own, [cells[cell] for cell in side]) for side in sides)
            splits.append(Split(f"seizure-{person}-{tested + 1}", train, watch, test, within_subject=True))
    _report_left_out("seizure", left_out, len(grouped), f"fewer than {needed} seizures")
    return tuple(splits)


def split_by_time(
    recordings: Sequence[PreparedRecording],
    first: float = 3600.0,
    *,
    seed: int = 0,
    validation: float = 0.2,
    aliases: Aliases = ALIASES,
    guard: float = GUARD,
) -> tuple[Split, ...]:
    """Return a split for each person: what comes first is trained on, all that follows is tested.

    The last part of what comes first is watched. A cut that would fall into a seizure, or less than `guard` seconds
    before one, is moved to its end.

    Parameters
    ----------
    recordings : sequence of PreparedRecording
        Those of one subject in the order of time.
    first : float
        Seconds.
    seed : int
        Nothing is left to chance here; it is taken for likeness.
    validation, aliases
        As in :func:`ictal.data.splits.make_splits`.
    guard : float
        Seconds that are left out at every cut.

    Raises
    ------
    ParameterError
        If no person was recorded for so long.

    Warns
    -----
    IctalWarning
        If some persons were not; they are left out.
    """
    del seed
    check_positive("first", first)
    check_positive("guard", guard)
    grouped = group_by_person(recordings, aliases)
    splits = []
    for person, own in grouped.items():
        seizures = _seizures(own, guard)
        end = sum(recording.duration for recording in own)
        cut = _move_cut(first, seizures, guard)
        end_of_train = _move_cut(first * (1 - validation), seizures, guard)
        watched = (end_of_train + guard, cut) if validation > 0 else (cut, cut)
        train, watch, test = (_portions(own, [side]) for side in ((0.0, end_of_train), watched, (cut + guard, end)))
        if train and test and (watch or validation == 0):
            splits.append(Split(f"chrono-{person}", train, watch, test, within_subject=True))
    _report_left_out("chrono", len(grouped) - len(splits), len(grouped), f"too little beside the first {first:g} s")
    return tuple(splits)


def _report_left_out(way: str, left_out: int, of: int, reason: str) -> None:
    if left_out == of:
        raise ParameterError(f"{way}: all {of} subjects have {reason}; choose another split.")
    if left_out:
        warnings.warn(
            f"{way}: {left_out} of {of} subjects have {reason}; they are left out", IctalWarning, stacklevel=3
        )


def _seizures(recordings: Sequence[PreparedRecording], guard: float) -> tuple[Span, ...]:
    """Return the seizures of one person in seconds of all recordings put together."""
    spans: list[Span] = []
    begin = 0.0
    for recording in recordings:
        spans += [(begin + start, begin + stop) for start, stop in recording.annotations.seizures.spans]
        begin += recording.duration
    return merge_spans(spans, gap=guard)


def _cells(recordings: Sequence[PreparedRecording], guard: float) -> list[Span]:
    """Return a stretch around each seizure, `guard` seconds between them, in seconds of all recordings together."""
    seizures = _seizures(recordings, guard)
    middles = [(before[1] + after[0]) / 2 for before, after in pairwise(seizures)]
    starts = [0.0, *(middle + guard / 2 for middle in middles)]
    stops = [*(middle - guard / 2 for middle in middles), sum(recording.duration for recording in recordings)]
    return list(zip(starts, stops, strict=True))[: len(seizures)]


def _move_cut(cut: float, seizures: Sequence[Span], guard: float) -> float:
    """Return where to cut so that no seizure is cut, nor begins in the guard that follows."""
    for start, stop in seizures:
        if start < cut + guard and stop > cut:
            return stop
    return cut


def _portions(recordings: Sequence[PreparedRecording], stretches: Sequence[Span]) -> tuple[Portion, ...]:
    """Return the portions that stretches of the time of one person are made of."""
    portions: list[Portion] = []
    for start, stop in stretches:
        begin = 0.0
        for recording in recordings:
            first, last = max(start - begin, 0.0), min(stop - begin, recording.duration)
            if first < last:
                portions.append(Portion(recording.name, recording.subject, first, last))
            begin += recording.duration
    return tuple(portions)
