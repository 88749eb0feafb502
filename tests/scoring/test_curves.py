"""Curves over thresholds, held to scikit-learn and to what is known of ranks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import metrics

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.core.spans import intersect_spans, total_time
from ictal.scoring.curves import (
    auroc,
    average_precision,
    count_above,
    frame_truth,
    frames_within,
    known_frames,
    measure_areas,
    precision_recall_curve,
    roc_curve,
)

Frames = tuple[np.ndarray, np.ndarray]


@st.composite
def frames(draw: st.DrawFn) -> Frames:
    """Probabilities with many ties, and a truth that holds both kinds."""
    n = draw(st.integers(2, 40))
    levels = draw(st.sampled_from([2, 7, 1000]))
    values = draw(arrays(np.float64, n, elements=st.integers(0, levels).map(lambda level: level / levels)))
    truth = draw(arrays(np.bool_, n))
    truth[draw(st.permutations(range(n)))[0]] = not truth.all()
    if not truth.any():
        truth[0] = True
    if truth.all():
        truth[0] = False
    return values, truth


@given(frames())
def test_roc_is_that_of_scikit_learn(case: Frames) -> None:
    values, truth = case
    fpr, tpr, thresholds = metrics.roc_curve(truth, values, drop_intermediate=False)
    curve = roc_curve(values, truth)
    assert_array_equal(curve.x, fpr)
    assert_array_equal(curve.y, tpr)
    assert_array_equal(curve.thresholds, thresholds)
    assert_allclose(curve.area, metrics.roc_auc_score(truth, values), rtol=1e-12)
    assert_allclose(curve.area, metrics.auc(curve.x, curve.y), rtol=1e-12)


@given(frames())
def test_precision_and_recall_are_those_of_scikit_learn(case: Frames) -> None:
    values, truth = case
    precision, recall, thresholds = metrics.precision_recall_curve(truth, values)
    curve = precision_recall_curve(values, truth)
    assert_array_equal(curve.y, precision[::-1])
    assert_array_equal(curve.x, recall[::-1])
    assert_array_equal(curve.thresholds[1:], thresholds[::-1])
    assert_allclose(curve.area, metrics.average_precision_score(truth, values), rtol=1e-12)


@given(frames())
def test_auroc_asks_each_pair_of_frames(case: Frames) -> None:
    values, truth = case
    pairs = np.sign(values[truth][:, None] - values[~truth][None, :])
    assert_allclose(auroc(values, truth), np.mean((pairs + 1) / 2), rtol=1e-12)


@given(frames(), st.floats(0.1, 5.0), st.floats(-3.0, 3.0))
def test_only_the_order_counts(case: Frames, slope: float, offset: float) -> None:
    values, truth = case
    moved = np.exp(slope * values + offset)
    assert_allclose(auroc(moved, truth), auroc(values, truth), rtol=1e-12)
    assert_allclose(average_precision(moved, truth), average_precision(values, truth), rtol=1e-12)
    assert_allclose(auroc(-values, truth), 1.0 - auroc(values, truth), atol=1e-12)


@given(frames())
def test_roc_rises_from_nothing_to_everything(case: Frames) -> None:
    curve = roc_curve(*case)
    assert (curve.x[0], curve.y[0], curve.thresholds[0]) == (0.0, 0.0, math.inf)
    assert (curve.x[-1], curve.y[-1]) == (1.0, 1.0)
    assert (np.diff(curve.x) >= 0).all()
    assert (np.diff(curve.y) >= 0).all()
    assert (np.diff(curve.thresholds) < 0).all()


@given(frames(), st.integers(2, 12))
def test_a_thinned_curve_keeps_points_of_the_curve_and_both_ends(case: Frames, n_points: int) -> None:
    for whole in (roc_curve(*case), precision_recall_curve(*case)):
        thin = whole.thin(n_points)
        assert {*zip(thin.x, thin.y, thin.thresholds, strict=True)} <= {
            *zip(whole.x, whole.y, whole.thresholds, strict=True)
        }
        assert (thin.x[0], thin.x[-1], thin.area) == (whole.x[0], whole.x[-1], whole.area)
        assert len(thin.x) <= max(n_points, 2) + 1 or len(thin.x) == len(whole.x)


def test_a_thinned_curve_leaves_no_step_that_can_be_seen() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(200_000) < 0.01
    curve = roc_curve(rng.normal(2.0 * truth), truth)
    thin = curve.thin(500)
    assert len(thin.x) <= 501
    assert (np.diff(thin.x) + np.diff(thin.y)).max() < 2 / 499 + 1 / truth.sum()
    assert metrics.auc(thin.x, thin.y) == pytest.approx(curve.area, abs=1e-4)


@given(frames(), st.lists(st.sampled_from([0.0, 0.2, 0.5, 1.0, 1.5, math.inf]), max_size=6))
def test_counts_are_of_frames_at_or_above(case: Frames, thresholds: list[float]) -> None:
    values, truth = case
    found, false = count_above(values, truth, thresholds)
    assert_array_equal(found, [np.sum(values[truth] >= threshold) for threshold in thresholds])
    assert_array_equal(false, [np.sum(values[~truth] >= threshold) for threshold in thresholds])


@given(frames(), st.data())
def test_frames_that_were_not_analysed_do_not_count(case: Frames, data: st.DataObject) -> None:
    values, truth = case
    places = data.draw(st.lists(st.integers(0, len(values)), max_size=5))
    holed, marked = np.insert(values, places, np.nan), np.insert(truth, places, True)
    assert_array_equal(known_frames(holed, marked)[0], values)
    assert auroc(holed, marked) == auroc(values, truth)
    assert average_precision(holed, marked) == average_precision(values, truth)


@pytest.mark.parametrize("truth", [[], [True, True], [False, False]])
def test_with_one_kind_of_frame_an_area_is_undefined(truth: list[bool]) -> None:
    values = [0.2, 0.4][: len(truth)]
    assert math.isnan(auroc(values, truth))
    assert math.isnan(roc_curve(values, truth).area)
    assert roc_curve(values, truth).thin(1).x.shape == roc_curve(values, truth).x.shape
    precise = average_precision(values, truth)
    assert math.isnan(precise) or (all(truth) and precise == 1.0)


def test_frames_that_do_not_fit_together_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"truth of shape \(2,\) came for probabilities of shape \(3,\)"):
        auroc([0.1, 0.2, 0.3], [True, False])
    with pytest.raises(ParameterError, match="allowed are two of one shape"):
        roc_curve([[0.1, 0.9]], [[True, False]])


moments = st.integers(0, 480).map(lambda eighth: eighth / 8)
events = st.lists(st.tuples(moments, moments), max_size=5).map(
    lambda pairs: [Event(min(pair), abs(pair[1] - pair[0])) for pair in pairs]
)


@given(events, st.sampled_from([1.0, 2.0, 0.5, 4.0]))
def test_on_a_grid_from_zero_the_truth_is_the_mask_of_the_annotations(marked: list[Event], rate: float) -> None:
    reference = Annotations(marked, 60.0)
    mask = reference.mask(rate)
    assert_array_equal(frame_truth(reference, _blank(len(mask), 0.0, 1.0 / rate)), mask)


@given(events, moments, st.sampled_from([0.25, 1.0, 3.0]))
def test_a_frame_is_seizure_if_more_than_half_of_it_is(marked: list[Event], start: float, step: float) -> None:
    reference = Annotations(marked, 60.0)
    truth = frame_truth(reference, _blank(12, start, step))
    for i in range(12):
        frame = (start + i * step, start + (i + 1) * step)
        assert truth[i] == (total_time(intersect_spans(reference.spans, [frame])) > 0.5 * step)


def test_only_seizures_inside_the_recording_are_true() -> None:
    reference = Annotations([Event(0.0, 5.0, "bckg"), Event(5.0, 1.0, "sz_foc"), Event(8.0, 9.0)], 9.0)
    assert_array_equal(np.flatnonzero(frame_truth(reference, _blank(12, 0.0, 1.0))), [5, 8])
    assert not frame_truth(Annotations((), 9.0), _blank(12, 0.0, 1.0)).any()
    assert frame_truth(reference, _blank(0, 0.0, 1.0)).shape == (0,)


def _blank(n_frames: int, start: float, step: float) -> Scores:
    return Scores(np.zeros((n_frames, 2)), start, step)


def test_frames_lie_within_spans_that_cover_more_than_half_of_them() -> None:
    scores = Scores(np.full((4, 2), 0.5), start=10.0, step=2.0)
    assert frames_within([(0.0, 11.0), (13.5, 15.5)], scores).tolist() == [False, False, True, False]
    assert frames_within([], scores).tolist() == [False] * 4


def test_both_areas_are_had_at_once() -> None:
    rng = np.random.default_rng(3)
    values, truth = rng.random(500).round(2), rng.random(500) < 0.2
    assert measure_areas(values, truth) == (auroc(values, truth), precision_recall_curve(values, truth).area)
    assert np.isnan(measure_areas([], [])).all()
    assert np.isnan(measure_areas([0.5], [False])).all()
