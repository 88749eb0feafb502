"""Figures of a validation are those of other implementations, and undefined where there is nothing to say."""

from __future__ import annotations

import math
from typing import get_args

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics as sklearn

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.dataset import score_dataset
from ictal.evaluation.operating import ScoredRecording
from ictal.postprocessing.events import find_events
from ictal.postprocessing.settings import PostProcessing
from ictal.scoring.szcore import EVENT, score_events
from ictal.training.losses import LOSSES, CrossEntropy
from ictal.training.metrics import (
    LOWER_IS_BETTER,
    MONITORS,
    NEEDS,
    SPEAK_WITHOUT_SEIZURES,
    Monitor,
    event_figures,
    measure_loss,
    window_figures,
)

OF_WINDOWS = ("auroc", "pr_auc", "balanced_accuracy", "f1", "sensitivity", "specificity")
OF_EVENTS = ("event_sensitivity", "event_precision", "event_f1", "false_alarms_per_day")


def make_windows(n: int, n_classes: int, seed: int, levels: int = 0) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Windows of every class, with probabilities that know something of them; of few levels there are ties."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(n_classes), rng.integers(0, n_classes, n - n_classes)]).astype(np.int8)
    logits = rng.normal(0.0, 1.5, (n, n_classes))
    logits[np.arange(n), labels] += 1.0
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    if levels:
        seizure = np.round(probabilities[:, 1:].sum(axis=1) * levels) / levels
        probabilities = np.column_stack([1 - seizure, seizure])
    return probabilities, labels


def test_every_monitor_is_a_figure_with_its_needs() -> None:
    assert get_args(Monitor) == MONITORS == ("loss", *OF_WINDOWS, *OF_EVENTS)
    assert set(NEEDS) == set(MONITORS)
    assert set(MONITORS) >= LOWER_IS_BETTER and set(MONITORS) >= SPEAK_WITHOUT_SEIZURES


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(2, 300),
    seed=st.integers(0, 999),
    levels=st.sampled_from([0, 0, 10]),
    threshold=st.floats(0.05, 0.95) | st.sampled_from([0.3, 0.5]),
)
def test_two_classes_are_judged_as_by_sklearn(n: int, seed: int, levels: int, threshold: float) -> None:
    probabilities, labels = make_windows(n, 2, seed, levels)
    seizure, called = probabilities[:, 1], probabilities[:, 1] >= threshold
    expected = {
        "auroc": sklearn.roc_auc_score(labels, seizure),
        "pr_auc": sklearn.average_precision_score(labels, seizure),
        "balanced_accuracy": sklearn.balanced_accuracy_score(labels, called),
        "f1": sklearn.f1_score(labels, called, zero_division=0.0),
        "sensitivity": sklearn.recall_score(labels, called),
        "specificity": sklearn.recall_score(labels, called, pos_label=0),
    }
    assert window_figures(probabilities, labels, threshold) == pytest.approx(expected)


@settings(max_examples=40, deadline=None)
@given(n=st.integers(3, 300), n_classes=st.integers(3, 5), seed=st.integers(0, 999))
def test_more_classes_are_judged_by_the_highest(n: int, n_classes: int, seed: int) -> None:
    """Balanced accuracy is over all classes; the other figures are of any class of seizure against the background."""
    probabilities, labels = make_windows(max(n, n_classes), n_classes, seed)
    called = probabilities.argmax(axis=1)
    expected = {
        "auroc": sklearn.roc_auc_score(labels > 0, 1 - probabilities[:, 0]),
        "pr_auc": sklearn.average_precision_score(labels > 0, 1 - probabilities[:, 0]),
        "balanced_accuracy": sklearn.balanced_accuracy_score(labels, called),
        "f1": sklearn.f1_score(labels > 0, called > 0, zero_division=0.0),
        "sensitivity": sklearn.recall_score(labels > 0, called > 0),
        "specificity": sklearn.recall_score(labels > 0, called > 0, pos_label=False),
    }
    assert window_figures(probabilities, labels) == pytest.approx(expected)


def test_windows_without_label_or_answer_have_no_part() -> None:
    probabilities, labels = make_windows(60, 2, seed=1)
    expected = window_figures(probabilities[20:], labels[20:])
    labels[:10] = -1
    probabilities[10:20] = np.nan
    assert window_figures(probabilities, labels) == expected


def undefined(figures: dict[str, float]) -> set[str]:
    return {name for name, value in figures.items() if math.isnan(value)}


def test_what_is_undefined_is_nan() -> None:
    quiet, claimed = [[0.9, 0.1], [0.8, 0.2]], [[0.9, 0.1], [0.2, 0.8]]
    assert undefined(window_figures(quiet, [0, 0])) == {"auroc", "pr_auc", "balanced_accuracy", "f1", "sensitivity"}
    assert undefined(window_figures(claimed, [0, 0])) == {"auroc", "pr_auc", "balanced_accuracy", "sensitivity"}
    assert undefined(window_figures(claimed, [1, 1])) == {"auroc", "balanced_accuracy", "specificity"}
    assert undefined(window_figures(np.empty((0, 2)), np.empty(0, np.int8))) == set(OF_WINDOWS)
    three = window_figures([[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]], [0, 1])
    assert undefined(three) == {"balanced_accuracy"}


