"""Figures of a detector in each subject, against the functions that score, and the words for what they are worth."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.core.spans import Span
from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.dataset import Estimate
from ictal.evaluation.detector_figures import (
    FIGURES,
    LIMITED,
    Detected,
    DetectorFigures,
    judge,
    measure_detector,
)
from ictal.evaluation.operating import ScoredRecording, find_sensitivity, sweep_thresholds
from ictal.evaluation.reading import MarkedRecording
from ictal.postprocessing.events import find_events
from ictal.postprocessing.settings import PostProcessing
from ictal.scoring.curves import auroc, average_precision, frame_truth
from ictal.scoring.szcore import score_events, score_samples

RULES = PostProcessing(threshold=0.6, smoothing=3.0)
HOUR = 3600.0
UNKNOWN = Estimate(np.nan, 0)


def detect(
    subject: str, seed: int, n_seizures: int = 3, settings: PostProcessing = RULES, lift: float = 2.5
) -> Detected:
    """An hour of coloured noise, `lift` higher where there is a seizure."""
    rng = np.random.default_rng(seed)
    onsets = np.arange(n_seizures) * 1000.0 + rng.uniform(100.0, 700.0, n_seizures).round()
    reference = Annotations([Event(onset, 45.0) for onset in onsets.tolist()], HOUR)
    noise = np.convolve(rng.normal(size=3600), np.ones(12) / 12**0.5, "same")
    seizure = 1 / (1 + np.exp(-(noise + lift * reference.mask(1.0) - 2.0)))
    scores = Scores(np.column_stack([1.0 - seizure, seizure]), 0.0, 1.0)
    events = find_events(scores, settings, HOUR)
    marked = MarkedRecording(f"{subject}-{seed}", subject, HOUR, reference.spans, events.spans)
    return Detected(marked, ScoredRecording(subject, scores, reference), settings)


def claim(*claims: Span, seizures: Sequence[Span] = ((600.0, 660.0),), duration: float = HOUR) -> Detected:
    return Detected(MarkedRecording("a", "a", duration, tuple(seizures), claims))


@pytest.fixture(scope="module")
def group() -> list[Detected]:
    """Three subjects, one with two recordings and one without a seizure."""
    return [detect("b", 0), detect("a", 1), detect("b", 2, 2), detect("c", 3, 0)]


@pytest.fixture(scope="module")
def figures(group: list[Detected]) -> DetectorFigures:
    return measure_detector(group, draw_subjects(3, 50), budget=20.0)


def test_counts_are_added_within_subjects(group: list[Detected], figures: DetectorFigures) -> None:
    assert figures.subjects == ("a", "b", "c")
    assert tuple(figures.by_subject) == FIGURES
    for row, subject in enumerate(figures.subjects):
        own = [one.marked for one in group if one.marked.subject == subject]
        events = sum(score_events(one.reference, one.hypothesis, one.duration) for one in own)
        seconds = sum(score_samples(one.reference, one.hypothesis, one.duration) for one in own)
        for name, value in (
            ("event_sensitivity", events.sensitivity),
            ("event_precision", events.precision),
            ("event_f1", events.f1),
            ("false_alarms_per_day", events.false_positives_per_day),
            ("sample_sensitivity", seconds.sensitivity),
            ("sample_f1", seconds.f1),
        ):
            assert figures.by_subject[name][row] == pytest.approx(value, nan_ok=True), (name, subject)


def test_frames_are_judged_within_subjects(group: list[Detected], figures: DetectorFigures) -> None:
    scored = [one.scored for one in group if one.marked.subject == "b" and one.scored is not None]
    values = np.concatenate([one.scores.seizure for one in scored])
    truth = np.concatenate([frame_truth(one.reference, one.scores) for one in scored])
    assert figures.by_subject["auroc"][1] == auroc(values, truth)
    assert figures.by_subject["pr_auc"][1] == average_precision(values, truth)
    assert np.isnan([figures.by_subject["auroc"][2], figures.by_subject["pr_auc"][2]]).all(), "no seizure in c"


def test_sensitivity_within_the_budget_is_at_one_threshold(group: list[Detected], figures: DetectorFigures) -> None:
    scored = [one.scored for one in group if one.scored is not None]
    (best,) = find_sensitivity(sweep_thresholds(scored, RULES), draw_subjects(3, 50), [20.0])
    own = figures.by_subject[LIMITED]
    assert np.isnan(own[2])
    assert np.nanmean(own) == pytest.approx(best.sensitivity)
    assert figures.limit_threshold == best.threshold
    low, high = np.nanquantile(figures.resampled[LIMITED], [0.025, 0.975])
    assert (low, high) == pytest.approx(best.interval)
    counts = sweep_thresholds(scored, RULES, [best.threshold])
    at = int(np.searchsorted(counts.thresholds, best.threshold))
    found, missed = counts.true_positives[:2, at], counts.false_negatives[:2, at]
    assert own[:2] == pytest.approx(found / (found + missed))


def test_a_budget_that_only_silence_keeps(group: list[Detected]) -> None:
    flat = Scores(np.full((3600, 2), 0.5), 0.0, 1.0)
    scored = ScoredRecording("a", flat, Annotations([Event(600.0, 60.0)], HOUR))
    always = Detected(MarkedRecording("a", "a", HOUR, ((600.0, 660.0),), ((0.0, HOUR),)), scored, PostProcessing())
    found = measure_detector([always], np.array([[1]]), budget=1.0)
    assert found.by_subject[LIMITED] == [0.0]
    assert found.limit_threshold == np.inf


def test_thresholds_may_differ_between_folds_but_no_other_rule(group: list[Detected]) -> None:
    draws = draw_subjects(2, 20)
    lower = detect("d", 9, settings=RULES.model_copy(update={"threshold": 0.4}))
    assert np.isfinite(measure_detector([group[0], lower], draws).by_subject[LIMITED]).all()
    smoother = detect("d", 9, settings=RULES.model_copy(update={"smoothing": 9.0}))
    found = measure_detector([group[0], smoother], draws)
    assert np.isnan(found.by_subject[LIMITED]).all() and LIMITED not in found.resampled
    assert found.notes == ("events are not made by the same rules everywhere: no sensitivity within a budget",)
    assert np.isfinite(found.by_subject["auroc"]).all()


def test_without_probabilities_there_is_nothing_of_frames() -> None:
    found = measure_detector([claim((610.0, 620.0))], np.array([[1]]))
    for name in (LIMITED, "auroc", "pr_auc"):
        assert np.isnan(found.by_subject[name]).all()
    assert found.by_subject["event_f1"] == [1.0]
    assert found.notes == ("no probabilities: nothing of frames, nor within a budget of false alarms",)


# --- words ---


def words(recordings: Sequence[Detected], area: Estimate = UNKNOWN) -> str:
    n_subjects = len({one.marked.subject for one in recordings})
    return judge(measure_detector(recordings, draw_subjects(n_subjects, 20)), area).words


def test_a_silent_detector_is_called_so() -> None:
    assert words([claim()]) == "silent"


def test_a_detector_that_is_positive_everywhere_is_called_so() -> None:
    day = 24 * HOUR
    whole = claim((0.0, day), duration=day)
    pieces = claim(*((start, start + 5.0) for start in np.arange(0.0, day, 90.0).tolist()), duration=day)
    for recording in (whole, pieces):
        found = measure_detector([recording], np.array([[1]]))
        verdict = judge(found, Estimate(0.9, 8, 0.8, 0.95))
        assert verdict.words == "positive everywhere"
        assert 280 <= found.by_subject["false_alarms_per_day"][0] <= 288
        assert f"{found.by_subject['false_alarms_per_day'][0]:.0f} false alarms in 24 h" in verdict.reason


def test_what_was_not_analysed_is_not_asked_for() -> None:
    seizure = np.full(3600, 0.9)
    seizure[1800:] = np.nan
    reference = Annotations([Event(600.0, 60.0)], HOUR)
    scored = ScoredRecording("a", Scores(np.column_stack([1 - seizure, seizure]), 0.0, 1.0), reference)
    half = Detected(MarkedRecording("a", "a", HOUR, reference.spans, ((0.0, 1800.0),)), scored, RULES)
    assert words([half]) == "positive everywhere"


def test_events_at_random_times_are_called_no_better_than_chance() -> None:
    rng = np.random.default_rng(0)
    nights = []
    for number in range(5):
        marked = detect(f"s{number}", number).marked
        claims = tuple((start, start + 45.0) for start in (np.arange(4) * 900.0 + rng.uniform(0.0, 800.0, 4)).tolist())
        nights.append(Detected(MarkedRecording(marked.name, marked.subject, HOUR, marked.reference, claims)))
    assert words(nights) == "no better than chance by events"
    assert words(nights, Estimate(0.52, 5, 0.44, 0.6)) == "no better than chance by events and frames"


def test_frames_alone_can_be_no_better_than_chance() -> None:
    good = [detect(f"s{number}", number, lift=5.0) for number in range(5)]
    assert words(good, Estimate(0.9, 5, 0.8, 0.95)) == "better than chance"
    assert words(good, Estimate(0.6, 5, 0.5, 0.7)) == "no better than chance by frames"
    assert words(good, Estimate(0.3, 5, 0.2, 0.4)) == "no better than chance by frames", "worse is not better"
    assert words(good, Estimate(0.6, 1)) == "better than chance", "one subject has no interval"


def test_the_reason_gives_the_figures() -> None:
    good = [detect(f"s{number}", number, lift=5.0) for number in range(5)]
    found = measure_detector(good, draw_subjects(5, 20))
    reason = judge(found, Estimate(0.9, 5, 0.8, 0.95)).reason
    assert f"events find {found.chance.sensitivity:.2f} of the seizures" in reason
    assert f"at random times {found.chance.by_chance:.2f} (p = 0.0005)" in reason
    assert "AUROC from 0.80 to 0.95" in reason


def test_without_a_seizure_nothing_can_be_judged() -> None:
    assert words([claim((10.0, 20.0), seizures=())]) == "cannot be judged"
