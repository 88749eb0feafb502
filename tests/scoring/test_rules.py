"""What every scoring rule in the tables promises."""

from __future__ import annotations

import math

import pytest

from ictal.core.errors import ParameterError
from ictal.core.spans import Span
from ictal.core.tables import Table
from ictal.scoring.counts import Counts
from ictal.scoring.rules import COMPATIBLE, GROUPS, RULES, Rule

DAY = 86400.0
SEIZURES: list[Span] = [(1000.0, 1060.0), (20000.25, 20040.5), (50000.0, 50400.0)]

every_rule = pytest.mark.parametrize(
    "rule",
    [*(RULES.load(name) for name in RULES), *(COMPATIBLE.load(name) for name in COMPATIBLE)],
    ids=lambda r: r.title,
)


@pytest.mark.parametrize("table", [RULES, COMPATIBLE], ids=lambda table: table.kind)
def test_a_rule_bears_the_name_it_is_listed_by(table: Table) -> None:
    for name in table:
        rule = table.load(name)
        assert isinstance(rule, Rule)
        assert rule.name == name


def test_titles_tell_rules_apart_and_name_a_version() -> None:
    titles = [RULES.load(name).title for name in RULES] + [COMPATIBLE.load(name).title for name in COMPATIBLE]
    assert len(set(titles)) == len(titles)
    assert all(any(letter.isdigit() for letter in title) for title in titles)


def test_groups_and_compatible_rules_are_rules() -> None:
    assert {name for names in GROUPS.values() for name in names} | set(COMPATIBLE) <= set(RULES)
    assert not set(GROUPS) & set(RULES)


def test_an_unknown_rule_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match=r"'zscore' is not allowed; allowed are 'szcore', 'sample'"):
        RULES.load("zscore")


@every_rule
def test_figures_are_figures_of_counts(rule: Rule) -> None:
    counts = rule.score(SEIZURES, SEIZURES, DAY)
    assert rule.figures
    for name in rule.figures:
        assert isinstance(getattr(counts, name), float)


@every_rule
def test_the_reference_scores_full_marks_against_itself(rule: Rule) -> None:
    counts = rule.score(SEIZURES, SEIZURES, DAY)
    assert (counts.sensitivity, counts.precision, counts.f1) == (1.0, 1.0, 1.0)
    assert counts.false_positives == counts.false_negatives == 0


@every_rule
def test_a_silent_detector_finds_nothing_and_has_no_precision(rule: Rule) -> None:
    counts = rule.score(SEIZURES, [], DAY)
    assert counts.sensitivity == counts.f1 == 0.0
    assert math.isnan(counts.precision)
    assert counts.false_positives == 0


@every_rule
def test_false_positives_a_day_are_of_the_whole_recording(rule: Rule) -> None:
    counts = rule.score([], [(100.0, 200.0)], DAY / 2)
    assert isinstance(counts, Counts)
    assert counts.duration == DAY / 2
    assert counts.false_positives_per_day == 2 * counts.false_positives > 0


@every_rule
def test_seconds_of_a_count_are_given_where_time_is_counted(rule: Rule) -> None:
    if rule.seconds_per_count is None:
        return
    false_seconds = rule.score([], [(100.0, 200.0)], DAY).false_positives * rule.seconds_per_count
    assert false_seconds == pytest.approx(100.0, abs=1.0)
