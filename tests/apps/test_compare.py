"""``ictal compare`` as a user meets it: what is printed and written, exit codes, and what is loaded."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ictal.core.events import Annotations, Event
from ictal.core.scores import Scores
from ictal.evaluation.stored import EvaluatedRecording, write_evaluation
from ictal.io.events_tsv import write_events
from ictal.io.scores_file import write_scores
from ictal.postprocessing.settings import PostProcessing

Ictal = Callable[..., Any]

REPORT = (
    "import json, sys\n"
    "from ictal.apps.cli import run\n"
    "code = run(sys.argv[1:])\n"
    "print(json.dumps([code, sorted({name.split('.')[0] for name in sys.modules})]))\n"
)


def make_run(folder: Path, within: float) -> Path:
    """Two subjects with a seizure each, in which the probability is `within`."""
    folder.mkdir()
    marked = Annotations([Event(600.0, 60.0)], 3600.0)
    recordings = []
    for subject in ("anna", "bert"):
        seizure = [within if 600 <= second < 660 else 0.1 for second in range(3600)]
        write_scores(folder / f"{subject}.npz", Scores([[1 - one, one] for one in seizure], 0.0, 1.0))
        file = folder / f"{subject}.npz"
        recordings.append(
            EvaluatedRecording(subject, subject, 0.0, 3600.0, marked, file, PostProcessing(threshold=0.5), "test")
        )
    write_evaluation(folder, recordings)
    return folder


@pytest.fixture
def runs(tmp_path: Path) -> tuple[Path, Path]:
    """One that finds both seizures, and one whose threshold is too high."""
    return make_run(tmp_path / "finds", 0.9), make_run(tmp_path / "sleeps", 0.4)


def test_the_table_and_the_page(ictal: Ictal, runs: tuple[Path, Path], tmp_path: Path) -> None:
    result = ictal("compare", *runs, "-o", tmp_path / "out" / "comparison.html", "--resamples", 50, "--seed", 3)
    assert (result.code, result.err) == (0, "")
    lines = result.out.splitlines()
    assert lines[0] == "compared on 2 recordings of 2 subjects, which all were tested on: 2.0 h, 2 seizures"
    assert lines[1].startswith("note: With 2 subjects no test can tell detectors apart: p is 0.5 at least")
    assert any(line.startswith("sleeps: silent") for line in lines)
    assert "sleeps less finds in the same subjects" in lines
    assert lines[-1] == f"report  {tmp_path / 'out' / 'comparison.html'}"
    assert "silent" in (tmp_path / "out" / "comparison.html").read_text(encoding="utf-8")


def test_another_can_be_compared_with(ictal: Ictal, runs: tuple[Path, Path]) -> None:
    for against in ("sleeps", "best"):
        result = ictal("compare", *reversed(runs), "--against", against)
        less = "finds less sleeps" if against == "sleeps" else "sleeps less finds"
        assert result.code == 0 and f"{less} in the same subjects" in result.out
    assert "against: 'snores' is not allowed" in ictal("compare", *runs, "--against", "snores").problem


def test_tables_need_a_reference(ictal: Ictal, runs: tuple[Path, Path], tmp_path: Path) -> None:
    for tree in ("reader", "tables"):
        (tmp_path / tree).mkdir()
        for subject in ("anna", "bert"):
            write_events(tmp_path / tree / f"{subject}_events.tsv", Annotations([Event(600.0, 60.0)], 3600.0))
    assert "--reference" in ictal("compare", runs[0], tmp_path / "tables").problem
    result = ictal("compare", runs[0], tmp_path / "tables", "--reference", tmp_path / "reader")
    assert result.code == 0 and "tables: no probabilities" in result.out


def test_what_cannot_be_compared_is_one_line(ictal: Ictal, runs: tuple[Path, Path], tmp_path: Path) -> None:
    assert "there is no such folder" in ictal("compare", tmp_path / "nothing").problem
    assert "runs: one came twice" in ictal("compare", runs[0], runs[0]).problem
    assert "false_alarms_per_day: " in ictal("compare", runs[0], "--false-alarms-per-day", 0).problem
    damaged = runs[1] / "bert.npz"
    damaged.write_bytes(damaged.read_bytes()[:100])
    assert "bert.npz" in ictal("compare", *runs).problem


def test_a_table_needs_neither_torch_nor_matplotlib(runs: tuple[Path, Path]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", REPORT, "compare", *map(str, runs)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    code, modules = json.loads(done.stdout.splitlines()[-1])
    assert code == 0
    assert not {"torch", "mne", "pandas", "lightning", "sklearn", "matplotlib", "jinja2"} & set(modules)
