"""Opening and closing, against scipy, against the original's figures and against the state machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import binary_closing, binary_opening

from ictal.core.errors import ParameterError
from ictal.core.scores import Scores
from ictal.postprocessing.events import find_events
from ictal.postprocessing.morphology import open_and_close
from ictal.postprocessing.settings import PostProcessing

RATE = 256.0
SAMPLES = 5
ABOVE = float(np.nextafter(0.8, 1.0))
"""The original's threshold is exceeded, ours is reached."""

masks = st.lists(st.booleans(), max_size=60).map(lambda values: np.array(values, np.bool_))
lengths = st.integers(1, 9)


@pytest.fixture(scope="module")
def cases(test_data: Path) -> list[dict[str, Any]]:
    path = test_data / "oracles" / "preprocessing" / "postprocess_seizure_transformer.json"
    return list(json.loads(path.read_text())["cases"])


def make_probabilities(case: dict[str, Any]) -> NDArray[np.float64]:
    probabilities = np.full(case["samples"], case["probability_outside"])
    for first, end in case["positive_runs"]:
        probabilities[first:end] = case["probability_inside"]
    return probabilities


def find_runs(mask: NDArray[np.bool_]) -> list[list[int]]:
    turns = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return [[int(first), int(end)] for first, end in turns.reshape(-1, 2)]


def test_published_runs(cases: list[dict[str, Any]]) -> None:
    assert len(cases) == 28
    for case in cases:
        cleaned = open_and_close(make_probabilities(case) > 0.8, SAMPLES, SAMPLES)
        found = [run for run in find_runs(cleaned) if run[1] - run[0] >= 2 * case["fs"]]
        assert found == case["expected_runs"], case["name"]


def test_the_state_machine_gives_the_published_runs_away_from_the_ends(cases: list[dict[str, Any]]) -> None:
    """At the ends of a recording the original loses two samples; here the recording has an edge that nothing is in."""
    rules = PostProcessing(threshold=ABOVE, opening=SAMPLES / RATE, merge_gap=SAMPLES / RATE, minimum_duration=2.0)
    inside = [case for case in cases if not touches_an_end(case)]
    assert len(inside) >= 20
    for case in inside:
        seizure = make_probabilities(case)
        scores = Scores(np.column_stack([1 - seizure, seizure]), 0.0, 1 / case["fs"])
        events = find_events(scores, rules, case["samples"] / case["fs"])
        found = [[round(event.onset * case["fs"]), round(event.stop * case["fs"])] for event in events]
        assert found == case["expected_runs"], case["name"]


def touches_an_end(case: dict[str, Any]) -> bool:
    return any(first < 2 or end > case["samples"] - 2 for first, end in case["positive_runs"])


@given(masks, lengths, lengths)
@settings(deadline=None)
def test_equals_scipy(mask: NDArray[np.bool_], opening: int, closing: int) -> None:
    expected = mask
    if len(mask):
        expected = binary_closing(binary_opening(mask, np.ones(opening)), np.ones(closing))
    np.testing.assert_array_equal(open_and_close(mask, opening, closing), expected)


@given(masks, lengths, lengths)
@settings(deadline=None)
def test_equals_the_state_machine_away_from_the_ends(mask: NDArray[np.bool_], opening: int, closing: int) -> None:
    padded = np.pad(mask, closing)
    scores = Scores(np.column_stack([~padded, padded]).astype(np.float64), 0.0, 1.0)
    events = find_events(scores, PostProcessing(opening=opening, merge_gap=closing), float(len(padded)))
    assert [[event.onset, event.stop] for event in events] == find_runs(open_and_close(padded, opening, closing))


def test_it_leaves_its_input_alone() -> None:
    mask = np.array([True, False, True])
    open_and_close(mask, 2, 2)
    assert mask.tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("mask", "opening", "closing", "message"),
    [
        (np.zeros((2, 3), np.bool_), 1, 1, r"mask: bool of shape \(2, 3\) came"),
        (np.zeros(3), 1, 1, r"mask: float64 of shape \(3,\) came"),
        (np.zeros(3, np.bool_), 0, 1, "opening: 0 is not allowed"),
        (np.zeros(3, np.bool_), 1, -1, "closing: -1 is not allowed"),
    ],
)
def test_what_is_refused(mask: Any, opening: int, closing: int, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        open_and_close(mask, opening, closing)
