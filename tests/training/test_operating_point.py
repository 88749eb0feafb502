"""Choices among settings whose counts are made by hand, so that it is known which is the right one."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.dataset import RATE
from ictal.evaluation.operating import ScoredRecording
from ictal.postprocessing.settings import PostProcessing
from ictal.training.operating_point import (
    BudgetError,
    bound_rate,
    choose_place,
    score_left_out,
    score_rules,
    try_left_out,
)
from ictal.training.rule_grid import SearchCounts

SHAPE = (3, 20, 3, 3, 4)
DAY = 86400.0

Cells = NDArray[np.float32]


def make_counts(found: Cells, false: Cells, claimed: Cells | None = None, n_seizures: float = 10.0) -> SearchCounts:
    """Subjects of a day each with ten seizures; the arrays are of shape (n_subjects, …) or broadcast to it."""
    n_subjects = found.shape[0]
    full = (n_subjects, *SHAPE)
    found, false = np.broadcast_to(found, full), np.broadcast_to(false, full)
    seconds = np.broadcast_to(np.float32(600.0) if claimed is None else claimed, full)
    subjects = tuple(f"{number:02}" for number in range(n_subjects))
    counted = np.stack([found, false, n_seizures - found, seconds]).astype(np.float32)
    return SearchCounts(subjects, counted, np.full(n_subjects, DAY), np.full(n_subjects, DAY))


def along_thresholds(values: list[float]) -> Cells:
    """The same at all smoothings, releases, gaps and durations."""
    assert len(values) == SHAPE[1]
    return np.array(values, dtype=np.float32).reshape(1, 1, SHAPE[1], 1, 1, 1)


RISING_FOUND = along_thresholds([float(min(number // 2, 10)) for number in range(20)])
RISING_FALSE = along_thresholds([float(number) for number in range(20)])


def test_of_a_slope_the_highest_sensitivity_within_the_budget_is_taken() -> None:
    place = choose_place(make_counts(RISING_FOUND, RISING_FALSE), budget=8.0)
    assert place[1] == 8


def test_of_a_plateau_the_middle_is_taken() -> None:
    found = along_thresholds([0.0] * 4 + [9.0] * 11 + [0.0] * 5)
    place = choose_place(make_counts(found, along_thresholds([1.0] * 20)), budget=5.0)
    assert place == (1, 9, 1, 1, place[4])
    assert place[4] in (1, 2)


def test_a_lone_peak_is_passed_by() -> None:
    found = np.full((1, *SHAPE), 5.0, dtype=np.float32)
    found[:, :, 12:17] = 8.0
    found[0, 1, 5, 1, 1, 1] = 10.0
    place = choose_place(make_counts(found, np.ones((1, 1, 1, 1, 1, 1), np.float32)), budget=5.0)
    assert place[1] == 14


def test_a_poor_setting_among_good_ones_is_passed_by() -> None:
    """Its neighbours make no event."""
    found = np.full((1, *SHAPE), 8.0, dtype=np.float32)
    found[0, 1, 8, 1, 1, 1] = 0.1
    false = np.full((1, *SHAPE), 6.0, dtype=np.float32)
    false[:, :, 6:11] = 2.0
    false[0, 1, 8, 1, 1, 1] = 0.0
    place = choose_place(make_counts(found, false), budget=5.0)
    assert place != (1, 8, 1, 1, 1) and 6 <= place[1] <= 10


def test_a_lone_setting_without_false_alarms_among_many_with_them_is_passed_by() -> None:
    false = np.full((1, *SHAPE), 50.0, dtype=np.float32)
    false[:, :, 12:17] = 4.0
    false[0, 1, 5, 1, 1, 1] = 0.0
    found = np.full((1, *SHAPE), 6.0, dtype=np.float32)
    found[0, 1, 5, 1, 1, 1] = 10.0
    assert 12 <= choose_place(make_counts(found, false), budget=5.0)[1] <= 16


def test_where_no_neighbourhood_keeps_to_the_budget_a_setting_that_does_alone_is_taken() -> None:
    false = np.full((1, *SHAPE), 50.0, dtype=np.float32)
    false[0, 1, 5, 1, 1, 1] = 2.0
    counts = make_counts(np.full((1, *SHAPE), 6.0, dtype=np.float32), false)
    assert choose_place(counts, budget=5.0) == (1, 5, 1, 1, 1)


def test_of_equal_sensitivity_the_fewest_false_alarms_count() -> None:
    found = along_thresholds([8.0] * 20)
    assert choose_place(make_counts(found, RISING_FALSE), budget=10.0)[1] == 0


def test_f1_weighs_false_alarms_within_the_budget_too() -> None:
    found = along_thresholds([8.0] * 10 + [9.0] * 10)
    false = along_thresholds([0.0] * 10 + [20.0] * 10)
    counts = make_counts(found, false)
    assert choose_place(counts, budget=30.0, objective="sensitivity")[1] >= 12
    assert choose_place(counts, budget=30.0, objective="f1")[1] < 10


def test_subjects_count_the_same_however_many_seizures_they_have() -> None:
    """One subject with many seizures is served best by low thresholds, three with few by high ones."""
    many = along_thresholds([0.0] * 10 + [10.0] * 10)
    few = along_thresholds([1.0] * 10 + [0.0] * 10)
    counts = make_counts(np.concatenate([many, few, few, few]), np.zeros((4, 1, 1, 1, 1, 1), np.float32))
    counts.counted[2, 1:] = 1.0 - counts.counted[0, 1:]
    assert choose_place(counts, budget=5.0)[1] < 10


def test_settings_that_claim_everything_do_not_count() -> None:
    claimed = along_thresholds([600.0] * 10 + [0.995 * DAY] * 10)
    found = along_thresholds([4.0] * 10 + [10.0] * 10)
    assert choose_place(make_counts(found, along_thresholds([1.0] * 20), claimed), budget=300.0)[1] < 10


def test_a_budget_that_nothing_keeps_to_names_the_nearest() -> None:
    false = along_thresholds([float(12 + number) for number in range(20)])
    with pytest.raises(BudgetError) as refused:
        choose_place(make_counts(RISING_FOUND, false), budget=5.0)
    assert str(refused.value) == (
        "5 false alarms in 24 h are allowed, and no setting that finds a seizure keeps to that; "
        "the nearest has 14, with a sensitivity of 0.10."
    )


def test_silence_is_no_answer() -> None:
    with pytest.raises(BudgetError, match="finds none of the seizures at any threshold"):
        choose_place(make_counts(along_thresholds([0.0] * 20), along_thresholds([0.0] * 20)), budget=5.0)


def test_a_detector_that_is_positive_everywhere_is_called_so() -> None:
    everywhere = along_thresholds([0.0] * 5 + [DAY] * 15)
    found, false = along_thresholds([0.0] * 5 + [10.0] * 15), along_thresholds([0.0] * 5 + [278.0] * 15)
    with pytest.raises(BudgetError, match="the detector is positive everywhere"):
        choose_place(make_counts(found, false, everywhere), budget=5.0)


def test_an_unknown_objective_lists_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="objective: 'precision' is not allowed"):
        choose_place(make_counts(RISING_FOUND, RISING_FALSE), 5.0, "precision")  # type: ignore[arg-type]


def test_each_subject_is_tried_with_what_suits_the_others() -> None:
    """Two are alike; the third has three times as many false alarms, and must not be asked what it can bear."""
    false = np.concatenate([RISING_FALSE, RISING_FALSE, 3 * RISING_FALSE])
    counts = make_counts(np.repeat(RISING_FOUND, 3, axis=0), false)
    tried = dict(try_left_out(counts, budget=9.0))
    assert tried["02"] == counts.at(2, choose_place(counts.take([0, 1]), budget=9.0))
    rates = [one.false_positives_per_day for one in tried.values() if one is not None]
    assert len(rates) == 3 and rates[2] > 20.0 > 9.0 > rates[0]
    scores = score_left_out(counts, budget=9.0)
    assert scores is not None
    assert scores.average[RATE].value == pytest.approx(np.mean(rates))


def test_who_makes_the_choice_possible_cannot_be_tried() -> None:
    found = np.concatenate([along_thresholds([5.0] * 20), along_thresholds([0.0] * 20), along_thresholds([0.0] * 20)])
    counts = make_counts(found, np.zeros((3, 1, 1, 1, 1, 1), np.float32))
    assert [one is None for _, one in try_left_out(counts, budget=5.0)] == [True, False, False]


@pytest.mark.parametrize("n_subjects", [1, 2])
def test_too_few_subjects_have_no_figures(n_subjects: int) -> None:
    found = np.concatenate([along_thresholds([5.0] * 20), along_thresholds([0.0] * 20)])[:n_subjects]
    assert score_left_out(make_counts(found, np.zeros((n_subjects, 1, 1, 1, 1, 1), np.float32)), 5.0) is None


def test_rules_are_scored_by_subject() -> None:
    probability = np.repeat([0.1, 0.9, 0.1, 0.9, 0.1], 200)
    scores = Scores(np.column_stack([1 - probability, probability]), 0.0, 1.0)
    first = ScoredRecording("a", scores, Annotations([Event(210.0, 100.0)], 1000.0))
    second = ScoredRecording("b", scores, Annotations([Event(210.0, 100.0), Event(620.0, 50.0)], 1000.0))
    figures = score_rules([first, second], PostProcessing(threshold=0.5)).average
    assert figures["sensitivity"].value == 1.0
    assert figures["precision"].value == pytest.approx((0.5 + 1.0) / 2)
    assert figures[RATE].value == pytest.approx(86400 / 1000 / 2)


@pytest.mark.parametrize("n_alarms", [0, 1, 7])
def test_rates_are_bound_as_poisson_has_it(n_alarms: int) -> None:
    poisson = pytest.importorskip("scipy.stats").poisson
    low, high = bound_rate(n_alarms, 2 * DAY, level=0.9)
    assert_allclose(poisson.cdf(n_alarms, 2 * high), 0.05)
    if n_alarms:
        assert_allclose(poisson.sf(n_alarms - 1, 2 * low), 0.05)
    else:
        assert low == 0.0
