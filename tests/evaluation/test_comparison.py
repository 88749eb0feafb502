"""Comparisons of detectors whose figures are known: what is better is told so, and what is equal is not told apart."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ictal.core.errors import ParameterError
from ictal.evaluation.bootstrap import bootstrap_interval, draw_subjects
from ictal.evaluation.chance import ChanceTest
from ictal.evaluation.comparison import (
    ComparedRun,
    DetectorComparison,
    Difference,
    RunComparison,
    average_figure,
    compare_detectors,
    subtract_figure,
)
from ictal.evaluation.detector_figures import FIGURES, LIMITED, DetectorFigures
from ictal.evaluation.paired import correct_by_holm, flip_signs

N_SUBJECTS = 10
DRAWS = draw_subjects(N_SUBJECTS, 500)


def make(values: Mapping[str, Any], behaviour: str = "ordinary", n_subjects: int = N_SUBJECTS) -> DetectorFigures:
    by_subject = {name: np.full(n_subjects, 0.5) for name in FIGURES}
    by_subject |= {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
    subjects = tuple(f"s{number:02d}" for number in range(n_subjects))
    return DetectorFigures(subjects, by_subject, {}, behaviour, ChanceTest(0.9, 0.1, 0.001))


def shares(seed: int, skill: float = 0.0, n_subjects: int = N_SUBJECTS) -> np.ndarray:
    """The share of 40 seizures that are found in subjects who differ; `skill` is added to each subject's chance."""
    hard = np.random.default_rng([7, seed // 10]).beta(2.0, 2.0, n_subjects)
    return np.random.default_rng([8, seed]).binomial(40, np.clip(hard + skill, 0.0, 1.0)) / 40


def compare(*detectors: DetectorFigures, against: str = "first") -> DetectorComparison:
    names = [chr(ord("a") + number) for number in range(len(detectors))]
    return compare_detectors(names, detectors, draw_subjects(len(detectors[0].subjects), 500), against)


def difference(found: DetectorComparison, figure: str, number: int = 1) -> Difference:
    one = found.figures[figure].differences[number]
    assert one is not None
    return one


# --- what is known to be so ---


def test_the_better_one_is_told_so() -> None:
    found = compare(make({"event_f1": shares(0)}), make({"event_f1": shares(1, skill=0.3)}))
    one = difference(found, "event_f1")
    assert one.value > 0.1 and one.low > 0
    assert one.sign_flip_corrected < 0.05 and one.wilcoxon_corrected < 0.05
    assert one.words("event_f1") == "better"
    back = compare(make({"event_f1": shares(1, skill=0.3)}), make({"event_f1": shares(0)}))
    assert difference(back, "event_f1").words("event_f1") == "worse"
    assert difference(back, "event_f1").value == pytest.approx(-one.value)


def test_more_false_alarms_are_worse() -> None:
    found = compare(make({"false_alarms_per_day": np.zeros(10)}), make({"false_alarms_per_day": np.arange(1.0, 11.0)}))
    one = difference(found, "false_alarms_per_day")
    assert (one.value, one.words("false_alarms_per_day")) == (5.5, "worse")


def test_the_same_detector_twice_does_not_differ() -> None:
    same = make({"event_f1": shares(0), "auroc": shares(1)})
    found = compare(same, same)
    for figure in FIGURES:
        one = difference(found, figure)
        assert (one.value, one.low, one.high) == (0.0, 0.0, 0.0)
        assert one.sign_flip == one.sign_flip_corrected == one.wilcoxon == one.wilcoxon_corrected == 1.0
        assert one.words(figure) == "not told apart"


def test_equal_detectors_are_told_apart_about_as_often_as_claimed() -> None:
    told, covered = [], []
    for seed in range(0, 4000, 10):
        draws = draw_subjects(N_SUBJECTS, 200, seed)
        one = subtract_figure(shares(seed), shares(seed + 1), draws)
        told.append(one.sign_flip <= 0.05)
        covered.append(one.low <= 0 <= one.high)
    # 400 trials: a standard error of 1.1 %. Percentile intervals of ten subjects are known to be somewhat short.
    assert 0.02 <= np.mean(told) <= 0.08
    assert 0.87 <= np.mean(covered) <= 0.97


def test_the_best_of_several_equal_detectors_is_hardly_told_apart() -> None:
    """Without the correction for all pairs it would be, far too often: it was chosen for its figures."""
    corrected, alone = [], []
    for seed in range(0, 3000, 10):
        nothing = dict.fromkeys(FIGURES, np.full(N_SUBJECTS, np.nan))
        figures = [shares(seed + number) for number in range(4)]
        found = compare(*(make({**nothing, "event_f1": values}) for values in figures), against="best")
        others = [one for one in found.figures["event_f1"].differences if one is not None]
        corrected.append(any(one.sign_flip_corrected <= 0.05 for one in others))
        alone.append(any(one.sign_flip <= 0.05 for one in others))
    assert np.mean(corrected) <= 0.075
    assert np.mean(alone) >= 0.12


# --- how it is calculated ---


def test_averages_leave_out_who_has_none() -> None:
    values = np.append(shares(0)[:8], [np.nan, np.nan])
    one = average_figure(values, DRAWS)
    assert (one.value, one.n_subjects) == (pytest.approx(np.nanmean(values)), 8)
    assert one.standard_deviation == pytest.approx(np.nanstd(values))
    assert (one.low, one.high) == pytest.approx(tuple(map(float, bootstrap_interval(values, n_resamples=500))))
    lonely = average_figure(np.append(0.5, np.full(9, np.nan)), DRAWS)
    assert (lonely.value, lonely.n_subjects, lonely.has_interval) == (0.5, 1, False)
    assert average_figure(np.full(10, np.nan), DRAWS).n_subjects == 0


def test_differences_are_of_those_who_have_both() -> None:
    one, other = np.append(shares(0)[:9], np.nan), np.append(np.nan, shares(1)[1:])
    found = subtract_figure(one, other, DRAWS)
    assert found.n_subjects == 8
    assert found.value == pytest.approx(np.mean(one[1:9] - other[1:9]))
    assert found.sign_flip == flip_signs(one[1:9] - other[1:9])
    nobody = subtract_figure(one, np.full(10, np.nan), DRAWS)
    assert nobody.n_subjects == 0 and np.isnan([nobody.value, nobody.sign_flip, nobody.wilcoxon]).all()
    assert nobody.words("event_f1") == "not told apart"


def test_paired_intervals_are_far_shorter_than_those_of_the_averages() -> None:
    hard = np.linspace(0.1, 0.8, N_SUBJECTS)
    found = compare(make({"event_f1": hard}), make({"event_f1": hard + 0.1 + 0.01 * np.arange(10)}))
    one, average = difference(found, "event_f1"), found.figures["event_f1"].averages[0]
    assert one.low > 0.1 and one.high - one.low < 0.2 * (average.high - average.low)


def test_resamples_that_choose_anew_are_compared_one_by_one() -> None:
    rng = np.random.default_rng(0)
    first, second = rng.uniform(0.0, 0.5, 500), rng.uniform(0.4, 1.0, 500)
    one = replace(make({LIMITED: shares(0)}), resampled={LIMITED: first})
    other = replace(make({LIMITED: shares(1)}), resampled={LIMITED: second})
    found = compare(one, other)
    assert_allclose([found.figures[LIMITED].averages[1].low], np.quantile(second, 0.025))
    assert_allclose(difference(found, LIMITED).high, np.quantile(second - first, 0.975))
    assert difference(found, LIMITED).value == pytest.approx(np.mean(shares(1) - shares(0)))


def test_holm_is_over_the_detectors_of_one_figure() -> None:
    found = compare(*(make({"event_f1": shares(number, 0.1 * number)}) for number in range(4)))
    others = [difference(found, "event_f1", number) for number in (1, 2, 3)]
    assert_allclose([one.sign_flip_corrected for one in others], correct_by_holm([one.sign_flip for one in others]))
    assert_allclose([one.wilcoxon_corrected for one in others], correct_by_holm([one.wilcoxon for one in others]))
    assert found.n_tests == 3


def test_the_best_is_corrected_for_all_pairs() -> None:
    figures = [shares(number, skill) for number, skill in enumerate((0.0, 0.25, 0.1))]
    found = compare(*(make({"event_f1": values}) for values in figures), against="best")
    assert (found.against, found.n_tests) == (1, 3)
    assert found.figures["event_f1"].differences[1] is None
    alone = {pair: flip_signs(figures[pair[0]] - figures[pair[1]]) for pair in itertools.combinations(range(3), 2)}
    corrected = dict(zip(alone, correct_by_holm(list(alone.values())), strict=True))
    assert difference(found, "event_f1", 0).sign_flip_corrected == pytest.approx(corrected[0, 1])
    assert difference(found, "event_f1", 2).sign_flip_corrected == pytest.approx(corrected[1, 2])
    assert difference(found, "event_f1", 2).value == pytest.approx(np.mean(figures[2] - figures[1]))


def test_any_can_be_compared_with() -> None:
    figures = [shares(number) for number in range(3)]
    found = compare(*(make({"event_f1": values}) for values in figures), against="c")
    assert found.against == 2 and found.figures["event_f1"].differences[2] is None
    for number in (0, 1):
        assert difference(found, "event_f1", number).value == pytest.approx(np.mean(figures[number] - figures[2]))


def test_one_detector_is_described_alone() -> None:
    found = compare(make({"event_f1": shares(0)}))
    assert found.n_tests == 0
    assert all(one.differences == (None,) for one in found.figures.values())


def test_verdicts_are_of_each_detector() -> None:
    found = compare(make({}), make({}, "silent"), make({}, "all-positive"), make({"auroc": np.linspace(0.3, 0.7, 10)}))
    assert [one.words for one in found.verdicts] == [
        "no better than chance by frames",
        "silent",
        "positive everywhere",
        "no better than chance by frames",
    ]
    assert compare(make({"auroc": np.linspace(0.7, 0.9, 10)})).verdicts[0].words == "better than chance"


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ParameterError, match="none came"):
        compare_detectors([], [], DRAWS)
    with pytest.raises(ParameterError, match="tested on different subjects"):
        compare(make({}), make({}, n_subjects=9))
    with pytest.raises(ParameterError, match="against: 'd' is not allowed; allowed are 'first', 'best', 'a', 'b'"):
        compare(make({}), make({}), against="d")


# --- what has to be said first ---


def remarks(
    n_subjects: int = N_SUBJECTS,
    n_runs: int = 2,
    side: str = "test",
    n_recordings: int = 20,
    n_seizures: int = 3,
    against: str = "first",
) -> list[str]:
    detectors = [make({}, n_subjects=n_subjects) for _ in range(n_runs)]
    runs = [ComparedRun(f"out/{number}", "test", 20, n_subjects) for number in range(n_runs)]
    runs[-1] = ComparedRun("out/last", side, n_recordings, n_subjects)
    comparison = compare(*detectors, against=against)
    seizures = dict.fromkeys(comparison.subjects, n_seizures)
    seconds = dict.fromkeys(comparison.subjects, 3600.0)
    return list(RunComparison(tuple(runs), comparison, seconds, seizures, 20, 5.0, 500, 0).remarks)


def test_a_clean_comparison_needs_no_remark() -> None:
    assert remarks() == []


def test_other_recordings_and_validation_are_said() -> None:
    (said,) = remarks(n_recordings=30)
    assert "a on 20 recordings of 10 subjects, b on 30 recordings of 10 subjects" in said
    assert "Only the 20 recordings of 10 subjects that all were tested on are compared" in said
    (said,) = remarks(side="validation")
    assert said.startswith("b was evaluated on validation recordings") and "no test" in said


def test_too_few_subjects_are_said() -> None:
    assert remarks(n_subjects=6) == []
    (said,) = remarks(n_subjects=5)
    assert said == "With 5 subjects no test can tell detectors apart: p is 0.062 at least, even if all of them agree."
    (said,) = remarks(n_subjects=6, n_runs=3)
    assert "p for 2 comparisons is 0.062 at least" in said
    (said,) = remarks(n_subjects=7, n_runs=4, against="best")
    assert "p for 6 comparisons is 0.094 at least" in said
    (said,) = remarks(n_subjects=1)
    assert said.startswith("There is one subject")
    assert remarks(n_subjects=3, n_runs=1) == []


def test_nothing_to_find_is_said() -> None:
    assert "There is no seizure in what all were tested on." in remarks(n_seizures=0)
