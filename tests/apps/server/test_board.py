from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ictal.apps.server.board import ReviewBoard, ReviewSettings, UnknownItemError
from ictal.apps.server.messages import DecisionRequest
from ictal.apps.server.shelf import UnreachableError
from ictal.core.errors import RecordingError
from ictal.core.events import Annotations, Event
from ictal.io.events_tsv import write_events
from ictal.review.reader import ConflictError
from ictal.review.signal_page import SignalQuery

PAGE = SignalQuery(0.0, 10.0, "as-recorded", columns=100)


def table(review: Any) -> Path:
    path: Path = review.results / "Haagse" / "Haagse_Harry_events.tsv"
    return path


def test_all_recordings_are_opened_and_a_damaged_one_tells_why(review: Any) -> None:
    opened = review.board.open_all()
    damaged, *whole = sorted(opened.values(), key=lambda one: not isinstance(one, RecordingError))
    assert "recording 2: " in str(damaged) and [one.duration for one in whole] == [20.0, 20.0]
    assert sorted(review.board.durations.values()) == [20.0, 20.0]


def test_proposals_are_read_again_when_they_change(open_review: Callable[..., Any]) -> None:
    review = open_review(copied=True)
    board, place = review.board, review.board.shelf.places[0]
    assert board.proposals(place) is board.proposals(place)
    write_events(table(review), Annotations([Event(7.0, 3.0)], 20.0))
    assert [item.event.onset for item in board.proposals(place).items] == [7.0]
    assert [item.event.onset for item in board.list_proposed()] == [7.0, 2.0, 11.0]
    table(review).unlink()
    assert board.proposals(place).items == ()


def test_proposals_stay_while_the_disk_is_gone(open_review: Callable[..., Any]) -> None:
    review = open_review(copied=True)
    board = review.board
    items = board.items("anna")
    review.data.parent.rename(review.data.parent.with_name("away"))
    assert board.items("anna") == items and len(items) == 4
    with pytest.raises(UnreachableError):
        board.signal(board.shelf.places[0], PAGE)
    review.data.parent.with_name("away").rename(review.data.parent)
    assert len(board.signal(board.shelf.places[0], PAGE)) > 1000


def test_proposals_stay_while_the_results_are_gone(open_review: Callable[..., Any]) -> None:
    review = open_review(copied=True)
    items = review.board.items("anna")
    review.results.rename(review.results.with_name("away"))
    assert review.board.items("anna") == items
    review.results.with_name("away").rename(review.results)
    write_events(table(review), Annotations([Event(7.0, 3.0)], 20.0))
    assert [item.event.onset for item in review.board.items("anna")] == [7.0, 2.0, 11.0]


def test_a_run_shows_where_there_are_no_results(open_review: Callable[..., Any]) -> None:
    review = open_review(copied=True)
    review.results.rename(review.results.with_name("away"))
    board, place = review.board, review.board.shelf.places[0]
    assert board.items("anna") == []
    path = place.found.output(review.folder.detected, "_events.tsv")
    path.parent.mkdir(parents=True)
    write_events(path, Annotations([Event(7.0, 3.0)], 20.0))
    assert [item.event.onset for item in board.items("anna")] == [7.0]


def test_a_page_is_read_once(review: Any) -> None:
    board = review.board
    place = board.shelf.places[0]
    assert board.signal(place, PAGE) is board.signal(place, SignalQuery(0.0, 10.0, "as-recorded", columns=100))


def test_every_recording_has_a_table_from_the_start(review: Any) -> None:
    review.board.warm_up()
    for name in ("anna", "ben"):
        tables = sorted(path.name for path in review.folder.events(name).rglob("*.tsv"))
        assert tables == ["Haagse_Harry_events.tsv", "sub-01_task-rest_events.tsv"]
    text = review.folder.table("ben", "Haagse/Haagse_Harry").read_text(encoding="utf-8")
    assert "bckg" in text and "20.00" in text


def test_decisions_of_a_reader_change_nothing_for_another(review: Any, say: Callable[..., Any]) -> None:
    board = review.board
    said = DecisionRequest.model_validate(say(review.client().get("/api/items").json()["items"][0]))
    assert board.decide("anna", said).verdict == "accepted"
    assert [item.verdict for item in board.items("ben")] == ["undecided"] * 4
    assert board.decide("ben", said).verdict == "accepted"
    with pytest.raises(ConflictError):
        board.decide("ben", said.model_copy(update={"key": "other"}))
    item, undone = board.undo("anna", "u1")
    assert (item.verdict, undone) == ("undecided", said.key)
    assert board.items("ben")[0].verdict == "accepted"
    assert board.pace("anna") is None


def test_items_of_recordings_that_are_not_open_are_not_shown(review: Any, say: Callable[..., Any]) -> None:
    client = review.client()
    for item in client.get("/api/items").json()["items"]:
        assert client.post("/api/decisions", json=say(item)).status_code == 200
    alone = ReviewBoard([review.board.shelf.places[2].found], review.folder, ["anna"], ReviewSettings(review.results))
    assert {item.recording for item in alone.items("anna")} == {"Haagse/sub-01_task-rest"}


def test_an_item_is_found_by_name(review: Any) -> None:
    place = review.board.shelf.places[0]
    assert review.board.find_item("anna", place, "2.00+5.00-sz").event.stop == 7.0
    with pytest.raises(UnknownItemError):
        review.board.find_item("anna", place, "2.00+5.00-bckg")


def test_montages_heed_the_mapping(review: Any) -> None:
    recording = review.board.open(review.board.shelf.places[0])
    assert review.board.montages(recording) == ("double-banana", "as-recorded", "average", "laplacian")


def test_a_review_that_is_gone_does_not_come_back_empty(review: Any) -> None:
    board, place = review.board, review.board.shelf.places[0]
    review.folder.path.rename(review.folder.path.with_name("away"))
    assert len(board.night(place, 50)) > 100
    with pytest.raises(UnreachableError):
        board.start_run(place, "line-length")
    board.warm_up()
    assert not review.folder.path.exists()
