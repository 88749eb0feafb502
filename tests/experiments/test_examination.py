"""Detectors sit a small exam, and figures are known where recordings are made by hand."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.core.spans import Span
from ictal.evaluation.reading import MarkedRecording
from ictal.evaluation.score import score_trees
from ictal.experiments.examination import (
    Examination,
    ExaminedRecording,
    examine_detector,
    judge,
    name_dataset,
    read_examined,
)
from ictal.experiments.simulate import simulate_corpus
from ictal.postprocessing.settings import PostProcessing
from ictal.simulation import exam

ROOT = Path(__file__).parents[2]
HOUR = 3600.0


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ten minutes of each of four easy subjects."""
    folder = tmp_path_factory.mktemp("exam") / "small"
    simulate_corpus(folder, 4, 1 / 6, seed=1, seizures_per_hour=12.0, difficulty=0.0)
    return folder


@pytest.fixture(scope="module")
def sat(dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Examination]:
    """What line length found in it."""
    results = tmp_path_factory.mktemp("results")
    return results, examine_detector(dataset, "line-length", results)


def test_figures_are_those_of_the_scores(dataset: Path, sat: tuple[Path, Examination]) -> None:
    results, examination = sat
    scores = score_trees(dataset, results)
    everyone = examination.everyone
    assert everyone.average == scores.rules[0].average
    assert everyone.onset_latency == scores.timing.medians["onset_latency"]
    assert (everyone.n_subjects, everyone.n_seizures) == (4, scores.n_reference)
    assert everyone.hours == pytest.approx(4 / 6)
    assert examination.rule == scores.rules[0].rule.title
    assert sum(examination.causes.values()) == scores.rules[0].subjects[:, 1].sum()


def test_line_length_finds_easy_seizures(sat: tuple[Path, Examination]) -> None:
    _, examination = sat
    assert examination.everyone.n_seizures >= 4
    assert examination.behaviour == "ordinary" and examination.detector.startswith("line-length ")
    assert examination.everyone.average["sensitivity"].value > 0.7
    assert abs(examination.everyone.onset_latency.value) < 20.0


def test_groups_are_those_of_the_phantom(dataset: Path, sat: tuple[Path, Examination]) -> None:
    _, examination = sat
    assert [group.name for group in examination.populations] == ["adult"]
    rows = [line.split("\t") for line in (dataset / "participants.tsv").read_text().splitlines()[1:]]
    assert {group.name: group.n_subjects for group in examination.kinds} == {
        kind: sum(row[2] == kind for row in rows) for kind in {row[2] for row in rows}
    }
    assert sum(group.n_seizures for group in examination.kinds) == examination.everyone.n_seizures


def test_what_was_planted_is_read(dataset: Path, sat: tuple[Path, Examination]) -> None:
    for one in read_examined(dataset, sat[0]):
        assert one.planted.duration == one.marked.duration == 600.0
        assert tuple(event.span for event in one.planted.seizures) == one.marked.reference
        assert {event.event_type for event in one.planted} - {"sz"}, "patterns and artefacts too"


def test_a_random_network_is_called_silent(dataset: Path, tmp_path: Path) -> None:
    examination = examine_detector(dataset, "eegwavenet-untrained", tmp_path)
    assert examination.behaviour == "silent"
    assert examination.everyone.average["sensitivity"].value == 0.0
    assert np.isnan(examination.everyone.average["precision"].value) and examination.causes == {}


def test_results_that_are_there_are_not_made_again(dataset: Path, sat: tuple[Path, Examination]) -> None:
    results, examination = sat
    before = {path: path.stat().st_mtime_ns for path in results.rglob("*") if path.is_file()}
    again = examine_detector(dataset, "line-length", results)
    assert {path: path.stat().st_mtime_ns for path in results.rglob("*") if path.is_file()} == before
    assert again.everyone.average == examination.everyone.average and again.causes == examination.causes


def make_recording(
    subject: str,
    reference: list[Span],
    hypothesis: list[Span],
    population: str = "adult",
    kind: str = "absence",
    planted: tuple[Event, ...] = (),
) -> ExaminedRecording:
    """An hour in which the probability is 0.9 where something is found and 0.1 elsewhere."""
    found = Annotations([Event(start, stop - start) for start, stop in hypothesis], HOUR).mask(1.0)
    probability = np.where(found, 0.9, 0.1)
    scores = Scores(np.column_stack([1 - probability, probability]), start=0.0, step=1.0)
    marked = MarkedRecording(f"{subject}/a", subject, HOUR, tuple(reference), tuple(hypothesis))
    return ExaminedRecording(marked, scores, Annotations(planted, HOUR), population, kind)


def test_groups_have_figures_of_their_own() -> None:
    examination = judge(
        [
            make_recording("1", [(600.0, 660.0)], [(605.0, 640.0)], kind="tonic"),
            make_recording("2", [(600.0, 660.0)], [(609.0, 640.0), (2000.0, 2020.0)], population="icu"),
            make_recording("3", [(600.0, 660.0)], [], population="icu"),
        ],
        PostProcessing(threshold=0.5),
    )
    sensitivities = {
        group.name: group.average["sensitivity"].value for group in (*examination.populations, *examination.kinds)
    }
    assert sensitivities == {"adult": 1.0, "icu": 0.5, "absence": 0.5, "tonic": 1.0}
    adult, icu = examination.populations
    assert adult.onset_latency.value == 5.0 and icu.onset_latency.value == 9.0
    assert icu.average["false_positives_per_day"].value == 12.0 and not adult.average["sensitivity"].n_subjects > 1
    assert examination.everyone.average["sensitivity"].value == pytest.approx(2 / 3)


