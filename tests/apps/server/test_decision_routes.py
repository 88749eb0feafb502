from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from ictal.io.events_tsv import read_events
from ictal.review.journal import Journal

Say = Callable[..., dict[str, Any]]


def test_what_there_is_to_decide(review: Any) -> None:
    answer = review.client().get("/api/items").json()
    assert [item["event"]["onset"] for item in answer["items"]] == [2.0, 11.0, 2.0, 11.0]
    assert answer["pace"] is None
    assert answer["items"][1]["event"]["channels"] == ["Fp1", "F7"]


def test_a_decision_is_on_disk_when_it_is_answered(review: Any, say: Say) -> None:
    client = review.client()
    item = client.get("/api/items").json()["items"][0]
    moved = {**item["event"], "onset": 2.5, "type": "sz_foc_ia"}
    answer = client.post("/api/decisions", json=say(item, event=moved, comment="left\ntemporal"))
    assert answer.status_code == 200
    shown = answer.json()["item"]
    assert (shown["verdict"], shown["revision"], shown["event"], shown["proposed"]) == (
        "accepted",
        1,
        moved,
        item["event"],
    )
    (kept,) = Journal(review.folder.journal("anna")).decisions
    assert (kept.recording, kept.event.onset, kept.comment) == ("Haagse/Haagse_Harry", 2.5, "left\ntemporal")
    (event,) = read_events(review.folder.table("anna", "Haagse/Haagse_Harry"), duration=20.0)
    assert (event.onset, event.event_type) == (2.5, "sz_foc_ia")


def test_the_same_key_again_does_no_harm(review: Any, say: Say) -> None:
    client = review.client()
    said = say(client.get("/api/items").json()["items"][0])
    first, again = client.post("/api/decisions", json=said), client.post("/api/decisions", json=said)
    assert first.json() == again.json() and first.json()["item"]["revision"] == 1


def test_two_tabs_are_in_conflict(review: Any, say: Say) -> None:
    client = review.client()
    item = client.get("/api/items").json()["items"][0]
    client.post("/api/decisions", json=say(item, "rejected"))
    late = client.post("/api/decisions", json=say(item, "accepted", key="other"))
    assert late.status_code == 409 and late.json()["item"]["verdict"] == "rejected" and late.json()["problem"]
    assert client.get("/api/items").json()["items"][0]["revision"] == 1


def test_an_event_of_the_readers_own_and_back(review: Any) -> None:
    client = review.client()
    recording = client.get("/api/session").json()["recordings"][0]["id"]
    event = {"onset": 15.0, "duration": 2.0, "type": "sz", "confidence": None, "channels": []}
    own = {"key": "k1", "recording": recording, "item": "own-1", "revision": 0, "verdict": "accepted", "comment": ""}
    made = client.post("/api/decisions", json={**own, "event": event}).json()["item"]
    assert (made["origin"], made["proposed"]) == ("reader", None)
    back = client.post("/api/undo", json={"key": "u1"})
    assert back.json()["undone"] == "k1" and back.json()["item"]["verdict"] == "withdrawn"
    assert client.post("/api/undo", json={"key": "u1"}).json() == back.json()
    assert client.post("/api/undo", json={"key": "u2"}).status_code == 404
    late = client.post("/api/decisions", json={**own, "event": {**event, "onset": 19.0}, "item": "own-2", "key": "k2"})
    assert late.status_code == 422 and "20 s" in late.json()["problem"]


def test_undo_comes_to_its_end(review: Any, say: Say) -> None:
    client = review.client()
    items = client.get("/api/items").json()["items"]
    for item in items[:2]:
        client.post("/api/decisions", json=say(item))
    undone = [client.post("/api/undo", json={"key": f"u{number}"}).json()["item"]["name"] for number in range(2)]
    assert undone == [items[1]["name"], items[0]["name"]]
    refused = client.post("/api/undo", json={"key": "u3"})
    assert refused.status_code == 404 and "no decision left" in refused.json()["problem"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"key": "k1", "x": NaN}',
        b'{"key": NaN}',
        b'{"key": "\\ud800"}',
        b'{"key": ' + b"9" * 5000 + b"}",
        b"[" * 60_000,
        b'{"k":' * 10_000 + b"1" + b"}" * 10_000,
    ],
)
@pytest.mark.parametrize("path", ["/api/decisions", "/api/undo"])
def test_what_is_no_message_is_refused(seen: Any, path: str, content: bytes) -> None:
    answer = seen.client().post(path, content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422) and list(answer.json()) == ["problem"]
    assert len(answer.json()["problem"]) < 500


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_refused(review: Any, say: Say, number: str) -> None:
    client = review.client()
    item = client.get("/api/items").json()["items"][0]
    text = json.dumps(say(item)).replace('"onset": 2.0', f'"onset": {number}')
    answer = client.post("/api/decisions", content=text, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422 and "onset" in answer.json()["problem"]
    assert client.get("/api/items").json()["items"][0]["revision"] == 0


def test_a_decision_on_something_unknown_is_refused(review: Any, say: Say) -> None:
    client = review.client()
    item = client.get("/api/items").json()["items"][0]
    assert client.post("/api/decisions", json=say(item, recording="0" * 12)).status_code == 404
    assert client.post("/api/decisions", json=say(item, revision=3)).status_code == 409
    assert client.post("/api/decisions", json=say(item, item="unknown", revision=3)).status_code == 422


def test_a_disk_that_cannot_be_written(
    review: Any, say: Say, without_privileges: Callable[[], AbstractContextManager[None]]
) -> None:
    client = review.client()
    item = client.get("/api/items").json()["items"][0]
    moved = review.folder.path.with_name("away")
    review.folder.path.rename(moved)
    refused = client.post("/api/decisions", json=say(item))
    assert refused.status_code == 503 and str(review.folder.path) not in refused.json()["problem"]
    assert client.post("/api/undo", json={"key": "u1"}).status_code == 503
    moved.rename(review.folder.path)
    assert client.get("/api/items").json()["items"][0]["revision"] == 0
    assert client.post("/api/decisions", json=say(item)).status_code == 200
