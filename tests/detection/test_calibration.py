from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray
from pydantic import ValidationError

from ictal.detection.calibration import Calibration, calibrate

Values = NDArray[np.float64]

scores = arrays.arrays(np.float64, st.integers(1, 20), elements=st.floats(0.0, 1.0))
slopes = st.floats(0.01, 20.0)
intercepts = st.floats(-20.0, 20.0)


def two_classes(seizure: Values) -> Values:
    return np.stack([1.0 - seizure, seizure], axis=1)


@pytest.mark.parametrize(("slope", "intercept"), [(1.0, 0.0), (0.7, -2.0), (3.0, 1.5), (-1.0, 0.0)])
def test_platt_is_its_closed_formula(slope: float, intercept: float) -> None:
    probabilities = np.linspace(0.01, 0.99, 99)
    calibrated = calibrate(two_classes(probabilities), Calibration(kind="platt", slope=slope, intercept=intercept))
    expected = [1 / (1 + math.exp(-(slope * math.log(p / (1 - p)) + intercept))) for p in probabilities]
    np.testing.assert_allclose(calibrated[:, 1], expected, rtol=0, atol=1e-15)
    np.testing.assert_allclose(calibrated[:, 0], 1 - np.array(expected), rtol=0, atol=1e-15)


def test_none_leaves_the_scores_alone() -> None:
    probabilities = two_classes(np.linspace(0, 1, 11))
    np.testing.assert_array_equal(calibrate(probabilities, Calibration(slope=2.0, intercept=1.0)), probabilities)


def test_platt_of_slope_one_is_the_identity() -> None:
    probabilities = two_classes(np.linspace(0.001, 0.999, 200))
    np.testing.assert_allclose(calibrate(probabilities, Calibration(kind="platt")), probabilities, atol=1e-14)


@given(seizure=scores, slope=slopes, intercept=intercepts)
def test_order_is_kept(seizure: Values, slope: float, intercept: float) -> None:
    ordered = two_classes(np.sort(seizure))
    calibrated = calibrate(ordered, Calibration(kind="platt", slope=slope, intercept=intercept))
    assert (np.diff(calibrated[:, 1]) >= 0).all()


@given(
    rows=arrays.arrays(np.float64, st.tuples(st.integers(1, 10), st.just(3)), elements=st.floats(0.0, 1.0)),
    slope=slopes,
    intercept=intercepts,
)
def test_seizure_classes_keep_their_proportions(rows: Values, slope: float, intercept: float) -> None:
    rows = (rows + 1e-3) / (rows + 1e-3).sum(axis=1, keepdims=True)
    calibrated = calibrate(rows, Calibration(kind="platt", slope=slope, intercept=intercept))
    np.testing.assert_allclose(calibrated.sum(axis=1), 1.0, atol=1e-12)
    np.testing.assert_allclose(calibrated[:, 1] * rows[:, 2], calibrated[:, 2] * rows[:, 1], atol=1e-12)
    seizure = 1 - rows[:, 0]
    expected = 1 / (1 + np.exp(-(slope * np.log(seizure / (1 - seizure)) + intercept)))
    np.testing.assert_allclose(calibrated[:, 1:].sum(axis=1), expected, rtol=1e-6, atol=1e-12)


@given(seizure=scores, slope=st.floats(-20.0, 20.0), intercept=intercepts, n_kinds=st.integers(1, 3))
def test_rows_are_probabilities_whatever_comes(seizure: Values, slope: float, intercept: float, n_kinds: int) -> None:
    rows = np.concatenate([1 - seizure[:, None], np.repeat(seizure[:, None] / n_kinds, n_kinds, axis=1)], axis=1)
    calibrated = calibrate(rows, Calibration(kind="platt", slope=slope, intercept=intercept))
    assert calibrated.shape == rows.shape
    assert ((calibrated >= 0) & (calibrated <= 1)).all()
    np.testing.assert_allclose(calibrated.sum(axis=1), 1.0, atol=1e-9)


def test_zero_and_one_stay_certain_and_finite() -> None:
    calibrated = calibrate(two_classes(np.array([0.0, 1.0])), Calibration(kind="platt", slope=2.0, intercept=-1.0))
    assert np.isfinite(calibrated).all()
    np.testing.assert_allclose(calibrated[:, 1], [0.0, 1.0], atol=1e-20)


def test_a_score_of_zero_can_still_be_likely() -> None:
    """A slope of 0 says that the score tells nothing: every row has the base rate, zeros and ones too."""
    base_rate = Calibration(kind="platt", slope=0.0, intercept=math.log(0.2 / 0.8))
    np.testing.assert_allclose(calibrate(two_classes(np.array([0.0, 0.5, 1.0])), base_rate)[:, 1], 0.2)
    three = np.array([[1.0, 0.0, 0.0]])
    np.testing.assert_allclose(calibrate(three, base_rate), [[0.8, 0.1, 0.1]])


def test_frames_that_were_not_analysed_stay_so() -> None:
    probabilities = two_classes(np.array([0.2, np.nan, 0.8]))
    calibrated = calibrate(probabilities, Calibration(kind="platt", slope=2.0))
    np.testing.assert_array_equal(np.isnan(calibrated).all(axis=1), [False, True, False])
    assert np.isfinite(calibrated[[0, 2]]).all()


@pytest.mark.parametrize("change", [{"kind": "isotonic"}, {"slope": math.inf}, {"intercept": math.nan}, {"scale": 1.0}])
def test_settings_that_mean_nothing_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(change))):
        Calibration.model_validate(change)
