"""The worst that a detector did: the seizures that it was furthest from finding, the false alarms it was surest of."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.core.spans import Span
from ictal.evaluation.false_alarms import find_false_alarms
from ictal.evaluation.stored import EvaluatedRecording
from ictal.postprocessing.events import find_events
from ictal.scoring.szcore import SZCORE, join_close, score_events, sort_events, split_long

MISS, FALSE_ALARM = "miss", "false alarm"

N_WORST, MOST_OF_ONE = 10, 3
"""How many of a kind are picked, and at most how many of them from one subject."""

DECIMALS = 2
"""Probabilities that are the same to so many decimals are equal."""

RULE = (
    f"Counted as SzCORE counts: events less than {SZCORE.minimum_gap:g} s apart are one, those longer than "
    f"{SZCORE.maximum_duration:g} s are cut into pieces. A seizure is missed if no event lies in it, the "
    f"{SZCORE.start_tolerance:g} s before it or the {SZCORE.end_tolerance:g} s after it; an event that lies so near to "
    "no seizure is a false alarm."
)


@dataclass(frozen=True, slots=True)
class WorstEvent:
    """A seizure that was missed, or a false alarm.

    Attributes
    ----------
    kind : str
        :data:`MISS` or :data:`FALSE_ALARM`.
    recording : EvaluatedRecording
        Where it is.
    event : Event
        In seconds of the recording, not of the stretch that was evaluated.
    peak : float
        The highest probability in it, before smoothing; NaN where nothing of it was analysed.
    """

    kind: str
    recording: EvaluatedRecording
    event: Event
    peak: float


@dataclass(frozen=True)
class Worst:
    """The worst of one kind, and how many there are.

    Attributes
    ----------
    events : tuple of WorstEvent
        The worst first.
    n_found, n_subjects : int
        All events of this kind, and how many subjects have one.
    """

    events: tuple[WorstEvent, ...]
    n_found: int
    n_subjects: int


def find_worst(
    recordings: Iterable[EvaluatedRecording], n_worst: int = N_WORST, most_of_one: int = MOST_OF_ONE
) -> tuple[Worst, Worst]:
    """Pick the worst misses and the worst false alarms of an evaluation; :data:`RULE` says what these are.

    The worst miss has the lowest peak probability, of those equal to two decimals it is the longest; what nobody
    analysed comes last. The worst false alarm has the highest confidence, of equals it is the longest. No subject has
    more than `most_of_one` in either list, so that one patient does not fill it.

    Parameters
    ----------
    recordings : iterable of EvaluatedRecording
        Their scores are read one after another.
    n_worst, most_of_one : int
        At most how many of a kind, of all and of one subject.

    Returns
    -------
    misses, false_alarms : Worst

    Raises
    ------
    ParameterError
        If a number is not allowed.
    RecordingError
        If a file of scores is missing or damaged.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from ictal.io.scores_file import write_scores
    >>> from ictal.postprocessing.settings import PostProcessing
    >>> path = Path(tempfile.mkdtemp(), "night.npz")
    >>> seizure = np.where(np.arange(600) // 20 == 20, 0.9, 0.1)
    >>> write_scores(path, Scores(np.column_stack([1 - seizure, seizure]), start=0.0, step=1.0))
    >>> marked = Annotations([Event(100.0, 30.0)], 600.0)
    >>> night = EvaluatedRecording("night", "anna", 0.0, 600.0, marked, path, PostProcessing(threshold=0.5), "test")
    >>> misses, false_alarms = find_worst([night])
    >>> [(one.event.span, one.peak) for one in misses.events + false_alarms.events]
    [((100.0, 130.0), 0.1), ((400.0, 420.0), 0.9)]
    """
    if n_worst < 0 or most_of_one < 1:
        raise ParameterError(
            f"worst: {n_worst!r}, {most_of_one!r} of one subject: is not allowed; give 0 or more, and 1 or more."
        )
    found: dict[str, list[WorstEvent]] = {MISS: [], FALSE_ALARM: []}
    for recording in recordings:
        for one in find_errors(recording):
            found[one.kind].append(one)
    misses, alarms = sorted(found[MISS], key=_rank_miss), sorted(found[FALSE_ALARM], key=_rank_alarm)
    return _pick(misses, n_worst, most_of_one), _pick(alarms, n_worst, most_of_one)


def find_errors(recording: EvaluatedRecording) -> Iterator[WorstEvent]:
    """Yield every miss and then every false alarm of a recording, each in order of time.

    Raises
    ------
    RecordingError
        If the file of scores is missing or damaged.
    """
    scored = recording.read()
    duration = recording.reference.duration
    found = find_events(scored.scores, recording.postprocessing, duration)
    for kind, events in (
        (MISS, find_misses(recording.reference, found, duration)),
        (FALSE_ALARM, find_alarms(recording.reference, found, duration)),
    ):
        for event in events:
            peak = peak_probability(scored.scores, event.span)
            yield WorstEvent(kind, recording, shift_event(event, recording.start), peak)


def find_misses(reference: Annotations, found: Annotations, duration: float) -> tuple[Event, ...]:
    """Return the pieces of seizures that :func:`ictal.scoring.szcore.score_events` counts as missed.

    Parameters
    ----------
    reference, found : Annotations
        What a reader marked and what a detector found; only seizures count.
    duration : float
        Length of the recording in seconds.

    Examples
    --------
    >>> marked = Annotations([Event(100.0, 30.0), Event(400.0, 20.0), Event(500.0, 10.0)], 600.0)
    >>> [event.span for event in find_misses(marked, Annotations([Event(80.0, 5.0)], 600.0), 600.0)]
    [(400.0, 510.0)]
    """
    wanted, claimed = reference.seizures, found.seizures.spans
    joined = join_close(sort_events(wanted.spans, duration), SZCORE.minimum_gap)
    pieces = split_long(joined, SZCORE.maximum_duration)
    # Any overlap is a hit, so that a piece is judged by itself as it is among others.
    missed = (piece for piece in pieces if not score_events([piece], claimed, duration).true_positives)
    return tuple(_describe(piece, wanted) for piece in missed)


def find_alarms(reference: Annotations, found: Annotations, duration: float) -> tuple[Event, ...]:
    """Return the pieces of events that are false alarms, with the highest confidence of the events in them.

    Parameters
    ----------
    reference, found : Annotations
        What a reader marked and what a detector found; only seizures count.
    duration : float
        Length of the recording in seconds.

    Examples
    --------
    >>> found = Annotations([Event(80.0, 5.0), Event(300.0, 9.0, confidence=0.7)], 600.0)
    >>> [event.confidence for event in find_alarms(Annotations([Event(100.0, 30.0)], 600.0), found, 600.0)]
    [0.7]
    """
    claimed = found.seizures
    alarms = find_false_alarms(reference.seizures.spans, claimed.spans, duration)
    return tuple(_describe(alarm, claimed) for alarm in alarms)


def peak_probability(scores: Scores, span: Span) -> float:
    """Return the highest seizure probability of the frames that a stretch touches; NaN where none was analysed.

    Examples
    --------
    >>> scores = Scores([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], start=0.0, step=1.0)
    >>> peak_probability(scores, (0.0, 1.0)), peak_probability(scores, (0.5, 3.0))
    (0.1, 0.8)
    """
    first = max(0, math.floor((span[0] - scores.start) / scores.step + 1e-9))
    last = max(first, math.ceil((span[1] - scores.start) / scores.step - 1e-9))
    values = scores.seizure[first:last]
    return float(values[np.isfinite(values)].max(initial=-np.inf)) if np.isfinite(values).any() else math.nan


def shift_event(event: Event, seconds: float) -> Event:
    """Return an event so many seconds later.

    Examples
    --------
    >>> shift_event(Event(2.0, 3.0), 60.0).span
    (62.0, 65.0)
    """
    return replace(event, onset=event.onset + seconds)


def _describe(piece: Span, events: Annotations) -> Event:
    """Return a piece as an event that has what is known of the events in it."""
    inside = [event for event in events if event.onset < piece[1] and event.stop > piece[0]]
    known = [event.confidence for event in inside if event.confidence is not None]
    return Event(
        piece[0],
        piece[1] - piece[0],
        confidence=max(known) if known else None,
        channels=tuple(dict.fromkeys(channel for event in inside for channel in event.channels)),
    )


def _rank_miss(one: WorstEvent) -> tuple[bool, float, float]:
    unseen = math.isnan(one.peak)
    return unseen, 0.0 if unseen else round(one.peak, DECIMALS), -one.event.duration


def _rank_alarm(one: WorstEvent) -> tuple[float, float]:
    confidence = one.event.confidence
    return -round(confidence, DECIMALS) if confidence is not None else 0.0, -one.event.duration


def _pick(ranked: Sequence[WorstEvent], n_worst: int, most_of_one: int) -> Worst:
    taken: Counter[str] = Counter()
    picked: list[WorstEvent] = []
    for one in ranked:
        subject = one.recording.subject
        if len(picked) < n_worst and taken[subject] < most_of_one:
            taken[subject] += 1
            picked.append(one)
    return Worst(tuple(picked), len(ranked), len({one.recording.subject for one in ranked}))
