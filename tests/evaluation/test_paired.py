"""Paired tests: against other implementations, by hand, and at their level where nothing differs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.stats import PermutationMethod, permutation_test, wilcoxon

from ictal.evaluation.paired import MOST_EXACT, N_FLIPS, correct_by_holm, flip_signs, rank_signs, smallest_p

some_differences = st.lists(st.sampled_from([-0.5, -0.25, 0.0, 0.1, 0.3, 1.0]), min_size=1, max_size=8)


@settings(deadline=None)
@given(some_differences)
def test_all_signs_are_tried_as_by_hand(differences: list[float]) -> None:
    observed = abs(sum(differences)) - 1e-9
    flipped = [abs(np.dot(signs, differences)) for signs in itertools.product([1, -1], repeat=len(differences))]
    assert flip_signs(differences) == pytest.approx(np.mean(np.array(flipped) >= observed))


@pytest.mark.parametrize("n_subjects", [4, 9, 12])
def test_it_is_the_permutation_test_of_scipy(n_subjects: int) -> None:
    differences = np.random.default_rng(n_subjects).normal(0.4, 1.0, n_subjects)
    exact = permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert_allclose(flip_signs(differences), exact.pvalue)


def test_drawn_signs_come_near_to_all_of_them() -> None:
    differences = np.random.default_rng(1).normal(0.5, 1.0, MOST_EXACT + 1)
    drawn = flip_signs(differences)
    everything = permutation_test((differences,), np.mean, permutation_type="samples", n_resamples=np.inf)
    assert_allclose(drawn, everything.pvalue, atol=3 * np.sqrt(0.25 / N_FLIPS))
    assert flip_signs(differences, seed=1) == flip_signs(differences, seed=1) != drawn


def test_drawn_signs_are_never_zero() -> None:
    assert flip_signs(np.ones(40)) == 1 / (1 + N_FLIPS)


@settings(deadline=None)
@given(some_differences)
def test_neither_sign_nor_order_nor_scale_matters(differences: list[float]) -> None:
    values = np.array(differences)
    for changed in (-values, values[::-1], 7.0 * values, np.append(values, [0.0, np.nan])):
        assert flip_signs(changed) == pytest.approx(flip_signs(values))
        assert rank_signs(changed) == pytest.approx(rank_signs(values))


@pytest.mark.parametrize("test", [flip_signs, rank_signs])
def test_without_a_difference_there_is_none(test: object) -> None:
    assert callable(test)
    assert test([0.0, 0.0, np.nan]) == 1.0
    assert test([0.1 + 0.2 - 0.3]) == 1.0, "which is rounding"
    assert np.isnan(test([np.nan])) and np.isnan(test([]))


@pytest.mark.parametrize("n_subjects", [3, 8, 12, 30])
def test_wilcoxon_is_that_of_scipy_on_those_who_differ(n_subjects: int) -> None:
    values = np.random.default_rng(0).normal(0.3, 1.0, n_subjects)
    assert_allclose(rank_signs(np.append(values, [0.0, np.nan])), wilcoxon(values).pvalue)


def test_wilcoxon_is_exact_where_ranks_tie() -> None:
    values = np.array([0.2, 0.2, -0.1, 0.3, 0.1, -0.2, 0.4])
    assert_allclose(rank_signs(values), wilcoxon(values, method=PermutationMethod(n_resamples=np.inf)).pvalue)


def test_the_least_is_reached_when_all_agree() -> None:
    for n_subjects in range(1, MOST_EXACT + 1):
        assert flip_signs(np.full(n_subjects, 0.2)) == smallest_p(n_subjects)
    assert np.isnan(smallest_p(0))


@pytest.mark.parametrize("test", [flip_signs, rank_signs])
@pytest.mark.parametrize("n_subjects", [8, 12])
def test_equal_detectors_are_told_apart_at_the_level_of_the_test(test: object, n_subjects: int) -> None:
    """Shares of subjects that differ much, and two detectors that find as much of each but for chance."""
    assert callable(test)
    rejected = []
    for seed in range(600):
        rng = np.random.default_rng([n_subjects, seed])
        hard = rng.beta(2.0, 2.0, n_subjects)
        one, other = rng.binomial(40, hard) / 40, rng.binomial(40, hard) / 40
        rejected.append(test(one - other) <= 0.05)
    # The standard error of a rate of 5 % over 600 trials is 0.9 %; tests of few subjects may stay below their level.
    assert 0.02 <= np.mean(rejected) <= 0.075


def test_holm_by_hand() -> None:
    assert_allclose(correct_by_holm([0.04, 0.01, 0.03, 0.005]), [0.06, 0.03, 0.06, 0.02])
    assert_allclose(correct_by_holm([0.9, 0.6]), [1.0, 1.0])
    assert_allclose(correct_by_holm([np.nan, 0.02]), [np.nan, 0.02])
    assert len(correct_by_holm([])) == 0


@settings(deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6))
def test_holm_only_raises_and_keeps_the_order(p_values: list[float]) -> None:
    corrected = correct_by_holm(p_values)
    assert (corrected >= np.array(p_values)).all() and (corrected <= 1.0).all()
    assert (np.diff(corrected[np.argsort(p_values)]) >= 0).all()
    assert corrected.min() == pytest.approx(min(1.0, min(p_values) * len(p_values)))
