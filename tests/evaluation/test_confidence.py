"""What smoothed probabilities promise, counted by hand and on scores whose truth was drawn from them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from numpy.typing import NDArray

from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.confidence import gather_frames, measure_confidence, measure_smoothed, smooth
from ictal.evaluation.operating import ScoredRecording
from ictal.postprocessing.settings import PostProcessing
from ictal.postprocessing.sweep import EventSweep
from ictal.scoring.calibration import measure_reliability

Values = NDArray[np.float64]


def make_recording(seizure: Values | list[float], *events: Event, subject: str = "01") -> ScoredRecording:
    probability = np.asarray(seizure, dtype=np.float64)
    scores = Scores(np.column_stack([1.0 - probability, probability]), 0.0, 1.0)
    return ScoredRecording(subject, scores, Annotations(events, float(len(probability))))


def draw_truth(probability: Values, seed: int, subject: str = "01") -> ScoredRecording:
    """A recording whose seconds are seizure exactly as often as their probability says."""
    drawn = np.random.default_rng(seed).random(len(probability)) < probability
    return make_recording(
        probability, *(Event(float(second), 1.0) for second in np.flatnonzero(drawn)), subject=subject
    )


def test_smoothing_is_that_of_the_rules() -> None:
    recording = make_recording([0.1, 0.9, np.nan, 0.4, 0.8, 0.2])
    rules = PostProcessing(smoothing=3.0, threshold=0.3)
    assert_array_equal(smooth(recording.scores, 3.0), EventSweep(recording.scores, rules, 6.0).smoothed)


def test_the_frames_of_every_subject_weigh_the_same() -> None:
    long, short, more = (make_recording(np.full(n, 0.5), subject=who) for n, who in ((900, "a"), (100, "a"), (50, "b")))
    weights = [one.weight for one in gather_frames([long, short, more])]
    assert_allclose(weights, [1 / 1000, 1 / 1000, 1 / 50])


def test_frames_that_were_not_analysed_have_no_weight() -> None:
    recording = make_recording([np.nan, 0.5, 0.5, np.nan, 0.5, 0.5])
    assert gather_frames([recording])[0].weight == 0.25
    assert measure_smoothed([recording], 0.0).n_frames.sum() == 4


def test_of_one_subject_without_smoothing_it_is_the_usual_reliability() -> None:
    recording = draw_truth(np.random.default_rng(1).random(2000), seed=2)
    mine = measure_smoothed([recording], 0.0)
    usual = measure_reliability(recording.scores.seizure, gather_frames([recording])[0].truth)
    assert_allclose(mine.predicted, usual.predicted)
    assert_allclose(mine.observed, usual.observed)
    assert_array_equal(mine.n_frames, usual.n_frames)


def test_a_long_recording_does_not_drown_a_short_one() -> None:
    wrong = make_recording(np.full(9000, 0.55), subject="a")
    right = make_recording(np.full(100, 0.55), Event(0.0, 100.0), subject="b")
    table = measure_smoothed([wrong, right], 0.0)
    assert table.observed[5] == pytest.approx(0.5)
    assert table.predicted[5] == pytest.approx(0.55)
    assert table.n_frames[5] == 9100


def test_an_empty_bin_is_undefined() -> None:
    assert np.isnan(measure_smoothed([make_recording([0.1, 0.1])], 0.0).observed[1:-1]).all()


def test_confidence_is_held_against_the_seconds_of_the_event() -> None:
    recording = make_recording([0.1, 0.6, 0.8, 0.8, 0.6, 0.1, 0.7, 0.7], Event(3.0, 2.0), Event(6.5, 0.5))
    found = measure_confidence([recording], PostProcessing(threshold=0.5))
    assert found.n_events == 2
    assert found.promised == pytest.approx((4 * 0.7 + 2 * 0.7) / 6)
    assert found.true == pytest.approx(2.5 / 6)


def test_subjects_weigh_the_same_in_confidence_too() -> None:
    missed = make_recording(np.r_[np.full(10, 0.9), np.zeros(990)], subject="a")
    found = make_recording(np.r_[np.full(10, 0.7), np.zeros(90)], Event(0.0, 10.0), subject="b")
    confidence = measure_confidence([missed, found], PostProcessing())
    assert confidence.promised == pytest.approx((0.9 * 0.01 + 0.7 * 0.1) / 0.11)
    assert confidence.true == pytest.approx(0.1 / 0.11)


def test_without_events_nothing_is_promised() -> None:
    nothing = measure_confidence([make_recording([0.1, 0.2])], PostProcessing())
    assert nothing.n_events == 0 and np.isnan([nothing.promised, nothing.true]).all()


def test_what_is_drawn_from_probabilities_keeps_its_promise() -> None:
    """Independent seconds, no smoothing: the one case in which calibrated frames make calibrated events."""
    probability = np.random.default_rng(0).beta(0.3, 1.0, 20_000)
    found = measure_confidence([draw_truth(probability, seed=1)], PostProcessing(threshold=0.6))
    assert found.promised == pytest.approx(found.true, abs=0.02)
