"""The JSON of figures: strict, stable, documented, and the same numbers as in Python."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ictal.core.errors import OutputError
from ictal.evaluation.score import ScoreSettings, TreeScores, score_trees
from ictal.evaluation.scores_json import encode_scores, encode_text, unit_of, write_scores_json
from ictal.scoring.rules import RULES

WriteTree = Callable[[str, Mapping[str, Sequence[Sequence[object]]]], Path]

DOCUMENT = Path(__file__).parents[2] / "docs" / "evaluation.md"


@pytest.fixture
def scores(tree: WriteTree) -> TreeScores:
    """Two subjects, one of them without a seizure, by every rule."""
    first, second, third = (f"sub-{name}_events.tsv" for name in ("a_run-1", "a_run-2", "b"))
    reader = tree("reader", {first: [[600, 60, "sz", 3600]], second: [], third: [[0, 60, "bckg", 60]]})
    (reader / second).write_text((reader / third).read_text())
    detector = tree("detector", {first: [[610, 60, "sz", 3600]], second: [[5, 9, "sz", 60]], third: []})
    return score_trees(reader, detector, ScoreSettings(rules=("szcore", "sample", "nedc"), n_resamples=100, seed=3))


def refuse(constant: str) -> float:
    raise AssertionError(f"{constant} is no JSON")


def keys_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, below in value.items():
            yield key
            yield from keys_of(below)
    elif isinstance(value, list):
        for below in value:
            yield from keys_of(below)


def test_it_is_strict_and_what_is_undefined_is_null(scores: TreeScores) -> None:
    content = json.loads(encode_text(scores), parse_constant=refuse)
    assert content == json.loads(json.dumps(encode_scores(scores)))
    b = content["subjects"][1]
    assert b["subject"] == "sub-b"
    assert b["rules"]["szcore"]["figures"]["sensitivity"] is None
    assert b["rules"]["szcore"]["counts"]["true_negatives"] is None
    assert content["rules"][0]["average"]["sensitivity"]["interval"] is None


def test_it_holds_the_numbers_that_python_has(scores: TreeScores) -> None:
    content = encode_scores(scores)
    assert content["settings"]["interval"]["seed"] == 3 and content["settings"]["interval"]["n_resamples"] == 100
    assert content["dataset"]["n_recordings"] == 3 and content["dataset"]["n_subjects"] == 2
    assert content["dataset"]["seconds"] == 3720.0
    for scored, encoded in zip(scores.rules, content["rules"], strict=True):
        assert (encoded["rule"], encoded["title"]) == (scored.rule.name, scored.rule.title)
        for name, estimate in scored.average.items():
            assert encoded["average"][name]["n_subjects"] == estimate.n_subjects
            if estimate.n_subjects:
                assert encoded["average"][name]["value"] == estimate.value
            if estimate.has_interval:
                assert encoded["average"][name]["interval"] == [estimate.low, estimate.high]
    whole, first = content["rules"][1]["counts"], content["recordings"][0]["rules"]["sample"]["counts"]
    assert first["true_positives"] == whole["true_positives"] == 50
    added = [recording["rules"]["sample"]["counts"]["false_positives"] for recording in content["recordings"]]
    assert sum(added) == whole["false_positives"] == 19
    assert content["timing"]["median"]["onset_latency"]["value"] == 10.0


def test_every_key_is_documented(scores: TreeScores) -> None:
    documented = set(re.findall(r"`([\w-]+)`", DOCUMENT.read_text(encoding="utf-8")))
    assert set(keys_of(encode_scores(scores))) - set(RULES) <= documented


@pytest.mark.parametrize(
    ("rule", "unit"), [("szcore", "1/24 h"), ("nedc-taes", "1/24 h"), ("sample", "s/24 h"), ("nedc-epoch", "s/24 h")]
)
def test_rates_of_time_and_of_events_have_other_units(scores: TreeScores, rule: str, unit: str) -> None:
    assert unit_of(RULES.load(rule), "false_positives_per_day") == unit
    (encoded,) = (one for one in encode_scores(scores)["rules"] if one["rule"] == rule)
    assert encoded["units"] == {
        "sensitivity": None,
        "precision": None,
        "f1": None,
        "false_positives_per_day": unit,
    }


def test_it_is_the_same_each_time_and_written_whole(scores: TreeScores, tmp_path: Path) -> None:
    write_scores_json(tmp_path / "scores.json", scores)
    assert (tmp_path / "scores.json").read_text(encoding="utf-8") == encode_text(scores)
    with pytest.raises(OutputError):
        write_scores_json(tmp_path / "none" / "scores.json", scores)
