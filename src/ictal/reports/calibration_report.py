"""The report of a calibration: what was chosen, how it was chosen, and what it is worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ictal.detection.calibration import Calibration
from ictal.detection.settings import DetectorSettings
from ictal.evaluation.bootstrap import LEVEL, draw_subjects
from ictal.evaluation.confidence import Confidence
from ictal.evaluation.dataset import RATE, Estimate, RuleScores
from ictal.evaluation.operating import ThresholdCounts, find_sensitivity, trace_curve
from ictal.io.atomic import atomic_write
from ictal.plots import style
from ictal.plots.curves import draw_operating, draw_reliability
from ictal.reports.page import load_template
from ictal.reports.pictures import Picture, embed
from ictal.scoring.calibration import Reliability
from ictal.scoring.counts import SECONDS_PER_DAY

TEMPLATE = "calibration.html.j2"
UNDEFINED = "n/a"

TITLES = {"sensitivity": "sensitivity", "precision": "precision", "f1": "F1", RATE: "false alarms /24 h"}
"""Figure → what it is called."""

_N_LIMITS = 240
_DASHES = (0, (4, 3))


@dataclass(frozen=True, eq=False)
class Standing:
    """What a detector does with some calibration and some rules.

    Attributes
    ----------
    scores : RuleScores
        SzCORE events.
    reliability : Reliability
        Of its smoothed probability.
    confidence : Confidence
        Of its events.
    """

    scores: RuleScores
    reliability: Reliability
    confidence: Confidence


@dataclass(frozen=True, eq=False)
class CalibrationFigures:
    """What a detector did before its calibration, and does after it.

    Attributes
    ----------
    budget : float
        False alarms in 24 h that were allowed.
    objective : str
        What was made as high as that allows.
    before, after : Standing
        On the same recordings. The probabilities of `after` are judged, where there are several subjects, in each with
        the calibration of all others.
    left_out : RuleScores or None
        Each subject with the rules that were chosen on all others; ``None`` where there are too few.
    thresholds : ThresholdCounts
        The chosen rules at other thresholds.
    verdict : str
        What the detector did before; see :func:`ictal.evaluation.behaviour.name_behaviour`.
    """

    budget: float
    objective: str
    before: Standing
    after: Standing
    left_out: RuleScores | None
    thresholds: ThresholdCounts
    verdict: str


def write_calibration_report(
    path: Path | str,
    settings: tuple[DetectorSettings, DetectorSettings],
    figures: CalibrationFigures,
    facts: Sequence[tuple[str, str]],
    notes: Sequence[str] = (),
) -> None:
    """Write the report as a single HTML file without scripts and without links to the outside.

    Parameters
    ----------
    path : path
        Where the file shall be; it is there whole or not at all.
    settings : pair of DetectorSettings
        Before and after.
    figures : CalibrationFigures
    facts : sequence of (name, text)
        Where the data comes from.
    notes : sequence of str
        What the reader should know first.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    before, after = settings
    context = {
        "name": after.name,
        "figures": figures,
        "titles": TITLES,
        "facts": facts,
        "notes": notes,
        "rows": list(compare_settings(before, after)),
        "provenance": list(after.provenance.items()),
        "level": f"{100 * LEVEL:.0f}",
        "n_subjects": len(figures.thresholds.subjects),
        "rule": figures.thresholds.rule,
        "rate": RATE,
        "show": format_estimate,
        "number": format_number,
        "operating": picture_operating(figures),
        "reliability": [
            picture_reliability(figures.before.reliability, "before"),
            picture_reliability(figures.after.reliability, "after"),
        ],
    }
    with atomic_write(path, "w") as file:
        file.writelines(load_template(TEMPLATE).generate(context))


def format_number(figure: str, value: float) -> str:
    """Return a figure as text.

    Examples
    --------
    >>> format_number("sensitivity", 0.9251), format_number("false_positives_per_day", 4.5)
    ('0.925', '4.50')
    """
    if not np.isfinite(value):
        return UNDEFINED
    return f"{value:.3f}" if figure != RATE else f"{value:.2f}" if value < 100 else f"{value:.0f}"


