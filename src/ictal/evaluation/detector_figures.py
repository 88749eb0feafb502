"""What a detector is worth in each subject, by every figure that detectors are compared by, and what it all says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.spans import total_time
from ictal.evaluation.behaviour import ALL_POSITIVE, SILENT, name_behaviour
from ictal.evaluation.chance import ChanceTest, compare_with_chance
from ictal.evaluation.dataset import Estimate, figures_of, tabulate
from ictal.evaluation.operating import ScoredRecording, find_sensitivity, resample_sensitivity, sweep_thresholds
from ictal.evaluation.reading import MarkedRecording
from ictal.postprocessing.settings import PostProcessing
from ictal.scoring.curves import auroc, average_precision, frame_truth, known_frames
from ictal.scoring.rules import Rule
from ictal.scoring.szcore import EVENT, SAMPLE, SZCORE, join_close, sort_events

Values = NDArray[np.float64]

EVENT_FIGURES = {
    "event_sensitivity": "sensitivity",
    "event_precision": "precision",
    "event_f1": "f1",
    "false_alarms_per_day": "false_positives_per_day",
}
SAMPLE_FIGURES = {"sample_sensitivity": "sensitivity", "sample_f1": "f1"}
LIMITED, AUROC, PR_AUC = "limited_sensitivity", "auroc", "pr_auc"

FIGURES = (*EVENT_FIGURES, LIMITED, *SAMPLE_FIGURES, AUROC, PR_AUC)
"""Names of the figures: of events and of seconds by SzCORE, and of frames."""

LOWER_IS_BETTER = frozenset({"false_alarms_per_day"})
"""All others are shares, and better the higher they are."""

BUDGET = 5.0
"""False alarms in 24 h."""

SIGNIFICANT = 0.05

SILENT_WORDS, POSITIVE_WORDS = "silent", "positive everywhere"
CHANCE_WORDS, BETTER_WORDS, UNKNOWN_WORDS = "no better than chance", "better than chance", "cannot be judged"


@dataclass(frozen=True, eq=False)
class Detected:
    """A recording as a detector left it.

    Parameters
    ----------
    marked : MarkedRecording
        Seizures and events.
    scored : ScoredRecording or None
        The same with probabilities, where there are any.
    settings : PostProcessing or None
        How events were made of them.
    """

    marked: MarkedRecording
    scored: ScoredRecording | None = None
    settings: PostProcessing | None = None


@dataclass(frozen=True, eq=False)
class DetectorFigures:
    """A detector in each subject.

    Attributes
    ----------
    subjects : tuple of str
        Sorted.
    by_subject : dict of str to ndarray, shape (n_subjects,)
        Each of :data:`FIGURES`; NaN where it is undefined.
    resampled : dict of str to ndarray, shape (n_resamples,)
        Averages over drawn subjects where they are not those of `by_subject`: the sensitivity within the budget, for
        which each resample chooses its threshold.
    behaviour : str
        See :func:`~ictal.evaluation.behaviour.name_behaviour`.
    chance : ChanceTest
        Of the events.
    limit_threshold : float
        At which the budget is kept; infinite for silence, NaN without probabilities.
    notes : tuple of str
        Why figures are missing.
    """

    subjects: tuple[str, ...]
    by_subject: dict[str, Values]
    resampled: dict[str, Values]
    behaviour: str
    chance: ChanceTest
    limit_threshold: float = np.nan
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What figures are worth, in words, and why."""

    words: str
    reason: str


def measure_detector(
    recordings: Sequence[Detected], draws: NDArray[np.int64], budget: float = BUDGET, seed: int = 0
) -> DetectorFigures:
    """Measure a detector in each subject.

    Parameters
    ----------
    recordings : sequence of Detected
        One or more of each subject.
    draws : ndarray of int, shape (n_resamples, n_subjects)
        From :func:`~ictal.evaluation.bootstrap.draw_subjects`.
    budget : float
        False alarms in 24 h at which sensitivity is asked for, as the mean over subjects.
    seed : int
        Of the shuffles.

    Examples
    --------
    >>> marked = MarkedRecording("night", "anna", 3600.0, ((600.0, 660.0),), ((610.0, 650.0), (3000.0, 3010.0)))
    >>> figures = measure_detector([Detected(marked)], np.array([[1]]))
    >>> figures.by_subject["event_precision"], figures.by_subject["false_alarms_per_day"]
    (array([0.5]), array([24.]))
    """
    marked = [one.marked for one in recordings]
    subjects = tuple(sorted({one.subject for one in marked}))
    by_subject = {name: np.full(len(subjects), np.nan) for name in FIGURES}
    for rule, figures in ((EVENT, EVENT_FIGURES), (SAMPLE, SAMPLE_FIGURES)):
        columns = dict(zip(rule.figures, _score_subjects(rule, marked, subjects).T, strict=True))
        by_subject |= {name: columns[figure] for name, figure in figures.items()}
    scored = [one.scored for one in recordings if one.scored is not None]
    resampled: dict[str, Values] = {}
    threshold, notes = np.nan, []
    if len(scored) < len(recordings):
        notes.append("no probabilities: nothing of frames, nor within a budget of false alarms")
    else:
        by_subject[AUROC], by_subject[PR_AUC] = _judge_frames(scored, subjects)
        settings = [one.settings for one in recordings if one.settings is not None]
        if len({one.model_copy(update={"threshold": 1.0}) for one in settings}) != 1:
            notes.append("events are not made by the same rules everywhere: no sensitivity within a budget")
        else:
            by_subject[LIMITED], resampled[LIMITED], threshold = _keep_budget(scored, settings[0], draws, budget)
    return DetectorFigures(
        subjects=subjects,
        by_subject=by_subject,
        resampled=resampled,
        behaviour=_name_behaviour(recordings),
        chance=compare_with_chance(marked, seed=seed),
        limit_threshold=threshold,
        notes=tuple(notes),
    )


