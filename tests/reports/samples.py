"""What reports are made of: small, made up, and known by hand."""

from __future__ import annotations

import numpy as np

from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.detection.calibration import Calibration
from ictal.detection.library import load_bundled
from ictal.detection.settings import DetectorSettings
from ictal.evaluation.behaviour import ORDINARY
from ictal.evaluation.bootstrap import draw_subjects
from ictal.evaluation.chance import ChanceTest
from ictal.evaluation.comparison import ComparedRun, RunComparison, compare_detectors
from ictal.evaluation.confidence import measure_confidence, measure_smoothed
from ictal.evaluation.dataset import RuleScores, score_dataset
from ictal.evaluation.detector_figures import FIGURES, DetectorFigures
from ictal.evaluation.operating import ScoredRecording, sweep_thresholds
from ictal.evaluation.patient_gain import GAINS, PatientGain
from ictal.plots.search import Axis
from ictal.postprocessing.settings import PostProcessing
from ictal.reports.calibration_report import CalibrationFigures, Standing
from ictal.reports.tuning_report import TrialRow, TuningSummary
from ictal.scoring.counts import Counts
from ictal.scoring.szcore import EVENT

N_SUBJECTS = 6
"""Of a comparison."""

RULES = PostProcessing(threshold=0.8, release=0.4, minimum_duration=5.0)
"""Of a calibrated detector."""

LR = Axis("training.optimizer.lr", 1e-4, 1e-2, log=True)
LOSS = Axis("training.loss", None, None, choices=({"loss": "focal"}, {"loss": "cross-entropy"}))
FOCAL, CROSS = {"loss": "focal"}, {"loss": "cross-entropy"}
TRIALS = (
    TrialRow(0, "finished", 0.81234, {LR.key: 1e-3, LOSS.key: FOCAL}, ((1, 0.5), (2, 0.81234)), 61.0),
    TrialRow(1, "pruned", 0.4, {LR.key: 2e-3, LOSS.key: CROSS}, ((1, 0.4),), 30.0),
    TrialRow(2, "failed", None, {LR.key: 1e-2, LOSS.key: CROSS}, (), 5.0, "training diverged: <nan>"),
    TrialRow(3, "finished", 0.9, {LR.key: 4e-3, LOSS.key: FOCAL}, ((1, 0.7), (2, 0.9)), 60.0),
    TrialRow(4, "running", None, {}, ((1, 0.3),)),
    TrialRow(5, "failed", reason="the process that worked on it was killed"),
)


def make_comparison(n_runs: int = 2, n_subjects: int = N_SUBJECTS, side: str = "test") -> RunComparison:
    """The second detector is better by 0.2 in every share; the third is silent, and the last has no probabilities."""
    names = ("old <&> run", "new", "quiet", "last")[:n_runs]
    detectors = []
    for number in range(n_runs):
        shares = np.linspace(0.2, 0.7, n_subjects) + (0.2 if number == 1 else 0.0)
        by_subject = {name: shares.copy() for name in FIGURES}
        by_subject["false_alarms_per_day"] = 30.0 * np.arange(n_subjects) + 96.0 * (number == 1)
        by_subject["event_sensitivity"][0] = np.nan
        if number == 3:
            by_subject |= {name: np.full(n_subjects, np.nan) for name in ("auroc", "pr_auc", "limited_sensitivity")}
        subjects = tuple(f"sub-{subject:02d}" for subject in range(n_subjects))
        behaviour = "silent" if number == 2 else "ordinary"
        detectors.append(DetectorFigures(subjects, by_subject, {}, behaviour, ChanceTest(0.5, 0.1, 0.0005)))
    comparison = compare_detectors(names, detectors, draw_subjects(n_subjects, 200))
    runs = [ComparedRun(f"out/{number}", "test", 9, n_subjects) for number in range(n_runs)]
    runs[-1] = ComparedRun("out/of-the-last", side, 12, n_subjects)
    seconds = dict.fromkeys(comparison.subjects, 5400.0)
    return RunComparison(tuple(runs), comparison, seconds, dict.fromkeys(comparison.subjects, 2), 9, 5.0, 200, 7)


def simulate_scores(subject: str, seed: int) -> ScoredRecording:
    """Twenty minutes with two seizures, and probabilities that are somewhat higher in them."""
    rng = np.random.default_rng(seed)
    truth = np.zeros(1200, dtype=bool)
    truth[300:340] = truth[800:840] = True
    probability = 1 / (1 + np.exp(-(4.0 * truth - 3.0 + rng.normal(0.0, 1.5, 1200))))
    reference = Annotations([Event(300.0, 40.0), Event(800.0, 40.0)], 1200.0)
    return ScoredRecording(subject, Scores(np.column_stack([1 - probability, probability]), 0.0, 1.0), reference)


def make_rule_scores(*counts: Counts) -> RuleScores:
    """Scores of a subject each."""
    return score_dataset(EVENT, counts, np.arange(len(counts)), draw_subjects(len(counts)))


def make_calibration() -> CalibrationFigures:
    """Figures of a calibration on three subjects."""
    recordings = [simulate_scores("a", 1), simulate_scores("b", 2), simulate_scores("c", 3)]
    table, confidence = measure_smoothed(recordings, 0.0), measure_confidence(recordings, RULES)
    day = 86400.0
    return CalibrationFigures(
        budget=5.0,
        objective="sensitivity",
        before=Standing(make_rule_scores(Counts(2, 30, 0, day), Counts(1, 9, 1, day)), table, confidence),
        after=Standing(make_rule_scores(Counts(2, 6, 0, day), Counts(1, 1, 1, day)), table, confidence),
        left_out=make_rule_scores(Counts(1, 8, 1, day), Counts(1, 5, 1, day)),
        thresholds=sweep_thresholds(recordings, RULES),
        verdict=ORDINARY,
    )


def make_settings() -> tuple[DetectorSettings, DetectorSettings]:
    """Settings before and after a calibration."""
    given = load_bundled("line-length").settings
    changes = {
        "calibration": Calibration(kind="platt", slope=1.5, intercept=-2.25),
        "postprocessing": RULES,
        "provenance": {"calibration_hash": "0123456789abcdef"},
    }
    return given, given.model_copy(update=changes)


def make_tuning(rows: tuple[TrialRow, ...] = TRIALS, **importance: float) -> TuningSummary:
    """A study of two settings."""
    best = tuple(sorted((row for row in rows if row.state == "finished"), key=lambda row: -(row.value or 0.0)))
    facts = (("recipe", "mine"), ("study", "'mine all' in study.db"))
    return TuningSummary("mine", "event_f1", "pr_auc", False, "all", 6, 2, (LR, LOSS), rows, best, importance, facts)


def make_gain(protocol: str, subject: str, before: float, after: float, problem: str = "") -> PatientGain:
    """What a patient gained, the same in all figures."""
    sides = (dict.fromkeys(GAINS, value) for value in (before, after))
    return PatientGain(protocol, subject, 1.0, 1, 2.0, 5, problem, *sides)
