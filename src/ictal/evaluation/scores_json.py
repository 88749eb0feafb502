"""Figures as JSON: one strict, stable form, described in ``docs/evaluation.md``."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ictal.core.version import __version__
from ictal.evaluation.bootstrap import LEVEL
from ictal.evaluation.dataset import COUNTED, RATE, Estimate, RuleScores, Table, figures_of
from ictal.evaluation.score import TreeScores
from ictal.io.atomic import atomic_write
from ictal.scoring.rules import Rule

FORMAT = "ictal-scores"
VERSION = 1


def write_scores_json(path: Path | str, scores: TreeScores) -> None:
    """Write figures, counts and intervals of a data set, its subjects and recordings.

    Parameters
    ----------
    path : path
        The file; it appears when it is complete.
    scores : TreeScores
        From :func:`ictal.evaluation.score.score_trees`.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    with atomic_write(path, "w") as file:
        file.write(encode_text(scores))


def encode_text(scores: TreeScores) -> str:
    """Return the text of :func:`encode_scores`, with a line for each recording."""
    content = encode_scores(scores)
    recordings = content.pop("recordings")
    head = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    rows = (json.dumps(recording, ensure_ascii=False, allow_nan=False) for recording in recordings)
    return head[: -len("\n}")] + ',\n  "recordings": [\n    ' + ",\n    ".join(rows) + "\n  ]\n}\n"


def encode_scores(scores: TreeScores) -> dict[str, Any]:
    """Return figures ready for JSON; what is undefined is ``None``.

    Returns
    -------
    dict
        Its keys are described in ``docs/evaluation.md``.
    """
    numbers = scores.subject_numbers.tolist()
    of_subjects: list[list[int]] = [[] for _ in scores.subjects]
    for recording, number in enumerate(numbers):
        of_subjects[number].append(recording)
    by_recording = [_encode_table(rule.rule, rule.recordings) for rule in scores.rules]
    by_subject = [_encode_table(rule.rule, rule.subjects) for rule in scores.rules]
    names = [rule.rule.name for rule in scores.rules]
    return {
        "format": FORMAT,
        "version": VERSION,
        "ictal": __version__,
        "reference": scores.reference,
        "hypothesis": scores.hypothesis,
        "settings": _encode_settings(scores),
        "dataset": {
            "n_subjects": len(scores.subjects),
            "subjects_from": list(scores.subjects_from),
            "n_missing": scores.n_missing,
            "detector": scores.behaviour,
            "claimed_seconds": scores.claimed,
            **_encode_group(scores, range(len(scores.recordings))),
        },
        "rules": [_encode_rule(rule) for rule in scores.rules],
        "timing": {
            "n_reference": scores.timing.n_reference,
            "n_detected": scores.timing.n_detected,
            "median": {name: _encode_estimate(value) for name, value in scores.timing.medians.items()},
        },
        "notes": [{"kind": note.kind, "count": note.count, "first": note.first} for note in scores.notes],
        "subjects": [
            {
                "subject": subject,
                **_encode_group(scores, of_subjects[number]),
                "rules": dict(zip(names, (table[number] for table in by_subject), strict=True)),
            }
            for number, subject in enumerate(scores.subjects)
        ],
        "recordings": [
            {
                "recording": recording.name,
                "subject": recording.subject,
                "seconds": recording.duration,
                "n_reference": len(recording.reference),
                "n_hypothesis": len(recording.hypothesis),
                "has_hypothesis": recording.has_hypothesis,
                "rules": dict(zip(names, (table[number] for table in by_recording), strict=True)),
            }
            for number, recording in enumerate(scores.recordings)
        ],
    }


def unit_of(rule: Rule, figure: str) -> str | None:
    """Return the unit of a figure: false positives are events or seconds a day, everything else is a share.

    Examples
    --------
    >>> from ictal.scoring.rules import RULES
    >>> unit_of(RULES.load("sample"), "false_positives_per_day"), unit_of(RULES.load("sample"), "f1")
    ('s/24 h', None)
    """
    if figure != RATE:
        return None
    return "1/24 h" if rule.seconds_per_count is None else "s/24 h"


def _encode_settings(scores: TreeScores) -> dict[str, Any]:
    settings = scores.settings
    return {
        "szcore_compatible": settings.szcore_compatible,
        "missing": settings.missing_is,
        "duration_tolerance": settings.tolerance,
        "subjects": settings.subjects,
        "interval": {
            "level": LEVEL,
            "method": "percentile bootstrap over subjects",
            "n_resamples": settings.n_resamples,
            "seed": settings.seed,
        },
    }


def _encode_group(scores: TreeScores, numbers: range | list[int]) -> dict[str, Any]:
    recordings = [scores.recordings[number] for number in numbers]
    return {
        "n_recordings": len(recordings),
        "seconds": sum(recording.duration for recording in recordings),
        "n_reference": sum(len(recording.reference) for recording in recordings),
        "n_hypothesis": sum(len(recording.hypothesis) for recording in recordings),
    }


def _encode_rule(scored: RuleScores) -> dict[str, Any]:
    rule = scored.rule
    (pooled,) = _encode_table(rule, scored.subjects.sum(axis=0, keepdims=True))
    return {
        "rule": rule.name,
        "title": rule.title,
        "counted": rule.counted,
        "units": {name: unit_of(rule, name) for name in rule.figures},
        "average": {name: _encode_average(value) for name, value in scored.average.items()},
        "pooled": {name: _encode_estimate(value) for name, value in scored.pooled.items()},
        "counts": pooled["counts"],
    }


def _encode_estimate(estimate: Estimate) -> dict[str, Any]:
    interval = [estimate.low, estimate.high] if estimate.has_interval else None
    return {"value": _number(estimate.value), "interval": interval, "n_subjects": estimate.n_subjects}


def _encode_average(estimate: Estimate) -> dict[str, Any]:
    return {**_encode_estimate(estimate), "standard_deviation": _number(estimate.standard_deviation)}


def _encode_table(rule: Rule, counts: Table) -> list[dict[str, Mapping[str, float | None]]]:
    """Return counts and figures of each row."""
    pairs = zip(counts.tolist(), figures_of(rule, counts).tolist(), strict=True)
    return [{"counts": _named(COUNTED, row), "figures": _named(rule.figures, figures)} for row, figures in pairs]


def _named(names: tuple[str, ...], values: list[float]) -> dict[str, float | None]:
    return {name: _number(value) for name, value in zip(names, values, strict=True)}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
