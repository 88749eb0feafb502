"""What a detector is worth: of subjects, of folds and of all, each as counted by other means."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn import metrics

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.measures import EVENTS, FIGURES, SECONDS, Measures, measure_evaluation
from ictal.evaluation.stored import EvaluatedRecording
from ictal.io.scores_file import write_scores
from ictal.postprocessing.settings import PostProcessing
from ictal.scoring.counts import Counts
from ictal.scoring.szcore import score_events, score_samples

RULES = PostProcessing(smoothing=3.0, threshold=0.6, merge_gap=10.0, minimum_duration=5.0)
SUBJECTS = ("anna", "anna", "bert", "carl")
ONSETS = ((100.0, 500.0), (300.0,), (200.0,), ())


def simulate(
    folder: Path, number: int, subject: str, onsets: tuple[float, ...], skill: float = 0.5
) -> EvaluatedRecording:
    """Twenty minutes with seizures of 40 s each; the gap from 700 to 720 s was not analysed."""
    rng = np.random.default_rng(number)
    seizure = rng.beta(2.0, 5.0, 1197)
    for onset in onsets:
        seizure[int(onset) : int(onset) + 40] += skill * rng.random()
    seizure[900:915] = 0.8
    seizure = np.clip(seizure, 0.0, 1.0)
    seizure[700:720] = np.nan
    path = folder / f"{number}.npz"
    write_scores(path, Scores(np.column_stack([1 - seizure, seizure]), start=1.5, step=1.0))
    marked = Annotations([Event(onset, 40.0) for onset in onsets], 1200.0)
    return EvaluatedRecording(f"{subject}-{number}", subject, 0.0, 1200.0, marked, path, RULES, "test")


@pytest.fixture(scope="module")
def recordings(tmp_path_factory: pytest.TempPathFactory) -> list[EvaluatedRecording]:
    folder = tmp_path_factory.mktemp("scores")
    return [simulate(folder, i, *one) for i, one in enumerate(zip(SUBJECTS, ONSETS, strict=True))]


@pytest.fixture(scope="module")
def measures(recordings: list[EvaluatedRecording]) -> Measures:
    return measure_evaluation(recordings, n_resamples=200)


def frames_of(recordings: list[EvaluatedRecording]) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[type-arg]
    """Middle of each second in a seizure, and its probability, with no function of ours."""
    values, truths = [], []
    for one in recordings:
        scores = one.read().scores
        middles = scores.times + scores.step / 2
        truth = np.zeros(len(middles), dtype=bool)
        for event in one.reference:
            truth |= (middles > event.onset) & (middles < event.stop)
        known = np.isfinite(scores.seizure)
        values.append(scores.seizure[known])
        truths.append(truth[known])
    return np.concatenate(values), np.concatenate(truths)


def test_subjects_are_sorted_and_counted(measures: Measures) -> None:
    assert [group.subjects for group in measures.subjects] == [("anna",), ("bert",), ("carl",)]
    assert [group.n_recordings for group in measures.subjects] == [2, 1, 1]
    assert [group.n_seizures for group in measures.subjects] == [3, 1, 0]
    assert measures.whole.seconds == 4800.0
    assert list(measures.whole.figures) == list(FIGURES)


@pytest.mark.parametrize(
    ("of", "prefix", "rule"), [(EVENTS, "event_", score_events), (SECONDS, "sample_", score_samples)]
)
def test_events_and_seconds_are_those_of_the_rules(
    measures: Measures, recordings: list[EvaluatedRecording], of: str, prefix: str, rule: object
) -> None:
    def count(subject: str) -> Counts:
        marked = [one.mark() for one in recordings if one.subject == subject]
        counts = [rule(one.reference, one.hypothesis, one.duration) for one in marked]  # type: ignore[operator]
        return sum(counts)  # type: ignore[return-value]

    for group in measures.subjects:
        counted = count(group.subjects[0])
        for name, figure in FIGURES.items():
            if figure.of == of:
                assert group.figures[name] == pytest.approx(getattr(counted, figure.name), nan_ok=True)
    everything = sum(count(subject) for subject in sorted(set(SUBJECTS)))
    assert measures.pooled[f"{prefix}f1"].value == pytest.approx(everything.f1)  # type: ignore[union-attr]
    own = [count(subject).sensitivity for subject in ("anna", "bert")]
    assert measures.average[f"{prefix}sensitivity"].value == pytest.approx(np.mean(own))
    assert measures.average[f"{prefix}sensitivity"].n_subjects == 2


def test_windows_are_judged_as_scikit_learn_does(measures: Measures, recordings: list[EvaluatedRecording]) -> None:
    for group, own in (
        (measures.whole, recordings),
        (measures.subjects[0], recordings[:2]),
        (measures.subjects[1], recordings[2:3]),
    ):
        values, truth = frames_of(own)
        claimed = values >= 0.5
        assert group.figures["auroc"] == pytest.approx(metrics.roc_auc_score(truth, values))
        assert group.figures["pr_auc"] == pytest.approx(metrics.average_precision_score(truth, values))
        assert group.figures["balanced_accuracy"] == pytest.approx(metrics.balanced_accuracy_score(truth, claimed))
        assert group.figures["f1"] == pytest.approx(metrics.f1_score(truth, claimed))


def test_of_several_classes_the_likeliest_is_taken(tmp_path: Path) -> None:
    values = [[0.45, 0.3, 0.25], [0.3, 0.4, 0.3], [0.4, 0.1, 0.5], [0.9, 0.1, 0.0]]
    path = tmp_path / "a.npz"
    write_scores(path, Scores(values, start=0.0, step=1.0, classes=("bckg", "sz_foc", "sz_gen")))
    marked = Annotations([Event(0.0, 2.0)], 4.0)
    one = EvaluatedRecording("a", "anna", 0.0, 4.0, marked, path, PostProcessing(), "test")
    assert measure_evaluation([one], n_resamples=2).whole.figures["balanced_accuracy"] == 0.5


def test_what_a_subject_without_seizures_cannot_say_is_undefined(measures: Measures) -> None:
    figures = measures.subjects[2].figures
    undefined = {name for name, value in figures.items() if np.isnan(value)}
    assert undefined == {"event_sensitivity", "sample_sensitivity", "auroc", "pr_auc", "balanced_accuracy"}
    assert figures["false_alarms_per_day"] == pytest.approx(72.0 * measures.subjects[2].n_events)


def test_every_figure_of_several_subjects_has_an_interval_around_it(measures: Measures) -> None:
    for estimates in (measures.average, measures.pooled):
        for name, estimate in estimates.items():
            assert estimate.has_interval, name
            assert estimate.low - 1e-9 <= estimate.value <= estimate.high + 1e-9, name


def test_one_subject_says_nothing_of_others(recordings: list[EvaluatedRecording]) -> None:
    alone = measure_evaluation(recordings[:2], n_resamples=50)
    assert not any(one.has_interval for one in (*alone.average.values(), *alone.pooled.values()))
    assert alone.average["auroc"].value == alone.pooled["auroc"].value


def test_a_fold_is_measured_as_if_it_were_alone(measures: Measures, recordings: list[EvaluatedRecording]) -> None:
    fold = measures.of((one.name, one.start) for one in recordings[1:3])
    alone = measure_evaluation(recordings[1:3], n_resamples=50).whole
    assert fold == alone
    assert fold.subjects == ("anna", "bert")


def test_silent_and_all_positive_detectors_are_named(tmp_path: Path) -> None:
    marked = Annotations([Event(100.0, 40.0)], 600.0)
    groups = []
    for level in (0.01, 0.99):
        path = tmp_path / f"{level}.npz"
        write_scores(path, Scores(np.tile([1 - level, level], (600, 1)), start=0.0, step=1.0))
        one = EvaluatedRecording("a", "anna", 0.0, 600.0, marked, path, RULES, "test")
        groups.append(measure_evaluation([one], n_resamples=10).whole)
    assert [group.behaviour for group in groups] == ["silent", "all-positive"]
    assert [group.figures["event_sensitivity"] for group in groups] == [0.0, 1.0]


def test_without_a_recording_there_is_nothing_to_measure() -> None:
    with pytest.raises(ParameterError, match="none came"):
        measure_evaluation([])


def test_times_of_a_group_are_those_of_its_detections(measures: Measures) -> None:
    numbers = measures.subject_numbers
    assert [measures.subjects[number].subjects[0] for number in numbers] == [one.subject for one in measures.marked]
    for number, group in enumerate(measures.subjects):
        own = [timing for timing, of in zip(measures.timings, numbers, strict=True) if of == number]
        late = np.concatenate([timing.onset_latency for timing in own])
        expected = np.median(late) if len(late) else np.nan
        assert group.onset_latency == pytest.approx(expected, nan_ok=True)
