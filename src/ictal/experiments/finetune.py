"""Adapt a detector to one patient: what ``ictal finetune`` does."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path

from ictal.core.changes import change_values
from ictal.core.errors import OutputError, ParameterError
from ictal.core.spans import intersect_spans
from ictal.core.version import __version__
from ictal.data.leakage import LeakageError
from ictal.data.loader import BatchSet
from ictal.data.portions import Portion, whole_recordings
from ictal.data.store import Store
from ictal.detection.detector import Detector
from ictal.detection.library import load_detector
from ictal.evaluation.patient_gain import GAINS, PatientGain
from ictal.experiments.finetune_sides import (
    GIVEN,
    Amount,
    Lesson,
    Sides,
    choose_of_patient,
    choose_of_review,
    read_heard,
)
from ictal.experiments.patient import PATIENT, PatientRecording, gather_windows, measure_stretches, read_patient
from ictal.experiments.reviewed import read_review
from ictal.io.atomic import atomic_write
from ictal.io.configuration import read_configuration
from ictal.training.assemble import EachLead, design_at, split_chain
from ictal.training.finetune import Adapted, adapt
from ictal.training.finetune_settings import FinetuneSettings
from ictal.training.restore import exchange_network, restore_finetuning, restore_network, restore_task
from ictal.training.seen import SEEN, find_seen, hash_recording, refuse_seen
from ictal.training.settings import TaskSettings
from ictal.training.train import cut_side

Progress = Callable[..., None]

BIAS = "what was neither proposed nor marked counts as background in the figures"
"""What must be known of figures from a review."""

FORMAT, VERSION = "ictal-finetuning", 1


@dataclass(frozen=True, eq=False)
class Finetuned:
    """What ``ictal finetune`` did.

    Attributes
    ----------
    detector : Path
        The file of the detector that was made.
    record : Path
        A JSON file beside it with all of this.
    adapted : Adapted
    gain : PatientGain
        Before and after on what comes later, or on patients that are held out.
    lesson : Lesson, optional
        What a review taught.
    """

    detector: Path
    record: Path
    adapted: Adapted
    gain: PatientGain
    lesson: Lesson | None = None


def finetune_detector(
    detector: Path | str,
    recordings: Sequence[Path | str],
    output: Path,
    *,
    hours: float = 1.0,
    protocol: str = "first-hour",
    events: Path | None = None,
    review: Path | None = None,
    reader: str | None = None,
    evaluate: Sequence[Path | str] = (),
    rehearse: Path | None = None,
    changes: Mapping[str, str] | None = None,
    seizure_labels: Sequence[str] = (),
    mapping: Mapping[str, str] | None = None,
    overwrite: bool = False,
    progress: Progress = lambda share, text="": None,
) -> Finetuned:
    """Adapt a detector to a patient, and judge it before and after by what comes later.

    A review can teach it too: see :mod:`ictal.experiments.said` for what decisions mean, and
    :mod:`ictal.experiments.reviewed_time` for what is adapted on, and what it is judged by, of one or of more patients.

    Parameters
    ----------
    detector : path
        A ``.ictal`` file with weights, or the name of a bundled one.
    recordings : sequence of path
        Those of one patient; with a review, those of it that are taken, or none for all.
    output : Path
        The ``.ictal`` file to write. A JSON file of the same name takes the figures.
    hours : float
        How much is adapted on.
    protocol : {"first-hour", "first-seizure"}
        See :func:`ictal.training.stretches.choose_stretches`.
    events : Path, optional
        A table of events of the one recording: what is around these is adapted on.
    review : Path, optional
        A folder of ``ictal review``: a reader's decisions say what is a seizure and what is none.
    reader : str, optional
        Whose decisions, where several readers made some.
    evaluate : sequence of path
        Later recordings that it is judged by, in place of what is left of `recordings`.
    rehearse : Path, optional
        A prepared store of other patients, whose windows are shown among those of this one.
    changes : mapping of str to str, optional
        Dotted key → value as text: ``finetuning.epochs`` → ``5``.
    seizure_labels, mapping
        See :func:`ictal.experiments.patient.read_patient`.
    overwrite : bool
        Whether what is there is written over.
    progress : callable
        Called with the share that is done and a text.

    Raises
    ------
    ParameterError, RecordingError, OutputError
        If something is not allowed or too little; nothing has been written then.
    LeakageError
        If the detector, or the store that is rehearsed, knows one of the recordings.
    """
    came = _load(detector)
    plan = _Plan(came, restore_task(came), _change(restore_finetuning(came), changes), hours)
    network = restore_network(came)
    _check_output(output, overwrite=overwrite)
    later = read_patient(evaluate, came, seizure_labels=seizure_labels, mapping=mapping) if evaluate else ()
    if review is None:
        patient = read_patient(recordings, came, events=events, seizure_labels=seizure_labels, mapping=mapping)
        sides = choose_of_patient(patient, later, plan.amount, protocol if events is None else GIVEN)
    else:
        _refuse_table(events)
        heard = read_review(review, reader, recordings)
        sides = choose_of_review(heard, later, plan.amount, partial(read_heard, detector=came, mapping=mapping))
    _check_unseen(came, sides.known)
    others = None if rehearse is None else _open_rehearsal(rehearse, plan, sides.known)
    adapted = adapt(
        EachLead(network) if plan.task.detector.each_lead else network,
        gather_windows(sides.patient, sides.used, plan.task),
        plan.task,
        plan.settings,
        rehearsal=others,
        calibration=came.settings.calibration,
        progress=progress,
    )
    made = came if adapted.problem else _exchange(plan, adapted, sides.patient, output.stem)
    gain = _measure(came, made, sides, adapted.problem, mapping)
    done = Finetuned(output, output.with_suffix(".json"), adapted, gain, sides.lesson)
    with atomic_write(done.detector) as file:
        file.write(_tell_card(made, gain, sides.lesson).encode())
    with atomic_write(done.record, "w") as text:
        text.write(_tell_record(plan, done))
    return done


@dataclass(frozen=True, eq=False)
class _Plan:
    """What is adapted how."""

    detector: Detector
    task: TaskSettings
    settings: FinetuneSettings
    hours: float

    @property
    def amount(self) -> Amount:
        return Amount(self.hours, self.task.windows.length)


def _load(name: Path | str) -> Detector:
    detector = load_detector(name)
    if not isinstance(detector, Detector):
        raise ParameterError("detector: the rule that picks one came; name a detector.")
    return detector


def _change(settings: FinetuneSettings, changes: Mapping[str, str] | None) -> FinetuneSettings:
    """Return the settings with some values changed, under the key that they have in a recipe."""
    if not changes:
        return settings
    values = change_values({"finetuning": settings.model_dump(mode="json")}, changes)
    return read_configuration(FinetuneSettings, values["finetuning"], "--set", under="finetuning")


def _check_output(output: Path, *, overwrite: bool) -> None:
    if output.suffix != ".ictal":
        raise ParameterError(f"output: {str(output)!r} is not allowed; it must end in .ictal.")
    for file in (output, output.with_suffix(".json")):
        if file.exists() and not overwrite:
            raise OutputError(f"{file}: is there already; choose another --output, or --overwrite.")


def _check_unseen(detector: Detector, recordings: Sequence[PatientRecording]) -> None:
    """Refuse recordings that a detector was trained on: what it is worth in this patient could not be told."""
    hashes = {one.prepared.name: one.input_hash for one in recordings}
    refuse_seen(find_seen(detector.settings.provenance, hashes), "fine-tuning")


def _open_rehearsal(folder: Path, plan: _Plan, patient: Sequence[PatientRecording]) -> BatchSet:
    """Return the windows of other patients, if they went through the chain of the detector and are of others."""
    store, settings = Store(folder), plan.detector.settings
    leads, rest = split_chain(store.chain, plan.task)
    if leads.montage != settings.leads.montage or design_at(rest, settings.sampling_rate) != settings.chain:
        raise ParameterError(
            f"{folder}: this store was made with another chain than the detector's; prepare the recordings with the "
            "recipe that the detector was trained by."
        )
    inputs = {row.signal.input for row in store.manifest.recordings}
    if any(one.input_hash in inputs for one in patient):
        raise LeakageError(f"{folder}: a recording of the patient stands in the store that is rehearsed.")
    return BatchSet(store, cut_side(plan.task, store, whole_recordings(store.recordings)))


def _refuse_table(events: Path | None) -> None:
    """Refuse a table beside a review: both say what a seizure is."""
    if events is not None:
        raise ParameterError("events: a table came with a review; give one of them.")


def _measure(
    came: Detector, made: Detector, sides: Sides, problem: str, mapping: Mapping[str, str] | None
) -> PatientGain:
    """Return what both detectors are worth; they are one where there is a problem."""
    before = measure_stretches(came, sides.known, sides.left, mapping)
    return PatientGain(
        protocol=sides.protocol,
        subject=PATIENT,
        hours_used=sum(portion.duration for portion in sides.used) / 3600.0,
        seizures_used=_count_seizures(sides.known, sides.used),
        hours_left=sum(portion.duration for portion in sides.left) / 3600.0,
        seizures_left=_count_seizures(sides.known, sides.left),
        problem=problem,
        before=before,
        after=before if problem else measure_stretches(made, sides.known, sides.left, mapping),
    )


def _count_seizures(recordings: Sequence[PatientRecording], portions: Sequence[Portion]) -> int:
    by_name = {one.prepared.name: one.reference.seizures.spans for one in recordings}
    return sum(len(intersect_spans(by_name[one.recording], [(one.start, one.stop)])) for one in portions)


def _exchange(plan: _Plan, adapted: Adapted, patient: Sequence[PatientRecording], name: str) -> Detector:
    """Return the detector with the adapted network; it says which recordings it knows now."""
    each, provenance = plan.task.detector.each_lead, plan.detector.settings.provenance
    seen = {*filter(None, provenance.get(SEEN, "").split(",")), *(hash_recording(one.input_hash) for one in patient)}
    origin = {
        "finetuned_from": f"{plan.detector.name} {plan.detector.fingerprint}",
        "finetuned_with": f"ictal {__version__}",
        "finetuning": plan.settings.model_dump_json(),
        SEEN: ",".join(sorted(seen)),
    }
    network = adapted.network.get_submodule("network") if each else adapted.network
    return exchange_network(plan.detector, network, name=name, card={}, provenance=origin)


def _tell_card(detector: Detector, gain: PatientGain, lesson: Lesson | None) -> Detector:
    """Return the detector with what a reader must know of its adaptation on its card."""
    n_patients, n_others = (1, 0) if lesson is None else (lesson.n_patients, len(lesson.held_out))
    whose = "one patient" if n_patients == 1 else f"{n_patients} patients"
    how = f"{gain.hours_used:.2f} h with {gain.seizures_used} seizures of {whose}, {gain.protocol}"
    told = f"kept as it was after {how}: {gain.problem}" if gain.problem else f"adapted to {how}"
    if n_patients == 1 and not gain.problem:
        told += "; for that patient alone"
    figures = "; ".join(f"{name} {_show(gain.before[name])} before, {_show(gain.after[name])} after" for name in GAINS)
    which = f"of {n_others} other patients" if n_others else "that came later"
    judged = f"on the {gain.hours_left:.2f} h with {gain.seizures_left} seizures {which}: {figures}"
    card = {**detector.settings.card, "patient": told, "patient_figures": judged}
    if lesson is not None:
        card["decisions"] = f"a reader's, {lesson.accepted} accepted and {lesson.rejected} rejected; {BIAS}"
    settings = detector.settings.model_copy(update={"card": card})
    return Detector(replace(detector.parts, settings=settings))


def _tell_record(plan: _Plan, done: Finetuned) -> str:
    """Return all of it as JSON; it names neither patient nor recording nor reader."""
    values, lesson = asdict(done.gain), done.lesson
    for side in ("before", "after"):
        values[side] = {name: value if math.isfinite(value) else None for name, value in values[side].items()}
    content = {
        "format": FORMAT,
        "version": VERSION,
        "ictal": __version__,
        "detector": f"{plan.detector.name} {plan.detector.fingerprint}",
        "hours": plan.hours,
        "settings": plan.settings.model_dump(mode="json"),
        "windows": dict(done.adapted.windows),
        "gain": values,
        "history": [_without_nan(row) for row in done.adapted.history],
    }
    if lesson is not None:
        content["decisions"] = {
            "accepted": lesson.accepted,
            "rejected": lesson.rejected,
            "patients": lesson.n_patients,
            "held_out": len(lesson.held_out),
        }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _without_nan(row: Mapping[str, float]) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in row.items()}


def _show(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "undefined"
