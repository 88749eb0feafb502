"""A detector is calibrated from end to end; what its report and its file say is what it does then."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ictal.core.errors import OutputError, ParameterError, RecordingError
from ictal.data.fingerprint import hash_input
from ictal.data.leakage import LeakageError
from ictal.detection.calibration import Calibration
from ictal.detection.detector import Detector
from ictal.detection.library import load_bundled, load_detector
from ictal.evaluation.dataset import RATE
from ictal.evaluation.score import score_trees
from ictal.experiments.calibrate import Calibrated, calibrate_detector, describe_confidence
from ictal.experiments.detect import detect_paths
from ictal.training.operating_point import BudgetError
from ictal.training.rule_grid import RuleGrid
from ictal.training.seen import SEEN, hash_recording

BUDGET = 20.0
NAME = "line-length"
SMALL = RuleGrid(
    smoothing=(5.0, 9.0),
    release=(0.5, 1.0),
    merge_gap=(10.0,),
    minimum_duration=(0.0, 10.0, 20.0),
    n_thresholds=12,
)


@pytest.fixture(scope="module")
def corpus(bursts: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return bursts(tmp_path_factory.mktemp("corpus"), n_subjects=4, seconds=1700.0, n_seizures=4)


@pytest.fixture(scope="module")
def done(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Calibrated:
    output = tmp_path_factory.mktemp("calibrated") / "mine" / "calibrated.ictal"
    return calibrate(corpus, output)


def calibrate(corpus: Path, output: Path, detector: str | Path = NAME, **wanted: Any) -> Calibrated:
    return calibrate_detector(detector, corpus, output, **{"false_alarms_per_day": BUDGET, "grid": SMALL, **wanted})


def write_detector(path: Path, **provenance: str) -> Path:
    given = load_bundled(NAME)
    settings = given.settings.model_copy(update={"provenance": provenance})
    path.write_bytes(Detector(replace(given.parts, settings=settings)).encode())
    return path


def test_the_file_is_a_detector_with_other_rules_and_probabilities(done: Calibrated) -> None:
    read, given = load_detector(done.file), load_bundled(NAME)
    assert isinstance(read, Detector)
    assert read.fingerprint == done.detector.fingerprint != given.fingerprint
    assert read.settings.calibration.kind == "platt"
    kept = {"model", "leads", "chain", "windows", "classes", "name", "summary", "sampling_rate"}
    for name in kept:
        assert getattr(read.settings, name) == getattr(given.settings, name)


def test_the_budget_is_kept_and_seizures_are_found(done: Calibrated) -> None:
    before, after = done.figures.before.scores.average, done.figures.after.scores.average
    assert after[RATE].value <= BUDGET < before[RATE].value
    assert after["sensitivity"].value > 0.7
    assert done.figures.left_out is not None


def test_the_figures_are_those_of_what_is_detected_then(done: Calibrated, corpus: Path, tmp_path: Path) -> None:
    """As a user would check it: detect with the file, score the events."""
    for detector, scores in ((str(done.file), done.figures.after.scores), (NAME, done.figures.before.scores)):
        results = tmp_path / Path(detector).stem
        outcomes = list(detect_paths([corpus], output=results, detector=detector))
        assert {outcome.status for outcome in outcomes} == {"done"}
        (scored,) = (rule for rule in score_trees(corpus, results).rules if rule.rule.name == "szcore")
        for figure in ("sensitivity", "precision", "f1", RATE):
            assert scored.average[figure].value == pytest.approx(scores.average[figure].value), figure


def test_probabilities_are_better_than_they_were(done: Calibrated) -> None:
    before, after = done.figures.before, done.figures.after
    assert after.reliability.expected_calibration_error < before.reliability.expected_calibration_error
    assert after.confidence.promised == pytest.approx(after.confidence.true, abs=0.15)


def test_the_file_says_where_it_comes_from(done: Calibrated) -> None:
    provenance, card = done.detector.settings.provenance, done.detector.settings.card
    assert provenance["calibration_data"] == "4 subjects, 4 recordings, 1.89 h, 16 seizures"
    assert provenance["calibration_hash"] == done.data.fingerprint
    assert provenance["calibration_budget"] == "20 false alarms in 24 h, highest sensitivity"
    sensitivity = done.figures.after.scores.average["sensitivity"].value
    assert provenance["calibration_reached"].startswith(f"sensitivity {sensitivity:.3f} [")
    assert "uncalibrated" not in card["confidence"] and card["confidence"].startswith("The probability that")
    assert card["use"] == load_bundled(NAME).settings.card["use"]
    assert "16 seizures" in card["operating point"]


def test_neither_file_names_a_subject_or_a_place(done: Calibrated, corpus: Path) -> None:
    text = done.detector.settings.model_dump_json() + done.report.read_text(encoding="utf-8")
    for name in ("s00", "s03", str(corpus), corpus.name, "Haagse"):
        assert name not in text


def test_few_hours_are_told(done: Calibrated) -> None:
    assert any("In 1.9 h a single false alarm is 12.7 in 24 h" in note for note in done.notes)


def test_what_is_chosen_does_not_depend_on_who_works(done: Calibrated, corpus: Path, tmp_path: Path) -> None:
    shares: list[float] = []
    again = calibrate(corpus, tmp_path / "again.ictal", n_jobs=2, progress=shares.append)
    assert again.file.read_bytes() == done.file.read_bytes()
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1.0)


@pytest.mark.parametrize("method", ["temperature", "isotonic", "none"])
def test_every_method_keeps_the_budget(corpus: Path, tmp_path: Path, method: str) -> None:
    found = calibrate(corpus, tmp_path / "a.ictal", method=method)
    assert found.detector.settings.calibration.kind == method
    assert found.figures.after.scores.average[RATE].value <= BUDGET
    read = load_detector(found.file)
    assert isinstance(read, Detector) and read.settings == found.detector.settings


def test_a_calibrated_detector_is_calibrated_from_its_model_on(done: Calibrated, corpus: Path, tmp_path: Path) -> None:
    again = calibrate(corpus, tmp_path / "again.ictal", done.file)
    assert again.detector.settings == done.detector.settings
    assert again.figures.before.scores.average["sensitivity"] == done.figures.after.scores.average["sensitivity"]


def test_f1_can_be_what_counts(corpus: Path, tmp_path: Path) -> None:
    best = calibrate(corpus, tmp_path / "a.ictal", objective="f1", false_alarms_per_day=500.0)
    most = calibrate(corpus, tmp_path / "b.ictal", false_alarms_per_day=500.0)
    of_best, of_most = best.figures.after.scores.average, most.figures.after.scores.average
    assert of_best["f1"].value >= of_most["f1"].value
    assert of_best["sensitivity"].value <= of_most["sensitivity"].value


def test_one_subject_has_no_interval_and_says_so(corpus: Path, tmp_path: Path) -> None:
    alone = calibrate(corpus, tmp_path / "a.ictal", subjects="s00", false_alarms_per_day=200.0)
    assert alone.figures.left_out is None
    assert not alone.figures.after.scores.average["sensitivity"].has_interval
    assert "There is one subject: no interval can be given, and nothing is known of others." in alone.notes
    assert alone.detector.settings.provenance["calibration_left_out"] == "too few subjects"


def test_recordings_of_the_training_are_refused_unless_allowed(corpus: Path, tmp_path: Path) -> None:
    seen = hash_recording(hash_input(corpus / "s02" / "s02_eeg.edf"))
    trained = write_detector(tmp_path / "trained.ictal", **{SEEN: seen, "seed": "0"})
    with pytest.raises(LeakageError, match="s02"):
        calibrate(corpus, tmp_path / "a.ictal", trained)
    assert not (tmp_path / "a.ictal").exists()
    allowed = calibrate(corpus, tmp_path / "a.ictal", trained, allow_training_data=True)
    assert any("trained on 1 of the 4 recordings" in note for note in allowed.notes)
    assert "too good" in allowed.detector.settings.card["warning"]
    assert allowed.detector.settings.provenance["seed"] == "0"


def test_without_a_seizure_there_is_nothing_to_calibrate_on(bursts: Callable[..., Path], tmp_path: Path) -> None:
    quiet = bursts(tmp_path / "quiet", n_subjects=2, seconds=120.0, n_seizures=0)
    with pytest.raises(RecordingError, match=r"holds no seizure in 2 recordings of 0\.07 h"):
        calibrate(quiet, tmp_path / "a.ictal")
    assert not (tmp_path / "a.ictal").exists()


def test_a_budget_that_cannot_be_kept_writes_nothing(bursts: Callable[..., Path], tmp_path: Path) -> None:
    """Seizures that cannot be seen, among much that can."""
    wrong = bursts(tmp_path / "wrong", n_subjects=2, seconds=1500.0, n_seizures=2, heights=(1.0, 1.0))
    with pytest.raises(BudgetError, match=r"no setting that finds a seizure keeps to that; the nearest has \d+"):
        calibrate(wrong, tmp_path / "a.ictal", false_alarms_per_day=1.0)
    assert not list(tmp_path.glob("a.*"))


@pytest.mark.parametrize(
    ("output", "wanted", "said"),
    [
        ("a.zip", {}, "must end in .ictal"),
        ("a.ictal", {"method": "plat"}, "Did you mean 'platt'"),
        ("a.ictal", {"objective": "f2"}, "allowed are 'sensitivity', 'f1'"),
        ("a.ictal", {"false_alarms_per_day": 0.0}, "false alarms per day: 0.0 is not allowed"),
        ("a.ictal", {"detector": "line-lenght"}, "Did you mean 'line-length'"),
        ("there.ictal", {}, "is there already; --overwrite replaces it"),
    ],
)
def test_what_is_not_allowed_is_told_before_the_work(
    tmp_path: Path, output: str, wanted: dict[str, Any], said: str
) -> None:
    (tmp_path / "there.ictal").write_bytes(b"")
    with pytest.raises((ParameterError, OutputError), match=said):
        calibrate(tmp_path / "nowhere", tmp_path / output, **wanted)


def test_the_detector_itself_is_never_replaced(corpus: Path, tmp_path: Path) -> None:
    given = write_detector(tmp_path / "mine.ictal")
    before = given.read_bytes()
    with pytest.raises(OutputError, match="give the calibrated one another name"):
        calibrate(corpus, given, given, overwrite=True)
    assert given.read_bytes() == before


def test_a_file_that_is_there_is_replaced_when_asked(done: Calibrated, corpus: Path, tmp_path: Path) -> None:
    (tmp_path / "a.ictal").write_bytes(b"old")
    assert calibrate(corpus, tmp_path / "a.ictal", overwrite=True).file.read_bytes() == done.file.read_bytes()


def test_what_a_card_says_of_confidence() -> None:
    told = describe_confidence(Calibration(kind="temperature", temperature=2.0), "tusz")
    assert (
        told
        == "The probability that a second of the event is seizure, on recordings like those of tusz (temperature 2)."
    )


def test_it_needs_nothing_heavy() -> None:
    code = (
        "import sys, ictal.experiments.calibrate\n"
        "heavy = {'torch', 'sklearn', 'lightning', 'mne', 'pandas', 'matplotlib'}\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & heavy))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
