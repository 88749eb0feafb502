"""Six rules side by side: each with its own figures, units and words."""

from __future__ import annotations

import pytest
from tests.reports.run_folders import make_crossval

from ictal.evaluation.measures import Measures
from ictal.reports.run_figures import show_estimate
from ictal.reports.run_rules import KAPPA, WORDS, compare_rules, find_kappa
from ictal.scoring.rules import RULES


@pytest.fixture(scope="module")
def measures(tmp_path_factory: pytest.TempPathFactory) -> Measures:
    onsets = {"anna": (600.0, 2000.0), "bert": (300.0,), "carl": (1000.0,)}
    return make_crossval(tmp_path_factory.mktemp("run"), onsets, {"carl": 0.1})[1]


def test_every_rule_of_the_table_is_told(measures: Measures) -> None:
    assert {*WORDS, KAPPA} == set(RULES)
    assert [row.title for row in compare_rules(measures)] == [RULES.load(name).title for name in WORDS]


def test_figures_of_szcore_are_those_of_the_run(measures: Measures) -> None:
    event, sample, *_ = compare_rules(measures)
    assert event.average[0] == show_estimate(measures.average["event_sensitivity"], "event_sensitivity")
    assert event.pooled[3] == show_estimate(measures.pooled["false_alarms_per_day"], "false_alarms_per_day")
    assert sample.pooled[2] == show_estimate(measures.pooled["sample_f1"], "sample_f1")


def test_false_alarms_are_events_or_seconds(measures: Measures) -> None:
    units = {row.title: row.unit for row in compare_rules(measures)}
    assert units["NEDC v6 OVLP"] == "events"
    assert units["NEDC v6 EPOCH"] == "s"


def test_kappa_is_a_number(measures: Measures) -> None:
    assert 0.0 < float(find_kappa(measures).split(" ")[0]) < 1.0
