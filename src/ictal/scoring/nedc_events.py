"""Annotations as the NEDC rules see them: a chain of seizure and background events from 0 to the end of the file."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ictal.core.errors import ParameterError, check_option
from ictal.core.spans import Span

SEIZ = "seiz"
BCKG = "bckg"
LABELS = (SEIZ, BCKG)
DECIMALS = 4


class LabelEvent(NamedTuple):
    """A stretch of one label; what a malformed file leaves between two overlapping rows stops before it starts."""

    start: float
    stop: float
    label: str


def label_events(rows: Iterable[tuple[float, float, str]], duration: float) -> list[LabelEvent]:
    """Return rows as a chain in which each event starts where the one before stops and labels alternate.

    Rows are sorted by start, gaps are filled with background and neighbours of one label are joined. As in the
    original, rows that overlap or pass the end are not mended: the filler behind them goes back in time.

    Parameters
    ----------
    rows : iterable of (start, stop, label)
        Seconds, and ``"seiz"`` or ``"bckg"``.
    duration : float
        Length of the recording in seconds.

    Raises
    ------
    ParameterError
        If a row does not stop after it starts, a time is not finite, a label is unknown or the duration negative.

    References
    ----------
    NEDC EEG evaluation software v6.0.0. Shah et al., Objective evaluation metrics for automatic classification of EEG
    events, in: Biomedical Signal Processing, Springer 2021.

    Examples
    --------
    >>> [tuple(event) for event in label_events([(3.0, 5.0, "seiz"), (5.0, 6.0, "seiz")], 10.0)]
    [(0.0, 3.0, 'bckg'), (3.0, 6.0, 'seiz'), (6.0, 10.0, 'bckg')]
    """
    if not 0 <= duration < math.inf:
        raise ParameterError(f"duration: {duration!r} is not allowed; it must be finite seconds, 0 or more.")
    chain: list[LabelEvent] = []
    position = 0.0
    for start, stop, label in sorted(rows, key=_start):
        if not -math.inf < start < stop < math.inf:
            raise ParameterError(
                f"row: {start!r} to {stop!r} is not allowed; it must be finite and stop after it starts."
            )
        if label not in LABELS:
            check_option("label", label, LABELS)
        if not same_time(position, start):
            _join(chain, LabelEvent(position, start, BCKG))
        _join(chain, LabelEvent(start, stop, label))
        position = stop
    if not chain or not same_time(position, duration):
        _join(chain, LabelEvent(position, duration, BCKG))
    return chain


def seizure_events(spans: Iterable[Span], duration: float) -> list[LabelEvent]:
    """Return the chain of a recording whose seizures are given as spans in seconds.

    Examples
    --------
    >>> [event.label for event in seizure_events([(3.0, 5.0)], 10.0)]
    ['bckg', 'seiz', 'bckg']
    """
    return label_events([(start, stop, SEIZ) for start, stop in spans], duration)


def events_of(events: Iterable[LabelEvent], label: str) -> list[LabelEvent]:
    """Return the events of one label."""
    return [event for event in events if event.label == label]


def same_time(time: float, other: float) -> bool:
    """Whether two times in seconds agree at four decimals, the precision of the files."""
    return time == other or (abs(time - other) < 1e-3 and round(time, DECIMALS) == round(other, DECIMALS))


def check_same_end(reference: Sequence[LabelEvent], hypothesis: Sequence[LabelEvent]) -> None:
    """Refuse a reference and a hypothesis that are not of one length.

    Raises
    ------
    ParameterError
        If their ends differ at four decimals.
    """
    end, other = reference[-1].stop, hypothesis[-1].stop
    if not same_time(end, other):
        raise ParameterError(f"hypothesis: ends at {other!r} s; it must end with the reference, at {end!r} s.")


def _join(chain: list[LabelEvent], event: LabelEvent) -> None:
    if chain and chain[-1].label == event.label:
        chain[-1] = LabelEvent(chain[-1].start, event.stop, event.label)
    else:
        chain.append(event)


def _start(row: tuple[float, float, str]) -> float:
    return row[0]
