"""The clauses of SzCORE on scoring, each on the smallest case that tells it from its opposite."""

from __future__ import annotations

import math

import pytest

from ictal.core.spans import Span
from ictal.scoring.counts import Counts
from ictal.scoring.rules import RULES
from ictal.scoring.szcore import SZCORE, EventSettings

HOUR = 3600.0


def count(rule: str, reference: list[Span], hypothesis: list[Span], duration: float = HOUR) -> Counts:
    counts = RULES.load(rule).score(reference, hypothesis, duration)
    assert isinstance(counts, Counts)
    return counts


def hits_and_false_alarms(reference: list[Span], hypothesis: list[Span]) -> tuple[float, float]:
    counts = count("szcore", reference, hypothesis)
    return counts.true_positives, counts.false_positives


def test_the_settings_are_those_of_the_framework() -> None:
    expected = EventSettings(
        start_tolerance=30, end_tolerance=60, minimum_overlap=0, maximum_duration=300, minimum_gap=90
    )
    assert expected == SZCORE


def test_any_overlap_however_short_detects_an_event() -> None:
    assert hits_and_false_alarms([(600.0, 900.0)], [(700.0, 700.1)]) == (1, 0)


def test_one_long_hypothesis_may_detect_several_events() -> None:
    assert hits_and_false_alarms([(600.0, 620.0), (720.0, 740.0)], [(610.0, 730.0)]) == (2, 0)


@pytest.mark.parametrize(("end", "expected"), [(570.1, (1, 0)), (570.0, (0, 1))])
def test_a_detection_up_to_30_s_before_the_onset_is_true(end: float, expected: tuple[int, int]) -> None:
    assert hits_and_false_alarms([(600.0, 660.0)], [(end - 5.0, end)]) == expected


@pytest.mark.parametrize(("start", "expected"), [(719.9, (1, 0)), (720.0, (0, 1))])
def test_a_detection_up_to_60_s_after_the_offset_is_true(start: float, expected: tuple[int, int]) -> None:
    assert hits_and_false_alarms([(600.0, 660.0)], [(start, start + 5.0)]) == expected


@pytest.mark.parametrize(("gap", "n_events"), [(89.9, 1), (90.0, 2)])
def test_events_less_than_90_s_apart_are_one(gap: float, n_events: int) -> None:
    events = [(600.0, 610.0), (610.0 + gap, 620.0 + gap)]
    assert count("szcore", events, []).n_reference == n_events
    assert count("szcore", [], events).false_positives == n_events


@pytest.mark.parametrize(("length", "n_events"), [(300.0, 1), (300.1, 2), (600.0, 2), (601.0, 3)])
def test_events_longer_than_5_minutes_are_split(length: float, n_events: int) -> None:
    assert count("szcore", [(600.0, 600.0 + length)], []).n_reference == n_events
    assert count("szcore", [], [(600.0, 600.0 + length)]).false_positives == n_events


def test_a_detection_far_too_long_is_a_false_alarm_for_each_5_minutes_beyond_the_tolerance() -> None:
    assert hits_and_false_alarms([(600.0, 660.0)], [(600.0, 2100.0)]) == (1, 4)


def test_false_alarms_are_given_per_24_h_of_the_whole_recording() -> None:
    counts = count("szcore", [(600.0, 1200.0)], [(3000.0, 3010.0)], 2 * HOUR)
    assert counts.false_positives_per_day == 12.0


@pytest.mark.parametrize(
    ("start", "stop", "n_seconds"), [(10.4, 20.0, 10), (10.6, 20.0, 9), (10.0, 19.4, 9), (10.0, 19.6, 10)]
)
def test_a_second_is_seizure_when_more_than_half_of_it_is(start: float, stop: float, n_seconds: int) -> None:
    assert count("sample", [(start, stop)], []).n_reference == n_seconds


def test_samples_are_seconds() -> None:
    counts = count("sample", [(600.0, 660.0)], [(630.0, 690.0)])
    assert (counts.true_positives, counts.false_positives, counts.false_negatives) == (30, 30, 30)
    assert counts.true_negatives == HOUR - 90
    assert counts.false_positives_per_day == 30 * 24


def test_samples_know_no_tolerance() -> None:
    assert count("sample", [(600.0, 660.0)], [(590.0, 600.0)]).true_positives == 0


def test_sensitivity_precision_and_f1() -> None:
    counts = count("szcore", [(600.0, 660.0), (1200.0, 1260.0)], [(610.0, 620.0), (2400.0, 2410.0), (3000.0, 3010.0)])
    assert (counts.sensitivity, counts.precision) == (1 / 2, 1 / 3)
    assert counts.f1 == pytest.approx(0.4)


@pytest.mark.parametrize("rule", ["szcore", "sample"])
def test_f1_is_zero_where_seizures_are_met_with_silence(rule: str) -> None:
    counts = count(rule, [(600.0, 660.0)], [])
    assert (counts.sensitivity, counts.f1) == (0.0, 0.0)
    assert math.isnan(counts.precision)


@pytest.mark.parametrize("rule", ["szcore", "sample"])
def test_without_seizures_sensitivity_is_undefined_and_f1_too_if_nothing_was_claimed(rule: str) -> None:
    assert math.isnan(count(rule, [], []).sensitivity)
    assert math.isnan(count(rule, [], []).f1)
    assert count(rule, [], [(600.0, 660.0)]).f1 == 0.0


def test_the_version_is_in_the_title() -> None:
    for name in ("szcore", "sample"):
        assert "SzCORE" in RULES.load(name).title and "0.0.7" in RULES.load(name).title
