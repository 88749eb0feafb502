"""Twins of real corpora: simulated signals under the real names, lengths, channels and seizure times.

What comes from the corpus is its annotations alone: which files there are, how long they are, when seizures begin and
end, and who is one person. All else is simulated, one subject for each person, with seizures of a kind that lasts about
as long as theirs do.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import ceil
from pathlib import Path

import numpy as np

from ictal.core.channels import Derivation, parse_label
from ictal.core.electrodes import SCALP_19
from ictal.core.errors import ParameterError, check_option, check_positive
from ictal.core.montage import ElectrodeGraph, Montage
from ictal.core.recording import Recording
from ictal.core.spans import Span, merge_spans
from ictal.core.version import __version__
from ictal.io.corpora.corpus import Corpus, CorpusRecording
from ictal.preprocessing.mixing import MixedRecording
from ictal.preprocessing.montage import derive_leads
from ictal.simulation.head import CHANNELS
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.populations import draw_subject
from ictal.simulation.seizure import KINDS, Seizure, place_seizures
from ictal.simulation.subject import Subject

_CHB_MIT = (
    *("FP1-F7", "F7-T7", "T7-P7", "P7-O1", "FP1-F3", "F3-C3", "C3-P3", "P3-O1"),
    *("FP2-F4", "F4-C4", "C4-P4", "P4-O2", "FP2-F8", "F8-T8", "T8-P8", "P8-O2"),
    *("FZ-CZ", "CZ-PZ", "P7-T7", "T7-FT9", "FT9-FT10", "FT10-T8", "T8-P8"),
)
_SIENA = (
    *("Fp1", "F3", "C3", "P3", "O1", "F7", "T3", "T5", "Fc1", "Fc5", "Cp1", "Cp5", "F9", "Fz", "Cz", "Pz"),
    *("Fp2", "F4", "C4", "P4", "O2", "F8", "T4", "T6", "Fc2", "Fc6", "Cp2", "Cp6", "F10"),
)
_OLD_NAMES = {"T7": "T3", "T8": "T4", "P7": "T5", "P8": "T6"}


@dataclass(frozen=True, slots=True)
class TwinForm:
    """How the recordings of a corpus look.

    Parameters
    ----------
    leads : tuple of (label, lead)
        The label in the file, and what it shows. What the phantom's 19 electrodes lack (FT9, FT10, F9, Fc1 …) is
        interpolated by spherical splines.
    population : str
        Whom the subjects are drawn from.
    physical_range : (low, high)
        µV that the amplifier holds; it saturates beyond.
    sampling_rate, line_frequency : float
        Hz.
    lengths : str
        The option of the corpus that takes a table of lengths, for annotations without their EDF files.
    """

    leads: tuple[tuple[str, str], ...]
    population: str
    physical_range: tuple[float, float]
    sampling_rate: float = 256.0
    line_frequency: float = 50.0
    lengths: str = ""


TWINS: Mapping[str, TwinForm] = {
    "chb-mit": TwinForm(
        tuple((label, label) for label in _CHB_MIT), "child", (-800.0, 800.0), line_frequency=60.0, lengths="sizes"
    ),
    "siena": TwinForm(
        tuple((f"EEG {name}", f"{name}-AVG") for name in _SIENA), "adult", (-4096.0, 4096.0), 512.0, lengths="headers"
    ),
    "helsinki": TwinForm(
        tuple((f"EEG {_OLD_NAMES.get(name, name)}-REF", f"{name}-AVG") for name in SCALP_19),
        "neonate",
        (-3276.8, 3276.7),
    ),
    "seizeit2": TwinForm((("BTEleft SD", "T7-P7"), ("BTEright SD", "T8-P8")), "adult", (-3276.8, 3276.7)),
}
"""Corpora that can be twinned. Electrodes alone: ECG, respiration, stimulators and dummies are not simulated."""

_SHORTEST = 3.0
"""Seconds that a seizure of any kind needs to be drawn; what is shorter is an absence."""
_SHORTEST_ABSENCE = 1.0
_STRETCH = 2.0
"""By how many times the typical seizure of a person may lie beyond what is typical of its kind."""
_MOST_DRAWS = 100
_LEAST_SECONDS = 10.0
"""Below which a file is not begun for what is left of the hours of a subject."""


@dataclass(frozen=True)
class PlannedTwin:
    """One recording that can be made at any time, always the same.

    Parameters
    ----------
    like : str
        A name in :data:`TWINS`.
    name : str
        As the owner calls it.
    path : Path
        Its file, relative to the corpus.
    subject : Subject
    seed : int
    duration : float
        Whole seconds.
    seizures : tuple of Seizure
    difficulty : float
        0 to 1.
    is_cut : bool
        Whether the owner's file is longer.
    clock : int, optional
        When it began, in seconds after midnight.
    """

    like: str
    name: str
    path: Path
    subject: Subject
    seed: int
    duration: float
    seizures: tuple[Seizure, ...]
    difficulty: float
    is_cut: bool = False
    clock: int | None = None

    @property
    def form(self) -> TwinForm:
        """How it looks."""
        return TWINS[self.like]

    @cached_property
    def fingerprint(self) -> str:
        """Twelve letters that differ where anything about it does."""
        return hashlib.sha256(repr((__version__, self.form, self)).encode()).hexdigest()[:12]

    def simulate(self) -> Recording:
        """Return the recording; nothing is made before it is read."""
        phantom = simulate_recording(
            self.duration,
            seed=self.seed,
            subject=self.subject,
            seizures=self.seizures,
            difficulty=self.difficulty,
            sampling_rate=self.form.sampling_rate,
            line_frequency=self.form.line_frequency,
        )
        return show_leads(phantom, self.form.leads)


def plan_twins(
    corpus: Corpus,
    clocks: Mapping[str, int] | None = None,
    *,
    n_subjects: int | None = None,
    hours_per_subject: float | None = None,
    difficulty: float | None = None,
    seed: int = 0,
) -> tuple[PlannedTwin, ...]:
    """Return what the recordings of a twin are, in the owner's order.

    Parameters
    ----------
    corpus : Corpus
        The real one, or its annotations alone.
    clocks : mapping of str to int, optional
        When recordings began, by name, in seconds after midnight.
    n_subjects : int, optional
        The first so many persons; all where not given.
    hours_per_subject : float, optional
        At most so many of each person: see :func:`choose_files`. All where not given.
    difficulty : float, optional
        0 to 1; drawn for each person from 0.2 to 0.9 where not given.
    seed : int
        0 or more; a recording is the same whichever others are planned.

    Raises
    ------
    ParameterError
        If the corpus has no twin, or a value is out of its range.
    """
    check_option("like", corpus.name, TWINS)
    if seed < 0 or (n_subjects is not None and n_subjects < 1):
        raise ParameterError(f"subjects: {n_subjects!r} with seed {seed!r} is not allowed; 1 or more, seed 0 or more.")
    if difficulty is not None and not 0 <= difficulty <= 1:
        raise ParameterError(f"difficulty: {difficulty!r} is not allowed; it must be 0 to 1.")
    limit = None if hours_per_subject is None else 3600.0 * check_positive("hours per subject", hours_per_subject)
    planned: dict[str, PlannedTwin] = {}
    for person in corpus.subjects[:n_subjects]:
        files = [recording for recording in corpus if recording.subject == person]
        subject = draw_alike(corpus.name, person, files, seed)
        drawn = float(np.random.default_rng([seed, *_digits(person)]).uniform(0.2, 0.9))
        for recording, seconds in choose_files(files, limit):
            own_seed = int(np.random.default_rng([seed, *_digits(recording.name)]).integers(2**31))
            planned[recording.name] = PlannedTwin(
                like=corpus.name,
                name=recording.name,
                path=recording.path.relative_to(corpus.root),
                subject=subject,
                seed=own_seed,
                duration=seconds,
                seizures=plan_seizures(recording.annotations.seizures.spans, seconds, subject, own_seed),
                difficulty=drawn if difficulty is None else difficulty,
                is_cut=seconds < recording.duration,
                clock=None if clocks is None else clocks.get(recording.name),
            )
    return tuple(planned[recording.name] for recording in corpus if recording.name in planned)


def choose_files(
    recordings: Sequence[CorpusRecording], limit: float | None
) -> tuple[tuple[CorpusRecording, float], ...]:
    """Return which recordings of a person are made, and how many seconds of each.

    Without a limit all are, in whole seconds. With one, those with seizures come first, the earliest seizure before
    all; the one that would go beyond the limit is cut at its end, unless no seizure would be left of it.

    Parameters
    ----------
    recordings : sequence of CorpusRecording
    limit : float, optional
        Seconds of all together.
    """
    if limit is None:
        return tuple((recording, float(ceil(recording.duration))) for recording in recordings if recording.duration > 0)
    stops = {each.name: min((span[1] for span in each.annotations.seizures.spans), default=0.0) for each in recordings}
    with_seizures = sorted((each for each in recordings if stops[each.name]), key=lambda each: stops[each.name])
    chosen: list[tuple[CorpusRecording, float]] = []
    left = float(int(limit))
    for recording in (*with_seizures, *(each for each in recordings if not stops[each.name])):
        seconds = min(float(ceil(recording.duration)), left)
        if seconds >= _LEAST_SECONDS and seconds >= stops[recording.name]:
            chosen.append((recording, seconds))
            left -= seconds
    if not chosen and with_seizures and left >= _LEAST_SECONDS:
        return ((with_seizures[0], left),)
    return tuple(chosen)


def draw_alike(like: str, person: str, recordings: Sequence[CorpusRecording], seed: int) -> Subject:
    """Return a simulated subject whose kind of seizures lasts about as long as those of a person do."""
    lengths = [event.duration for each in recordings for event in each.annotations.seizures]
    population = TWINS[like].population
    first = int(np.random.default_rng([seed, 1, *_digits(person)]).integers(2**31))
    subject = draw_subject(first, population)
    if not lengths:
        return subject
    typical = float(np.median(lengths))
    for number in range(_MOST_DRAWS):
        other = draw_subject(first + number, population)
        shortest, longest = KINDS[other.epilepsy.kind].durations
        if shortest / _STRETCH <= typical <= longest * _STRETCH:
            return other
    return subject


def plan_seizures(spans: Iterable[Span], duration: float, subject: Subject, seed: int) -> tuple[Seizure, ...]:
    """Return a seizure of a subject for each span, those that touch joined, cut at the end of the recording.

    Examples
    --------
    >>> [each.span for each in plan_seizures([(5.0, 20.0), (15.0, 30.0), (90.0, 99.0)], 60.0, draw_subject(0), 0)]
    [(5.0, 30.0)]
    """
    inside = [(max(start, 0.0), min(stop, duration)) for start, stop in merge_spans(spans)]
    kept = [(start, stop) for start, stop in inside if stop - start >= _SHORTEST_ABSENCE]
    if not kept:
        return ()
    drawn = place_seizures(len(kept), 3600.0 * len(kept), subject, seed)
    return tuple(_move(seizure, *span) for seizure, span in zip(drawn, kept, strict=True))


def show_leads(recording: Recording, leads: Sequence[tuple[str, str]]) -> Recording:
    """Return leads of a simulated recording under their labels, interpolated where it lacks an electrode.

    Parameters
    ----------
    recording : Recording
        Of the phantom's 19 electrodes.
    leads : sequence of (label, lead)
        A lead is ``"T7-P7"``, or ``"T7-AVG"`` against the average of all.
    """
    montage = Montage("twin", tuple(_parse_lead(lead) for _, lead in leads))
    weights = derive_leads(montage, ElectrodeGraph(CHANNELS), "interpolate").weights
    return MixedRecording(recording, weights, tuple(label for label, _ in leads))


def _parse_lead(text: str) -> Derivation:
    lead = parse_label(text)
    if lead is None:
        raise ParameterError(f"lead: {text!r} is not allowed; give two electrodes, or one and AVG.")
    return lead


def _move(seizure: Seizure, start: float, stop: float) -> Seizure:
    moved = replace(seizure, onset=start, duration=stop - start)
    return moved if stop - start >= _SHORTEST else replace(moved, kind="absence")


def _digits(text: str) -> tuple[int, ...]:
    """Return numbers that stand for a text, the same on every machine."""
    return (zlib.crc32(text.encode()), len(text))
