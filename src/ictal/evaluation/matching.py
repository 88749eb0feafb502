"""Which recordings several detectors were all tested on, and whether the truth was the same for all."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ictal.core.errors import RecordingError
from ictal.core.spans import Span, intersect_spans
from ictal.evaluation.reading import ROUNDING, TOLERANCE, MarkedRecording
from ictal.evaluation.stored import EvaluatedRecording


@dataclass(frozen=True, slots=True)
class Stretch:
    """A recording, or a stretch of one, that a detector was tested on.

    Parameters
    ----------
    name, subject : str
        Several stretches of one recording have its name in common.
    start, stop : float
        Seconds of the recording.
    seizures : tuple of (start, stop)
        What was true, in seconds of the recording; sorted and disjoint.
    origin : MarkedRecording or EvaluatedRecording
        What the detector left.
    """

    name: str
    subject: str
    start: float
    stop: float
    seizures: tuple[Span, ...]
    origin: MarkedRecording | EvaluatedRecording

    @property
    def title(self) -> str:
        """The name, and which part it is where the recording does not begin with it."""
        return f"{self.name} from {self.start:g} s" if self.start > 0 else self.name


def stretch_of(origin: MarkedRecording | EvaluatedRecording) -> Stretch:
    """Return where and when a detector was tested.

    Examples
    --------
    >>> stretch_of(MarkedRecording("night", "anna", 60.0, ((10.0, 20.0),), ())).stop
    60.0
    """
    if isinstance(origin, MarkedRecording):
        return Stretch(origin.name, origin.subject, 0.0, origin.duration, origin.reference, origin)
    inside = intersect_spans(origin.reference.seizures.spans, [(0.0, origin.reference.duration)])
    seizures = tuple((start + origin.start, stop + origin.start) for start, stop in inside)
    return Stretch(origin.name, origin.subject, origin.start, origin.stop, seizures, origin)


def match_stretches(runs: Mapping[str, Sequence[Stretch]]) -> dict[str, tuple[Stretch, ...]]:
    """Return what all were tested on, in one order for all.

    Recordings are known by their names, folders before them left out where names are unique without; stretches by their
    ends, which may differ by 1 s.

    Parameters
    ----------
    runs : mapping of str to sequence of Stretch
        What each was tested on.

    Raises
    ------
    RecordingError
        If nothing is in common, one was tested on something twice, or subject or seizures of a recording differ.

    Examples
    --------
    >>> nights = [stretch_of(MarkedRecording(name, "anna", 60.0, (), ())) for name in ("a", "eeg/b", "c", "b")]
    >>> matched = match_stretches({"old": nights[:2], "new": nights[2:]})
    >>> [one.name for one in matched["old"]], [one.name for one in matched["new"]]
    (['eeg/b'], ['b'])
    """
    whole = any(max(Counter(_stems(run)).values(), default=0) > 1 for run in runs.values())
    tables = {label: _by_name(label, run, whole=whole) for label, run in runs.items()}
    first, *others = tables
    rows = []
    for name, stretches in sorted(tables[first].items()):
        for one in stretches:
            same = [one, *(found for other in others if (found := _find(one, tables[other].get(name, ()))) is not None)]
            if len(same) == len(tables):
                rows.append(same)
    if not rows:
        tested = "; ".join(f"{label} on {_describe(run)}" for label, run in runs.items())
        raise RecordingError(f"nothing is in common: {tested}. Detectors are compared on what all were tested on")
    for row in rows:
        for label, one in zip(others, row[1:], strict=True):
            _check_truth(first, row[0], label, one)
    return dict(zip(tables, (tuple(column) for column in zip(*rows, strict=True)), strict=True))


def count_subjects(stretches: Sequence[Stretch]) -> int:
    """Return of how many subjects they are."""
    return len({one.subject for one in stretches})


def _describe(run: Sequence[Stretch]) -> str:
    return f"{len(run)} recordings of {count_subjects(run)} subjects (the first {run[0].title})" if run else "none"


def _stems(run: Sequence[Stretch]) -> list[str]:
    return [stem for stem, _ in {(_stem(one.name), one.name) for one in run}]


def _stem(name: str) -> str:
    return name.rpartition("/")[2]


def _by_name(label: str, run: Sequence[Stretch], *, whole: bool) -> dict[str, list[Stretch]]:
    table = defaultdict(list)
    for one in sorted(run, key=lambda stretch: stretch.start):
        table[one.name if whole else _stem(one.name)].append(one)
    for stretches in table.values():
        for one, another in itertools.pairwise(stretches):
            if _is_same(one, another):
                raise RecordingError(f"{label} was tested on it twice; keep one of them", field=one.title)
    return table


def _find(wanted: Stretch, stretches: Sequence[Stretch]) -> Stretch | None:
    return next((one for one in stretches if _is_same(wanted, one)), None)


def _is_same(one: Stretch, another: Stretch) -> bool:
    return abs(one.start - another.start) <= TOLERANCE and abs(one.stop - another.stop) <= TOLERANCE


def _check_truth(label: str, one: Stretch, other_label: str, other: Stretch) -> None:
    if one.subject != other.subject:
        problem = f"is of subject {one.subject!r} in {label}, of {other.subject!r} in {other_label}; it is of one"
        raise RecordingError(problem, field=one.title)
    both = [(max(one.start, other.start), min(one.stop, other.stop))]
    truths = [intersect_spans(stretch.seizures, both) for stretch in (one, other)]
    apart = next((pair for pair in itertools.zip_longest(*truths) if not _agree(*pair)), None)
    if apart is not None:
        counts = f"{len(truths[0])} in {label}, {len(truths[1])} in {other_label}"
        said, other_said = ("none" if span is None else f"{span[0]:.2f} to {span[1]:.2f} s" for span in apart)
        problem = f"was tested against other seizures: {counts}; the first that differs: {said}, {other_said}"
        raise RecordingError(f"{problem}. Test both against one reference", field=one.title)


def _agree(one: Span | None, other: Span | None) -> bool:
    return one is not None and other is not None and np.allclose(one, other, rtol=0.0, atol=ROUNDING)
