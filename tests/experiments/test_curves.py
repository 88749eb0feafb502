"""Curves from end to end: simulated recordings, a real detector, pictures and JSON."""

from __future__ import annotations

import json
import math
import shutil
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sklearn import metrics

from ictal.core.errors import OutputError, ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.experiments.curves import CurvesSummary, score_curves
from ictal.experiments.detect import detect_paths
from ictal.io.edf_write import write_edf
from ictal.io.events_tsv import read_events, write_events
from ictal.io.scores_file import read_scores, write_scores
from ictal.scoring.szcore import score_events
from ictal.simulation.phantom import simulate_recording
from ictal.simulation.seizure import Seizure

DURATION = 300.0
ONSETS = {"sub-01": (60.0, 200.0), "sub-02": (120.0,), "sub-03": ()}
PICTURES = ("operating", "roc", "precision_recall", "reliability", "latency")


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five minutes each of three subjects with two, one and no seizure, and their truth in ``reference``."""
    folder = tmp_path_factory.mktemp("corpus")
    for seed, (subject, onsets) in enumerate(ONSETS.items()):
        simulated = simulate_recording(
            DURATION, seed=seed, seizures=[Seizure(onset, 30.0) for onset in onsets], difficulty=0.0
        )
        for kind in ("eeg", "reference"):
            (folder / kind / subject).mkdir(parents=True)
        write_edf(folder / "eeg" / subject / f"{subject}_eeg.edf", simulated)
        write_events(folder / "reference" / subject / f"{subject}_events.tsv", simulated.annotations)
    outcomes = list(detect_paths([folder / "eeg"], output=folder / "results", detector="line-length"))
    assert [outcome.status for outcome in outcomes] == ["done"] * 3
    return folder


@pytest.fixture(scope="module")
def summary(corpus: Path) -> CurvesSummary:
    return score_curves(corpus / "reference", corpus / "results", corpus / "curves", n_resamples=200)


def read_curves(summary: CurvesSummary) -> dict:  # type: ignore[type-arg]
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(summary.files[0].read_text(encoding="utf-8"), parse_constant=refuse)  # type: ignore[no-any-return]


def test_all_files_are_there_and_open(summary: CurvesSummary) -> None:
    assert {path.name for path in summary.folder.iterdir()} == {path.name for path in summary.files}
    assert summary.files[0].name == "curves.json"
    for name in PICTURES:
        with Image.open(summary.folder / f"{name}.png") as picture:
            assert picture.width > 600
        assert b"<svg" in (summary.folder / f"{name}.svg").read_bytes()


def test_frames_are_those_of_scikit_learn(corpus: Path, summary: CurvesSummary) -> None:
    values, truths = [], []
    for subject in ONSETS:
        scores = read_scores(corpus / "results" / subject / f"{subject}_scores.npz")
        marked = read_events(corpus / "reference" / subject / f"{subject}_events.tsv").seizures
        stops = scores.times + scores.step
        shared = [np.clip(np.minimum(stops, e.stop) - np.maximum(scores.times, e.onset), 0.0, None) for e in marked]
        values.append(scores.seizure[scores.analysed])
        truths.append((np.sum([np.zeros(len(scores)), *shared], axis=0) > scores.step / 2)[scores.analysed])
    value, truth = np.concatenate(values), np.concatenate(truths)
    content = read_curves(summary)
    assert content["frames"]["n_frames"] == len(value)
    assert content["frames"]["n_seizure_frames"] == truth.sum() > 50
    assert summary.auroc == content["frames"]["roc"]["area"]
    assert summary.auroc == pytest.approx(metrics.roc_auc_score(truth, value))
    assert summary.auroc > 0.9
    assert content["calibration"]["brier"]["score"] == pytest.approx(metrics.brier_score_loss(truth, value))


def test_at_its_own_threshold_the_detector_does_what_its_tables_say(corpus: Path, summary: CurvesSummary) -> None:
    content = read_curves(summary)
    total = score_events([], [], 0.0)
    for subject in ONSETS:
        marked = read_events(corpus / "reference" / subject / f"{subject}_events.tsv").seizures
        found = read_events(corpus / "results" / subject / f"{subject}_events.tsv").seizures
        total += score_events(marked.spans, found.spans, DURATION)
    own = content["operating"]["pooled"]["own"]
    assert own["sensitivity"] == total.sensitivity > 0
    assert own["false_alarms_per_day"] == pytest.approx(total.false_positives_per_day)
    record = json.loads((corpus / "results/sub-01/sub-01_detection.json").read_text())
    assert content["operating"]["own_threshold"] == record["threshold"]
    assert content["detector"] == summary.detector == record["run"]["detector"]
    assert content["postprocessing"] == record["settings"]["postprocessing"]
    assert content["timing"]["n_detected"] == len(content["timing"]["onset_latency"]) == total.true_positives
    assert content["dataset"]["verdict"] == summary.verdict == "ordinary"


def test_the_curve_spans_silence_to_many_false_alarms(summary: CurvesSummary) -> None:
    operating = read_curves(summary)["operating"]
    assert operating["rule"] == summary.rule
    assert operating["thresholds"] == sorted(operating["thresholds"])
    for average in ("subjects", "pooled"):
        curve = operating[average]
        assert len(curve["sensitivity"]) == len(curve["false_alarms_per_day"]) == len(operating["thresholds"]) > 5
        assert curve["false_alarms_per_day"][-1] <= curve["false_alarms_per_day"][0]
        assert [at["false_alarms_per_day_at_most"] for at in curve["at"]] == [1.0, 5.0, 10.0]
        for at in curve["at"]:
            low, high = at["sensitivity_interval"]
            assert low <= at["sensitivity"] <= high
    assert [one.sensitivity for one in summary.sensitivity] == [
        one["sensitivity"] for one in operating["subjects"]["at"]
    ]


def test_the_same_again_is_the_same_to_the_byte(corpus: Path, summary: CurvesSummary, tmp_path: Path) -> None:
    again = score_curves(corpus / "reference", corpus / "results", tmp_path, n_resamples=200)
    for first, second in zip(summary.files, again.files, strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name


@pytest.fixture
def results(corpus: Path, tmp_path: Path) -> Path:
    return shutil.copytree(corpus / "results", tmp_path / "results")


def test_a_silent_and_an_all_positive_detector_are_named(corpus: Path, results: Path, tmp_path: Path) -> None:
    for level, verdict in ((0.0, "silent"), (0.999, "all-positive")):
        for subject in ONSETS:
            values = np.full((300, 2), level)
            write_scores(results / subject / f"{subject}_scores.npz", Scores(values, 0.0, 1.0))
        summary = score_curves(corpus / "reference", results, tmp_path / verdict, n_resamples=20)
        assert summary.verdict == read_curves(summary)["dataset"]["verdict"] == verdict
        assert summary.auroc == 0.5


def test_only_some_subjects(corpus: Path, tmp_path: Path) -> None:
    summary = score_curves(corpus / "reference", corpus / "results", tmp_path, subjects="sub-01", n_resamples=20)
    content = read_curves(summary)
    assert content["dataset"]["subjects"] == ["sub-01"]
    assert content["operating"]["subjects"]["own"]["sensitivity_interval"] is None, "one subject has no interval"


def test_two_files_and_nobody_with_a_seizure(corpus: Path, tmp_path: Path) -> None:
    reference, found = (corpus / kind / "sub-03/sub-03_events.tsv" for kind in ("reference", "results"))
    summary = score_curves(reference, found, tmp_path, n_resamples=20)
    assert math.isnan(summary.auroc)
    assert read_curves(summary)["frames"]["roc"]["area"] is None
    assert read_curves(summary)["operating"]["pooled"]["own"]["sensitivity"] is None


def test_what_was_never_looked_at_counts_as_nothing_detected_if_asked(
    corpus: Path, results: Path, tmp_path: Path
) -> None:
    shutil.rmtree(results / "sub-02")
    with pytest.raises(RecordingError, match=r"no hypothesis is there for .*sub-02_events.tsv"):
        score_curves(corpus / "reference", results, tmp_path / "curves")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        summary = score_curves(corpus / "reference", results, tmp_path / "curves", missing="negative", n_resamples=20)
    assert any("counted as no detection" in str(one.message) for one in caught)
    content = read_curves(summary)
    assert content["n_missing"] == 1
    assert content["dataset"]["seconds"] == 3 * DURATION
    assert content["dataset"]["analysed_seconds"] < 2 * DURATION
    assert max(content["operating"]["pooled"]["sensitivity"]) <= 2 / 3


def test_results_without_scores_are_refused(corpus: Path, results: Path, tmp_path: Path) -> None:
    (results / "sub-02/sub-02_scores.npz").unlink()
    with pytest.raises(RecordingError, match=r"sub-02_scores.npz: there is no such file"):
        score_curves(corpus / "reference", results, tmp_path / "curves")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "there is no such file; curves need all that `ictal detect` writes"),
        ("{", "is not a finished record"),
        ("[]", "is not a finished record"),
        ('{"run": {"detector": "x"}, "complete": false}', "is not a finished record"),
        ('{"run": {"detector": "x"}, "settings": {"postprocessing": {"threshold": 7}}}', "is not a finished record"),
    ],
)
def test_a_record_that_is_missing_or_broken_is_refused(
    corpus: Path, results: Path, tmp_path: Path, content: str | None, problem: str
) -> None:
    record = results / "sub-02/sub-02_detection.json"
    record.unlink()
    if content is not None:
        record.write_text(content)
    with pytest.raises(RecordingError, match=f"sub-02_detection.json: {problem}"):
        score_curves(corpus / "reference", results, tmp_path / "curves")


def test_results_of_two_detectors_are_refused(corpus: Path, results: Path, tmp_path: Path) -> None:
    changed = detect_paths(
        [corpus / "eeg/sub-03/sub-03_eeg.edf"],
        output=tmp_path / "other",
        detector="line-length",
        changes={"postprocessing.merge_gap": "17"},
    )
    assert [outcome.status for outcome in changed] == ["done"]
    shutil.copy(tmp_path / "other/sub-03_detection.json", results / "sub-03/sub-03_detection.json")
    with pytest.raises(RecordingError, match=r"sub-03_detection.json: was made by 'line-length .*one set of settings"):
        score_curves(corpus / "reference", results, tmp_path / "curves")


def test_recordings_of_other_length_are_refused(corpus: Path, tmp_path: Path) -> None:
    reference = tmp_path / "reference.tsv"
    write_events(reference, Annotations([Event(10.0, 20.0)], 500.0))
    with pytest.raises(RecordingError, match="is for a recording of 300 s; its reference"):
        score_curves(reference, corpus / "results/sub-01/sub-01_events.tsv", tmp_path / "curves")


def test_wishes_that_cannot_be_are_refused(corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="there is a file where a folder is needed"):
        score_curves(corpus / "reference", corpus / "results", tmp_path / "file")
    with pytest.raises(ParameterError, match="missing: 'ignore' is not allowed"):
        score_curves(corpus / "reference", corpus / "results", tmp_path / "curves", missing="ignore")
