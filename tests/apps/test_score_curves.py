"""``ictal score --curves``: what is written and told, and what is refused."""

from __future__ import annotations

import inspect
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ictal.apps.score_curves import describe_curves
from ictal.apps.verbs import PARTS
from ictal.core.events import Annotations, Event
from ictal.evaluation.operating import LimitedSensitivity
from ictal.experiments.curves import CurvesSummary
from ictal.io.events_tsv import write_events

Ictal = Callable[..., Any]


@pytest.fixture
def trees(ictal: Ictal, both: Path, tmp_path: Path) -> tuple[Path, Path]:
    """What a reader marked in two recordings, and what a detector left."""
    reference, results = tmp_path / "reader", tmp_path / "results"
    reference.mkdir()
    write_events(reference / "a_events.tsv", Annotations((), 20.0))
    write_events(reference / "b_events.tsv", Annotations([Event(60.0, 30.0)], 120.0))
    assert ictal("detect", both, "-o", results, "--detector", "line-length").code == 0
    return reference, results


def test_curves_are_written_and_told(ictal: Ictal, trees: tuple[Path, Path], tmp_path: Path) -> None:
    plain = ictal("score", *trees, "--resamples", 50)
    result = ictal("score", *trees, "--resamples", 50, "--curves", tmp_path / "curves")
    assert (result.code, result.err) == (0, plain.err)
    assert result.out.startswith(plain.out), "the table is the same"
    told = result.out.removeprefix(plain.out).splitlines()
    assert told[0] == "Over thresholds, SzCORE event-based (timescoring 0.0.7), average over subjects"
    assert [line.split("sensitivity")[0].strip() for line in told[1:4]] == [f"at most {n} /24 h" for n in (1, 5, 10)]
    assert told[-1] == f"curves are in {tmp_path / 'curves'}"
    content = json.loads((tmp_path / "curves" / "curves.json").read_text())
    assert content["dataset"]["subjects"] == ["a", "b"]
    assert content["interval"]["n_resamples"] == 50
    assert f"AUROC {content['frames']['roc']['area']:.3f}" in told[-2]
    assert (tmp_path / "curves" / "operating.svg").is_file()


def test_json_on_the_terminal_stays_json(ictal: Ictal, trees: tuple[Path, Path], tmp_path: Path) -> None:
    result = ictal("score", *trees, "--json", "--curves", tmp_path / "curves", "--subjects", "b")
    assert result.code == 0
    assert json.loads(result.out)["dataset"]["n_subjects"] == 1
    assert json.loads((tmp_path / "curves" / "curves.json").read_text())["dataset"]["subjects"] == ["b"]


def test_results_without_scores_are_refused(ictal: Ictal, trees: tuple[Path, Path], tmp_path: Path) -> None:
    problem = ictal("score", *trees[:1], *trees[:1], "--curves", tmp_path / "curves").problem
    assert problem.startswith(f"{trees[0] / 'a_detection.json'}: there is no such file; curves need all that")


def test_the_dataset_tool_has_no_curves(ictal: Ictal, trees: tuple[Path, Path], tmp_path: Path) -> None:
    problem = ictal("score", *trees, "--szcore-compatible", "--curves", tmp_path / "curves").problem
    assert problem.startswith("--curves: is not allowed with --szcore-compatible")
    assert not (tmp_path / "curves").exists()


def test_every_part_of_a_verb_loads_a_documented_function() -> None:
    for part in PARTS:
        assert inspect.isfunction(PARTS.load(part))
        assert inspect.getdoc(PARTS.load(part))


def test_what_is_undefined_or_silent_is_said() -> None:
    nothing = (math.nan, math.nan)
    found = (
        LimitedSensitivity(1.0, 0.0, (0.0, 0.5), math.inf, 0.0),
        LimitedSensitivity(5.0, math.nan, nothing, 0.5, 2.0),
        LimitedSensitivity(10.0, 0.75, nothing, 0.25, 7.0),
    )
    summary = CurvesSummary(Path("x"), (), "d", "silent", "SzCORE", 1, found, math.nan, 0.5, 0.25)
    assert describe_curves(summary).splitlines() == [
        "Over thresholds, SzCORE, average over subjects",
        "  at most 1 /24 h     sensitivity 0.000 [0.000, 0.500], by silence alone",
        "  at most 5 /24 h     sensitivity n/a, threshold 0.5",
        "  at most 10 /24 h    sensitivity 0.750, threshold 0.25",
        "Frames: AUROC n/a, average precision 0.500, expected calibration error 0.250",
        "curves are in x",
    ]
