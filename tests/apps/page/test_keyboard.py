"""A reader without a mouse."""

from __future__ import annotations

import time

from tests.apps.page.browsing import Desks, Server
from tests.apps.page.conftest import LONG, PROPOSED

_OUTLINE = """() => {
  const one = document.activeElement, style = getComputedStyle(one), box = one.getBoundingClientRect();
  const name = one.id || one.ariaLabel || `${one.tagName} ${one.textContent.trim().slice(0, 20)}`;
  const isSeen = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.width > 0;
  return [name, isSeen && one.matches(":focus-visible")];
}"""


ORDER = [
    *("open-runs", "open-agreement", "open-export", "open-keys", "theme"),
    *("recording", "page-back", "open-time", "page-on", "seconds", "sensitivity", "montage"),
    *("high_pass", "low_pass", "notch", "colours", "reasons"),
    *("filter", "sort", "list", "eeg", "night"),
    *("accept", "reject", "edit", "onset", "end", "type", "comment"),
]
"""Where Tab leads, among other things."""


def test_ten_events_are_decided_with_keys_alone(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    began = time.monotonic()
    for verdict in "ararararar":
        desk.press(verdict)
    desk.wait_saved()
    seconds = time.monotonic() - began
    assert seconds < 30, f"{seconds:.1f} s; a reader has a minute for ten events"
    said = office.decisions(desk.reader)
    assert [one.event for one in said] == list(PROPOSED[:10])
    assert [one.verdict for one in said] == ["accepted", "rejected"] * 5
    assert office.accepted(desk.reader, LONG) == list(PROPOSED[:10:2])
    assert desk.text("#decided") == "10 of 14 decided"
    assert "21:38:50" in desk.chosen


def test_the_focus_is_seen_wherever_tab_leads_and_nothing_holds_it(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    met: list[str] = []
    while True:
        desk.press("Tab")
        name, is_seen = desk.page.evaluate(_OUTLINE)
        if name in met or name.startswith("BODY"):
            break
        assert is_seen, f"the focus on {name} is not seen"
        met.append(name)
    assert [name for name in met if name in ORDER] == ORDER


def test_dialogs_open_with_keys_and_give_the_focus_back(desks: Desks, office: Server) -> None:
    desk = desks.open(office)
    desk.page.focus("#eeg")
    for key, dialog in (("?", "keys"), ("g", "time"), ("d", "runs")):
        desk.press(key)
        desk.until(lambda dialog=dialog: desk.page.locator(f"#{dialog}-dialog").is_visible(), dialog)
        assert desk.page.evaluate("name => document.activeElement.closest('dialog')?.id === name", f"{dialog}-dialog")
        if dialog == "keys":
            desk.press("a", "r", "n")
        assert desk.find_barriers() == [], dialog
        desk.press("Escape")
        assert desk.focused == "eeg", dialog
    assert office.decisions(desk.reader) == (), "keys say nothing while a dialog is open"

    desk.press("c")
    assert desk.focused == "comment"
    desk.page.keyboard.type("ran")
    desk.press("Escape")
    assert desk.focused == "eeg"
    desk.wait_saved()
    (kept,) = office.decisions(desk.reader)
    assert (kept.verdict, kept.comment) == ("undecided", "ran"), "letters in a field are no keys"
    desk.press("t")
    assert desk.focused == "type"
    desk.press("Escape", "x")
    desk.press("Space")
    desk.wait_saved()
    assert len(office.decisions(desk.reader)[-1].event.channels) == 1
    desk.press("j")
    desk.until(lambda: "21:31:30" in desk.chosen, "keys work beside a button, too")
