from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ictal.apps.server.comparison import NotYetError, compare_readers, tell_readers
from ictal.apps.server.shelf import identify
from ictal.core.errors import ParameterError, RecordingError

Say = Callable[..., dict[str, Any]]


def decide_all(client: Any, say: Say, *verdicts: str) -> None:
    for item, verdict in zip(client.get("/api/items").json()["items"], verdicts, strict=True):
        assert client.post("/api/decisions", json=say(item, verdict)).status_code == 200


def test_nobody_is_told_before_everything_is_decided(review: Any, say: Say) -> None:
    anna, ben = review.client("anna"), review.client("ben")
    refused = anna.get("/api/agreement")
    assert refused.status_code == 403 and "4 are left" in refused.json()["problem"]
    decide_all(anna, say, "accepted", "accepted", "rejected", "accepted")
    refused = anna.get("/api/agreement")
    assert refused.status_code == 403 and "no other reader" in refused.json()["problem"]
    assert ben.get("/api/agreement").status_code == 403
    with pytest.raises(NotYetError):
        compare_readers(review.board, "ben")


def test_agreement_of_two_who_have_decided(review: Any, say: Say) -> None:
    anna, ben = review.client("anna"), review.client("ben")
    decide_all(anna, say, "accepted", "accepted", "rejected", "accepted")
    decide_all(ben, say, "accepted", "rejected", "rejected", "accepted")
    told = ben.get("/api/agreement")
    assert told.status_code == 200 and told.json() == anna.get("/api/agreement").json()
    agreement = told.json()
    assert agreement["readers"] == ["anna", "ben"] and agreement["n_things"] == 4
    (pair,) = agreement["pairs"]
    assert (pair["both"], pair["first_alone"], pair["second_alone"], pair["neither"]) == (2, 1, 0, 1)
    assert pair["events"]["value"] == pytest.approx(0.5)
    (difference,) = agreement["differences"]
    assert difference["recording"] == identify("Haagse/Haagse_Harry") and "Harry" not in json.dumps(agreement)
    assert difference["answers"] == {"anna": "seizure", "ben": "no seizure"}
    ben.post("/api/undo", json={"key": "u1"})
    assert ben.get("/api/agreement").status_code == 403


def test_a_reader_of_an_earlier_day_counts_too(open_review: Callable[..., Any], say: Say) -> None:
    decide_all(open_review(readers=("clara",)).client("clara"), say, *["accepted"] * 4)
    later = open_review(readers=("anna",))
    decide_all(later.client("anna"), say, *["accepted"] * 4)
    assert later.client("anna").get("/api/agreement").json()["readers"] == ["anna", "clara"]


def test_who_leads_the_review_is_told_at_any_time(review: Any, say: Say) -> None:
    with pytest.raises(ParameterError, match="two are needed"):
        tell_readers(review.folder.path)
    anna, ben = review.client("anna"), review.client("ben")
    decide_all(anna, say, "accepted", "accepted", "rejected", "accepted")
    first = ben.get("/api/items").json()["items"][0]
    assert ben.post("/api/decisions", json=say(first)).status_code == 200
    told = tell_readers(review.folder.path)
    assert "anna – ben" in told and "2 readers" in told
    with pytest.raises(RecordingError):
        tell_readers(review.data)
