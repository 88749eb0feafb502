"""The dataset tool of SzCORE, file by file: its own figures on whole trees, and the ways it treats odd files."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ictal.core.errors import RecordingError
from ictal.evaluation.compatible import read_pair_as_tool
from ictal.evaluation.dataset import Estimate
from ictal.evaluation.notes import Notes
from ictal.evaluation.pairing import pair_tables
from ictal.evaluation.reading import MarkedRecording
from ictal.evaluation.score import ScoreSettings, score_trees

WriteTree = Callable[[str, Mapping[str, Sequence[Sequence[object]]]], Path]

RESULTS = {"szcore": "event_results", "sample": "sample_results"}
FIGURES = {
    "sensitivity": "sensitivity",
    "precision": "precision",
    "f1": "f1",
    "false_positives_per_day": "fpRate",
}


@pytest.mark.filterwarnings("ignore::ictal.core.errors.IctalWarning")
def test_whole_trees_have_the_figures_of_the_tool(test_data: Path, tree: WriteTree) -> None:
    cases = json.loads((test_data / "oracles" / "scoring" / "dataset.json").read_text())["cases"]
    assert len(cases) == 9
    for case in cases:
        trees = [tree(f"{case['name']}/{side}", case[side]) for side in ("reference", "hypothesis")]
        settings = ScoreSettings(szcore_compatible=True, duration_tolerance=case["duration_tolerance"])
        scores = score_trees(*trees, settings)
        for scored in scores.rules:
            results = RESULTS[scored.rule.name]
            averages, pools = case["expected_avg_per_subject"][results], case["expected_cumulated"][results]
            for ours, theirs in FIGURES.items():
                average = scored.average[ours]
                assert same(average, averages[theirs], averages[f"{theirs}_std"]), (case["name"], results, theirs)
                assert same(scored.pooled[ours], pools[theirs]), (case["name"], results, theirs)
        one_by_one(case, trees)


def one_by_one(case: dict[str, Any], trees: list[Path]) -> None:
    """Hold each subject alone to what the tool says of it alone."""
    for subject, expected in case["per_subject"].items():
        settings = ScoreSettings(
            szcore_compatible=True, duration_tolerance=case["duration_tolerance"], subjects=subject, n_resamples=1
        )
        for scored in score_trees(*trees, settings).rules:
            for ours, theirs in FIGURES.items():
                value = expected[RESULTS[scored.rule.name]][theirs]
                assert same(scored.average[ours], value), (case["name"], subject, theirs)


def same(ours: Estimate, theirs: float | None, spread: float | None = None) -> bool:
    if theirs is None:
        return bool(ours.value != ours.value)
    return ours.value == pytest.approx(theirs, rel=1e-12) and (
        spread is None or ours.standard_deviation == pytest.approx(spread, rel=1e-12, abs=1e-12)
    )


def read(tree: WriteTree, reference: list[list[object]], hypothesis: list[list[object]] | None) -> Any:
    reader = tree("reader", {"sub-01/sub-01_events.tsv": reference, "sub-02/sub-02_events.tsv": []})
    tables = {"sub-02/sub-02_events.tsv": []}
    if hypothesis is not None:
        tables["sub-01/sub-01_events.tsv"] = hypothesis
    notes = Notes()
    pair = pair_tables(reader, tree("detector", tables)).pairs[0]
    return read_pair_as_tool(pair, notes, tolerance=1.0), [note.kind for note in notes]


SEIZURE = [[10.9, 20.2, "sz", 60.9]]


@pytest.mark.parametrize(
    ("hypothesis", "spans", "kinds"),
    [
        ([[10.9, 20.2, "sz_gen", 60.2]], ((10.0, 31.0),), []),
        ([[50.9, 20.2, "sz", 61.9]], ((50.0, 60.0),), []),
        ([[10.9, 20.2, "sz", 62.0]], (), ["other-length"]),
        ([[10.9, 20.2, "sz", "n/a"]], (), ["other-length"]),
        ([[-5, 20, "sz", 60]], (), []),
        ([[30.2, 0.7, "sz", 60]], (), []),
        ([], (), ["other-length"]),
        (None, (), ["missing"]),
    ],
)
def test_what_a_hypothesis_becomes(
    tree: WriteTree, hypothesis: list[list[object]] | None, spans: tuple[tuple[float, float], ...], kinds: list[str]
) -> None:
    recording, said = read(tree, SEIZURE, hypothesis)
    assert recording == MarkedRecording(
        "sub-01/sub-01", "sub-01", 60.0, ((10.0, 31.0),), spans, has_hypothesis=hypothesis is not None
    )
    assert said == kinds


@pytest.mark.parametrize(
    ("reference", "problem"),
    [
        ([], "no row came; needed is a length of 1 s or more"),
        ([[0, 0.9, "bckg", 0.9]], "a recordingDuration of 0.9 came"),
        ([[0, 5, "sz", "n/a"]], "a recordingDuration of None came"),
        ([[0, 5, "impd", 60]], "line 2: eventType: 'impd' is not allowed; the dataset tool of SzCORE stops"),
        ([[0, 5, "sz_foc_ua", 60]], "line 2: eventType: 'sz_foc_ua'"),
        ([[0, 5, "seizure", 60]], "line 2: eventType: 'seizure'"),
        ([[0, "n/a", "sz", 60]], "line 2: duration: is missing"),
    ],
)
def test_where_the_tool_stops_so_do_we(tree: WriteTree, reference: list[list[object]], problem: str) -> None:
    with pytest.raises(RecordingError, match=problem):
        read(tree, reference, SEIZURE)


def test_an_unknown_type_in_a_hypothesis_stops_too(tree: WriteTree) -> None:
    with pytest.raises(RecordingError, match=r"detector.*line 2: eventType: 'impd'"):
        read(tree, SEIZURE, [[0, 5, "impd", 60]])
