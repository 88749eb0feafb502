"""The published programs of SzCORE, reproduced: their stored numbers, and timescoring itself on any input."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ictal.core.spans import Span
from ictal.scoring.compatible import (
    EVENT,
    SAMPLE,
    average_defined,
    cut_pieces,
    hypothesis_seconds,
    score_events,
    score_file_events,
    score_file_samples,
    score_samples,
    whole_seconds,
)
from ictal.scoring.counts import Counts
from ictal.scoring.szcore import EventSettings

FIGURES = {
    "sensitivity": "sensitivity",
    "precision": "precision",
    "f1": "f1",
    "fpRate": "false_positives_per_day",
}
SETTINGS = {
    "toleranceStart": "start_tolerance",
    "toleranceEnd": "end_tolerance",
    "minOverlap": "minimum_overlap",
    "maxEventDuration": "maximum_duration",
    "minDurationBetweenEvents": "minimum_gap",
}

TIMES = st.one_of(
    st.integers(-400, 4000).map(float), st.integers(-8000, 80000).map(lambda n: n / 20), st.floats(-50, 700)
)
ANYTHING = st.lists(st.tuples(TIMES, TIMES), max_size=7)
PARAMS = st.fixed_dictionaries(
    {
        "toleranceStart": st.sampled_from([0.0, 30.0, 120.5]),
        "toleranceEnd": st.sampled_from([0.0, 33.3, 60.0]),
        "minOverlap": st.sampled_from([0.0, 0.1, 0.5, 1.0]),
        "maxEventDuration": st.sampled_from([20.0, 60.1, 300.0, 86400.0]),
        "minDurationBetweenEvents": st.sampled_from([0.0, 5.0, 90.0]),
    }
)


def read_cases(test_data: Path, name: str) -> list[dict[str, Any]]:
    return list(json.loads((test_data / "oracles" / "scoring" / name).read_text())["cases"])


def spans_of(events: Iterable[Sequence[float]]) -> list[Span]:
    return [(start, stop) for start, stop in events]


def rows_of(events: Iterable[Span]) -> list[tuple[float, float]]:
    return [(start, stop - start) for start, stop in events]


def settings_of(params: dict[str, float] | None) -> EventSettings:
    return EventSettings(**{SETTINGS[name]: value for name, value in (params or {}).items()})


def is_same(value: float, expected: float | None) -> bool:
    if expected is None:
        return math.isnan(value)
    return math.isclose(value, expected, rel_tol=1e-12, abs_tol=1e-12)


def assert_figures(counts: Counts, expected: dict[str, float | None], case: str) -> None:
    for name, figure in FIGURES.items():
        assert is_same(getattr(counts, figure), expected[name]), f"{case}: {name}"


def assert_score(counts: Counts, expected: dict[str, Any], case: str) -> None:
    found = (counts.n_reference, counts.true_positives, counts.false_positives)
    assert found == (expected["refTrue"], expected["tp"], expected["fp"]), case
    assert_figures(counts, expected, case)


def test_every_stored_case_of_timescoring(test_data: Path) -> None:
    cases = read_cases(test_data, "szcore.json")
    assert len(cases) == 240
    for case in cases:
        reference, hypothesis, rules = spans_of(case["ref"]), spans_of(case["hyp"]), settings_of(case["params"])
        expected = case["expected"]["direct"]
        events = score_events(reference, hypothesis, case["duration"], rules)
        samples = score_samples(reference, hypothesis, case["duration"])
        assert_score(events, expected["event"], case["name"])
        assert_score(samples, expected["sample"], case["name"])
        assert round(events.duration * 10) == expected["event_n"], case["name"]
        assert samples.duration == expected["sample_n"], case["name"]
        assert cut_pieces(reference, rules) == spans_of(expected["event_ref_processed"]), case["name"]
        assert cut_pieces(hypothesis, rules) == spans_of(expected["event_hyp_processed"]), case["name"]


def test_every_stored_case_of_whole_seconds(test_data: Path) -> None:
    for case in read_cases(test_data, "szcore.json"):
        length, rules, expected = case["duration"], settings_of(case["params"]), case["expected"]["grid_1hz"]
        reference, hypothesis = (whole_seconds(rows_of(case[side]), length) for side in ("ref", "hyp"))
        assert reference == tuple(spans_of(expected["ref_events"])), case["name"]
        assert hypothesis == tuple(spans_of(expected["hyp_events"])), case["name"]
        assert_score(score_events(reference, hypothesis, int(length), rules), expected["event"], case["name"])
        assert_score(score_samples(reference, hypothesis, int(length)), expected["sample"], case["name"])


def test_the_rules_of_the_table_take_the_spans_of_a_file(test_data: Path) -> None:
    for case in read_cases(test_data, "szcore.json"):
        expected = case["expected"]["grid_1hz"]
        recording = spans_of(case["ref"]), spans_of(case["hyp"]), case["duration"]
        assert_score(SAMPLE.score(*recording), expected["sample"], case["name"])
        if case["params"] is None:
            assert_score(EVENT.score(*recording), expected["event"], case["name"])


def score_files(case: dict[str, Any], subject: str) -> dict[str, Counts]:
    """The pooled counts of a subject; a missing file and one with a header only are no detection."""
    events, samples = [], []
    for path, rows in case["reference"].items():
        if not path.startswith(subject):
            continue
        length = rows[0][3]
        claims = case["hypothesis"].get(path, [])
        wanted = whole_seconds(seizure_rows(rows), length)
        claimed: tuple[Span, ...] = ()
        if claims:
            claimed = hypothesis_seconds(seizure_rows(claims), claims[0][3], length, case["duration_tolerance"])
        events.append(score_events(wanted, claimed, int(length)))
        samples.append(score_samples(wanted, claimed, int(length)))
    return {"event_results": sum(events), "sample_results": sum(samples)}


def seizure_rows(rows: Iterable[Sequence[Any]]) -> list[tuple[float, float]]:
    return [(row[0], row[1]) for row in rows if row[2] != "bckg"]


def test_every_stored_data_set(test_data: Path) -> None:
    cases = read_cases(test_data, "dataset.json")
    assert len(cases) >= 9
    for case in cases:
        subjects = {
            name: score_files(case, name) for name in sorted({path.split("/")[0] for path in case["reference"]})
        }
        assert set(subjects) == set(case["per_subject"])
        for name, scores in subjects.items():
            for rule, counts in scores.items():
                assert_figures(counts, case["per_subject"][name][rule], f"{case['name']}, {name}")
        for rule in ("event_results", "sample_results"):
            every = [scores[rule] for scores in subjects.values()]
            assert_figures(sum(every), case["expected_cumulated"][rule], case["name"])
            for name, figure in FIGURES.items():
                expected = case["expected_avg_per_subject"][rule]
                mean, deviation = average_defined(getattr(counts, figure) for counts in every)
                assert is_same(mean, expected[name]), f"{case['name']}: {rule} {name}"
                assert is_same(deviation, expected[f"{name}_std"]), f"{case['name']}: {rule} {name}"


def assert_like_timescoring(counts: Counts, score: Any) -> None:
    assert counts.n_reference == score.refTrue
    assert counts.true_positives == score.tp
    assert counts.false_positives == score.fp
    for name, figure in FIGURES.items():
        expected = float(getattr(score, name))
        assert is_same(getattr(counts, figure), None if math.isnan(expected) else expected), name


@settings(max_examples=400, deadline=None)
@given(ANYTHING, ANYTHING, st.integers(1, 400_000), st.sampled_from([1, 10, 100, 250, 256]), PARAMS)
def test_any_input_is_counted_as_timescoring_counts_it(
    reference: list[Span], hypothesis: list[Span], n_samples: int, rate: int, params: dict[str, float]
) -> None:
    from timescoring.annotations import Annotation
    from timescoring.scoring import EventScoring, SampleScoring

    n_samples += rate
    one, two = Annotation(list(reference), rate, n_samples), Annotation(list(hypothesis), rate, n_samples)
    duration = n_samples / rate
    with np.errstate(invalid="ignore"):
        expected = EventScoring(one, two, EventScoring.Parameters(**params))
    assert_like_timescoring(score_events(reference, hypothesis, duration, settings_of(params), rate), expected)
    assert_like_timescoring(score_samples(reference, hypothesis, duration, rate), SampleScoring(one, two))


@settings(max_examples=200, deadline=None)
@given(ANYTHING, st.floats(1.0, 4000.0))
def test_whole_seconds_are_the_runs_of_a_mask(rows: list[tuple[float, float]], duration: float) -> None:
    from timescoring.annotations import Annotation

    mask = np.zeros(int(duration), dtype=bool)
    for onset, length in rows:
        mask[int(onset) : int(onset + length)] = True
    assert whole_seconds(rows, duration) == tuple((start, stop) for start, stop in Annotation(mask, 1).events)


@pytest.mark.parametrize(
    ("rows", "seconds"),
    [
        ([(10.0, 0.9)], ()),
        ([(10.9, 0.2)], ((10.0, 11.0),)),
        ([(10.99, 20.02)], ((10.0, 31.0),)),
        ([(-5.0, 20.0)], ()),
        ([(-0.5, 20.0)], ((0.0, 19.0),)),
        ([(-9.0, 4.0)], ((91.0, 95.0),)),
        ([(90.0, 50.0), (200.0, 10.0)], ((90.0, 100.0),)),
        ([(20.0, 10.0), (5.0, 15.0)], ((5.0, 30.0),)),
    ],
)
def test_times_are_truncated(rows: list[tuple[float, float]], seconds: tuple[Span, ...]) -> None:
    assert whole_seconds(rows, 100.9) == seconds


@pytest.mark.parametrize(
    ("duration", "tolerance", "seconds"),
    [
        (100.0, 0.0, ((80.0, 100.0),)),
        (100.9, 0.0, ((80.0, 100.0),)),
        (99.9, 0.0, ()),
        (99.9, 1.0, ((80.0, 99.0),)),
        (103.0, 3.0, ((80.0, 100.0),)),
        (103.0, 2.0, ()),
        (70.0, 30.0, ()),
    ],
)
def test_hypothesis_is_fitted_to_the_length_of_its_reference(
    duration: float, tolerance: float, seconds: tuple[Span, ...]
) -> None:
    assert hypothesis_seconds([(80.0, 22.0)], duration, 100.5, tolerance) == seconds


def test_what_begins_after_the_reference_ends_is_cut_off() -> None:
    assert hypothesis_seconds([(100.0, 2.0)], 103.0, 100.0, 5.0) == ()


@given(st.lists(st.one_of(st.floats(0, 1e4), st.just(math.nan)), min_size=1))
def test_averages_are_those_of_numpy(values: list[float]) -> None:
    defined = [value for value in values if not math.isnan(value)]
    mean, deviation = average_defined(values)
    if defined:
        assert mean == pytest.approx(np.mean(defined), rel=1e-12, abs=1e-12)
        assert deviation == pytest.approx(np.std(defined), rel=1e-9, abs=1e-9)
    else:
        assert math.isnan(mean) and math.isnan(deviation)


def test_the_length_is_counted_in_samples_first() -> None:
    assert score_events([], [], 100.05).duration == 100.1
    assert score_events([], [], 100.05, sampling_rate=100.0).duration == 100.0


def test_seconds_and_events_of_a_file_are_truncated_before_they_are_scored() -> None:
    reference, hypothesis = [(100.9, 160.8), (2000.6, 2000.9)], [(100.1, 130.6)]
    assert score_file_samples(reference, hypothesis, 3600.9) == score_samples(
        [(100.0, 160.0)], [(100.0, 130.0)], 3600.0
    )
    assert score_file_events(reference, hypothesis, 3600.9).n_reference == 1
