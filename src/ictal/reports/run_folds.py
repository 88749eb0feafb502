"""What became of the folds of a run, or of a training that is one by itself."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ictal.data.portions import Split, read_splits
from ictal.evaluation.crossval_json import read_crossval
from ictal.evaluation.folds import FINISHED, FoldSummary
from ictal.evaluation.history import read_history
from ictal.evaluation.measures import Measures
from ictal.evaluation.stored import EvaluatedRecording

CROSSVAL = "crossval"


def read_folds(
    folder: Path, kind: str, recordings: Sequence[EvaluatedRecording], measures: Measures | None
) -> tuple[FoldSummary, ...]:
    """Read the folds of a finished run from its folder.

    Parameters
    ----------
    folder : Path
    kind : str
        As ``run.json`` says; all but ``crossval`` are of one fold.
    recordings : sequence of EvaluatedRecording
    measures : Measures or None
        Of these; ``None`` where nothing was evaluated.

    Raises
    ------
    RecordingError
        If a file of the run is missing or damaged.
    """
    if kind == CROSSVAL and measures is not None:
        return read_crossval(folder, recordings, measures)
    return tuple(summarise_training(folder, split, measures) for split in read_splits(folder / "splits.json")[:1])


def summarise_training(folder: Path, split: Split, measures: Measures | None) -> FoldSummary:
    """Return a single training as a fold, with the figures of all that was evaluated."""
    return FoldSummary(
        name=split.name,
        status=FINISHED,
        problem="",
        tested=subjects_of(split, "test"),
        n_trained=len(subjects_of(split, "train")),
        n_watched=len(subjects_of(split, "validation")),
        history=read_history(folder),
        group=None if measures is None else measures.whole,
    )


def subjects_of(split: Split, side: str) -> tuple[str, ...]:
    """Return who is on a side of a split, in the order of its portions."""
    return tuple(dict.fromkeys(portion.subject for portion in split.sides[side]))
