"""Score what detectors found in many recordings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ictal.evaluation.score import ScoreSettings, TreeScores, score_trees
from ictal.evaluation.scores_json import write_scores_json
from ictal.io.atomic import ensure_folder


def score_paths(
    reference: Path | str, hypothesis: Path | str, *, output: Path | str | None = None, **wanted: Any
) -> TreeScores:
    """Score a detector's event tables against those of readers: what ``ictal score`` does.

    Parameters
    ----------
    reference, hypothesis : path
        Two files or two folders.
    output : path, optional
        Where the figures are written as JSON.
    **wanted
        The fields of :class:`~ictal.evaluation.score.ScoreSettings`.

    Raises
    ------
    IctalError
        If the tables cannot be scored, or the figures not be written.
    """
    settings = ScoreSettings(**wanted)
    if output is not None:
        ensure_folder(Path(output).parent)
    scores = score_trees(reference, hypothesis, settings)
    if output is not None:
        write_scores_json(output, scores)
    return scores
