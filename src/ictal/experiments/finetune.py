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
from ictal.experiments.patient import PATIENT, PatientRecording, gather_windows, measure_stretches, read_patient
from ictal.io.atomic import atomic_write
from ictal.io.configuration import read_configuration
from ictal.training.assemble import EachLead, design_at, split_chain
from ictal.training.finetune import Adapted, adapt
from ictal.training.finetune_settings import FinetuneSettings
from ictal.training.restore import exchange_network, restore_finetuning, restore_network, restore_task
from ictal.training.seen import SEEN, find_seen, hash_recording, refuse_seen
from ictal.training.settings import TaskSettings
from ictal.training.stretches import choose_stretches, stretch_around
from ictal.training.train import cut_side

Progress = Callable[..., None]

GIVEN = "given-events"
"""The protocol where the events are given: what is around them is adapted on."""

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
        Before and after on what comes later.
    """

    detector: Path
    record: Path
    adapted: Adapted
    gain: PatientGain


def finetune_detector(
    detector: Path | str,
    recordings: Sequence[Path | str],
    output: Path,
    *,
    hours: float = 1.0,
    protocol: str = "first-hour",
    events: Path | None = None,
    evaluate: Sequence[Path | str] = (),
    rehearse: Path | None = None,
    changes: Mapping[str, str] | None = None,
    seizure_labels: Sequence[str] = (),
    mapping: Mapping[str, str] | None = None,
    overwrite: bool = False,
    progress: Progress = lambda share, text="": None,
) -> Finetuned:
    """Adapt a detector to a patient, and judge it before and after by what comes later.

    Parameters
    ----------
    detector : path
        A ``.ictal`` file with weights, or the name of a bundled one.
    recordings : sequence of path
        Those of one patient.
    output : Path
        The ``.ictal`` file to write. A JSON file of the same name takes the figures.
    hours : float
        How much is adapted on.
    protocol : {"first-hour", "first-seizure"}
        See :func:`ictal.training.stretches.choose_stretches`.
    events : Path, optional
        A table of events of the one recording: what is around these is adapted on.
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
    reading = partial(read_patient, detector=came, seizure_labels=seizure_labels, mapping=mapping)
    patient = reading(recordings, events=events)
    later = reading(evaluate) if evaluate else ()
    known = (*patient, *later)
    others = None if rehearse is None else _open_rehearsal(rehearse, plan, known)
    _check_unseen(came, known)
    way = protocol if events is None else GIVEN
    used, left = _choose(plan, patient, later, way)
    windows = gather_windows(patient, used, plan.task)
    module = EachLead(network) if plan.task.detector.each_lead else network
    adapted = adapt(
        module,
        windows,
        plan.task,
        plan.settings,
        rehearsal=others,
        calibration=came.settings.calibration,
        progress=progress,
    )
    made = came if adapted.problem else _exchange(plan, adapted, patient, output.stem)
    before = measure_stretches(came, known, left, mapping)
    gain = PatientGain(
        protocol=way,
        subject=PATIENT,
        hours_used=sum(portion.duration for portion in used) / 3600.0,
        seizures_used=_count_seizures(patient, used),
        hours_left=sum(portion.duration for portion in left) / 3600.0,
        seizures_left=_count_seizures(known, left),
        problem=adapted.problem,
        before=before,
        after=before if adapted.problem else measure_stretches(made, known, left, mapping),
    )
    record = output.with_suffix(".json")
    with atomic_write(output) as file:
        file.write(_tell_card(made, gain).encode())
    with atomic_write(record, "w") as text:
        text.write(_tell_record(plan, gain, adapted))
    return Finetuned(output, record, adapted, gain)


@dataclass(frozen=True, eq=False)
class _Plan:
    """What is adapted how."""

    detector: Detector
    task: TaskSettings
    settings: FinetuneSettings
    hours: float


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


def _choose(
    plan: _Plan, patient: Sequence[PatientRecording], later: Sequence[PatientRecording], protocol: str
) -> tuple[tuple[Portion, ...], tuple[Portion, ...]]:
    """Return what is adapted on, and what is judged by: what is left, or later recordings."""
    prepared, window = [one.prepared for one in patient], plan.task.windows.length
    must_leave = not later
    if protocol == GIVEN:
        chosen = stretch_around(prepared[0], plan.hours, window, must_leave=must_leave)
    else:
        chosen = choose_stretches(prepared, protocol, plan.hours, window, must_leave=must_leave)
    if must_leave:
        return chosen.used, chosen.left
    used = {one.prepared.name for one in patient}
    for one in later:
        if one.prepared.name in used or one.input_hash in {other.input_hash for other in patient}:
            raise LeakageError(f"evaluate: recording {one.prepared.name!r} is one that is adapted on.")
    return chosen.used, whole_recordings(one.prepared for one in later)


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


def _tell_card(detector: Detector, gain: PatientGain) -> Detector:
    """Return the detector with what a reader must know of its adaptation on its card."""
    how = f"{gain.hours_used:.2f} h with {gain.seizures_used} seizures of one patient, {gain.protocol}"
    told = (
        f"kept as it was after {how}: {gain.problem}" if gain.problem else f"adapted to {how}; for that patient alone"
    )
    figures = "; ".join(f"{name} {_show(gain.before[name])} before, {_show(gain.after[name])} after" for name in GAINS)
    judged = f"on the {gain.hours_left:.2f} h with {gain.seizures_left} seizures that came later: {figures}"
    card = {**detector.settings.card, "patient": told, "patient_figures": judged}
    settings = detector.settings.model_copy(update={"card": card})
    return Detector(replace(detector.parts, settings=settings))


def _tell_record(plan: _Plan, gain: PatientGain, adapted: Adapted) -> str:
    """Return all of it as JSON; it names neither patient nor recording."""
    values = asdict(gain)
    for side in ("before", "after"):
        values[side] = {name: value if math.isfinite(value) else None for name, value in values[side].items()}
    content = {
        "format": FORMAT,
        "version": VERSION,
        "ictal": __version__,
        "detector": f"{plan.detector.name} {plan.detector.fingerprint}",
        "hours": plan.hours,
        "settings": plan.settings.model_dump(mode="json"),
        "windows": dict(adapted.windows),
        "gain": values,
        "history": [_without_nan(row) for row in adapted.history],
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _without_nan(row: Mapping[str, float]) -> dict[str, float | None]:
    return {name: value if math.isfinite(value) else None for name, value in row.items()}


def _show(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "undefined"
