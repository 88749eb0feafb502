"""All curves of a detector at once fit together."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.curves import DetectorCurves, measure_curves
from ictal.evaluation.frames import measure_frames
from ictal.evaluation.operating import ScoredRecording, find_sensitivity, sweep_thresholds, time_detections, trace_curve
from ictal.postprocessing.settings import PostProcessing

RULES = PostProcessing(threshold=0.6, merge_gap=5.0, minimum_duration=5.0)


def simulate(subject: str, seed: int) -> ScoredRecording:
    rng = np.random.default_rng(seed)
    reference = Annotations([Event(500.0 + 400.0 * k, 60.0) for k in range(seed % 3)], 3600.0)
    noise = np.convolve(rng.normal(size=3600), np.ones(9) / 3, "same") + 2.5 * reference.mask(1.0) - 1.5
    seizure = 1 / (1 + np.exp(-noise))
    return ScoredRecording(subject, Scores(np.column_stack([1 - seizure, seizure]), 0.0, 1.0), reference)


GROUP = [simulate(subject, seed) for seed, subject in enumerate("cabcd")]


@pytest.fixture(scope="module")
def curves() -> DetectorCurves:
    return measure_curves(GROUP, RULES, n_resamples=100, seed=7)


def test_all_parts_share_the_draws(curves: DetectorCurves) -> None:
    draws = draw_subjects(4, 100, seed=7)
    counts = sweep_thresholds(GROUP, RULES)
    assert curves.seed == 7
    assert_array_equal(curves.draws, draws)
    for average in ("subjects", "pooled"):
        expected = trace_curve(counts, draws, average)  # type: ignore[arg-type]
        assert_array_equal(curves.operating[average].sensitivity, expected.sensitivity)
        assert_array_equal(curves.operating[average].sensitivity_interval, expected.sensitivity_interval)
        assert curves.limited[average] == find_sensitivity(counts, draws, average=average)  # type: ignore[arg-type]
    assert curves.frames.roc.interval == measure_frames(GROUP, draws).roc.interval


def test_latencies_are_of_all_recordings(curves: DetectorCurves) -> None:
    timings = time_detections(GROUP, RULES)
    assert_array_equal(curves.latencies, np.concatenate([timing.onset_latency for timing in timings]))
    assert len(curves.latencies) == curves.timing.n_detected > 1
    assert curves.timing.n_reference == sum(len(one.reference) for one in GROUP)
    assert curves.timing.medians["onset_latency"].value == np.median(curves.latencies)


def test_nothing_is_refused() -> None:
    with pytest.raises(ParameterError, match="recordings: none came"):
        measure_curves([], RULES)
