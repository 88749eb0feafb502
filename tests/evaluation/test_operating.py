"""Operating curves: against events made and scored one threshold at a time, and against what must hold."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.behaviour import ALL_POSITIVE, ORDINARY, SILENT
from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.operating import (
    AVERAGES,
    ScoredRecording,
    ThresholdCounts,
    choose_thresholds,
    find_sensitivity,
    resample_sensitivity,
    sweep_thresholds,
    time_detections,
    trace_curve,
)
from ictal.postprocessing.events import find_events
from ictal.postprocessing.settings import PostProcessing
from ictal.postprocessing.sweep import EventSweep
from ictal.scoring.counts import Counts
from ictal.scoring.szcore import score_events
from ictal.scoring.timing import measure_timing

RULES = PostProcessing(threshold=0.6, release=0.4, smoothing=3.0, merge_gap=5.0, minimum_duration=4.0)


def make_scores(seizure: np.ndarray, step: float = 1.0) -> Scores:
    return Scores(np.column_stack([1.0 - seizure, seizure]), 0.0, step)


def simulate(subject: str, seed: int, hours: float = 1.0, n_seizures: int = 3, step: float = 1.0) -> ScoredRecording:
    """Coloured noise, higher where there is a seizure."""
    rng = np.random.default_rng(seed)
    n = round(hours * 3600 / step)
    reference = Annotations(
        [Event(float(onset), 45.0) for onset in rng.choice(int(hours * 3500), n_seizures, replace=False)], hours * 3600
    )
    raised = np.repeat(reference.mask(1.0), max(round(1 / step), 1))[:n]
    noise = np.convolve(rng.normal(size=n), np.ones(12) / 12**0.5, "same")
    return ScoredRecording(subject, make_scores(1 / (1 + np.exp(-(noise + 2.5 * raised - 2.0))), step), reference)


@pytest.fixture(scope="module")
def group() -> list[ScoredRecording]:
    """Five subjects, one of them with two recordings and one without a seizure."""
    numbers = [("a", 0, 3), ("b", 1, 2), ("b", 2, 1), ("c", 3, 0), ("d", 4, 5), ("e", 5, 1)]
    return [simulate(subject, seed, n_seizures=n) for subject, seed, n in numbers]


@pytest.fixture(scope="module")
def counts(group: list[ScoredRecording]) -> ThresholdCounts:
    return sweep_thresholds(group, RULES)


def test_counts_are_those_of_the_detector_at_each_threshold(
    group: list[ScoredRecording], counts: ThresholdCounts
) -> None:
    for place in range(0, len(counts.thresholds), 9):
        level = float(counts.thresholds[place])
        rules = RULES.model_copy(update={"threshold": level, "release": min(0.4, level)})
        for row, subject in enumerate(counts.subjects):
            total, claimed = Counts(0, 0, 0, 0.0), 0.0
            for one in group:
                if one.subject == subject:
                    events = find_events(one.scores, rules, one.reference.duration)
                    total += score_events(one.reference.spans, events.spans, one.reference.duration)
                    claimed += events.total_time
            assert counts.true_positives[row, place] == total.true_positives
            assert counts.false_positives[row, place] == total.false_positives
            assert counts.false_negatives[row, place] == total.false_negatives
            assert counts.duration[row] == total.duration
            assert_allclose(counts.claimed[row, place], claimed)


def test_recordings_of_a_subject_are_counted_together(counts: ThresholdCounts) -> None:
    assert counts.subjects == ("a", "b", "c", "d", "e")
    assert_array_equal(counts.duration, [3600.0, 7200.0, 3600.0, 3600.0, 3600.0])
    assert_array_equal(counts.analysed, counts.duration)
    assert counts.thresholds[counts.place] == counts.threshold == 0.6
    assert counts.rule.startswith("SzCORE event-based")


def test_pooled_and_averaged_figures_by_hand(counts: ThresholdCounts) -> None:
    draws = draw_subjects(5, 50)
    place = counts.place
    found, missed = counts.true_positives[:, place], counts.false_negatives[:, place]
    false = counts.false_positives[:, place]
    pooled, averaged = (trace_curve(counts, draws, average) for average in ("pooled", "subjects"))
    assert pooled.sensitivity[place] == found.sum() / (found + missed).sum()
    assert pooled.false_alarms[place] == pytest.approx(false.sum() * 86400 / 21600)
    some = found + missed > 0
    assert averaged.sensitivity[place] == pytest.approx(np.mean(found[some] / (found + missed)[some]))
    assert averaged.false_alarms[place] == pytest.approx(np.mean(false * 86400 / counts.duration))


@pytest.mark.parametrize("average", AVERAGES)
def test_intervals_are_those_of_subjects_drawn_one_by_one(counts: ThresholdCounts, average: str) -> None:
    draws = draw_subjects(5, 200, seed=3)
    curve = trace_curve(counts, draws, average)  # type: ignore[arg-type]
    place = counts.place
    rates = []
    for drawn in draws:
        rows = np.repeat(np.arange(5), drawn)
        found, missed = counts.true_positives[rows, place], counts.false_negatives[rows, place]
        wanted = found + missed
        if average == "pooled":
            rates.append(found.sum() / wanted.sum() if wanted.sum() else np.nan)
        else:
            rates.append(np.mean(found[wanted > 0] / wanted[wanted > 0]) if wanted.any() else np.nan)
    assert_allclose(
        [low_or_high[place] for low_or_high in curve.sensitivity_interval], np.nanquantile(rates, [0.025, 0.975])
    )
    for estimate, (low, high) in (
        (curve.sensitivity, curve.sensitivity_interval),
        (curve.false_alarms, curve.false_alarm_interval),
    ):
        assert (low <= estimate + 1e-12).all()
        assert (estimate <= high + 1e-12).all()


@pytest.mark.parametrize("average", AVERAGES)
def test_sensitivity_at_a_limit_is_the_best_that_keeps_to_it(counts: ThresholdCounts, average: str) -> None:
    draws = draw_subjects(5, 200)
    curve = trace_curve(counts, draws, average)  # type: ignore[arg-type]
    for found in find_sensitivity(counts, draws, (0.0, 1.0, 5.0, 20.0, 1e6), average):  # type: ignore[arg-type]
        allowed = curve.false_alarms <= found.limit
        assert found.sensitivity == max(curve.sensitivity[allowed], default=0.0)
        assert found.false_alarms <= found.limit
        assert found.interval[0] <= found.sensitivity <= found.interval[1]
        if math.isfinite(found.threshold):
            place = int(np.searchsorted(counts.thresholds, found.threshold))
            assert curve.sensitivity[place] == found.sensitivity
            assert curve.false_alarms[place] == found.false_alarms
            assert not (curve.sensitivity[place + 1 :][allowed[place + 1 :]] >= found.sensitivity).any()
        else:
            assert found.false_alarms == 0.0


def test_resamples_are_what_the_interval_is_of(counts: ThresholdCounts) -> None:
    draws = draw_subjects(5, 200)
    everyone = np.ones((1, 5), dtype=np.int64)
    for found in find_sensitivity(counts, draws, (1.0, 20.0)):
        resampled = resample_sensitivity(counts, draws, found.limit)
        assert_allclose(np.nanquantile(resampled, [0.025, 0.975]), found.interval)
        assert resample_sensitivity(counts, everyone, found.limit) == [found.sensitivity]


def test_more_false_alarms_allow_no_less(counts: ThresholdCounts) -> None:
    found = find_sensitivity(counts, draw_subjects(5, 20), np.geomspace(0.1, 300.0, 12))
    for figures in ([one.sensitivity for one in found], [one.interval[0] for one in found]):
        assert (np.diff(figures) >= 0).all()
    assert found[-1].sensitivity > found[0].sensitivity


settings_of_events = st.builds(
    PostProcessing,
    threshold=st.sampled_from([0.5, 0.9]),
    release=st.sampled_from([None, 0.2]),
    smoothing=st.sampled_from([0.0, 5.0]),
    merge_gap=st.sampled_from([0.0, 10.0]),
    minimum_duration=st.sampled_from([0.0, 10.0]),
)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), settings_of_events)
def test_above_one_all_is_silent(seed: int, rules: PostProcessing) -> None:
    counts = sweep_thresholds([simulate("a", seed, 0.2)], rules, [np.nextafter(1.0, 2.0)])
    assert counts.claimed[0, -1] == counts.true_positives[0, -1] == counts.false_positives[0, -1] == 0.0
    curve = trace_curve(counts, np.array([[1]]))
    assert curve.sensitivity[-1] == curve.false_alarms[-1] == 0.0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000))
def test_a_higher_threshold_claims_no_more_time(seed: int) -> None:
    counts = sweep_thresholds([simulate("a", seed, 0.2)], PostProcessing(merge_gap=10.0, release=0.2))
    assert (np.diff(counts.claimed[0]) <= 1e-9).all()
    assert (np.diff(counts.true_positives[0]) <= 0).all()


def test_a_silent_and_an_all_positive_detector_are_named() -> None:
    reference = Annotations([Event(1000.0, 30.0)], 86400.0)
    for level, verdict in ((0.1, SILENT), (0.9, ALL_POSITIVE)):
        one = ScoredRecording("a", make_scores(np.full(86400, level)), reference)
        assert sweep_thresholds([one], PostProcessing(threshold=0.5)).verdict == verdict
    alarms = trace_curve(sweep_thresholds([one], PostProcessing(threshold=0.5)), np.array([[1]])).false_alarms
    assert 276 <= alarms[0] <= 288, "as SzCORE says of a detector that claims everything"
    assert sweep_thresholds([simulate("a", 0)], RULES).verdict == ORDINARY


def test_what_was_not_analysed_is_not_asked_of_an_all_positive_detector() -> None:
    seizure = np.full(1000, 0.9)
    seizure[200:700] = np.nan
    one = ScoredRecording("a", make_scores(seizure), Annotations([], 1000.0))
    counts = sweep_thresholds([one], PostProcessing())
    assert_array_equal(counts.analysed, [500.0])
    assert counts.verdict == ALL_POSITIVE


def test_one_subject_has_no_interval_and_no_seizure_no_sensitivity() -> None:
    draws = draw_subjects(1, 20)
    curve = trace_curve(sweep_thresholds([simulate("a", 1)], RULES), draws)
    assert np.isfinite(curve.sensitivity).all()
    for band in (*curve.sensitivity_interval, *curve.false_alarm_interval):
        assert np.isnan(band).all()
    quiet = sweep_thresholds([simulate("a", 1, n_seizures=0)], RULES)
    for average in AVERAGES:
        assert np.isnan(trace_curve(quiet, draws, average).sensitivity).all()
        (found,) = find_sensitivity(quiet, draws, [5.0], average)
        assert math.isnan(found.sensitivity)
        assert math.isnan(found.interval[0])


def test_thresholds_follow_the_highest_probability_of_each_minute() -> None:
    rng = np.random.default_rng(0)
    seizure = rng.random(86400) ** 4
    seizure[::7] = np.nan
    one = ScoredRecording("a", make_scores(seizure), Annotations([], 86400.0))
    chosen = choose_thresholds([one], [EventSweep(one.scores, PostProcessing(), 86400.0)])
    minutes = np.nanmax(seizure.reshape(-1, 60), axis=1)
    assert chosen[-1] == minutes.max()
    assert chosen[0] == minutes.min()
    assert set(chosen) <= set(minutes)
    assert 70 <= len(chosen) <= 100
    reached = np.array([(minutes >= level).sum() for level in chosen])[::-1]
    far = reached > 20
    assert np.ptp(np.diff(np.log(reached[far]))) < 0.06, "evenly spread where ranks are many"


@pytest.mark.parametrize("seizure", [np.zeros(300), np.full(300, np.nan), np.empty(0)])
def test_scores_that_say_nothing_are_silent(seizure: np.ndarray) -> None:
    one = ScoredRecording("a", make_scores(seizure), Annotations([Event(10.0, 20.0)], 300.0))
    counts = sweep_thresholds([one], PostProcessing())
    assert_array_equal(counts.thresholds, [0.5])
    assert counts.verdict == SILENT
    assert trace_curve(counts, np.array([[1]])).sensitivity == 0.0


def test_latencies_are_those_of_the_events_that_the_detector_makes(group: list[ScoredRecording]) -> None:
    timings = time_detections(group, RULES)
    for one, timing in zip(group, timings, strict=True):
        events = find_events(one.scores, RULES, one.reference.duration)
        assert_array_equal(
            timing.onset_latency,
            measure_timing(one.reference.spans, events.spans, one.reference.duration).onset_latency,
        )
    assert sum(len(timing.onset_latency) for timing in timings) > 3


def test_nothing_to_sweep_is_refused() -> None:
    with pytest.raises(ParameterError, match="recordings: none came"):
        sweep_thresholds([], RULES)
    with pytest.raises(ParameterError, match=r"threshold: -0\.1"):
        sweep_thresholds([simulate("a", 0, 0.1)], RULES, [-0.1])
    with pytest.raises(ParameterError, match="average: 'mean' is not allowed; allowed are 'subjects', 'pooled'"):
        trace_curve(sweep_thresholds([simulate("a", 0, 0.1)], RULES, []), np.array([[1]]), "mean")  # type: ignore[arg-type]


def test_a_hundred_thresholds_over_24_days_take_seconds() -> None:
    group = [simulate(f"{i:02d}", i, 24.0, 4) for i in range(24)]
    begin = time.process_time()
    counts = sweep_thresholds(group, RULES)
    trace_curve(counts, draw_subjects(24))
    find_sensitivity(counts, draw_subjects(24))
    assert time.process_time() - begin < 15.0
