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


@pytest.mark.parametrize(
    "change",
    [
        {"slope": math.inf},
        {"intercept": math.nan},
        {"scale": 1.0},
        {"temperature": 0.0},
        {"temperature": -1.0},
        {"kind": "sigmoid"},
        {"kind": "isotonic"},
    ],
)
def test_settings_that_mean_nothing_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match=next(iter(change))):
        Calibration.model_validate(change)


@pytest.mark.parametrize(
    ("scores", "probabilities", "said"),
    [
        ((0.1,), (0.2,), "two or more"),
        ((0.1, 0.5), (0.2,), "2 scores and 1 probabilities"),
        ((0.5, 0.5), (0.2, 0.3), "scores must rise"),
        ((0.1, 0.5), (0.3, 0.2), "none lower than the one before"),
        ((0.1, 0.5), (0.3, 1.2), "from 0 to 1"),
        ((0.1, 0.5), (-0.3, 0.2), "from 0 to 1"),
    ],
)
def test_a_line_that_does_not_rise_is_refused(
    scores: tuple[float, ...], probabilities: tuple[float, ...], said: str
) -> None:
    with pytest.raises(ValidationError, match=said):
        Calibration(kind="isotonic", scores=scores, probabilities=probabilities)


@given(
    logits=arrays.arrays(np.float64, st.tuples(st.integers(1, 10), st.integers(2, 5)), elements=st.floats(-20.0, 20.0)),
    temperature=st.floats(0.3, 10.0),
)
def test_temperature_divides_the_logits_that_are_not_there_any_more(logits: Values, temperature: float) -> None:
    """The softmax of a network is all that is left of its logits, and enough."""
    calibrated = calibrate(softmax(logits), Calibration(kind="temperature", temperature=temperature))
    np.testing.assert_allclose(calibrated, softmax(logits / temperature), rtol=1e-9, atol=1e-14)


def softmax(logits: Values) -> Values:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def test_temperature_of_two_classes_is_platt_without_an_intercept() -> None:
    rows = two_classes(np.linspace(0.001, 0.999, 50))
    tempered = calibrate(rows, Calibration(kind="temperature", temperature=2.5))
    np.testing.assert_allclose(tempered, calibrate(rows, Calibration(kind="platt", slope=0.4)), atol=1e-12)


def test_temperature_keeps_certainty_and_what_was_not_analysed() -> None:
    rows = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [np.nan] * 3])
    calibrated = calibrate(rows, Calibration(kind="temperature", temperature=3.0))
    np.testing.assert_allclose(calibrated[:2], rows[:2], atol=1e-20)
    assert np.isnan(calibrated[2]).all()


LINE = Calibration(kind="isotonic", scores=(0.2, 0.6, 0.8), probabilities=(0.1, 0.1, 0.9))


def test_isotonic_is_a_line_between_its_knots_and_flat_outside() -> None:
    scores = np.array([0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 1.0, np.nan])
    expected = [0.1, 0.1, 0.1, 0.1, 0.5, 0.9, 0.9, np.nan]
    calibrated = calibrate(two_classes(scores), LINE)
    np.testing.assert_allclose(calibrated[:, 1], expected, atol=1e-12)
    np.testing.assert_allclose(calibrated[:, 0], 1 - np.array(expected), atol=1e-12)


def test_isotonic_leaves_the_proportions_of_seizure_classes() -> None:
    rows = np.array([[0.3, 0.6, 0.1], [0.9, 0.025, 0.075]])
    np.testing.assert_allclose(calibrate(rows, LINE), [[0.5, 3 / 7, 0.5 / 7], [0.9, 0.025, 0.075]], atol=1e-12)


@given(rows=arrays.arrays(np.float64, st.tuples(st.integers(1, 10), st.just(4)), elements=st.floats(0.01, 1.0)))
@pytest.mark.parametrize("calibration", [LINE, Calibration(kind="temperature", temperature=0.4)])
def test_rows_add_up_to_one(calibration: Calibration, rows: Values) -> None:
    calibrated = calibrate(rows / rows.sum(axis=1, keepdims=True), calibration)
    assert ((calibrated >= 0) & (calibrated <= 1)).all()
    np.testing.assert_allclose(calibrated.sum(axis=1), 1.0, atol=1e-9)


@pytest.mark.parametrize(
    ("calibration", "keys"),
    [
        (Calibration(), ["kind", "slope", "intercept"]),
        (Calibration(kind="platt", slope=2.0), ["kind", "slope", "intercept"]),
        (Calibration(kind="temperature", temperature=2.0), ["kind", "temperature"]),
        (LINE, ["kind", "scores", "probabilities"]),
    ],
)
def test_a_file_says_what_its_kind_needs_and_no_more(calibration: Calibration, keys: list[str]) -> None:
    assert list(calibration.model_dump()) == keys
    assert Calibration.model_validate_json(calibration.model_dump_json()) == calibration