def format_estimate(figure: str, estimate: Estimate) -> str:
    """Return a figure with its interval, where it has one.

    Examples
    --------
    >>> format_estimate("sensitivity", Estimate(0.9, 5, 0.8, 1.0)), format_estimate("f1", Estimate(0.9, 1))
    ('0.900 [0.800, 1.000]', '0.900')
    """
    shown = format_number(figure, estimate.value)
    if not estimate.has_interval:
        return shown
    return f"{shown} [{format_number(figure, estimate.low)}, {format_number(figure, estimate.high)}]"


def compare_settings(before: DetectorSettings, after: DetectorSettings) -> Iterator[tuple[str, str, str]]:
    """Yield the settings that a calibration chooses: name, before and after.

    Examples
    --------
    >>> from ictal.detection.library import load_detector
    >>> own = load_detector("line-length").settings
    >>> list(compare_settings(own, own))[1]
    ('smoothing', '9 s', '9 s')
    """
    yield "calibration", describe_calibration(before.calibration), describe_calibration(after.calibration)
    pairs = zip(before.postprocessing, after.postprocessing, strict=True)
    for (name, old), (_, new) in pairs:
        if (old, new) == (None, None) and name != "release":
            continue
        unit = "" if name in ("threshold", "release") else " s"
        nothing = "the threshold" if name == "release" else "none"
        old_text, new_text = (nothing if value is None else f"{value:g}{unit}" for value in (old, new))
        yield name.replace("_", " "), old_text, new_text


def describe_calibration(calibration: Calibration) -> str:
    """Return in words how scores become probabilities.

    Examples
    --------
    >>> describe_calibration(Calibration(kind="temperature", temperature=1.5))
    'temperature 1.5'
    """
    if calibration.kind == "platt":
        return f"Platt, slope {calibration.slope:.4g}, intercept {calibration.intercept:.4g}".replace("-", "−")
    if calibration.kind == "temperature":
        return f"temperature {calibration.temperature:.4g}"
    if calibration.kind == "isotonic":
        return f"isotonic, {len(calibration.scores)} knots"
    return "none: the score is no probability"


def picture_operating(figures: CalibrationFigures) -> Picture:
    """Draw the sensitivity that some number of false alarms allows, the budget, and the detector before and after."""
    counts, budget = figures.thresholds, figures.budget
    draws = draw_subjects(len(counts.subjects))
    highest = float(trace_curve(counts, draws).false_alarms.max())
    fewest = min(1.0, budget / 2, 10.0 ** np.floor(np.log10(SECONDS_PER_DAY / max(counts.duration.sum(), 1.0))))
    limits = np.geomspace(fewest, max(20.0, 4 * budget, 1.2 * highest), _N_LIMITS)
    found = find_sensitivity(counts, draws, limits.tolist())
    low, high = np.array([one.interval for one in found]).T
    points = [_point(figures.before.scores), _point(figures.after.scores)]
    told = [f"{sensitivity:.2f} at {alarms:.3g}" for alarms, sensitivity in points]
    note = f"● after: {told[1]}; ○ before: {told[0]}; dashed: {budget:g} allowed"
    sensitivity = [one.sensitivity for one in found]
    figure = draw_operating(limits, sensitivity, counts.rule, note, (low, high), chosen=points[1], marked=(1.0, budget))
    axes = figure.axes[0]
    axes.axvline(budget, color=style.INK, linewidth=0.8, linestyle=_DASHES, zorder=2)
    was = float(np.clip(points[0][0], limits[0], limits[-1])), points[0][1]
    axes.plot(*was, "o", color=style.INK, markerfacecolor=style.PAPER, markersize=4.2, clip_on=False, zorder=3.5)
    alt = f"Sensitivity against false alarms in 24 h. Before: {told[0]}. After: {told[1]}. Allowed: {budget:g}."
    return embed(figure, "svg", alt)


def picture_reliability(table: Reliability, title: str) -> Picture:
    """Draw the share of seizure against the smoothed probability."""
    error = table.expected_calibration_error
    figure = draw_reliability(table, f"{title}: smoothed probability", f"expected calibration error {error:.4f}")
    bins = [
        f"{predicted:.2f}: {observed:.2f}"
        for predicted, observed in zip(table.predicted, table.observed, strict=True)
        if np.isfinite(predicted)
    ]
    alt = f"Share of seizure at smoothed probabilities, {title} the calibration. {'; '.join(bins)}."
    return embed(figure, "svg", alt)


def _point(scores: RuleScores) -> tuple[float, float]:
    return scores.average[RATE].value, scores.average["sensitivity"].value
