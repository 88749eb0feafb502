"""The grid counts what the detector itself would do with each of its settings."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.core.spans import total_time
from ictal.evaluation.operating import ScoredRecording
from ictal.postprocessing.events import find_events
from ictal.postprocessing.settings import PostProcessing
from ictal.scoring.szcore import EVENT
from ictal.training.calibration import calibrate_scores
from ictal.training.rule_grid import RuleGrid, Search, choose_levels, count_recording, gather_counts, plan_search

SMALL = RuleGrid(
    smoothing=(0.0, 9.0),
    release=(0.5, 1.0),
    merge_gap=(0.0, 20.0),
    minimum_duration=(0.0, 10.0),
    n_thresholds=6,
)


def simulate(subject: str, seed: int, n: int = 1800, n_seizures: int = 3) -> ScoredRecording:
    rng = np.random.default_rng(seed)
    truth = np.zeros(n, dtype=bool)
    for onset in rng.choice(n // 120, n_seizures, replace=False) * 120 + 30:
        truth[onset : onset + 40] = True
    drift = np.convolve(rng.normal(0.0, 1.5, n + 14), np.full(15, 1 / np.sqrt(15)), mode="valid")
    probability = 1 / (1 + np.exp(-(2.5 * truth - 1.0 + drift)))
    probability[200:230] = np.nan
    turns = np.flatnonzero(np.diff(np.concatenate([[False], truth, [False]]))).reshape(-1, 2)
    reference = Annotations([Event(float(first), float(last - first)) for first, last in turns], n + 1.0)
    return ScoredRecording(subject, Scores(np.column_stack([1 - probability, probability]), 0.5, 1.0), reference)


@pytest.fixture(scope="module")
def recordings() -> list[ScoredRecording]:
    return [simulate(subject, seed) for seed, subject in enumerate(["a", "b", "a"])]


@pytest.fixture(scope="module")
def search(recordings: list[ScoredRecording]) -> Search:
    return plan_search(recordings, PostProcessing(maximum_duration=200.0), budget=20.0, grid=SMALL)


def test_every_place_counts_what_the_state_machine_finds(recordings: list[ScoredRecording], search: Search) -> None:
    recording = recordings[0]
    counted = count_recording(search, recording)
    assert counted.shape == (4, 2, 6, 2, 2, 2)
    for place in np.ndindex(*search.shape):
        scores = calibrate_scores(recording.scores, search.calibrations[place[0]])
        claims = find_events(scores, search.rules(place), recording.reference.duration).spans
        counts = EVENT.score(recording.seizure_spans, claims, recording.reference.duration)
        expected = (counts.true_positives, counts.false_positives, counts.false_negatives, total_time(claims))
        assert_allclose(counted[(slice(None), *place)], expected, rtol=1e-6, err_msg=str(place))


def test_the_places_differ(recordings: list[ScoredRecording], search: Search) -> None:
    counted = count_recording(search, recordings[0])
    for axis in range(1, counted.ndim):
        assert np.ptp(counted, axis=axis).max() > 0, f"axis {axis} changes nothing"


def test_rules_keep_the_longest_duration_of_the_detector(search: Search) -> None:
    rules = search.rules((1, 0, 0, 1, 1))
    assert rules.smoothing == 9.0
    assert rules.threshold == search.thresholds[1, 0]
    assert rules.release == pytest.approx(0.5 * rules.threshold)
    assert (rules.merge_gap, rules.minimum_duration, rules.maximum_duration) == (20.0, 10.0, 200.0)
    assert search.rules((0, 0, 1, 0, 0)).release is None


def test_no_event_is_asked_to_be_longer_than_it_may_be(search: Search) -> None:
    short = Search(search.grid, PostProcessing(maximum_duration=5.0), search.calibrations, search.thresholds)
    assert short.rules((0, 0, 0, 0, 1)).minimum_duration == 5.0


def test_thresholds_fall_and_can_be_thresholds(search: Search) -> None:
    assert search.thresholds.shape == (2, 6)
    assert (np.diff(search.thresholds, axis=1) <= 0).all()
    assert ((search.thresholds > 0) & (search.thresholds <= 1)).all()


def test_levels_lie_between_the_highest_frames_of_minutes() -> None:
    values = np.repeat([0.1, 0.9, 0.5, np.nan], 60)
    values[70] = 0.95
    assert_allclose(choose_levels([values], [60], n_levels=4, most=4.0), [0.725, 0.3, 0.05, 1e-6])


def test_there_are_as_many_levels_whatever_there_is() -> None:
    assert_array_equal(choose_levels([np.full(3, 0.4)], [1], n_levels=5, most=100.0), [0.4, 0.4, 0.4, 0.4, 0.2])
    assert len(choose_levels([np.random.default_rng(0).random(5000)], [1], n_levels=40, most=800.0)) == 40


def test_levels_end_where_asked() -> None:
    values = np.linspace(0.001, 1.0, 1000)
    assert choose_levels([values], [1], n_levels=10, most=50.0)[-1] == pytest.approx(0.951, abs=0.001)


def test_counts_of_a_subject_are_added(recordings: list[ScoredRecording], search: Search) -> None:
    counted = [count_recording(search, one) for one in recordings]
    counts = gather_counts(recordings, counted)
    assert counts.subjects == ("a", "b")
    assert_allclose(counts.found[0], counted[0][0] + counted[2][0])
    assert_allclose(counts.false[1], counted[1][1])
    assert_allclose(counts.missed[0], counted[0][2] + counted[2][2])
    assert_allclose(counts.claimed[1], counted[1][3])
    assert_allclose(counts.duration, [3602.0, 1801.0])
    assert_allclose(counts.analysed, [2 * 1770.0, 1770.0])
    alone = counts.take([1])
    assert alone.subjects == ("b",)
    place = (0, 1, 1, 0, 1)
    assert alone.at(0, place) == counts.at(1, place)
    assert counts.at(1, place).duration == 1801.0