def test_sensitivity_is_compared_at_one_threshold_for_all() -> None:
    """With 8 false alarms in 24 h at 0.5 only silence keeps to 5; with none, 0.5 does."""
    clean = [make_recording(str(number), [(600.0, 660.0)], [(605.0, 640.0)]) for number in range(3)]
    noisy = make_recording("2", [(600.0, 660.0)], [(605.0, 640.0), (2000.0, 2020.0)], population="icu")
    good, bad = (judge(found, PostProcessing(threshold=0.5)) for found in (clean, [*clean[:2], noisy]))
    assert good.limited.sensitivity == 1.0 and good.everyone.limited.value == 1.0
    assert bad.limited.sensitivity == 0.0 and bad.limited.threshold == np.inf
    assert [group.limited.value for group in bad.populations] == [0.0, 0.0]


def test_false_alarms_are_put_down_to_what_was_planted() -> None:
    planted = (Event(0.0, 1800.0, "sleep-n2"), Event(1000.0, 20.0, "chewing"), Event(600.0, 60.0, "sz"))
    alarms = [(1002.0, 1025.0), (1500.0, 1520.0), (2500.0, 2520.0), (3000.0, 3020.0)]
    one = make_recording("1", [(600.0, 660.0)], [(605.0, 640.0), *alarms], planted=planted)
    assert judge([one], PostProcessing()).causes == {"bckg": 2, "chewing": 1, "sleep-n2": 1}


def test_a_detector_that_claims_everything_is_called_so() -> None:
    examination = judge([make_recording("1", [(600.0, 660.0)], [(0.0, HOUR)])], PostProcessing())
    assert examination.behaviour == "all-positive"
    assert examination.everyone.average["sensitivity"].value == 1.0
    # Two of its twelve pieces of five minutes touch the seizure and the time around it.
    assert examination.everyone.average["false_positives_per_day"].value == 240.0


def test_a_subject_without_a_seizure_has_no_sensitivity() -> None:
    quiet = make_recording("1", [], [(2000.0, 2020.0)], kind="tonic")
    loud = make_recording("2", [(600.0, 660.0)], [(605.0, 640.0)])
    examination = judge([quiet, loud], PostProcessing())
    assert examination.everyone.average["sensitivity"].value == 1.0
    assert np.isnan(examination.kinds[1].average["sensitivity"].value) and np.isnan(examination.kinds[1].limited.value)


def test_a_dataset_is_called_by_its_name(dataset: Path, tmp_path: Path) -> None:
    assert name_dataset(dataset) == "ictal simulated EEG, seed 1"
    (tmp_path / "dataset_description.json").write_text(json.dumps({"Name": exam.NAME}))
    assert name_dataset(tmp_path) == f"{exam.NAME}, NOT as frozen"
    with pytest.raises(RecordingError, match="an exam is what `ictal simulate` writes"):
        name_dataset(tmp_path / "nowhere")


def test_an_unknown_detector_is_refused(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="'line-lenght' is not allowed"):
        examine_detector(dataset, "line-lenght", tmp_path)


def test_a_recording_that_cannot_be_analysed_ends_the_exam(dataset: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(dataset, broken)
    first, second, *_ = sorted(broken.rglob("*.edf"))
    for file in (first, second):
        file.write_bytes(b"")
    with pytest.raises(RecordingError, match=r"sub-01.*is empty.*\(and 1 more\)"):
        examine_detector(broken, "line-length", tmp_path / "results")


def test_a_dataset_without_its_truth_is_no_exam(dataset: Path, sat: tuple[Path, Examination], tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(dataset, copy, ignore=shutil.ignore_patterns("*.edf"))
    described = next(iter(sorted(copy.rglob("*_desc-truth_phantom.json"))))
    described.write_text("{}")
    with pytest.raises(RecordingError, match="does not say which subject was simulated"):
        read_examined(copy, sat[0])
    described.write_text("[")
    with pytest.raises(RecordingError, match="is not JSON"):
        read_examined(copy, sat[0])
    shutil.rmtree(copy / "derivatives")
    with pytest.raises(RecordingError, match="there is no such file"):
        read_examined(copy, sat[0])


def test_the_benchmark_prints_tables(dataset: Path) -> None:
    command = [sys.executable, ROOT / "benchmarks/detection.py", "--exam", dataset, "--detector", "line-length"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "SzCORE event-based (timescoring 0.0.7)" in text and "seed 0" in text and "4 subjects" in text
    tables = [line.split("|")[1:-1] for line in text.splitlines() if line.startswith("|")]
    assert [len(row) for row in tables[:3]] == [7, 7, 7] and tables[2][0].strip().startswith("line-length")
