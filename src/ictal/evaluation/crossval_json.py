"""What a cross-validation came to, on disk: ``figures.json``, with what became of each fold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ictal.core.errors import RecordingError
from ictal.evaluation.folds import FINISHED, FoldSummary, folder_of
from ictal.evaluation.history import read_history
from ictal.evaluation.measures import Measures
from ictal.evaluation.measures_json import encode_fold, encode_measures
from ictal.evaluation.stored import EvaluatedRecording
from ictal.io.atomic import atomic_write
from ictal.io.json_file import read_json_file

FILE = "figures.json"
FORMAT, VERSION = "ictal-crossval", 1


def write_crossval(folder: Path, folds: Sequence[FoldSummary], measures: Measures) -> None:
    """Write ``figures.json``: the folds, and what :func:`~ictal.evaluation.measures_json.encode_measures` says of all.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    content = {"format": FORMAT, "version": VERSION, "folds": [encode_fold(one) for one in folds]}
    with atomic_write(folder / FILE, "w") as file:
        json.dump({**content, **encode_measures(measures)}, file, ensure_ascii=False, allow_nan=False, indent=1)
        file.write("\n")


def read_crossval(
    folder: Path, recordings: Sequence[EvaluatedRecording], measures: Measures
) -> tuple[FoldSummary, ...]:
    """Read what became of each fold; its figures are taken anew from what it was tested on.

    Parameters
    ----------
    folder : Path
        Of the cross-validation.
    recordings : sequence of EvaluatedRecording
        Those of its ``evaluation.json``; of a fold are those whose scores lie in its folder.
    measures : Measures
        Of all of them.

    Raises
    ------
    RecordingError
        If ``figures.json`` or the history of a finished fold is missing, or not as ictal writes it.
    """
    path = folder / FILE
    content = read_json_file(path, "the figures of a cross-validation", FORMAT, VERSION)
    try:
        return tuple(_decode_fold(folder, row, recordings, measures) for row in content["folds"])
    except (KeyError, TypeError):
        raise RecordingError("does not tell of folds as ictal writes it", file=path) from None


def _decode_fold(
    folder: Path, row: Mapping[str, Any], recordings: Sequence[EvaluatedRecording], measures: Measures
) -> FoldSummary:
    own = folder / folder_of(row["name"])
    is_finished = row["status"] == FINISHED
    tested = [(one.name, one.start) for one in recordings if one.scores_file.is_relative_to(own)]
    return FoldSummary(
        name=row["name"],
        status=row["status"],
        problem=row.get("problem", ""),
        tested=tuple(row["tested"]),
        n_trained=int(row["n_trained"]),
        n_watched=int(row["n_watched"]),
        history=read_history(own) if is_finished else None,
        group=measures.of(tested) if is_finished else None,
    )
