"""Files that follow each other as one recording: one time axis, gaps between the files, seizures whole again."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event, join_events
from ictal.core.recording import Recording, Signal
from ictal.core.spans import Span, merge_spans
from ictal.io.corpora.corpus import CorpusRecording

_TOUCHES = 1.0
"""Seconds between an event and the end of its file, by which they touch: most corpora write whole seconds."""


class JoinedRecording(Recording):
    """Several recordings on one time axis; made by :func:`join_recordings`.

    Attributes
    ----------
    parts : tuple of (first, Recording)
        Each with the sample of the time axis at which it begins.
    """

    def __init__(self, parts: Sequence[tuple[int, Recording]], largest_gap: float, notes: Iterable[str]) -> None:
        self.parts = tuple(parts)
        _, first = self.parts[0]
        last_start, last = self.parts[-1]
        self.channels = first.channels
        self.sampling_rate = first.sampling_rate
        self.n_samples = last_start + last.n_samples
        self.start_time = first.start_time
        self.source = first.source
        self.gaps = self._find_gaps()
        self._notes = tuple(notes)
        self._largest_gap = largest_gap

    @property
    def notes(self) -> tuple[str, ...]:  # type: ignore[override]
        """What was mended or left out in the parts, each once, and in joining them."""
        return tuple(dict.fromkeys([*(note for _, part in self.parts for note in part.notes), *self._notes]))

    @functools.cached_property
    def annotations(self) -> Annotations:  # type: ignore[override]
        """What was marked in the parts, in seconds of the whole; events that touch across a join are one."""
        events: list[Event] = []
        previous_stop = -math.inf
        for first, part in self.parts:
            start = first / self.sampling_rate
            shifted = [replace(event, onset=event.onset + start) for event in part.annotations]
            if start - previous_stop <= self._largest_gap:
                events = join_across(events, shifted, previous_stop, start)
            else:
                events += shifted
            previous_stop = start + part.duration
        return Annotations(events, self.duration)

    def read_samples(self, first: int, last: int) -> Signal:
        signal = np.full((len(self.channels), last - first), np.nan, dtype=np.float32)
        for start, part in self.parts:
            begin, end = max(first, start), min(last, start + part.n_samples)
            if begin < end:
                signal[:, begin - first : end - first] = part.read_samples(begin - start, end - start)
        return signal

    def _find_gaps(self) -> tuple[Span, ...]:
        rate = self.sampling_rate
        within = [(a + first / rate, b + first / rate) for first, part in self.parts for a, b in part.gaps]
        ends = [first + part.n_samples for first, part in self.parts]
        between = [(end / rate, first / rate) for end, (first, _) in zip(ends, self.parts[1:], strict=False)]
        return merge_spans([*within, *between])


def join_recordings(
    recordings: Sequence[CorpusRecording | tuple[Recording, float]],
    *,
    largest_gap: float = 10.0,
    largest_overlap: float = 1.0,
) -> JoinedRecording:
    """Return consecutive recordings of one session as one; nothing is read before it is needed.

    Parameters
    ----------
    recordings : sequence of CorpusRecording, or of (Recording, offset)
        In any order. Those of a corpus are of one session whose owner says when each begins; an offset is in seconds
        on any common axis. The result begins with the first of them.
    largest_gap : float
        Seconds. Where no more is missing between two files, an event that reaches the end of one and an event of the
        same type and channels that begins with the other, both to within a second, are one event.
    largest_overlap : float
        Seconds. A file that begins by less than this before the one before it ends is placed at that end, with a note:
        clock times are in whole seconds.

    Returns
    -------
    JoinedRecording
        The channels that all have, in the order of the first file; the notes name the others. Between the files are
        gaps.

    Raises
    ------
    ParameterError
        If there is nothing to join, or the recordings are of several sessions, or one has no start.
    RecordingError
        If the files differ in sampling rate, share no channel, or overlap.

    Examples
    --------
    >>> morning = Recording.from_array(np.ones((1, 8)), 4.0, ["Fp1"], annotations=Annotations([Event(1.0, 1.0)], 2.0))
    >>> noon = Recording.from_array(np.ones((1, 8)), 4.0, ["Fp1"], annotations=Annotations([Event(0.0, 0.5)], 2.0))
    >>> day = join_recordings([(morning, 100.0), (noon, 103.0)])
    >>> day.duration, day.gaps, [event.span for event in day.annotations]
    (5.0, ((2.0, 3.0),), [(1.0, 3.5)])
    """
    if not recordings:
        raise ParameterError("recordings: none came; give one or more.")
    placed = sorted(_open_all(recordings), key=lambda pair: pair[1])
    opened = [recording for recording, _ in placed]
    _check_rates(opened)
    shared, left_out = _share_channels(opened)
    firsts, moved = _place([(recording, offset - placed[0][1]) for recording, offset in placed], largest_overlap)
    return JoinedRecording(list(zip(firsts, shared, strict=True)), largest_gap, (*left_out, *moved))


def join_across(before: Iterable[Event], after: Iterable[Event], end: float, start: float) -> list[Event]:
    """Return the events of both, where those that reach the end and those that begin with the start are one.

    Parameters
    ----------
    before, after : iterable of Event
        On one time axis; only events of the same type and channels are joined.
    end, start : float
        Where the file of the first ends and that of the second begins, in seconds.

    Examples
    --------
    >>> join_across([Event(90.0, 9.5)], [Event(103.0, 7.0), Event(150.0, 2.0)], 100.0, 103.0)
    [Event(onset=90.0, duration=20.0, event_type='sz', confidence=None, channels=()), Event(onset=150.0, duration=2.0, \
event_type='sz', confidence=None, channels=())]
    """
    apart = list(before)
    reaching = [event for event in apart if event.onset < start and event.stop >= end - _TOUCHES]
    for event in after:
        partner = next((each for each in reaching if _goes_on(each, event, start)), None)
        if partner is not None:
            reaching.remove(partner)
            apart.remove(partner)
        apart.append(event if partner is None else join_events(partner, event))
    return apart


def _goes_on(event: Event, later: Event, start: float) -> bool:
    is_same = (event.event_type, event.channels) == (later.event_type, later.channels)
    return is_same and start <= later.onset <= start + _TOUCHES


def _open_all(recordings: Sequence[CorpusRecording | tuple[Recording, float]]) -> list[tuple[Recording, float]]:
    of_corpus = [each for each in recordings if isinstance(each, CorpusRecording)]
    sessions = dict.fromkeys(f"{each.subject}, session {each.session}" for each in of_corpus)
    if len(sessions) > 1:
        raise ParameterError(f"recordings: of {'; '.join(sessions)} came; only those of one session follow each other.")
    opened: list[tuple[Recording, float]] = []
    for each in recordings:
        if not isinstance(each, CorpusRecording):
            opened.append((each[0], _check_offset(each[1])))
        elif each.start is None:
            raise ParameterError(f"recordings: {each.name} has no start; its owner does not say when it began.")
        else:
            opened.append((each.read(), each.start))
    return opened


def _check_offset(offset: float) -> float:
    if not math.isfinite(offset):
        raise ParameterError(f"offset: {offset!r} is not allowed; it must be finite seconds.")
    return offset


def _check_rates(recordings: Sequence[Recording]) -> None:
    first = recordings[0]
    for recording in recordings[1:]:
        if recording.sampling_rate != first.sampling_rate:
            raise RecordingError(
                f"has {recording.sampling_rate:g} Hz, {_name(first)} {first.sampling_rate:g} Hz; resample one of them",
                file=_name(recording),
            )


def _share_channels(recordings: Sequence[Recording]) -> tuple[list[Recording], list[str]]:
    """Return the recordings with the channels that all have, and a note on the others."""
    every = list(dict.fromkeys(label for recording in recordings for label in recording.channels))
    shared = list(dict.fromkeys(recordings[0].channels))
    for recording in recordings[1:]:
        shared = [label for label in shared if label in recording.channels]
        if not shared:
            first = _name(recordings[0])
            raise RecordingError(
                f"has no channel that {first} and all after it have; bring them to one montage first",
                file=_name(recording),
            )
    others = [label for label in every if label not in shared]
    notes = [f"{', '.join(others)}: left out, since not every file has them"] if others else []
    chosen = [each if list(each.channels) == shared else each.select(shared) for each in recordings]
    return chosen, notes


def _place(placed: Sequence[tuple[Recording, float]], largest_overlap: float) -> tuple[list[int], list[str]]:
    """Return the sample at which each recording begins, and a note where it is not the one that its time says."""
    firsts: list[int] = []
    notes: list[str] = []
    free_from = 0
    for recording, offset in placed:
        first = round(offset * recording.sampling_rate)
        if first < free_from:
            overlap = (free_from - first) / recording.sampling_rate
            said = f"begins {overlap:g} s before the file before it ends"
            if overlap > largest_overlap:
                raise RecordingError(f"{said}; at most {largest_overlap:g} s are allowed", file=_name(recording))
            notes.append(f"{_name(recording)}: {said}; placed at that end")
            first = free_from
        firsts.append(first)
        free_from = first + recording.n_samples
    return firsts, notes


def _name(recording: Recording) -> str:
    return "a recording without a file" if recording.source is None else recording.source.name
