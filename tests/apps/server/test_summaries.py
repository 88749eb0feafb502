from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ictal.apps.server.summaries import show_session
from ictal.core.version import __version__
from ictal.detection.library import BUNDLED
from ictal.io.event_types import OTHER_TYPES, SZCORE_TYPES


def test_what_is_open(review: Any) -> None:
    session = show_session(review.board, "anna")
    assert (session.ictal, session.reader, session.show_identity) == (__version__, "anna", False)
    assert "not a medical device" in session.research
    assert set(session.event_types) == {*SZCORE_TYPES, *OTHER_TYPES} - {"bckg"} and session.event_types[0] == "sz"
    assert [line.name for line in session.detectors] == [one for one in BUNDLED if "untrained" not in one]
    first, _, bids = session.recordings
    assert (first.title, first.problem, first.duration, first.sampling_rate) == ("recording 1", None, 20.0, 128.0)
    assert len(first.channels) == 19 and first.start == "21:30:15" and first.montages[0] == "double-banana"
    assert bids.title == "sub-01_task-rest" and bids.problem is None


def test_a_damaged_file_is_listed_with_its_reason(review: Any) -> None:
    damaged = show_session(review.board, "anna").recordings[1]
    assert damaged.problem is not None and damaged.problem.startswith("recording 2: ")
    assert (damaged.duration, damaged.channels, damaged.montages, damaged.start) == (0.0, [], [], None)


def test_who_may_see_all_sees_names_and_dates(open_review: Callable[..., Any]) -> None:
    first, damaged, _ = show_session(open_review(show_identity=True).board, "anna").recordings
    assert (first.title, first.start) == ("Haagse_Harry", "2002-03-02 21:30:15")
    assert damaged.title == "Haagse_Harry_2"


def test_odd_rows_are_told(open_review: Callable[..., Any]) -> None:
    review = open_review(copied=True)
    table = review.results / "Haagse" / "Haagse_Harry_events.tsv"
    table.write_text(table.read_text() + "soon\t1\tsz\n", encoding="utf-8")
    before = table.read_bytes()
    (note,) = show_session(review.board, "anna").recordings[0].notes
    assert "line 4" in note and "soon" in note and "Harry" not in note
    assert len(review.client().get("/api/items").json()["items"]) == 4
    assert table.read_bytes() == before


def test_a_reader_is_told_what_could_not_be_written_or_read(review: Any, say: Callable[..., Any]) -> None:
    client = review.client()
    items = client.get("/api/items").json()["items"]
    table = review.folder.table("anna", "Haagse/Haagse_Harry")
    table.mkdir(parents=True)
    assert client.post("/api/decisions", json=say(items[0])).status_code == 200
    with review.folder.journal("anna").open("a", encoding="utf-8") as journal:
        journal.write("damaged\n")
    unwritten, damaged = show_session(review.board, "anna").recordings[0].notes
    assert unwritten.startswith("your table of accepted events is not up to date: ") and "Harry" not in unwritten
    assert damaged.startswith("your decisions: ") and "line 2" in damaged
    assert show_session(review.board, "ben").recordings[0].notes == []
    table.rmdir()
    client.post("/api/decisions", json=say(items[1]))
    assert show_session(review.board, "anna").recordings[0].notes == [damaged]
