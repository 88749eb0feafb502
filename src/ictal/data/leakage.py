"""Nothing of the test is seen in training: what is checked, and how it is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from ictal.core.errors import IctalError, check_option
from ictal.core.spans import Span, intersect_spans, merge_spans
from ictal.data.persons import ALIASES, Aliases, person_of
from ictal.data.portions import Portion, Split
from ictal.data.prepared import PreparedRecording
from ictal.data.windows import WindowTable

_ROUNDING = 1e-6
_NAMED = 3


class LeakageError(IctalError):
    """What a detector is tested on would be known to it; the message names what leaks."""


def check_split(
    split: Split, recordings: Sequence[PreparedRecording], *, aliases: Aliases = ALIASES, guard: float = 0.0
) -> None:
    """Make sure that no two sides of a split share a person, a recording or a sample.

    In a split that is declared `within_subject`, persons and recordings may stand on several sides, at times that are
    at least `guard` seconds apart.

    Parameters
    ----------
    split : Split
    recordings : sequence of PreparedRecording
        The store that it splits.
    aliases : mapping of str to str
        Subjects that are the same person.
    guard : float
        Seconds between two sides in one recording: the length of the windows, if any may reach over the border of its
        portion.

    Raises
    ------
    LeakageError
        If something is on two sides, or a portion is not what the store has.

    Examples
    --------
    >>> from ictal.core.events import Annotations
    >>> store = [
    ...     PreparedRecording(name, name, "1", "", ("C3",), 1.0, 60, Annotations((), 60.0))
    ...     for name in ("chb01", "chb21")
    ... ]
    >>> train, test = (Portion(one.name, one.subject, 0.0, 60.0) for one in store)
    >>> check_split(Split("mine", (train,), (), (test,)), store)
    Traceback (most recent call last):
    ...
    ictal.data.leakage.LeakageError: split mine: subject 'chb01' stands in train and as 'chb21' in test.
    """
    known = {recording.name: recording for recording in recordings}
    for side, portions in split.sides.items():
        for portion in portions:
            _check_portion(f"split {split.name}: {side}", portion, known)
    for first, second in combinations(split.sides, 2):
        _check_apart(
            f"split {split.name}",
            (first, split.sides[first]),
            (second, split.sides[second]),
            within_subject=split.within_subject,
            aliases=aliases,
            guard=guard,
        )


def check_windows(
    train: WindowTable,
    test: WindowTable,
    *,
    within_subject: bool = False,
    aliases: Aliases = ALIASES,
    guard: float = 0.0,
) -> None:
    """Make sure that windows that were cut share no person, no recording and no sample, however they were cut.

    Parameters
    ----------
    train, test : WindowTable
        Windows of the same store.
    within_subject, aliases, guard
        As in :func:`check_split`.

    Raises
    ------
    LeakageError
        If they share something.
    """
    sides = (("train", covered_portions(train)), ("test", covered_portions(test)))
    _check_apart("windows", *sides, within_subject=within_subject, aliases=aliases, guard=guard)


def covered_portions(windows: WindowTable) -> tuple[Portion, ...]:
    """Return the stretches that the windows cover, overlapping windows joined.

    Examples
    --------
    >>> from ictal.core.events import Annotations
    >>> night = PreparedRecording("a", "anna", "1", "", ("C3",), 1.0, 60, Annotations((), 60.0))
    >>> starts, recording, labels = np.array([20, 0, 2]), np.zeros(3, np.int32), np.zeros(3, np.int8)
    >>> portions = covered_portions(WindowTable((night,), recording, starts, labels, 4, ("bckg", "sz")))
    >>> [(portion.recording, portion.start, portion.stop) for portion in portions]
    [('a', 0.0, 6.0), ('a', 20.0, 24.0)]
    """
    if not len(windows):
        return ()
    order = np.lexsort((windows.start, windows.recording))
    number, start = windows.recording[order], windows.start[order]
    begins = np.flatnonzero(np.append(True, (np.diff(number) != 0) | (np.diff(start) > windows.length)))
    ends = np.append(begins[1:], len(start)) - 1
    rate = windows.sampling_rate
    portions = []
    for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
        of = windows.recordings[number[begin]]
        portions.append(
            Portion(of.name, of.subject, float(start[begin]) / rate, float(start[end] + windows.length) / rate)
        )
    return tuple(portions)


@dataclass(frozen=True, slots=True)
class FittedOn:
    """What a scaler, a PCA or a resampler was fitted on; it carries this value with it.

    Attributes
    ----------
    portions : tuple of Portion
        The stretches; recordings and persons are called by fingerprints of their names, so that a file that is passed
        on names none.

    Examples
    --------
    >>> train, test = Portion("a", "anna", 0.0, 60.0), Portion("b", "bert", 0.0, 60.0)
    >>> check_fitted(FittedOn.from_portions([train]), [test])
    >>> check_fitted(FittedOn.from_portions([train, test]), [test])
    Traceback (most recent call last):
    ...
    ictal.data.leakage.LeakageError: what was fitted: recording 'b' stands in fitted and in test, both at 0-60 s.
    """

    portions: tuple[Portion, ...]

    @classmethod
    def from_portions(cls, portions: Iterable[Portion], aliases: Aliases = ALIASES) -> FittedOn:
        """Make the value of a fit on portions."""
        return cls(tuple(_without_names(portion, aliases) for portion in portions))

    @classmethod
    def from_windows(cls, windows: WindowTable, aliases: Aliases = ALIASES) -> FittedOn:
        """Make the value of a fit on windows: of what was really fitted on, and not of what was meant to be."""
        return cls.from_portions(covered_portions(windows), aliases)


def check_fitted(
    fitted: FittedOn,
    test: Sequence[Portion],
    *,
    within_subject: bool = False,
    aliases: Aliases = ALIASES,
    guard: float = 0.0,
) -> None:
    """Make sure that something was fitted on nothing of the test side.

    Parameters
    ----------
    fitted : FittedOn
        What it carries.
    test : sequence of Portion
        The test side of the split.
    within_subject, aliases, guard
        As in :func:`check_split`.

    Raises
    ------
    LeakageError
        If it has seen a person, a recording or a sample of the test side.
    """
    hidden = [_without_names(portion, aliases) for portion in test]
    names = {coded.recording: portion.recording for coded, portion in zip(hidden, test, strict=True)}
    names |= {coded.subject: person_of(portion.subject, aliases) for coded, portion in zip(hidden, test, strict=True)}
    clear = [
        Portion(names.get(one.recording, one.recording), names.get(one.subject, one.subject), one.start, one.stop)
        for one in fitted.portions
    ]
    sides = (("fitted", clear), ("test", test))
    _check_apart("what was fitted", *sides, within_subject=within_subject, aliases=aliases, guard=guard)


def _without_names(portion: Portion, aliases: Aliases) -> Portion:
    recording, person = _fingerprint(portion.recording), _fingerprint(person_of(portion.subject, aliases))
    return Portion(recording, person, portion.start, portion.stop)


def _fingerprint(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _check_portion(place: str, portion: Portion, known: dict[str, PreparedRecording]) -> None:
    if portion.recording not in known:
        check_option(place, portion.recording, known)
    recording = known[portion.recording]
    if portion.subject != recording.subject:
        raise LeakageError(
            f"{place}: recording {portion.recording!r} is said to be of {portion.subject!r}, "
            f"but the store has it of {recording.subject!r}."
        )
    if portion.stop > recording.duration + _ROUNDING:
        raise LeakageError(
            f"{place}: recording {portion.recording!r} is said to reach to {portion.stop:g} s, "
            f"but it ends at {recording.duration:g} s."
        )


def _check_apart(
    place: str,
    one: tuple[str, Sequence[Portion]],
    other: tuple[str, Sequence[Portion]],
    *,
    within_subject: bool,
    aliases: Aliases,
    guard: float,
) -> None:
    """Refuse two sides that share time, then those that share a recording, then those that share a person."""
    (first, portions), (second, others) = one, other
    others_names = {portion.recording for portion in others}
    both = list(dict.fromkeys(portion.recording for portion in portions if portion.recording in others_names))
    spans, other_spans = _spans_by_recording(portions, both), _spans_by_recording(others, both)
    for name in both:
        found = f"{place}: recording {name!r} stands in {first} and in {second}"
        _check_times(found, spans[name], other_spans[name], guard)
    if within_subject:
        return
    if both:
        raise LeakageError(f"{place}: {_listed('recording', both)} in {first} and in {second}.")
    persons = {person_of(portion.subject, aliases): portion.subject for portion in portions}
    for portion in others:
        person = person_of(portion.subject, aliases)
        if person in persons:
            alias = "" if portion.subject == persons[person] else f"as {portion.subject!r} "
            raise LeakageError(f"{place}: subject {persons[person]!r} stands in {first} and {alias}in {second}.")


def _check_times(found: str, spans: Sequence[Span], others: Sequence[Span], guard: float) -> None:
    shared = intersect_spans(spans, others)
    if any(stop - start > _ROUNDING for start, stop in shared):
        listed = ", ".join(f"{start:g}-{stop:g} s" for start, stop in shared[:_NAMED])
        raise LeakageError(f"{found}, both at {listed}.")
    widened = [(start - guard + _ROUNDING, stop + guard - _ROUNDING) for start, stop in spans]
    near = intersect_spans(widened, others)
    if guard > 0 and near:
        raise LeakageError(f"{found}, less than {guard:g} s apart at {near[0][0]:g} s.")


def _spans_by_recording(portions: Iterable[Portion], names: Iterable[str]) -> dict[str, tuple[Span, ...]]:
    spans: dict[str, list[Span]] = {name: [] for name in names}
    for portion in portions:
        if portion.recording in spans:
            spans[portion.recording].append((portion.start, portion.stop))
    return {name: merge_spans(own) for name, own in spans.items()}


def _listed(kind: str, names: Sequence[str]) -> str:
    listed = ", ".join(map(repr, names[:_NAMED])) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")
    return f"{kind} {listed} stands" if len(names) == 1 else f"{kind}s {listed} stand"
