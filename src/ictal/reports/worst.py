"""The worst misses and false alarms of a run, as EEG that a reader can look at."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from ictal.core.channels import parse_label
from ictal.core.electrodes import find_electrode
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.core.spans import Span
from ictal.evaluation.stored import EvaluatedRecording
from ictal.evaluation.worst import MISS, MOST_OF_ONE, RULE, Worst, WorstEvent, shift_event
from ictal.plots.clock import format_clock, format_duration
from ictal.plots.traces import TraceMarks, draw_traces
from ictal.postprocessing.events import find_events
from ictal.reports.pictures import MARGIN, Picture, embed

LONGEST = 30.0
"""Seconds of EEG in one picture; of a longer event the beginning is shown."""

UNKNOWN = "–"

_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)")


@dataclass(frozen=True)
class Eeg:
    """The signal of a recording as it is shown.

    Attributes
    ----------
    recording : Recording
        Its leads in µV, filtered for display.
    interpolated, masked : tuple of str
        Leads that were made for want of an electrode, and that could not be made.
    """

    recording: Recording
    interpolated: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()


ReadEeg = Callable[[EvaluatedRecording], Eeg | None]
"""From an evaluated recording to its signal, ``None`` where it is not to be had."""


@dataclass(frozen=True)
class WorstEntry:
    """One event, and its picture.

    Attributes
    ----------
    anchor, name : str
        ``worst-miss-1`` and ``Miss 1``.
    subject, recording, fold : str
        As the run calls them, without folders and dates.
    onset, duration : float
        Seconds of the recording.
    peak, confidence : str
        As text; a dash where they are not known.
    picture : Picture or None
        With its caption in words.
    """

    anchor: str
    name: str
    subject: str
    recording: str
    fold: str
    onset: float
    duration: float
    peak: str
    confidence: str
    picture: Picture | None


@dataclass(frozen=True)
class WorstList:
    """The worst of one kind.

    Attributes
    ----------
    title, counted : str
        ``Misses`` and ``3 of 12 misses of 4 subjects``.
    entries : tuple of WorstEntry
    """

    title: str
    counted: str
    entries: tuple[WorstEntry, ...]

    @property
    def has_confidence(self) -> bool:
        """Whether any event has one; what a reader marked has none."""
        return any(entry.confidence != UNKNOWN for entry in self.entries)

    @property
    def has_fold(self) -> bool:
        """Whether events are of several folds."""
        return any(entry.fold for entry in self.entries)


@dataclass(frozen=True)
class WorstSection:
    """What ``run_worst.html.j2`` shows.

    Attributes
    ----------
    lists : tuple of WorstList
        Misses and false alarms.
    rule : str
        What is a miss and what a false alarm.
    most_of_one : int
        At most how many of one subject stand in a list.
    note : str
        Where the signal is from, or why there are no pictures and what to do.
    """

    lists: tuple[WorstList, ...]
    rule: str
    most_of_one: int
    note: str


def show_worst(
    misses: Worst,
    alarms: Worst,
    read_eeg: ReadEeg,
    fold_of: Callable[[EvaluatedRecording], str],
    *,
    most_of_one: int = MOST_OF_ONE,
    note: str = "",
    progress: Callable[[float], None] = lambda share: None,
) -> WorstSection:
    """Draw the worst that :func:`ictal.evaluation.worst.find_worst` picked.

    Parameters
    ----------
    misses, alarms : Worst
    read_eeg : callable
        See :data:`ReadEeg`; only what is drawn is read.
    fold_of : callable
        The name of the fold that a recording was evaluated in, or nothing.
    most_of_one : int
        As they were picked with.
    note : str
        See :class:`WorstSection`.
    progress : callable
        Called with the share that is done.

    Raises
    ------
    RecordingError
        If a file of scores or a signal is damaged.
    """
    n_all, n_done = len(misses.events) + len(alarms.events), 0
    lists = []
    for title, word, worst in (("Misses", "Miss", misses), ("False alarms", "False alarm", alarms)):
        entries = []
        for number, one in enumerate(worst.events, start=1):
            entries.append(show_entry(one, f"{word} {number}", read_eeg(one.recording), fold_of(one.recording)))
            n_done += 1
            progress(n_done / n_all)
        lists.append(WorstList(title, _count(worst, word, title), tuple(entries)))
    return WorstSection(tuple(lists), RULE, most_of_one, note)


def show_entry(one: WorstEvent, name: str, eeg: Eeg | None, fold: str) -> WorstEntry:
    """Return what the page says and shows of one event."""
    confidence = one.event.confidence
    return WorstEntry(
        anchor=f"worst-{name.lower().replace(' ', '-')}",
        name=name,
        subject=one.recording.subject,
        recording=name_recording(one.recording),
        fold=fold,
        onset=one.event.onset,
        duration=one.event.duration,
        peak=UNKNOWN if math.isnan(one.peak) else f"{one.peak:.2f}",
        confidence=UNKNOWN if confidence is None else f"{confidence:.2f}",
        picture=None if eeg is None else picture_worst(one, name, eeg, fold),
    )


def picture_worst(one: WorstEvent, name: str, eeg: Eeg, fold: str = "") -> Picture | None:
    """Draw the EEG around an event, 10 s before and after it, with the probability below; nothing else is read.

    Returns
    -------
    Picture or None
        ``None`` where the signal ends before.
    """
    start, stop = choose_stretch(one.event.span, eeg.recording.duration)
    if stop <= start:
        return None
    evaluated, recording = one.recording, eeg.recording
    scored = evaluated.read()
    scores = scored.scores
    found = find_events(scores, evaluated.postprocessing, evaluated.reference.duration)
    marks = TraceMarks(
        events=[shift_event(event, evaluated.start) for event in found],
        references=[shift_event(event, evaluated.start) for event in evaluated.reference.seizures],
        driving=find_driving(one.event.channels, recording.channels),
        interpolated=eeg.interpolated,
        masked=eeg.masked,
        gaps=recording.gaps,
    )
    figure = draw_traces(
        recording.read(start, stop),
        recording.channels,
        recording.sampling_rate,
        start,
        marks=marks,
        scores=Scores(scores.values, scores.start + evaluated.start, scores.step, scores.classes),
    )
    leads = f"{len(recording.channels)} lead{'s' if len(recording.channels) != 1 else ''}"
    where = f"{format_clock(start)} to {format_clock(stop)}"
    alt = f"EEG of {name.lower()}, {leads}, {where}, with marks above and the seizure probability below."
    return embed(figure, "png", alt, f"{describe_worst(one, name, fold)} Shown: {where}.")


def choose_stretch(span: Span, duration: float) -> Span:
    """Return what is shown of an event: 10 s before and after it, and of a long one the 30 s around its beginning.

    Examples
    --------
    >>> choose_stretch((100.0, 108.0), 3600.0), choose_stretch((5.0, 500.0), 3600.0)
    ((90.0, 118.0), (0.0, 30.0))
    """
    start = max(0.0, span[0] - MARGIN)
    return start, min(span[1] + MARGIN, start + LONGEST, duration)


def find_driving(channels: Sequence[str], leads: Sequence[str]) -> tuple[str, ...]:
    """Return the leads that show what some channels carry: the same leads, and those at an electrode of the others.

    Examples
    --------
    >>> find_driving(["T3-Avg"], ["Fp1-F7", "F7-T7", "T7-P7"]), find_driving(["F7-T3"], ["Fp1-F7", "F7-T7", "T7-P7"])
    (('F7-T7', 'T7-P7'), ('F7-T7',))
    """
    ends = {lead: _electrodes(lead) for lead in leads}
    driving: set[str] = set()
    for channel in channels:
        electrodes = _electrodes(channel)
        same = {lead for lead in leads if set(ends[lead]) == set(electrodes)}
        driving |= same or {lead for lead in leads if set(ends[lead]) & set(electrodes)}
    return tuple(lead for lead in leads if lead in driving)


def describe_worst(one: WorstEvent, name: str, fold: str = "") -> str:
    """Return in words what an event is.

    Examples
    --------
    >>> from pathlib import Path
    >>> from ictal.core.events import Annotations, Event
    >>> from ictal.postprocessing.settings import PostProcessing
    >>> night = EvaluatedRecording("ward/night", "anna", 0, 9, Annotations((), 9), Path("s"), PostProcessing(), "test")
    >>> describe_worst(WorstEvent(MISS, night, Event(75.0, 42.0), 0.123), "Miss 1", "loso-anna")
    'Miss 1: anna, recording night, at 0:01:15 for 42 s; the probability is at most 0.12; fold loso-anna.'
    """
    where = f"{one.recording.subject}, recording {name_recording(one.recording)}, at {format_clock(one.event.onset)}"
    parts = [f"{name}: {where} for {format_duration(one.event.duration)}"]
    parts.append("nothing of it was analysed" if math.isnan(one.peak) else f"the probability is at most {one.peak:.2f}")
    if one.kind != MISS and one.event.confidence is not None:
        parts.append(f"confidence {one.event.confidence:.2f}")
    if one.event.channels:
        where = ", ".join(dict.fromkeys("-".join(_electrodes(channel)) for channel in one.event.channels))
        parts.append(f"{'marked on' if one.kind == MISS else 'driven by'} {where}")
    if fold:
        parts.append(f"fold {fold}")
    return "; ".join(parts) + "."


def name_recording(recording: EvaluatedRecording) -> str:
    """Return the name of a recording as the run has it, without folders, and without what looks like a date.

    Examples
    --------
    >>> from pathlib import Path
    >>> from ictal.core.events import Annotations
    >>> from ictal.postprocessing.settings import PostProcessing
    >>> rest = ("anna", 0, 9, Annotations((), 9), Path("s"), PostProcessing(), "test")
    >>> name_recording(EvaluatedRecording("ward 3/anna_2019-03-02_night", *rest))
    'anna_(date)_night'
    """
    return _DATE.sub("(date)", PurePosixPath(recording.name).name)


def _electrodes(channel: str) -> tuple[str, ...]:
    """Return the electrodes of a channel, without a reference; of one that is not known, its name."""
    derivation = parse_label(channel)
    if derivation is None:
        return (channel,)
    return tuple(name for name in (derivation.anode, derivation.cathode) if find_electrode(name) is not None)


def _count(worst: Worst, word: str, title: str) -> str:
    n_found, n_subjects = worst.n_found, worst.n_subjects
    events, subjects = word if n_found == 1 else title, "subject" if n_subjects == 1 else "subjects"
    return f"{len(worst.events)} of {n_found} {events.lower()} of {n_subjects} {subjects}"
