"""Reliability and the Brier score, held to scikit-learn and to their own algebra."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.calibration import calibration_curve
from sklearn.metrics import brier_score_loss

from ictal.core.errors import ParameterError
from ictal.scoring.calibration import Binning, brier_score, measure_reliability


@st.composite
def frames(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    n = draw(st.integers(1, 40))
    elements = st.one_of(st.floats(0.0, 1.0), st.integers(0, 10).map(lambda tenth: tenth / 10))
    return draw(arrays(np.float64, n, elements=elements)), draw(arrays(np.bool_, n))


@pytest.mark.parametrize(("binning", "strategy"), [("width", "uniform"), ("count", "quantile")])
def test_the_table_is_that_of_scikit_learn(binning: Binning, strategy: str) -> None:
    rng = np.random.default_rng(0)
    values = rng.beta(0.4, 2.0, 5000)
    truth = rng.random(5000) < values**1.3
    observed, predicted = calibration_curve(truth, values, n_bins=12, strategy=strategy)
    table = measure_reliability(values, truth, 12, binning)
    filled = table.n_frames > 0
    assert_allclose(table.observed[filled], observed, rtol=1e-12)
    assert_allclose(table.predicted[filled], predicted, rtol=1e-12)
    assert table.n_frames.sum() == 5000
    if binning == "count":
        assert np.ptp(table.n_frames) <= 1


@given(frames(), st.integers(1, 15), st.sampled_from(["width", "count"]))
def test_every_frame_is_in_one_bin_and_the_parts_add_up(
    case: tuple[np.ndarray, np.ndarray], n_bins: int, binning: Binning
) -> None:
    values, truth = case
    table = measure_reliability(values, truth, n_bins, binning)
    assert table.n_frames.sum() == len(values)
    filled = table.n_frames > 0
    assert (table.predicted[filled] >= table.edges[:-1][filled] - 1e-12).all()
    assert (table.predicted[filled] <= table.edges[1:][filled] + 1e-12).all()
    assert np.isnan(table.predicted[~filled]).all()
    brier = brier_score(values, truth, n_bins, binning)
    assert_allclose(
        brier.score, brier.reliability - brier.resolution + brier.uncertainty + brier.within_bins, atol=1e-12
    )
    assert_allclose(brier.score, np.mean((values - truth) ** 2), atol=1e-15)
    assert 0.0 <= table.expected_calibration_error <= 1.0
    assert brier.resolution <= brier.uncertainty + 1e-12


def test_the_brier_score_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    values = rng.random(500)
    truth = rng.random(500) < values
    brier = brier_score(values, truth)
    assert_allclose(brier.score, brier_score_loss(truth, values), rtol=1e-12)
    assert brier.skill == pytest.approx(1.0 - brier.score / (truth.mean() * (1 - truth.mean())))


def test_true_probabilities_are_reliable_and_sharpened_ones_are_not() -> None:
    rng = np.random.default_rng(2)
    values = rng.random(200_000)
    truth = rng.random(200_000) < values
    honest, bold = (measure_reliability(kind, truth) for kind in (values, (values > 0.5) * 1.0))
    assert honest.expected_calibration_error < 0.01
    assert bold.expected_calibration_error == pytest.approx(0.25, abs=0.01)
    assert brier_score(values, truth).reliability < 1e-4 < brier_score(values**3, truth).reliability


def test_saying_the_overall_share_has_no_skill_and_no_miscalibration() -> None:
    truth = np.arange(10) < 3
    brier = brier_score(np.full(10, 0.3), truth, binning="count")
    assert_allclose([brier.reliability, brier.resolution, brier.within_bins, brier.skill], 0.0, atol=1e-12)
    assert brier.score == pytest.approx(0.21)


def test_frames_that_were_not_analysed_do_not_count() -> None:
    table = measure_reliability([0.1, np.nan, 0.9], [False, True, True], 2)
    assert_array_equal(table.n_frames, [1, 1])
    assert brier_score([0.1, np.nan, 0.9], [False, True, True]).score == pytest.approx(0.01)


@pytest.mark.parametrize("binning", ["width", "count"])
def test_without_frames_all_is_undefined(binning: Binning) -> None:
    table = measure_reliability([], [], 4, binning)
    assert_array_equal(table.n_frames, [0, 0, 0, 0])
    assert math.isnan(table.expected_calibration_error)
    assert math.isnan(brier_score([], [], binning=binning).score)
    assert math.isnan(brier_score([], [], binning=binning).skill)


def test_what_is_no_probability_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"probability: 1\.5 is not allowed; it must be from 0 to 1"):
        measure_reliability([0.5, 1.5], [True, False])
    with pytest.raises(ParameterError, match="number of bins: 0"):
        measure_reliability([0.5], [True], n_bins=0)
    with pytest.raises(ParameterError, match="binning: 'widht' is not allowed; allowed are 'width', 'count'"):
        measure_reliability([0.5], [True], binning="widht")  # type: ignore[arg-type]
