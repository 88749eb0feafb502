"""The scoring rules of the field, in one visible table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ictal.core.spans import Span
from ictal.core.tables import Table
from ictal.scoring.counts import Counts

Score = Callable[[Sequence[Span], Sequence[Span], float], Counts]
"""Reference spans and hypothesis spans in seconds, and the length of the recording in seconds → counts."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A scoring rule and how its figures must be named.

    Parameters
    ----------
    name : str
        Its name in :data:`RULES`.
    title : str
        Name and version as a table prints them.
    counted : str
        What one count is: ``"events"``, ``"seconds"``, ``"epochs of 0.25 s"``.
    score : callable
        See :data:`Score`.
    figures : tuple of str
        The attributes of :class:`~ictal.scoring.counts.Counts` that the rule is read by.
    seconds_per_count : float, optional
        Seconds of one count, where false positives are given as seconds a day; ``None`` where they are events.
    """

    name: str
    title: str
    counted: str
    score: Score
    figures: tuple[str, ...] = ("sensitivity", "precision", "f1", "false_positives_per_day")
    seconds_per_count: float | None = None


RULES = Table(
    "rule",
    {
        "szcore": "ictal.scoring.szcore:EVENT",
        "sample": "ictal.scoring.szcore:SAMPLE",
        "nedc-ovlp": "ictal.scoring.nedc:OVLP",
        "nedc-taes": "ictal.scoring.nedc:TAES",
        "nedc-epoch": "ictal.scoring.nedc:EPOCH",
        "nedc-dpalign": "ictal.scoring.nedc:DPALIGN",
        "nedc-ira": "ictal.scoring.nedc:IRA",
    },
)
"""Each is a :class:`Rule`; they are fed sorted, disjoint spans inside the recording."""

COMPATIBLE = Table(
    "rule with a compatible mode",
    {
        "szcore": "ictal.scoring.compatible:EVENT",
        "sample": "ictal.scoring.compatible:SAMPLE",
    },
)
"""The rules of the same names as the dataset tool of SzCORE counts; they are fed the spans of a file as they stand."""

GROUPS = {"nedc": ("nedc-ovlp", "nedc-taes", "nedc-epoch", "nedc-dpalign", "nedc-ira")}
"""Names that stand for several rules."""
