"""What is to be detected where: one task for each recording, made before the work begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ictal.core.errors import ParameterError, RecordingError, check_option
from ictal.detection.detector import Detector
from ictal.detection.library import (
    ANIMAL_DETECTOR,
    FEW_LEADS_DETECTOR,
    SCALP_DETECTOR,
    DefaultDetector,
    load_bundled,
    load_detector,
)
from ictal.experiments.outputs import ALWAYS, ENDINGS
from ictal.io.atomic import ensure_folder
from ictal.io.discover import FoundRecording, find_recordings, split_animals

RECORD = "detection.json"
"""What ran, and whether it came to its end."""


@dataclass(frozen=True)
class DetectRequest:
    """What is asked of :func:`detect_recordings`.

    Attributes
    ----------
    output : Path
        Folder of the results; the tree of the inputs is mirrored there.
    detector : str or None
        Name of a bundled detector or path of a ``.ictal`` file; ``None`` picks one for each recording.
    changes : dict
        Settings to change: dotted key → value as text.
    outputs : tuple of str
        What is written beside the events table and the scores; see :data:`ictal.experiments.outputs.ENDINGS`.
    mapping : dict
        What odd labels of the files mean: label → electrode or lead.
    animals : dict
        Name → channels, for files that hold several animals.
    overwrite : bool
        Whether results that are there are made anew.
    keep_identity : bool
        Whether the annotated copy keeps the identity of the patient, and tables, copy and report the dates.
    compare : bool
        Whether the report marks hits, misses and false alarms against the events table beside a BIDS recording.
    seizure_labels : tuple of str
        In its place: what annotations of the recordings themselves say where they mean a seizure.
    """

    output: Path
    detector: str | None = None
    changes: dict[str, str] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()
    mapping: dict[str, str] = field(default_factory=dict)
    animals: dict[str, tuple[str, ...]] = field(default_factory=dict)
    overwrite: bool = False
    keep_identity: bool = False
    compare: bool = False
    seizure_labels: tuple[str, ...] = ()

    @property
    def all_outputs(self) -> tuple[str, ...]:
        """The outputs of every run and those asked for, each once."""
        return tuple(dict.fromkeys([*ALWAYS, *self.outputs]))

    def load_detector(self) -> Detector | DefaultDetector:
        """Return the detector, or the rule that picks one, with the settings changed."""
        return load_detector(self.detector).with_settings(self.changes)

    def check(self) -> None:
        """Refuse what cannot be done.

        Raises
        ------
        ParameterError
            If an output is not known, or a reference is given twice or for no report.
        """
        for name in self.outputs:
            check_option("format", name, ENDINGS)
        if self.compare and self.seizure_labels:
            raise ParameterError(
                "reference: compare with the tables beside recordings or seizure labels, not with both."
            )
        if (self.compare or self.seizure_labels) and "report" not in self.outputs:
            raise ParameterError("reference: only a report compares with one; ask for one too, with --report.")


@dataclass(frozen=True)
class DetectTask:
    """One recording, or one animal of it."""

    found: FoundRecording
    request: DetectRequest

    @property
    def title(self) -> str:
        """The recording as a person would name it."""
        animal = self.found.animal
        return str(self.found.path) if animal is None else f"{self.found.path} ({animal})"

    def target(self, ending: str) -> Path:
        """Return the file of one result: the mirrored place, the stem, the animal, the ending."""
        return self.found.output(self.request.output, f"_{ending}")

    def output(self, name: str) -> Path:
        """Return the file of one output by name; the copy of a BDF file is a BDF file."""
        is_bdf_copy = name == "edf" and self.found.path.suffix.lower() == ".bdf"
        return self.target(ENDINGS[name].replace(".edf", ".bdf") if is_bdf_copy else ENDINGS[name])


def plan_detection(paths: Sequence[Path | str], request: DetectRequest) -> list[DetectTask]:
    """Find the recordings under some paths and return one task for each, or for each animal in each.

    The annotated copies that earlier runs left in a folder are no recordings to analyse.

    Raises
    ------
    IctalError
        If a path has no recording, the detector cannot be loaded, or nothing can be written: before the work begins.
    """
    request.check()
    _check_settings(request)
    named = set(map(Path, paths))
    found = [one for one in find_recordings(paths) if one.path in named or not _is_annotated_copy(one.path)]
    if not found:
        problem = "holds only copies that ictal annotated; name one to analyse it all the same"
        raise RecordingError(problem, file=paths[0])
    ensure_folder(request.output)
    return [DetectTask(one, request) for one in split_animals(found, request.animals)]


def _check_settings(request: DetectRequest) -> None:
    """Load the detector before the work; where one is picked for each recording, at least one must take the changes."""
    if request.detector is not None:
        request.load_detector()
        return
    refusals = []
    names = (SCALP_DETECTOR, FEW_LEADS_DETECTOR, ANIMAL_DETECTOR)
    for name in names:
        try:
            load_bundled(name).with_settings(request.changes)
        except ParameterError as refusal:
            refusals.append(refusal)
    if len(refusals) == len(names):
        raise refusals[0]


def _is_annotated_copy(path: Path) -> bool:
    stem = path.stem.removesuffix(f"_{Path(ENDINGS['edf']).stem}")
    return stem != path.stem and path.with_name(f"{stem}_{RECORD}").exists()
