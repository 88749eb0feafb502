from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ictal.apps.server.messages import ShownReasons
from ictal.apps.server.reasoning import choose_detector
from ictal.apps.server.shelf import identify
from ictal.core.events import Event
from ictal.core.recording import Recording
from ictal.detection.library import load_detector
from ictal.io.edf_write import write_edf
from ictal.review.items import READER, Item

HARRY = identify("Haagse/Haagse_Harry")


def test_reasons_are_those_of_the_event_as_it_stands(review: Any, say: Callable[..., Any]) -> None:
    client = review.client()
    item = client.get("/api/items").json()["items"][0]
    path, asked = f"/api/recordings/{HARRY}/reasons", {"item": item["name"]}
    first = client.get(path, params=asked)
    assert first.status_code == 200 and client.get(path, params=asked).content == first.content
    reasons = ShownReasons.model_validate_json(first.content)
    assert reasons.detector == "eegwavenet-scalp" and len(reasons.leads) == len(reasons.onset) == 18
    assert len(reasons.head.values) == reasons.head.size**2 and reasons.words
    client.post("/api/decisions", json=say(item, event={**item["event"], "onset": 8.0, "duration": 10.0}))
    assert client.get(path, params=asked).json()["seconds"] != first.json()["seconds"]
    assert review.client("ben").get(path, params=asked).content == first.content


def test_the_detector_that_found_it_is_asked(open_review: Callable[..., Any], tmp_path: Path) -> None:
    own = tmp_path / "mine.ictal"
    own.write_bytes(load_detector("spike-rate").with_settings({"name": "mine"}).encode())  # type: ignore[union-attr]
    review = open_review(detector=str(own))
    place = review.board.shelf.places[0]
    recording = review.board.open(place)
    event = Event(2.0, 5.0)
    for origin, expected in (("line-length", "line-length"), ("mine", "mine"), (READER, "mine"), ("a table", "mine")):
        item = Item(place.name, "p1", origin, event, event)
        assert choose_detector(review.board, place, item, recording).name == expected


def test_what_a_detector_cannot_look_at(tmp_path: Path, open_review: Callable[..., Any]) -> None:
    review = open_review(copied=True)
    short = Recording.from_array(np.zeros((2, 128)), 128.0, ["Fp1", "F7"])
    write_edf(review.data / "Haagse" / "Haagse_Harry.edf", short)
    client = review.client()
    item = client.get("/api/items").json()["items"][0]["name"]
    refused = client.get(f"/api/recordings/{HARRY}/reasons", params={"item": item})
    assert refused.status_code == 422 and refused.json()["problem"]


@pytest.mark.parametrize("item", ["", "x" * 300, "a\0b"])
def test_odd_names_of_items(seen: Any, item: str) -> None:
    assert seen.client().get(f"/api/recordings/{HARRY}/reasons", params={"item": item}).status_code == 422
