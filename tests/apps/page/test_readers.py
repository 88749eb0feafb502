"""Two tabs of one reader, and two readers: nobody overwrites anybody, and nobody sees the other too early."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.apps.page.browsing import Desk, Desks, Server, serve
from tests.apps.page.conftest import LONG, SHORT


@pytest.fixture
def pair(workplace: Path, tmp_path: Path) -> Server:
    """A review of two events by two readers."""
    arguments = [workplace / "data" / f"{SHORT}_eeg.edf", "--results", workplace / "results"]
    with serve(arguments, tmp_path / "review", ["anna", "ben"]) as server:
        yield server


def wait_for_conflict(desk: Desk) -> None:
    """Wait for the question which of two decisions holds."""
    desk.until(lambda: desk.page.locator("#conflict-dialog").is_visible(), "the conflict is shown")


def test_two_tabs_of_a_reader_ask_which_decision_holds(desks: Desks, office: Server) -> None:
    one = desks.open(office)
    other = desks.open(office, one.reader, beside=one, forgiven=["409"])
    one.press("a")
    one.wait_saved()
    other.press("r")
    wait_for_conflict(other)
    assert [row.split() for row in other.page.locator("#conflict-rows tr.differs").all_inner_texts()] == [
        ["Verdict", "Rejected", "Accepted"]
    ]
    assert other.find_barriers() == []
    other.page.click("#conflict-theirs")
    other.until(lambda: other.text("#event-verdict") == "Accepted", "what was there stays")
    assert [said.verdict for said in office.decisions(one.reader)] == ["accepted"]

    other.press("j")
    other.until(lambda: "21:31:30" in other.chosen, "the next")
    other.press("a")
    other.wait_saved()
    one.press("r")
    one.forgiven.append("409")
    wait_for_conflict(one)
    one.page.click("#conflict-mine")
    one.wait_saved()
    assert [said.verdict for said in office.decisions(one.reader)] == ["accepted", "accepted", "rejected"]
    assert [event.onset for event in office.accepted(one.reader, LONG)] == [30.0]

    assert "21:32:16" in other.chosen
    one.press("j")
    one.until(lambda: "21:32:16" in one.chosen, "the third")
    one.press("r")
    one.wait_saved()
    other.press("a")
    wait_for_conflict(other)
    other.press("Escape")
    other.until(lambda: other.text("#event-verdict") == "Rejected", "without an answer nothing is overwritten")
    assert other.count_waiting() == 0
    assert len(office.decisions(one.reader)) == 4


def read_agreement(desk: Desk) -> str:
    """Return what the dialog says of the agreement."""
    desk.page.click("#open-agreement")
    desk.until(lambda: "computing" not in desk.text("#agreement-body"), "an answer")
    said = desk.text("#agreement-body")
    desk.press("Escape")
    return said


def test_two_readers_are_blinded_until_both_are_done(desks: Desks, pair: Server) -> None:
    anna = desks.open(pair, "anna", forgiven=["403"])
    ben = desks.open(pair, "ben", forgiven=["403"])
    assert "2 are left" in read_agreement(anna)
    anna.press("a", "r")
    anna.wait_saved()
    assert "no other reader" in read_agreement(anna)

    ben.page.reload()
    desks.wait_shown(ben)
    assert ben.text("#decided") == "0 of 2 decided"
    assert all(row.startswith("Undecided") for row in ben.rows())
    assert "2 are left" in read_agreement(ben)
    assert pair.decisions("ben") == ()

    ben.press("a", "a")
    ben.wait_saved()
    for desk in (anna, ben):
        said = read_agreement(desk)
        assert "anna and ben" in said and "The readers differ on 1 event" in said
    anna.page.click("#open-agreement")
    anna.until(lambda: "differ on" in anna.text("#agreement-body"), "the agreement")
    assert anna.find_barriers() == []
    anna.page.locator("#agreement-body button").click()
    anna.until(lambda: "21:30:55" in anna.chosen, "the event on which they differ")
    assert [event.onset for event in pair.accepted("anna", SHORT)] == [10.0]
    assert [event.onset for event in pair.accepted("ben", SHORT)] == [10.0, 40.0]