def judge(figures: DetectorFigures, area: Estimate) -> Verdict:
    """Say in words whether a detector is worth anything.

    A detector is no better than chance where its events find no more than the same events at random times (p > 0.05,
    see :func:`~ictal.evaluation.chance.compare_with_chance`), or where the interval of its AUROC reaches down to 0.5.

    Parameters
    ----------
    figures : DetectorFigures
        From :func:`measure_detector`.
    area : Estimate
        The AUROC averaged over subjects.

    Examples
    --------
    >>> everything = MarkedRecording("night", "anna", 3600.0, ((600.0, 660.0),), ((0.0, 3600.0),))
    >>> judge(measure_detector([Detected(everything)], np.array([[1]])), Estimate(np.nan, 0)).words
    'positive everywhere'
    """
    alarms, chance = figures.by_subject["false_alarms_per_day"], figures.chance
    if figures.behaviour == SILENT:
        return Verdict(SILENT_WORDS, "it finds nothing at its own threshold")
    if figures.behaviour == ALL_POSITIVE:
        rate = f"{np.mean(alarms):.0f} false alarms in 24 h, near 288 where seizures are rare"
        return Verdict(POSITIVE_WORDS, f"its events claim all of the time: {rate}")
    reasons, by = [], []
    if np.isfinite(chance.p):
        reasons.append(
            f"events find {chance.sensitivity:.2f} of the seizures, at random times {chance.by_chance:.2f} "
            f"(p = {chance.p:.2g})"
        )
        by += ["events"] * (chance.p > SIGNIFICANT)
    if area.has_interval:
        reasons.append(f"AUROC from {area.low:.2f} to {area.high:.2f}")
        by += ["frames"] * (area.low <= 0.5)
    if not reasons:
        return Verdict(UNKNOWN_WORDS, "there is no seizure to find")
    return Verdict(f"{CHANCE_WORDS} by {' and '.join(by)}" if by else BETTER_WORDS, "; ".join(reasons))


def _score_subjects(rule: Rule, marked: Sequence[MarkedRecording], subjects: Sequence[str]) -> Values:
    counts = tabulate([rule.score(one.reference, one.hypothesis, one.duration) for one in marked])
    totals = np.zeros((len(subjects), counts.shape[1]))
    np.add.at(totals, [subjects.index(one.subject) for one in marked], counts)
    return figures_of(rule, totals)


def _judge_frames(scored: Sequence[ScoredRecording], subjects: Sequence[str]) -> tuple[Values, Values]:
    """Return the area under both curves in each subject."""
    areas = []
    for subject in subjects:
        own = [one for one in scored if one.subject == subject]
        frames = [known_frames(one.scores.seizure, frame_truth(one.reference, one.scores)) for one in own]
        values, truth = (np.concatenate(parts) for parts in zip(*frames, strict=True))
        areas.append((auroc(values, truth), average_precision(values, truth)))
    roc, precision_recall = np.array(areas).T
    return roc, precision_recall


def _keep_budget(
    scored: Sequence[ScoredRecording], settings: PostProcessing, draws: NDArray[np.int64], budget: float
) -> tuple[Values, Values, float]:
    """Return the sensitivity in each subject at the one threshold that keeps the budget, its resamples, and that."""
    counts = sweep_thresholds(scored, settings)
    (best,) = find_sensitivity(counts, draws[:1], [budget])
    wanted = (counts.true_positives + counts.false_negatives)[:, 0]
    at = np.searchsorted(counts.thresholds, best.threshold)
    found = counts.true_positives[:, at] if at < len(counts.thresholds) else np.zeros(len(wanted))
    by_subject = np.divide(found, wanted, out=np.full(len(wanted), np.nan), where=wanted > 0)
    return by_subject, resample_sensitivity(counts, draws, budget), best.threshold


def _name_behaviour(recordings: Sequence[Detected]) -> str:
    """Name the behaviour by the time that events cover once the rule has joined those that are close."""
    claimed = available = 0.0
    for one in recordings:
        duration = one.marked.duration
        claimed += total_time(join_close(sort_events(one.marked.hypothesis, duration), SZCORE.minimum_gap))
        scores = None if one.scored is None else one.scored.scores
        available += duration if scores is None else min(float(scores.analysed.sum()) * scores.step, duration)
    return name_behaviour(claimed, available)
