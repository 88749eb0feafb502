"""Frame by frame over subjects: held to scikit-learn and to resamples made by hand."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn import metrics

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.frames import GRID, FrameFigures, measure_frames
from ictal.evaluation.operating import ScoredRecording


def simulate(subject: str, seed: int, n: int = 3000, n_seizures: int = 3, step: float = 1.0) -> ScoredRecording:
    rng = np.random.default_rng(seed)
    onsets = rng.choice(n - 60, n_seizures, replace=False)
    reference = Annotations([Event(float(onset) * step, 50.0 * step) for onset in onsets], n * step)
    seizure = 1 / (1 + np.exp(-rng.normal(rng.uniform(1, 3) * reference.mask(1 / step) - 2)))
    seizure[rng.random(n) < 0.05] = np.nan
    return ScoredRecording(subject, Scores(np.column_stack([1 - seizure, seizure]), 0.0, step), reference)


GROUP = [simulate("a", 0), simulate("b", 1), simulate("b", 2), simulate("c", 3, n_seizures=0), simulate("d", 4)]


def frames_of(*subjects: str) -> tuple[np.ndarray, np.ndarray]:
    chosen = [one for subject in subjects for one in GROUP if one.subject == subject]
    values = np.concatenate([one.scores.seizure for one in chosen])
    truth = np.concatenate([one.reference.mask(1.0) for one in chosen])
    return values[~np.isnan(values)], truth[~np.isnan(values)]


@pytest.fixture(scope="module")
def figures() -> FrameFigures:
    return measure_frames(GROUP, draw_subjects(4, 400))


def test_areas_are_those_of_scikit_learn(figures: FrameFigures) -> None:
    values, truth = frames_of("a", "b", "c", "d")
    assert_allclose(figures.roc.curve.area, metrics.roc_auc_score(truth, values))
    assert_allclose(figures.precision_recall.curve.area, metrics.average_precision_score(truth, values))
    assert (figures.n_frames, figures.n_seizure_frames, figures.frame) == (len(values), truth.sum(), 1.0)
    assert figures.brier.score == pytest.approx(metrics.brier_score_loss(truth, values))
    assert figures.reliability.n_frames.sum() == len(values)


def test_the_mean_is_over_subjects_with_seizures(figures: FrameFigures) -> None:
    own = {subject: metrics.roc_auc_score(*reversed(frames_of(subject))) for subject in ("a", "b", "d")}
    assert math.isnan(figures.roc.by_subject["c"])
    assert_allclose([figures.roc.by_subject[subject] for subject in own], list(own.values()))
    assert_allclose(figures.roc.mean, np.mean(list(own.values())))
    low, high = figures.roc.mean_interval
    assert min(own.values()) - 1e-12 <= low < figures.roc.mean < high <= max(own.values()) + 1e-12


def test_intervals_are_those_of_subjects_drawn_one_by_one(figures: FrameFigures) -> None:
    aurocs, precisions, rates = [], [], []
    for drawn in draw_subjects(4, 400):
        values, truth = frames_of(*np.repeat(["a", "b", "c", "d"], drawn))
        if truth.any():
            aurocs.append(metrics.roc_auc_score(truth, values))
            precisions.append(metrics.average_precision_score(truth, values))
            fpr, tpr, _ = metrics.roc_curve(truth, values)
            rates.append(np.interp(0.2, fpr, tpr))
    ends = [0.025, 0.975]
    assert_allclose(figures.roc.interval, np.quantile(aurocs, ends), atol=5e-4)
    assert_allclose(figures.precision_recall.interval, np.quantile(precisions, ends), atol=5e-3)
    assert_allclose([band[20] for band in figures.roc.band], np.quantile(rates, ends), atol=5e-3)


def test_bands_hold_their_curves(figures: FrameFigures) -> None:
    for one in (figures.roc, figures.precision_recall):
        height = np.interp(GRID, one.curve.x, one.curve.y)[5:]
        assert (one.band[0][5:] <= height + 0.01).all()
        assert (height <= one.band[1][5:] + 0.01).all()
        assert one.interval[0] <= one.curve.area <= one.interval[1]


def test_one_subject_has_areas_and_no_interval() -> None:
    figures = measure_frames([simulate("a", 0), simulate("a", 1)], draw_subjects(1, 20))
    assert figures.roc.mean == figures.roc.curve.area > 0.5
    assert np.isnan([*figures.roc.interval, *figures.roc.mean_interval]).all()
    assert np.isnan(figures.precision_recall.band).all()


def test_without_a_seizure_or_a_frame_areas_are_undefined() -> None:
    blank = ScoredRecording("x", Scores(np.full((10, 2), np.nan), 0.0, 1.0), Annotations([Event(1.0, 5.0)], 10.0))
    for group in ([simulate("a", 0, n_seizures=0), simulate("b", 1, n_seizures=0)], [blank]):
        figures = measure_frames(group, draw_subjects(len(group), 20))
        for one in (figures.roc, figures.precision_recall):
            assert np.isnan(one.band).all()
            assert np.isnan([one.curve.area, one.mean, *one.interval, *one.mean_interval]).all()


def test_frames_are_judged_where_they_lie() -> None:
    late = ScoredRecording("a", Scores([[0.9, 0.1], [0.1, 0.9]], 1.5, 2.0), Annotations([Event(4.0, 1.5)], 6.0))
    assert measure_frames([late], np.array([[1]])).n_seizure_frames == 1
    assert_array_equal(measure_frames([late], np.array([[1]])).roc.curve.area, 1.0)


def test_frames_of_different_length_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"steps of 0\.5 s and 1 s came"):
        measure_frames([simulate("a", 0), simulate("b", 0, step=0.5)], draw_subjects(2, 5))
    with pytest.raises(ParameterError, match="scores: none came"):
        measure_frames([], draw_subjects(1, 5))


def test_24_days_take_seconds() -> None:
    group = [simulate(f"{i:02d}", i, 86400) for i in range(24)]
    begin = time.process_time()
    measure_frames(group, draw_subjects(24))
    assert time.process_time() - begin < 20.0
