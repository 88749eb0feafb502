"""What it is worth to adapt a detector to a patient: the same stretch before and after, patient by patient."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ictal.evaluation.bootstrap import N_RESAMPLES, draw_subjects
from ictal.evaluation.comparison import Difference, average_figure, subtract_figure
from ictal.evaluation.dataset import Estimate

GAINS = ("event_f1", "event_sensitivity", "event_precision", "false_alarms_per_day", "auroc")
"""The figures that are compared, of :data:`ictal.evaluation.measures.FIGURES`."""

COLUMNS = (
    *("protocol", "subject", "hours_used", "seizures_used", "hours_left", "seizures_left", "adapted"),
    *(f"{name}_{when}" for name in GAINS for when in ("before", "after")),
    "note",
)
"""Of the table of patients."""

UNDEFINED = "n/a"


@dataclass(frozen=True)
class PatientGain:
    """A detector before and after it was adapted to a patient.

    Attributes
    ----------
    protocol : str
        What it was adapted on.
    subject : str
    hours_used, hours_left : float
        What it was adapted on, and what both are judged by.
    seizures_used, seizures_left : int
    problem : str
        Why the detector was kept as it was; empty where it was adapted.
    before, after : dict of str to float
        Each of :data:`GAINS`.
    left_out : str
        Why the patient has no figures; empty where there are some.
    """

    protocol: str
    subject: str
    hours_used: float = 0.0
    seizures_used: int = 0
    hours_left: float = 0.0
    seizures_left: int = 0
    problem: str = ""
    before: Mapping[str, float] = field(default_factory=dict)
    after: Mapping[str, float] = field(default_factory=dict)
    left_out: str = ""


@dataclass(frozen=True)
class FigureGain:
    """One figure over patients: means before and after with their intervals, and the mean difference in a patient."""

    before: Estimate
    after: Estimate
    difference: Difference


@dataclass(frozen=True)
class ProtocolGain:
    """All patients of one protocol.

    Attributes
    ----------
    protocol : str
    patients : tuple of PatientGain
        Those with figures.
    left_out : tuple of PatientGain
        The others.
    figures : dict of str to FigureGain
        Each of :data:`GAINS`; empty without patients.
    """

    protocol: str
    patients: tuple[PatientGain, ...]
    left_out: tuple[PatientGain, ...]
    figures: Mapping[str, FigureGain]

    @property
    def n_adapted(self) -> int:
        """Patients whose detector did better after it was adapted, by what was held back."""
        return sum(not one.problem for one in self.patients)


def compare_protocols(
    patients: Sequence[PatientGain], n_resamples: int = N_RESAMPLES, seed: int = 0
) -> tuple[ProtocolGain, ...]:
    """Compare before and after over the patients of each protocol.

    Parameters
    ----------
    patients : sequence of PatientGain
        Of any protocols.
    n_resamples, seed : int
        Of the bootstrap over patients.

    Returns
    -------
    tuple of ProtocolGain
        In the order in which protocols come first.

    Examples
    --------
    >>> before, after = dict.fromkeys(GAINS, 0.5), dict.fromkeys(GAINS, 0.75)
    >>> gains = [PatientGain("first-hour", name, before=before, after=after) for name in "abc"]
    >>> (gain,) = compare_protocols(gains)
    >>> gain.figures["event_f1"].difference.value, gain.figures["event_f1"].difference.sign_flip
    (0.25, 0.25)
    """
    protocols = dict.fromkeys(one.protocol for one in patients)
    return tuple(
        _compare(protocol, [one for one in patients if one.protocol == protocol], n_resamples, seed)
        for protocol in protocols
    )


def format_gains(patients: Sequence[PatientGain]) -> str:
    """Return the figures of each patient as TSV; the columns are :data:`COLUMNS`."""
    return "".join("\t".join(row) + "\n" for row in (COLUMNS, *map(_row, patients)))


def _compare(protocol: str, patients: Sequence[PatientGain], n_resamples: int, seed: int) -> ProtocolGain:
    judged = tuple(one for one in patients if not one.left_out)
    left_out = tuple(one for one in patients if one.left_out)
    if not judged:
        return ProtocolGain(protocol, (), left_out, {})
    draws = draw_subjects(len(judged), n_resamples, seed)
    figures = {}
    for name in GAINS:
        before, after = (np.array([side[name] for side in sides]) for sides in zip(*map(_sides, judged), strict=True))
        figures[name] = FigureGain(
            average_figure(before, draws), average_figure(after, draws), subtract_figure(after, before, draws)
        )
    return ProtocolGain(protocol, judged, left_out, figures)


def _sides(one: PatientGain) -> tuple[Mapping[str, float], Mapping[str, float]]:
    return one.before, one.after


def _row(one: PatientGain) -> tuple[str, ...]:
    if one.left_out:
        return (one.protocol, one.subject, *[""] * (len(COLUMNS) - 3), f"left out: {one.left_out}")
    figures = (side[name] for name in GAINS for side in (one.before, one.after))
    return (
        one.protocol,
        one.subject,
        f"{one.hours_used:.3f}",
        str(one.seizures_used),
        f"{one.hours_left:.3f}",
        str(one.seizures_left),
        "no" if one.problem else "yes",
        *(f"{value:.4f}" if math.isfinite(value) else UNDEFINED for value in figures),
        one.problem,
    )
