from __future__ import annotations

import csv
import math

import numpy as np
import pytest

from ictal.evaluation.measures import FIGURES
from ictal.evaluation.paired import flip_signs
from ictal.evaluation.patient_gain import COLUMNS, GAINS, PatientGain, compare_protocols, format_gains


def make(subject: str, before: float, after: float, protocol: str = "first-hour", **other: object) -> PatientGain:
    figures = {"before": dict.fromkeys(GAINS, before), "after": dict.fromkeys(GAINS, after)}
    return PatientGain(protocol, subject, 1.0, 2, 3.0, 4, **{**figures, **other})  # type: ignore[arg-type]


PATIENTS = [
    make("a", 0.2, 0.6),
    make("b", 0.5, 0.5, problem="on what is held back it does no better"),
    make("c", 0.4, 0.8),
    PatientGain("first-hour", "d", left_out="0.50 h of signal are there"),
    make("a", 0.1, 0.3, "first-seizure"),
]


def test_figures_are_those_of_measured_evaluations() -> None:
    assert set(GAINS) <= set(FIGURES)


def test_before_and_after_are_compared_within_patients() -> None:
    hour, seizure = compare_protocols(PATIENTS)
    assert (hour.protocol, seizure.protocol) == ("first-hour", "first-seizure")
    assert [one.subject for one in hour.patients] == ["a", "b", "c"]
    assert [one.subject for one in hour.left_out] == ["d"]
    assert hour.n_adapted == 2
    gain = hour.figures["event_f1"]
    assert gain.before.value == pytest.approx(np.mean([0.2, 0.5, 0.4]))
    assert gain.after.value == pytest.approx(np.mean([0.6, 0.5, 0.8]))
    assert gain.difference.value == pytest.approx(0.8 / 3)
    assert gain.difference.low <= gain.difference.value <= gain.difference.high
    assert gain.difference.sign_flip == flip_signs([0.4, 0.0, 0.4])


def test_one_patient_says_nothing_about_others() -> None:
    (_, seizure) = compare_protocols(PATIENTS)
    assert math.isnan(seizure.figures["auroc"].difference.low)
    assert seizure.figures["auroc"].difference.value == pytest.approx(0.2)


def test_a_figure_that_is_undefined_on_one_side_is_left_out_of_the_difference() -> None:
    undefined = make("e", math.nan, 0.9)
    (gain,) = compare_protocols([make("a", 0.2, 0.6), make("c", 0.4, 0.8), undefined])
    difference = gain.figures["event_precision"].difference
    assert difference.n_subjects == 2
    assert difference.value == pytest.approx(0.4)
    assert gain.figures["event_precision"].after.n_subjects == 3


def test_without_a_patient_there_are_no_figures() -> None:
    (gain,) = compare_protocols([PATIENTS[3]])
    assert gain.figures == {}
    assert gain.patients == ()
    assert compare_protocols([]) == ()


def test_the_table_has_a_row_for_each_patient() -> None:
    header, *rows = csv.reader(format_gains(PATIENTS).splitlines(), delimiter="\t")
    assert tuple(header) == COLUMNS
    assert all(len(row) == len(COLUMNS) for row in rows)
    table = [dict(zip(header, row, strict=True)) for row in rows]
    assert (table[0]["event_f1_before"], table[0]["event_f1_after"], table[0]["adapted"]) == ("0.2000", "0.6000", "yes")
    assert table[1]["adapted"] == "no"
    assert table[1]["note"] == "on what is held back it does no better"
    assert table[3]["note"] == "left out: 0.50 h of signal are there"
    assert table[3]["event_f1_after"] == ""
    nan_row = format_gains([make("e", math.nan, 0.9)]).splitlines()[1].split("\t")
    assert nan_row[COLUMNS.index("auroc_before")] == "n/a"
