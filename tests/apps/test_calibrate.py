"""``ictal calibrate`` as a new user runs it, and what it says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from ictal.apps.calibrate import tell_data, tell_estimate, tell_left_out, tell_scores
from ictal.apps.verbs import VERBS

Ictal = Callable[..., Any]

registered = pytest.mark.skipif("calibrate" not in VERBS, reason="the verb is not registered yet")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory, shell: Ictal) -> Path:
    """Two simulated rodents."""
    folder = tmp_path_factory.mktemp("simulated") / "data"
    options = ("--population", "rodent", "--subjects", 2, "--hours", 0.2, "--seizures-per-hour", 20, "--seed", 3)
    assert shell("simulate", folder, *options).code == 0
    return folder


@registered
def test_simulate_calibrate_and_detect_go_hand_in_hand(ictal: Ictal, data: Path, tmp_path: Path) -> None:
    output = tmp_path / "mine.ictal"
    done = ictal("calibrate", "spike-rate", "--data", data, "--false-alarms-per-day", 100, "-o", output)
    assert done.code == 0, done.err
    lines = {line[:12].strip(): line[12:] for line in done.out.splitlines()}
    assert lines["data"].startswith("2 subjects, 0.40 h, ")
    assert lines["chosen"].startswith("threshold 0.")
    assert "false alarms" in lines["before"] and "false alarms" in lines["after"]
    assert lines["detector"] == str(output) and output.is_file()
    assert lines["report"] == str(tmp_path / "mine.html") and (tmp_path / "mine.html").is_file()
    assert "For research; not a medical device." in done.out
    assert "note: In 0.4 h a single false alarm is 60 in 24 h" in done.err
    detected = ictal("detect", data, "-o", tmp_path / "out", "--detector", output)
    assert detected.code == 0 and "seizures" in detected.out
    again = ictal("calibrate", "spike-rate", "--data", data, "-o", output)
    assert again.problem == f"{output}: is there already; --overwrite replaces it"


@registered
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--method", "isotonics"], "Did you mean 'isotonic'"),
        (["--false-alarms-per-day", "-1"], "must be a finite number above 0"),
        (["--corpus", "chbmit"], "Did you mean 'chb-mit'"),
        (["--subjects", "nobody"], "holds no recording that is asked for"),
        (["--false-alarms-per-day", "five"], "Invalid value for '--false-alarms-per-day'"),
    ],
)
def test_what_is_not_allowed_is_one_line(
    ictal: Ictal, data: Path, tmp_path: Path, options: list[str], said: str
) -> None:
    refused = ictal("calibrate", "spike-rate", "--data", data, "-o", tmp_path / "a.ictal", *options)
    assert said in refused.problem
    assert not (tmp_path / "a.ictal").exists()


def test_what_was_left_out_is_told_by_reason(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        SimpleNamespace(name=f"n{number}", hours=1.5, n_seizures=2, reason=reason, trace="Traceback …")
        for number, reason in enumerate(["no file", "too short", "no file"])
    ]
    tell_data(SimpleNamespace(remarks=("overlap: a: so",), left_out=rows), debug=False)
    assert capsys.readouterr().err.splitlines() == [
        "note: overlap: a: so",
        "error: n0 and 1 more: left out: no file (3.00 h, 4 seizures)",
        "error: n1: left out: too short (1.50 h, 2 seizures)",
    ]
    tell_left_out("no file", rows[:1], debug=True)
    assert "Traceback" in capsys.readouterr().err


def test_figures_are_told_with_their_intervals() -> None:
    sure = SimpleNamespace(value=0.9, low=0.8, high=1.0, has_interval=True)
    alone = SimpleNamespace(value=4.5, low=float("nan"), high=float("nan"), has_interval=False)
    unknown = SimpleNamespace(value=float("nan"), has_interval=False)
    scores = SimpleNamespace(average={"sensitivity": sure, "false_positives_per_day": alone})
    assert tell_scores(scores) == "sensitivity 0.900 [0.800, 1.000], false alarms 4.50 /24 h"
    assert tell_scores(None) == "n/a: too few subjects"
    assert tell_estimate(unknown, 2) == "n/a"
