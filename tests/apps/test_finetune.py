"""``ictal finetune`` and what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ictal.apps.finetune import TITLES, describe_gains, read_settings, tell_gain
from ictal.apps.verbs import VERBS
from ictal.core.errors import ParameterError
from ictal.evaluation.patient_gain import GAINS, PatientGain, compare_protocols
from ictal.experiments.finetune_sides import Lesson

Ictal = Callable[..., Any]

registered = pytest.mark.skipif("finetune" not in VERBS, reason="the verb is not registered yet")


def make(problem: str = "") -> PatientGain:
    before, after = dict.fromkeys(GAINS, 0.25), dict.fromkeys(GAINS, 0.75)
    return PatientGain("first-hour", "patient", 1.0, 1, 2.5, 3, problem, before, after)


def test_every_figure_is_told_before_and_after(capsys: pytest.CaptureFixture[str]) -> None:
    tell_gain(make())
    told = capsys.readouterr()
    lines = told.out.splitlines()
    assert lines[0] == "adapted on  1.00 h with 1 seizure (first-hour)"
    assert lines[1] == "judged by   2.50 h with 3 seizures, all of it later"
    assert "event F1                 0.250     0.750" in lines
    assert "false alarms /24 h         0.2       0.8" in lines
    assert set(TITLES) == set(GAINS)
    assert told.err == ""


def test_a_detector_that_stays_as_it_was_is_noted(capsys: pytest.CaptureFixture[str]) -> None:
    tell_gain(make("it does no better"))
    assert capsys.readouterr().err == "note: the detector stays as it was: it does no better\n"


def test_what_a_review_taught_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    tell_gain(make(), Lesson(7, 21, notes=("night: 1 event is undecided",)))
    told = capsys.readouterr()
    assert told.out.splitlines()[1:3] == [
        "taught by   7 accepted and 21 rejected events",
        "judged by   2.50 h with 3 seizures, all of it later",
    ]
    assert told.err == "note: night: 1 event is undecided\n"
    tell_gain(make(), Lesson(7, 21, n_patients=4, held_out=("sub-05", "sub-06")))
    told = capsys.readouterr()
    assert told.out.splitlines()[1:3] == [
        "taught by   7 accepted and 21 rejected events of 4 patients",
        "judged by   2.50 h with 3 seizures, of sub-05, sub-06, held out",
    ]


def test_gains_are_told_by_protocol_subject_and_figure() -> None:
    patients = [replace(make(), subject=name) for name in "abc"]
    left_out = PatientGain("first-hour", "d", left_out="too short")
    lines = list(describe_gains(compare_protocols([*patients, replace(make("no better"), subject="e"), left_out])))
    assert lines[0] == "first-hour: 4 subjects, adapted in 3"
    told = (
        "1 seizure used, 3 left; event F1 0.250 → 0.750, event sensitivity 0.250 → 0.750, false alarms /24 h 0.2 → 0.8"
    )
    assert lines[1] == f"  a           {told}"
    assert lines[4].endswith("; stays as it was")
    assert lines[5].split() == ["d", "left", "out:", "too", "short"]
    (f1,) = (line for line in lines if line.startswith("  event F1"))
    assert "0.250 → 0.750, difference 0.500 [0.500, 0.500] in 4 subjects; p = 0.125 (sign flips)" in f1


def test_layers_are_a_setting_that_is_given_once() -> None:
    assert read_settings([], None) == {}
    with pytest.raises(ParameterError, match="--layers: is the same setting"):
        read_settings(["finetuning.layers=all"], "head")


@registered
def test_recordings_or_a_review_must_be_named(ictal: Ictal, tmp_path: Path) -> None:
    done = ictal("finetune", "line-length", "-o", tmp_path / "mine.ictal")
    assert done.problem == "--recording: none came; give those of the patient, or --from-review."
    done = ictal("finetune", "line-length", "-r", tmp_path / "a.edf", "--reader", "anna", "-o", tmp_path / "mine.ictal")
    assert done.problem == "--reader: 'anna' is not allowed without --from-review."
    done = ictal("finetune", "eegwavenet-untrained", "--from-review", tmp_path, "-o", tmp_path / "mine.ictal")
    assert "is no folder of `ictal review`" in done.problem


@registered
def test_a_detector_without_weights_is_refused_in_one_line(ictal: Ictal, tmp_path: Path) -> None:
    done = ictal("finetune", "line-length", "--recording", tmp_path / "night.edf", "-o", tmp_path / "mine.ictal")
    assert done.code == 2
    assert done.err.startswith("error: line-length: line-length is a rule")
    assert len(done.err.splitlines()) == 1