@pytest.mark.parametrize(
    ("probabilities", "labels"),
    [([0.1, 0.9], [0, 1]), ([[0.1], [0.9]], [0, 1]), ([[0.1, 0.9]], [0, 1]), ([[0.1, 0.9]], [1.0])],
)
def test_what_does_not_fit_together_is_refused(probabilities: list[float], labels: list[float]) -> None:
    with pytest.raises(ParameterError, match=r"allowed are \(n, n_classes\) and \(n,\) of integers"):
        window_figures(probabilities, labels)


@pytest.mark.parametrize("framed", [False, True])
@pytest.mark.parametrize("name", LOSSES)
def test_the_loss_is_that_of_a_training(name: str, framed: bool) -> None:
    rng = np.random.default_rng(0)
    logits, labels = rng.normal(0, 2, (50, 2)).astype(np.float32), rng.integers(0, 2, 50)
    loss = LOSSES.load(name)(loss=name).build(np.array([40, 10]))
    with_more = np.append(logits, [[3.0, 1.0], [np.nan, np.nan]], axis=0), np.append(labels, [-1, 1])
    if name == "tversky" and not framed:
        with pytest.raises(ParameterError, match="compares stretches of frames"):
            measure_loss(loss, *with_more)
        return
    shown = torch.from_numpy(logits), torch.from_numpy(labels)
    expected = loss(shown[0][None], shown[1][None]) if framed else loss(shown[0][:, None], shown[1])
    assert measure_loss(loss, *with_more, framed=framed) == pytest.approx(expected.item())


def test_the_loss_of_nothing_is_undefined() -> None:
    assert math.isnan(measure_loss(CrossEntropy().build(np.array([1, 1])), np.zeros((3, 2)), [-1, -1, -1]))


def simulate(subject: str, seed: int, n_seizures: int) -> ScoredRecording:
    """Forty minutes with seizures, some of which are seen, and some false alarms; a stretch is not analysed."""
    rng = np.random.default_rng(seed)
    reference = Annotations([Event(300.0 + 700.0 * k, 60.0) for k in range(n_seizures)], 2400.0)
    noise = np.convolve(rng.normal(size=2400), np.ones(25) / 5, "same") + 2.0 * reference.mask(1.0) - 1.5
    seizure = 1 / (1 + np.exp(-2.0 * noise))
    seizure[1200:1230] = np.nan
    return ScoredRecording(subject, Scores(np.column_stack([1 - seizure, seizure]), 0.0, 1.0), reference)


GROUP = [simulate(subject, seed, seed % 3) for seed, subject in enumerate("cabacd")]
RULES_OF_EVENTS = PostProcessing(smoothing=5.0, threshold=0.6, release=0.4, merge_gap=10.0, minimum_duration=5.0)


def test_events_are_averaged_over_subjects() -> None:
    """Counts of a subject's recordings are added; who has no seizure has no sensitivity."""
    by_subject = {}
    for name in "abcd":
        own = [one for one in GROUP if one.subject == name]
        found = [find_events(one.scores, RULES_OF_EVENTS, 2400.0).spans for one in own]
        by_subject[name] = sum(
            score_events(one.reference.spans, spans, 2400.0) for one, spans in zip(own, found, strict=True)
        )
    expected = {
        name: float(np.nanmean([getattr(counts, figure) for counts in by_subject.values()]))
        for name, figure in zip(OF_EVENTS, ("sensitivity", "precision", "f1", "false_positives_per_day"), strict=True)
    }
    figures = event_figures(GROUP, RULES_OF_EVENTS)
    assert figures == pytest.approx(expected)
    assert 0 < figures["event_f1"] < 1 and figures["false_alarms_per_day"] > 0


def test_events_of_nobody_and_of_a_silent_detector() -> None:
    with pytest.raises(ParameterError, match="recordings: none came"):
        event_figures([], RULES_OF_EVENTS)
    silent = PostProcessing(threshold=1.0, minimum_duration=600.0)
    figures = event_figures(GROUP, silent)
    assert undefined(figures) == {"event_precision"}
    assert (figures["event_f1"], figures["event_sensitivity"], figures["false_alarms_per_day"]) == (0.0, 0.0, 0.0)
    without = [one for one in GROUP if not one.seizure_spans]
    assert undefined(event_figures(without, silent)) == {"event_sensitivity", "event_precision", "event_f1"}


def test_one_recording_is_one_subject() -> None:
    (one,) = GROUP[1:2]
    counts = EVENT.score(one.seizure_spans, find_events(one.scores, RULES_OF_EVENTS, 2400.0).spans, 2400.0)
    scored = score_dataset(EVENT, [counts], np.array([0]), np.array([[1]]))
    assert event_figures([one], RULES_OF_EVENTS)["event_f1"] == scored.pooled["f1"].value == counts.f1
