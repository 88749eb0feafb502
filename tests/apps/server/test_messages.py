from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel, ValidationError

from ictal.apps.server import messages
from ictal.apps.server.messages import DecisionRequest, RunRequest, SignalAsked, UndoRequest
from ictal.review.decision import VERDICTS

EVENT = {"onset": 1.0, "duration": 2, "type": "sz", "confidence": None, "channels": ["F7"]}
SAID = {"key": "k1", "recording": "0" * 12, "item": "p1", "revision": 0, "verdict": "accepted", "event": EVENT}
SAID |= {"comment": "two\nlines"}


def test_a_decision_is_understood() -> None:
    assert DecisionRequest.model_validate(SAID).event.duration == 2.0
    assert get_args(messages.Verdict) == VERDICTS


@pytest.mark.parametrize(
    "change",
    [
        {"more": 1},
        {"key": ""},
        {"key": "k" * 65},
        {"key": "../k"},
        {"key": 1},
        {"recording": "../../etc"},
        {"recording": "0" * 11},
        {"item": ""},
        {"item": "a\0b"},
        {"item": "x" * 201},
        {"revision": -1},
        {"revision": True},
        {"revision": "0"},
        {"revision": 0.5},
        {"verdict": "maybe"},
        {"verdict": None},
        {"comment": "x" * 4001},
        {"comment": "a\0b"},
        {"comment": "\ud800"},
        {"event": None},
        {"event": {**EVENT, "onset": float("nan")}},
        {"event": {**EVENT, "onset": float("inf")}},
        {"event": {**EVENT, "onset": -0.1}},
        {"event": {**EVENT, "onset": 1e300}},
        {"event": {**EVENT, "onset": "1"}},
        {"event": {**EVENT, "onset": True}},
        {"event": {**EVENT, "duration": -1}},
        {"event": {**EVENT, "confidence": 1.1}},
        {"event": {**EVENT, "type": "sz\tbckg"}},
        {"event": {**EVENT, "type": ""}},
        {"event": {**EVENT, "type": "sz\n"}},
        {"event": {**EVENT, "channels": ["a"] * 513}},
        {"event": {**EVENT, "channels": "F7"}},
        {"event": {**EVENT, "channels": [None]}},
        {"event": {**EVENT, "why": 1}},
    ],
)
def test_what_is_not_allowed_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        DecisionRequest.model_validate({**SAID, **change})


@pytest.mark.parametrize("name", sorted(SAID))
def test_nothing_may_be_missing(name: str) -> None:
    with pytest.raises(ValidationError):
        DecisionRequest.model_validate({key: value for key, value in SAID.items() if key != name})


def test_the_small_ones() -> None:
    assert UndoRequest.model_validate({"key": "a-Z_9"}).key == "a-Z_9"
    for wrong in ({}, {"key": "k", "x": 1}, {"key": None}, [], "k"):
        with pytest.raises(ValidationError):
            UndoRequest.model_validate(wrong)
    with pytest.raises(ValidationError):
        RunRequest.model_validate({"detector": "x" * 81})
    page = {"start": "0", "stop": "10", "montage": "average", "columns": "800"}
    assert SignalAsked.model_validate(page).columns == 800
    for change in ({"columns": "0"}, {"columns": "1e9"}, {"stop": "inf"}, {"high_pass": "0"}, {"notch": "nan"}):
        with pytest.raises(ValidationError):
            SignalAsked.model_validate({**page, **change})


SHAPES = {
    "EegEvent": messages.ShownEvent,
    "Item": messages.ShownItem,
    "Summary": messages.Summary,
    "Session": messages.Session,
    "Reasons": messages.ShownReasons,
    "DecisionRequest": messages.DecisionRequest,
    "Run": messages.ShownRun,
    "SignalQuery": messages.SignalAsked,
}


@pytest.mark.parametrize("name", SHAPES)
def test_the_page_knows_the_same_shapes(name: str) -> None:
    types = (Path(messages.__file__).parents[1] / "page" / "types.js").read_text(encoding="utf-8")
    (block,) = re.findall(rf"@typedef \{{object\}} {name}\b(.*?)(?=@typedef|\*/)", types, re.DOTALL)
    fields = re.findall(r"@property \{.*\} (\w+)", block)
    shape: type[BaseModel] = SHAPES[name]
    assert fields == list(shape.model_fields)
