"""What a fine-tuning adapts on, and what it is judged by: of one patient, or of a review."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ictal.core.errors import ParameterError
from ictal.data.leakage import LeakageError
from ictal.data.portions import Portion, whole_recordings
from ictal.detection.detector import Detector
from ictal.experiments.patient import PatientRecording, read_recording, sort_by_time
from ictal.experiments.reviewed import HeardRecording, group_by_patient, tell_unused
from ictal.experiments.reviewed_time import DecidedRecording, hold_out, split_by_patient, split_in_time
from ictal.training.stretches import choose_stretches, stretch_around

GIVEN = "given-events"
"""The protocol where the events are given: what is around them is adapted on."""

REVIEWED = "reviewed"
"""The protocol where a reader's decisions are given: what is around these is adapted on."""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is adapted on.

    Attributes
    ----------
    hours : float
    window : float
        Seconds of a window of the detector.
    """

    hours: float
    window: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a reader's decisions teach.

    Attributes
    ----------
    accepted, rejected : int
        Events of what is adapted on that are seizures, and that are none.
    n_patients : int
        Who are adapted on.
    held_out : tuple of str
        Patients that are judged by; empty where there is one, who is judged by what comes later.
    notes : tuple of str
        Which recordings are not used, or not all of them.
    """

    accepted: int
    rejected: int
    n_patients: int = 1
    held_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Sides:
    """What is adapted on, and what is judged by.

    Attributes
    ----------
    protocol : str
    patient : tuple of PatientRecording
        Recordings that a detector knows after it.
    later : tuple of PatientRecording
        Further ones that it is judged by.
    used, left : tuple of Portion
    lesson : Lesson, optional
        Where a review taught.
    """

    protocol: str
    patient: tuple[PatientRecording, ...]
    later: tuple[PatientRecording, ...]
    used: tuple[Portion, ...]
    left: tuple[Portion, ...]
    lesson: Lesson | None = None

    @property
    def known(self) -> tuple[PatientRecording, ...]:
        """All recordings."""
        return (*self.patient, *self.later)


def choose_of_patient(
    patient: Sequence[PatientRecording],
    later: Sequence[PatientRecording],
    amount: Amount,
    protocol: str,
) -> Sides:
    """Take hours of a patient as a protocol says, and judge by what is left, or by later recordings.

    Parameters
    ----------
    patient : sequence of PatientRecording
        In the order of time.
    later : sequence of PatientRecording
        To judge by; empty where it is what is left.
    amount : Amount
    protocol : str
        :data:`GIVEN`, or one of :func:`ictal.training.stretches.choose_stretches`.

    Raises
    ------
    TooShortError
        If there is too little.
    LeakageError
        If a later recording is one that is adapted on.
    """
    prepared, must_leave = [one.prepared for one in patient], not later
    if protocol == GIVEN:
        chosen = stretch_around(prepared[0], amount.hours, amount.window, must_leave=must_leave)
    else:
        chosen = choose_stretches(prepared, protocol, amount.hours, amount.window, must_leave=must_leave)
    left = chosen.left if must_leave else whole_later(patient, later)
    return Sides(protocol, tuple(patient), tuple(later), chosen.used, left)


def choose_of_review(
    heard: Sequence[HeardRecording],
    later: Sequence[PatientRecording],
    amount: Amount,
    reading: Callable[[HeardRecording], PatientRecording],
) -> Sides:
    """Take the time around what a reader decided.

    Of one patient the first two thirds of the decisions are adapted on, and what comes after them judges; of several
    the last third by name are held out and judge.

    Parameters
    ----------
    heard : sequence of HeardRecording
        With what was said of each; those of which nothing was said are not read.
    later : sequence of PatientRecording
        Of the one patient, to judge by; all decisions are then adapted on.
    amount : Amount
    reading : callable
        Reads one: :func:`read_heard`.

    Raises
    ------
    ParameterError
        If nothing is decided, or the decisions are on patients who are too few or of whom it is not said who they are.
    TooShortError
        If there is too little.
    LeakageError
        If a later recording is one that is adapted on.
    """
    notes = tuple(note for one in heard for note in tell_unused(one))
    patients = group_by_patient(heard)
    if len(patients) == 1:
        (own,) = patients.values()
        return _choose_in_time(own, later, amount, reading, notes)
    if later:
        raise ParameterError(
            f"evaluate: later recordings came with decisions on {len(patients)} patients, who are judged by those of "
            "them that are held out; name the recordings of one patient."
        )
    return _choose_by_patient(patients, amount, reading, notes)


def read_heard(heard: HeardRecording, detector: Detector, mapping: Mapping[str, str] | None = None) -> PatientRecording:
    """Read a recording of a review, with what the reader said as its reference.

    Parameters
    ----------
    heard : HeardRecording
    detector, mapping
        As in :func:`ictal.experiments.patient.read_recording`.
    """
    return read_recording(heard.found, detector, lambda recording: heard.said.reference(recording.duration), mapping)


def whole_later(patient: Sequence[PatientRecording], later: Sequence[PatientRecording]) -> tuple[Portion, ...]:
    """Return the whole of later recordings.

    Raises
    ------
    LeakageError
        If one is adapted on.
    """
    used = {one.prepared.name for one in patient}
    for one in later:
        if one.prepared.name in used or one.input_hash in {other.input_hash for other in patient}:
            raise LeakageError(f"evaluate: recording {one.prepared.name!r} is one that is adapted on.")
    return whole_recordings(one.prepared for one in later)


def _choose_in_time(
    heard: Sequence[HeardRecording],
    later: Sequence[PatientRecording],
    amount: Amount,
    reading: Callable[[HeardRecording], PatientRecording],
    notes: tuple[str, ...],
) -> Sides:
    said = {one.place: one.said for one in heard}
    patient = sort_by_time([reading(one) for one in heard])
    reviewed = [DecidedRecording(one.prepared, said[one.prepared.name]) for one in patient]
    time = split_in_time(reviewed, amount.hours, amount.window, must_leave=not later)
    left = whole_later(patient, later) if later else time.stretches.left
    lesson = Lesson(time.n_seizures, time.n_background, notes=notes)
    return Sides(REVIEWED, patient, tuple(later), time.stretches.used, left, lesson)


def _choose_by_patient(
    patients: Mapping[str, Sequence[HeardRecording]],
    amount: Amount,
    reading: Callable[[HeardRecording], PatientRecording],
    notes: tuple[str, ...],
) -> Sides:
    held_out = hold_out(list(patients))
    recordings = {name: [reading(one) for one in own] for name, own in patients.items()}
    reviewed = {
        name: [DecidedRecording(one.prepared, said.said) for one, said in zip(recordings[name], own, strict=True)]
        for name, own in patients.items()
    }
    time = split_by_patient(reviewed, held_out, amount.hours, amount.window)
    taught = tuple(one for name, own in recordings.items() if name not in held_out for one in own)
    later = tuple(one for name in held_out for one in recordings[name])
    lesson = Lesson(time.n_seizures, time.n_background, len(patients) - len(held_out), held_out, notes)
    return Sides(REVIEWED, taught, later, time.stretches.used, time.stretches.left, lesson)
