"""The NEDC scoring software, version 6: every figure of its report for 75 sets of recordings, and its clauses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import pytest

from ictal.core.errors import ParameterError
from ictal.core.spans import merge_spans
from ictal.scoring.nedc_dpalign import score_dpalign
from ictal.scoring.nedc_epoch import score_epoch
from ictal.scoring.nedc_events import LABELS, SEIZ, LabelEvent, label_events, seizure_events
from ictal.scoring.nedc_ira import score_ira
from ictal.scoring.nedc_ovlp import score_ovlp
from ictal.scoring.nedc_result import Confusion
from ictal.scoring.nedc_taes import score_taes
from ictal.scoring.rules import RULES

REPORTS = {"ovlp": score_ovlp, "taes": score_taes, "epoch": score_epoch, "dpalign": score_dpalign}
UNEQUAL = "duration_mismatch"
Case = dict[str, Any]


@pytest.fixture(scope="module")
def cases(test_data: Path) -> list[Case]:
    cases: list[Case] = json.loads((test_data / "oracles" / "scoring" / "nedc.json").read_text())["cases"]
    assert len(cases) == 75
    return cases


def chains(case: Case, side: str) -> list[list[LabelEvent]]:
    return [label_events(rows(file[side]), length(file, side)) for file in case["files"]]


def rows(listed: list[list[Any]]) -> list[tuple[float, float, str]]:
    return [(row[0], row[1], row[2] if len(row) > 2 else SEIZ) for row in listed]


def length(file: Case, side: str) -> float:
    return float(file["hyp_duration"] if side == "hyp" and "hyp_duration" in file else file["duration"])


def answered(cases: list[Case], rule: str) -> Iterator[Case]:
    """The cases that the original answers for a rule."""
    found = [case for case in cases if "error" not in case["expected"][rule]]
    assert len(found) == (75 if rule == "dpalign" else 74)
    yield from found


def report(case: Case, rule: str) -> Any:
    score = {**REPORTS, "ira": score_ira}[rule]
    return reduce(add, map(score, chains(case, "ref"), chains(case, "hyp")))


def table(confusion: Confusion) -> dict[str, dict[str, int]]:
    return {truth: {claim: getattr(confusion, f"{truth}_{claim}") for claim in LABELS} for truth in LABELS}


def test_rows_are_sorted_filled_with_background_and_joined(cases: list[Case]) -> None:
    for case in cases:
        for side in ("ref", "hyp"):
            parsed = [[list(event) for event in chain] for chain in chains(case, side)]
            assert parsed == case["parsed"][side], (case["name"], side)


@pytest.mark.parametrize("rule", REPORTS)
def test_every_figure_of_both_labels_and_of_the_summary(cases: list[Case], rule: str) -> None:
    for case in answered(cases, rule):
        result = report(case, rule)
        for part in (*LABELS, "summary"):
            expected = dict(case["expected"][rule][part])
            assert len(expected) == (20 if part == "summary" else 19)
            if part == "summary":
                expected["duration"] = expected.pop("total_duration")
            found = {name: getattr(getattr(result, part), name) for name in expected}
            assert found == pytest.approx(expected, rel=1e-12, abs=1e-12), (case["name"], part)


@pytest.mark.parametrize("rule", ["epoch", "dpalign", "ira"])
def test_every_table_of_labels(cases: list[Case], rule: str) -> None:
    for case in answered(cases, rule):
        assert table(report(case, rule).confusion) == case["expected"][rule]["confusion"], case["name"]


@pytest.mark.parametrize("rule", ["ovlp", "taes"])
def test_rules_without_pairs_report_no_table_of_labels(cases: list[Case], rule: str) -> None:
    for case in answered(cases, rule):
        assert "confusion" not in case["expected"][rule]
        assert report(case, rule).confusion is None


def test_the_kappa_of_each_label_and_of_the_table(cases: list[Case]) -> None:
    for case in answered(cases, "ira"):
        expected = case["expected"]["ira"]
        kappa = report(case, "ira").kappa
        for given in (*expected["kappa"].values(), expected["multi_class_kappa"]):
            assert kappa == pytest.approx(given, abs=1e-12), case["name"]


def test_a_hypothesis_of_another_length_is_refused_by_all_but_the_alignment(cases: list[Case]) -> None:
    case = next(case for case in cases if case["name"] == UNEQUAL)
    for rule, expected in case["expected"].items():
        if "error" in expected:
            with pytest.raises(ParameterError, match="must end with the reference"):
                report(case, rule)
    assert [rule for rule, expected in case["expected"].items() if "error" not in expected] == ["dpalign"]


@pytest.mark.parametrize("rule", [*REPORTS, "ira"])
def test_the_rules_of_the_table_count_the_seizure_label(cases: list[Case], rule: str) -> None:
    score = RULES.load(f"nedc-{rule}").score
    for case in answered(cases, rule):
        if case["category"] == "malformed":
            continue
        counts = reduce(
            add, [score(spans(file["ref"]), spans(file["hyp"]), file["duration"]) for file in case["files"]]
        )
        if rule == "ira":
            assert counts.kappa == pytest.approx(case["expected"]["ira"]["kappa"][SEIZ], abs=1e-12), case["name"]
            continue
        expected = case["expected"][rule][SEIZ]
        found = (counts.true_positives, counts.false_positives, counts.false_negatives, counts.true_negatives)
        wanted = tuple(expected[name] for name in ("tp", "fp", "fn", "tn"))
        assert found == pytest.approx(wanted, rel=1e-12, abs=1e-12), case["name"]


def spans(listed: list[list[Any]]) -> tuple[tuple[float, float], ...]:
    return merge_spans((start, stop) for start, stop, label in rows(listed) if label == SEIZ)


def test_ovlp_one_long_event_may_hit_many() -> None:
    found = score_ovlp(seizure_events([(10, 20), (30, 40), (50, 60)], 90.0), seizure_events([(15, 55)], 90.0)).seiz
    assert (found.hits, found.misses, found.false_alarms) == (3, 0, 0)


def test_taes_a_false_alarm_is_at_most_one() -> None:
    found = score_taes(seizure_events([(10, 20)], 90.0), seizure_events([(15, 80)], 90.0)).seiz
    assert (found.hits, found.misses, found.false_alarms) == (0.5, 0.5, 1.0)


def test_taes_a_neighbour_within_the_second_brings_a_negative_hit() -> None:
    found = score_taes(seizure_events([(10.0, 20.3)], 90.0), seizure_events([(12, 15), (20.4, 30)], 90.0)).seiz
    assert found.hits == pytest.approx((3.0 - 0.1) / 10.3)
    assert found.misses == pytest.approx(1 - found.hits)
    assert found.false_alarms == pytest.approx((30 - 20.3) / 10.3)


def test_epoch_both_ends_are_inside_and_the_earlier_event_wins() -> None:
    found = score_epoch(seizure_events([(1.125, 2.125)], 10.0), seizure_events([], 10.0)).seiz
    assert found.targets == 4


def test_epoch_an_epoch_that_ends_with_the_recording_counts() -> None:
    assert score_epoch(seizure_events([], 10.125), seizure_events([], 10.125)).bckg.targets == 41
    assert score_epoch(seizure_events([], 10.124), seizure_events([], 10.124)).bckg.targets == 40


def test_dpalign_equal_cost_prefers_to_substitute() -> None:
    found = score_dpalign(seizure_events([(0, 10)], 90.0), seizure_events([(50, 90)], 90.0))
    assert found.confusion == Confusion(0, 1, 1, 0)
    assert (found.summary.insertions, found.summary.deletions) == (0, 0)


def test_the_summary_divides_its_f1_by_the_rates_of_the_background() -> None:
    result = score_ovlp(seizure_events([(10, 20)], 90.0), seizure_events([(30, 40)], 90.0))
    assert (result.summary.precision, result.summary.sensitivity) == (2 / 3, 2 / 3)
    assert (result.bckg.precision, result.bckg.sensitivity) == (1.0, 1.0)
    assert result.summary.f1 == pytest.approx(4 / 9)
