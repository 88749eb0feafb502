"""Calibrations, held against numbers that were put into scores before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.detection.calibration import Calibration, calibrate
from ictal.evaluation.confidence import measure_confidence, measure_smoothed
from ictal.evaluation.operating import ScoredRecording
from ictal.postprocessing.settings import PostProcessing
from ictal.training.calibration import (
    METHODS,
    Method,
    calibrate_left_out,
    calibrate_recordings,
    calibrate_scores,
    fit_calibration,
)

Values = NDArray[np.float64]
RULES = PostProcessing(smoothing=9.0, threshold=0.4, release=0.3, minimum_duration=5.0)


def mark(probability: Values, is_seizure: NDArray[np.bool_], subject: str = "01") -> ScoredRecording:
    scores = Scores(np.column_stack([1.0 - probability, probability]), 0.0, 1.0)
    turns = np.flatnonzero(np.diff(np.concatenate([[False], is_seizure, [False]])))
    events = [Event(float(first), float(last - first)) for first, last in turns.reshape(-1, 2)]
    return ScoredRecording(subject, scores, Annotations(events, float(len(probability))))


def undo(calibration: Calibration, seed: int, n: int = 20_000) -> ScoredRecording:
    """Seconds whose score, once calibrated by slope and intercept, is the share of them that is seizure."""
    rng = np.random.default_rng(seed)
    logit = rng.normal(-1.0, 2.0, n)
    truth = rng.random(n) < 1 / (1 + np.exp(-logit))
    score = 1 / (1 + np.exp(-(logit - calibration.intercept) / calibration.slope))
    return mark(score, truth)


def simulate(subject: str, seed: int, n: int = 7200, n_seizures: int = 8) -> ScoredRecording:
    """Scores as detectors have them: seizures of 40 s, neighbours that are alike, and a scale that means nothing."""
    rng = np.random.default_rng(seed)
    truth = np.zeros(n, dtype=bool)
    for onset in rng.choice(n // 100, n_seizures, replace=False) * 100 + 30:
        truth[onset : onset + 40] = True
    drift = np.convolve(rng.normal(0.0, 1.0, n + 19), np.full(20, 1 / np.sqrt(20)), mode="valid")
    logit = 2.5 * truth + drift + rng.normal(0.0, 0.7, n)
    return mark(1 / (1 + np.exp(-1.4 * logit)), truth, subject)


@pytest.fixture(scope="module")
def recordings() -> tuple[ScoredRecording, ...]:
    return tuple(simulate(f"{number:02}", seed=number) for number in range(6))


def test_platt_finds_the_slope_and_the_intercept() -> None:
    fitted = fit_calibration([undo(Calibration(kind="platt", slope=0.6, intercept=-1.5), seed=0)], "platt")
    assert fitted.slope == pytest.approx(0.6, rel=0.05)
    assert fitted.intercept == pytest.approx(-1.5, rel=0.05)


def test_platt_is_what_logistic_regression_finds() -> None:
    linear_model = pytest.importorskip("sklearn.linear_model")
    recording = undo(Calibration(kind="platt", slope=2.0, intercept=1.0), seed=1, n=3000)
    score = recording.scores.seizure
    truth = recording.reference.mask(1.0)
    logit = np.log(score / (1 - score))[:, None]
    model = linear_model.LogisticRegression(C=np.inf, tol=1e-10)
    likely = model.fit(logit, truth).predict_proba(logit)[:, 1]
    model.fit(logit, truth, sample_weight=np.maximum(likely, 0.01))
    fitted = fit_calibration([recording], "platt")
    assert_allclose([fitted.slope, fitted.intercept], [model.coef_[0, 0], model.intercept_[0]], atol=2e-3)


def test_temperature_is_found() -> None:
    fitted = fit_calibration([undo(Calibration(kind="platt", slope=0.5), seed=2)], "temperature")
    assert fitted.kind == "temperature"
    assert fitted.temperature == pytest.approx(2.0, rel=0.05)


def test_temperature_is_found_in_several_classes() -> None:
    rng = np.random.default_rng(3)
    logits = rng.normal(0.0, 2.0, (20_000, 3))
    powers = np.exp(logits)
    seizure = rng.random(len(logits)) > powers[:, 0] / powers.sum(axis=1)
    hot = calibrate(powers / powers.sum(axis=1, keepdims=True), Calibration(kind="temperature", temperature=1 / 3.0))
    recording = mark(np.zeros(len(logits)), seizure)
    recording = replace(recording, scores=Scores(hot, 0.0, 1.0, ("bckg", "sz_foc", "sz_gen")))
    assert fit_calibration([recording], "temperature").temperature == pytest.approx(3.0, rel=0.05)


def test_isotonic_follows_a_line_that_platt_cannot() -> None:
    rng = np.random.default_rng(4)
    score = rng.random(40_000)
    truth = rng.random(len(score)) < np.where(score < 0.5, 0.1, np.where(score < 0.75, 0.1 + 2 * (score - 0.5), 0.6))
    fitted = fit_calibration([mark(score, truth)], "isotonic")
    at = np.array([0.1, 0.3, 0.625, 0.85, 0.95])
    assert_allclose(np.interp(at, fitted.scores, fitted.probabilities), [0.1, 0.1, 0.35, 0.6, 0.6], atol=0.03)


def test_isotonic_without_smoothing_is_near_what_scikit_learn_finds(recordings: tuple[ScoredRecording, ...]) -> None:
    isotonic = pytest.importorskip("sklearn.isotonic")
    score = np.concatenate([one.scores.seizure for one in recordings])
    truth = np.concatenate([one.reference.mask(1.0) for one in recordings])
    theirs = isotonic.IsotonicRegression().fit(score, truth)
    ours = fit_calibration(recordings, "isotonic")
    difference = np.interp(score, ours.scores, ours.probabilities) - theirs.predict(score)
    assert np.sqrt(np.mean(difference**2)) < 0.02


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("smoothing", [0.0, 9.0])
def test_order_is_kept(recordings: tuple[ScoredRecording, ...], method: Method, smoothing: float) -> None:
    """A threshold must be able to tell scores that can be told apart."""
    calibration = fit_calibration(recordings, method, smoothing)
    scores = np.concatenate([one.scores.seizure for one in recordings])
    score = np.quantile(scores, np.linspace(0.0, 1.0, 500))
    calibrated = calibrate(np.column_stack([1 - score, score]), calibration)[:, 1]
    sure = (calibrated < 1e-12) | (calibrated > 1 - 1e-12)  # where doubles come to their end
    assert sure.mean() < 0.2
    assert (np.diff(calibrated[~sure]) > 0).all() and (np.diff(calibrated) >= 0).all()


@pytest.mark.parametrize("method", ["platt", "isotonic"])
@pytest.mark.parametrize("smoothing", [0.0, 5.0, 9.0])
def test_what_is_calibrated_is_the_smoothed_probability(
    recordings: tuple[ScoredRecording, ...], method: Method, smoothing: float
) -> None:
    calibrated = calibrate_recordings(recordings, fit_calibration(recordings, method, smoothing))
    raw, done = measure_smoothed(recordings, smoothing), measure_smoothed(calibrated, smoothing)
    assert done.expected_calibration_error < 0.2 * raw.expected_calibration_error
    high = done.predicted > 0.1
    assert_allclose(done.predicted[high], done.observed[high], atol=0.2)


def test_the_confidence_of_events_is_the_share_of_them_that_is_seizure(recordings: tuple[ScoredRecording, ...]) -> None:
    """As the documentation says; on others of the same kind as near as these are alike."""
    others = tuple(simulate(f"{number:02}", seed=number) for number in range(100, 106))
    calibration = fit_calibration(recordings, "platt", RULES.smoothing)
    for tried, slip in ((recordings, 0.05), (others, 0.1)):
        confidence = measure_confidence(calibrate_recordings(tried, calibration), RULES)
        assert confidence.n_events > 50
        assert confidence.promised == pytest.approx(confidence.true, abs=slip)


def test_frames_that_are_calibrated_alone_do_not_keep_that_promise(recordings: tuple[ScoredRecording, ...]) -> None:
    """Why smoothing stands inside the fit."""
    alone = calibrate_recordings(recordings, fit_calibration(recordings, "platt", 0.0))
    confidence = measure_confidence(alone, RULES)
    assert confidence.true - confidence.promised > 0.2


def test_a_long_recording_does_not_drown_others() -> None:
    rare, often = simulate("a", 1, n=20_000, n_seizures=2), simulate("b", 2, n=2000, n_seizures=15)
    twice = replace(rare, subject="a")
    alone, together = fit_calibration([often], "platt"), fit_calibration([rare, often], "platt")
    again = fit_calibration([rare, twice, often], "platt")
    assert_allclose([again.slope, again.intercept], [together.slope, together.intercept], rtol=1e-3)
    pooled = fit_calibration([rare, replace(often, subject="a")], "platt")
    assert pooled.intercept < together.intercept < alone.intercept


def test_perfect_scores_end_somewhere() -> None:
    truth = np.tile([False] * 50 + [True] * 10, 20)
    for method in METHODS:
        calibration = fit_calibration([mark(np.where(truth, 0.7, 0.2), truth)], method)
        values = calibrate(np.array([[0.8, 0.2], [0.3, 0.7]]), calibration)
        assert np.isfinite(values).all() and values[0, 1] < values[1, 1]


def test_gaps_change_nothing_but_what_they_hide() -> None:
    whole = simulate("a", 5)
    values = whole.scores.values.copy()
    values[1000:1500] = np.nan
    torn = replace(whole, scores=Scores(values, 0.0, 1.0))
    for method in ("platt", "isotonic"):
        fitted = fit_calibration([torn], method, 9.0)
        assert np.isfinite(calibrate(np.array([[0.5, 0.5]]), fitted)).all()
        assert np.isnan(calibrate_scores(torn.scores, fitted).values[1000:1500]).all()


def test_none_is_none(recordings: tuple[ScoredRecording, ...]) -> None:
    assert fit_calibration(recordings, "none", 9.0) == Calibration()


def test_each_subject_is_judged_by_all_others() -> None:
    recordings = [simulate(name, seed) for seed, name in enumerate("aab")]
    apart = calibrate_left_out(recordings, "platt", 5.0)
    assert [one.subject for one in apart] == ["a", "a", "b"]
    first = calibrate_scores(recordings[0].scores, fit_calibration(recordings[2:], "platt", 5.0))
    last = calibrate_scores(recordings[2].scores, fit_calibration(recordings[:2], "platt", 5.0))
    assert_allclose(apart[0].scores.values, first.values)
    assert_allclose(apart[2].scores.values, last.values)


def test_who_has_the_only_seizures_cannot_be_left_out() -> None:
    ill, well = simulate("a", 1), simulate("b", 2, n_seizures=0)
    assert [one.subject for one in calibrate_left_out([ill, well], "platt", 0.0)] == ["b"]


@pytest.mark.parametrize(("is_seizure", "said"), [(False, "is seizure"), (True, "is background")])
def test_one_kind_alone_is_refused(is_seizure: bool, said: str) -> None:
    recording = mark(np.linspace(0.1, 0.9, 50), np.full(50, is_seizure))
    with pytest.raises(ParameterError, match=f"none of 50 analysed frames {said}"):
        fit_calibration([recording], "platt")


def test_a_score_that_tells_nothing_has_no_line() -> None:
    recording = mark(np.full(50, 0.9), np.arange(50) < 5)
    with pytest.raises(ParameterError, match=r"all are 0\.9"):
        fit_calibration([recording], "isotonic")
    assert fit_calibration([recording], "platt").kind == "platt"


def test_an_unknown_method_lists_the_known_ones(recordings: tuple[ScoredRecording, ...]) -> None:
    with pytest.raises(ParameterError, match="allowed are 'platt', 'temperature', 'isotonic', 'none'"):
        fit_calibration(recordings, "plat")  # type: ignore[arg-type]
