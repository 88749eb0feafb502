"""What adapting to a patient is worth: in every fold of a cross-validation, for each subject that it tests."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ictal.core.errors import ParameterError
from ictal.core.spans import complement_spans, intersect_spans, total_time
from ictal.data.loader import BatchSet
from ictal.data.portions import Portion
from ictal.data.store import Store
from ictal.detection.detector import Detector
from ictal.evaluation.measures import measure_evaluation
from ictal.evaluation.patient_gain import GAINS, PatientGain, ProtocolGain, compare_protocols, format_gains
from ictal.evaluation.stored import read_evaluation
from ictal.experiments.crossval import CrossValidation, crossval_recipe
from ictal.experiments.fold import Fold
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.io.json_file import read_json_file
from ictal.reports.finetune_report import write_finetune_report
from ictal.training.evaluation import evaluate
from ictal.training.finetune import adapt
from ictal.training.finetune_settings import PROTOCOLS
from ictal.training.restore import restore_network
from ictal.training.stretches import Stretches, TooShortError, choose_stretches
from ictal.training.train import DETECTOR, cut_side

FOLDER, RESULT, TABLE = "finetune", "result.json", "finetune.tsv"
FORMAT, VERSION = "ictal-finetuned", 1


@dataclass(frozen=True, eq=False)
class FinetunedFolds:
    """What ``ictal crossval --finetune`` did.

    Attributes
    ----------
    run : CrossValidation
        That which was adapted.
    gains : tuple of ProtocolGain
        Of both protocols.
    table, report : Path
    """

    run: CrossValidation
    gains: tuple[ProtocolGain, ...]
    table: Path
    report: Path


def crossval_finetuned(
    recipe: Path | str, output: Path, *, hours: float = 1.0, rehearse: bool = False, **wanted: Any
) -> FinetunedFolds:
    """Cross-validate a recipe, and adapt the detector of each fold to each subject that it tests.

    Parameters
    ----------
    recipe, output
        See :func:`ictal.experiments.crossval.crossval_recipe`.
    hours : float
        Of each subject, that are adapted on; by both protocols of :mod:`ictal.training.stretches`.
    rehearse : bool
        Show windows of the subjects that the fold was trained on among those of the patient.
    **wanted
        Further parameters of :func:`~ictal.experiments.crossval.crossval_recipe`.

    Raises
    ------
    ParameterError
        If no time is asked for, or the splits train on the subjects that they test; and what `crossval_recipe` raises.
    """
    if not 0 < hours < math.inf:
        raise ParameterError(f"hours: {hours!r} is not allowed; it must be above 0.")
    run = crossval_recipe(recipe, output, after_fold=partial(finetune_fold, hours=hours, rehearse=rehearse), **wanted)
    return conclude_finetuning(run, hours)


def conclude_finetuning(run: CrossValidation, hours: float) -> FinetunedFolds:
    """Read what was left for each subject, and write the table and the report.

    Raises
    ------
    OutputError
        If something cannot be written.
    """
    patients = sorted(read_gains(run.folder), key=lambda one: (PROTOCOLS.index(one.protocol), one.subject))
    gains = compare_protocols(patients)
    table = run.folder / TABLE
    with atomic_write(table, "w") as file:
        file.write(format_gains(patients))
    return FinetunedFolds(run, gains, table, write_finetune_report(run.folder, gains, hours))


def read_gains(folder: Path) -> list[PatientGain]:
    """Return what the folds of a run left of its subjects."""
    return [_read_result(path) for path in sorted(folder.glob(f"folds/*/{FOLDER}/*/*/{RESULT}"))]


def finetune_fold(fold: Fold, *, hours: float, rehearse: bool = False) -> None:
    """Adapt the detector of a fold to each subject that it tests, by both protocols; what is there is kept.

    Parameters
    ----------
    fold : Fold
        A trained one. ``finetune/PROTOCOL/SUBJECT/`` in its folder takes scores and figures before and after.
    hours : float
    rehearse : bool
        See :func:`crossval_finetuned`.

    Raises
    ------
    ParameterError
        If the fold was trained on subjects that it tests.
    """
    if fold.split.within_subject:
        raise ParameterError(
            f"finetune: split {fold.split.name} trains on the subjects that it tests; take loso or subject:N, which do "
            "not know a patient yet."
        )
    patient = _Patients(fold, Store(fold.store), hours, rehearse)
    for protocol in PROTOCOLS:
        for subject in dict.fromkeys(portion.subject for portion in fold.split.test):
            patient.finetune(subject, protocol)


class _Patients:
    """The subjects of one fold."""

    def __init__(self, fold: Fold, store: Store, hours: float, rehearse: bool) -> None:
        self._fold, self._store, self._hours, self._rehearse = fold, store, hours, rehearse
        self._task, self._settings = fold.recipe.task, fold.recipe.finetuning
        self._detector = Detector.read(fold.folder / DETECTOR)

    def finetune(self, subject: str, protocol: str) -> None:
        """Adapt to one subject, unless that was done before with the same settings."""
        place = self._fold.folder / FOLDER / protocol / quote(subject, safe=" ")
        asked = {
            "detector": self._detector.fingerprint,
            "hours": self._hours,
            "rehearse": self._rehearse,
            "settings": self._settings.model_dump(mode="json"),
        }
        if (place / RESULT).is_file() and _read(place / RESULT)["asked"] == asked:
            return
        ensure_folder(place)
        gain = self._measure(subject, protocol, place)
        content = {"format": FORMAT, "version": VERSION, "asked": asked, "gain": _encode(gain)}
        with atomic_write(place / RESULT, "w") as file:
            file.write(json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n")

    def _measure(self, subject: str, protocol: str, place: Path) -> PatientGain:
        try:
            stretches = self._choose(subject, protocol)
        except TooShortError as problem:
            return PatientGain(protocol, subject, left_out=str(problem).removeprefix(f"{protocol}: "))
        n_left = self._count_seizures(stretches.left)
        if n_left == 0:
            return PatientGain(protocol, subject, left_out="no seizure is left after it that could be found.")
        before = restore_network(self._detector)
        windows = BatchSet(self._store, cut_side(self._task, self._store, stretches.used))
        adapted = adapt(before, windows, self._task, self._settings, rehearsal=self._others())
        figures = {}
        for name, network in (("before", before), ("after", adapted.network)):
            evaluate(network, self._store, stretches.left, self._task, ensure_folder(place / name), "test")
            found = measure_evaluation(read_evaluation(place / name)).whole.figures
            figures[name] = {figure: found[figure] for figure in GAINS}
        return PatientGain(
            protocol,
            subject,
            self._count_hours(stretches.used),
            self._count_seizures(stretches.used),
            self._count_hours(stretches.left),
            n_left,
            adapted.problem,
            figures["before"],
            figures["after"],
        )

    def _choose(self, subject: str, protocol: str) -> Stretches:
        tested = {portion.recording for portion in self._fold.split.test if portion.subject == subject}
        recordings = [one for one in self._store.recordings if one.name in tested]
        return choose_stretches(recordings, protocol, self._hours, self._task.windows.length)

    def _others(self) -> BatchSet | None:
        if not self._rehearse:
            return None
        return BatchSet(self._store, cut_side(self._task, self._store, self._fold.split.train))

    def _count_seizures(self, portions: Iterable[Portion]) -> int:
        return sum(len(self._inside(portion, lambda one: one.annotations.seizures.spans)) for portion in portions)

    def _count_hours(self, portions: Iterable[Portion]) -> float:
        signal = (
            self._inside(portion, lambda one: complement_spans(one.gaps, 0.0, one.duration)) for portion in portions
        )
        return sum(map(total_time, signal)) / 3600.0

    def _inside(self, portion: Portion, spans: Callable[[Any], Any]) -> Any:
        (recording,) = (one for one in self._store.recordings if one.name == portion.recording)
        return intersect_spans(spans(recording), [(portion.start, portion.stop)])


def _encode(gain: PatientGain) -> dict[str, Any]:
    values = asdict(gain)
    for side in ("before", "after"):
        values[side] = {name: value if math.isfinite(value) else None for name, value in values[side].items()}
    return values


def _read_result(path: Path) -> PatientGain:
    values = dict(_read(path)["gain"])
    for side in ("before", "after"):
        values[side] = {name: math.nan if value is None else value for name, value in values[side].items()}
    return PatientGain(**values)


def _read(path: Path) -> dict[str, Any]:
    return read_json_file(path, "the result of a fine-tuning", FORMAT, VERSION)
