"""Decisions as lines of a journal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.events import Event
from ictal.review.decision import VERDICTS, Decision, decode_decision, encode_decision

events = st.builds(
    Event,
    onset=st.floats(-10.0, 1e6),
    duration=st.floats(0.0, 1e5),
    event_type=st.text(min_size=1, max_size=12),
    confidence=st.none() | st.floats(0.0, 1.0),
    channels=st.lists(st.text(max_size=8), max_size=3).map(tuple),
)
decisions = st.builds(
    Decision,
    key=st.text(min_size=1, max_size=40),
    recording=st.text(max_size=40),
    item=st.text(min_size=1, max_size=40),
    revision=st.integers(0, 1000),
    verdict=st.sampled_from(VERDICTS),
    event=events,
    comment=st.text(max_size=80),
    undoes=st.text(max_size=40),
    at=st.text(max_size=30),
)


@given(decisions)
def test_a_line_holds_the_whole_decision_and_no_line_end(decision: Decision) -> None:
    line = encode_decision(decision)
    assert "\n" not in line
    assert "\r" not in line
    assert decode_decision(line) == decision


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 100_000,
        '{"revision": Infinity}',
        '{"key": "k"}',
        '"text"',
        encode_decision(Decision("k", "r", "i", 0, "accepted", Event(0, 1))).replace("accepted", "maybe"),
    ],
)
def test_what_is_no_decision_is_refused(line: str) -> None:
    with pytest.raises(ParameterError):
        decode_decision(line)


@pytest.mark.parametrize(("key", "item", "revision"), [("", "i", 0), ("k", "", 0), ("k", "i", -1)])
def test_a_decision_needs_names_and_a_revision(key: str, item: str, revision: int) -> None:
    with pytest.raises(ParameterError, match="revision"):
        Decision(key, "r", item, revision, "accepted", Event(0, 1))
