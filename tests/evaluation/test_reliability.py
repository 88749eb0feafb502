"""Intervals of reliability are those of subjects that are drawn one by one."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

from ictal.evaluation.bootstrap import draw_subjects, percentile_interval
from ictal.evaluation.reliability import resample_reliability
from ictal.scoring.calibration import brier_score, measure_reliability

EDGES = np.linspace(0.0, 1.0, 11)


def make_frames(n_subjects: int) -> list[tuple[np.ndarray, np.ndarray]]:
    rng = np.random.default_rng(1)
    frames = []
    for _ in range(n_subjects):
        values = rng.beta(0.6, 2.0, int(rng.integers(50, 400)))
        frames.append((values, rng.random(len(values)) < values**1.5))
    return frames


def test_intervals_are_those_of_subjects_drawn_one_by_one() -> None:
    frames, draws = make_frames(5), draw_subjects(5, 60)
    band = resample_reliability(frames, EDGES, draws)
    errors, scores, shares = [], [], []
    for draw in draws:
        chosen = [frames[number] for number, times in enumerate(draw) for _ in range(times)]
        values, truth = (np.concatenate(parts) for parts in zip(*chosen, strict=True))
        table = measure_reliability(values, truth)
        errors.append(table.expected_calibration_error)
        scores.append(brier_score(values, truth).score)
        shares.append(table.observed)
    assert_allclose(band.error, percentile_interval(errors))
    assert_allclose(band.brier, percentile_interval(scores))
    assert_allclose((band.low, band.high), percentile_interval(np.array(shares)))


def test_a_bin_of_one_subject_has_no_interval() -> None:
    frames = [(np.array([0.05, 0.95]), np.array([False, True])), (np.array([0.05]), np.array([False]))]
    band = resample_reliability(frames, EDGES, draw_subjects(2, 50))
    assert band.low[0] == band.high[0] == 0.0
    assert np.isnan(band.low[1:]).all()


def test_one_subject_says_nothing_of_others() -> None:
    band = resample_reliability(make_frames(1), EDGES, draw_subjects(1, 50))
    assert np.isnan([*band.low, *band.high, *band.error, *band.brier]).all()


def test_without_a_frame_nothing_is_said() -> None:
    nothing = (np.empty(0), np.empty(0, dtype=bool))
    band = resample_reliability([nothing, nothing], EDGES, draw_subjects(2, 50))
    assert np.isnan([*band.low, *band.error, *band.brier]).all()
