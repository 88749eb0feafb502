"""What an evaluation leaves, so that any rule can be applied to it later: ``evaluation.json`` beside files of scores.

The JSON says of each recording, or stretch of one, what is true of it, where its scores are, and how the detector makes
events of them. Paths are relative to its folder, which may be moved; it holds no date.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from ictal.core.errors import ParameterError, RecordingError, check_option
from ictal.core.events import Annotations
from ictal.core.spans import Span
from ictal.evaluation.operating import ScoredRecording
from ictal.evaluation.reading import MarkedRecording
from ictal.io.atomic import atomic_write
from ictal.io.events_json import decode_event, encode_event
from ictal.io.json_file import read_json_file
from ictal.io.scores_file import read_scores
from ictal.postprocessing.events import find_events
from ictal.postprocessing.settings import PostProcessing

FILE = "evaluation.json"
FORMAT = "ictal-evaluation"
VERSION = 1

Side = Literal["validation", "test"]
SIDES: tuple[Side, ...] = ("validation", "test")
"""What training was watched on and thresholds may be chosen on, and what neither of them has seen."""


@dataclass(frozen=True, slots=True)
class ClassSpans:
    """When each class holds in a stretch, in seconds from its start; class 0 holds in all other time.

    Parameters
    ----------
    stretches : tuple of tuple of (start, stop)
        Of class 1, of class 2, …; each sorted, no two overlap.
    excluded : tuple of (start, stop)
        Time that has no class.
    """

    stretches: tuple[tuple[Span, ...], ...]
    excluded: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluatedRecording:
    """A recording, or a stretch of one, that a detector was evaluated on.

    Parameters
    ----------
    name, subject : str
        Several stretches of one recording have its name in common.
    start, stop : float
        The stretch, in seconds of the recording.
    reference : Annotations
        What a reader marked in the stretch, in seconds from its start.
    scores_file : Path
        Calibrated probabilities before smoothing, in seconds from its start.
    postprocessing : PostProcessing
        The rules by which the detector makes events.
    side : {"validation", "test"}
        Which side of its split it stands on.
    classes : ClassSpans, optional
        Where the events of the stretch alone do not say it, as what comes before a seizure behind its end.
    """

    name: str
    subject: str
    start: float
    stop: float
    reference: Annotations
    scores_file: Path
    postprocessing: PostProcessing
    side: Side
    classes: ClassSpans | None = None

    def read(self) -> ScoredRecording:
        """Read the scores.

        Raises
        ------
        RecordingError
            If their file is missing or damaged.
        """
        return ScoredRecording(self.subject, read_scores(self.scores_file), self.reference)

    def mark(self) -> MarkedRecording:
        """Read the scores and return what a reader marked beside what the detector finds, as every rule takes them.

        Raises
        ------
        RecordingError
            If the file of scores is missing or damaged.
        """
        scored = self.read()
        found = find_events(scored.scores, self.postprocessing, self.reference.duration)
        return MarkedRecording(self.name, self.subject, found.duration, scored.seizure_spans, found.spans)


class _Classes(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    stretches: tuple[tuple[Span, ...], ...]
    excluded: tuple[Span, ...] = ()


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    name: str
    subject: str
    start: float
    stop: float
    events: list[dict[str, Any]]
    scores: str
    postprocessing: PostProcessing
    classes: _Classes | None = None


class _Content(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: str
    version: int
    side: Side
    recordings: list[_Row]


def write_evaluation(folder: Path, recordings: Sequence[EvaluatedRecording]) -> None:
    """Write ``evaluation.json`` into a folder that holds the files of scores, at any depth.

    Parameters
    ----------
    folder : Path
        Of a run, or of a cross-validation whose runs lie in it.
    recordings : sequence of EvaluatedRecording
        One or more, all of one side.

    Raises
    ------
    ParameterError
        If there is no recording, sides are mixed, or a file of scores is not in the folder.
    OutputError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from ictal.core.events import Event
    >>> from ictal.core.scores import Scores
    >>> from ictal.io.scores_file import write_scores
    >>> folder = Path(tempfile.mkdtemp())
    >>> write_scores(folder / "night.npz", Scores([[0.9, 0.1], [0.2, 0.8], [0.3, 0.7]], start=0.0, step=1.0))
    >>> marked = Annotations([Event(1.0, 2.0)], 3.0)
    >>> rules = PostProcessing(threshold=0.75)
    >>> night = EvaluatedRecording("night", "anna", 60.0, 63.0, marked, folder / "night.npz", rules, "test")
    >>> write_evaluation(folder, [night])
    >>> read_evaluation(folder) == (night,), night.mark().hypothesis
    (True, ((1.0, 2.0),))
    """
    sides = sorted({check_option("side", one.side, SIDES) for one in recordings})
    if len(sides) != 1:
        came = "none came" if not sides else f"those of {' and '.join(sides)} came together"
        raise ParameterError(f"recordings: {came}; allowed are one or more, all of one side.")
    rows = [json.dumps(_encode_recording(folder, one), ensure_ascii=False, allow_nan=False) for one in recordings]
    head = f'{{\n "format": "{FORMAT}",\n "version": {VERSION},\n "side": "{sides[0]}",\n "recordings": [\n  '
    with atomic_write(folder / FILE, "w") as file:
        file.write(head + ",\n  ".join(rows) + "\n ]\n}\n")


def read_evaluation(folder: Path) -> tuple[EvaluatedRecording, ...]:
    """Read what :func:`write_evaluation` wrote; no scores are read yet.

    Raises
    ------
    RecordingError
        If the folder holds no evaluation, or it is not as this version of ictal writes it; the field at fault is named.
    """
    path = folder / FILE
    values = read_json_file(path, "an evaluation", FORMAT, VERSION)
    try:
        content = _Content.model_validate(values)
        return tuple(_decode_recording(folder, row, content.side) for row in content.recordings)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise RecordingError(first["msg"], file=path, field=".".join(map(str, first["loc"]))) from None
    except ParameterError as problem:
        raise RecordingError(str(problem), file=path) from None


def _encode_recording(folder: Path, one: EvaluatedRecording) -> dict[str, Any]:
    if not one.scores_file.is_relative_to(folder):
        raise ParameterError(f"scores file: {one.scores_file} is not allowed; it must be in {folder}.")
    return {
        "name": one.name,
        "subject": one.subject,
        "start": one.start,
        "stop": one.stop,
        "events": [encode_event(event) for event in one.reference],
        "scores": one.scores_file.relative_to(folder).as_posix(),
        "postprocessing": one.postprocessing.model_dump(mode="json"),
        **({} if one.classes is None else {"classes": asdict(one.classes)}),
    }


def _decode_recording(folder: Path, row: _Row, side: Side) -> EvaluatedRecording:
    place = PurePosixPath(row.scores)
    if place.is_absolute() or ".." in place.parts:
        raise ParameterError(f"scores: {row.scores!r} is not allowed; it must be a file below the folder.")
    reference = Annotations((decode_event(event) for event in row.events), row.stop - row.start)
    classes = None if row.classes is None else ClassSpans(row.classes.stretches, row.classes.excluded)
    return EvaluatedRecording(
        row.name, row.subject, row.start, row.stop, reference, folder / place, row.postprocessing, side, classes
    )
