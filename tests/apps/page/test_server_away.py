"""The server or its disk goes away in the middle of deciding: nothing is lost, and nothing is kept twice."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Error
from tests.apps.page.browsing import Desks, Server, serve
from tests.apps.page.conftest import LONG, PROPOSED

from ictal.core.events import BACKGROUND, Event
from ictal.io.events_tsv import read_events

GONE = ["ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "ERR_SOCKET", "ERR_CONTENT_LENGTH_MISMATCH", "503"]


def test_decisions_outlive_kills_of_the_server_and_reloads_of_the_page(
    desks: Desks, workplace: Path, tmp_path: Path
) -> None:
    arguments = [workplace / "data", "--results", workplace / "results"]
    with serve(arguments, tmp_path / "review", ["anna"]) as server:
        desk = desks.open(server, "anna", forgiven=GONE)
        desk.press("a", "r", "a")
        server.kill()
        desk.press("a", "r")
        desk.until(lambda: desk.page.locator("#banner").is_visible(), "a banner")
        n_waiting = desk.count_waiting()
        assert n_waiting >= 2
        desk.until(lambda: f"{n_waiting} decisions wait in this page" in desk.text("#banner"), "how many wait")
        assert desk.find_barriers() == []
        desk.press("a")
        desk.until(lambda: f"{n_waiting + 1} decisions wait" in desk.text("#banner"), "one more")
        assert desk.text("#decided") == "6 of 14 decided", "what waits is shown as it was said"

        server.start_again()
        desk.until(lambda: not desk.page.locator("#banner").is_visible(), "the banner goes by itself")
        desk.until(lambda: desk.count_waiting() == 0, "all is sent")
        assert len(server.decisions("anna")) == 6

        server.kill()
        desk.press("r", "a")
        desk.until(lambda: "2 decisions wait" in desk.text("#banner"), "two wait")
        try:
            desk.page.reload()
        except Error as refused:
            assert "ERR_CONNECTION" in str(refused)
        server.start_again()
        desk.page.goto(server.address)
        desks.wait_shown(desk)
        desk.until(lambda: desk.count_waiting() == 0, "what waited is sent by the new page")
        assert not desk.page.locator("#banner").is_visible()
        assert desk.text("#decided") == "8 of 14 decided"

        said = server.decisions("anna")
        assert [one.event for one in said] == list(PROPOSED[:8])
        assert [one.verdict[0] for one in said] == list("araarara")
        assert len({one.key for one in said}) == 8
        accepted = [event for event, one in zip(PROPOSED, said, strict=False) if one.verdict == "accepted"]
        assert server.accepted("anna", LONG) == accepted
        desk.press("u")
        desk.until(lambda: desk.text("#decided") == "7 of 14 decided", "a restart does not hinder taking back")
        assert server.accepted("anna", LONG) == accepted[:-1]


def test_decisions_wait_in_the_page_while_the_disk_is_away(desks: Desks, office: Server) -> None:
    desk = desks.open(office, forgiven=["503"])
    desk.press("a")
    desk.wait_saved()
    kept = office.folder.journal(desk.reader).parent
    away = kept.with_name(f"{kept.name}-away")
    kept.rename(away)
    kept.touch()
    desk.press("a", "r")
    desk.until(lambda: "2 decisions wait in this page" in desk.text("#banner"), "a banner")
    assert str(office.folder.path) not in desk.text("#banner")
    assert [event.onset for event in read_table(away)] == [30.0]
    kept.unlink()
    away.rename(kept)
    desk.until(lambda: not desk.page.locator("#banner").is_visible(), "the banner goes with the problem")
    desk.wait_saved()
    assert [said.verdict for said in office.decisions(desk.reader)] == ["accepted", "accepted", "rejected"]
    assert [event.onset for event in office.accepted(desk.reader, LONG)] == [30.0, 75.0]


def read_table(folder: Path) -> list[Event]:
    """Return the events in a reader's table of the long recording, wherever the reader's folder is."""
    table = read_events(folder / "events" / f"{LONG}_events.tsv")
    return [event for event in table if event.event_type != BACKGROUND]
