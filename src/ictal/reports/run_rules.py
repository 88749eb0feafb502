"""The rules of SzCORE and of NEDC side by side: the same events, counted in six ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ictal.evaluation.dataset import RATE, Estimate, RuleScores, score_dataset
from ictal.evaluation.measures import Measures
from ictal.evaluation.scores_json import unit_of
from ictal.reports.run_figures import show_estimate
from ictal.scoring.rules import RULES, Rule

WORDS = {
    "szcore": "Events less than 90 s apart are joined, those above 5 min cut. Any overlap with a seizure, the 30 s "
    "before or the 60 s after it finds it; an event near no seizure is a false alarm.",
    "sample": "Every second is compared with the same second; a false alarm is a second.",
    "nedc-ovlp": "Any overlap finds a seizure, without tolerance and without joining; an event that overlaps none is a "
    "false alarm.",
    "nedc-taes": "A seizure counts by the share of it that is covered; what an event adds outside, in lengths of the "
    "seizure, is a false alarm of at most 1.",
    "nedc-epoch": "Every quarter of a second is compared; a false alarm is such an epoch, given in seconds here.",
    "nedc-dpalign": "Only the order of seizure and background counts, whenever they happened; so it says least.",
}
"""Rule → what it differs in from the others."""

KAPPA = "nedc-ira"

FIGURES = ("sensitivity", "precision", "f1", RATE)


@dataclass(frozen=True)
class RuleRow:
    """What one rule comes to.

    Attributes
    ----------
    title, counted, words : str
        Its name and version, what one count is, and what it differs in.
    unit : str
        Of its false alarms in 24 h.
    average, pooled : tuple of str
        Each of :data:`FIGURES`: the mean over subjects, and of all recordings as one.
    """

    title: str
    counted: str
    words: str
    unit: str
    average: tuple[str, ...]
    pooled: tuple[str, ...]


def compare_rules(measures: Measures) -> Iterator[RuleRow]:
    """Yield a row for each rule of :data:`WORDS`."""
    for name, words in WORDS.items():
        scored = score_by(RULES.load(name), measures)
        unit = (unit_of(scored.rule, RATE) or "").removesuffix("/24 h")
        yield RuleRow(
            scored.rule.title,
            scored.rule.counted,
            words,
            "events" if unit == "1" else unit,
            _show(scored.average),
            _show(scored.pooled),
        )


def find_kappa(measures: Measures) -> str:
    """Return Cohen's kappa of the epochs of all recordings, as NEDC calculates it, with its interval."""
    return show_estimate(score_by(RULES.load(KAPPA), measures).pooled["kappa"], "kappa")


def score_by(rule: Rule, measures: Measures) -> RuleScores:
    """Score what was marked and found by one rule."""
    counts = [rule.score(one.reference, one.hypothesis, one.duration) for one in measures.marked]
    return score_dataset(rule, counts, measures.subject_numbers, measures.curves.draws)


def _show(estimates: Mapping[str, Estimate]) -> tuple[str, ...]:
    names = {RATE: "false_alarms_per_day"}
    return tuple(show_estimate(estimates[figure], names.get(figure, figure)) for figure in FIGURES)
