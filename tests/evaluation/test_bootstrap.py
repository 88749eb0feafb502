"""Intervals over subjects, held to scipy and to what is known of the mean."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from ictal.core.errors import ParameterError
from ictal.evaluation.bootstrap import bootstrap_interval, draw_subjects, percentile_interval, resample_means


def test_the_interval_is_that_of_scipy() -> None:
    sensitivities = np.random.default_rng(3).beta(4, 2, 24)
    theirs = stats.bootstrap(
        (sensitivities,), np.mean, method="percentile", n_resamples=20000, rng=np.random.default_rng(0)
    ).confidence_interval
    assert_allclose(bootstrap_interval(sensitivities, n_resamples=20000), theirs, atol=0.003)


def test_it_holds_the_true_mean_as_often_as_it_says() -> None:
    samples = np.random.default_rng(0).normal(0.0, 1.0, (30, 400))
    low, high = bootstrap_interval(samples, n_resamples=500, level=0.9)
    assert np.mean((low < 0.0) & (high > 0.0)) == pytest.approx(0.88, abs=0.05)


def test_subjects_are_drawn_evenly_and_the_same_each_time() -> None:
    draws = draw_subjects(5, 4000, seed=1)
    assert_array_equal(draws.sum(axis=1), 5)
    assert_allclose(draws.mean(axis=0), 1.0, atol=0.06)
    assert_array_equal(draws, draw_subjects(5, 4000, seed=1))
    assert (draws != draw_subjects(5, 4000, seed=2)).any()


figures = st.lists(st.one_of(st.floats(0.0, 1.0), st.just(float("nan"))), min_size=1, max_size=8)


@given(figures, st.integers(0, 5))
def test_a_resampled_mean_is_the_mean_of_the_subjects_that_were_drawn(values: list[float], seed: int) -> None:
    draws = draw_subjects(len(values), 20, seed)
    for mean, drawn in zip(resample_means(values, draws), draws, strict=True):
        known = [value for value in np.repeat(values, drawn) if not np.isnan(value)]
        assert_allclose(mean, np.mean(known) if known else np.nan, atol=1e-12)


@given(figures)
def test_an_interval_lies_within_the_values_and_needs_two_of_them(values: list[float]) -> None:
    low, high = bootstrap_interval(values, n_resamples=50)
    known = [value for value in values if not np.isnan(value)]
    if len(known) < 2:
        assert np.isnan(low) and np.isnan(high)
    else:
        assert min(known) - 1e-12 <= low <= high <= max(known) + 1e-12


def test_many_figures_are_resampled_together() -> None:
    values = np.random.default_rng(0).random((6, 4, 3))
    values[2, 1] = np.nan
    low, high = bootstrap_interval(values, n_resamples=100, seed=4)
    assert low.shape == high.shape == (4, 3)
    assert_allclose([low[1, 2], high[1, 2]], bootstrap_interval(values[:, 1, 2], n_resamples=100, seed=4), atol=1e-12)


def test_what_cannot_be_drawn_is_refused() -> None:
    with pytest.raises(ParameterError, match="number of subjects: 0"):
        bootstrap_interval([])
    with pytest.raises(ParameterError, match="number of resamples: 0"):
        bootstrap_interval([1.0], n_resamples=0)
    with pytest.raises(ParameterError, match="level of the interval: 95"):
        percentile_interval([1.0], level=95)
