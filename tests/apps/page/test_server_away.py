"""The server dies in the middle of deciding: nothing is lost, and nothing is kept twice."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Error
from tests.apps.page.browsing import Desks, serve
from tests.apps.page.conftest import LONG, PROPOSED

GONE = ["ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "ERR_SOCKET", "503"]


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
