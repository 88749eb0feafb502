"""Make the scores of a detector probabilities, and choose how it makes events of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import OutputError, ParameterError, RecordingError, check_option, check_positive, located
from ictal.core.version import __version__
from ictal.detection.calibration import Calibration
from ictal.detection.detector import Detector
from ictal.detection.library import DefaultDetector, load_detector
from ictal.detection.settings import DetectorSettings
from ictal.evaluation.behaviour import ORDINARY
from ictal.evaluation.bootstrap import LEVEL
from ictal.evaluation.confidence import measure_confidence, measure_smoothed
from ictal.evaluation.dataset import RATE, RuleScores
from ictal.evaluation.operating import ScoredRecording, sweep_thresholds
from ictal.experiments.calibration_data import CalibrationData, Progress, score_corpus
from ictal.experiments.jobs import WorkerDiedError, work_off
from ictal.io.atomic import atomic_write, ensure_folder
from ictal.postprocessing.settings import PostProcessing
from ictal.reports.calibration_report import (
    CalibrationFigures,
    Standing,
    describe_calibration,
    format_estimate,
    write_calibration_report,
)
from ictal.scoring.counts import SECONDS_PER_DAY
from ictal.training.calibration import METHODS, Method, calibrate_left_out, calibrate_recordings
from ictal.training.operating_point import (
    OBJECTIVES,
    Objective,
    bound_rate,
    choose_place,
    score_left_out,
    score_rules,
)
from ictal.training.rule_grid import GRID, RuleGrid, Search, SearchCounts, count_recording, gather_counts, plan_search

Setting = tuple[Calibration, PostProcessing]

_SCORING = 0.7
"""The share of the work that scoring is; the rest is the search."""

_FEWEST_ALARMS = 3.0
"""False alarms that the budget should come to in the data: with fewer, their rate is hardly measured."""

_PREFIX = "calibration_"


@dataclass(frozen=True)
class Choice:
    """What a detector is calibrated for.

    Attributes
    ----------
    budget : float
        False alarms in 24 h that are allowed.
    method : str
        How scores become probabilities.
    objective : str
        What shall be as high as that allows.
    grid : RuleGrid
        What is tried.
    """

    budget: float = 5.0
    method: Method = "platt"
    objective: Objective = "sensitivity"
    grid: RuleGrid = GRID

    def check(self) -> None:
        """Refuse what cannot be done.

        Raises
        ------
        ParameterError
            If a value is not allowed.
        """
        check_positive("false alarms per day", self.budget)
        check_option("method", self.method, METHODS)
        check_option("objective", self.objective, OBJECTIVES)


@dataclass(frozen=True, eq=False)
class Calibrated:
    """A calibrated detector, and what it does.

    Attributes
    ----------
    detector : Detector
    file, report : Path
        Where the detector is, and the page that says what was chosen and why.
    data : CalibrationData
        What it was calibrated on.
    figures : CalibrationFigures
        What it did before, and does now.
    notes : tuple of str
        What the reader should know of these figures.
    """

    detector: Detector
    file: Path
    report: Path
    data: CalibrationData
    figures: CalibrationFigures
    notes: tuple[str, ...]


def calibrate_detector(
    detector: str | Path,
    data: Path | str,
    output: Path | str,
    *,
    false_alarms_per_day: float = 5.0,
    method: Method = "platt",
    objective: Objective = "sensitivity",
    grid: RuleGrid = GRID,
    overwrite: bool = False,
    n_jobs: int = 1,
    progress: Progress = lambda share: None,
    **wanted: Any,
) -> Calibrated:
    """Calibrate a detector on recordings that it has not seen: what ``ictal calibrate`` does.

    Parameters
    ----------
    detector : str or path
        A bundled detector by name, or a ``.ictal`` file.
    data : path
        A corpus, or any folder of recordings with events tables.
    output : path
        The calibrated detector; its report is written beside it, as HTML.
    false_alarms_per_day : float
        How many are allowed on average over subjects, by SzCORE events.
    method : {"platt", "temperature", "isotonic", "none"}
        See :func:`ictal.training.calibration.fit_calibration`.
    objective : {"sensitivity", "f1"}
        What shall be as high as that allows.
    grid : RuleGrid
        The rules that are tried.
    overwrite : bool
        Whether a file that is there is replaced.
    n_jobs : int
        Recordings side by side.
    progress : callable
        Called with the share that is done.
    **wanted
        Which recordings: `corpus`, `subjects`, `split`, `mapping`, `allow_training_data` of
        :func:`ictal.experiments.calibration_data.score_corpus`.

    Raises
    ------
    ParameterError
        If an option is not allowed, or nothing can be fitted.
    RecordingError
        If there are no recordings, or no seizure in them.
    LeakageError
        If the detector was trained on one of the recordings.
    BudgetError
        If no setting keeps to the budget; nothing is written then.
    OutputError
        If the detector cannot be written.
    """
    choice = Choice(false_alarms_per_day, method, objective, grid)
    choice.check()
    file = prepare_output(Path(output), Path(detector), overwrite=overwrite)
    given = load_detector(detector)
    if isinstance(given, DefaultDetector):
        raise ParameterError("detector: name the one to calibrate; the default picks another for each recording.")
    scored = score_corpus(given, data, n_jobs=n_jobs, progress=lambda share: progress(_SCORING * share), **wanted)
    if scored.n_seizures == 0:
        there = f"{len(scored.recordings)} recordings of {scored.hours:.2f} h"
        raise RecordingError(f"holds no seizure in {there}; there is nothing to calibrate on", file=data)
    search = plan_search(scored.recordings, given.settings.postprocessing, choice.budget, method, choice.grid)
    counts = count_all(search, scored.recordings, n_jobs, lambda share: progress(_SCORING + (1.0 - _SCORING) * share))
    return finish(given, scored, choice, (search, counts), file)


def prepare_output(output: Path, detector: Path, *, overwrite: bool) -> Path:
    """Make sure before the work that the result can be written, and takes the place of nothing by mistake.

    Raises
    ------
    OutputError
        If it cannot.
    """
    if output.suffix != ".ictal":
        raise OutputError(located("is not the name of a detector; it must end in .ictal", file=output))
    if output.exists() and detector.exists() and output.samefile(detector):
        raise OutputError(located("is the detector to calibrate; give the calibrated one another name", file=output))
    if output.exists() and not overwrite:
        raise OutputError(located("is there already; --overwrite replaces it", file=output))
    ensure_folder(output.parent)
    return output


def count_all(
    search: Search, recordings: Sequence[ScoredRecording], n_jobs: int, progress: Callable[[float], None]
) -> SearchCounts:
    """Count what every setting does in every recording, several side by side.

    Raises
    ------
    WorkerDiedError
        If a process is killed over a recording twice.
    """
    counted: dict[int, NDArray[np.float32]] = {}
    with work_off(partial(count_one, search), list(enumerate(recordings)), n_jobs) as answers:
        for (number, _), answer in answers:
            if isinstance(answer, WorkerDiedError):
                raise answer
            counted[number] = answer
            progress(len(counted) / len(recordings))
    return gather_counts(recordings, [counted[number] for number in range(len(recordings))])


def count_one(search: Search, task: tuple[int, ScoredRecording]) -> NDArray[np.float32]:
    """Count what every setting does in one recording, in a process of its own perhaps."""
    return count_recording(search, task[1])


def finish(
    given: Detector, data: CalibrationData, choice: Choice, searched: tuple[Search, SearchCounts], file: Path
) -> Calibrated:
    """Choose a setting, measure it, and write the detector and its report.

    Raises
    ------
    BudgetError
        If no setting keeps to the budget; nothing is written then.
    OutputError
        If the detector or its report cannot be written.
    """
    search, counts = searched
    place = choose_place(counts, choice.budget, choice.objective)
    setting = search.calibrations[place[0]], search.rules(place)
    figures = measure_choice(given.settings, setting, data.recordings, choice, counts)
    notes = tuple(tell_limits(data, figures))
    detector = store_choice(given, setting, data, figures)
    with atomic_write(file) as opened:
        opened.write(detector.encode())
    report = file.with_suffix(".html")
    settings = given.settings, detector.settings
    write_calibration_report(report, settings, figures, tuple(list_facts(data)), notes)
    return Calibrated(detector, file, report, data, figures, notes)


def measure_choice(
    own: DetectorSettings,
    setting: Setting,
    recordings: Sequence[ScoredRecording],
    choice: Choice,
    counts: SearchCounts,
) -> CalibrationFigures:
    """Measure what a detector did before, and does with a setting."""
    calibration, rules = setting
    before, after = calibrate_recordings(recordings, own.calibration), calibrate_recordings(recordings, calibration)
    apart = calibrate_left_out(recordings, choice.method, rules.smoothing) if len(counts.subjects) > 1 else ()
    return CalibrationFigures(
        budget=choice.budget,
        objective=choice.objective,
        before=take_standing(before, own.postprocessing, before),
        after=take_standing(after, rules, apart if apart else after),
        left_out=score_left_out(counts, choice.budget, choice.objective),
        thresholds=sweep_thresholds(after, rules),
        verdict=sweep_thresholds(before, own.postprocessing, [own.postprocessing.threshold]).verdict,
    )


def take_standing(
    recordings: Sequence[ScoredRecording], rules: PostProcessing, judged: Sequence[ScoredRecording]
) -> Standing:
    """Return the figures of events, and what the probabilities of `judged` are worth."""
    return Standing(
        score_rules(recordings, rules), measure_smoothed(judged, rules.smoothing), measure_confidence(judged, rules)
    )


def tell_limits(data: CalibrationData, figures: CalibrationFigures) -> Iterator[str]:
    """Yield what a reader should know of the figures of a calibration."""
    if figures.verdict != ORDINARY:
        yield f"The detector was {figures.verdict} before its calibration."
    if data.n_seen:
        n_used = len(data.recordings)
        yield f"The detector was trained on {data.n_seen} of the {n_used} recordings: its figures here are too good."
    if data.n_subjects == 1:
        yield "There is one subject: no interval can be given, and nothing is known of others."
    days = data.hours / 24.0
    if figures.budget * days < _FEWEST_ALARMS:
        low, high = bound_rate(float(figures.after.scores.subjects[:, 1].sum()), days * SECONDS_PER_DAY)
        yield (
            f"In {data.hours:.1f} h a single false alarm is {1 / days:.3g} in 24 h: by chance alone the true number is "
            f"between {low:.2g} and {high:.3g} ({100 * LEVEL:.0f} %). Calibrate on "
            f"{24 * _FEWEST_ALARMS / figures.budget:.0f} h or more."
        )
    if figures.left_out is None:
        if data.n_subjects > 1:
            yield "No subject could be left out: without one or another, no setting keeps to the budget."
        return
    alarms = figures.left_out.average[RATE].value
    if alarms > figures.budget:
        yield (
            f"In subjects who are left out of the choice there are {alarms:.3g} false alarms in 24 h, more than the "
            f"{figures.budget:g} allowed: expect about that many in new ones. More subjects would help."
        )


def store_choice(given: Detector, setting: Setting, data: CalibrationData, figures: CalibrationFigures) -> Detector:
    """Return the detector with its calibration, its rules, and where both come from."""
    calibration, rules = setting
    provenance = {key: text for key, text in given.settings.provenance.items() if not key.startswith(_PREFIX)}
    reached = tell_figures(figures.after.scores)
    left_out = "too few subjects" if figures.left_out is None else tell_figures(figures.left_out)
    told = describe_data(data)
    origin = {
        "ictal": __version__,
        "corpus": data.corpus,
        "data": told,
        "hash": data.fingerprint,
        "budget": f"{figures.budget:g} false alarms in 24 h, highest {figures.objective}",
        "reached": reached,
        "left_out": left_out,
    }
    card = {
        "confidence": describe_confidence(calibration, data.corpus),
        "operating point": f"Chosen on {data.corpus}, {told}: {reached}; each subject with the choice of the others: "
        f"{left_out} ({figures.thresholds.rule}; {figures.budget:g} false alarms in 24 h were allowed).",
    }
    if data.n_seen:
        card["warning"] = f"Calibrated on {data.n_seen} recordings that it was trained on: its figures are too good."
    changes = {
        "calibration": calibration,
        "postprocessing": rules,
        "card": {**{key: text for key, text in given.settings.card.items() if key != "warning"}, **card},
        "provenance": {**provenance, **{_PREFIX + key: text for key, text in origin.items()}},
    }
    return Detector(replace(given.parts, settings=given.settings.model_copy(update=changes)))


def describe_confidence(calibration: Calibration, corpus: str) -> str:
    """Return what the card of a detector says of its confidence.

    Examples
    --------
    >>> describe_confidence(Calibration(), "bids")
    'Not calibrated: it orders events and is no probability.'
    """
    if calibration.kind == "none":
        return "Not calibrated: it orders events and is no probability."
    how = describe_calibration(calibration)
    return f"The probability that a second of the event is seizure, on recordings like those of {corpus} ({how})."


def describe_data(data: CalibrationData) -> str:
    """Return how much a calibration was made on, without a name."""
    subjects = "1 subject" if data.n_subjects == 1 else f"{data.n_subjects} subjects"
    return f"{subjects}, {len(data.recordings)} recordings, {data.hours:.2f} h, {data.n_seizures} seizures"


def tell_figures(scores: RuleScores) -> str:
    """Return sensitivity and false alarms, averaged over subjects, with their intervals."""
    sensitivity, alarms = (format_estimate(name, scores.average[name]) for name in ("sensitivity", RATE))
    return f"sensitivity {sensitivity}, {alarms} false alarms in 24 h"


def list_facts(data: CalibrationData) -> Iterator[tuple[str, str]]:
    """Yield what the report says of the data: no name of a recording or a subject."""
    yield "Corpus", data.corpus
    yield "Used", describe_data(data)
    yield "Hash of files and seizures", data.fingerprint
    reasons = Counter(one.reason for one in data.left_out)
    for reason, number in reasons.most_common():
        rows = [one for one in data.left_out if one.reason == reason]
        hours, seizures = sum(one.hours for one in rows), sum(one.n_seizures for one in rows)
        yield "Left out", f"{number} recordings, {hours:.2f} h, {seizures} seizures: {reason}"
